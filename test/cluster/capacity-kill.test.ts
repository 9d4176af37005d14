import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import pg from 'pg'
import { createDatabaseUrl, type TestDatabaseUrl } from '../support/database.ts'
import { startTandem, type TandemProcess } from '../support/process.ts'
import { temporaryFolder } from '../support/servers.ts'

const PORTS = 50
const folder = temporaryFolder('capacity-kill')
let database: TestDatabaseUrl
let tandem: TandemProcess
let base: string

const start = async (): Promise<void> => {
  tandem = startTandem({ DATABASE_URL: database.url, DATA_DIR: folder, PORT: '0' })
  base = await tandem.ready
}
const kill = async (): Promise<void> => {
  tandem.child.kill('SIGKILL')
  await tandem.ended
}
const post = async (url: string, body: unknown): Promise<{ status: number; body: any }> => {
  const answer = await fetch(`${base}${url}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return { status: answer.status, body: await answer.json() }
}
const reserve = () => post('/tandem/v1/capacityReservation', { place: { id: 'home', role: 'installation', '@referredType': 'GeographicAddress' }, technology: 'fibre' })

beforeAll(async () => {
  database = await createDatabaseUrl()
  await start()
})
afterAll(async () => {
  await kill()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

test('a killed server loses no port and counts none twice: what was answered is there, and in the end each port has one holder', async () => {
  expect((await post('/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'fibre', maxDownload: 1000, addressId: 'home', capacity: PORTS }])).status).toBe(200)
  const answered: string[] = []
  const first = Array.from({ length: 200 }, async () => {
    const { status, body } = await reserve()
    if (status !== 201) return
    answered.push(body.href as string)
    if (answered.length === 10) tandem.child.kill('SIGKILL')
  })
  const settled = await Promise.allSettled(first)
  expect(settled.some(one => one.status === 'rejected'), 'killed in the middle').toBe(true)
  await tandem.ended
  await start()

  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const counts = async (): Promise<{ held: number; reserved: number }> =>
    (await client.query(`SELECT (SELECT held FROM capacity_line) AS held, (SELECT count(*)::int FROM capacity_reservation WHERE doc->>'state' = 'reserved') AS reserved`)).rows[0]
  const after = await counts()
  expect(after.held).toBe(after.reserved)
  expect(after.held).toBeGreaterThanOrEqual(answered.length)
  for (const href of answered) expect((await (await fetch(`${base}${href}`)).json() as { state: string }).state).toBe('reserved')

  const second = await Promise.all(Array.from({ length: 200 }, reserve))
  expect(second.filter(one => one.status === 201)).toHaveLength(PORTS - after.held)
  expect(second.filter(one => one.status === 409)).toHaveLength(200 - PORTS + after.held)
  expect(await counts()).toEqual({ held: PORTS, reserved: PORTS })
  await client.end()
}, 120_000)

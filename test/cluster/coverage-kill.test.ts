import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createReadStream } from 'node:fs'
import { cellToLatLng } from 'h3-js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeCoverageFile } from '../bench/coverage-file.ts'
import { createDatabaseUrl, type TestDatabaseUrl } from '../support/database.ts'
import { startTandem, type TandemProcess } from '../support/process.ts'
import { temporaryFolder } from '../support/servers.ts'

const ROWS = 120_000
const folder = temporaryFolder('coverage-kill')
let database: TestDatabaseUrl
let files: Server
let fileUrl: string
let cells: string[]
let tandem: TandemProcess
let base: string

const start = async (): Promise<void> => {
  tandem = startTandem({ DATABASE_URL: database.url, DATA_DIR: folder, PORT: '0', HUB_ALLOWED_HOSTS: '127.0.0.1' })
  base = await tandem.ready
}
const call = async (method: string, url: string, body?: object): Promise<any> => (await fetch(`${base}${url}`, { method, ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) })).json()
const kill = async (): Promise<void> => {
  tandem.child.kill('SIGKILL')
  await tandem.ended
}

beforeAll(async () => {
  database = await createDatabaseUrl()
  const file = path.join(folder, 'coverage.csv')
  writeFileSync(file, '')
  cells = await writeCoverageFile(file, ROWS)
  files = createServer((_, response) => void createReadStream(file).pipe(response)).listen(0, '127.0.0.1')
  await once(files, 'listening')
  fileUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}/coverage.csv`
  await start()
})
afterAll(async () => {
  await kill()
  files.closeAllConnections()
  files.close()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

describe('a process that is killed in the middle of an import', () => {
  test('is followed by one that brings it to the same end, and checks read the old version until then', async () => {
    const { id: source } = await call('POST', '/tandem/v1/coverageSource', { name: 'killed', provider: 'x', kind: 'imported' })
    const [latitude, longitude] = cellToLatLng(cells[3]!)
    const linesHere = async (): Promise<any[]> => (await call('GET', `/tandem/v1/serviceability?latitude=${latitude}&longitude=${longitude}`)).line
    const first = await fetch(`${base}/tandem/v1/coverageSource/${source}/upload`, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: `cell,technology,maxDownload\n${cells[3]},fibre,7` })
    const { id: before } = (await first.json()) as { id: string }
    await expect.poll(async () => (await call('GET', `/tandem/v1/coverageImport/${before}`)).state, { timeout: 20_000 }).toBe('done')

    const { id } = await call('POST', `/tandem/v1/coverageSource/${source}/import`, { url: fileUrl, format: 'fcc' })
    const read = (): Promise<any> => call('GET', `/tandem/v1/coverageImport/${id}`)
    // Once while the file is fetched or read, and once somewhere later.
    let attempts = 0
    for (const pause of [0, 400]) {
      await expect.poll(async () => (await read()).state, { timeout: 30_000, interval: 5 }).toBe('running')
      await sleep(pause)
      if ((await read()).state === 'running') attempts += 1
      await kill()
      await start()
      const now = await read()
      if (now.state !== 'done') expect((await linesHere()).map(line => line.maxDownload)).toEqual([7])
    }
    expect(attempts).toBeGreaterThan(0)
    await expect.poll(async () => (await read()).state, { timeout: 60_000, interval: 200 }).toBe('done')
    const done = await read()
    expect(done).toMatchObject({ linesRead: ROWS, rowsAccepted: ROWS, linesRejected: 0, rowsStored: cells.length * 4 })
    expect((await linesHere()).map(line => [line.provider, line.technology]).sort()).toEqual([['Gannet Cable', 'cable'], ['Gannet Cable', 'copper'], ['Harbour Fibre, Inc.', 'fibre'], ['Kittiwake', 'licensedFixedWireless']])
    // Of all that was begun one version is left, and no piece of the file.
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    try {
      await expect.poll(async () => (await client.query(`SELECT relname FROM pg_class WHERE relname ~ '^coverage_version_[0-9]+$' AND relkind = 'r'`)).rows, { timeout: 20_000, interval: 200 }).toEqual([{ relname: `coverage_version_${done.version}` }])
      expect((await client.query('SELECT count(*)::int AS pieces FROM coverage_import_piece')).rows).toEqual([{ pieces: 0 }])
    } finally {
      await client.end()
    }
  })
})

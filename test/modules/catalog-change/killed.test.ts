/** A process that is killed in the middle of an activation: nothing of it is there, and the next one does it, once. */
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { startTandem } from '../../support/process.ts'
import { createWorld, SETS, until, type Json, type World } from './world.ts'

const PRICES = 20
let world: World
beforeAll(async () => {
  world = await createWorld({ ROLES: 'api' })
})
afterAll(() => world.close())

test('is carried on with by another process, and done once', async () => {
  const file = (value: number): string => Array.from({ length: PRICES }, (_, n) => JSON.stringify({ resource: 'productOfferingPrice', id: `price-${n + 10}`, document: { name: `P${n}`, priceType: 'oneTime', price: { unit: 'EUR', value }, lifecycleStatus: 'Launched' } })).join('\n')
  const approved = async (value: number): Promise<Json> => {
    const set = await world.setOf()
    expect((await world.send('POST', `${SETS}/${set['id']}/import`, file(value), { type: 'application/x-ndjson' })).status).toBe(200)
    expect((await world.stage(set, 'submit')).body['state']).toBe('approved')
    return set
  }
  expect((await world.stage(await approved(1), 'activate')).status).toBe(200)
  const set = await approved(2)
  expect((await world.stage(set, 'activate', {}, { activateAt: new Date(Date.now() + 300).toISOString() })).status).toBe(202)

  const { database } = world.server
  const waiting = async (): Promise<number[]> => (await database.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%UPDATE "product_offering_price"%'`)).map(row => row.pid)
  const worker = startTandem({ DATABASE_URL: world.server.databaseUrl, PORT: '0', ROLES: 'worker', BOOTSTRAP_KEY: 'bootstrap-key-of-the-catalog-tests', AUTH: 'key' }, { entry: 'src/main.ts' })
  let stopped: number[] = []
  // Somebody holds one of the prices: the activation gets as far as that, and no further.
  await database.transaction(async tx => {
    await tx.query(`SELECT 1 FROM product_offering_price WHERE id = 'price-20' FOR UPDATE`)
    await until(async () => (stopped = await waiting()).length > 0, 60_000)
    worker.child.kill('SIGKILL')
    if (worker.child.exitCode === null && worker.child.signalCode === null) await once(worker.child, 'exit')
  })
  await until(async () => (await database.query('SELECT 1 FROM pg_stat_activity WHERE pid = ANY($1::int[])', [stopped])).length === 0)
  const values = async (): Promise<Json[]> => database.query<Json>(`SELECT (doc->'price'->>'value')::int AS value, count(*)::int AS n FROM product_offering_price GROUP BY 1`)
  expect(await values()).toEqual([{ value: 1, n: PRICES }])
  expect((await world.send('GET', `${SETS}/${set['id']}`)).body['state']).toBe('scheduled')

  const second = await createTestApp({ databaseUrl: world.server.databaseUrl, settings: { ROLES: 'worker' } })
  try {
    await until(async () => (await world.send('GET', `${SETS}/${set['id']}`)).body['state'] === 'active', 30_000)
    expect(await values()).toEqual([{ value: 2, n: PRICES }])
    const [events] = await database.query<{ n: number; each: number }>(`SELECT count(*)::int AS n, count(DISTINCT resource_id)::int AS each FROM event WHERE resource = 'productOfferingPrice' AND revision = 2`)
    expect(events).toEqual({ n: PRICES, each: PRICES })
  } finally {
    await second.close()
  }
}, 120_000)

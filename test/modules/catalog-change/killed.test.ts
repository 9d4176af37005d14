/** A process that is killed in the middle of an activation: nothing of it is there, and the next one does it, once. */
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { startTandem } from '../../support/process.ts'
import { createWorld, SETS, until, type Json, type World } from './world.ts'

const PRICES = 300
let world: World
beforeAll(async () => {
  world = await createWorld({ ROLES: 'api' })
})
afterAll(() => world.close())

test('is carried on with by another process, and done once', async () => {
  const set = await world.setOf()
  const file = (value: number): string => Array.from({ length: PRICES }, (_, n) => JSON.stringify({ resource: 'productOfferingPrice', id: `price-${n}`, document: { name: `P${n}`, priceType: 'oneTime', price: { unit: 'EUR', value }, lifecycleStatus: 'Launched' } })).join('\n')
  const take = async (of: Json, value: number): Promise<void> => {
    expect((await world.send('POST', `${SETS}/${of['id']}/import`, file(value), { type: 'application/x-ndjson' })).status).toBe(200)
    expect((await world.stage(of, 'submit')).body['state']).toBe('approved')
  }
  await take(set, 1)
  expect((await world.stage(set, 'activate')).status).toBe(200)

  const next = await world.setOf()
  await take(next, 2)
  const worker = startTandem({ DATABASE_URL: world.server.databaseUrl, PORT: '0', ROLES: 'worker', BOOTSTRAP_KEY: 'bootstrap-key-of-the-catalog-tests', AUTH: 'key' }, { entry: 'src/main.ts' })
  const { database } = world.server
  // Its writes are seen by their locks, before they are committed.
  const isAtWork = async (): Promise<boolean> => (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%UPDATE "product_offering_price"%' AND xact_start IS NOT NULL`))[0]!.n > 0
  expect((await world.stage(next, 'activate', {}, { activateAt: new Date(Date.now() + 500).toISOString() })).status).toBe(202)
  await until(isAtWork, 30_000)
  worker.child.kill('SIGKILL')
  await (worker.child.exitCode === null && worker.child.signalCode === null ? once(worker.child, 'exit') : worker.ended)
  const values = async (): Promise<Json[]> => database.query<Json>(`SELECT (doc->'price'->>'value')::int AS value, count(*)::int AS n FROM product_offering_price GROUP BY 1`)
  expect(await values()).toEqual([{ value: 1, n: PRICES }])
  expect((await world.send('GET', `${SETS}/${next['id']}`)).body['state']).toBe('scheduled')

  const [one, other] = await Promise.all([0, 1].map(() => createTestApp({ databaseUrl: world.server.databaseUrl, settings: { ROLES: 'worker' } })))
  try {
    await until(async () => (await world.send('GET', `${SETS}/${next['id']}`)).body['state'] === 'active', 30_000)
    expect(await values()).toEqual([{ value: 2, n: PRICES }])
    const [events] = await database.query<{ n: number; each: number }>(`SELECT count(*)::int AS n, count(DISTINCT resource_id)::int AS each FROM event WHERE resource = 'productOfferingPrice' AND revision = 2`)
    expect(events).toEqual({ n: PRICES, each: PRICES })
  } finally {
    await one!.close()
    await other!.close()
  }
}, 90_000)

import { afterAll, beforeAll, expect, test } from 'vitest'
import { placeModule } from '../../../src/modules/place/index.ts'
import { serviceabilityModule } from '../../../src/modules/serviceability/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const modules = [placeModule, serviceabilityModule]
const house = { id: 'house', street: 'Pier Lane', streetNumber: '4', postcode: '1000', city: 'Port', latitude: 54.1, longitude: 10.1 }
const fibre = { provider: 'own', technology: 'fibre', maxDownload: 1000, maxUpload: 500, source: 'plan', addressId: 'house' }
const HERE = '/tandem/v1/serviceability?addressId=house'

let server: TestApp
let other: TestApp
beforeAll(async () => {
  server = await createTestApp({ modules })
  other = await createTestApp({ modules, databaseUrl: server.databaseUrl, settings: { ROLES: 'api' } })
  await call(server, 'POST', '/tandem/v1/address/bulk', [house])
})
afterAll(async () => {
  await other.close()
  await server.close()
})

const call = async (at: TestApp, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object): Promise<any> => {
  const answer = await at.app.inject({ method, url, ...(payload && { payload }) })
  expect(answer.statusCode, answer.body).toBeLessThan(300)
  return answer.body === '' ? undefined : answer.json()
}
const result = async (at: TestApp, url = HERE): Promise<string> => (await call(at, 'GET', url)).qualificationResult

/** How often the work reads coverage from the database; `after` runs between a read and what is made of it. */
const reads = async (at: TestApp, work: () => Promise<unknown>, after = (): Promise<unknown> => Promise.resolve()): Promise<number> => {
  const { pool } = at.database
  const query = pool.query.bind(pool)
  let count = 0
  pool.query = (async (...args: any[]) => {
    const answer = await (query as any)(...args)
    if (args[0]?.name === 'coverage-at-place') {
      count += 1
      await after()
    }
    return answer
  }) as never
  try {
    await work()
  } finally {
    pool.query = query as never
  }
  return count
}

test('a place is read once, whoever asks', async () => {
  await call(server, 'POST', '/tandem/v1/coverage/bulk', [fibre])
  expect(await reads(server, () => result(server))).toBe(1)
  expect(await reads(server, async () => { for (let n = 0; n < 5; n += 1) expect(await result(server)).toBe('qualified') })).toBe(0)
  expect(await reads(server, () => result(server, `${HERE}&provider=own`))).toBe(1)
})

test('what this process changes counts with the next question', async () => {
  for (let turn = 0; turn < 20; turn += 1) {
    await call(server, 'DELETE', '/tandem/v1/coverage?source=plan')
    expect(await result(server)).toBe('unqualified')
    await call(server, 'POST', '/tandem/v1/coverage/bulk', [fibre])
    expect(await result(server)).toBe('qualified')
  }
  const { id } = await call(server, 'POST', '/tandem/v1/coverage', { ...fibre, technology: 'cable', source: 'single' })
  expect((await call(server, 'GET', HERE)).line).toHaveLength(2)
  await call(server, 'DELETE', `/tandem/v1/coverage/${id}`)
  expect((await call(server, 'GET', HERE)).line).toHaveLength(1)
})

test('an address that turns out to lie elsewhere has what is there', async () => {
  const [far, near] = [{ latitude: 55.5, longitude: 11.5 }, { latitude: house.latitude, longitude: house.longitude }]
  await call(server, 'POST', '/tandem/v1/address/bulk', [{ ...house, id: 'moving', streetNumber: '9' }])
  const cell = (await call(server, 'GET', '/tmf-api/geographicAddressManagement/v4/geographicAddress/moving')).h3Cell
  await call(server, 'POST', '/tandem/v1/coverage/bulk', [{ ...fibre, addressId: undefined, cell: cell ?? (await import('h3-js')).latLngToCell(near.latitude, near.longitude, 9), source: 'cells' }])
  const at = HERE.replace('house', 'moving')
  expect(await result(server, at)).toBe('qualified')
  await call(server, 'POST', '/tandem/v1/address/bulk', [{ ...house, id: 'moving', streetNumber: '9', ...far }])
  expect(await result(server, at)).toBe('unqualified')
  await call(server, 'DELETE', '/tandem/v1/coverage?source=cells')
})

test('what is changed between the read and the answer is not kept', async () => {
  await call(server, 'DELETE', '/tandem/v1/coverage?source=plan')
  let isFirst = true
  await reads(server, () => result(server), async () => {
    if (isFirst) await call(server, 'POST', '/tandem/v1/coverage/bulk', [fibre])
    isFirst = false
  })
  expect(await result(server)).toBe('qualified')
})

/** As another process changes it: nothing in this one knows but by the database. */
const elsewhere = (sql: string): Promise<unknown> => server.database.query(sql)

test('what another process changes is heard of', async () => {
  expect(await result(other)).toBe('qualified')
  expect(await reads(other, () => result(other))).toBe(0)
  await elsewhere(`UPDATE coverage SET max_download = 5 WHERE source = 'plan'`)
  await expect.poll(async () => (await call(other, 'GET', HERE)).line[0].maxDownload, { timeout: 2000, interval: 10 }).toBe(5)
  await elsewhere(`UPDATE geographic_address SET id = 'gone' WHERE id = 'house'`)
  await elsewhere(`UPDATE coverage SET place_id = 'gone' WHERE place_id = 'house'`)
  await expect.poll(async () => (await call(other, 'GET', HERE)).reason[0]?.code, { timeout: 2000, interval: 10 }).toBe('addressUnknown')
  await elsewhere(`UPDATE coverage SET place_id = 'house' WHERE place_id = 'gone'; UPDATE geographic_address SET id = 'house' WHERE id = 'gone'`)
  await expect.poll(() => result(other), { timeout: 2000, interval: 10 }).toBe('qualified')
  await elsewhere(`INSERT INTO coverage_source (brand, id, name, provider, kind, settings, live) VALUES ('default', 'far', 'far', 'far', 'live', '{}', '{"url":"http://127.0.0.1:9/{addressId}","response":{"rows":"line","technology":"technology"}}')`)
  await expect.poll(async () => (await call(other, 'GET', HERE)).sourceAsked?.length, { timeout: 2000, interval: 10 }).toBe(1)
  await elsewhere(`DELETE FROM coverage_source WHERE id = 'far'`)
  await expect.poll(async () => (await call(other, 'GET', HERE)).sourceAsked?.length ?? 0, { timeout: 2000, interval: 10 }).toBe(0)
})

test('news that went by while nobody listened is made up for', async () => {
  expect(await result(other)).toBe('qualified')
  await elsewhere(`DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%listener' AND datname = current_database(); DELETE FROM coverage; END $$`)
  await expect.poll(() => result(other), { timeout: 5000, interval: 20 }).toBe('unqualified')
})

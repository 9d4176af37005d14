/** A rank that changes: what is shown follows in the background, of many resources, whatever was changed here meanwhile. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { customerModule } from '../../../src/modules/customer/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

let server: TestApp
beforeAll(async () => {
  server = await createTestApp({ modules: [customerModule] })
})
afterAll(() => server.close())

const send = async (method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: unknown) => {
  const answer = await server.app.inject({ method, url, headers: payload === undefined ? {} : { 'content-type': 'application/json' }, ...(payload !== undefined && { payload: JSON.stringify(payload) }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : (JSON.parse(answer.body) as any) }
}

test('what is shown follows a change of ranks, and comes back with it', async () => {
  const MANY = 110
  const records = (name: string) => Array.from({ length: MANY }, (_, n) => ({ externalId: `R-${n}`, sourceVersion: name, document: { givenName: name, familyName: `Family ${n}` } }))
  await send('POST', '/tandem/v1/external/crm/individual', records('crm'))
  await server.database.query("INSERT INTO external_identity (brand, source, type, external_id, resource, resource_id, seen_at) SELECT brand, 'mobile', type, external_id, resource, resource_id, '2020-01-01Z' FROM external_identity WHERE source = 'crm'")
  expect((await send('POST', '/tandem/v1/external/mobile/individual', records('mobile'))).body).toMatchObject({ changed: MANY })
  const named = async (name: string) => Number((await server.database.query<{ n: string }>("SELECT count(*) AS n FROM individual WHERE doc->>'givenName' = $1", [name]))[0]!.n)
  expect(await named('mobile')).toBe(MANY)

  expect((await send('PUT', '/tandem/v1/sourceRank', { source: 'crm', resource: 'individual', attribute: 'givenName', rank: 50 })).body).toEqual({ source: 'crm', resource: 'individual', attribute: 'givenName', rank: 50 })
  await vi.waitFor(async () => expect(await named('crm')).toBe(MANY), { timeout: 20_000, interval: 100 })
  await vi.waitFor(async () => expect(await server.database.query('SELECT 1 FROM source_rank_change')).toEqual([]), { timeout: 5_000 })
  expect((await send('GET', '/tandem/v1/sourceRank')).body).toEqual([{ source: 'crm', resource: 'individual', attribute: 'givenName', rank: 50 }])
  expect(await server.database.query("SELECT DISTINCT revision FROM individual")).toEqual([{ revision: 3 }])

  expect((await send('DELETE', '/tandem/v1/sourceRank?source=crm&resource=individual&attribute=givenName')).status).toBe(204)
  await vi.waitFor(async () => expect(await named('mobile')).toBe(MANY), { timeout: 20_000, interval: 100 })
  expect((await send('DELETE', '/tandem/v1/sourceRank?source=crm&resource=individual&attribute=givenName')).status).toBe(404)
})

test.each([
  [{ source: 'crm', rank: 1.5 }, 'rank'],
  [{ source: 'crm', rank: 1, resource: 'unicorn' }, 'resource'],
  [{ source: 'crm', rank: 1, resource: 'individual', attribute: 'shoeSize' }, 'attribute'],
  [{ source: '', rank: 1 }, 'source'],
  [{ source: 'crm', rank: 1, colour: 'red' }, 'colour'],
])('%j is refused, naming %s', async (body, named) => {
  const answer = await send('PUT', '/tandem/v1/sourceRank', body)
  expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(named)])
})

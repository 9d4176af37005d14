/** Who may bring records here, and what is seen of them: permissions, brands, callers that are confined to one party. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerModule } from '../../../src/modules/customer/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const BOOTSTRAP = 'external-bootstrap-key-0123456789'
const mira = { givenName: 'Mira', familyName: 'Aldenhoven' }
const url = '/tandem/v1/external/crm/individual/A-1'

let server: TestApp
let id: string
beforeAll(async () => {
  server = await createTestApp({ modules: [customerModule], settings: { ROLES: 'api', AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP } })
  id = (await send('PUT', url, BOOTSTRAP, mira)).body.id
})
afterAll(() => server.close())

const send = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, key: string | undefined, payload?: unknown) => {
  const answer = await server.app.inject({ method, url: path, headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...(payload !== undefined && { 'content-type': 'application/json' }) }, ...(payload !== undefined && { payload: JSON.stringify(payload) }) })
  return { status: answer.statusCode, text: answer.body, body: (answer.body === '' ? undefined : JSON.parse(answer.body)) as any }
}
const keyWith = async (more: Record<string, unknown>): Promise<string> => (await send('POST', '/tandem/v1/apiKey', BOOTSTRAP, { name: 'for a test', ...more })).body.key

const all = [
  ['PUT', url, mira],
  ['GET', url, undefined],
  ['DELETE', url, undefined],
  ['POST', '/tandem/v1/external/crm/individual', [{ externalId: 'A-1', document: mira }]],
  ['GET', '/tandem/v1/provenance/individual/', undefined],
  ['GET', '/tandem/v1/sourceRank', undefined],
  ['PUT', '/tandem/v1/sourceRank', { source: 'crm', rank: 1 }],
  ['DELETE', '/tandem/v1/sourceRank?source=crm', undefined],
] as const

describe('every operation', () => {
  test.each(all)('%s %s is 401 without a key and 403 without the permission', async (method, path, payload) => {
    const at = path.endsWith('/individual/') ? `${path}${id}` : path
    expect((await send(method, at, undefined, payload)).status).toBe(401)
    expect((await send(method, at, await keyWith({ permissions: ['somethingElse:*'] }), payload)).status).toBe(403)
  })
})

test('bringing records needs the permission for that and the one on the resource', async () => {
  const status = async (permissions: string[], to = url) => (await send('PUT', to, await keyWith({ permissions }), { ...mira, title: permissions.join(' ') })).status
  expect(await status(['individual:*'])).toBe(403)
  expect(await status(['external:*'])).toBe(403)
  expect(await status(['external:update', 'individual:update'], `${url}-new`)).toBe(403)
  expect(await status(['external:update', 'individual:create'])).toBe(403)
  expect(await status(['external:update', 'individual:read', 'individual:create'], `${url}-new`)).toBe(201)
  expect(await status(['external:update', 'individual:read', 'individual:update'])).toBe(200)
  const key = await keyWith({ permissions: ['external:update', 'individual:create'] })
  const load = await send('POST', '/tandem/v1/external/crm/individual', key, [{ externalId: 'A-1', document: mira }, { externalId: 'A-2', document: mira }, { externalId: 'A-3', withdrawn: true }])
  expect(load.body.results.map((one: any) => [one.outcome, one.status])).toEqual([['failed', 403], ['created', undefined], ['failed', 403]])
})

test('a brand has records of its own under the same identity, and sees no other', async () => {
  const other = await keyWith({ permissions: ['*:*'], brands: ['elsewhere'] })
  expect((await send('GET', url, other)).status).toBe(404)
  expect((await send('GET', `/tandem/v1/provenance/individual/${id}`, other)).status).toBe(404)
  expect((await send('DELETE', url, other)).status).toBe(404)
  const theirs = await send('PUT', url, other, { ...mira, givenName: 'Other' })
  expect(theirs.status).toBe(201)
  expect(theirs.body.id).not.toBe(id)
  expect((await send('GET', url, BOOTSTRAP)).body.givenName).toBe('Mira')
  // A reference finds no record of another brand.
  await send('PUT', `${url}-theirs`, other, mira)
  expect((await send('PUT', '/tandem/v1/external/crm/customer/K', BOOTSTRAP, { name: 'x', engagedParty: { externalId: 'A-1-theirs', '@referredType': 'Individual' } })).body.code).toBe('referenceUnresolved')
})

test('who is confined to a party brings nothing here, and has only its own explained', async () => {
  const stranger = await keyWith({ permissions: ['*:*'], parties: ['somebody-else'] })
  for (const [method, path, payload] of all.filter(([, path]) => path.includes('/external/'))) {
    const answer = await send(method, path, stranger, payload)
    expect([403, 404]).toContain(answer.status)
    expect(answer.text).not.toContain(id)
  }
  expect((await send('GET', `/tandem/v1/provenance/individual/${id}`, stranger)).status).toBe(404)
  const self = await keyWith({ permissions: ['*:*'], parties: [id] })
  expect((await send('GET', `/tandem/v1/provenance/individual/${id}`, self)).body.identity).toEqual([expect.objectContaining({ source: 'crm', externalId: 'A-1' })])
})

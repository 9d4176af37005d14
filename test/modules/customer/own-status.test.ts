/** What a person cannot say of itself: that somebody has checked who it is. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

type Doc = Record<string, any>

const BOOTSTRAP = 'own-status-bootstrap-key-0123456789'
const PARTY = '/tmf-api/party/v4'
const admin = { authorization: `Bearer ${BOOTSTRAP}` }

let server: TestApp
beforeAll(async () => {
  server = await createTestApp({ settings: { AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP, ROLES: 'api' } })
})
afterAll(() => server?.close())

const send = async (method: 'POST' | 'PATCH', url: string, payload: Doc, headers: Doc): Promise<{ status: number; body: any }> => {
  const answer = await server.app.inject({ method, url, payload, headers })
  return { status: answer.statusCode, body: answer.json() }
}
const keyOf = async (scope: Doc) => ({ authorization: `Bearer ${String((await send('POST', '/tandem/v1/apiKey', { name: 'test', permissions: ['*:*'], ...scope }, admin)).body['key'])}` })

test.each([
  ['individual', { givenName: 'Mira', familyName: 'Aldenhoven' }],
  ['organization', { tradingName: 'Aldenhoven Ltd' }],
])('an %s does not validate itself, nor does its delegate; the provider does', async (resource, doc) => {
  const { body: own } = await send('POST', `${PARTY}/${resource}`, doc, admin)
  const { body: friend } = await send('POST', `${PARTY}/individual`, { givenName: 'Ann', familyName: 'Aldenhoven' }, admin)
  const [key, other] = [await keyOf({ parties: [own.id] }), await keyOf({ parties: [friend.id] })]
  expect((await send('POST', '/tandem/v1/delegation', { grantor: { id: own.id }, delegate: { id: friend.id }, permission: [`${resource}:*`] }, key)).status).toBe(201)
  for (const headers of [key, other, { ...other, 'x-on-behalf-of': own.id }]) {
    const { status, body } = await send('PATCH', own.href, { status: 'validated' }, headers)
    expect(status).toBe(400)
    expect(body.details[0].path).toBe('status')
    // Everything else of its own it may change.
    expect((await send('PATCH', own.href, { status: 'initialized', contactMedium: [] }, headers)).status).toBe(200)
  }
  expect((await send('PATCH', own.href, { status: 'validated' }, admin)).status).toBe(200)
})

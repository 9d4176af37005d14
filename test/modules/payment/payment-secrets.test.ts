import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogModule } from '../../../src/modules/catalog/index.ts'
import { customerModule } from '../../../src/modules/customer/index.ts'
import { extensionsModule } from '../../../src/modules/extensions/index.ts'
import { paymentModule, paymentMethod } from '../../../src/modules/payment/index.ts'
import { systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const PATH = '/tmf-api/paymentMethod/v4/paymentMethod'
const BOOTSTRAP = 'payment-secrets-bootstrap-0123456789'
const TOKEN = 'tok_never_shown'
/** How each secret attribute is called, and a document that has it. */
const SECRETS = [
  ['token', { '@type': 'tokenizedCard', name: 'Visa', token: TOKEN }],
  ['authorizationCode', { '@type': 'cash', name: 'Cash', authorizationCode: TOKEN }],
  ['code', { '@type': 'voucher', name: 'Voucher', code: TOKEN }],
  ['signature', { '@type': 'directDebit', name: 'Mandate', signature: TOKEN }],
] as const

let server: TestApp
let gateway = ''
type Headers = Record<string, string>
const send = async (key: string, method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', url: string, payload?: unknown, headers: Headers = {}) => {
  const answer = await server.app.inject({ method, url, headers: { authorization: `Bearer ${key}`, ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(payload !== undefined && { payload: JSON.stringify(payload) }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json(), text: answer.body, headers: answer.headers }
}
const call = (method: Parameters<typeof send>[1], url: string, payload?: unknown, headers: Headers = {}) => send(BOOTSTRAP, method, url, payload, headers)
const make = async (doc: object): Promise<string> => (await call('POST', PATH, doc)).body.id as string

beforeAll(async () => {
  server = await createTestApp({ modules: [extensionsModule, catalogModule, customerModule, paymentModule], settings: { ROLES: 'api', AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP } })
  const made = await call('POST', '/tandem/v1/apiKey', { name: 'Payment gateway', permissions: ['paymentMethod:read', 'paymentMethod:readSecret'] })
  expect(made.status, made.text).toBe(201)
  gateway = made.body.key
})
afterAll(() => server.close())

describe.each(SECRETS)('%s', (name, doc) => {
  test('is taken and shown in no answer, not even to who may do everything', async () => {
    const headers = { 'idempotency-key': `secret-${name}` }
    const made = await call('POST', PATH, doc, headers)
    const url = `${PATH}/${made.body.id}`
    const answers = [
      made,
      await call('POST', PATH, doc, headers),
      await call('GET', url),
      await call('GET', `${url}?fields=${name}`),
      await call('GET', `${PATH}?fields=name,${name}`),
      await call('GET', PATH),
      await call('PATCH', url, { name: 'Renamed' }),
      await call('PATCH', url, { [name]: `${TOKEN}2` }),
      await call('PUT', `/tandem/v1/external/psp/paymentMethod/${name}`, doc),
      await call('GET', `/tandem/v1/external/psp/paymentMethod/${name}`),
    ]
    for (const answer of answers) {
      expect(answer.status, answer.text).toBeLessThan(300)
      expect(answer.text).not.toContain(TOKEN)
      for (const one of [answer.body].flat()) expect(one).not.toHaveProperty(name)
    }
    const brought = answers.at(-1)!.body.id as string
    const provenance = await call('GET', `/tandem/v1/provenance/paymentMethod/${brought}`)
    expect(provenance.status, provenance.text).toBe(200)
    expect(provenance.text).not.toContain(TOKEN)
    // It is there all the same, for Tandem's own code.
    const stored = await server.services.store.get(systemContext('default', 'test'), paymentMethod, made.body.id)
    expect(stored?.doc).toMatchObject({ name: 'Renamed', [name]: `${TOKEN}2` })
  })

  test('cannot be asked for: the answer is the same whether or not something has the value', async () => {
    await make(doc)
    const questions = (value: string) => [
      `?${name}=${value}`, `?${name}.ne=${value}`, `?${name}.gt=${value}`, `?${name}.regex=^${value}`, `?${name}%3E=${value}`, `?sort=${name}`,
      `?filter=${encodeURIComponent(`$[?(@.${name}=='${value}')]`)}`, `?filter=${encodeURIComponent(`$[?(@.${name}!='${value}')]`)}`,
      `?filter=${encodeURIComponent(`$[?(@.name=='x' || @.${name}=~/^${value}/)]`)}`, `?filter=${encodeURIComponent(`$[?(@.${name})]`)}`,
    ]
    const [right, wrong] = [questions(TOKEN), questions('tok_nobody_hasit')]
    for (const [at, question] of right.entries()) {
      const [hit, miss] = [await call('GET', `${PATH}${question}`), await call('GET', `${PATH}${wrong[at]!}`)]
      expect(hit.status, `${question} ${hit.text}`).toBe(400)
      expect(hit.body.message).toContain(question.startsWith('?sort') ? 'sort can be by' : name)
      expect(hit.text).not.toContain(TOKEN)
      expect(miss.text).toBe(hit.text)
    }
    const hub = await call('POST', '/tmf-api/paymentMethod/v4/hub', { callback: 'http://127.0.0.1:9/x', query: `${name}=${TOKEN}` })
    expect(hub.status, hub.text).toBe(400)
    expect(hub.body.message).toContain(name)
    expect((await call('GET', `/tmf-api/paymentMethod/v4/events?${name}=${TOKEN}`, undefined, { accept: 'text/event-stream' })).status).toBe(400)
  })

  test('is not told by a change: neither by a test, a copy or a condition, nor by whether something was written', async () => {
    const id = await make(doc)
    const url = `${PATH}/${id}`
    const patch = { 'content-type': 'application/json-patch+json' }
    const byQuery = { 'content-type': 'application/json-patch-query+json' }
    for (const value of [TOKEN, 'wrong']) {
      const tested = await call('PATCH', url, [{ op: 'test', path: `/${name}`, value }], patch)
      expect(tested.status, tested.text).toBeGreaterThanOrEqual(400)
    }
    const [right, wrong] = [await call('PATCH', url, [{ op: 'test', path: `/${name}`, value: TOKEN }], patch), await call('PATCH', url, [{ op: 'test', path: `/${name}`, value: 'wrong!!!!!!!!!!!' }], patch)]
    expect(right.status).toBe(wrong.status)
    for (const op of ['copy', 'move']) expect((await call('PATCH', url, [{ op, from: `/${name}`, path: '/description' }], patch)).status).toBeGreaterThanOrEqual(400)
    const queried = await call('PATCH', url, [{ op: 'replace', path: `$[?(@.${name}=='${TOKEN}')].name`, value: 'found' }], byQuery)
    expect(queried.body?.name).not.toBe('found')
    const before = (await call('GET', url)).headers['etag']
    const same = await call('PATCH', url, { [name]: TOKEN })
    expect(same.headers['etag']).not.toBe(before)
    const unsaid = await call('PATCH', url, { name: doc.name })
    expect(unsaid.headers['etag']).toBe(same.headers['etag'])
    // Null takes it away, though its sender does not see it.
    expect((await call('PATCH', url, { [name]: null })).status).toBe(200)
    expect((await send(gateway, 'GET', url)).body).not.toHaveProperty(name)
  })

  test('is not told by what becomes of a record of another system', async () => {
    const url = `/tandem/v1/external/psp/paymentMethod/same-${name}`
    expect((await call('PUT', url, doc)).headers['x-tandem-outcome']).toBe('created')
    const [same, other] = [await call('PUT', url, doc), await call('PUT', url, { ...doc, [name]: 'tok_another' })]
    expect([same, other].map(answer => [answer.status, answer.headers['x-tandem-outcome'], answer.headers['etag']])).toEqual([[200, 'changed', '"2"'], [200, 'changed', '"3"']])
    const load = await call('POST', '/tandem/v1/external/psp/paymentMethod', [{ externalId: `same-${name}`, document: { ...doc, [name]: 'tok_another' } }])
    expect(load.text).toContain('changed')
    expect(load.text).not.toContain('unchanged":1')
    const { [name]: _, ...open } = doc as Record<string, unknown>
    expect((await call('PUT', `${url}-open`, open)).headers['x-tandem-outcome']).toBe('created')
    expect((await call('PUT', `${url}-open`, open)).headers['x-tandem-outcome']).toBe('unchanged')
  })

  test('is shown to, and found by, a caller that was given paymentMethod:readSecret by name', async () => {
    const id = await make({ ...doc, [name]: `given_${name}` })
    expect((await send(gateway, 'GET', `${PATH}/${id}`)).body).toMatchObject({ [name]: `given_${name}` })
    const found = await send(gateway, 'GET', `${PATH}?${name}=given_${name}`)
    expect(found.body.map((one: { id: string }) => one.id)).toEqual([id])
    // What it asked with is in no record.
    const kept = await server.database.query<{ query: string | null }>(`select query from audit_record where resource = 'paymentMethod'`)
    expect(JSON.stringify(kept)).not.toContain(`given_${name}`)
  })
})

test('the permission is not had through a wildcard, nor by whoever sees some rows only', async () => {
  const id = await make({ '@type': 'tokenizedCard', name: 'Visa', token: TOKEN })
  for (const permissions of [['*:*'], ['paymentMethod:*'], ['paymentMethod:read']]) {
    const { body } = await call('POST', '/tandem/v1/apiKey', { name: 'Wild', permissions })
    expect((await send(body.key, 'GET', `${PATH}/${id}`)).body, permissions.join()).not.toHaveProperty('token')
  }
  const person = (await call('POST', '/tmf-api/party/v4/individual', { givenName: 'Mira', familyName: 'Aldenhoven' })).body.id as string
  const own = await make({ '@type': 'tokenizedCard', name: 'Visa', token: TOKEN, relatedParty: { id: person, '@referredType': 'Individual' } })
  const { body } = await call('POST', '/tandem/v1/apiKey', { name: 'Mira', permissions: ['paymentMethod:read', 'paymentMethod:readSecret'], parties: [person] })
  const seen = await send(body.key, 'GET', `${PATH}/${own}`)
  expect(seen.status).toBe(200)
  expect(seen.body).not.toHaveProperty('token')
})

test('what an extension tags secret is treated the same, and its other attributes are shown', async () => {
  const schema = { $id: 'https://example.com/x', type: 'object', properties: { pin: { type: 'string', 'x-tandem-tag': 'secret' }, colour: { type: 'string' } } }
  const registered = await call('POST', '/tandem/v1/extensionSchema', { name: 'CorporateWallet', extends: 'PaymentMethod', schema })
  expect(registered.status, registered.text).toBe(201)
  const made = await call('POST', PATH, { '@type': 'CorporateWallet', '@baseType': 'PaymentMethod', name: 'Wallet', pin: TOKEN, colour: 'red' })
  expect(made.status, made.text).toBe(201)
  expect(made.body).toMatchObject({ colour: 'red' })
  expect(made.body).not.toHaveProperty('pin')
  expect((await call('GET', `${PATH}?pin=${TOKEN}`)).status).toBe(400)
  expect((await call('GET', `${PATH}?colour=red`)).body).toHaveLength(1)
  expect((await send(gateway, 'GET', `${PATH}?pin=${TOKEN}`)).body).toHaveLength(1)
})

import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { apiKeyRoutes } from '../../../src/platform/auth/api-key-routes.ts'
import { createApiKeyStore, type NewApiKey } from '../../../src/platform/auth/api-key-store.ts'
import { createAuthenticator, type Authentication } from '../../../src/platform/auth/authenticator.ts'
import { installBodyParser } from '../../../src/platform/http/body.ts'
import { installContext } from '../../../src/platform/http/context.ts'
import { installErrorHandlers } from '../../../src/platform/http/errors.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

const BOOTSTRAP = 'bootstrap-key-for-this-test-only'

let database: TestDatabase
let authentication: Authentication
let app: FastifyInstance
const errors: Error[] = []
const queries: string[] = []

const build = async (auth: 'open' | 'key' = 'key', bootstrapKey: string | null = BOOTSTRAP): Promise<FastifyInstance> => {
  const watched = { ...database, query: ((statement, values) => {
    queries.push(typeof statement === 'string' ? statement : statement.text)
    return database.query(statement, values)
  }) as TestDatabase['query'] }
  authentication = await createAuthenticator({ auth, bootstrapKey: bootstrapKey ?? undefined, oidc: undefined }, watched, error => errors.push(error))
  app = Fastify({ ajv: { customOptions: { removeAdditional: false } } })
  installErrorHandlers(app)
  installContext(app, authentication.authenticate)
  installBodyParser(app)
  apiKeyRoutes(database)(app)
  app.get('/me', request => request.context)
  return app
}
const as = (key: string, options: InjectOptions = {}) => app.inject({ url: '/me', ...options, headers: { authorization: `Bearer ${key}`, ...options.headers } })
const make = async (key: Partial<NewApiKey> = {}) => {
  const made = await createApiKeyStore(database).create({ name: 'test', brands: ['red'], permissions: ['*:*'], ...key })
  if (made === undefined) throw new Error('its maker is revoked')
  return made
}

beforeAll(async () => { database = await createDatabase() })
beforeEach(async () => {
  queries.length = 0
  errors.length = 0
  await database.query('delete from api_key')
})
afterEach(async () => {
  await app.close()
  await authentication.close()
  expect(errors).toEqual([])
})
afterAll(async () => { await database.close() })

describe('open access', () => {
  it('lets everybody do everything on this machine', async () => {
    await build('open')
    expect((await app.inject('/me')).json()).toMatchObject({ principal: { kind: 'open', permissions: ['*:*'] }, brand: 'default' })
  })

  it.each(['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', '10.0.0.5:3000'])('does not answer to the name %s, which a web page could have', async host => {
    await build('open')
    expect((await app.inject({ url: '/me', headers: { host } })).statusCode).toBe(403)
  })

  it.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST'])('answers to %s', async host => {
    await build('open')
    expect((await app.inject({ url: '/me', headers: { host } })).statusCode).toBe(200)
  })

  it('does not answer another machine', async () => {
    await build('open')
    expect((await app.inject({ url: '/me', remoteAddress: '10.0.0.9' })).statusCode).toBe(403)
    expect((await app.inject({ url: '/me', remoteAddress: '::ffff:127.0.0.1' })).statusCode).toBe(200)
  })
})

describe('API keys', () => {
  it('are taken from either header and carry brands, permissions and owner', async () => {
    await build()
    const { clear, key } = await make({ brands: ['red', 'blue'], permissions: ['a:read'], scope: { parties: ['party-1'] } })
    const expected = { id: key.id, kind: 'key', brands: ['red', 'blue'], permissions: ['a:read'], scope: { parties: ['party-1'] } }
    expect((await as(clear)).json()).toMatchObject({ principal: expected, brand: 'red' })
    expect((await app.inject({ url: '/me', headers: { 'x-api-key': clear } })).json()).toMatchObject({ principal: expected })
    expect((await as(clear, { headers: { 'x-tandem-brand': 'green' } })).statusCode).toBe(403)
  })

  it('are asked for, and unknown ones are refused', async () => {
    await build()
    for (const headers of [{}, { authorization: 'Bearer nonsense' }, { authorization: 'Basic YTpi' }, { authorization: 'Bearer ' }, { 'x-api-key': 'x'.repeat(15_000) }, { authorization: `Bearer ${BOOTSTRAP}x` }]) {
      const answer = await app.inject({ url: '/me', headers })
      expect(answer.statusCode).toBe(401)
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
      expect(answer.json()).toMatchObject({ '@type': 'Error', status: '401' })
    }
    expect((await as(BOOTSTRAP)).json()).toMatchObject({ principal: { id: 'bootstrap', permissions: ['*:*'] } })
  })

  it('end when they expire and when they are revoked', async () => {
    await build()
    expect((await as((await make({ expiresAt: new Date(Date.now() - 1) })).clear)).statusCode).toBe(401)
    const short = await make({ expiresAt: new Date(Date.now() + 300) })
    expect((await as(short.clear)).statusCode).toBe(200)
    const { clear, key } = await make()
    expect((await as(clear)).statusCode).toBe(200)
    await createApiKeyStore(database).revoke(key.id)
    await vi.waitFor(async () => { expect((await as(clear)).statusCode).toBe(401) })
    await vi.waitFor(async () => { expect((await as(short.clear)).statusCode).toBe(401) }, 2000)
  })

  it('are missed aloud when there is none to get in with', async () => {
    await build('key', null)
    expect(errors.splice(0).map(error => error.message)).toEqual([expect.stringContaining('BOOTSTRAP_KEY')])
    await app.close()
    await authentication.close()
    await make()
    await build('key', null)
  })

  it('are stored as a hash only', async () => {
    await build()
    const { clear } = await make()
    const rows = await database.query('select * from api_key')
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(clear)
    expect(clear.length).toBeGreaterThan(40)
  })

  it('cost one query in a while, good or bad, and note their use once a minute', async () => {
    await build()
    const { clear, key } = await make()
    for (let times = 0; times < 20; times += 1) {
      await as(clear)
      await as('a-bad-key')
    }
    expect(queries.filter(text => text.includes('where hash'))).toHaveLength(2)
    await vi.waitFor(async () => { expect((await createApiKeyStore(database).get(key.id))?.lastUsedAt).toBeInstanceOf(Date) })
    expect(queries.filter(text => text.includes('last_used_at = $2'))).toHaveLength(1)
  })
})

describe('operations on keys', () => {
  const url = '/tandem/v1/apiKey'

  it('make a key whose text is shown once, list it, and revoke it', async () => {
    await build()
    const made = await as(BOOTSTRAP, { method: 'POST', url, payload: { name: 'Web shop', brands: ['red'], permissions: ['productOrder:create', 'apiKey:read'] } })
    expect(made.statusCode).toBe(201)
    const { key, id } = made.json<{ key: string; id: string }>()
    expect(made.headers['location']).toBe(`${url}/${id}`)
    expect((await as(key)).json()).toMatchObject({ brand: 'red', principal: { id } })

    const listed = await as(BOOTSTRAP, { url })
    expect(listed.body).not.toContain(key)
    expect(listed.json()).toMatchObject([{ id, name: 'Web shop', brands: ['red'] }])
    expect((await as(BOOTSTRAP, { url: `${url}/${id}` })).body).not.toContain(key)

    expect((await as(BOOTSTRAP, { method: 'DELETE', url: `${url}/${id}` })).statusCode).toBe(204)
    await vi.waitFor(async () => { expect((await as(key)).statusCode).toBe(401) })
    expect((await as(BOOTSTRAP, { url: `${url}/${id}` })).json<{ revokedAt?: string }>().revokedAt).toBeTruthy()
    expect((await as(BOOTSTRAP, { method: 'DELETE', url: `${url}/nope` })).statusCode).toBe(404)
  })

  it('never give away more than the caller has', async () => {
    await build()
    const { clear } = await make({ brands: ['red'], permissions: ['apiKey:*', 'productOrder:read'], scope: { parties: ['p1'] } })
    const post = (payload: object) => as(clear, { method: 'POST', url, payload: { name: 'x', ...payload } })
    expect((await post({ permissions: ['productOrder:read'] })).json()).toMatchObject({ brands: ['red'], parties: ['p1'] })
    for (const payload of [{ permissions: ['*:*'] }, { permissions: ['*:read'] }, { permissions: ['productOrder:delete'] }, { permissions: [], brands: ['blue'] }, { permissions: [], brands: ['*'] }, { permissions: [], parties: ['p2'] }, { permissions: [], store: 's1' }]) {
      expect((await post(payload)).statusCode, JSON.stringify(payload)).toBe(403)
    }
  })

  it('make no key that outlives the one that makes it', async () => {
    await build()
    const end = new Date(Date.now() + 3_600_000)
    const { clear, key } = await make({ expiresAt: end })
    const post = (by: string, payload: object = {}) => as(by, { method: 'POST', url, payload: { name: 'x', permissions: [], ...payload } })
    expect((await post(clear)).json()).toMatchObject({ expiresAt: end.toISOString(), madeBy: key.id })
    const sooner = new Date(end.getTime() - 60_000).toISOString()
    expect((await post(clear, { expiresAt: sooner })).json()).toMatchObject({ expiresAt: sooner })
    expect((await post(clear, { expiresAt: new Date(end.getTime() + 1000).toISOString() })).statusCode).toBe(403)
    const lasting = (await post((await make()).clear)).json<{ expiresAt?: string }>()
    expect(lasting.expiresAt).toBeUndefined()
  })

  it('revoke with a key the keys that it made, and those that these made', async () => {
    await build()
    const [first, other] = [await make(), await make()]
    const post = async (by: string) => (await as(by, { method: 'POST', url, payload: { name: 'x', permissions: ['*:*'] } })).json<{ id: string; key: string }>()
    const second = await post(first.clear)
    const third = await post(second.key)
    const beside = await post(other.clear)
    for (const { key } of [second, third, beside]) expect((await as(key)).statusCode).toBe(200)
    expect((await as(BOOTSTRAP, { url: `${url}?madeBy=${first.key.id}` })).json<{ id: string }[]>().map(one => one.id)).toEqual([second.id])
    expect((await as(BOOTSTRAP, { method: 'DELETE', url: `${url}/${first.key.id}` })).statusCode).toBe(204)
    for (const key of [first.clear, second.key, third.key]) await vi.waitFor(async () => { expect((await as(key)).statusCode).toBe(401) })
    expect((await as(beside.key)).statusCode).toBe(200)
    expect((await as(BOOTSTRAP, { url: `${url}/${third.id}` })).json()).toMatchObject({ madeBy: second.id, revokedAt: expect.any(String) })
    // A request that was let in before the key was revoked makes none after.
    expect(await createApiKeyStore(database).create({ name: 'late', brands: ['red'], permissions: [], madeBy: first.key.id })).toBeUndefined()
  })

  it('show and revoke only keys that the caller could have made', async () => {
    await build()
    const other = await make({ brands: ['blue'] })
    const { clear } = await make({ brands: ['red'], permissions: ['apiKey:*'] })
    expect((await as(clear, { url })).json<{ brands: string[] }[]>().map(key => key.brands)).toEqual([['red']])
    expect((await as(clear, { method: 'DELETE', url: `${url}/${other.key.id}` })).statusCode).toBe(404)
    const reader = await make({ permissions: ['productOrder:read'] })
    expect((await as(reader.clear, { url })).statusCode).toBe(403)
  })

  it.each([{}, { name: '', permissions: [] }, { name: 'x', permissions: ['everything'] }, { name: 'x', permissions: [], expiresAt: '2020-01-01T00:00:00Z' }, { name: 'x', permissions: [], more: 1 }])('refuse %j', async payload => {
    await build()
    expect((await as(BOOTSTRAP, { method: 'POST', url, payload })).statusCode).toBe(400)
  })
})

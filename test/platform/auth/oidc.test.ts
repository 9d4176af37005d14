import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuthenticator } from '../../../src/platform/auth/authenticator.ts'
import type { OidcSettings } from '../../../src/platform/auth/oidc.ts'
import type { Database } from '../../../src/platform/database/sql.ts'
import { installContext } from '../../../src/platform/http/context.ts'
import { installErrorHandlers } from '../../../src/platform/http/errors.ts'

const AUDIENCE = 'https://tandem.example'
let issuer: string
let server: Server
let answers: 'well' | 'not' | 'otherIssuer' = 'well'
let asked: string[] = []
let keys: Record<'rsa' | 'ec' | 'stranger', { privateKey: CryptoKey; publicKey: CryptoKey }>
let rsaJwk: JWK

// Token checks need no keys from the database.
const noDatabase = { query: async () => [], listen: async () => async () => undefined } as unknown as Database

beforeAll(async () => {
  keys = { rsa: await generateKeyPair('RS256', { extractable: true }), ec: await generateKeyPair('ES256'), stranger: await generateKeyPair('RS256') }
  rsaJwk = { ...(await exportJWK(keys.rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' }
  const jwks = { keys: [rsaJwk, { ...(await exportJWK(keys.ec.publicKey)), kid: 'ec', alg: 'ES256', use: 'sig' }] }
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (answers === 'not') {
      response.writeHead(502).end('bad gateway')
      return
    }
    response.setHeader('content-type', 'application/json')
    if (request.url === '/realm/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: answers === 'otherIssuer' ? 'https://other.example' : issuer, jwks_uri: `${issuer}/keys` }))
    } else response.end(JSON.stringify(jwks))
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/realm`
})
beforeEach(() => {
  answers = 'well'
  asked = []
})
afterAll(() => { server.close() })

const build = async (more: Partial<OidcSettings> = {}) => {
  const { authenticate } = await createAuthenticator({ auth: 'oidc', bootstrapKey: 'the-bootstrap-key-of-this-test', oidc: { issuer, audience: AUDIENCE, ...more } }, noDatabase, () => undefined)
  const app = Fastify()
  installErrorHandlers(app)
  installContext(app, authenticate)
  app.get('/me', request => request.context)
  return (token: string) => app.inject({ url: '/me', headers: { authorization: `Bearer ${token}` } })
}

const token = (claims: Record<string, unknown> = {}, options: { key?: keyof typeof keys; alg?: string; issuer?: string; audience?: string; expires?: string | number; kid?: string } = {}): Promise<string> =>
  new SignJWT({ permissions: ['productOrder:read'], ...claims })
    .setProtectedHeader({ alg: options.alg ?? 'RS256', kid: options.kid ?? 'rsa' })
    .setIssuer(options.issuer ?? issuer)
    .setAudience(options.audience ?? AUDIENCE)
    .setSubject('erika')
    .setExpirationTime(options.expires ?? '5m')
    .sign(keys[options.key ?? 'rsa'].privateKey)

describe('access tokens', () => {
  it('are verified against the keys of the issuer, and their claims become the principal', async () => {
    const send = await build()
    const answer = await send(await token({ brands: ['red'], party: 'party-7', permissions: 'productOrder:read openid customer:update' }))
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      brand: 'red',
      principal: { id: `${issuer}#erika`, kind: 'token', brands: ['red'], permissions: ['productOrder:read', 'customer:update'], scope: { parties: ['party-7'] } },
    })
    expect((await send(await token({}, { key: 'ec', alg: 'ES256', kid: 'ec' }))).json()).toMatchObject({ brand: 'default' })
  })

  it('are read by configurable claim names, nested ones too', async () => {
    const send = await build({ permissionsClaim: 'realm_access.roles', brandsClaim: 'https://tandem.example/brands', partiesClaim: 'customer' })
    const answer = await send(await token({ permissions: ['*:*'], realm_access: { roles: ['offline_access', 'customer:read'] }, 'https://tandem.example/brands': ['blue'], customer: 'c1' }))
    expect(answer.json()).toMatchObject({ brand: 'blue', principal: { permissions: ['customer:read'], scope: { parties: ['c1'] } } })
  })

  it('confine to parties, a store or a partner, and name roles', async () => {
    const send = await build()
    expect((await send(await token({ party: ['p1', 'p2'], roles: 'care shop' }))).json()).toMatchObject({ principal: { scope: { parties: ['p1', 'p2'] }, roles: ['care', 'shop'] } })
    expect((await send(await token({ store: 's1' }))).json()).toMatchObject({ principal: { scope: { store: 's1' } } })
    expect((await send(await token({ partner: 'o1' }))).json()).toMatchObject({ principal: { scope: { partner: 'o1' } } })
    expect((await send(await token())).json().principal.scope).toBeUndefined()
  })

  it('are refused when expired, for another audience or issuer, or signed by somebody else', async () => {
    const send = await build()
    const bad = {
      expired: await token({}, { expires: Math.floor(Date.now() / 1000) - 120 }),
      audience: await token({}, { audience: 'https://other.example' }),
      issuer: await token({}, { issuer: 'https://other.example' }),
      stranger: await token({}, { key: 'stranger' }),
      unknownKey: await token({}, { kid: 'nobody' }),
      notYet: await token({ nbf: Math.floor(Date.now() / 1000) + 120 }),
      party: await token({ party: 7 }),
      noParty: await token({ party: [] }),
      emptyParty: await token({ party: ['c1', ''] }),
      twoStores: await token({ store: ['s1', 's2'] }),
      malformed: 'a.b.c',
    }
    for (const [name, one] of Object.entries(bad)) {
      const answer = await send(one)
      expect(answer.statusCode, name).toBe(401)
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"')
    }
  })

  it('are refused when not signed, or signed with the public key as a shared secret', async () => {
    const send = await build()
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const payload = part({ iss: issuer, aud: AUDIENCE, sub: 'mallory', exp: Math.floor(Date.now() / 1000) + 300, permissions: ['*:*'] })
    expect((await send(`${part({ alg: 'none' })}.${payload}.`)).statusCode).toBe(401)
    const head = part({ alg: 'HS256', kid: 'rsa' })
    const signature = createHmac('sha256', JSON.stringify(rsaJwk)).update(`${head}.${payload}`).digest('base64url')
    expect((await send(`${head}.${payload}.${signature}`)).statusCode).toBe(401)
  })

  it('are refused without expiry', async () => {
    const send = await build()
    const eternal = await new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid: 'rsa' }).setIssuer(issuer).setAudience(AUDIENCE).setSubject('x').sign(keys.rsa.privateKey)
    expect((await send(eternal)).statusCode).toBe(401)
  })

  it('tolerate clocks that differ a little', async () => {
    const send = await build()
    expect((await send(await token({}, { expires: Math.floor(Date.now() / 1000) - 5 }))).statusCode).toBe(200)
  })

  it('ask the issuer once, not for each request', async () => {
    const send = await build()
    await Promise.all(Array.from({ length: 10 }, async (_, index) => send(await token({ n: index }))))
    expect(asked.filter(url => url.endsWith('openid-configuration'))).toHaveLength(1)
    expect(asked.filter(url => url.endsWith('/keys'))).toHaveLength(1)
  })
})

describe('an issuer that does not answer', () => {
  it('is a 503 with Retry-After, not a 401, and is asked again later', async () => {
    const send = await build()
    answers = 'not'
    const answer = await send(await token())
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.body).not.toContain('127.0.0.1')
    answers = 'well'
    expect((await send(await token())).statusCode).toBe(200)
  })

  it('is a 503 when it is another issuer than the configured one', async () => {
    const send = await build()
    answers = 'otherIssuer'
    expect((await send(await token())).statusCode).toBe(503)
  })

  it('does not keep API keys from working', async () => {
    const send = await build()
    answers = 'not'
    expect((await send('the-bootstrap-key-of-this-test')).json()).toMatchObject({ principal: { id: 'bootstrap' } })
  })
})

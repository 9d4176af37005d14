import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { startIssuer, type Issuer } from '../../support/issuer.ts'

const BOOTSTRAP = 'access-bootstrap-key-0123456789'
let issuer: Issuer
let server: TestApp

const send = async (method: 'GET' | 'POST', url: string, credential: string, payload?: object): Promise<{ status: number; body: any }> => {
  const answer = await server.app.inject({ method, url, headers: { authorization: `Bearer ${credential}` }, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json() }
}

beforeAll(async () => {
  issuer = await startIssuer()
  server = await createTestApp({ settings: { AUTH: 'oidc', OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'tandem', BOOTSTRAP_KEY: BOOTSTRAP, ROLES: 'api' } })
})
afterAll(async () => {
  await server.close()
  await issuer.close()
})

describe('userinfo (TMF691)', () => {
  it('says who the caller is, and tells of nobody else', async () => {
    const ann = (await send('POST', '/tmf-api/party/v4/individual', BOOTSTRAP, { givenName: 'Ann', familyName: 'Access' })).body
    const user = await issuer.token({ sub: 'ann', party: ann.id, permissions: 'productOrder:read' })
    const [info] = (await send('GET', '/tmf-api/openid/v4/userinfo', user)).body
    expect(info).toMatchObject({ sub: `${issuer.url}#ann`, name: 'Ann Access', given_name: 'Ann', userAssets: [{ id: ann.id, role: 'customer', entitlement: [{ function: 'productOrder', action: 'read' }] }] })
    expect((await send('GET', '/tmf-api/openid/v4/userinfo/me', user)).body).toEqual(info)
    expect((await send('GET', `/tmf-api/openid/v4/userinfo/${encodeURIComponent(`${issuer.url}#robin`)}`, user)).status).toBe(404)
  })
})

/** An identity provider for tests: a discovery document, one key, and tokens signed with it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export interface TokenOptions {
  audience?: string
  /** In seconds from now; negative for a token that has ended. */
  expiresIn?: number
  notBefore?: number
}

export interface Issuer {
  url: string
  /** An access token with these claims; `sub` is among them. */
  token: (claims: Record<string, unknown>, options?: TokenOptions) => Promise<string>
  close: () => Promise<void>
}

export const AUDIENCE = 'tandem'

export const startIssuer = async (): Promise<Issuer> => {
  const keys = await generateKeyPair('ES256')
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'test', alg: 'ES256', use: 'sig' }] })
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(request.url === '/.well-known/openid-configuration' ? JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }) : jwks)
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    token: ({ sub, ...claims }, { audience = AUDIENCE, expiresIn = 600, notBefore } = {}) => {
      const now = Math.floor(Date.now() / 1000)
      const token = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'test' }).setIssuer(url).setAudience(audience).setSubject(String(sub)).setExpirationTime(now + expiresIn)
      return (notBefore === undefined ? token : token.setNotBefore(now + notBefore)).sign(keys.privateKey)
    },
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

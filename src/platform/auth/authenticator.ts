/** Finds out who sends a request: open access on loopback, an API key, or a token of the configured issuer. */
import type { FastifyRequest } from 'fastify'
import type { Database } from '../database/sql.ts'
import { refuse, Refusal } from '../errors.ts'
import { isLoopback } from '../http/address.ts'
import type { Authenticator } from '../http/context.ts'
import type { Principal } from '../principal.ts'
import { API_KEY_CHANNEL, createApiKeyStore } from './api-key-store.ts'
import { createKeyVerifier } from './keys.ts'
import { createTokenVerifier, type OidcSettings } from './oidc.ts'

/** The settings that matter here; the application's configuration has them. */
export interface AuthSettings {
  auth: 'open' | 'key' | 'oidc'
  bootstrapKey: string | undefined
  oidc: OidcSettings | undefined
}

export interface Authentication {
  authenticate: Authenticator
  /** Somebody who was let in before, as they are now; undefined when they would no longer be. What a token said stays as it was said. */
  current(principal: Principal): Promise<Principal | undefined>
  close(): Promise<void>
}

const everybody: Principal = { id: 'open', kind: 'open', brands: ['*'], permissions: ['*:*'] }

const hostOf = (header: string): string => (header.startsWith('[') ? header.slice(1, header.indexOf(']')) : header.replace(/:\d*$/, ''))

/**
 * Open access is for programs on this machine. The peer is checked because a proxy may listen elsewhere, the Host header because a web
 * page of any origin can have its own name resolve to 127.0.0.1 and then read what the server answers.
 */
const authenticateOpen: Authenticator = request => {
  const peer = (request.raw.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const host = request.headers.host
  if (!isLoopback(peer)) throw refuse.forbidden('This server runs open and answers programs on its own machine only')
  if (host !== undefined && !isLoopback(hostOf(host).toLowerCase())) throw refuse.forbidden('This server runs open and answers to the name localhost only')
  return everybody
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** A key of ours is 47 characters long; tokens carry claims, but no header is longer than this. */
const LONGEST_CREDENTIAL = 16_384

const credentialOf = (request: FastifyRequest): string => {
  const authorization = request.headers.authorization
  const bearer = authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (authorization !== undefined && bearer === undefined) throw refuse.unauthenticated('The Authorization header must be: Bearer <API key or access token>')
  const credential = bearer ?? single(request.headers['x-api-key'])
  if (credential === undefined || credential === '') throw refuse.unauthenticated('Send an API key or access token as Authorization: Bearer')
  if (credential.length > LONGEST_CREDENTIAL) throw refuse.unauthenticated('The credential is not a valid one')
  return credential
}

/** Two dots make a JSON Web Token; keys have none. */
const isToken = (credential: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(credential)

const unknownKey = (): Refusal =>
  new Refusal({ status: 401, code: 'unauthenticated', reason: 'Authentication is required', message: 'The API key is unknown, revoked or expired', headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })

/** Makes the authenticator. `onError` is told what went wrong beside requests. */
export const createAuthenticator = async (settings: AuthSettings, database: Database, onError: (error: Error) => void): Promise<Authentication> => {
  if (settings.auth === 'open') return { authenticate: authenticateOpen, current: async principal => (principal.kind === 'open' || principal.kind === 'system' ? principal : undefined), close: async () => undefined }
  const store = createApiKeyStore(database)
  const keys = createKeyVerifier({ store, bootstrapKey: settings.bootstrapKey, onError })
  const tokens = settings.auth === 'oidc' && settings.oidc !== undefined ? createTokenVerifier(settings.oidc) : undefined
  if (settings.auth === 'key' && settings.bootstrapKey === undefined && (await store.list()).length === 0) {
    onError(new Error('Nobody can get in: there is no BOOTSTRAP_KEY, and the database holds no API key'))
  }
  const unlisten = await database.listen(API_KEY_CHANNEL, () => { keys.forget() })
  const orRefuse = (principal: Principal | undefined): Principal => {
    if (principal === undefined) throw unknownKey()
    return principal
  }
  return {
    authenticate: request => {
      const credential = credentialOf(request)
      if (tokens !== undefined && isToken(credential)) return tokens.verify(credential)
      const principal = keys.verify(credential)
      return principal instanceof Promise ? principal.then(orRefuse) : orRefuse(principal)
    },
    current: async principal => {
      if (principal.kind === 'key') return keys.current(principal.id)
      return principal.kind === 'system' || (principal.kind === 'token' && tokens !== undefined) ? principal : undefined
    },
    close: unlisten,
  }
}

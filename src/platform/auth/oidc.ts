/** Verifies access tokens of an OpenID Connect issuer and reads permissions, roles, brands and whose rows it sees from their claims. */
import { createHash } from 'node:crypto'
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { refuse, Refusal } from '../errors.ts'
import { DEFAULT_BRAND, type Principal, type PrincipalScope } from '../principal.ts'
import { isPermission } from './permission.ts'
import { timedCache } from './timed-cache.ts'

export interface OidcSettings {
  issuer: string
  audience: string
  /** Claim with the permissions, a list or words in one text; a path for nested ones (`realm_access.roles`). Default `permissions`. */
  permissionsClaim?: string | undefined
  /** Claim with the brands. Default `brands`; a token without it acts for the default brand. */
  brandsClaim?: string | undefined
  /** Claim with the party, or parties, whose rows alone the caller sees. Default `party`; a token without it, a store or a partner sees all rows of its brands. */
  partiesClaim?: string | undefined
  /** Claim with the store whose sales alone the caller sees. Default `store`. */
  storeClaim?: string | undefined
  /** Claim with the partner whose rows alone the caller sees. Default `partner`. */
  partnerClaim?: string | undefined
  /** Claim with names of roles; what they allow is looked up (TMF672). Default `roles`. */
  rolesClaim?: string | undefined
}

/** Signatures by a private key only: with a shared secret in the list a public key could be passed off as the secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const CLOCK_TOLERANCE_S = 30
/** A token that names more parties is a mistake: each read asks for all of them. */
const MOST_PARTIES = 100
const DISCOVERY_TIMEOUT_MS = 5000
/** How long a verified token is taken without verifying again. */
const VERIFIED_MS = 30_000

const claimAt = (payload: JWTPayload, name: string): unknown => {
  if (Object.hasOwn(payload, name)) return payload[name]
  let value: unknown = payload
  for (const part of name.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string, unknown>)[part]
  }
  return value
}

const wordsOf = (claim: unknown): string[] => {
  if (typeof claim === 'string') return claim.split(/\s+/).filter(word => word !== '')
  return Array.isArray(claim) ? claim.filter((word): word is string => typeof word === 'string') : []
}

const invalidToken = (message: string): Refusal =>
  new Refusal({ status: 401, code: 'unauthenticated', reason: 'Authentication is required', message, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })

/** Ids of a claim that confines: one that is there but holds none refuses the token, because dropping it would widen what the caller sees. */
const idsOf = (payload: JWTPayload, claim: string): string[] | undefined => {
  const value = claimAt(payload, claim)
  if (value === undefined || value === null) return undefined
  const ids = Array.isArray(value) ? (value as unknown[]) : [value]
  if (ids.length === 0 || ids.length > MOST_PARTIES || !ids.every((id): id is string => typeof id === 'string' && id !== '' && id.length <= 255 && !id.includes('\0') && id.isWellFormed())) {
    throw invalidToken(`The claim ${claim} does not hold ids`)
  }
  return ids
}

const scopeOf = (payload: JWTPayload, settings: OidcSettings): PrincipalScope | undefined => {
  const parties = idsOf(payload, settings.partiesClaim ?? 'party')
  const [store, ...stores] = idsOf(payload, settings.storeClaim ?? 'store') ?? []
  const [partner, ...partners] = idsOf(payload, settings.partnerClaim ?? 'partner') ?? []
  if (stores.length > 0 || partners.length > 0) throw invalidToken('A token names at most one store and one partner')
  return parties === undefined && store === undefined && partner === undefined ? undefined : { ...(parties && { parties }), ...(store !== undefined && { store }), ...(partner !== undefined && { partner }) }
}

/** What the token says about the caller. */
const principalOf = (payload: JWTPayload, settings: OidcSettings): Principal => {
  const brands = wordsOf(claimAt(payload, settings.brandsClaim ?? 'brands'))
  const scope = scopeOf(payload, settings)
  const roles = wordsOf(claimAt(payload, settings.rolesClaim ?? 'roles'))
  return {
    id: `${settings.issuer}#${String(payload.sub)}`,
    kind: 'token',
    brands: brands.length > 0 ? brands : [DEFAULT_BRAND],
    permissions: wordsOf(claimAt(payload, settings.permissionsClaim ?? 'permissions')).filter(isPermission),
    ...(roles.length > 0 && { roles }),
    ...(scope && { scope }),
  }
}

/** Errors of the token itself. All others (the issuer does not answer, or answers nonsense) are no reason to call the caller unknown. */
const REASONS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'The access token has expired',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'A claim of the access token is not the expected one',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the access token is wrong',
  ERR_JWKS_NO_MATCHING_KEY: 'The access token is signed with a key that the issuer does not have',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'The access token does not say with which key it is signed',
  ERR_JOSE_ALG_NOT_ALLOWED: 'The access token is signed in a way that is not allowed',
  ERR_JOSE_NOT_SUPPORTED: 'The access token is signed in a way that is not allowed',
  ERR_JWS_INVALID: 'The access token is malformed',
  ERR_JWT_INVALID: 'The access token is malformed',
}

export interface TokenVerifier {
  /** The principal of a token. Throws a Refusal: 401 for a token that is not good, 503 while the issuer cannot be asked. */
  verify(token: string): Principal | Promise<Principal>
}

const discover = async (issuer: string): Promise<JWTVerifyGetKey> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS), redirect: 'error' })
  if (!response.ok) throw new Error(`discovery answered ${String(response.status)}`)
  const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown }
  if (document.issuer !== issuer) throw new Error(`the discovery document is that of issuer ${JSON.stringify(document.issuer)}`)
  if (typeof document.jwks_uri !== 'string') throw new Error('the discovery document names no jwks_uri')
  return createRemoteJWKSet(new URL(document.jwks_uri), { timeoutDuration: DISCOVERY_TIMEOUT_MS, cooldownDuration: 10_000 })
}

export const createTokenVerifier = (settings: OidcSettings): TokenVerifier => {
  const verified = timedCache<Principal>(10_000)
  let keys: Promise<JWTVerifyGetKey> | undefined
  const issuerKeys = (): Promise<JWTVerifyGetKey> => {
    // A failed discovery is tried again by the next request; those that come at once share one.
    keys ??= discover(settings.issuer).catch((error: unknown) => {
      keys = undefined
      throw error
    })
    return keys
  }
  const check = async (token: string, hash: string): Promise<Principal> => {
    try {
      const { payload } = await jwtVerify(token, await issuerKeys(), {
        issuer: settings.issuer,
        audience: settings.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['sub', 'exp'],
      })
      const principal = principalOf(payload, settings)
      verified.set(hash, principal, Math.min(VERIFIED_MS, ((payload.exp ?? 0) + CLOCK_TOLERANCE_S) * 1000 - Date.now()))
      return principal
    } catch (error) {
      if (error instanceof Refusal) throw error
      const reason = error instanceof errors.JOSEError ? REASONS[error.code] : undefined
      if (reason !== undefined) throw invalidToken(reason)
      const unavailable = refuse.unavailable('The identity provider cannot be asked', 5)
      throw new Refusal({ status: 503, code: unavailable.code, reason: unavailable.reason, message: unavailable.message, headers: unavailable.headers, internal: `issuer ${settings.issuer}: ${String((error as Error).message)}`, cause: error })
    }
  }
  return {
    verify: token => {
      const hash = createHash('sha256').update(token).digest('base64')
      return verified.get(hash) ?? check(token, hash)
    },
  }
}

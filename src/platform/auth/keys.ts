/** Finds the principal of an API key: the configured bootstrap key, or one that the database knows. */
import { timingSafeEqual } from 'node:crypto'
import type { Principal } from '../principal.ts'
import { hashOfKey, type ApiKey, type ApiKeyStore } from './api-key-store.ts'
import { timedCache } from './timed-cache.ts'

/** A revoked key stops within milliseconds by notification, and within this time where that was missed. */
const KNOWN_MS = 10_000
/** Unknown keys are remembered too, so that guessing does not become load on the database. */
const UNKNOWN_MS = 5_000
const TOUCH_MS = 60_000

const bootstrap: Principal = { id: 'bootstrap', kind: 'key', brands: ['*'], permissions: ['*:*'] }

const principalOf = (key: ApiKey): Principal => ({
  id: key.id,
  kind: 'key',
  brands: key.brands,
  permissions: key.permissions,
  ...(key.scope === undefined ? {} : { scope: key.scope }),
})

const livesUntil = ({ key, endsAt }: { key: ApiKey; endsAt: Date | undefined }): number => (key.revokedAt !== undefined ? 0 : (endsAt?.getTime() ?? Number.POSITIVE_INFINITY))

export interface KeyVerifier {
  /** The principal of a key; undefined for one that is unknown, revoked or expired. No promise when it was asked a moment ago. */
  verify(clear: string): Principal | undefined | Promise<Principal | undefined>
  /** The principal of a key as it is now, by the key's id; undefined when the key is gone, revoked or expired. */
  current(id: string): Promise<Principal | undefined>
  /** Forgets what it looked up. */
  forget(): void
}

export const createKeyVerifier = (options: { store: ApiKeyStore; bootstrapKey: string | undefined; onError: (error: Error) => void }): KeyVerifier => {
  const { store, onError } = options
  const bootstrapHash = options.bootstrapKey === undefined ? undefined : Buffer.from(hashOfKey(options.bootstrapKey))
  const known = timedCache<Principal>(10_000)
  const unknown = timedCache<true>(10_000)
  const touched = timedCache<true>(10_000)
  let generation = 0

  const touch = (id: string): void => {
    if (touched.get(id) === true) return
    touched.set(id, true, TOUCH_MS)
    // Nobody waits for it: a use that is not noted fails no request.
    store.touch(id).catch((error: unknown) => { onError(error as Error) })
  }
  const lookUp = async (hash: string): Promise<Principal | undefined> => {
    const asked = generation
    const found = await store.byHash(hash)
    const left = found === undefined ? 0 : livesUntil(found) - Date.now()
    if (found === undefined || left <= 0) {
      unknown.set(hash, true, UNKNOWN_MS)
      return undefined
    }
    const principal = principalOf(found.key)
    // What was revoked between the query and now must not be remembered as good.
    if (asked === generation) known.set(hash, principal, Math.min(KNOWN_MS, left))
    touch(principal.id)
    return principal
  }
  return {
    verify: clear => {
      const hash = hashOfKey(clear)
      if (bootstrapHash !== undefined && timingSafeEqual(bootstrapHash, Buffer.from(hash))) return bootstrap
      const found = known.get(hash)
      if (found !== undefined) {
        touch(found.id)
        return found
      }
      return unknown.get(hash) === true ? undefined : lookUp(hash)
    },
    current: async id => {
      if (id === bootstrap.id) return bootstrapHash === undefined ? undefined : bootstrap
      const key = await store.get(id)
      return key !== undefined && livesUntil({ key, endsAt: key.expiresAt }) > Date.now() ? principalOf(key) : undefined
    },
    forget: () => {
      generation += 1
      known.clear()
      unknown.clear()
    },
  }
}

/**
 * What is known of callers beside their credential: permissions by role, the ids that their party goes by, and whom they may act for. Looked
 * up once in a while, forgotten as soon as anything of it is changed: by the process that changed it before it answers, by the others when
 * the database tells them, and by the clock where that was missed.
 */
import type { Directory, Known } from '../../platform/auth/directory.ts'
import { isConfined, systemContext, type Grant, type Principal } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { clusterOf, onPersonsChanged } from '../identity/index.ts'
import { readGiven, readRoles, type Given, type GivenPermission } from './access-store.ts'
import { BRAND_ASSET, isOwnBrand, isPartyType } from './asset.ts'
import { permissionsOf } from './entitlement.ts'

/** Told by triggers on what the directory reads (prisma/schema/access.sql). */
const ACCESS_CHANNEL = 'tandem_access'
/** How long what was looked up is taken, where the notification was missed. */
const KNOWN_MS = 2_000

const NOTHING: Known = { permissions: [], roles: [], grants: [] }

interface Period {
  startDateTime?: string
  endDateTime?: string
}

interface Entry {
  known: Known
  /** Real time. */
  until: number
  /** Business time at which a period in it begins or ends. */
  boundary: number
}

export interface LiveDirectory extends Directory {
  forget(): void
  start(): Promise<void>
  stop(): Promise<void>
}

/** Roles that parties play are resources that say which party is engaged. */
const ROLES = ['customer', 'partyRole']

/** Ids that a party goes by: those that are the same person, and the customers and other roles that they play. Itself first. */
export const idsOfParty = async (deps: Services, brand: string, party: string): Promise<string[]> => {
  const context = systemContext(brand, 'access')
  const parties = await clusterOf(deps.database, context, party)
  const roles = await Promise.all(
    ROLES.map(async name => {
      const resource = deps.store.resource(name)
      return resource === undefined ? [] : await deps.store.find(context, resource, { where: [{ path: 'engagedParty.id', value: parties }], limit: 200 })
    }),
  )
  return [...new Set([party, ...parties, ...roles.flat().map(role => role.id)])]
}

/** The names that a permission can give a user: an API key's id, a token's subject with or without its issuer. */
const subjectsOf = (principal: Principal): string[] => {
  const at = principal.kind === 'token' ? principal.id.indexOf('#') : -1
  return at < 0 ? [principal.id] : [principal.id, principal.id.slice(at + 1)]
}

/** Notes when a period begins or ends next, and answers whether it runs now. */
const runs = (period: Period | undefined, now: number, boundaries: number[]): boolean => {
  const [start, end] = [period?.startDateTime, period?.endDateTime].map(text => (text === undefined ? undefined : Date.parse(text)))
  for (const at of [start, end]) if (at !== undefined && at > now) boundaries.push(at)
  return (start === undefined || start <= now) && (end === undefined || end > now)
}

const isFor = (permission: GivenPermission, subjects: ReadonlySet<string>, parties: ReadonlySet<string>): boolean =>
  permission.user !== undefined && (isPartyType(permission.user['@referredType']) ? parties : subjects).has(permission.user.id)

export const createDirectory = (deps: Services): LiveDirectory => {
  let entries = new WeakMap<Principal, Map<string, Entry>>()
  let generation = 0
  let unlisten: (() => Promise<void>) | undefined

  const grantOf = async (brand: string, party: string, permissions: readonly string[], accounts?: readonly string[]): Promise<Grant> => {
    const roles = (await idsOfParty(deps, brand, party)).filter(id => id !== party)
    return { party, permissions, ...(roles.length > 0 && { roles }), ...(accounts && { accounts }) }
  }

  const knownFrom = async (brand: string, principal: Principal, given: Given, parties: readonly string[], boundaries: number[]): Promise<Known> => {
    const now = deps.clock.now().getTime()
    const subjects = new Set(subjectsOf(principal))
    const own = new Set(parties)
    const valid = given.permissions.filter(one => isFor(one, subjects, own) && runs(one.validFor, now, boundaries))
    const roles = await readRoles(deps.database, brand, valid.flatMap(one => (one.assetUserRole ?? []).map(({ userRole }) => userRole.id)), principal.roles ?? [])
    const named = roles.filter(role => principal.roles?.includes(role.id) === true || (role.involvementRole !== undefined && principal.roles?.includes(role.involvementRole) === true))
    const onAssets = valid.flatMap(one => [
      ...(one.privilege ?? []).map(privilege => ({ asset: privilege.manageableAsset, permissions: permissionsOf([privilege]) })),
      ...(one.assetUserRole ?? []).map(({ manageableAsset, userRole }) => ({ asset: manageableAsset, permissions: permissionsOf(roles.find(role => role.id === userRole.id)?.entitlement) })),
    ])
    const delegations = given.delegations.filter(one => runs(one.validFor, now, boundaries) && !own.has(one.grantor.id))
    return {
      permissions: [...named.flatMap(role => permissionsOf(role.entitlement)), ...onAssets.filter(one => one.asset['@referredType'] === BRAND_ASSET && isOwnBrand(one.asset.id, brand)).flatMap(one => one.permissions)],
      roles: parties.filter(id => principal.scope?.parties?.includes(id) !== true),
      grants: await Promise.all([
        ...onAssets.filter(one => isPartyType(one.asset['@referredType'] ?? '')).map(one => grantOf(brand, one.asset.id, one.permissions)),
        ...delegations.map(one => grantOf(brand, one.grantor.id, one.permission, one.account?.map(account => account.id))),
      ]),
    }
  }

  const load = async (principal: Principal, brand: string): Promise<Known> => {
    const asked = generation
    const parties = [...new Set((await Promise.all((principal.scope?.parties ?? []).map(party => idsOfParty(deps, brand, party)))).flat())]
    const given = await readGiven(deps.database, brand, [...subjectsOf(principal), ...parties], parties)
    const boundaries: number[] = []
    const known = await knownFrom(brand, principal, given, parties, boundaries)
    // What was changed between the query and now must not be remembered.
    if (asked === generation) {
      const byBrand = entries.get(principal) ?? new Map<string, Entry>()
      byBrand.set(brand, { known, until: Date.now() + KNOWN_MS, boundary: Math.min(Infinity, ...boundaries) })
      entries.set(principal, byBrand)
    }
    return known
  }

  const forget = (): void => {
    generation += 1
    entries = new WeakMap()
  }

  return {
    known: (principal, brand) => {
      // Who may do everything and sees everything gains nothing; who is not known by a credential has nothing.
      const isAll = !isConfined(principal) && principal.permissions.includes('*:*')
      if (isAll || (principal.kind !== 'key' && principal.kind !== 'token')) return NOTHING
      const entry = entries.get(principal)?.get(brand)
      if (entry !== undefined && entry.until > Date.now() && entry.boundary > deps.clock.now().getTime()) return entry.known
      return load(principal, brand)
    },
    idsOf: (brand, party) => idsOfParty(deps, brand, party),
    forget,
    start: async () => {
      unlisten = await deps.database.listen(ACCESS_CHANNEL, forget)
    },
    stop: async () => {
      await unlisten?.()
    },
  }
}

const directories = new WeakMap<Services, LiveDirectory>()

export const directoryOf = (deps: Services): LiveDirectory => {
  let directory = directories.get(deps)
  if (directory === undefined) {
    const made = createDirectory(deps)
    directories.set(deps, (directory = made))
    onPersonsChanged(deps, () => { made.forget() })
  }
  return directory
}

/** Called with each change of what the directory reads. */
export const forgetKnown = (deps: Services): void => {
  directoryOf(deps).forget()
}

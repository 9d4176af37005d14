/**
 * What is known of a caller beside its credential (what its roles allow, the customers that its party is, whom it may act for), and what
 * becomes of a request that says for whom it is. The directory itself is a module's: here is what it must answer, and what is made of it.
 */
import { refuse } from '../errors.ts'
import { isConfined, type Context, type Grant, type Permission, type Principal } from '../principal.ts'

/** What is known of a principal in a brand. */
export interface Known {
  /** What its roles allow, beside what its credential says. */
  permissions: readonly Permission[]
  /** Ids that its own parties also go by: the customers that they are. */
  roles: readonly string[]
  grants: readonly Grant[]
}

export interface Directory {
  /** Answers without a promise when it was asked a moment ago: this runs for every request. */
  known(principal: Principal, brand: string): Known | Promise<Known>
  /** Ids that a party goes by in a brand, itself first. */
  idsOf(brand: string, party: string): Promise<readonly string[]>
}

/** Where there is no directory a credential says everything. */
export const noDirectory: Directory = {
  known: () => ({ permissions: [], roles: [], grants: [] }),
  idsOf: async (_brand, party) => [party],
}

const partsOf = (permission: Permission): [string, string] => {
  const [resource = '', action = ''] = permission.split(':')
  return [resource, action]
}

const meet = (one: string, other: string): string | undefined => (one === other || other === '*' ? one : one === '*' ? other : undefined)

/** What both lists allow. */
export const commonPermissions = (some: readonly Permission[], others: readonly Permission[]): Permission[] => [
  ...new Set(
    some.flatMap(one =>
      others.flatMap(other => {
        const [resource, action] = partsOf(one)
        const [otherResource, otherAction] = partsOf(other)
        const [both, either] = [meet(resource, otherResource), meet(action, otherAction)]
        return both === undefined || either === undefined ? [] : [`${both}:${either}`]
      }),
    ),
  ),
]

const isNothing = ({ permissions, roles, grants }: Known): boolean => permissions.length === 0 && roles.length === 0 && grants.length === 0

/** The principal with what is known of it. */
export const withKnown = (principal: Principal, known: Known): Principal => {
  if (isNothing(known)) return principal
  const { scope } = principal
  return {
    ...principal,
    permissions: [...principal.permissions, ...known.permissions],
    ...(scope && known.roles.length > 0 && { scope: { ...scope, parties: [...new Set([...(scope.parties ?? []), ...known.roles])] } }),
    // Who sees all rows of its brands needs no grant to see some.
    ...(scope && { grants: known.grants }),
  }
}

/**
 * The context of work for a certain party: only its rows, and of what the caller may do only what was granted. Whom the caller may not act
 * for and who does not exist are refused alike.
 */
export const actingFor = async (context: Context, asked: string, directory: Directory): Promise<Context> => {
  const { principal } = context
  const { scope } = principal
  if (!isConfined(principal)) return { ...context, principal: { ...principal, scope: { parties: await directory.idsOf(context.brand, asked) } }, onBehalfOf: asked }
  if (scope?.parties?.includes(asked) === true) {
    const ids = new Set(await directory.idsOf(context.brand, asked))
    return { ...context, principal: { ...principal, scope: { parties: scope.parties.filter(party => ids.has(party)) }, grants: [] } }
  }
  const grants = (principal.grants ?? []).filter(grant => grant.party === asked || grant.roles?.includes(asked) === true)
  if (grants.length === 0) throw refuse.forbidden('The caller may not act for the party that x-on-behalf-of names')
  const granted = grants.flatMap(grant => grant.permissions)
  return { ...context, principal: { ...principal, permissions: commonPermissions(principal.permissions, granted), scope: { parties: [] }, grants }, onBehalfOf: asked }
}

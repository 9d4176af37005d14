/** Who asks, for which brand, through which channel, on whose behalf, and the thread that ties the work together. */

/** Something a principal may do: `<module or resource>:<action>`, `*` as a wildcard on either side (`productOrder:create`, `*:read`, `*:*`). */
export type Permission = string

/**
 * What confines a principal to some rows of its brands. Without a scope it sees all of them (staff, administrators).
 * Parties are ids as documents name them: of an individual, an organization, or a customer and other roles that these play.
 */
export interface PrincipalScope {
  /** A customer: rows that belong to these parties. The first is the one that it acts for where it names none. */
  parties?: readonly string[]
  /** A store or dealer: rows that it sold or made, whoever owns them. */
  store?: string
  /** A partner: rows that it owns, and those that it sold. */
  partner?: string
}

/** What a principal may do for a party that is not itself: delegated by that party, or given by an administrator. */
export interface Grant {
  /** The party that it may act for. */
  party: string
  /** Further ids that this party goes by: the customers that it is. */
  roles?: readonly string[]
  /** What it may do of what it may do at all. */
  permissions: readonly Permission[]
  /** When set, only rows of these billing accounts, the accounts themselves included. */
  accounts?: readonly string[]
}

/** An authenticated party or program. */
export interface Principal {
  /** Stable id: an API key's id, a token's issuer and subject, or `system` for Tandem's own work. */
  id: string
  /** `anonymous`: a caller of a public route, who was not asked. */
  kind: 'system' | 'open' | 'key' | 'token' | 'anonymous'
  /** Brands it may act for; the first is the default. */
  brands: readonly string[]
  permissions: readonly Permission[]
  /** Names of roles that its token carries; what they allow is looked up. */
  roles?: readonly string[]
  /** When set, it sees only the rows that this says. */
  scope?: PrincipalScope
  /** Others whom it may act for beside its own rows. */
  grants?: readonly Grant[]
}

/** The circumstances of one piece of work: a request, or a job that follows from one. */
export interface Context {
  principal: Principal
  /** The brand that every row read or written belongs to. */
  brand: string
  /** web, app, store, care, partner, agent, system … */
  channel: string
  /** Follows the work through events, jobs, calls to back ends and logs. */
  correlationId: string
  /** The party that the caller said it acts for; the principal is narrowed to it. The audit names both. */
  onBehalfOf?: string
  /** Languages that the caller reads, as Accept-Language says them; for words that are kept in several. */
  language?: string
}

export const DEFAULT_BRAND = 'default'

/** Of callers who do not say through which channel they come. */
export const DEFAULT_CHANNEL = 'api'

/** Whether the principal sees some rows of its brands only. */
export const isConfined = (principal: Principal): boolean => principal.scope !== undefined

/** The party that a confined caller acts for where it names none; undefined for staff, stores and partners, who act for others. */
export const actingParty = (context: Context): string | undefined => context.onBehalfOf ?? context.principal.scope?.parties?.[0]

/** What the principal is to the house. */
export type CallerKind = 'administrator' | 'staff' | 'customer' | 'delegate' | 'partner' | 'store' | 'anonymous'

/** A delegate is who acts for somebody else now; with nothing said a person is the customer that it is. */
export const callerKind = ({ principal, onBehalfOf }: Pick<Context, 'principal' | 'onBehalfOf'>): CallerKind => {
  if (principal.kind === 'anonymous') return 'anonymous'
  const { scope } = principal
  if (scope?.partner !== undefined) return 'partner'
  if (scope?.store !== undefined) return 'store'
  if (scope !== undefined) return onBehalfOf === undefined && (scope.parties?.length ?? 0) > 0 ? 'customer' : 'delegate'
  return principal.permissions.includes('*:*') ? 'administrator' : 'staff'
}

/** Who buys, for itself or for whom it acts: nothing of the house's is for it to give away, whatever it may do of its own rows and whichever channel it names. */
export const isBuyer = (who: Pick<Context, 'principal' | 'onBehalfOf'>): boolean => ['customer', 'delegate', 'anonymous'].includes(callerKind(who))

/** The context of Tandem's own work for a brand. */
export const systemContext = (brand: string, correlationId: string): Context => ({
  principal: { id: 'system', kind: 'system', brands: [brand], permissions: ['*:*'] },
  brand,
  channel: 'system',
  correlationId,
})

/** Who asks, for which brand, through which channel, and the thread that ties the work together. */

/** Something a principal may do: `<module or resource>:<action>`, `*` as a wildcard on either side (`productOrder:create`, `*:read`, `*:*`). */
export type Permission = string

/** An authenticated party or program. */
export interface Principal {
  /** Stable id: an API key's id, a token's issuer and subject, or `system` for Tandem's own work. */
  id: string
  /** `anonymous`: a caller of a public route, who was not asked. */
  kind: 'system' | 'open' | 'key' | 'token' | 'anonymous'
  /** Brands it may act for; the first is the default. */
  brands: readonly string[]
  permissions: readonly Permission[]
  /** When set, it sees only rows that belong to this party (a customer, a partner). */
  ownerParty?: string
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
}

export const DEFAULT_BRAND = 'default'

/** The context of Tandem's own work for a brand. */
export const systemContext = (brand: string, correlationId: string): Context => ({
  principal: { id: 'system', kind: 'system', brands: [brand], permissions: ['*:*'] },
  brand,
  channel: 'system',
  correlationId,
})

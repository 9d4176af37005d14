/**
 * Which rows a caller may reach: the one place that decides it, for reads, lists, counts, changes, the 360° view, search, streams and
 * hubs. Always those of its brand; for a confined caller those of its parties, those that were shared with it (what a store or partner
 * sold), and those of parties that it acts for, within what they granted.
 */
import { covers, mayDo, type Action } from '../../platform/auth/permission.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { Resource } from '../resource.ts'
import { quoted } from './ddl.ts'

export interface Scope {
  brand: string
  /** Rows that belong to one of these. undefined: every row of the brand. */
  parties?: readonly string[]
  /** Stores and partners: rows of any resource that were shared with one of the parties too. Of resources that say whom they share with, everybody has these. */
  sells?: boolean
  /** Beside them, rows of a party that are or refer to one of its billing accounts. */
  accounts?: readonly { party: string; account: string }[]
}

type Scoped = Pick<Resource<any>, 'name' | 'visibility'>

/** What decides the scope: a resource, or the name of one that has the default visibility. */
type Of = Scoped | string | undefined

/** The rows of a resource that the caller may read, or do something else with. Without a resource: what is its own, and nothing that was granted for certain resources. */
export const scopeOf = (context: Context, of?: Of, action: Action = 'read'): Scope => {
  const { principal, brand } = context
  if (!isConfined(principal)) return { brand }
  if (action === 'read' && typeof of === 'object' && of.visibility === 'brand') return { brand }
  if (typeof of === 'object' && of.visibility === 'house') return { brand, parties: [] }
  const sellers = [principal.scope?.store, principal.scope?.partner].filter(seller => seller !== undefined)
  const parties = new Set<string>([...(principal.scope?.parties ?? []), ...sellers])
  const accounts: { party: string; account: string }[] = []
  const name = typeof of === 'string' ? of : of?.name
  for (const grant of principal.grants ?? []) {
    if (!(name === undefined ? grant.permissions.includes('*:*') : covers(grant.permissions, name, action))) continue
    for (const party of [grant.party, ...(grant.roles ?? [])]) {
      if (grant.accounts === undefined) parties.add(party)
      else accounts.push(...grant.accounts.map(account => ({ party, account })))
    }
  }
  return { brand, parties: [...parties], ...(sellers.length > 0 && { sells: true }), ...(accounts.length > 0 && { accounts }) }
}

/** Whether the caller may read resources of this name at all: of which rows, scopeOf says. */
export const mayRead = (context: Context, resourceName: string): boolean => mayDo(context.principal, resourceName, 'read')

/** A scope as SQL over a resource's table. Its columns are named plainly: the table has no alias where it is used. */
export interface ScopeSql {
  /** Condition for lists: an index leads from the parties to their rows. */
  where: string
  /** The same for a row that is found by its id: looked at once it is there. */
  holds: string
  /** Of the parameters, from $1 on. */
  values: readonly unknown[]
  /** Part of a statement's name: equal shapes are equal text. */
  shape: string
}

type Stored = Pick<Resource<any>, 'name' | 'table' | 'sharedWith'>

const OWNED = 'owner_party = ANY($2::text[])'

export const scopeSql = (resource: Stored, scope: Scope): ScopeSql => {
  if (scope.parties === undefined) return { where: 'brand = $1', holds: 'brand = $1', values: [scope.brand], shape: 'b' }
  const isShared = scope.sells === true || resource.sharedWith !== undefined
  const { accounts } = scope
  const values = [scope.brand, scope.parties, ...(accounts === undefined ? [] : [accounts.map(one => one.party), accounts.map(one => one.account)])]
  if (!isShared && accounts === undefined) return { where: `brand = $1 AND ${OWNED}`, holds: `brand = $1 AND ${OWNED}`, values, shape: 'p' }
  const table = quoted(resource.table)
  const shared = `SELECT s.resource_id FROM shared_row s WHERE s.brand = $1 AND s.party = ANY($2::text[]) AND s.resource = '${resource.name}'`
  // An account of the party, and what refers to one.
  const granted = 'unnest($3::text[], $4::text[]) AS g(party, account)'
  const ofAccount = `SELECT o.id FROM ${granted} JOIN reference_edge e ON e.brand = $1 AND e.to_resource = 'billingAccount' AND e.to_id = g.account AND e.from_resource = '${resource.name}'
      JOIN ${table} o ON o.brand = $1 AND o.id = e.from_id AND o.owner_party = g.party${
        resource.name === 'billingAccount' ? ` UNION ALL SELECT o.id FROM ${granted} JOIN ${table} o ON o.brand = $1 AND o.id = g.account AND o.owner_party = g.party` : ''
      }`
  const further = [...(isShared ? [shared] : []), ...(accounts === undefined ? [] : [ofAccount])]
  return {
    // Not an OR: that would leave the planner nothing but to walk the brand's rows.
    where: `brand = $1 AND id IN (SELECT own.id FROM ${table} own WHERE own.brand = $1 AND own.${OWNED} UNION ALL ${further.join(' UNION ALL ')})`,
    holds: `brand = $1 AND (${[OWNED, ...further.map(ids => `EXISTS (SELECT 1 FROM (${ids}) AS f(id) WHERE f.id = ${table}.id)`)].join(' OR ')})`,
    values,
    shape: `p${isShared ? 's' : ''}${accounts === undefined ? '' : 'a'}`,
  }
}

/** What an event says of its row. */
interface EventRow {
  brand: string
  owner_party: string | null
  shared_with?: readonly string[] | null
}

/** The same for a row in memory (events). What was granted for some accounts alone is not told by an event's row: it is left out. */
export const inScope = (scope: Scope, row: EventRow): boolean =>
  row.brand === scope.brand &&
  (scope.parties === undefined || (row.owner_party !== null && scope.parties.includes(row.owner_party)) || row.shared_with?.some(party => scope.parties?.includes(party)) === true)

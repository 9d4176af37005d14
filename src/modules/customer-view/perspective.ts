/**
 * As whom a caller looks: as itself, or for one of those who granted it something, with what that one granted. Never as both at once: what
 * somebody may do with its own rows says nothing about those of others.
 */
import { commonPermissions } from '../../platform/auth/directory.ts'
import { covers } from '../../platform/auth/permission.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { Resource } from '../../tmf/resource.ts'
import { mayRead } from '../../tmf/storage/scope.ts'

const isSomebody = ({ principal: { scope } }: Context): boolean => scope === undefined || (scope.parties?.length ?? 0) > 0 || scope.store !== undefined || scope.partner !== undefined

/** The caller as itself, where it is anybody, and then for each grantor who lets it read `what`. */
export const perspectivesOf = (context: Context, what: string): Context[] => {
  const { principal } = context
  const grants = principal.grants ?? []
  if (!isConfined(principal) || grants.length === 0) return [context]
  const granted = [...new Set(grants.map(grant => grant.party))].map((party): Context => {
    const its = grants.filter(grant => grant.party === party)
    return { ...context, onBehalfOf: context.onBehalfOf ?? party, principal: { ...principal, permissions: commonPermissions(principal.permissions, its.flatMap(grant => grant.permissions)), scope: { parties: [] }, grants: its } }
  })
  return [...(isSomebody(context) ? [{ ...context, principal: { ...principal, grants: [] } }] : []), ...granted].filter(one => mayRead(one, what))
}

/** The caller with what was granted by those who let it read all of these; what is limited to accounts counts where `accounts` says so. */
export const grantedFor = (context: Context, names: readonly string[], accounts: boolean): Context => {
  const { principal } = context
  if (principal.grants === undefined) return context
  return { ...context, principal: { ...principal, grants: principal.grants.filter(grant => (accounts || grant.accounts === undefined) && names.every(name => covers(grant.permissions, name, 'read'))) } }
}

/** Whether something may be read from this perspective. State that is no resource belongs to a party and to no account: who was granted some accounts has no part in it. */
export const mayShow = (context: Context, served: ReadonlyMap<string, Resource<any>>, name: string): boolean =>
  mayRead(context, name) && (served.has(name) || isSomebody(context) || (grantedFor(context, [name], false).principal.grants ?? []).length > 0)

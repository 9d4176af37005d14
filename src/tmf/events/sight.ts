/** What a caller may see of an event: the one question that the live stream and listeners ask. */
import { mayDo } from '../../platform/auth/permission.ts'
import type { Context, Principal } from '../../platform/principal.ts'
import type { AnyResource } from '../module.ts'
import { inScope, mayRead, scopeOf } from '../storage/scope.ts'

/** `masked`: without what the schema tags as personal. Secrets are in neither. */
export type Sight = 'nothing' | 'masked' | 'whole'

/** The permission to be sent what says something about people, `personalData:read`, beside the one to read the resource. */
export const seesPersonal = (principal: Principal): boolean => mayDo(principal, 'personalData', 'read')

/** What an event's row says of whose it is. */
export interface EventOwner {
  brand: string
  owner_party: string | null
  shared_with: readonly string[] | null
}

export const sightOf = (context: Context, resource: AnyResource, row: EventOwner): Sight => {
  if (!mayRead(context, resource.name) || !inScope(scopeOf(context, resource), row)) return 'nothing'
  return seesPersonal(context.principal) ? 'whole' : 'masked'
}

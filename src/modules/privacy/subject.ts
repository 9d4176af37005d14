/** Whose data an operation is about: finds the party, and refuses who may not speak for it. */
import type { Action } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { isConfined, systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { scopeOf } from '../../tmf/storage/scope.ts'
import { partyOf, type Party } from '../customer/index.ts'

/** Whether the caller may do this for the party: everybody who is not confined, else its own party and who granted it. */
export const mayFor = (context: Context, operation: string, action: Action, partyId: string): boolean => {
  const { parties } = scopeOf(context, operation, action)
  return parties === undefined || parties.includes(partyId)
}

/** Whether a party that is no caller's own has granted this by its name: everything (`*`) does not mean what ends or hands over a whole person. */
const isNamed = (permissions: readonly string[], operation: string, action: Action): boolean => permissions.includes(`${operation}:${action}`) || permissions.includes(`${operation}:*`)

/** The parties whose whole data the caller may ask for or have erased: its own, and those that have granted it by name. undefined: everybody's. */
export const personsOf = ({ principal }: Context, operation: string, action: Action): readonly string[] | undefined => {
  if (!isConfined(principal)) return undefined
  const granting = (principal.grants ?? []).filter(grant => grant.accounts === undefined && isNamed(grant.permissions, operation, action))
  return [...new Set([...(principal.scope?.parties ?? []), ...granting.flatMap(grant => [grant.party, ...(grant.roles ?? [])])])]
}

const among = (persons: readonly string[] | undefined, ...ids: readonly string[]): boolean => persons === undefined || ids.some(id => persons.includes(id))

/** The same of one party. */
export const mayForPerson = (context: Context, operation: string, action: Action, partyId: string): boolean => among(personsOf(context, operation, action), partyId)

const sought = (deps: Services, context: Context, id: string): Promise<Party | undefined> => (id.includes('\0') || !id.isWellFormed() ? Promise.resolve(undefined) : partyOf(deps, context, { id }))

const unknownParty = (id: string) => refuse.invalid([fault('party', 'refers to a party that does not exist', id)])

/** The party with this id, or behind this role. 400 when there is none that the caller may do this for. */
export const subjectOf = async (deps: Services, context: Context, id: string, operation: string, action: Action): Promise<Party> => {
  const party = await sought(deps, context, id)
  if (party === undefined || !mayFor(context, operation, action, party.id)) throw unknownParty(id)
  return party
}

/** The same for what is about a whole person. Whether there is such a party is told to nobody whom it does not concern. */
export const personOf = async (deps: Services, context: Context, id: string, operation: string, action: Action): Promise<Party> => {
  const party = await sought(deps, systemContext(context.brand, context.correlationId), id)
  if (party === undefined || !among(personsOf(context, operation, action), party.id, id)) throw unknownParty(id)
  return party
}

/** What ends a person's records is not for callers who are confined to some parties' rows, but for those who answer for all of them. */
export const refuseConfined = (context: Context, what: string): void => {
  if (isConfined(context.principal)) throw refuse.forbidden(`The caller is confined to some parties; ${what} are made by those who look after all`)
}

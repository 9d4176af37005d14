/** Whose data an operation is about: finds the party, and refuses who may not speak for it. */
import type { Action } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { scopeOf } from '../../tmf/storage/scope.ts'
import { partyOf, type Party } from '../customer/index.ts'

/** Whether the caller may do this for the party: everybody who is not confined, else its own party and who granted it. */
export const mayFor = (context: Context, operation: string, action: Action, partyId: string): boolean => {
  const { parties } = scopeOf(context, operation, action)
  return parties === undefined || parties.includes(partyId)
}

/** The party with this id, or behind this role. 400 when there is none that the caller may do this for. */
export const subjectOf = async (deps: Services, context: Context, id: string, operation: string, action: Action): Promise<Party> => {
  const party = id.includes('\0') || !id.isWellFormed() ? undefined : await partyOf(deps, context, { id })
  if (party === undefined || !mayFor(context, operation, action, party.id)) throw refuse.invalid([fault('party', 'refers to a party that does not exist', id)])
  return party
}

/** What ends a person's records is not for callers who are confined to some parties' rows, but for those who answer for all of them. */
export const refuseConfined = (context: Context, what: string): void => {
  if (isConfined(context.principal)) throw refuse.forbidden(`The caller is confined to some parties; ${what} are made by those who look after all`)
}

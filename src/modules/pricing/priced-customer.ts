/** For whom a price is asked: the customer, told by its own id or by that of the party that it is. One that is not known would silently get the prices of everybody. */
import { fault, refuse } from '../../platform/errors.ts'
import { actingParty, isConfined, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'

type Deps = Pick<Services, 'store'>

const PARTIES = ['individual', 'organization', 'partyRole'] as const

/** The id that prices are asked for: of the customer, or of a party that is none. Undefined where it is nobody that the caller can see. */
const customerIdOf = async (deps: Deps, context: Context, id: string): Promise<string | undefined> => {
  const customer = deps.store.resource('customer')
  // Customers who are kept elsewhere are not asked for here.
  if (customer === undefined || (await deps.store.get(context, customer, id))) return id
  const [role] = await deps.store.find(context, customer, { where: [{ path: 'engagedParty.id', value: id }], limit: 1 })
  if (role) return role.id
  for (const name of PARTIES) {
    const resource = deps.store.resource(name)
    if (resource && (await deps.store.get(context, resource, id))) return id
  }
  return undefined
}

/**
 * The customer of a question; of a confined caller who names none, itself. 400 where there is nobody of that id, and for a confined caller where it is
 * somebody else: both are answered alike, so that nobody learns who is a customer.
 */
export const pricedCustomer = async (deps: Deps, context: Context, asked: string | undefined): Promise<string | undefined> => {
  const confined = isConfined(context.principal)
  const id = asked ?? (confined ? actingParty(context) : undefined)
  if (id === undefined) return undefined
  const found = await customerIdOf(deps, context, id)
  if (found !== undefined) return found
  if (asked === undefined || (confined && (id === context.onBehalfOf || context.principal.scope?.parties?.includes(id) === true))) return id
  throw refuse.invalid([fault('customer.id', confined ? 'must be a customer that you may ask for' : 'refers to a customer that does not exist', id)])
}

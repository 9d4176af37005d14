/** What a guest has refused goes along with the cart: to whom it belongs once that is known, or to the cart that goes on in its place. */
import { systemContext } from '../../platform/principal.ts'
import type { CartJoinedListener } from '../cart/index.ts'
import { partyOf } from '../customer/index.ts'
import { hasRefused, moveRefusals } from './refusal-store.ts'

export const keepRefusals: CartJoinedListener = async ({ cartId, customer, into }, { tx, context: { brand, correlationId }, deps }) => {
  const from = `shoppingCart/${cartId}`
  if (!(await hasRefused(tx, brand, from))) return
  const ref = customer && (customer['@referredType'] === 'Party' ? { id: customer.id } : customer)
  const person = ref && ((await partyOf(deps, systemContext(brand, correlationId), ref))?.id ?? ref.id)
  if (person !== undefined) await moveRefusals(tx, brand, from, `party/${person}`, person)
  else if (into !== undefined) await moveRefusals(tx, brand, from, `shoppingCart/${into}`, undefined)
}

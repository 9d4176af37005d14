/** Which attributes of a product order a client may still change, by its state. Amending the items of an order in flight is not offered. */
import { isDeepStrictEqual } from 'node:util'
import { fault, Refusal } from '../../platform/errors.ts'
import { placeItems, type ProductOrderDocument } from './order-document.ts'
import { isFinal } from './order-state.ts'

/** Remarks never change what is delivered. */
const always = ['description', 'note', 'externalId', '@baseType', '@schemaLocation', '@type']
/** What people and channels use while the order is under way. */
const whileOpen = ['category', 'notificationContact', 'priority', 'requestedCompletionDate', 'relatedParty', 'payment', 'cancellationReason']
/** What the plan is made from: free until there is one. */
const beforeStart = ['requestedStartDate']

/** Refuses (409) a change of an attribute that can no longer be changed, naming those that can. */
export const checkAmendment = (before: ProductOrderDocument, after: ProductOrderDocument): void => {
  // What a change costs was said for its date.
  const isAgreed = placeItems(before.productOrderItem).some(({ item }) => item['inLife'] !== undefined)
  const allowed = [...always, ...(isFinal(before.state) ? [] : whileOpen), ...((before.state === 'pending' || before.state === 'acknowledged') && !isAgreed ? beforeStart : [])]
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(name => !isDeepStrictEqual(before[name], after[name]))
  const refused = changed.filter(name => !allowed.includes(name))
  if (refused.length === 0) return
  throw new Refusal({
    status: 409,
    code: 'orderNotAmendable',
    reason: 'The order is past the point where this can be changed',
    message: `${refused.join(', ')} cannot be changed in state ${before.state}; what can: ${allowed.filter(name => !name.startsWith('@')).join(', ')}`,
    faults: refused.map(name => fault(name, `cannot be changed in state ${before.state}`)),
  })
}

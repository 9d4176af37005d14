/** What this module holds on people: what they have ordered. */
import type { PersonalHolding } from '../../tmf/contributions.ts'
import { isFinal } from './order-state.ts'

/** Items lie in bundles, which lie in bundles. */
const items = ['productOrderItem[]', 'productOrderItem[].productOrderItem[]', 'productOrderItem[].productOrderItem[].productOrderItem[]']

const letter = { onErasure: 'redact', because: 'Commercial and tax law want it known what was ordered and when (in Germany § 257 HGB and § 147 AO); who it was for is in the bill' } as const

export const orderingHoldings: readonly PersonalHolding[] = [
  {
    name: 'productOrder',
    purpose: 'What the person has ordered, to deliver it and to prove what was agreed.',
    ...letter,
    living: doc => (doc.state === undefined || isFinal(doc.state) ? undefined : `is ${doc.state}`),
    redacts: ['note', 'description', ...items.flatMap(item => [`${item}.note`, `${item}.product.place`, `${item}.product.relatedParty`])],
  },
  { name: 'cancelProductOrder', purpose: 'That the person has asked to cancel an order, and what came of it.', ...letter, redacts: ['cancellationReason'] },
]

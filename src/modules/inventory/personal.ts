/** What this module holds on people: what they have. Orders and bills say for themselves what was sold, so nothing of it has to stay. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

const ENDED: readonly string[] = ['terminated', 'cancelled', 'aborted']
const hasEnded = (status: unknown): boolean => ENDED.includes(String(status).trim())

export const inventoryHoldings: readonly PersonalHolding[] = [
  {
    name: 'product',
    purpose: 'What the person has bought and uses, to deliver, change and bill it.',
    onErasure: 'erase',
    living: doc => (doc.status === undefined || hasEnded(doc.status) ? undefined : `is ${doc.status}`),
  },
  { name: 'serviceInstance', purpose: 'The services behind the products, as the network has them.', onErasure: 'erase' },
  { name: 'resourceInstance', purpose: 'Numbers, cards and devices behind the products.', onErasure: 'erase' },
]

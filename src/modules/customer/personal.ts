/** What this module holds on people: who they are, and that they are customers. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

export const customerHoldings: readonly PersonalHolding[] = [
  { name: 'individual', purpose: 'Who the person is and how the person can be reached, to serve and to recognize the person.', onErasure: 'erase' },
  { name: 'organization', purpose: 'Who the organization is, and who speaks for it.', onErasure: 'erase' },
  { name: 'customer', purpose: 'That the person is a customer, with standing and ways to be reached as one.', onErasure: 'erase' },
]

/** What this module holds on people: what they pay off in instalments. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

export const financingHoldings: readonly PersonalHolding[] = [
  {
    name: 'financingPlan',
    purpose: 'What the person pays off in instalments, to bill it and to tell what is still owed.',
    onErasure: 'redact',
    living: doc => (doc.state === 'agreed' || doc.state === 'active' ? `is ${doc.state}` : undefined),
  },
]

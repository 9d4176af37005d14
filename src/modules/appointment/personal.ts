/** What this module holds on people: who is visited, where and when. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

export const appointmentHoldings: readonly PersonalHolding[] = [
  {
    name: 'appointment',
    purpose: 'When somebody comes to a customer or calls, where, and how to reach the customer.',
    onErasure: 'redact',
    redacts: ['description', 'note', 'relatedPlace', 'contactMedium', 'attachment'],
    living: doc => (['initialized', 'confirmed'].includes(String(doc.status)) ? 'has not ended' : undefined),
  },
  { name: 'searchTimeSlot', purpose: 'Where and when somebody was asked to come.', onErasure: 'erase' },
]

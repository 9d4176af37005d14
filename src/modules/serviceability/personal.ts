/** What this module holds on people: that they asked what can be had at a place. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

const purpose = 'What was asked and answered about services at a place, so that an offer can rest on it.'

export const serviceabilityHoldings: readonly PersonalHolding[] = [
  { name: 'checkServiceQualification', purpose, onErasure: 'erase' },
  { name: 'queryServiceQualification', purpose, onErasure: 'erase' },
  {
    name: 'capacityReservation',
    purpose: 'That a port of a line was held for somebody, and which order took it.',
    onErasure: 'redact',
    redacts: ['place'],
    living: doc => (doc.state === 'reserved' ? 'is still held' : undefined),
  },
]

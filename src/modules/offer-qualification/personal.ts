/** What this module holds on people: that they asked what they can buy. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

export const offerQualificationHoldings: readonly PersonalHolding[] = [{ name: 'productOfferingQualification', purpose: 'What was asked and answered about offers to a person at a place, so that a cart or an order can rest on it.', onErasure: 'erase' }]

/** What this module holds on people: the sites that are theirs, and addresses that they asked about. Addresses themselves are nobody's. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

export const placeHoldings: readonly PersonalHolding[] = [
  { name: 'geographicAddressValidation', purpose: 'An address as it was given and its known form, so that something can be delivered there.', onErasure: 'erase' },
  { name: 'geographicSite', purpose: 'A place of the customer, its address and hours, so that services can be delivered and visited there.', onErasure: 'redact', redacts: ['place', 'code', 'calendar'] },
]

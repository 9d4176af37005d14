/** TMF632 Party Management, v4. */
import { defineApi } from '../../tmf/resource.ts'

export const partyApi = defineApi({
  number: 632,
  name: 'party',
  version: 'v4',
  release: '4.0.0',
  title: 'Party Management',
  description: 'People and organizations, whatever role they play: customers, suppliers, partners, employees.',
  slug: 'party',
})

/** TMF699 Sales: what this module serves it as. */
import { defineApi } from '../../tmf/resource.ts'

export const salesApi = defineApi({
  number: 699,
  name: 'sales',
  version: 'v4',
  release: '4.0.0',
  title: 'Sales',
  description: 'Leads: people and organizations that may become customers.',
  slug: 'sales',
})

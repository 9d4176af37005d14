/** TMF651 Agreement Management: what this module serves it as. */
import { defineApi } from '../../tmf/resource.ts'

export const agreementApi = defineApi({
  number: 651,
  name: 'agreementManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Agreement Management',
  description: 'Agreements with parties: terms, frame prices and commitments, with their versions and approvals, and the templates that they follow.',
  slug: 'agreement',
})

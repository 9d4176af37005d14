/** TMF666 Account Management, v4. */
import { defineApi } from '../../tmf/resource.ts'

export const accountApi = defineApi({
  number: 666,
  name: 'accountManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Account Management',
  description: 'The accounts that customers are billed on and partners settled with, what they are grouped under, and how and when their bills come.',
  slug: 'account',
})

/** The APIs that billing serves: TMF678, and Tandem's own for what it lacks. */
import { defineApi } from '../../tmf/resource.ts'

export const customerBillApi = defineApi({
  number: 678,
  name: 'customerBillManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Customer Bill Management',
  description: 'Bills and their lines, and bills on demand.',
  slug: 'customer-bill',
})

export const billingApi = defineApi({
  name: 'billing',
  version: 'v1',
  release: '1.0.0',
  title: 'Billing',
  description: 'How a brand bills.',
  slug: 'billing',
})

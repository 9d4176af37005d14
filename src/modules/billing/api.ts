/** The APIs that billing serves: TMF678 whole, of TMF666 the billing account, and Tandem's own for what neither has. */
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

/** The other accounts of TMF666 come later; until then the document is a part of the definition. */
export const accountApi = defineApi({
  number: 666,
  name: 'accountManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Account Management',
  description: 'The accounts that customers are billed on.',
  slug: 'account',
})

export const billingApi = defineApi({
  name: 'billing',
  version: 'v1',
  release: '1.0.0',
  title: 'Billing',
  description: 'Tax rates, and how a brand bills.',
  slug: 'billing',
})

/** TMF648 Quote Management, and Tandem's own beside it: what this module serves its resources as. */
import { defineApi } from '../../tmf/resource.ts'

export const quoteApi = defineApi({
  number: 648,
  name: 'quoteManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Quote Management',
  description: 'Quotes: what an offer would cost, with discounts and their approval, until it is accepted and becomes an order.',
  slug: 'quote',
})

export const quoteOwnApi = defineApi({ name: 'quoteSetting', version: 'v1', release: '1.0.0', title: 'Quotes', description: 'Who may give which discount, and what a customer is told before a contract: beside TM Forum.', slug: 'quote-setting' })

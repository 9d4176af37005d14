/** Tandem's own API for what TMF620 lacks: price lists with rules, and the price of a basket in its circumstances. */
import { defineApi } from '../../tmf/resource.ts'

export const pricingApi = defineApi({
  name: 'pricing',
  version: 'v1',
  release: '1.0.0',
  title: 'Pricing',
  description: 'Price lists with their entries, rules of prices, and what something costs for whom, where and when.',
  slug: 'pricing',
})

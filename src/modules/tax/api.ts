/** Tandem's own API for what TM Forum lacks: tax rates. */
import { defineApi } from '../../tmf/resource.ts'

export const taxApi = defineApi({
  name: 'tax',
  version: 'v1',
  release: '1.0.0',
  title: 'Tax',
  description: 'Tax rates by category, jurisdiction and time: the one table that prices and bills read.',
  slug: 'tax',
})

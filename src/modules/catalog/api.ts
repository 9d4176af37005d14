/** TMF620 Product Catalog Management: what this module serves it as. */
import { defineApi } from '../../tmf/resource.ts'

export const catalogApi = defineApi({
  number: 620,
  name: 'productCatalogManagement',
  version: 'v4',
  release: '4.1.0',
  title: 'Product Catalog Management',
  description: 'What can be sold, at which price, from when to when: catalogs, categories, specifications, offerings, prices, and their import and export.',
  slug: 'product-catalog',
})

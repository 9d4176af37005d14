/** TMF760 Product Configuration, which there is in the fifth version only. */
import { defineApi } from '../../tmf/resource.ts'

export const productConfigurationApi = defineApi({
  number: 760,
  name: 'productConfiguration',
  version: 'v5',
  release: '5.0.0',
  title: 'Product Configuration',
  description: 'The configurator: what can be chosen of an offering and what follows from it, and whether a configuration can be had.',
  slug: 'product-configuration',
})

/** Tandem's own API for work on the catalog: changes that are gathered, previewed, approved, activated together and taken back. */
import { defineApi } from '../../tmf/resource.ts'

export const catalogChangeApi = defineApi({
  name: 'catalogChange',
  version: 'v1',
  release: '1.0.0',
  title: 'Catalog change',
  description: 'Sets of changes of the catalog: drafted, validated, previewed, approved, activated at a moment, rolled back.',
  slug: 'catalog-change',
})

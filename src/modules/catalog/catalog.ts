/** Catalogs: collections of categories for a market or a channel (TMF620). */
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { catalogApi } from './api.ts'
import { Catalog, catalogCreate, catalogUpdate } from './catalog.schema.ts'
import { periodFaults } from './document-faults.ts'
import { catalogLifecycle } from './lifecycle.ts'

export const catalog = defineResource({
  api: catalogApi,
  name: 'catalog',
  type: 'Catalog',
  table: 'catalog',
  description: 'A collection of categories, and through them of offerings, for a market or a channel.',
  schema: Catalog,
  visibility: 'brand',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: catalogCreate,
  update: catalogUpdate,
  lifecycle: catalogLifecycle,
  stamps: { onWrite: ['lastUpdate'] },
  filters: {
    name: 'text',
    catalogType: 'text',
    lifecycleStatus: 'text',
    lastUpdate: 'instant',
    version: 'text',
    'validFor.startDateTime': 'instant',
    'validFor.endDateTime': 'instant',
  },
  references: [{ path: 'category[]', to: 'category' }, { path: 'relatedParty[]' }],
  check: doc => {
    const faults = periodFaults(doc)
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: { name: 'Consumer catalog', catalogType: 'Product Catalog', description: 'What households can buy', lifecycleStatus: 'Active', version: '1.0' },
})

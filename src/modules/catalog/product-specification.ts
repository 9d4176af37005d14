/** Product specifications: what a product is, whatever it is sold as (TMF620). */
import { refuse } from '../../platform/errors.ts'
import { defineResource, type Resource } from '../../tmf/resource.ts'
import { catalogApi } from './api.ts'
import { idsOf, refuseCycle } from './cycle.ts'
import { characteristicFaults, periodFaults } from './document-faults.ts'
import { catalogLifecycle } from './lifecycle.ts'
import { ProductSpecification, productSpecificationCreate, productSpecificationUpdate } from './product-specification.schema.ts'

export const productSpecification: Resource<typeof ProductSpecification> = defineResource({
  api: catalogApi,
  name: 'productSpecification',
  type: 'ProductSpecification',
  table: 'product_specification',
  description: 'What a product is: its characteristics, and the services and resources that it takes. Sold through offerings.',
  schema: ProductSpecification,
  visibility: 'brand',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: productSpecificationCreate,
  update: productSpecificationUpdate,
  lifecycle: catalogLifecycle,
  stamps: { onWrite: ['lastUpdate'] },
  history: true,
  filters: {
    name: 'text',
    lifecycleStatus: 'text',
    lastUpdate: 'instant',
    version: 'text',
    brand: 'text',
    productNumber: 'text',
    isBundle: 'boolean',
    'validFor.startDateTime': 'instant',
    'validFor.endDateTime': 'instant',
  },
  references: [
    { path: 'bundledProductSpecification[]', to: 'productSpecification' },
    { path: 'productSpecificationRelationship[]', to: 'productSpecification' },
    { path: 'resourceSpecification[]', to: 'resourceSpecification' },
    { path: 'serviceSpecification[]', to: 'serviceSpecification' },
    { path: 'relatedParty[]' },
  ],
  prepare: draft => ({ ...draft, isBundle: draft.isBundle ?? (draft.bundledProductSpecification ?? []).length > 0 }),
  check: async (doc, work) => {
    const faults = [...periodFaults(doc), ...characteristicFaults(doc.productSpecCharacteristic ?? [], 'productSpecCharacteristic')]
    if (faults.length > 0) throw refuse.invalid(faults)
    await refuseCycle(doc, work, { resource: () => productSpecification, attribute: 'bundledProductSpecification', contained: one => idsOf(one.bundledProductSpecification) })
  },
  example: {
    name: 'Fibre access',
    description: 'Internet access over fibre to the premises',
    brand: 'Tandem',
    version: '1.0',
    lifecycleStatus: 'Launched',
    productSpecCharacteristic: [
      {
        name: 'downstream',
        valueType: 'number',
        configurable: true,
        minCardinality: 1,
        maxCardinality: 1,
        productSpecCharacteristicValue: [
          { value: 250, unitOfMeasure: 'Mbit/s', isDefault: true },
          { value: 1000, unitOfMeasure: 'Mbit/s' },
        ],
      },
    ],
  },
})

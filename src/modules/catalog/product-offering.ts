/** Product offerings: what is sold, alone or inside a bundle (TMF620). */
import { refuse } from '../../platform/errors.ts'
import { defineResource, type Resource } from '../../tmf/resource.ts'
import { catalogApi } from './api.ts'
import { bundleFaults } from './bundle-faults.ts'
import { childIdsOf } from './choice-groups.ts'
import { refuseCycle } from './cycle.ts'
import { characteristicFaults, embeddedPriceFaults, periodFaults } from './document-faults.ts'
import { catalogLifecycle } from './lifecycle.ts'
import { ProductOffering, productOfferingCreate, productOfferingUpdate } from './product-offering.schema.ts'

export const productOffering: Resource<typeof ProductOffering> = defineResource({
  api: catalogApi,
  name: 'productOffering',
  type: 'ProductOffering',
  table: 'product_offering',
  description: 'A specification with prices, terms and a market, or a bundle of other offerings. It can be bought while it is Launched and within validFor.',
  schema: ProductOffering,
  visibility: 'brand',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: productOfferingCreate,
  update: productOfferingUpdate,
  lifecycle: catalogLifecycle,
  stamps: { onWrite: ['lastUpdate'] },
  history: true,
  filters: {
    name: 'text',
    lifecycleStatus: 'text',
    lastUpdate: 'instant',
    version: 'text',
    isBundle: 'boolean',
    isSellable: 'boolean',
    'productSpecification.id': 'text',
    'validFor.startDateTime': 'instant',
    'validFor.endDateTime': 'instant',
  },
  references: [
    { path: 'bundledProductOffering[]', to: 'productOffering' },
    { path: 'bundledGroupProductOffering[].bundledProductOffering[]', to: 'productOffering' },
    { path: 'bundledGroupProductOffering[].bundledGroupProductOffering[].bundledProductOffering[]', to: 'productOffering' },
    { path: 'productOfferingRelationship[]', to: 'productOffering' },
    { path: 'productOfferingPrice[]', to: 'productOfferingPrice' },
    { path: 'productSpecification', to: 'productSpecification' },
    { path: 'prodSpecCharValueUse[].productSpecification', to: 'productSpecification' },
    { path: 'category[]', to: 'category' },
    { path: 'agreement[]', to: 'agreement' },
    { path: 'channel[]', to: 'channel' },
    { path: 'marketSegment[]', to: 'marketSegment' },
    { path: 'place[]' },
    { path: 'resourceCandidate', to: 'resourceCandidate' },
    { path: 'serviceCandidate', to: 'serviceCandidate' },
    { path: 'serviceLevelAgreement', to: 'serviceLevelAgreement' },
  ],
  prepare: draft => ({ ...draft, isBundle: draft.isBundle ?? childIdsOf(draft).length > 0, isSellable: draft.isSellable ?? true }),
  check: async (doc, work) => {
    const faults = [
      ...periodFaults(doc),
      ...bundleFaults(doc),
      ...characteristicFaults(doc.prodSpecCharValueUse ?? [], 'prodSpecCharValueUse'),
      ...(doc.productOfferingPrice ?? []).flatMap((price, index) => embeddedPriceFaults(price, `productOfferingPrice[${index}]`)),
    ]
    if (faults.length > 0) throw refuse.invalid(faults)
    // As deep as carts, quotes and orders complete a bundle: a deeper one would miss its innermost parts.
    await refuseCycle(doc, work, { resource: () => productOffering, attribute: 'bundledProductOffering', contained: childIdsOf, deepest: 6 })
  },
  example: {
    name: 'Fibre 250',
    description: 'Internet at 250 Mbit/s',
    version: '1.0',
    isBundle: false,
    isSellable: true,
    lifecycleStatus: 'Launched',
    validFor: { startDateTime: '2026-01-01T00:00:00Z' },
    productOfferingTerm: [{ name: 'Minimum term', duration: { amount: 12, units: 'month' } }],
  },
})

/** Product offering prices: charges, discounts and allowances that offerings refer to (TMF620). */
import { refuse } from '../../platform/errors.ts'
import { defineResource, type Resource } from '../../tmf/resource.ts'
import { catalogApi } from './api.ts'
import { idsOf, refuseCycle } from './cycle.ts'
import { offeringPriceFaults, periodFaults } from './document-faults.ts'
import { catalogLifecycle } from './lifecycle.ts'
import { ProductOfferingPrice, productOfferingPriceCreate, productOfferingPriceUpdate } from './product-offering-price.schema.ts'

export const productOfferingPrice: Resource<typeof ProductOfferingPrice> = defineResource({
  api: catalogApi,
  name: 'productOfferingPrice',
  type: 'ProductOfferingPrice',
  table: 'product_offering_price',
  description: 'A one-time, recurring or usage charge, or a discount on one (a percentage, or an amount, for as long as productOfferingTerm says). Amounts are before tax.',
  schema: ProductOfferingPrice,
  visibility: 'brand',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: productOfferingPriceCreate,
  update: productOfferingPriceUpdate,
  lifecycle: catalogLifecycle,
  stamps: { onWrite: ['lastUpdate'] },
  history: true,
  filters: {
    name: 'text',
    lifecycleStatus: 'text',
    lastUpdate: 'instant',
    version: 'text',
    priceType: 'text',
    recurringChargePeriodType: 'text',
    isBundle: 'boolean',
    'price.unit': 'text',
    'validFor.startDateTime': 'instant',
    'validFor.endDateTime': 'instant',
  },
  references: [
    { path: 'bundledPopRelationship[]', to: 'productOfferingPrice' },
    { path: 'popRelationship[]', to: 'productOfferingPrice' },
    { path: 'prodSpecCharValueUse[].productSpecification', to: 'productSpecification' },
    { path: 'place[]' },
  ],
  prepare: draft => ({ ...draft, isBundle: draft.isBundle ?? (draft.bundledPopRelationship ?? []).length > 0 }),
  check: async (doc, work) => {
    const faults = [...periodFaults(doc), ...offeringPriceFaults(doc)]
    if (faults.length > 0) throw refuse.invalid(faults)
    await refuseCycle(doc, work, { resource: () => productOfferingPrice, attribute: 'bundledPopRelationship', contained: one => idsOf(one.bundledPopRelationship) })
  },
  example: {
    name: 'Fibre 250 monthly',
    priceType: 'recurring',
    recurringChargePeriodType: 'month',
    recurringChargePeriodLength: 1,
    price: { unit: 'EUR', value: 39.9 },
    tax: [{ taxCategory: 'VAT', taxRate: 19 }],
    lifecycleStatus: 'Launched',
  },
})

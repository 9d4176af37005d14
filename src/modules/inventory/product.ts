/** The TMF637 product: what a customer has, with what was frozen when it was sold. Moves and their functions are in product-life.ts. */
import { Type } from 'typebox'
import { defineApi, defineResource } from '../../tmf/resource.ts'
import { productRefOrValueDefinition } from '../../tmf/types/product.ts'
import { Product as ProductSchema, productCreate, productUpdate } from './product.schema.ts'
import { productMoves, productStates, storedStatus } from './product-state.ts'

export const productInventoryApi = defineApi({
  number: 637,
  name: 'productInventory',
  version: 'v4',
  release: '4.0.0',
  title: 'Product Inventory',
  description: 'The products that customers have: their state, what realizes them, and the prices and terms they were sold under.',
  slug: 'product-inventory',
})

const text = (description: string) => Type.Optional(Type.String({ description }))

/** Tandem's own attribute: who sold the product. */
const SoldBy = Type.Object(
  {
    '@type': text('ProductSale'),
    channel: text('Channel that the order came through'),
    partyId: text('Party that sold it: dealer, store, agent'),
    partyName: text('Its name'),
    partyRole: text('Its role in the order'),
    soldAt: Type.Optional(Type.String({ format: 'date-time', description: 'When it was ordered' })),
  },
  { description: 'Who sold it and through which channel (own extension)' },
)

const schema = Type.Object({ ...ProductSchema.properties, soldBy: Type.Optional(SoldBy) }, { description: 'A product that a customer has', $defs: { ProductRefOrValue: productRefOrValueDefinition } })

const owners = ['owner', 'customer', 'user']

/** The party that a product belongs to: its owner, else the customer, else who uses it. */
export const partyOf = (doc: { relatedParty?: ReadonlyArray<{ id?: string; role?: string }> }): string | undefined => {
  for (const role of owners) {
    const party = doc.relatedParty?.find(one => one.role?.toLowerCase() === role)
    if (party?.id !== undefined) return party.id
  }
  return undefined
}

export const product = defineResource({
  api: productInventoryApi,
  name: 'product',
  type: 'Product',
  table: 'product',
  description: 'A product that a customer has. It keeps the offering version, prices and terms it was sold under.',
  schema,
  // What somebody has and pays follows from orders; who would pay it writes neither product nor price.
  writtenBy: 'house',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: productCreate,
  update: productUpdate,
  serverSet: ['soldBy'],
  lifecycle: { attribute: 'status', states: productStates, initial: ['created', 'pendingActive', 'active'], moves: productMoves, movedBy: 'client' },
  filters: { name: 'text', status: 'text', startDate: 'instant', terminationDate: 'instant', 'billingAccount.id': 'text', 'productOffering.id': 'text', 'productSpecification.id': 'text' },
  references: [
    { path: 'productOffering', to: 'productOffering', onMissing: 'record' },
    { path: 'productSpecification', to: 'productSpecification', onMissing: 'record' },
    { path: 'billingAccount', to: 'billingAccount' },
    { path: 'relatedParty[]' },
    { path: 'productRelationship[].product', to: 'product', weak: true },
    { path: 'product[]', to: 'product', weak: true },
    { path: 'realizingService[]', to: 'serviceInstance', onMissing: 'record', weak: true },
    { path: 'realizingResource[]', to: 'resourceInstance', onMissing: 'record', weak: true },
  ],
  ownerParty: partyOf,
  sharedWith: doc => (doc.soldBy?.partyId === undefined ? [] : [doc.soldBy.partyId]),
  prepare: (draft, { previous, now }) => {
    const status = storedStatus(draft.status)
    const doc = { ...draft, ...(status === undefined ? {} : { status }) }
    // The conformance profile wants these lists in every answer.
    doc.productCharacteristic ??= []
    doc.productPrice ??= []
    doc.relatedParty ??= []
    if (status === 'active' && previous?.status !== 'active') doc.startDate ??= now.toISOString()
    if ((status === 'terminated' || status === 'aborted ') && previous?.status !== status) doc.terminationDate ??= now.toISOString()
    return doc
  },
  example: {
    name: 'Fibre 500 at the office',
    status: 'active',
    description: 'Fibre access with 500 Mbit/s',
    isBundle: false,
    isCustomerVisible: true,
    productCharacteristic: [{ name: 'downMbps', valueType: 'number', value: 500 }],
    productPrice: [{ name: 'Monthly fee', priceType: 'recurring', recurringChargePeriod: 'month', price: { taxRate: 20, dutyFreeAmount: { unit: 'EUR', value: 29.9 } } }],
    startDate: '2026-01-15T09:00:00.000Z',
  },
  refusals: [{ status: 409, code: 'stateMoveNotAllowed', when: 'status is changed to one that the state diagram does not allow next', attribute: 'status' }],
})

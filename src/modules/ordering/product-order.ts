/** The TMF622 product order: its schema with Tandem's extensions, and what happens when one comes in or is changed by a client. */
import { Type } from 'typebox'
import { refuse } from '../../platform/errors.ts'
import { defineApi, defineResource, type Work } from '../../tmf/resource.ts'
import { productRefOrValueDefinition } from '../../tmf/types/product.ts'
import { livingProductsOf } from '../inventory/index.ts'
import { LONGEST_CODE, MOST_CODES, PromotionCodeResult } from '../pricing/index.ts'
import { changesProducts, claimChanges } from './change-verdict.ts'
import { checkAmendment } from './amendment.ts'
import { messageFaults } from './message-check.ts'
import { customerOf, sellersOf, type ProductOrderDocument } from './order-document.ts'
import { isFinal, orderMoves, orderStates } from './order-state.ts'
import { ProductOrder as ProductOrderSchema, productOrderCreate, productOrderUpdate } from './product-order.schema.ts'
import { productOrderItemDefinition } from './product-order-types.ts'
import { holdsReservations, takeReservations } from './relied.ts'
import { countPromotions, usesOf } from './promotion-uses.ts'
import { countLimits, isLimited } from './rule-reasons.ts'
import { takeOrder } from './take-order.ts'

export const productOrderingApi = defineApi({
  number: 622,
  name: 'productOrderingManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Product Ordering',
  description: 'Orders for products: to add, change and end them, and to cancel an order that is under way.',
  slug: 'product-ordering',
})

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const RejectionReason = Type.Object(
  { '@type': text('ProductOrderRejectionReason'), code: Type.String({ description: 'What kind of reason' }), message: Type.String({ description: 'The reason in words' }), orderItemId: text('The item that it is about'), attribute: text('The attribute of the order that it is about, where it is one'),
    salesRule: Type.Optional(Type.Object({ id: Type.String({ description: 'Identifier' }), name: Type.String({ description: 'Its name' }), kind: Type.String({ description: 'Its kind' }) }, { description: 'The sales rule that says so' })),
    deposit: Type.Optional(Type.Object({ unit: Type.String({ description: 'Currency' }), value: Type.Number({ description: 'Amount' }) }, { description: 'What the rule asks for instead' })),
    addition: Type.Optional(Type.Array(Type.String(), { description: 'Offerings of which one would put it right' })) },
  { description: 'A reason why the order was rejected or could not be begun (own extension)' },
)

const Milestone = Type.Object(
  {
    '@type': text('ProductOrderMilestone'),
    id: Type.String({ description: 'Identifier within the order' }),
    name: Type.String({ description: 'What is reached' }),
    description: text('The milestone in words'),
    orderItemId: text('The item that it is about'),
    status: Type.Enum(['planned', 'achieved', 'cancelled'], { type: 'string', description: 'State of the milestone' }),
    promisedDate: instant('When it was promised'),
    milestoneDate: instant('When it was reached'),
  },
  { description: 'A step that the customer can see, with the promised and the actual date (own extension)' },
)

const AppliedPromotion = Type.Object(
  {
    id: Type.String({ description: 'Identifier of the promotion' }),
    revision: Type.Integer({ description: 'Which edition of it' }),
    name: Type.String({ description: 'Name shown to people' }),
    reduction: Type.String({ description: 'What it takes off in all, for as long as it lasts; decimal' }),
    currency: Type.String({ description: 'Currency of the reduction' }),
    line: Type.Array(Type.String(), { description: 'Items that it is on' }),
    limited: Type.Boolean({ description: 'It has a budget or a limit, against which the order counts' }),
    promised: Type.Optional(Type.Boolean({ description: 'A quote promised it: it counts, and holds whatever is left of its budget and limits' })),
    award: Type.Optional(
      Type.Array(Type.Object({ actionType: Type.String({ description: 'What is given' }), actionValue: text('How much of it'), entityId: text('To or of what') }), { description: 'What is given beside the price' }),
    ),
  },
  { description: 'A promotion that is in the prices of the order (own extension)' },
)

const schema = Type.Object(
  {
    ...ProductOrderSchema.properties,
    rejectionReason: Type.Optional(Type.Array(RejectionReason, { description: 'Why the order was rejected, or could not be begun when its date had come' })),
    milestone: Type.Optional(Type.Array(Milestone, { description: 'What was promised and what was reached' })),
    promotionCode: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: LONGEST_CODE }), { maxItems: MOST_CODES, description: 'Codes that the customer entered (own extension)' })),
    promotionCodeResult: Type.Optional(Type.Array(PromotionCodeResult, { description: 'What each code that was entered did, or why nothing (own extension)' })),
    appliedPromotion: Type.Optional(Type.Array(AppliedPromotion, { description: 'Promotions that are in the prices' })),
    limitedBy: Type.Optional(Type.Array(Type.Object({ id: Type.String({ description: 'The salesRule' }), name: Type.String({ description: 'Its name' }) }, { description: 'A limit' }), { description: 'Limits per customer and household that it counts against (own extension)' })),
  },
  { description: 'What a customer wants added, changed or ended', $defs: { ProductOrderItem: productOrderItemDefinition, ProductRefOrValue: productRefOrValueDefinition } },
)

/** References of items, nested ones as deep as bundles go. */
const itemReferences = ['productOrderItem[]', 'productOrderItem[].productOrderItem[]', 'productOrderItem[].productOrderItem[].productOrderItem[]'].flatMap(path => [
  // What an item names in the catalog and the inventory is business content: a rejected order, not a refused message.
  { path: `${path}.productOffering`, to: 'productOffering', onMissing: 'record' as const },
  { path: `${path}.product`, to: 'product', onMissing: 'record' as const, weak: true },
  { path: `${path}.billingAccount`, to: 'billingAccount' },
])

export const productOrder = defineResource({
  api: productOrderingApi,
  name: 'productOrder',
  type: 'ProductOrder',
  table: 'product_order',
  description: 'An order. It is priced and checked when it comes in; one whose content cannot be carried out is kept as rejected, with the reasons.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: productOrderCreate,
  update: productOrderUpdate,
  serverSet: ['appliedPromotion', 'promotionCodeResult', 'limitedBy', 'rejectionReason', 'milestone', 'completionDate', 'expectedCompletionDate', 'cancellationDate'],
  lifecycle: { attribute: 'state', states: orderStates, initial: ['acknowledged'], moves: orderMoves, movedBy: 'server' },
  stamps: { onCreate: ['orderDate'] },
  filters: { state: 'text', orderDate: 'instant', completionDate: 'instant', externalId: 'text', category: 'text', priority: 'text', 'billingAccount.id': 'text' },
  references: [{ path: 'billingAccount', to: 'billingAccount' }, { path: 'relatedParty[]' }, ...itemReferences],
  ownerParty: customerOf,
  sharedWith: sellersOf,
  prepare: async (draft, work) => {
    const order = draft as unknown as ProductOrderDocument
    if (work.previous) {
      if (work.by === 'client') checkAmendment(work.previous as unknown as ProductOrderDocument, order)
      return draft
    }
    // An import brings orders that ended elsewhere: they are kept as they are.
    if (work.by === 'server' && isFinal(order.state)) return draft
    const faults = messageFaults(order.productOrderItem)
    if (faults.length > 0) throw refuse.invalid(faults)
    return (await takeOrder(order, work as unknown as Work<ProductOrderDocument>)) as unknown as typeof draft
  },
  // Only an order that names held ports, or uses a promotion that can run out, changes more than its own row: all others are written in one statement.
  hasConsequences: doc => changesProducts(doc as unknown as ProductOrderDocument) || isLimited(doc as unknown as ProductOrderDocument) || holdsReservations(doc as unknown as ProductOrderDocument) || usesOf(doc as unknown as ProductOrderDocument).length > 0,
  consequences: async (doc, work) => {
    const order = doc as unknown as ProductOrderDocument
    await claimChanges(order, work)
    if (holdsReservations(order)) await takeReservations(order, work)
    await countPromotions(order, work)
    await countLimits(order, work)
  },
  checkDelete: async (doc, { context, deps }) => {
    if (doc.state !== undefined && !isFinal(doc.state)) throw refuse.conflict('orderInFlight', `productOrder ${doc.id} is ${doc.state}: cancel it before it is deleted`)
    const living = await livingProductsOf({ context, deps }, doc.id)
    if (living.length > 0) throw refuse.conflict('stillReferenced', `productOrder ${doc.id} is how ${living.map(one => `product ${one.id}`).join(', ')} came to be, which ${living.length === 1 ? 'has' : 'have'} not ended`)
  },
  example: {
    category: 'residential',
    description: 'A first order',
    externalId: 'shop-1001',
    priority: '4',
    productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: 'mobile-m', name: 'Mobile M' } }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'two items have one id, an item relates to one that is not there, or items form a circle', attribute: 'productOrderItem' },
    { status: 409, code: 'stateMoveNotAllowed', when: 'a PATCH changes the state: orders are moved by their work', attribute: 'state' },
    { status: 409, code: 'orderNotAmendable', when: 'a PATCH changes what can no longer be changed', attribute: 'productOrderItem' },
    { status: 409, code: 'orderInFlight', when: 'an order that has not ended is deleted', attribute: 'state' },
    { status: 409, code: 'stillReferenced', when: 'an order is deleted whose products have not ended' },
  ],
})

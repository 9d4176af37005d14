/** The TMF622 task that cancels an order. What becomes of it is decided where the delivery stands (delivery module); the result is on the task. */
import { Type } from 'typebox'
import { mayWaive } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { isConfined } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import { CancelProductOrder as CancelProductOrderSchema, cancelProductOrderCreate } from './cancel-product-order.schema.ts'
import { cancellableStates } from './order-state.ts'
import { productOrder, productOrderingApi } from './product-order.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

const TaskReference = { taskId: Type.String({ description: 'Delivery task' }), name: text('Its name'), orderItemId: text('Item that it delivers') }

const schema = Type.Object(
  {
    ...CancelProductOrderSchema.properties,
    cancelledOrderItem: Type.Optional(Type.Array(Type.Object({ id: Type.String({ description: 'Identifier within the order' }), state: text('State that it ended in') }), { description: 'Items that were cancelled (own extension)' })),
    cancellationFee: Type.Optional(
      Type.Array(Type.Object({ ...TaskReference, unit: Type.String({ description: 'Currency' }), value: Type.Number({ description: 'Amount' }) }, { description: 'A fee for a point of no return that was passed' }), { description: 'What cancelling costs (own extension)' }),
    ),
    feeState: Type.Optional(Type.Enum(['onBill', 'waived', 'notBilled'], { type: 'string', description: 'What has become of the fee: on the next bill, waived, or on no bill of ours (own extension)' })),
    waiver: Type.Optional(Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500, description: 'Why' }) }, { description: 'That no fee is charged; needs the permission inLifeWaiver:create (own extension)' })),
    refusedBy: Type.Optional(Type.Array(Type.Object(TaskReference, { description: 'A delivery task past its point of no return' }), { description: 'What stands in the way (own extension)' })),
    statusReason: text('Why the task ended as it did (own extension)'),
  },
  { description: 'Task that cancels an order' },
)

export const cancelProductOrder = defineResource({
  api: productOrderingApi,
  name: 'cancelProductOrder',
  type: 'CancelProductOrder',
  table: 'cancel_product_order',
  description: 'A request to cancel an order. What was delivered so far is undone; past a hard point of no return the request is refused and names the task.',
  schema,
  operations: ['list', 'get', 'create'],
  create: cancelProductOrderCreate,
  serverSet: ['cancelledOrderItem', 'cancellationFee', 'feeState', 'refusedBy', 'statusReason', 'effectiveCancellationDate'],
  lifecycle: {
    attribute: 'state',
    states: ['acknowledged', 'inProgress', 'done', 'terminatedWithError'],
    initial: ['acknowledged'],
    moves: { acknowledged: ['inProgress', 'terminatedWithError'], inProgress: ['done', 'terminatedWithError'] },
    movedBy: 'server',
  },
  filters: { state: 'text', 'productOrder.id': 'text', requestedCancellationDate: 'instant', effectiveCancellationDate: 'instant' },
  references: [{ path: 'productOrder', to: 'productOrder', weak: true }],
  events: ['create', 'stateChange'],
  ownerParty: () => undefined,
  check: async (doc, { previous, context, deps }) => {
    if (previous || doc.productOrder === undefined) return
    if (doc.waiver !== undefined && !mayWaive(context, 'inLifeWaiver')) throw refuse.forbidden('The permission inLifeWaiver:create is needed to waive the fee of a cancellation')
    const order = await deps.store.get(context, productOrder, doc.productOrder.id)
    // One that does not exist is refused by the reference check; that check does not ask whose it is, so another's is refused here, as one that does not exist.
    if (!order && isConfined(context.principal)) throw refuse.invalid([fault('productOrder.id', 'refers to a productOrder that does not exist', doc.productOrder.id)])
    const state = order?.doc.state
    if (state !== undefined && !(cancellableStates as readonly string[]).includes(state)) {
      throw refuse.conflict('orderNotCancellable', `productOrder ${doc.productOrder.id} is ${state}; it can be cancelled while it is ${cancellableStates.join(', ')}`)
    }
  },
  example: { cancellationReason: 'The customer has changed their mind', productOrder: { id: 'sample-order', href: 'https://other.example/productOrder/sample-order' } },
  refusals: [{ status: 409, code: 'orderNotCancellable', when: 'the order has ended, or is being cancelled already', attribute: 'productOrder' }],
})

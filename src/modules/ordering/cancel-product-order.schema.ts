/** Stored form of cancelProductOrder (TMF622), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { ProductOrderRef, TaskStateType } from './product-order-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'

/** Task that cancels an order. */
export const CancelProductOrder = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    cancellationReason: Type.Optional(Type.String({ description: 'Why it is cancelled' })),
    effectiveCancellationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the cancelling took effect' })),
    requestedCancellationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it should be cancelled' })),
    productOrder: Type.Optional(ProductOrderRef),
    state: Type.Optional(TaskStateType),
    ...extensible,
  },
  { description: 'Task that cancels an order' },
)
export type CancelProductOrder = Static<typeof CancelProductOrder>

export const cancelProductOrderCreate = { required: ['productOrder'], omits: ['effectiveCancellationDate', 'state'] }

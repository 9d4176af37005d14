/** Ordering: product orders from taking them in to their end, and the task that cancels one. */
import { defineModule } from '../../tmf/module.ts'
import { cancelProductOrder } from './cancel-product-order.ts'
import { orderingHoldings } from './personal.ts'
import { productOrder } from './product-order.ts'
import { recordCancellation, recordOrder } from './record-contact.ts'
import { giveBackPromotions } from './promotion-uses.ts'
import { orderSearch, orderSection } from './view.ts'

export const ordering = defineModule({
  name: 'ordering',
  dependsOn: ['catalog', 'pricing', 'customer', 'interaction', 'inventory', 'serviceability', 'sales-rule', 'offer-qualification'],
  resources: [productOrder, cancelProductOrder],
  reactions: [
    { name: 'ordering.record-order', on: ['ProductOrderCreateEvent'], run: recordOrder },
    { name: 'ordering.record-cancellation', on: ['CancelProductOrderCreateEvent'], run: recordCancellation },
    { name: 'ordering.give-back-promotions', on: ['ProductOrderStateChangeEvent'], run: giveBackPromotions },
  ],
  contributions: { view: [orderSection], personal: orderingHoldings, search: orderSearch },
})

export { cancelProductOrder } from './cancel-product-order.ts'
export { productOrder } from './product-order.ts'
export { judgeChangesBy, type ChangeJudge, type ChangeVerdict, type WrittenChange } from './change-verdict.ts'
export { failOrder, IllegalOrderMove, moveCancellation, moveOrder, readOrder, rejectOrder, type CancellationResult, type OrderChange, type OrderWork } from './order-moves.ts'
export { productReasons } from './business-check.ts'
export { relationReasons } from './compatibility.ts'
export { hasSpentPromotion } from './promotion-uses.ts'
export { examineOrder } from './take-order.ts'
export { depositWanted } from './rule-reasons.ts'
export {
  customerOf,
  isSeller,
  sellersOf,
  mapItems,
  placeItems,
  relationDirection,
  type Characteristic,
  type ItemAction,
  type Milestone,
  type OrderItem,
  type PlacedItem,
  type PriceLine,
  type ProductOrderDocument,
  type RejectionReason,
} from './order-document.ts'
export { cancellableStates, isFinal, type ItemState, type OrderState } from './order-state.ts'

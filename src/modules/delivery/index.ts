/** Delivery: plans of tasks at back-office systems, made from orders by rules, carried out, and undone where an order is cancelled. */
import { defineModule } from '../../tmf/module.ts'
import { cancelOrderReaction } from './cancel-order.ts'
import { deliveryRule } from './delivery-rule.ts'
import { deliveryTarget } from './delivery-target.ts'
import { deliveryHoldings } from './personal.ts'
import { planOrderReaction, putOffReaction } from './plan-order.ts'
import { deliveryRoutes } from './routes.ts'
import { runTasksJob } from './run-tasks.ts'
import { closeRuntime } from './runtime.ts'
import { sweepJob } from './sweep.ts'

export const delivery = defineModule({
  name: 'delivery',
  dependsOn: ['account', 'catalog', 'customer', 'inventory', 'ordering'],
  resources: [deliveryRule, deliveryTarget],
  contributions: { personal: deliveryHoldings },
  jobs: [runTasksJob, sweepJob],
  reactions: [planOrderReaction, putOffReaction, cancelOrderReaction],
  routes: deliveryRoutes,
  stop: closeRuntime,
})

export { deliveryRule } from './delivery-rule.ts'
export { deliveryTarget } from './delivery-target.ts'
export type { DeliveryRule, DeliveryStep } from './rule-document.ts'
export { ownAddress } from './runtime.ts'
export { transportEach } from './targets/http.ts'
export { at, TargetUnreachable, textAt, type HttpAnswer, type Target } from './targets/target.ts'

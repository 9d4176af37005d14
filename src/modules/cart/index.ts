/** The cart: what somebody means to buy, on its way through the channels, until it is an order. */
import { defineModule } from '../../tmf/module.ts'
import { acceptanceRoutes } from './acceptance-routes.ts'
import { abandonJob } from './abandon.ts'
import { changeRoutes } from './change-routes.ts'
import { cartRoutes } from './cart-routes.ts'
import { runCheckoutJob, signatureEnded, sweepCheckoutsJob } from './checkout-job.ts'
import { checkoutRoutes } from './checkout-routes.ts'
import { channelEntitlement } from './channel-entitlement.ts'
import { cartHoldings } from './personal.ts'
import { closePorts } from './ports.ts'
import { recordVisits } from './record-visits.ts'
import { orderCancelled } from './refused-capture.ts'
import { refusedCapture } from './refused-capture-record.ts'
import { refusedCaptureRoutes } from './refused-capture-routes.ts'
import { salesGateway } from './sales-gateway.ts'
import { shoppingCart } from './shopping-cart.ts'
import { cartSection } from './view.ts'

export const cartModule = defineModule({
  name: 'cart',
  dependsOn: ['catalog', 'pricing', 'customer', 'identity', 'interaction', 'inventory', 'account', 'place', 'serviceability', 'offer-qualification', 'sales-rule', 'ordering', 'financing', 'in-life', 'delivery', 'contract', 'payment'],
  resources: [shoppingCart, channelEntitlement, salesGateway, refusedCapture],
  jobs: [abandonJob, runCheckoutJob, sweepCheckoutsJob],
  reactions: [recordVisits, signatureEnded, orderCancelled],
  contributions: { view: [cartSection], personal: cartHoldings },
  routes: (app, deps) => {
    cartRoutes(app, deps)
    checkoutRoutes(app, deps)
    changeRoutes(app, deps)
    acceptanceRoutes(app, deps)
    refusedCaptureRoutes(app, deps)
  },
  stop: closePorts,
})

export { onCartJoined, type CartJoinedListener } from './cart-joined.ts'
export { takeOversOf } from './cart-store.ts'
export { shoppingCart } from './shopping-cart.ts'
export type { ShoppingCart } from './shopping-cart.schema.ts'
export { entitlementOf } from './channel-entitlement.ts'
export { canBeHandedOver, handOverCart, shopUrl, type HandOver } from './hand-over.ts'
export { promiserOf, type Promised, type PromisedTo } from './promise-lines.ts'
export type { CartItem, CartPrice } from './cart-types.ts'

/** Financing: devices in instalments, apart from tariffs. What carts, billing and in-life sales may ask of it. */
import { defineModule } from '../../tmf/module.ts'
import { financingOffer } from './financing-offer.ts'
import { financingPlan } from './financing-plan.ts'
import { financingHoldings } from './personal.ts'
import { agreePlans, followFinancedProduct, followOrder } from './plan-life.ts'
import { financingRoutes } from './routes.ts'
import { settlePlansJob } from './settle.ts'
import { planSection } from './view.ts'

export const financingModule = defineModule({
  name: 'financing',
  dependsOn: ['account', 'inventory', 'ordering'],
  resources: [financingOffer, financingPlan],
  jobs: [settlePlansJob],
  reactions: [
    { name: 'financing.agree-plans', on: ['ProductOrderCreateEvent'], run: agreePlans },
    { name: 'financing.follow-order', on: ['ProductOrderStateChangeEvent'], run: followOrder },
    { name: 'financing.follow-product', on: ['ProductStateChangeEvent'], run: followFinancedProduct },
  ],
  contributions: { view: [planSection], personal: financingHoldings },
  routes: financingRoutes,
})

export { financingFor, financingOffer, type FinancingOffer, type FinancingReason, type FinancingTerms } from './financing-offer.ts'
export { financingPlan, type FinancingPlan } from './financing-plan.ts'
export { chargesOfPlan, openPlansOf } from './plan-life.ts'
export { remainderAt, type Instalment } from './schedule.ts'

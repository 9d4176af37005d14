/** Pricing: one price for one context. What carts, quotes, orders and configurators may call; the README says how. */
import { defineModule } from '../../tmf/module.ts'
import { closeBooks } from './book.ts'
import { priceListEntry } from './price-list-entry.ts'
import { priceList } from './price-list.ts'
import { priceRule } from './price-rule.ts'
import { pricingRoutes } from './routes.ts'

export const pricingModule = defineModule({
  name: 'pricing',
  dependsOn: ['catalog', 'place', 'tax'],
  resources: [priceRule, priceList, priceListEntry],
  routes: pricingRoutes,
  stop: closeBooks,
})

export { priceList } from './price-list.ts'
export { priceListEntry } from './price-list-entry.ts'
export { priceRule } from './price-rule.ts'
export { buyersOf } from './frame-prices.ts'
export { feeAmounts } from './fee-amounts.ts'
export { priceItems, priceItemsIn } from './price-items.ts'
export { PriceQuestion, requestFor } from './price-question.ts'
export { priceLineOf, totalLinesOf, type PriceLine } from './price-line.ts'
export { promotionFaults, type PromotionDoc } from './promotion-pattern.ts'
export { codeOf, LONGEST_CODE, monthsOf, MOST_CODES } from './circumstances.ts'
export { mergedResults, PromotionCodeResult } from './promotion-code.ts'
export { usageCharge } from './tariff.ts'
export { isPeriod } from './circumstances.ts'
export { countUses, giveBackUses, readUsage, type PromotionUse } from './usage-store.ts'
export type { Adjustment, ExistingProduct, PricingItem, PricingOptions, PricingPlace, PricingRequest, Term } from './price-request.ts'
export type { AppliedPromotion, PricedAlteration, PricedComponent, PricedLine, PriceSource, PriceTotal, PricingAnswer, PricingFault, PricingFaultCode } from './priced.ts'

/** Sales rules: what may be sold to whom and with what, as data that is tried before it is in force. What other modules may ask. */
import { defineModule } from '../../tmf/module.ts'
import { closeBooks } from './rule-book.ts'
import { salesRule } from './sales-rule.ts'

export const salesRuleModule = defineModule({
  name: 'sales-rule',
  dependsOn: ['catalog', 'pricing', 'customer', 'inventory'],
  resources: [salesRule],
  stop: closeBooks,
})

export { salesRule } from './sales-rule.ts'
export { adviceFor, refusalHolds, type Advice } from './judge-advice.ts'
export { hasGuards, judgeSale, type SaleFinding, type SaleItem, type SaleQuestion } from './judge-sale.ts'
export { exceededLimit, limitsOn } from './limits.ts'
export { buyerOf, type Buyer } from './sale-facts.ts'

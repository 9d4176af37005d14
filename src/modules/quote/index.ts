/** Quotes: what an offer would cost, who may give which discount on it, and the order that it becomes. */
import { defineModule } from '../../tmf/module.ts'
import { orderQuote } from './accept-quote.ts'
import { discountAuthority } from './discount-authority.ts'
import { expireQuotes } from './expire-quotes.ts'
import { quote } from './quote.ts'
import { quoteRoutes } from './quote-routes.ts'

export const quoteModule = defineModule({
  name: 'quote',
  dependsOn: ['catalog', 'pricing', 'customer', 'inventory', 'agreement', 'sales-rule', 'offer-qualification', 'ordering', 'contract'],
  resources: [discountAuthority, quote],
  jobs: [expireQuotes],
  reactions: [orderQuote],
  routes: quoteRoutes,
  contributions: {
    personal: [
      {
        name: 'quote',
        purpose: 'What the person was offered, at which price, and what became of it.',
        onErasure: 'redact',
        because: 'Commercial law wants offers that became contracts kept (in Germany § 257 HGB)',
        redacts: ['note', 'description', ...['quoteItem[]', 'quoteItem[].quoteItem[]', 'quoteItem[].quoteItem[].quoteItem[]'].flatMap(item => [`${item}.note`, `${item}.product.place`, `${item}.product.relatedParty`])],
        living: doc => (['inProgress', 'pending', 'approved'].includes(String(doc.state)) ? `is ${String(doc.state)}` : undefined),
      },
    ],
  },
})

export { quote } from './quote.ts'

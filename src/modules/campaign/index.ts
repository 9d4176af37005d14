/** Campaigns: offers to many, each taken with one click. */
import { defineModule } from '../../tmf/module.ts'
import { campaign } from './campaign.ts'
import { followCartsJob } from './follow-carts.ts'
import { campaignHolding } from './personal.ts'
import { offerPageRoutes } from './offer-page-routes.ts'
import { campaignRoutes } from './routes.ts'

export const campaignModule = defineModule({
  name: 'campaign',
  dependsOn: ['catalog', 'pricing', 'promotion', 'customer', 'identity', 'ordering', 'delivery', 'cart', 'privacy'],
  resources: [campaign],
  jobs: [followCartsJob],
  contributions: { personal: [campaignHolding] },
  routes: (app, deps) => {
    campaignRoutes(app, deps)
    offerPageRoutes(app, deps)
  },
})

/** Campaigns: offers to many, each taken with one click. */
import { defineModule } from '../../tmf/module.ts'
import { campaign } from './campaign.ts'
import { followCartsJob } from './follow-carts.ts'
import { campaignHolding } from './personal.ts'
import { campaignRoutes } from './routes.ts'

export const campaignModule = defineModule({
  name: 'campaign',
  dependsOn: ['catalog', 'customer', 'identity', 'ordering', 'cart', 'privacy'],
  resources: [campaign],
  jobs: [followCartsJob],
  contributions: { personal: [campaignHolding] },
  routes: campaignRoutes,
})

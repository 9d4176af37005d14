/** Sales advice: what is worth offering, to whom and why, the same list in every channel; and what somebody does not want to hear of. */
import { Type } from 'typebox'
import { defineJob, defineModule } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { onCartJoined } from '../cart/index.ts'
import { keepRefusals } from './follow-carts.ts'
import { refusalHolding } from './personal.ts'
import { dropExpired } from './refusal-store.ts'
import { salesAdviceRoutes } from './routes.ts'

const expiryJob = defineJob({
  name: 'sales-advice.expire',
  schema: Type.Object({}),
  run: async (_: object, deps: Services) => await dropExpired(deps.database, deps.clock.now()),
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 600_000, data: {} },
})

export const salesAdviceModule = defineModule({
  name: 'sales-advice',
  dependsOn: ['catalog', 'pricing', 'customer', 'serviceability', 'sales-rule', 'offer-qualification', 'ordering', 'cart', 'privacy'],
  jobs: [expiryJob],
  contributions: { personal: [refusalHolding] },
  routes: salesAdviceRoutes,
  start: async deps => { onCartJoined(deps, keepRefusals) },
})

/** In-life sales: what may become of what customers have, by rules. What the cart, which sells it, may ask of it. */
import { defineModule } from '../../tmf/module.ts'
import { isFinal, judgeChangesBy, type ProductOrderDocument } from '../ordering/index.ts'
import { claimProduct } from './claim.ts'
import { releaseProducts } from './change-store.ts'
import { inLifeRule } from './in-life-rule.ts'
import { judgeChanges } from './judge-changes.ts'
import { inLifeRoutes } from './routes.ts'

export const inLifeModule = defineModule({
  name: 'in-life',
  dependsOn: ['account', 'catalog', 'customer', 'financing', 'inventory', 'ordering', 'pricing'],
  resources: [inLifeRule],
  reactions: [
    {
      name: 'in-life.release-products',
      on: ['ProductOrderStateChangeEvent'],
      run: async (event, { tx, context }) => {
        if (isFinal((event.doc as ProductOrderDocument).state)) await releaseProducts(tx, context.brand, event.resourceId)
      },
    },
  ],
  routes: inLifeRoutes,
  start: async deps => judgeChangesBy(deps, judgeChanges, claimProduct),
})

export { readEffectiveDate } from './asked-date.ts'
export { judgeChanges } from './judge-changes.ts'
export { claimProduct } from './claim.ts'
export { ACTIONS, inLifeRule, type InLifeAction } from './in-life-rule.ts'
export { inLifeOption } from './options.ts'
export type { BuiltOption, ChangeLine, InLifeOption, Reason } from './option-types.ts'

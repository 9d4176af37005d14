/** Work on the catalog: changes gathered in sets, checked, previewed, approved, activated together, taken back; the catalog as a file. */
import { defineModule } from '../../tmf/module.ts'
import { activateDue, activationSweep } from './activate.ts'
import { catalogChange } from './change.ts'
import { catalogChangeSet } from './change-set.ts'
import { changeRoutes } from './routes.ts'
import { catalogChangeSetting } from './setting.ts'
import { transferRoutes } from './transfer-routes.ts'

export const catalogChangeModule = defineModule({
  name: 'catalog-change',
  dependsOn: ['catalog', 'tax', 'pricing', 'promotion', 'inventory', 'sales-rule'],
  resources: [catalogChangeSetting, catalogChangeSet, catalogChange],
  jobs: [activateDue, activationSweep],
  routes: async (app, deps) => {
    changeRoutes(app, deps)
    await transferRoutes(app, deps)
  },
})

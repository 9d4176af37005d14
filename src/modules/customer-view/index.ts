/**
 * The customer view: what all modules know of a person in one read, and the search that leads there. It stands above all others and knows
 * none of their tables: they say what they show (`contributions.view`) and by what people are found (`contributions.search`, `lookups`).
 */
import { defineModule } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { startSearchIndex, type SearchIndex } from './search-index.ts'
import { searchRoutes } from './search-routes.ts'
import { eraseSql, exportSql } from './search-store.ts'
import { viewRoutes } from './view-routes.ts'
import { checkSections, viewOf } from './view.ts'

/** One for each set of services: tests run several apps in one process. */
const running = new WeakMap<Services, SearchIndex>()
const STOP_MS = 5_000

export const customerViewModule = defineModule({
  name: 'customer-view',
  dependsOn: ['customer', 'identity'],
  contributions: {
    personal: [
      {
        name: 'searchEntry',
        purpose: 'To find the person by name, address, telephone number, e-mail address and other numbers.',
        onErasure: 'erase',
        tables: ['search_entry', 'search_identifier', 'search_posting', 'search_word'],
        exportSql,
        eraseSql,
      },
    ],
  },
  routes: (app, deps) => {
    const view = viewOf(deps.parts)
    viewRoutes(app, deps, view)
    searchRoutes(app, deps, view)
  },
  start: async deps => {
    await checkSections(viewOf(deps.parts), deps)
    if (deps.config.roles.includes('worker')) running.set(deps, await startSearchIndex(deps))
  },
  stop: async deps => {
    await running.get(deps)?.stop(STOP_MS)
  },
})

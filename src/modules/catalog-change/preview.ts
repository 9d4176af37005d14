/** What a change set would do: what somebody would pay, and which products that customers have are concerned. */
import { refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { product } from '../inventory/index.ts'
import { priceItemsIn, type PricingAnswer } from '../pricing/index.ts'
import { applySteps } from './apply.ts'
import type { CatalogChangeSet } from './change-set.ts'
import { changesOf, type DraftChange } from './change-store.ts'
import type { PriceCase } from './change-set-types.ts'
import { dryRun } from './dry-run.ts'
import { activationTime, requestOf } from './price-tests.ts'
import { refuseFindings } from './stages.ts'
import { conditionsOf } from './touched-by.ts'
import { stepOf } from './validate.ts'
import type { WorkDeps } from './work.ts'

export interface PricePreview {
  /** As the catalog is. */
  before: PricingAnswer
  /** With the changes. */
  after: PricingAnswer
}

/** The price of a case with the changes of a set and without them, both for the same moment. The catalog stays as it is. */
export async function previewPrice(deps: WorkDeps, context: Context, set: CatalogChangeSet, asked: PriceCase): Promise<PricePreview> {
  const request = requestOf(asked, activationTime(set, deps.clock.now()))
  return dryRun(deps, async tx => {
    const before = await priceItemsIn(tx, deps, context, request)
    // What is active is in the catalog already.
    if (set.state === 'active') return { before, after: before }
    const { findings } = await applySteps(deps, context, tx, (await changesOf(tx, context.brand, set.id)).map(stepOf))
    if (findings.length > 0) throw refuseFindings(findings, `catalogChangeSet ${set.id} cannot be applied`)
    return { before, after: await priceItemsIn(tx, deps, context, request) }
  })
}

export interface Touched {
  resource: string
  resourceId: string
  action: DraftChange['action']
  /** Products that were sold by it, or are billed by it, and live. */
  count: number
}

/** How many living products each change is about. What is made is about none yet, but for tax rates. */
export async function touchedProducts(deps: WorkDeps, context: Context, set: CatalogChangeSet): Promise<Touched[]> {
  const touched: Touched[] = []
  for (const change of await changesOf(deps.database, context.brand, set.id)) {
    const where = await conditionsOf(deps, context, change)
    if (where === undefined) continue
    const { resource, resourceId, action } = change
    touched.push({ resource, resourceId, action, count: where === 'none' ? 0 : await deps.store.count(context, product, { where }) })
  }
  return touched
}

export interface Page {
  offset: number
  limit: number
}

/** The products that one change is about, by page. */
export async function productsTouchedBy(deps: WorkDeps, context: Context, set: CatalogChangeSet, resource: string, id: string, page: Page) {
  const change = (await changesOf(deps.database, context.brand, set.id)).find(one => one.resource === resource && one.resourceId === id)
  if (!change) throw refuse.notFound('change of', `${resource} ${id}`)
  const where = await conditionsOf(deps, context, change)
  if (where === undefined || where === 'none') return { total: 0, product: [] }
  const [total, rows] = [await deps.store.count(context, product, { where }), await deps.store.find(context, product, { where, sort: '-startDate', ...page })]
  return { total, product: rows.map(row => row.doc) }
}

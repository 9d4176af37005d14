/**
 * Follows the products of the inventory: activation starts their prices, a changed price ends the old one and starts the new one
 * at that instant, an end ends them. What was charged too much is repaired, and what is new is charged, by the next bill.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { ResourceEvent } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { accountForPrice } from './accounts.ts'
import { brandBilling } from './billing-setting.ts'
import { derivedId } from './derived-id.ts'
import { endPrice, insertPrice, readRunningPrices, type RunningPrice } from './price-store.ts'
import { isChargeKey, readPrices, type BilledProductDoc, type PriceTerms } from './product-prices.ts'
import { lockProduct, saveProduct } from './product-store.ts'

interface Work {
  tx: Transaction
  context: Context
  deps: Services
}

/** Suspended products are charged on: what a suspension costs is a price of its own. */
const RUNNING: readonly string[] = ['active', 'suspended', 'pendingTerminate']
const ENDED: readonly string[] = ['terminated', 'cancelled', 'aborted', 'aborted ']

/** Where a product that was aborted ended as it began, its sale was undone: then its one-time charges go too. */
const ABORTED: readonly string[] = ['aborted', 'aborted ']

const startPrice = async (work: Work, product: BilledProductDoc, terms: PriceTerms, startedAt: Date): Promise<string | undefined> => {
  const account = await accountForPrice(work, product, terms, startedAt)
  if ('problem' in account) return account.problem
  const { brand } = work.context
  const id = derivedId(startedAt, 'price', brand, product.id, terms.key, terms.hash)
  const productName = product.name ?? product.productOffering?.name ?? product.id
  await insertPrice(work.tx, brand, { id, productId: product.id, productName, accountId: account.id, startedAt }, terms)
  return undefined
}

/** Brings the running prices to what the product says from `at` on. Answers what could not be. */
const changePrices = async (work: Work, product: BilledProductDoc, terms: readonly PriceTerms[], running: readonly RunningPrice[], at: Date): Promise<string[]> => {
  const problems: string[] = []
  const byKey = new Map(running.map(price => [price.price_key, price]))
  const wanted = new Set(terms.map(price => price.key))
  // A one-time charge stays, whatever becomes of the product's prices; a fee that is taken out was taken back.
  for (const price of running) if ((price.kind === 'recurring' || isChargeKey(price.price_key)) && !wanted.has(price.price_key)) await endPrice(work.tx, work.context.brand, price.id, at)
  for (const price of terms) {
    const before = byKey.get(price.key)
    // A one-time charge of a product is made once, whatever becomes of its price.
    if (before && (before.terms_hash === price.hash || before.kind === 'oneTime')) continue
    if (before) await endPrice(work.tx, work.context.brand, before.id, at)
    const problem = await startPrice(work, product, price, at)
    if (problem !== undefined) problems.push(problem)
  }
  return problems
}

/** Fees that a product which has ended still owes. */
const chargeFees = async (work: Work, product: BilledProductDoc, at: Date): Promise<string[]> => {
  const fees = readPrices(product, 'advance').terms.filter(price => isChargeKey(price.key))
  if (fees.length === 0) return []
  const charged = new Set((await readRunningPrices(work.tx, work.context.brand, product.id)).map(price => price.price_key))
  const problems: string[] = []
  for (const fee of fees) {
    const problem = charged.has(fee.key) ? undefined : await startPrice(work, product, fee, at)
    if (problem !== undefined) problems.push(problem)
  }
  return problems
}

/** One revision of a product. */
export const followProduct = async (event: ResourceEvent<BilledProductDoc>, work: Work): Promise<void> => {
  const { tx, context, deps } = work
  const { doc: product, resourceId } = event
  const followed = await lockProduct(tx, context.brand, resourceId)
  if (followed.revision >= event.revision) return
  const status = product.status ?? ''
  const begins = followed.started_at === null
  let startedAt = followed.started_at
  let endedAt = followed.ended_at
  const problems: string[] = []
  if (RUNNING.includes(status)) {
    startedAt ??= product.startDate === undefined ? event.eventTime : new Date(product.startDate)
    endedAt = null
    const { recurringTiming } = await brandBilling(deps, context, tx)
    const read = readPrices({ ...product, id: resourceId }, recurringTiming)
    const running = await readRunningPrices(tx, context.brand, resourceId)
    problems.push(...read.problems, ...(await changePrices(work, { ...product, id: resourceId }, read.terms, running, begins ? startedAt : event.eventTime)))
  } else if (ENDED.includes(status) && startedAt !== null && endedAt === null) {
    endedAt = product.terminationDate === undefined ? event.eventTime : new Date(product.terminationDate)
    const isUndone = ABORTED.includes(status) && endedAt <= startedAt
    for (const price of await readRunningPrices(tx, context.brand, resourceId)) if (price.kind === 'recurring' || isUndone) await endPrice(tx, context.brand, price.id, endedAt)
    // What the end itself costs.
    if (!isUndone) problems.push(...(await chargeFees(work, { ...product, id: resourceId }, endedAt)))
  }
  if (problems.length > 0) deps.log.warn({ product: resourceId, brand: context.brand, problems }, 'a product cannot be billed as it is')
  await saveProduct(tx, context.brand, resourceId, { revision: event.revision, status, started_at: startedAt, ended_at: endedAt, problem: problems.length > 0 ? problems.join('; ') : null })
}

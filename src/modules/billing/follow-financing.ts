/**
 * Follows the plans of instalments (financing): each instalment is a charge of its own, once, on the first bill after its date, never prorated. What is
 * paid off ends the later ones. All of a plan is brought to what the plan says now, whichever of its events comes first.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { ResourceEvent } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { chargesOfPlan, financingPlan, type FinancingPlan } from '../financing/index.ts'
import { accountForPrice } from './accounts.ts'
import { derivedId } from './derived-id.ts'
import { endPrice, insertPrice, readPricesByKey } from './price-store.ts'
import { onceTerms, type BilledProductDoc } from './product-prices.ts'

interface Work {
  tx: Transaction
  context: Context
  deps: Services
}

const keyOf = (planId: string, key: string): string => `financing:${planId}:${key}`

export const followFinancing = async (event: ResourceEvent<FinancingPlan>, work: Work): Promise<void> => {
  const { tx, context, deps } = work
  // One at a time for each plan, and each sees what the one before has written.
  await tx.query({ name: 'billing-financing-lock', text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))' }, [`financing ${context.brand} ${event.resourceId}`])
  const plan = (await deps.store.get(context, financingPlan, event.resourceId, { tx }))?.doc
  if (plan === undefined || plan.state === 'agreed') return
  const charges = chargesOfPlan(plan)
  const productId = plan.product?.id ?? plan.id
  const known = await readPricesByKey(tx, context.brand, productId, keyOf(plan.id, ''))
  const wanted = new Set(charges.map(one => keyOf(plan.id, one.key)))
  for (const price of known) if (!wanted.has(price.price_key) && price.ended_at === null) await endPrice(tx, context.brand, price.id, price.started_at)
  const missing = charges.filter(one => !known.some(price => price.price_key === keyOf(plan.id, one.key) && price.ended_at === null))
  const [first] = missing
  if (first === undefined) return
  const product = { id: productId, name: plan.name ?? plan.id, relatedParty: plan.relatedParty ?? [], ...(plan.billingAccount && { billingAccount: { id: plan.billingAccount.id } }) } as BilledProductDoc
  const terms = missing.map(one =>
    // Interest is a service of its own, without tax; the device has the tax that it was sold with.
    onceTerms({ key: keyOf(plan.id, one.key), name: one.name, amount: one.amount, taxCategory: one.kind === 'interest' ? 'exempt' : (plan.taxCategory ?? 'standard'), taxRate: one.kind === 'interest' ? 0 : plan.taxRate, accountId: plan.billingAccount?.id }),
  )
  const account = await accountForPrice(work, product, terms[0]!, first.at)
  if ('problem' in account) {
    deps.log.warn({ financingPlan: plan.id, brand: context.brand, problem: account.problem }, 'instalments cannot be billed as they are')
    return
  }
  for (const [index, one] of missing.entries()) {
    const id = derivedId(one.at, 'price', context.brand, product.id, keyOf(plan.id, one.key))
    await insertPrice(tx, context.brand, { id, productId: product.id, productName: product.name ?? product.id, accountId: account.id, startedAt: one.at }, terms[index]!)
  }
}

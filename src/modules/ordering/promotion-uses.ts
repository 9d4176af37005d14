/** Promotions with a budget or a limit: an order counts against them in the transaction that writes it, and gives back what it took when nothing is sold. */
import { exact } from '../../platform/money.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { PrepareAgain } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import type { ResourceEvent } from '../../tmf/module.ts'
import { countUses, giveBackUses, readUsage, type PromotionUse } from '../pricing/index.ts'
import { customerOf, type ProductOrderDocument } from './order-document.ts'

interface LimitsDoc {
  usageLimit?: number
  usageLimitPerCustomer?: number
  budget?: { unit?: string; value?: number }
}

/** What is counted of an order that is taken in. */
export const usesOf = (order: ProductOrderDocument): NonNullable<ProductOrderDocument['appliedPromotion']> => (order.state === 'acknowledged' ? (order.appliedPromotion ?? []).filter(one => one.limited) : [])

type Applied = NonNullable<ProductOrderDocument['appliedPromotion']>[number]

/** The limits are the house's: whoever orders need not see them to be bound by them. */
const withLimits = async (deps: Services, context: Context, applied: readonly Applied[], tx?: Transaction): Promise<PromotionUse[]> => {
  const resource = deps.store.resource('promotion')
  const limits = resource ? await deps.store.getMany(systemContext(context.brand, context.correlationId), resource, applied.map(one => one.id), tx && { tx }) : new Map<string, never>()
  return applied.map(one => {
    if (one.promised === true) return { promotionId: one.id, amount: one.reduction, currency: one.currency }
    const { usageLimit, usageLimitPerCustomer, budget } = (limits.get(one.id)?.doc ?? {}) as LimitsDoc
    return { promotionId: one.id, amount: one.reduction, currency: one.currency, ...(usageLimit !== undefined && { usageLimit }), ...(usageLimitPerCustomer !== undefined && { usageLimitPerCustomer }), ...(budget?.value !== undefined && { budget: String(budget.value) }) }
  })
}

/** Whether one of the promotions that were applied has not enough left for this now. The order that is made counts, and may still come too late. */
export const hasSpentPromotion = async (deps: Services, context: Context, applied: readonly Applied[], customerId: string | undefined): Promise<boolean> => {
  const limited = applied.filter(one => one.limited)
  if (limited.length === 0) return false
  const usage = await readUsage(deps.database, context.brand, limited.map(one => one.id), { customerId })
  return (await withLimits(deps, context, limited)).some(use => {
    const { uses, usesByCustomer, spent } = usage.get(use.promotionId) ?? { uses: 0, usesByCustomer: 0, spent: '0' }
    return (
      (use.usageLimit !== undefined && uses >= use.usageLimit) ||
      (use.usageLimitPerCustomer !== undefined && usesByCustomer >= use.usageLimitPerCustomer) ||
      (use.budget !== undefined && exact(spent).plus(use.amount).greaterThan(use.budget))
    )
  })
}

/** An order whose promotion has run out since it was priced is priced again, without it. */
export const countPromotions = async (order: ProductOrderDocument, { context, now, deps, tx }: { context: Context; now: Date; deps: Services; tx: Transaction }): Promise<void> => {
  if (usesOf(order).length === 0) return
  const uses = await withLimits(deps, context, usesOf(order), tx)
  const spent = await countUses(tx, context.brand, { id: order.id, customerId: customerOf(order), at: now }, uses)
  if (spent !== undefined) throw new PrepareAgain(`Promotion ${usesOf(order).find(one => one.id === spent)?.name ?? spent} has run out`)
}

const UNSOLD: readonly string[] = ['cancelled', 'failed', 'rejected']

export const giveBackPromotions = async (event: ResourceEvent<ProductOrderDocument>, { tx, context }: { tx: Transaction; context: Context }): Promise<void> => {
  if (UNSOLD.includes(event.doc.state)) await giveBackUses(tx, context.brand, event.resourceId)
}

/** Promotions with a budget or a limit: an order counts against them in the transaction that writes it, and gives back what it took when nothing is sold. */
import type { Context } from '../../platform/principal.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { PrepareAgain } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import type { ResourceEvent } from '../../tmf/module.ts'
import { countUses, giveBackUses, type PromotionUse } from '../pricing/index.ts'
import { customerOf, type ProductOrderDocument } from './order-document.ts'

interface LimitsDoc {
  usageLimit?: number
  usageLimitPerCustomer?: number
  budget?: { unit?: string; value?: number }
}

/** What is counted of an order that is taken in. */
export const usesOf = (order: ProductOrderDocument): NonNullable<ProductOrderDocument['appliedPromotion']> => (order.state === 'acknowledged' ? (order.appliedPromotion ?? []).filter(one => one.limited) : [])

/** An order whose promotion has run out since it was priced is priced again, without it. */
export const countPromotions = async (order: ProductOrderDocument, { context, now, deps, tx }: { context: Context; now: Date; deps: Services; tx: Transaction }): Promise<void> => {
  if (usesOf(order).length === 0) return
  const resource = deps.store.resource('promotion')
  const limits = resource ? await deps.store.getMany(context, resource, usesOf(order).map(one => one.id), { tx }) : new Map<string, never>()
  const uses = usesOf(order).map((one): PromotionUse => {
    const { usageLimit, usageLimitPerCustomer, budget } = (limits.get(one.id)?.doc ?? {}) as LimitsDoc
    return { promotionId: one.id, amount: one.reduction, currency: one.currency, ...(usageLimit !== undefined && { usageLimit }), ...(usageLimitPerCustomer !== undefined && { usageLimitPerCustomer }), ...(budget?.value !== undefined && { budget: String(budget.value) }) }
  })
  const spent = await countUses(tx, context.brand, { id: order.id, customerId: customerOf(order), at: now }, uses)
  if (spent !== undefined) throw new PrepareAgain(`Promotion ${spent} has run out`)
}

const UNSOLD: readonly string[] = ['cancelled', 'failed', 'rejected']

export const giveBackPromotions = async (event: ResourceEvent<ProductOrderDocument>, { tx, context }: { tx: Transaction; context: Context }): Promise<void> => {
  if (UNSOLD.includes(event.doc.state)) await giveBackUses(tx, context.brand, event.resourceId)
}

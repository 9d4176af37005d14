/** Limits under rivalry: two orders that are taken at once must not both be the last that is allowed. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings } from '../catalog/index.ts'
import { guard, inForce, itemsOf, type CompiledSalesRule, type RuledSaleItem, type SaleFacts } from './compile-sales-rule.ts'
import { inside } from './inside.ts'
import { ruledItem, type SaleQuestion } from './judge-sale.ts'
import { rulesOf } from './rule-book.ts'
import { buyerOf } from './sale-facts.ts'

const factsOf = (question: SaleQuestion, item: readonly RuledSaleItem[], channel: string): SaleFacts => ({
  customer: {}, product: [], total: {}, at: question.at, channel, market: '', place: { id: [], country: '' }, currency: '', item,
})

const counted = (rule: CompiledSalesRule): boolean => rule.kind === 'limit' && rule.doc.limit?.per !== 'order'

const asked = async (deps: Services, context: Context, question: SaleQuestion): Promise<{ rules: CompiledSalesRule[]; facts: SaleFacts }> => {
  const channel = question.channel ?? context.channel
  const rules = (await rulesOf(deps, context.brand)).guards.filter(rule => counted(rule) && inForce(rule, question.at, channel))
  if (rules.length === 0) return { rules, facts: factsOf(question, [], channel) }
  const offerings = question.offerings ?? (await loadOfferings(deps, context, question.item.map(one => one.offeringId)))
  const facts = factsOf(question, question.item.map(one => ruledItem(one, offerings.get(one.offeringId), question.place?.id)), channel)
  return { rules: rules.filter(rule => itemsOf(rule, facts).some(one => one.action === 'add')), facts }
}

/** The limits per customer and household that a sale counts against. */
export const limitsOn = async (deps: Services, context: Context, question: SaleQuestion): Promise<{ id: string; name: string }[]> =>
  (await asked(deps, context, question)).rules.map(rule => ({ id: rule.id, name: rule.doc.name ?? rule.id }))

/**
 * Counts again inside the transaction that writes the sale, one sale of a customer, and of an address, at a time. Answers the name of a limit
 * that others have used up meanwhile. Whether a limit applies at all was decided before; only how many there are can have changed.
 */
export const exceededLimit = async (tx: Transaction, deps: Services, context: Context, question: SaleQuestion): Promise<string | undefined> => {
  const within = inside(tx, deps)
  const { rules, facts } = await asked(within, context, question)
  const places = new Set(rules.some(rule => rule.doc.limit?.per === 'household') ? facts.item.flatMap(one => one.place ?? []) : [])
  const without = new Set(question.item.flatMap(one => (one.action === 'noChange' || one.productId === undefined ? [] : [one.productId])))
  const buyer = buyerOf(within, context, { customer: question.customer, at: question.at, without, ...(question.orderId !== undefined && { orderId: question.orderId }) })
  // In one order for all, so that no two wait for each other.
  const keys = [...(await buyer.ids()).map(id => `party ${id}`), ...[...places].map(id => `place ${id}`)].sort()
  for (const key of keys) await tx.query({ name: 'sales-limit-lock', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))' }, [`sale ${context.brand} ${key}`])
  for (const rule of rules) {
    const counts = new Map<RuledSaleItem, number | string>()
    for (const item of itemsOf(rule, facts)) counts.set(item, await buyer.had(rule, item))
    if (guard({ ...rule, holds: () => true }, facts, (_, item) => counts.get(item) ?? 0).some(one => one.outcome === 'refused')) return rule.doc.name ?? rule.id
  }
  return undefined
}

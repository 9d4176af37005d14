/** Limits under rivalry: two orders that are taken at once must not both be the last that is allowed. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { insideOf } from '../../tmf/inside.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings } from '../catalog/index.ts'
import { guard, inForce, itemsOf, type CompiledSalesRule, type RuledSaleItem, type SaleFacts } from './compile-sales-rule.ts'
import { factsOf, ruledItem, type SaleQuestion } from './judge-sale.ts'
import { rulesOf } from './rule-book.ts'
import { buyerOf, type BuyerQuestion } from './sale-facts.ts'

const counted = (rule: CompiledSalesRule): boolean => rule.kind === 'limit' && rule.doc.limit?.per !== 'order'

/** The limits that a sale counts against: those whose condition holds of something that is added. A buyer of its own: what is counted later is read later. */
const asked = async (deps: Services, context: Context, question: SaleQuestion): Promise<{ rules: CompiledSalesRule[]; facts: SaleFacts | undefined }> => {
  const channel = question.channel ?? context.channel
  const inQuestion = (await rulesOf(deps, context.brand)).guards.filter(rule => counted(rule) && inForce(rule, question.at, channel))
  if (inQuestion.length === 0) return { rules: [], facts: undefined }
  const offerings = question.offerings ?? (await loadOfferings(deps, context, question.item.map(one => one.offeringId)))
  const item = question.item.map(one => ruledItem(one, offerings.get(one.offeringId), question.place?.id))
  const added = (rule: CompiledSalesRule, of: Pick<SaleFacts, 'item'>): RuledSaleItem[] => itemsOf(rule, of as SaleFacts).filter(one => one.action === 'add')
  const about = inQuestion.filter(rule => added(rule, { item }).length > 0)
  if (about.length === 0) return { rules: [], facts: undefined }
  const needs = new Set(about.flatMap(rule => [...rule.needs]))
  const facts = await factsOf(deps, context, question, buyerOf(deps, context, asBuyer(question)), needs, offerings)
  return { rules: about.filter(rule => added(rule, facts).some(one => rule.holds(facts, one) === true)), facts }
}

const asBuyer = ({ customer, at, orderId, item }: SaleQuestion): BuyerQuestion => ({
  customer, at, without: new Set(item.flatMap(one => (one.action === 'noChange' || one.productId === undefined ? [] : [one.productId]))), ...(orderId !== undefined && { orderId }),
})

/** The limits per customer and household that a sale counts against. */
export const limitsOn = async (deps: Services, context: Context, question: SaleQuestion): Promise<{ id: string; name: string }[]> =>
  (await asked(deps, context, question)).rules.map(rule => ({ id: rule.id, name: rule.doc.name ?? rule.id }))

/**
 * Counts again inside the transaction that writes the sale, one sale of a customer, and of an address, at a time. Answers the name of a limit
 * that others have used up meanwhile.
 */
export const exceededLimit = async (tx: Transaction, deps: Services, context: Context, question: SaleQuestion): Promise<string | undefined> => {
  const within = insideOf(tx, deps)
  const { rules, facts } = await asked(within, context, question)
  if (facts === undefined) return undefined
  const places = new Set(rules.some(rule => rule.doc.limit?.per === 'household') ? facts.item.flatMap(one => one.place ?? []) : [])
  const buyer = buyerOf(within, context, asBuyer(question))
  // In one order for all, so that no two wait for each other.
  const keys = [...(await buyer.ids()).map(id => `party ${id}`), ...[...places].map(id => `place ${id}`)].sort()
  for (const key of keys) await tx.query({ name: 'sales-limit-lock', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))' }, [`sale ${context.brand} ${key}`])
  for (const rule of rules) {
    const counts = new Map<RuledSaleItem, number | string>()
    for (const item of itemsOf(rule, facts)) counts.set(item, await buyer.had(rule, item))
    if (guard(rule, facts, (_, item) => counts.get(item) ?? 0).some(one => one.outcome === 'refused')) return rule.doc.name ?? rule.id
  }
  return undefined
}

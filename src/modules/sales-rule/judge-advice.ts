/** What the rules say is worth offering in a sale or to somebody: which offerings, because of which rule, in which words. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings } from '../catalog/index.ts'
import { advise, asksWhatIsKnown, inForce, type CompiledSalesRule, type Need, type RuledProduct } from './compile-sales-rule.ts'
import { factsOf, type SaleQuestion } from './judge-sale.ts'
import { rulesOf } from './rule-book.ts'
import { messageOf } from './rule-message.ts'
import type { Buyer } from './sale-facts.ts'
import type { Message, Period, SalesRuleKind } from './sales-rule-types.ts'

export interface Advice {
  rule: { id: string; name: string; kind: SalesRuleKind }
  priority: number
  /** What it offers, the best first. */
  offer: string[]
  message: string
  translation: Message[]
  /** The item, or what the customer has, that it is offered because of. */
  itemId?: string
  product?: RuledProduct
}

export interface Advised {
  advice: Advice[]
  /** Rules that could not be evaluated, and why: they offer nothing. */
  failed: { rule: string; message: string }[]
  /** Rules that ask for what is known of the customer, who has not allowed that. */
  withheld: string[]
}

const DEFAULT_HOLD: Period = { amount: 30, units: 'day' }

/** How long a refusal of what a rule offers holds. */
export const refusalHolds = async (deps: Services, brand: string, ruleId: string | undefined): Promise<Period> =>
  (await rulesOf(deps, brand)).advice.find(one => one.id === ruleId)?.doc.refusalHolds ?? DEFAULT_HOLD

const spoken = (rule: CompiledSalesRule, language: string | undefined): Pick<Advice, 'rule' | 'priority' | 'offer' | 'message' | 'translation'> => ({
  rule: { id: rule.id, name: rule.doc.name ?? rule.id, kind: rule.kind },
  priority: rule.doc.priority ?? 0,
  offer: (rule.doc.offer ?? []).map(one => one.id),
  message: messageOf(rule.doc, language),
  translation: [...(rule.doc.message ?? [])],
})

/** Asks the advising rules, those of higher priority first. `mayKnow`: the customer allows that what is known of it is used for this. */
export const adviceFor = async (deps: Services, context: Context, question: SaleQuestion & { buyer: Buyer }, mayKnow: boolean): Promise<Advised> => {
  const channel = question.channel ?? context.channel
  const rules = (await rulesOf(deps, context.brand)).advice.filter(rule => inForce(rule, question.at, channel))
  const answer: Advised = { advice: [], failed: [], withheld: [] }
  if (rules.length === 0) return answer
  // Without the word of the customer rules see the sale, and nobody in particular; those whose conditions ask for more are left out, whatever they would say.
  const asked = mayKnow ? rules : rules.filter(rule => !asksWhatIsKnown(rule))
  answer.withheld = rules.filter(rule => !asked.includes(rule)).map(rule => rule.id)
  const needs = new Set<Need>(asked.flatMap(rule => [...rule.needs]))
  if (mayKnow) needs.add('product')
  else for (const need of ['customer', 'product'] as const) needs.delete(need)
  const offerings = question.offerings ?? (await loadOfferings(deps, context, question.item.map(one => one.offeringId)))
  const { customer: _customer, ...nobody } = question
  const facts = await factsOf(deps, context, mayKnow ? question : nobody, question.buyer, needs, offerings)
  for (const rule of asked) {
    const { outcome, item, product, detail } = advise(rule, facts)
    if (outcome === 'unknown') answer.failed.push({ rule: rule.id, message: detail ?? '' })
    if (outcome === 'advised') answer.advice.push({ ...spoken(rule, context.language), ...(item && item.id !== '' && { itemId: item.id }), ...(product && { product }) })
  }
  return answer
}

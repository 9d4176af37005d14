/** Tries a rule with its cases: what it says must be what was expected. Pure. */
import { advise, compileSalesRule, guard, type SaleFacts } from './compile-sales-rule.ts'
import { isAdvice, type Example, type ExampleResult, type Outcome, type SalesRule } from './sales-rule-types.ts'

const micros = (amount: number): bigint => BigInt(Math.round(amount * 1_000_000))

/** Of several items the most telling word counts. */
const WEIGHT: readonly Outcome[] = ['unknown', 'refused', 'deposit', 'allowed']

const factsOf = ({ given }: Example, rule: SalesRule, now: Date): SaleFacts => ({
  customer: { id: '', segment: [], agreement: [], kind: '', status: '', ...given.customer },
  product: (given.product ?? []).map(one => ({ offering: one.offering ?? '', specification: one.specification ?? '', category: one.category ?? [], status: one.status ?? 'active', place: one.place ?? '' })),
  channel: given.channel ?? rule.channel?.[0] ?? 'web',
  market: given.market ?? '',
  place: { id: given.place?.id ?? [], country: given.place?.country ?? '' },
  currency: given.currency ?? '',
  at: given.at === undefined ? now : new Date(given.at),
  total: { ...(given.cart?.due !== undefined && { due: micros(given.cart.due) }), ...(given.cart?.monthly !== undefined && { monthly: micros(given.cart.monthly) }) },
  item: (given.item ?? []).map((one, index) => ({
    id: String(index + 1), offering: one.offering, category: one.category ?? [], specification: one.specification ?? '', quantity: one.quantity ?? 1, characteristic: one.characteristic ?? {}, termMonths: one.termMonths ?? 0, partOf: one.partOf ?? '', action: one.action ?? 'add',
    ...(given.place?.id?.[0] !== undefined && { place: given.place.id[0] }),
  })),
})

/** What each case says. A rule that is not for the channel of a case says nothing of it. */
export const tryExamples = (doc: SalesRule, now: Date): ExampleResult[] => {
  const rule = compileSalesRule(doc)
  const nothing: Outcome = isAdvice(rule.kind) ? 'silent' : 'allowed'
  return (doc.example ?? []).map(example => {
    const facts = factsOf(example, doc, now)
    const verdicts = doc.channel !== undefined && !doc.channel.includes(facts.channel) ? [] : isAdvice(rule.kind) ? [advise(rule, facts)] : guard(rule, facts, () => example.given.had ?? 0)
    const found = isAdvice(rule.kind) ? verdicts[0] : WEIGHT.map(outcome => verdicts.find(one => one.outcome === outcome)).find(one => one !== undefined)
    const outcome = found?.outcome ?? nothing
    return { name: example.name, passed: outcome === example.expect, outcome, ...(found?.detail !== undefined && { detail: found.detail.slice(0, 500) }) }
  })
}

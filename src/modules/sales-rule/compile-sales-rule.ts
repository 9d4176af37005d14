/** A rule made ready, and what it says of a cart: the part that is computed alike for sales, for advice and for examples. Pure. */
import { compileRule } from '../../platform/rules/rule.ts'
import { RuleError } from '../../platform/rules/rule-error.ts'
import { SALE_SHAPE } from './rule-shape.ts'
import { isAdvice, type Outcome, type SalesRule, type SalesRuleKind } from './sales-rule-types.ts'

/** Something in the cart as rules see it. */
export interface RuledSaleItem {
  id: string
  offering: string
  category: readonly string[]
  specification: string
  quantity: number
  characteristic: Readonly<Record<string, unknown>>
  termMonths: number
  partOf: string
  action: string
  /** Where it is wanted, where that is known. */
  place?: string
}

export interface RuledProduct {
  offering: string
  specification: string
  category: readonly string[]
  status: string
  place: string
}

/** The circumstances; what is not known of a customer is not in it. */
export interface SaleFacts {
  customer: Readonly<Record<string, unknown>>
  product: readonly RuledProduct[]
  channel: string
  market: string
  place: { id: readonly string[]; country: string }
  currency: string
  at: Date
  /** Integer millionths of the currency's unit. */
  total: { due?: bigint; monthly?: bigint }
  item: readonly RuledSaleItem[]
}

export type Need = 'customer' | 'product' | 'total'

export interface CompiledSalesRule {
  id: string
  doc: SalesRule
  kind: SalesRuleKind
  needs: ReadonlySet<Need>
  isAbout: (of: { offering: string; category: readonly string[] }) => boolean
  /** Without targets: it is about the cart, not about something in it. */
  isGeneral: boolean
  /** Whether the condition holds; the reason in words where that cannot be said. */
  holds: (facts: SaleFacts, item: RuledSaleItem | undefined) => boolean | string
}

const EXHAUSTED: readonly string[] = ['budget', 'tooLarge']

const celItem = ({ id: _id, place: _place, ...item }: RuledSaleItem): Record<string, unknown> => item

const carts = new WeakMap<SaleFacts, Record<string, unknown>>()
const variablesOf = (facts: SaleFacts): Record<string, unknown> => {
  let made = carts.get(facts)
  if (!made) {
    const bought = facts.item.filter(one => one.action !== 'delete')
    made = {
      customer: facts.customer, product: facts.product, channel: facts.channel, market: facts.market, place: facts.place, currency: facts.currency, at: facts.at,
      cart: {
        offering: bought.map(one => one.offering), category: [...new Set(bought.flatMap(one => one.category))].sort(), quantity: bought.filter(one => one.partOf === '').reduce((sum, one) => sum + one.quantity, 0),
        item: facts.item.map(celItem), ...facts.total,
      },
    }
    carts.set(facts, made)
  }
  return made
}

/** Facts that a condition asks for, read off its text: too many cost a look-up, too few would be wrong. */
const needsOf = ({ condition = '', addition }: SalesRule): Set<Need> => {
  const needs = new Set<Need>()
  if (/\bcustomer\b/.test(condition)) needs.add('customer')
  if (/\bproduct\b/.test(condition) || (addition && addition.orOwned !== false)) needs.add('product')
  if (/\bdue\b|\bmonthly\b|\bcart\b(?!\s*\.)/.test(condition)) needs.add('total')
  return needs
}

const among = (refs: readonly { id: string }[] | undefined): ReadonlySet<string> => new Set((refs ?? []).map(one => one.id))

/** Whether something is one of these offerings, or in one of these categories. */
export const matcherOf = (offerings: readonly { id: string }[] | undefined, categories: readonly { id: string }[] | undefined): ((of: { offering: string; category: readonly string[] }) => boolean) => {
  const [ids, kinds] = [among(offerings), among(categories)]
  return of => ids.has(of.offering) || of.category.some(one => kinds.has(one))
}

/** Whether a condition speaks of the item that it is asked of, and not only of the cart and its items. */
const asksForItem = (condition: string): boolean => /(?<!\.\s*)\bitem\b/.test(condition)

/** Throws RuleError where the condition is none. */
export const compileSalesRule = (doc: SalesRule): CompiledSalesRule => {
  const rule = doc.condition === undefined ? undefined : compileRule(doc.condition, SALE_SHAPE)
  const isGeneral = doc.productOffering === undefined && doc.category === undefined
  // What is the same for all items is asked once, and what was too much work for one is not tried with the next: a cart has a hundred.
  const said = new WeakMap<SaleFacts, boolean | string>()
  const once = rule !== undefined && !asksForItem(doc.condition ?? '')
  return {
    id: doc.id, doc, kind: doc.kind ?? 'eligibility', needs: needsOf(doc), isGeneral,
    isAbout: isGeneral ? () => true : matcherOf(doc.productOffering, doc.category),
    holds: (facts, item) => {
      if (!rule) return true
      const known = said.get(facts)
      if (known !== undefined) return known
      try {
        const holds = rule.evaluate({ ...variablesOf(facts), item: item ? celItem(item) : {} }) === true
        if (once) said.set(facts, holds)
        return holds
      } catch (error) {
        if (!(error instanceof RuleError)) throw error
        if (once || EXHAUSTED.includes(error.code)) said.set(facts, error.message)
        return error.message
      }
    },
  }
}

export const inForce = ({ doc }: CompiledSalesRule, at: Date, channel: string): boolean => {
  const { startDateTime, endDateTime } = doc.validFor ?? {}
  return (startDateTime === undefined || new Date(startDateTime) <= at) && (endDateTime === undefined || at < new Date(endDateTime)) && (doc.channel?.includes(channel) ?? true)
}

export interface Verdict {
  outcome: Outcome
  item?: RuledSaleItem
  /** Why the condition could not be evaluated. */
  detail?: string
}

/** How many of what a rule is about there are already, where it counts them. */
export type Had = (rule: CompiledSalesRule, item: RuledSaleItem) => number | string

const additionIn = (rule: CompiledSalesRule, facts: SaleFacts, item: RuledSaleItem): boolean => {
  const { productOffering, category, orOwned } = rule.doc.addition ?? {}
  const fits = matcherOf(productOffering, category)
  return facts.item.some(other => other !== item && other.action !== 'delete' && fits(other)) || (orOwned !== false && facts.product.some(fits))
}

/** Bundles' parts are judged by rules that name them; a rule about everything is asked once for what is bought as a whole. */
export const itemsOf = (rule: CompiledSalesRule, facts: SaleFacts): RuledSaleItem[] => facts.item.filter(item => (item.action === 'add' || item.action === 'modify') && (rule.isGeneral ? item.partOf === '' : rule.isAbout(item)))

const sameHousehold = (rule: CompiledSalesRule, a: RuledSaleItem, b: RuledSaleItem): boolean => rule.doc.limit?.per !== 'household' || a.place === b.place

const limitVerdict = (rule: CompiledSalesRule, facts: SaleFacts, item: RuledSaleItem, had: Had): Verdict => {
  const already = had(rule, item)
  if (typeof already === 'string') return { outcome: 'unknown', item, detail: already }
  // What is changed is one of those that there are; what it becomes is one more only where it was none before, which `had` leaves out.
  const wanted = itemsOf(rule, facts).filter(other => other.action === 'add' && sameHousehold(rule, item, other)).reduce((sum, other) => sum + other.quantity, 0)
  return { outcome: already + wanted > (rule.doc.limit?.quantity ?? 0) ? 'refused' : 'allowed', item }
}

const guardItem = (rule: CompiledSalesRule, facts: SaleFacts, item: RuledSaleItem, had: Had): Verdict => {
  const holds = rule.holds(facts, item)
  if (typeof holds === 'string') return { outcome: 'unknown', item, detail: holds }
  switch (rule.kind) {
    case 'requiredAddition': return { outcome: !holds || additionIn(rule, facts, item) ? 'allowed' : 'refused', item }
    case 'limit': return holds ? limitVerdict(rule, facts, item, had) : { outcome: 'allowed', item }
    default: return { outcome: holds ? 'allowed' : rule.doc.deposit ? 'deposit' : 'refused', item }
  }
}

/** What a guarding rule says of each thing that it is about. */
export const guard = (rule: CompiledSalesRule, facts: SaleFacts, had: Had): Verdict[] => {
  const verdicts = itemsOf(rule, facts).map(item => guardItem(rule, facts, item, had))
  // That there are too many is said once, not of each of them.
  const over = rule.kind === 'limit' && rule.doc.limit?.per !== 'household' ? verdicts.findIndex(one => one.outcome === 'refused') : -1
  return over < 0 ? verdicts : verdicts.filter((one, index) => one.outcome !== 'refused' || index === over)
}

/** Whether an advising rule has something to say, and because of what. */
export const advise = (rule: CompiledSalesRule, facts: SaleFacts): Verdict & { product?: RuledProduct } => {
  const bases: { item?: RuledSaleItem; product?: RuledProduct }[] = rule.isGeneral ? [{}] : [...itemsOf(rule, facts).map(item => ({ item })), ...facts.product.filter(rule.isAbout).map(product => ({ product }))]
  let detail: string | undefined
  for (const basis of bases) {
    const item = basis.item ?? (basis.product && { id: '', offering: basis.product.offering, category: basis.product.category, specification: basis.product.specification, quantity: 1, characteristic: {}, termMonths: 0, partOf: '', action: 'noChange' })
    const holds = rule.holds(facts, item)
    if (holds === true) return { outcome: 'advised', ...basis }
    if (typeof holds === 'string') detail ??= holds
  }
  return detail === undefined ? { outcome: 'silent' } : { outcome: 'unknown', detail }
}

export const asksWhatIsKnown = (rule: CompiledSalesRule): boolean => isAdvice(rule.kind) && (rule.needs.has('customer') || rule.needs.has('product'))

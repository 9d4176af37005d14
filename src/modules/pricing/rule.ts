/**
 * Rules of prices: what each is about gives its rank (agreement over customer over segment over place and channel over list), a list of
 * values or a CEL condition says when it matches. Compiled once.
 */
import { Type, type Static } from 'typebox'
import { fault, type Fault } from '../../platform/errors.ts'
import { compileRule, type Rule, type RuleShape } from '../../platform/rules/rule.ts'
import { RuleError } from '../../platform/rules/rule-error.ts'
import { monthsOf, type Circumstances, type RuledItem } from './circumstances.ts'
import type { PriceRank } from './priced.ts'

/** What a rule can be about. */
export const ABOUT = ['agreement', 'customer', 'segment', 'product', 'place', 'channel', 'market', 'other'] as const
export type About = (typeof ABOUT)[number]

const RANK_OF: Readonly<Record<About, PriceRank>> = { agreement: 'agreement', customer: 'customer', segment: 'segment', product: 'segment', place: 'placeAndChannel', channel: 'placeAndChannel', market: 'placeAndChannel', other: 'list' }
/** Higher is more specific. */
export const RANKS: Readonly<Record<PriceRank, number>> = { agreement: 5, customer: 4, segment: 3, placeAndChannel: 2, list: 1 }

/**
 * What a condition may use. customer: id, segment, agreement. product: what the customer has (offering, specification, status). place: id (the place
 * and its areas), country. cart: offering (ids), quantity. item: offering, category, specification, quantity, characteristic, termMonths (0: none), partOf.
 * Numbers inside maps are doubles.
 */
export const CONDITION: RuleShape = {
  returns: 'bool',
  variables: { customer: 'map', product: 'list<map>', channel: 'string', market: 'string', place: 'map', currency: 'string', at: 'timestamp', cart: 'map', item: 'map' },
}

export const PriceRuleValue = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200, description: 'The rule in words, shown in derivations' })),
    about: Type.Enum([...ABOUT], { type: 'string', description: 'What it is about; its rank follows from that. product: what the customer has already. other: has the rank of the list' }),
    value: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 1000, description: 'Ids (of agreements, customers, segments, offerings or specifications of existing products, places or areas, channels, markets), one of which must be so' })),
    condition: Type.Optional(Type.String({ maxLength: 4000, description: 'What must hold, in CEL: item.quantity >= 10.0. It may use customer, product, channel, market, place, currency, at, cart and item' })),
  },
  { description: 'When a price applies: one of the values is so, or the condition holds' },
)
export type PriceRuleValue = Static<typeof PriceRuleValue>

export interface CompiledRule {
  text: string
  rank: PriceRank
  /** What facts it needs: these are looked up for it. */
  needs: ReadonlySet<'customer' | 'product'>
  matches: (c: Circumstances, item: RuledItem, cart: CartFacts) => boolean
}

/** What conditions and criteria know of the whole request; the same whatever the order of its items. */
export interface CartFacts {
  offering: readonly string[]
  quantity: number
  /** How many of an offering there are in all lines. */
  ordered?: (offeringId: string) => number
  /** Conditions that could not be evaluated, and why: they do not match. */
  failed: Map<string, string>
}

export const conditionFaults = (expression: string | undefined, path: string): Fault[] => {
  if (expression === undefined) return []
  try {
    compileRule(expression, CONDITION)
    return []
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return [fault(path, `is no condition: ${error.message}; it may use ${Object.keys(CONDITION.variables).join(', ')}`, expression)]
  }
}

export const ruleFaults = (rules: readonly PriceRuleValue[] | undefined, path: string): Fault[] =>
  (rules ?? []).flatMap((rule, index) => {
    const at = `${path}[${index}]`
    if ((rule.value === undefined) === (rule.condition === undefined)) return [fault(at, 'must have either value or condition')]
    if (rule.value !== undefined && rule.about === 'other') return [fault(`${at}.value`, 'says nothing for a rule about other: write a condition')]
    return conditionFaults(rule.condition, `${at}.condition`)
  })

const celItem = (item: RuledItem): Record<string, unknown> => ({
  offering: item.offeringId,
  category: item.category,
  specification: item.specificationId ?? '',
  quantity: item.quantity.toNumber(),
  characteristic: item.characteristic,
  termMonths: item.term === undefined ? 0 : (monthsOf(item.term) ?? 0),
  partOf: item.partOf ?? '',
})

const contexts = new WeakMap<Circumstances, Record<string, unknown>>()
const celContext = (c: Circumstances): Record<string, unknown> => {
  let made = contexts.get(c)
  if (!made) {
    made = {
      customer: { id: c.customerId ?? '', segment: [...c.segment].sort(), agreement: [...c.agreement].sort() },
      product: c.product.map(one => ({ offering: one.offeringId ?? '', specification: one.specificationId ?? '', status: one.status ?? '' })),
      channel: c.channel,
      market: c.market ?? '',
      place: { id: [...c.place].sort(), country: c.country ?? '' },
      currency: c.currency ?? '',
      at: new Date(c.at),
    }
    contexts.set(c, made)
  }
  return made
}

/** A condition as a function; one that cannot be evaluated (a key that is not there) does not match, and is told in the answer. */
export const conditionOf = (expression: string): CompiledRule['matches'] => {
  const rule: Rule = compileRule(expression, CONDITION)
  return (c, item, cart) => {
    try {
      return rule.evaluate({ ...celContext(c), cart: { offering: cart.offering, quantity: cart.quantity }, item: celItem(item) }) === true
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      cart.failed.set(expression, error.message)
      return false
    }
  }
}

const anyIn = (values: ReadonlySet<string>, of: ReadonlySet<string>): boolean => {
  const [few, many] = values.size < of.size ? [values, of] : [of, values]
  for (const one of few) if (many.has(one)) return true
  return false
}

const has = (values: ReadonlySet<string>, one: string | undefined): boolean => one !== undefined && values.has(one)

const valueMatch = (about: About, values: ReadonlySet<string>): CompiledRule['matches'] => {
  switch (about) {
    case 'agreement': return c => anyIn(values, c.agreement)
    case 'customer': return c => has(values, c.customerId)
    case 'segment': return c => anyIn(values, c.segment)
    case 'product': return c => c.product.some(one => has(values, one.offeringId) || has(values, one.specificationId))
    case 'place': return c => anyIn(values, c.place) || has(values, c.country)
    case 'channel': return c => values.has(c.channel)
    case 'market': return c => has(values, c.market)
    case 'other': return () => false
  }
}

/** Facts that an expression asks for, read off its text: too many cost a look-up, too few would be wrong. */
export const needsOf = (about: string, condition = ''): CompiledRule['needs'] => {
  const needs = new Set<'customer' | 'product'>()
  if (about === 'agreement' || about === 'segment' || condition.includes('customer')) needs.add('customer')
  if (about === 'product' || condition.includes('product')) needs.add('product')
  return needs
}

export const compilePriceRule = (rule: PriceRuleValue): CompiledRule => ({
  text: rule.name ?? (rule.condition === undefined ? `${rule.about} is ${(rule.value ?? []).join(' or ')}` : rule.condition),
  rank: RANK_OF[rule.about],
  needs: needsOf(rule.about, rule.condition),
  matches: rule.condition === undefined ? valueMatch(rule.about, new Set(rule.value ?? [])) : conditionOf(rule.condition),
})

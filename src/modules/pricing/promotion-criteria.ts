/**
 * Criteria of a promotion: as tests of the whole purchase and of each line, and as the keys that patterns are found by, so that a pricing meets only
 * promotions that could apply to it. Pure.
 */
import { exact } from '../../platform/money.ts'
import { matches as valueMatches } from '../catalog/index.ts'
import { amountOf, amountOfNumber, compare, lastingAmount, type Amount } from './amount.ts'
import { codeOf, monthsOf, type Circumstances, type RuledItem } from './circumstances.ts'
import { conditionOf, type CartFacts } from './rule.ts'

export interface CriterionDoc {
  criteriaOperator: string
  criteriaParameter: string
  criteriaValue: string
}

/** Parameters by which patterns are found, the most selective first. */
export const INDEXED = ['promotionCode', 'customer', 'agreement', 'productOffering', 'productSpecification', 'category', 'segment', 'place', 'market', 'channel'] as const
/** Those that are the same for all lines. */
const OF_CART: readonly string[] = ['promotionCode', 'customer', 'agreement', 'segment', 'place', 'market', 'channel', 'existingProduct', 'currency', 'cartTotal', 'cartQuantity']
export const NUMBERS = ['quantity', 'termMonths', 'cartTotal', 'cartQuantity'] as const
export const OTHERS = ['existingProduct', 'currency', 'condition'] as const
export const CHARACTERISTIC = 'characteristic.'
export const OPERATORS = ['=', '<>', '>', '<', '>=', '<='] as const

export const keyOf = (parameter: string, value: string): string => `${parameter}=${value}`

export type Match = (c: Circumstances, item: RuledItem, cart: CartFacts, cartTotal: Amount) => boolean
export type CartMatch = (c: Circumstances, cart: CartFacts, cartTotal: Amount) => boolean

export const isOneOf = <T extends string>(values: readonly T[], value: string): value is T => (values as readonly string[]).includes(value)

const compared = (operator: string, a: Amount, b: Amount): boolean => {
  const order = compare(a, b)
  switch (operator) {
    case '=': return order === 0
    case '<>': return order !== 0
    case '>': return order > 0
    case '<': return order < 0
    case '>=': return order >= 0
    default: return order <= 0
  }
}

export const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/

const cartText = (parameter: string, value: string): ((c: Circumstances) => boolean) => {
  switch (parameter) {
    case 'promotionCode': {
      const code = codeOf(value)
      return c => c.promotionCode.has(code)
    }
    case 'customer': return c => c.customerId === value
    case 'agreement': return c => c.agreement.has(value)
    case 'segment': return c => c.segment.has(value)
    case 'place': return c => c.place.has(value) || c.country === value
    case 'market': return c => c.market === value
    case 'channel': return c => c.channel === value
    case 'currency': return c => c.currency === value
    default: return c => c.product.some(one => one.offeringId === value || one.specificationId === value)
  }
}

const itemText = (parameter: string, value: string): ((item: RuledItem) => boolean) => {
  switch (parameter) {
    case 'productOffering': return item => item.offeringId === value
    case 'productSpecification': return item => item.specificationId === value
    default: return item => item.category.includes(value)
  }
}

/** Of parameters of the whole purchase. */
const cartCriterion = ({ criteriaParameter: parameter, criteriaOperator: operator, criteriaValue: value }: CriterionDoc): CartMatch => {
  if (isOneOf(NUMBERS, parameter)) {
    const bound = lastingAmount(exact(value))
    return parameter === 'cartQuantity' ? (_, cart) => compared(operator, amountOfNumber(cart.quantity), bound) : (_c, _cart, total) => compared(operator, total, bound)
  }
  const holds = cartText(parameter, value)
  return operator === '=' ? holds : c => !holds(c)
}

const itemCriterion = ({ criteriaParameter: parameter, criteriaOperator: operator, criteriaValue: value }: CriterionDoc): Match => {
  if (parameter === 'condition') {
    const holds = conditionOf(value)
    return (c, item, cart) => holds(c, item, cart)
  }
  if (isOneOf(NUMBERS, parameter)) {
    const bound = lastingAmount(exact(value))
    return parameter === 'quantity'
      ? (_, item) => compared(operator, amountOf(item.quantity), bound)
      : (_, item) => compared(operator, amountOfNumber((item.term && monthsOf(item.term)) ?? 0), bound)
  }
  if (parameter.startsWith(CHARACTERISTIC)) {
    const name = parameter.slice(CHARACTERISTIC.length)
    return (_, item) => {
      const chosen = item.characteristic[name]
      if (operator === '=' || operator === '<>') return valueMatches({ value }, chosen) === (operator === '=')
      const number = typeof chosen === 'number' || typeof chosen === 'string' ? String(chosen) : ''
      return DECIMAL.test(number) && compared(operator, amountOf(exact(number)), amountOf(exact(value)))
    }
  }
  const holds = itemText(parameter, value)
  return operator === '=' ? (_, item) => holds(item) : (_, item) => !holds(item)
}

/** What must be so of the purchase, and what of a line. */
export interface Tests {
  cart: readonly CartMatch[]
  item: readonly Match[]
}

/** Where a condition is asked, all is asked line by line in the order that it is written: one that cannot be evaluated is told. */
export const testsOf = (one: CriterionDoc, lineByLine: boolean): Tests => {
  if (!OF_CART.includes(one.criteriaParameter)) return { cart: [], item: [itemCriterion(one)] }
  const test = cartCriterion(one)
  return lineByLine ? { cart: [], item: [(c, _, cart, total) => test(c, cart, total)] } : { cart: [test], item: [] }
}

export const everyCart = (tests: readonly CartMatch[]): CartMatch => tests.length === 1 ? tests[0]! : (c, cart, total) => {
  for (const test of tests) if (!test(c, cart, total)) return false
  return true
}
export const everyItem = (tests: readonly Match[]): Match => tests.length === 1 ? tests[0]! : (c, item, cart, total) => {
  for (const test of tests) if (!test(c, item, cart, total)) return false
  return true
}

export const isOr = (relationship: string | undefined): boolean => /^(or|\|\|?)$/i.test(relationship ?? 'and')
export const joined = (parts: readonly Tests[], or: boolean): Tests => {
  if (!or || parts.length === 1) return { cart: parts.flatMap(one => one.cart), item: parts.flatMap(one => one.item) }
  const wholes = parts.map(one => ({ cart: everyCart(one.cart), item: everyItem(one.item) }))
  if (parts.length > 0 && parts.every(one => one.item.length === 0)) return { cart: [(c, cart, total) => wholes.some(one => one.cart(c, cart, total))], item: [] }
  return { cart: [], item: [(c, item, cart, total) => wholes.some(one => one.cart(c, cart, total) && one.item(c, item, cart, total))] }
}

interface Keys {
  keys: readonly string[]
  rank: number
}

/** By what of the purchase it is found, and by what of a line. */
interface Found {
  cart?: Keys | undefined
  item?: Keys | undefined
}

export const keysOfCriterion = ({ criteriaParameter: parameter, criteriaOperator: operator, criteriaValue: value }: CriterionDoc): Found => {
  const rank = (INDEXED as readonly string[]).indexOf(parameter)
  if (operator !== '=' || rank < 0) return {}
  const keys: Keys = { keys: [keyOf(parameter, parameter === 'promotionCode' ? codeOf(value) : value)], rank }
  return OF_CART.includes(parameter) ? { cart: keys } : { item: keys }
}

const best = (of: readonly (Keys | undefined)[]): Keys | undefined => of.filter(one => one !== undefined).sort((a, b) => a.rank - b.rank || a.keys.length - b.keys.length)[0]
const union = (of: readonly (Keys | undefined)[]): Keys | undefined => {
  const known = of.filter(one => one !== undefined)
  return known.length === of.length && known.length > 0 ? { keys: known.flatMap(one => one.keys), rank: Math.max(...known.map(one => one.rank)) } : undefined
}

/**
 * Of several that must all be so the most selective is enough, of the purchase and of a line; of several of which one must be so all are needed.
 * Where a condition is asked it is one of the two, the more selective: a pattern that is looked at tells what it could not evaluate.
 */
export const combinedKeys = (parts: readonly Found[], or: boolean, oneOnly: boolean): Found => {
  const mixed = (): Keys | undefined => union(parts.map(one => best([one.cart, one.item])))
  if (or) {
    const [cart, item] = oneOnly ? [] : [union(parts.map(one => one.cart)), union(parts.map(one => one.item))]
    return cart || item ? { cart, item } : { item: mixed() }
  }
  const [cart, item] = [best(parts.map(one => one.cart)), best(parts.map(one => one.item))]
  return oneOnly && cart && item ? (best([cart, item]) === cart ? { cart } : { item }) : { cart, item }
}

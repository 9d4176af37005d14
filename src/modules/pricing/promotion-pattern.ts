/**
 * A TMF671 promotion as the engine computes with it: each pattern becomes a condition over context, line and cart, actions with an amount, and the
 * keys that it can be found by, so that a pricing meets only promotions that could apply to it. Pure.
 */
import { exact, isCurrency, type Exact } from '../../platform/money.ts'
import { fault, type Fault } from '../../platform/errors.ts'
import { matches as valueMatches } from '../catalog/index.ts'
import { spanOf } from './candidate.ts'
import { monthsOf, type Circumstances, type RuledItem } from './circumstances.ts'
import { conditionFaults, conditionOf, needsOf, type CartFacts, type CompiledRule } from './rule.ts'
import type { Term } from './price-request.ts'

interface Period {
  startDateTime?: string
  endDateTime?: string
}

export interface CriterionDoc {
  criteriaOperator: string
  criteriaParameter: string
  criteriaValue: string
}

/** What the engine reads of a promotion. */
export interface PromotionDoc {
  id: string
  name?: string
  lifecycleStatus?: string
  promotionType?: string
  validFor?: Period
  exclusive?: boolean
  budget?: { unit?: string; value?: number }
  usageLimit?: number
  usageLimitPerCustomer?: number
  pattern?: readonly {
    name?: string
    priority?: number
    validFor?: Period
    criteriaGroupLogicalRelationship?: string
    criteriaGroup: readonly { criteriaLogicalRelationship?: string; criteria: readonly CriterionDoc[] }[]
    action: readonly { actionType: string; actionValue?: string; actionEntityRef?: { id: string }; chargeType?: string; applicationDuration?: { amount?: number; units?: string } }[]
  }[]
}

export interface CompiledPromotion {
  id: string
  revision: number
  name: string
  exclusive: boolean
  budget?: { value: Exact; currency: string }
  usageLimit?: number
  usageLimitPerCustomer?: number
  isLimited: boolean
}

export interface CompiledAction {
  /** Off the lines of this offering instead of those that the criteria match. */
  offeringId?: string
  chargeType?: 'oneTime' | 'recurring' | 'deposit'
  percentage?: Exact
  /** The same as a factor: 0.1. */
  share?: Exact
  amount?: { value: Exact; currency: string }
  duration?: Term
}

export interface CompiledPattern {
  promotion: CompiledPromotion
  name: string
  index: number
  /** Where it stands, for derivations: `promotion/spring/pattern[0]`. */
  path: string
  priority: number
  from: number
  until: number
  needs: CompiledRule['needs']
  matches: (c: Circumstances, item: RuledItem, cart: CartFacts, cartTotal: Exact) => boolean
  actions: readonly CompiledAction[]
  awards: readonly { actionType: string; actionValue?: string; entityId?: string }[]
  /** It applies only where one of these is so; everywhere, when left out. */
  keys?: readonly string[]
}

/** Parameters by which patterns are found, the most selective first. */
const INDEXED = ['promotionCode', 'customer', 'agreement', 'productOffering', 'productSpecification', 'category', 'segment', 'place', 'market', 'channel'] as const
const NUMBERS = ['quantity', 'termMonths', 'cartTotal', 'cartQuantity'] as const
const OTHERS = ['existingProduct', 'currency', 'condition'] as const
const CHARACTERISTIC = 'characteristic.'
const OPERATORS = ['=', '<>', '>', '<', '>=', '<='] as const
const CHARGE_TYPES = ['oneTime', 'recurring', 'deposit'] as const

export const keyOf = (parameter: string, value: string): string => `${parameter}=${value}`

type Match = CompiledPattern['matches']

const isOneOf = <T extends string>(values: readonly T[], value: string): value is T => (values as readonly string[]).includes(value)

const compared = (operator: string, a: Exact, b: Exact): boolean => {
  const order = a.comparedTo(b)
  switch (operator) {
    case '=': return order === 0
    case '<>': return order !== 0
    case '>': return order > 0
    case '<': return order < 0
    case '>=': return order >= 0
    default: return order <= 0
  }
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/

const textOf = (parameter: string, value: string): ((c: Circumstances, item: RuledItem) => boolean) => {
  switch (parameter) {
    case 'promotionCode': return c => c.promotionCode.has(value)
    case 'customer': return c => c.customerId === value
    case 'agreement': return c => c.agreement.has(value)
    case 'segment': return c => c.segment.has(value)
    case 'place': return c => c.place.has(value) || c.country === value
    case 'market': return c => c.market === value
    case 'channel': return c => c.channel === value
    case 'currency': return c => c.currency === value
    case 'existingProduct': return c => c.product.some(one => one.offeringId === value || one.specificationId === value)
    case 'productOffering': return (_, item) => item.offeringId === value
    case 'productSpecification': return (_, item) => item.specificationId === value
    default: return (_, item) => item.category.includes(value)
  }
}

const compileCriterion = ({ criteriaParameter: parameter, criteriaOperator: operator, criteriaValue: value }: CriterionDoc): Match => {
  if (parameter === 'condition') {
    const holds = conditionOf(value)
    return (c, item, cart) => holds(c, item, cart)
  }
  if (isOneOf(NUMBERS, parameter)) {
    const bound = exact(value)
    switch (parameter) {
      case 'quantity': return (_, item) => compared(operator, item.quantity, bound)
      case 'termMonths': return (_, item) => compared(operator, exact((item.term && monthsOf(item.term)) ?? 0), bound)
      case 'cartQuantity': return (_c, _i, cart) => compared(operator, exact(cart.quantity), bound)
      case 'cartTotal': return (_c, _i, _cart, total) => compared(operator, total, bound)
    }
  }
  if (parameter.startsWith(CHARACTERISTIC)) {
    const name = parameter.slice(CHARACTERISTIC.length)
    return (_, item) => {
      const chosen = item.characteristic[name]
      if (operator === '=' || operator === '<>') return valueMatches({ value }, chosen) === (operator === '=')
      const number = typeof chosen === 'number' || typeof chosen === 'string' ? String(chosen) : ''
      return DECIMAL.test(number) && compared(operator, exact(number), exact(value))
    }
  }
  const holds = textOf(parameter, value)
  return operator === '=' ? (c, item) => holds(c, item) : (c, item) => !holds(c, item)
}

const isOr = (relationship: string | undefined): boolean => /^(or|\|\|?)$/i.test(relationship ?? 'and')
const joined = (tests: readonly Match[], or: boolean): Match => (or ? (...given) => tests.some(one => one(...given)) : (...given) => tests.every(one => one(...given)))

interface Keys {
  keys: string[]
  rank: number
}

const keyOfCriterion = (one: CriterionDoc): Keys | undefined => {
  const rank = (INDEXED as readonly string[]).indexOf(one.criteriaParameter)
  return one.criteriaOperator === '=' && rank >= 0 ? { keys: [keyOf(one.criteriaParameter, one.criteriaValue)], rank } : undefined
}

/** Of several that must all be so the most selective is enough; of several of which one must be so all are needed. */
const combinedKeys = (parts: readonly (Keys | undefined)[], or: boolean): Keys | undefined => {
  const known = parts.filter(one => one !== undefined)
  if (!or) return known.sort((a, b) => a.rank - b.rank || a.keys.length - b.keys.length)[0]
  return known.length === parts.length && known.length > 0 ? { keys: known.flatMap(one => one.keys), rank: Math.max(...known.map(one => one.rank)) } : undefined
}

const VALUE = /^(\d+(?:\.\d+)?)\s*(%|[A-Z]{3})?$/

/** `10`, `10 %` or `5.00 EUR`. */
const valueOf = (text: string | undefined): Pick<CompiledAction, 'percentage' | 'share' | 'amount'> | undefined => {
  const [, number, unit] = VALUE.exec((text ?? '').trim()) ?? []
  if (number === undefined) return undefined
  return unit === undefined || unit === '%' ? { percentage: exact(number), share: exact(number).dividedBy(100) } : { amount: { value: exact(number), currency: unit } }
}

type Kind = 'award' | 'discount' | 'reduction'
export const promotionKind = (type: string | undefined): Kind | undefined => {
  const plain = (type ?? 'Discount').toLowerCase().replace(/^\d+\s*:\s*/, '')
  return isOneOf(['award', 'discount', 'reduction'] as const, plain) ? plain : undefined
}

/** What is wrong with a promotion beyond its form: criteria and actions that the engine could not compute with. */
export const promotionFaults = (doc: PromotionDoc): Fault[] => {
  const kind = promotionKind(doc.promotionType)
  const faults: Fault[] = kind === undefined ? [fault('promotionType', 'must be Award, Discount or Reduction', doc.promotionType)] : []
  const period = (path: string, of: Period | undefined): void => {
    const { from, until } = spanOf(of)
    if (until <= from) faults.push(fault(`${path}.endDateTime`, 'must be after startDateTime', of?.endDateTime))
  }
  period('validFor', doc.validFor)
  if (doc.budget !== undefined && (doc.budget.value === undefined || !isCurrency(doc.budget.unit ?? ''))) faults.push(fault('budget', 'must have a value and a unit that is a currency', doc.budget))
  for (const [p, pattern] of (doc.pattern ?? []).entries()) {
    period(`pattern[${p}].validFor`, pattern.validFor)
    for (const [g, group] of pattern.criteriaGroup.entries()) {
      for (const [n, one] of group.criteria.entries()) {
        const path = `pattern[${p}].criteriaGroup[${g}].criteria[${n}]`
        const { criteriaParameter: parameter, criteriaOperator: operator, criteriaValue: value } = one
        const isNumber = isOneOf(NUMBERS, parameter)
        const isText = isOneOf(INDEXED, parameter) || isOneOf(OTHERS, parameter)
        if (!isNumber && !isText && !parameter.startsWith(CHARACTERISTIC)) faults.push(fault(`${path}.criteriaParameter`, `must be one of ${[...INDEXED, ...NUMBERS, ...OTHERS].join(', ')} or ${CHARACTERISTIC}<name>`, parameter))
        if (!isOneOf(OPERATORS, operator)) faults.push(fault(`${path}.criteriaOperator`, `must be one of ${OPERATORS.join(' ')}`, operator))
        else if (isText && !(operator === '=' || (operator === '<>' && parameter !== 'condition'))) faults.push(fault(`${path}.criteriaOperator`, 'must be = or <> for this parameter', operator))
        else if ((isNumber || (!isText && operator !== '=' && operator !== '<>')) && !DECIMAL.test(value)) faults.push(fault(`${path}.criteriaValue`, 'must be a decimal number', value))
        if (parameter === 'condition') faults.push(...conditionFaults(value, `${path}.criteriaValue`))
      }
    }
    for (const [n, action] of pattern.action.entries()) {
      const path = `pattern[${p}].action[${n}]`
      const size = valueOf(action.actionValue)
      if (kind === 'discount' && (size?.percentage === undefined || size.percentage.greaterThan(100))) faults.push(fault(`${path}.actionValue`, 'must be a percentage up to 100, such as 10', action.actionValue))
      if (kind === 'reduction' && (size?.amount === undefined || !isCurrency(size.amount.currency))) faults.push(fault(`${path}.actionValue`, 'must be an amount with its currency, such as 5.00 EUR', action.actionValue))
      if (action.chargeType !== undefined && !isOneOf(CHARGE_TYPES, action.chargeType)) faults.push(fault(`${path}.chargeType`, `must be one of ${CHARGE_TYPES.join(', ')}`, action.chargeType))
    }
  }
  return faults
}

/** The patterns of a promotion that is released; none of one that is not. */
export const compilePromotion = (doc: PromotionDoc, revision: number): CompiledPattern[] => {
  const kind = promotionKind(doc.promotionType)
  if (doc.lifecycleStatus !== 'release' || kind === undefined) return []
  const whole = spanOf(doc.validFor)
  const promotion: CompiledPromotion = {
    id: doc.id,
    revision,
    name: doc.name ?? doc.id,
    exclusive: doc.exclusive === true,
    ...(doc.budget?.value !== undefined && doc.budget.unit !== undefined && { budget: { value: exact(doc.budget.value), currency: doc.budget.unit } }),
    ...(doc.usageLimit !== undefined && { usageLimit: doc.usageLimit }),
    ...(doc.usageLimitPerCustomer !== undefined && { usageLimitPerCustomer: doc.usageLimitPerCustomer }),
    isLimited: doc.budget !== undefined || doc.usageLimit !== undefined || doc.usageLimitPerCustomer !== undefined,
  }
  return (doc.pattern ?? []).map((pattern, index) => {
    const or = isOr(pattern.criteriaGroupLogicalRelationship)
    const groups = pattern.criteriaGroup.map(group => {
      const inside = isOr(group.criteriaLogicalRelationship)
      return { test: joined(group.criteria.map(compileCriterion), inside), keys: combinedKeys(group.criteria.map(keyOfCriterion), inside) }
    })
    const span = spanOf(pattern.validFor)
    // What a target is bought with may be on another line: the pattern is found by any line then, so item keys still find it.
    const keys = combinedKeys(groups.map(one => one.keys), or)?.keys
    const needs = new Set(pattern.criteriaGroup.flatMap(group => group.criteria.flatMap(one => [...needsOf(one.criteriaParameter === 'existingProduct' ? 'product' : one.criteriaParameter, one.criteriaParameter === 'condition' ? one.criteriaValue : '')])))
    return {
      promotion,
      name: pattern.name ?? promotion.name,
      index,
      path: `promotion/${doc.id}/pattern[${index}]`,
      priority: pattern.priority ?? 1000,
      from: Math.max(whole.from, span.from),
      until: Math.min(whole.until, span.until),
      needs,
      matches: joined(groups.map(one => one.test), or),
      actions: kind === 'award' ? [] : pattern.action.flatMap((action): CompiledAction[] => {
        const size = valueOf(action.actionValue)
        const { amount, units } = action.applicationDuration ?? {}
        return size === undefined
          ? []
          : [{ ...size, ...(action.actionEntityRef && { offeringId: action.actionEntityRef.id }), ...(isOneOf(CHARGE_TYPES, action.chargeType ?? '') && { chargeType: action.chargeType as NonNullable<CompiledAction['chargeType']> }), ...(amount !== undefined && { duration: { amount, units: units ?? 'month' } }) }]
      }),
      awards: kind === 'award' ? pattern.action.map(action => ({ actionType: action.actionType, ...(action.actionValue !== undefined && { actionValue: action.actionValue }), ...(action.actionEntityRef && { entityId: action.actionEntityRef.id }) })) : [],
      ...(keys && { keys }),
    }
  })
}

/**
 * A TMF671 promotion as the engine computes with it: each pattern becomes a condition over context, line and cart, actions with an amount, and the
 * keys that it can be found by, so that a pricing meets only promotions that could apply to it. Pure.
 */
import { exact, isCurrency, type Exact } from '../../platform/money.ts'
import { lastingAmount, type Amount } from './amount.ts'
import { fault, type Fault } from '../../platform/errors.ts'
import { spanOf } from './candidate.ts'
import { codeOf, isPeriod } from './circumstances.ts'
import {
  CHARACTERISTIC, combinedKeys, DECIMAL, everyCart, everyItem, INDEXED, isOneOf, isOr, joined, keysOfCriterion, NUMBERS, OPERATORS, OTHERS, testsOf,
  type CartMatch, type CriterionDoc, type Match,
} from './promotion-criteria.ts'
import { conditionFaults, needsOf, type CompiledRule } from './rule.ts'
import type { Term } from './price-request.ts'

interface Period {
  startDateTime?: string
  endDateTime?: string
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
  size: ActionSize
  duration?: Term
}

/** A percentage as text and as a factor (0.1), or an amount. */
export type ActionSize = { percentage: string; share: Amount } | { share?: never; amount: Amount; currency: string }

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
  /** What it asks of the whole purchase: where that is not so, it matches no line. */
  matchesCart: CartMatch
  /** What it asks of a line beside that. */
  matchesItem: Match
  actions: readonly CompiledAction[]
  awards: readonly { actionType: string; actionValue?: string; entityId?: string }[]
  /** It applies only where one of these is so of the whole purchase; everywhere, when left out. */
  cartKeys?: readonly string[]
  /** And only where one of these is so of a line, or of the purchase. */
  itemKeys?: readonly string[]
  /** Codes that it asks for. */
  codes?: readonly string[]
}

const CHARGE_TYPES = ['oneTime', 'recurring', 'deposit'] as const

const VALUE = /^(\d+(?:\.\d+)?)\s*(%|[A-Z]{3})?$/

/** `10`, `10 %` or `5.00 EUR`. */
const valueOf = (text: string | undefined): { percentage: Exact } | { percentage?: never; amount: { value: Exact; currency: string } } | undefined => {
  const [, number, unit] = VALUE.exec((text ?? '').trim()) ?? []
  if (number === undefined) return undefined
  return unit === undefined || unit === '%' ? { percentage: exact(number) } : { amount: { value: exact(number), currency: unit } }
}

const sizeOf = (value: NonNullable<ReturnType<typeof valueOf>>): ActionSize =>
  value.percentage === undefined
    ? { amount: lastingAmount(value.amount.value), currency: value.amount.currency }
    : { percentage: value.percentage.toString(), share: lastingAmount(value.percentage.dividedBy(100)) }

type ChargeType = (typeof CHARGE_TYPES)[number]

/** A charge type that the action type names: `oneTime`, `one time` or `One-time` is what it is on, wherever it is said. */
const chargeTypeIn = (actionType: string): ChargeType | undefined => {
  const plain = actionType.toLowerCase().replaceAll(/[^a-z]/g, '')
  return CHARGE_TYPES.find(one => one.toLowerCase() === plain)
}

/** Which charges an action is on; undefined where it says nothing of that. */
const chargeTypeOf = ({ chargeType, actionType }: { chargeType?: string; actionType: string }): ChargeType | undefined => (isOneOf(CHARGE_TYPES, chargeType ?? '') ? (chargeType as ChargeType) : chargeTypeIn(actionType))

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
  const joins = (path: string, value: string | undefined): void => {
    if (value !== undefined && !/^(and|&&?|or|\|\|?)$/i.test(value)) faults.push(fault(path, 'must be AND or OR', value))
  }
  period('validFor', doc.validFor)
  if (doc.budget !== undefined && (doc.budget.value === undefined || !isCurrency(doc.budget.unit ?? ''))) faults.push(fault('budget', 'must have a value and a unit that is a currency', doc.budget))
  else if ((doc.budget?.value ?? 0) < 0) faults.push(fault('budget.value', 'must not be negative', doc.budget?.value))
  for (const [p, pattern] of (doc.pattern ?? []).entries()) {
    period(`pattern[${p}].validFor`, pattern.validFor)
    joins(`pattern[${p}].criteriaGroupLogicalRelationship`, pattern.criteriaGroupLogicalRelationship)
    for (const [g, group] of pattern.criteriaGroup.entries()) {
      joins(`pattern[${p}].criteriaGroup[${g}].criteriaLogicalRelationship`, group.criteriaLogicalRelationship)
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
      if (kind === 'reduction' && (size === undefined || size.percentage !== undefined || !isCurrency(size.amount.currency))) faults.push(fault(`${path}.actionValue`, 'must be an amount with its currency, such as 5.00 EUR', action.actionValue))
      const lasts = action.applicationDuration
      if (lasts !== undefined && !((lasts.amount ?? 0) > 0 && isPeriod(lasts.units ?? ''))) faults.push(fault(`${path}.applicationDuration`, 'must be more than none of days, weeks, months, quarters or years', lasts))
      if (action.chargeType !== undefined && !isOneOf(CHARGE_TYPES, action.chargeType)) faults.push(fault(`${path}.chargeType`, `must be one of ${CHARGE_TYPES.join(', ')}`, action.chargeType))
      else if (kind !== 'award' && action.chargeType !== undefined && action.chargeType !== (chargeTypeIn(action.actionType) ?? action.chargeType)) faults.push(fault(`${path}.chargeType`, `must not say otherwise than actionType ${action.actionType}`, action.chargeType))
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
    const lineByLine = pattern.criteriaGroup.some(group => group.criteria.some(one => one.criteriaParameter === 'condition'))
    const groups = pattern.criteriaGroup.map(group => {
      const inside = isOr(group.criteriaLogicalRelationship)
      return { tests: joined(group.criteria.map(one => testsOf(one, lineByLine)), inside), keys: combinedKeys(group.criteria.map(keysOfCriterion), inside, lineByLine) }
    })
    const tests = joined(groups.map(one => one.tests), or)
    const span = spanOf(pattern.validFor)
    // What a target is bought with may be on another line: the pattern is found by any line then, so item keys still find it.
    const found = combinedKeys(groups.map(one => one.keys), or, lineByLine)
    const codes = pattern.criteriaGroup.flatMap(group => group.criteria.flatMap(one => (one.criteriaParameter === 'promotionCode' && one.criteriaOperator === '=' ? [codeOf(one.criteriaValue)] : [])))
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
      matchesCart: everyCart(tests.cart),
      matchesItem: everyItem(tests.item),
      actions: kind === 'award' ? [] : pattern.action.flatMap((action): CompiledAction[] => {
        const size = valueOf(action.actionValue)
        const chargeType = chargeTypeOf(action)
        const { amount, units } = action.applicationDuration ?? {}
        return size === undefined
          ? []
          : [{ size: sizeOf(size), ...(action.actionEntityRef && { offeringId: action.actionEntityRef.id }), ...(chargeType && { chargeType }), ...(amount !== undefined && { duration: { amount, units: units ?? 'month' } }) }]
      }),
      awards: kind === 'award' ? pattern.action.map(action => ({ actionType: action.actionType, ...(action.actionValue !== undefined && { actionValue: action.actionValue }), ...(action.actionEntityRef && { entityId: action.actionEntityRef.id }) })) : [],
      ...(found.cart && { cartKeys: found.cart.keys }),
      ...(found.item && { itemKeys: found.item.keys }),
      ...(codes.length > 0 && { codes }),
    }
  })
}

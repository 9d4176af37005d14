/** Hears the rules that are about a case: each aspect from the first that says something of it, refusals all. Pure. */
import { RuleError } from '../../platform/rules/rule-error.ts'
import type { CompiledRule, Effect, Fee, InLifeAction, InLifeRule } from './in-life-rule.ts'

export interface Facts {
  product: { id: string; offering: string; specification: string; category: readonly string[]; status: string; monthsHad: number; termMonths: number; termMonthsLeft: number; inTerm: boolean; openPlans: number; monthly: number }
  option: { action: InLifeAction; offering: string; specification: string; category: readonly string[]; sameSpecification: boolean }
  customer: { id: string }
  channel: string
  now: Date
}

export interface RuleRef {
  id: string
  name: string
}

/** A rule with the aspects that were taken from it. */
export interface HeardRule extends RuleRef {
  said: string[]
}

export interface Verdict {
  takesEffect: Effect
  fee: readonly Fee[]
  feeRule: RuleRef | undefined
  oneTimeCharges: boolean
  device: 'keepPaying' | 'payOff' | 'choice'
  keeps: { discount: boolean; number: boolean; term: boolean; price: boolean }
  newTerm: { amount: number; units: string } | undefined
  refusals: { code: string; message: string; rule: RuleRef }[]
  rule: HeardRule[]
  failedCondition: { rule: RuleRef; message: string }[]
}

const names = (list: InLifeRule['category'], ids: readonly string[]): boolean => list === undefined || list.length === 0 || list.some(one => ids.includes(one.id))

export const refOf = ({ id, doc }: CompiledRule): RuleRef => ({ id, name: doc.name ?? id })

/** Whether a rule is about what the customer has and what is to become of it, before its condition is asked. */
export const isAbout = ({ doc }: CompiledRule, action: InLifeAction, product: Pick<Facts['product'], 'offering' | 'category'>): boolean =>
  (doc.action === undefined || doc.action.includes(action)) && names(doc.productOffering, [product.offering]) && names(doc.category, product.category)

export const hearRules = (rules: readonly CompiledRule[], facts: Facts): Verdict => {
  const failedCondition: Verdict['failedCondition'] = []
  const heard = rules.filter(rule => {
    if (!isAbout(rule, facts.option.action, facts.product)) return false
    if (rule.condition === undefined) return true
    try {
      return rule.condition.evaluate({ ...facts }) === true
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      failedCondition.push({ rule: refOf(rule), message: error.message })
      return false
    }
  })
  const said = new Map<string, HeardRule>()
  const note = (rule: CompiledRule, aspect: string): void => {
    const have = said.get(rule.id)
    if (have) have.said.push(aspect)
    else said.set(rule.id, { ...refOf(rule), said: [aspect] })
  }
  /** The first that says something of it. */
  const taken = <T>(aspect: string, of: (doc: InLifeRule) => T | undefined): { value: T; rule: CompiledRule } | undefined => {
    for (const rule of heard) {
      const value = of(rule.doc)
      if (value === undefined) continue
      note(rule, aspect)
      return { value, rule }
    }
    return undefined
  }
  const { action } = facts.option
  const refusals = heard.flatMap(rule => {
    if (rule.doc.refuse === undefined) return []
    note(rule, 'refuse')
    return [{ code: rule.doc.refuse.code, message: rule.doc.refuse.reason, rule: refOf(rule) }]
  })
  const fee = taken('fee', doc => doc.fee)
  const price = taken('keeps.price', doc => doc.keeps?.price)?.value ?? action === 'move'
  // Only what stays the same offering can keep its price.
  const keepsPrice = price && (action === 'move' || action === 'renew')
  return {
    takesEffect: taken('takesEffect', doc => doc.takesEffect)?.value ?? 'now',
    fee: fee?.value ?? [],
    feeRule: fee && refOf(fee.rule),
    oneTimeCharges: taken('oneTimeCharges', doc => doc.oneTimeCharges)?.value ?? action === 'add',
    device: taken('device', doc => doc.device)?.value ?? 'keepPaying',
    keeps: {
      discount: taken('keeps.discount', doc => doc.keeps?.discount)?.value ?? keepsPrice,
      number: taken('keeps.number', doc => doc.keeps?.number)?.value ?? true,
      term: taken('keeps.term', doc => doc.keeps?.term)?.value ?? action !== 'renew',
      price: keepsPrice,
    },
    newTerm: taken('newTerm', doc => (doc.newTerm?.amount === undefined ? undefined : { amount: doc.newTerm.amount, units: doc.newTerm.units ?? 'month' }))?.value,
    refusals,
    rule: [...said.values()],
    failedCondition,
  }
}

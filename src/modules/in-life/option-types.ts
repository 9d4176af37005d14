/** What an answer of in-life sales is made of: shapes alone. */
import type { MoneyJson } from '../../platform/money.ts'
import type { Adjustment, PriceLine } from '../pricing/index.ts'
import type { HeardRule, RuleRef } from './hear-rules.ts'
import type { InLifeAction } from './in-life-rule.ts'
import type { Monthly } from './present.ts'

/** What may be said with the question. */
export interface Wish {
  place?: Record<string, unknown>
  effectiveDate?: Date
  device?: 'keepPaying' | 'payOff'
  /** Of a bundle that is exchanged: offerings that are chosen of the other one, where it lets choose. */
  choice?: readonly string[]
  /** Of what is added inside a bundle: the part (a product) whose place it takes. */
  replaces?: string
  /** An order of it is being looked at already: only what the rules say is asked. */
  isOrdered?: boolean
  /** Its bundle is being changed by the same order: what rules say of everything was said of that. */
  isPart?: boolean
  /** Why no fee, date or refusal of a rule holds, where somebody who may has said so. */
  waiver?: string
}

export interface Reason {
  code: string
  message: string
  rule?: RuleRef
}

export interface OneTimeCost {
  kind: 'terminationFee' | 'fee' | 'oneTimeCharge' | 'deposit' | 'devicePayOff'
  name: string
  taxExcluded?: MoneyJson
  taxIncluded: MoneyJson
  why: string
  rule?: RuleRef
  /** The part of a bundle that it is for. */
  product?: { id?: string; name: string }
}

export interface Retained {
  what: 'number' | 'discount' | 'term' | 'price' | 'device'
  detail: string
  /** The part of a bundle that it is of. */
  product?: { id?: string; name: string }
}

/** What becomes of a part of a bundle. */
export type Becomes = 'kept' | 'moved' | 'changed' | 'renewed' | 'ended' | 'added'

export interface OptionPart {
  becomes: Becomes
  product?: { id: string; name: string }
  productOffering?: { id: string; name?: string }
  term?: InLifeOption['term']
  monthly: { present?: Monthly; new?: Monthly }
}

/** What an order takes of it: a line of a cart, an item of an order. */
export interface ChangeLine {
  action: 'add' | 'modify' | 'delete' | 'noChange'
  product: Record<string, unknown> & { id?: string }
  productOffering?: { id: string; name?: string }
  itemTerm?: Record<string, unknown>[]
  adjustment: Adjustment[]
  /** Fees that are charged with it. */
  fee: PriceLine[]
  oneTimeCharges: boolean
  /** As the answer prices it. */
  price: PriceLine[]
  /** Of a bundle: what becomes of its parts. */
  parts?: ChangeLine[]
}

export interface InLifeOption {
  id: string
  action: InLifeAction
  name: string
  productOffering?: { id: string; name?: string }
  possible: boolean
  reason: Reason[]
  takesEffect: 'now' | 'endOfBillingPeriod' | 'endOfTerm'
  effectiveDate: string
  term?: { present?: { months: number; end: string; monthsLeft: number }; new?: { months: number; startsAnew: boolean; end?: string } }
  oneTimeCost: OneTimeCost[]
  oneTimeTotal?: MoneyJson
  monthly: { present?: Monthly; new?: Monthly; difference?: MoneyJson }
  itemPrice: PriceLine[]
  /** Of a bundle. */
  part?: OptionPart[]
  kept: Retained[]
  lost: Retained[]
  device: { financingPlan: { id: string; name?: string }; remainder: MoneyJson; becomes: 'keepPaying' | 'payOff'; choice: boolean }[]
  rule: HeardRule[]
  /** What is not asked for, and why. */
  waived?: { reason: string; oneTimeCost: OneTimeCost[]; refusal: Reason[] }
  failedCondition?: { rule: RuleRef; message: string }[]
}

export interface BuiltOption {
  option: InLifeOption
  lines: ChangeLine[]
  /** Plans that the change pays off. */
  payOff: string[]
  /** Fees and refusals that were waived. */
  waived?: { fee: PriceLine[]; refusal: Reason[] }
  /** What it costs a month before discounts: what offers are compared by. */
  listMonthly: number
}

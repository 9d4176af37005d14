/** What a bill cycle says, in numbers: its day, how many months it spans, when payment is due. Pure. */
import { fault, type Fault } from '../../platform/errors.ts'

/** The attributes of a cycle that matter, in an account or in a specification of its own. */
export interface Cycle {
  billingDateShift?: number
  billingPeriod?: string
  frequency?: string
  paymentDueDateOffset?: number
}

/** What it means for an account; what it leaves open is left out. */
export interface CycleTerms {
  /** Day of the month, 1 to 31; clamped to the end of shorter months. */
  day?: number
  /** Months from one bill to the next. */
  months?: number
  paymentDueDays?: number
}

/** Free text in the definition: the words that are in use for a number of months. */
const MONTHS: readonly (readonly [number, readonly string[]])[] = [
  [1, ['month', 'monthly', 'everymonth', 'onemonth']],
  [2, ['bimonthly', 'twomonths', 'twomonthly', 'everytwomonths']],
  [3, ['quarter', 'quarterly', 'threemonths', 'everythreemonths']],
  [6, ['halfyear', 'halfyearly', 'semiannual', 'semiannually', 'biannual', 'biannually', 'sixmonths', 'semester']],
  [12, ['year', 'yearly', 'annual', 'annually', 'twelvemonths']],
]
const MOST_MONTHS = 12

/** How many months a text means; undefined when it means none that bills can be made in. */
export const monthsOf = (text: string): number | undefined => {
  const plain = text.toLowerCase().replaceAll(/[\s_-]/g, '')
  const counted = /^p?(\d{1,2})(m|months?|y|years?)$/.exec(plain)
  const months = counted ? Number(counted[1]) * (counted[2]!.startsWith('y') ? 12 : 1) : MONTHS.find(([, words]) => words.includes(plain))?.[0]
  return months !== undefined && months >= 1 && months <= MOST_MONTHS ? months : undefined
}

/** The definition has the day as an offset: the cycle begins with the month and the bill comes billingDateShift days later. */
export const cycleTerms = (cycle: Cycle | undefined): CycleTerms => {
  const every = cycle?.frequency ?? cycle?.billingPeriod
  const months = every === undefined ? undefined : monthsOf(every)
  return {
    ...(cycle?.billingDateShift !== undefined && { day: cycle.billingDateShift + 1 }),
    ...(months !== undefined && { months }),
    ...(cycle?.paymentDueDateOffset !== undefined && { paymentDueDays: cycle.paymentDueDateOffset }),
  }
}

/** What bills cannot be made by. `at` is the path of the cycle, empty for the whole document. */
export const cycleFaults = (cycle: Cycle | undefined, at: string): Fault[] => {
  if (cycle === undefined) return []
  const faults: Fault[] = []
  const path = (name: string): string => (at === '' ? name : `${at}.${name}`)
  for (const name of ['frequency', 'billingPeriod'] as const) {
    const text = cycle[name]
    if (text !== undefined && monthsOf(text) === undefined) faults.push(fault(path(name), 'must be monthly, bimonthly, quarterly, half-yearly, yearly, or 1 to 12 months (P4M)', text))
  }
  const { billingDateShift: shift, paymentDueDateOffset: due } = cycle
  if (shift !== undefined && (shift < 0 || shift > 30)) faults.push(fault(path('billingDateShift'), 'must be from 0 to 30', shift))
  if (due !== undefined && (due < 0 || due > 365)) faults.push(fault(path('paymentDueDateOffset'), 'must be from 0 to 365', due))
  return faults
}

/** What a change costs once, by the rules: fixed, by the months that are left of the term, or declining with them. Pure. */
import { exact, money, type Money, type MoneyJson } from '../../platform/money.ts'
import type { Fee } from './in-life-rule.ts'
import type { Present } from './present.ts'

export interface FeeCase {
  present: Present
  /** Months that are left of the term when the change takes effect, those begun counted. */
  monthsLeft: number
  /** Of a bundle: what of it is bound for how long. Itself alone when left out. */
  bound?: readonly Bound[]
}

/** What a product costs a month, and the months that it is bound for. */
export interface Bound {
  monthly: Present['monthly']
  monthsLeft: number
}

export interface ComputedFee {
  kind: 'terminationFee' | 'fee'
  name: string
  amount: Money
  taxIncluded: boolean
  taxCategory?: string
  taxRate?: number
  /** How it came about, in words. */
  why: string
}

/** A currency of a fee that is not that of the product. */
export class FeeCurrency extends Error {
  override readonly name = 'FeeCurrency'
}

const amountOf = (fee: Fee, { present, monthsLeft, bound }: FeeCase): { amount: Money; why: string } | undefined => {
  const isTermination = (fee.kind ?? 'terminationFee') === 'terminationFee'
  if (isTermination && monthsLeft === 0) return undefined
  if (fee.method === 'remainingMonths') {
    const all = (bound ?? [{ monthly: present.monthly, monthsLeft }]).flatMap(one => {
      const monthly: MoneyJson | undefined = (fee.taxIncluded ?? present.tax.included) ? one.monthly?.taxIncluded : one.monthly?.taxExcluded
      return monthly === undefined || one.monthsLeft === 0 ? [] : [{ amount: money(monthly.value, monthly.unit).times(one.monthsLeft), why: `${monthly.value} ${monthly.unit} for each of the ${one.monthsLeft} months that are left of the term` }]
    })
    const [first, ...others] = all
    return first && { amount: others.reduce((sum, one) => sum.plus(one.amount), first.amount).percent(fee.percentage ?? 0), why: `${fee.percentage ?? 0} % of ${all.map(one => one.why).join(', and of ')}` }
  }
  const whole = money(fee.amount?.value ?? 0, fee.amount?.unit ?? '')
  if (present.currency !== undefined && whole.currency !== present.currency) throw new FeeCurrency(`a fee is in ${whole.currency}, the product in ${present.currency}`)
  if (fee.method === 'fixed') return { amount: whole, why: 'a fixed amount' }
  const months = present.term?.months
  if (months === undefined || monthsLeft === 0) return undefined
  // Who has renewed before the end may have more months left than a term has.
  const left = Math.min(monthsLeft, months)
  return { amount: whole.times(exact(left)).over(months), why: `${whole.toString()} ${whole.currency}, of which ${left} of ${months} months are left` }
}

/** The fees of a rule for a case, each rounded once; those that come to nothing are left out. */
export const feesOf = (fees: readonly Fee[], of: FeeCase): ComputedFee[] =>
  fees.flatMap(fee => {
    const found = amountOf(fee, of)
    const amount = found?.amount.rounded()
    if (found === undefined || amount === undefined || amount.isZero()) return []
    const { tax } = of.present
    const category = fee.taxCategory ?? tax.category
    const rate = fee.taxRate ?? (fee.taxCategory === undefined || fee.taxCategory === tax.category ? tax.rate : undefined)
    return [
      {
        kind: fee.kind ?? 'terminationFee',
        name: fee.name ?? ((fee.kind ?? 'terminationFee') === 'terminationFee' ? 'Early termination' : 'Fee'),
        amount, taxIncluded: fee.taxIncluded ?? tax.included, ...(category !== undefined && { taxCategory: category }), ...(rate !== undefined && { taxRate: rate }), why: found.why,
      },
    ]
  })

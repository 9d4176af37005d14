/** Tax of an amount: the rate of its category in the jurisdiction, from the rate table, else as the price says. Pure. */
import { Exact } from '../../platform/money.ts'
import { rateFor, type TaxRateRow } from '../tax/index.ts'
import { digits, lastingAmount, NOTHING, plus, minus, rounded, share, type Amount } from './amount.ts'
import type { Candidate } from './candidate.ts'
import type { ComponentTax } from './priced.ts'

export type TaxTable = ReadonlyMap<string, readonly TaxRateRow[]>

const key = (jurisdiction: string, category: string): string => `${jurisdiction}\n${category}`

export const taxTable = (rows: Iterable<TaxRateRow>): TaxTable => {
  const table = new Map<string, TaxRateRow[]>()
  for (const row of rows) {
    const of = key(row.jurisdiction, row.category)
    const list = table.get(of)
    if (list) list.push(row)
    else table.set(of, [row])
  }
  return table
}

/** A deposit is given back and a penalty is damages: no tax, unless their price names one. */
const categoryOf = ({ kind, tax }: Candidate): string => tax[0]?.category ?? (kind === 'deposit' || kind === 'penalty' ? 'outOfScope' : 'standard')

/** As bills have it: the table's rate before the price's own. */
export const taxOf = (candidate: Candidate, table: TaxTable, jurisdiction: string | undefined, at: Date): ComponentTax => {
  const category = categoryOf(candidate)
  const rows = jurisdiction === undefined ? undefined : table.get(key(jurisdiction, category))
  const listed = rows && rateFor({ jurisdiction: jurisdiction!, at, rows }, category)
  const own = candidate.tax[0]?.rate
  return { category, ...(jurisdiction !== undefined && { jurisdiction }), rate: listed ?? own ?? '0', from: listed !== undefined ? 'table' : own !== undefined ? 'price' : 'none' }
}

export interface TaxedAmounts {
  excluded: Amount
  tax: Amount
  included: Amount
}

interface Factors {
  percent: Amount
  /** 100 + percent */
  whole: Amount
}
const factors = new Map<string, Factors>()
const MOST_FACTORS = 1000
const factorsOf = (rate: string): Factors => {
  const known = factors.get(rate)
  if (known) return known
  const made = { percent: lastingAmount(new Exact(rate)), whole: lastingAmount(new Exact(rate).plus(100)) }
  if (factors.size < MOST_FACTORS) factors.set(rate, made)
  return made
}

const HUNDRED = lastingAmount(new Exact(100))

/** Rounded once, to the minor unit, half up: the stated amount first, then the tax; the third follows, so that they always add up. */
export const taxedAmounts = (net: Amount, rate: string, included: boolean, currency: string): TaxedAmounts => {
  const places = digits(currency)
  const stated = rounded(net, places)
  if (rate === '0') return { excluded: stated, tax: NOTHING, included: stated }
  const { percent, whole } = factorsOf(rate)
  if (!included) {
    const tax = share(stated, percent, HUNDRED, places)
    return { excluded: stated, tax, included: plus(stated, tax) }
  }
  const tax = share(stated, percent, whole, places)
  return { excluded: minus(stated, tax), tax, included: stated }
}

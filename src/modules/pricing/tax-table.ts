/** Tax of an amount: the rate of its category in the jurisdiction, from the rate table, else as the price says. Pure. */
import { Exact } from '../../platform/money.ts'
import { rateFor, type TaxRateRow } from '../tax/index.ts'
import { amountText, digits } from './amount.ts'
import type { Candidate } from './candidate.ts'
import type { ComponentTax, PricedComponent } from './priced.ts'

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

/** Rounded once, to the minor unit, half up: the stated amount first, then the tax; the third follows, so that they always add up. */
export const taxedAmounts = (net: Exact, rate: string, included: boolean, currency: string): Pick<PricedComponent, 'taxExcludedAmount' | 'taxAmount' | 'taxIncludedAmount'> => {
  const places = digits(currency)
  const stated = net.toDecimalPlaces(places)
  if (rate === '0') {
    const text = amountText(stated, currency)
    return { taxExcludedAmount: text, taxAmount: amountText(new Exact(0), currency), taxIncludedAmount: text }
  }
  const tax = (included ? stated.times(rate).dividedBy(new Exact(rate).plus(100)) : stated.times(rate).dividedBy(100)).toDecimalPlaces(places)
  const other = included ? stated.minus(tax) : stated.plus(tax)
  const [excluded, whole] = included ? [other, stated] : [stated, other]
  return { taxExcludedAmount: amountText(excluded, currency), taxAmount: amountText(tax, currency), taxIncludedAmount: amountText(whole, currency) }
}

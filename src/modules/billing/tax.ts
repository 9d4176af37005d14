/**
 * Tax on bill lines: rates by category and jurisdiction from the rate table, prices with and without tax. Each rate's tax is rounded
 * once per bill; the lines' shares add up to exactly that.
 */
import { rateFor, type TaxRateRow } from '../tax/index.ts'
import type { ChargeLine } from './charges.ts'
import { Decimal, moneyText, sharesOf } from './proration.ts'

/** Which rates hold for one account at the tax point. */
export interface TaxBasis {
  jurisdiction: string
  /** The tax point: the bill's cut-off. */
  at: Date
  rows: readonly TaxRateRow[]
  /** The account is exempt in this jurisdiction. */
  exempt: boolean
}

export interface TaxedLine extends ChargeLine {
  /** Percent. */
  taxRate: string
  taxExcluded: string
  taxAmount: string
  taxIncluded: string
}

/** Tax of one category and rate on a bill. */
export interface TaxTotal {
  category: string
  rate: string
  taxable: string
  amount: string
}

const rateOf = (line: ChargeLine, basis: TaxBasis): { category: string; rate: string } => {
  if (line.fixedTaxRate !== null) return { category: line.taxCategory, rate: line.fixedTaxRate }
  if (basis.exempt) return { category: 'exempt', rate: '0' }
  return { category: line.taxCategory, rate: new Decimal(rateFor(basis, line.taxCategory) ?? line.frozenTaxRate ?? '0').toFixed() }
}

/** Lines with their tax, in their order, and the totals by category and rate. */
export const taxLines = (lines: readonly ChargeLine[], basis: TaxBasis, currency: string): { lines: TaxedLine[]; totals: TaxTotal[] } => {
  const groups = new Map<string, { category: string; rate: string; inclusive: boolean; at: number[] }>()
  lines.forEach((line, at) => {
    const { category, rate } = rateOf(line, basis)
    const key = `${category}|${rate}|${line.taxInclusive}`
    const group = groups.get(key) ?? { category, rate, inclusive: line.taxInclusive, at: [] }
    group.at.push(at)
    groups.set(key, group)
  })
  const taxed: (TaxedLine | undefined)[] = lines.map(() => undefined)
  const totals = new Map<string, { category: string; rate: string; taxable: Decimal; amount: Decimal }>()
  for (const group of groups.values()) {
    const percent = new Decimal(group.rate).div(100)
    const share = group.inclusive ? percent.div(percent.plus(1)) : percent
    let running = new Decimal(0)
    const members = group.at.map(at => lines[at]).filter((line): line is ChargeLine => line !== undefined)
    const taxes = sharesOf(
      members.map(line => {
        running = running.plus(line.amount)
        return running.times(share)
      }),
      currency,
    )
    const total = totals.get(`${group.category}|${group.rate}`) ?? { ...group, taxable: new Decimal(0), amount: new Decimal(0) }
    members.forEach((line, index) => {
      const tax = taxes[index] ?? new Decimal(0)
      const excluded = group.inclusive ? new Decimal(line.amount).minus(tax) : new Decimal(line.amount)
      total.taxable = total.taxable.plus(excluded)
      total.amount = total.amount.plus(tax)
      const at = group.at[index]
      if (at === undefined) return
      taxed[at] = {
        ...line,
        taxCategory: group.category,
        taxRate: group.rate,
        taxExcluded: moneyText(excluded, currency),
        taxAmount: moneyText(tax, currency),
        taxIncluded: moneyText(excluded.plus(tax), currency),
      }
    })
    totals.set(`${group.category}|${group.rate}`, total)
  }
  return {
    lines: taxed.filter((line): line is TaxedLine => line !== undefined),
    totals: [...totals.values()]
      .map(({ category, rate, taxable, amount }) => ({ category, rate, taxable: moneyText(taxable, currency), amount: moneyText(amount, currency) }))
      .sort((a, b) => a.category.localeCompare(b.category, 'en') || new Decimal(a.rate).cmp(b.rate)),
  }
}

/** Which rate of the table holds. Pure. */

/** A row of the rate table. Percent, as text. */
export interface TaxRateRow {
  category: string
  jurisdiction: string
  rate: string
  /** Instants; the end does not belong to it. */
  from: Date | undefined
  until: Date | undefined
}

/** The rate of a category at a time: the row that began last among those that hold, undefined when there is none. */
export const rateFor = (basis: { jurisdiction: string; at: Date; rows: readonly TaxRateRow[] }, category: string): string | undefined =>
  basis.rows
    .filter(row => row.category === category && row.jurisdiction === basis.jurisdiction)
    .filter(row => (row.from === undefined || row.from <= basis.at) && (row.until === undefined || row.until > basis.at))
    .sort((a, b) => (b.from?.getTime() ?? -Infinity) - (a.from?.getTime() ?? -Infinity))[0]?.rate

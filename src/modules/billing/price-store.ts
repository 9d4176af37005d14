/** Statements on the prices of products and on what is charged of them. */
import type { Sql } from '../../platform/database/sql.ts'
import { addDays, localDate, type LocalDate } from '../../platform/calendar.ts'
import type { Alteration, Charged, PriceSchedule } from './charges.ts'
import type { PriceTerms } from './product-prices.ts'

/** A price that runs, as far as a change of its product has to know it. */
export interface RunningPrice {
  id: string
  price_key: string
  terms_hash: string
  kind: 'oneTime' | 'recurring'
  account_id: string
}

/** Prices of a product that have no end, and the one-time ones that it ever had. */
export const readRunningPrices = (sql: Sql, brand: string, productId: string): Promise<RunningPrice[]> =>
  sql.query<RunningPrice>(
    { name: 'billing-price-running', text: `select id, price_key, terms_hash, kind, account_id from billing_price where brand = $1 and product_id = $2 and ended_at is null` },
    [brand, productId],
  )

/** Prices of a product whose keys begin so, ended ones too. */
export const readPricesByKey = (sql: Sql, brand: string, productId: string, prefix: string): Promise<{ id: string; price_key: string; started_at: Date; ended_at: Date | null }[]> =>
  sql.query({ name: 'billing-price-by-key', text: 'select id, price_key, started_at, ended_at from billing_price where brand = $1 and product_id = $2 and starts_with(price_key, $3)' }, [brand, productId, prefix])

/** Where a price stands when it begins. */
export interface PriceStart {
  id: string
  productId: string
  productName: string
  accountId: string
  startedAt: Date
}

export const insertPrice = async (sql: Sql, brand: string, start: PriceStart, terms: PriceTerms): Promise<void> => {
  await sql.query(
    {
      name: 'billing-price-insert',
      // Terms that end and come back at one instant are the same price: it goes on.
      text: `insert into billing_price (brand, id, product_id, account_id, product_name, price_key, terms_hash, name, kind, timing, amount, currency, quantity, tax_category, tax_inclusive, tax_rate, period_unit, period_count, alterations, started_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19::jsonb, $20)
        on conflict (brand, id) do update set ended_at = null`,
    },
    [
      brand, start.id, start.productId, start.accountId, start.productName, terms.key, terms.hash, terms.name, terms.kind, terms.timing, terms.amount, terms.currency,
      terms.quantity, terms.taxCategory, terms.taxInclusive, terms.taxRate, terms.periodUnit, terms.periodCount, JSON.stringify(terms.alterations), start.startedAt,
    ],
  )
}

/** Ends a price; one that begins later ends as it begins. */
export const endPrice = async (sql: Sql, brand: string, id: string, at: Date): Promise<void> => {
  await sql.query({ name: 'billing-price-end', text: 'update billing_price set ended_at = greatest(started_at, $3::timestamptz) where brand = $1 and id = $2' }, [brand, id, at])
}

interface PriceRow {
  id: string
  product_id: string
  product_name: string
  name: string
  kind: PriceSchedule['kind']
  timing: PriceSchedule['timing']
  amount: string
  currency: string
  quantity: string
  tax_category: string
  tax_inclusive: boolean
  tax_rate: string | null
  period_unit: PriceSchedule['periodUnit']
  period_count: number
  alterations: Alteration[]
  started_at: Date
  ended_at: Date | null
  charged_through: LocalDate | null
}

/** 20.000000 of a numeric column is 20. */
const plain = (numeric: string): string => (numeric.includes('.') ? numeric.replace(/\.?0+$/, '') : numeric)

const scheduleOf = (row: PriceRow, zone: string): PriceSchedule => ({
  id: row.id,
  productId: row.product_id,
  productName: row.product_name,
  name: row.name,
  kind: row.kind,
  timing: row.timing,
  amount: plain(row.amount),
  currency: row.currency,
  quantity: plain(row.quantity),
  taxCategory: row.tax_category,
  taxInclusive: row.tax_inclusive,
  taxRate: row.tax_rate === null ? null : plain(row.tax_rate),
  periodUnit: row.period_unit,
  periodCount: row.period_count,
  startedOn: localDate(row.started_at, zone),
  endedOn: row.ended_at === null ? null : localDate(row.ended_at, zone),
  chargedThrough: row.charged_through,
  alterations: row.alterations,
})

/** The prices of an account that may owe something on a bill: starts and ends after the cut-off are not known to it. */
export const readSchedules = async (sql: Sql, brand: string, accountId: string, zone: string, cutOff: Date): Promise<PriceSchedule[]> => {
  const rows = await sql.query<PriceRow>(
    {
      name: 'billing-price-schedules',
      text: `select id, product_id, product_name, name, kind, timing, amount, currency, quantity, tax_category, tax_inclusive, tax_rate, period_unit, period_count, alterations, started_at,
          case when ended_at <= $3 then ended_at end as ended_at, charged_through
        from billing_price
        where brand = $1 and account_id = $2 and started_at <= $3
          and case when kind = 'oneTime' then charged_through is null or ended_at is not null and charged_through >= (started_at at time zone $4)::date
              else ended_at is null or ended_at > $3 or charged_through is null or charged_through <> (ended_at at time zone $4)::date end`,
    },
    [brand, accountId, cutOff, zone],
  )
  return rows.map(row => scheduleOf(row, zone))
}

interface ChargedRow {
  price_id: string
  component: number
  cycle_start: LocalDate
  cycle_end: LocalDate
  charge_start: LocalDate
  period_end: LocalDate
  amount: string
  tax_category: string
  tax_rate: string
  tax_inclusive: boolean
}

/** What is on the books of ended prices that were charged beyond their end, earlier repairs taken off. */
export const readCharged = async (sql: Sql, brand: string, prices: readonly PriceSchedule[]): Promise<Charged[]> => {
  const overcharged = prices.filter(price => price.endedOn !== null && price.chargedThrough !== null && (price.kind === 'oneTime' || price.chargedThrough > price.endedOn))
  if (overcharged.length === 0) return []
  const rows = await sql.query<ChargedRow>(
    {
      name: 'billing-charged',
      text: `select l.price_id, l.component, l.charge_start,
          min(l.cycle_start) filter (where kind <> 'repair') as cycle_start, min(l.cycle_end) filter (where kind <> 'repair') as cycle_end,
          least(min(l.period_end) filter (where kind <> 'repair'), min(l.period_start) filter (where kind = 'repair')) as period_end,
          sum(l.amount) as amount, min(l.tax_category) as tax_category, min(l.tax_rate) as tax_rate, bool_or(l.tax_inclusive) as tax_inclusive
        from bill_line l join unnest($2::text[], $3::date[]) as ended (price_id, ended_on) on l.price_id = ended.price_id
        where l.brand = $1
        group by l.price_id, l.component, l.charge_start, ended.ended_on
        having max(l.period_end) > ended.ended_on
        order by l.price_id, l.charge_start, l.component`,
    },
    [brand, overcharged.map(price => price.id), overcharged.map(price => (price.kind === 'oneTime' ? addDays(price.startedOn, -1) : price.endedOn))],
  )
  return rows.map(row => ({
    priceId: row.price_id,
    component: row.component,
    cycleStart: row.cycle_start,
    cycleEnd: row.cycle_end,
    periodStart: row.charge_start,
    periodEnd: row.period_end,
    amount: row.amount,
    taxCategory: row.tax_category,
    taxRate: plain(row.tax_rate),
    taxInclusive: row.tax_inclusive,
  }))
}

/** Records how far prices are charged. */
export const recordChargedThrough = async (sql: Sql, brand: string, charged: readonly { priceId: string; date: LocalDate }[]): Promise<void> => {
  if (charged.length === 0) return
  await sql.query(
    {
      name: 'billing-charged-through',
      text: `update billing_price p set charged_through = c.date from unnest($2::text[], $3::date[]) as c (id, date) where p.brand = $1 and p.id = c.id`,
    },
    [brand, charged.map(one => one.priceId), charged.map(one => one.date)],
  )
}

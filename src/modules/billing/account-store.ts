/** Statements on what billing keeps about accounts: cycle, credit, and which account is a party's default. */
import type { Sql } from '../../platform/database/sql.ts'
import type { BilledAccount } from './bill.ts'
import type { LocalDate } from '../../platform/calendar.ts'

/** An account as billing keeps it. */
export interface AccountState extends BilledAccount {
  taxJurisdiction: string
  /** TMF666 taxExemption of the account. */
  taxExemption: readonly { issuingJurisdiction?: string; validFor?: { startDateTime?: string; endDateTime?: string } }[]
  closed: boolean
  /** The billing cycle specification that it follows. */
  cycleSpecification: string | null
}

export interface AccountRow {
  account_id: string
  name: string
  currency: string
  time_zone: string
  tax_jurisdiction: string
  cycle_day: number
  cycle_months: number
  cycle_specification: string | null
  next_cycle_date: LocalDate
  last_cycle_date: LocalDate
  payment_due_days: number
  credit_balance: string
  related_party: Record<string, unknown>[]
  tax_exemption: AccountState['taxExemption']
  closed: boolean
}

export const ACCOUNT_COLUMNS =
  'account_id, name, currency, time_zone, tax_jurisdiction, cycle_day, cycle_months, cycle_specification, next_cycle_date, last_cycle_date, payment_due_days, credit_balance, related_party, tax_exemption, closed'

export const accountOf = (row: AccountRow): AccountState => ({
  id: row.account_id,
  name: row.name,
  currency: row.currency,
  timeZone: row.time_zone,
  taxJurisdiction: row.tax_jurisdiction,
  cycleDay: row.cycle_day,
  cycleMonths: row.cycle_months,
  cycleSpecification: row.cycle_specification,
  nextCycleDate: row.next_cycle_date,
  lastCycleDate: row.last_cycle_date,
  paymentDueDays: row.payment_due_days,
  creditBalance: row.credit_balance,
  relatedParty: row.related_party,
  taxExemption: row.tax_exemption,
  closed: row.closed,
})

/** One account, its row locked when something is going to be written by what it says. */
export const readAccount = async (sql: Sql, brand: string, accountId: string, lock = false): Promise<AccountState | undefined> => {
  const rows = await sql.query<AccountRow>(
    { name: lock ? 'billing-account-lock' : 'billing-account-read', text: `select ${ACCOUNT_COLUMNS} from billing_account_state where brand = $1 and account_id = $2${lock ? ' for update' : ''}` },
    [brand, accountId],
  )
  return rows[0] && accountOf(rows[0])
}

/** Keeps an account from now on; what is there already stays. */
export const insertAccount = async (sql: Sql, brand: string, account: AccountState): Promise<void> => {
  await sql.query(
    {
      name: 'billing-account-insert',
      text: `insert into billing_account_state (brand, account_id, name, currency, time_zone, tax_jurisdiction, cycle_day, next_cycle_date, last_cycle_date, payment_due_days, credit_balance, related_party, tax_exemption, closed,
          cycle_months, cycle_specification)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14, $15, $16) on conflict do nothing`,
    },
    [
      brand, account.id, account.name, account.currency, account.timeZone, account.taxJurisdiction, account.cycleDay, account.nextCycleDate,
      account.lastCycleDate, account.paymentDueDays, account.creditBalance, JSON.stringify(account.relatedParty), JSON.stringify(account.taxExemption), account.closed,
      account.cycleMonths, account.cycleSpecification,
    ],
  )
}

/** What follows from a changed account document. The cycle day takes effect with `nextCycleDate`. */
export const updateAccount = async (sql: Sql, brand: string, account: AccountState): Promise<void> => {
  await sql.query(
    `update billing_account_state set name = $3, time_zone = $4, tax_jurisdiction = $5, cycle_day = $6, next_cycle_date = $7, payment_due_days = $8,
       related_party = $9::jsonb, tax_exemption = $10::jsonb, closed = $11, cycle_months = $12, cycle_specification = $13 where brand = $1 and account_id = $2`,
    [
      brand, account.id, account.name, account.timeZone, account.taxJurisdiction, account.cycleDay, account.nextCycleDate,
      account.paymentDueDays, JSON.stringify(account.relatedParty), JSON.stringify(account.taxExemption), account.closed,
      account.cycleMonths, account.cycleSpecification,
    ],
  )
}

/** Accounts that stand at the same dates of the same cycle. */
export interface CycleGroup {
  cycleDay: number
  cycleMonths: number
  lastCycleDate: LocalDate
  nextCycleDate: LocalDate
}

/** Where the accounts of a specification stand that do not have its terms yet. */
export const cyclesBehind = (sql: Sql, brand: string, specificationId: string, terms: { day: number | null; months: number; paymentDueDays: number }): Promise<CycleGroup[]> =>
  sql.query<CycleGroup>(
    `select distinct cycle_day as "cycleDay", cycle_months as "cycleMonths", last_cycle_date as "lastCycleDate", next_cycle_date as "nextCycleDate" from billing_account_state
     where brand = $1 and cycle_specification = $2 and (cycle_day <> coalesce($3, cycle_day) or cycle_months <> $4 or payment_due_days <> $5) order by 3, 4, 1, 2`,
    [brand, specificationId, terms.day, terms.months, terms.paymentDueDays],
  )

/** Gives the accounts of each group the new cycle and its date. */
export const moveCycles = async (sql: Sql, brand: string, specificationId: string, terms: { months: number; paymentDueDays: number }, moves: readonly (CycleGroup & { to: { cycleDay: number; nextCycleDate: LocalDate } })[]): Promise<void> => {
  const column = <T>(pick: (move: (typeof moves)[number]) => T): T[] => moves.map(pick)
  await sql.query(
    `update billing_account_state a set cycle_day = m.to_day, cycle_months = $3, payment_due_days = $4, next_cycle_date = m.to_date
     from unnest($5::int[], $6::int[], $7::date[], $8::date[], $9::int[], $10::date[]) as m (day, months, last_date, next_date, to_day, to_date)
     where a.brand = $1 and a.cycle_specification = $2 and a.cycle_day = m.day and a.cycle_months = m.months and a.last_cycle_date = m.last_date and a.next_cycle_date = m.next_date`,
    [
      brand, specificationId, terms.months, terms.paymentDueDays, column(move => move.cycleDay), column(move => move.cycleMonths), column(move => move.lastCycleDate),
      column(move => move.nextCycleDate), column(move => move.to.cycleDay), column(move => move.to.nextCycleDate),
    ],
  )
}

/** Forgets an account without books; one with books is kept by the references of its bills. */
export const deleteAccount = async (sql: Sql, brand: string, accountId: string): Promise<void> => {
  await sql.query('delete from billing_default_account where brand = $1 and account_id = $2', [brand, accountId])
  await sql.query('delete from billing_account_state where brand = $1 and account_id = $2', [brand, accountId])
}

/** The default account of a party in a currency. */
export const readDefaultAccount = async (sql: Sql, brand: string, partyId: string, currency?: string): Promise<string | undefined> => {
  const rows = await sql.query<{ account_id: string }>(
    'select account_id from billing_default_account where brand = $1 and party_id = $2 and ($3::text is null or currency = $3) order by currency limit 1',
    [brand, partyId, currency ?? null],
  )
  return rows[0]?.account_id
}

/**
 * Makes an account the default one unless the party has one: answers the one it has, and whether it is new. Two at once wait for
 * each other on the key.
 */
export const claimDefaultAccount = async (sql: Sql, brand: string, partyId: string, currency: string, accountId: string): Promise<{ accountId: string; isNew: boolean }> => {
  const inserted = await sql.query(
    { name: 'billing-default-claim', text: 'insert into billing_default_account (brand, party_id, currency, account_id) values ($1, $2, $3, $4) on conflict do nothing returning account_id' },
    [brand, partyId, currency, accountId],
  )
  if (inserted.length > 0) return { accountId, isNew: true }
  return { accountId: (await readDefaultAccount(sql, brand, partyId, currency)) ?? accountId, isNew: false }
}

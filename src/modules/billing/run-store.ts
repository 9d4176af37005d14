/** Statements on bill runs: the plan of accounts, claims by row lock, and where each account stands. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { BillDraft, Billed } from './bill.ts'
import type { LocalDate } from '../../platform/calendar.ts'

export type RunState = 'drafting' | 'issuing' | 'done'

export interface RunRow {
  id: string
  cycle_date: LocalDate
  sequence: number
  state: RunState
  through: LocalDate
  requested_by: string
  planned_at: Date
  done_at: Date | null
}

const COLUMNS = 'id, cycle_date, sequence, state, through, requested_by, planned_at, done_at'

/** No zone reaches a date earlier: with its date the index finds the few accounts that may be due, without asking each for its zone. */
const EARLIEST_ZONE = 'Pacific/Kiritimati'

/** One planner at a time in a brand: two would plan the same accounts. */
export const lockPlanning = async (tx: Transaction, brand: string): Promise<void> => {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`billing plan ${brand}`])
}

/** Brands with an account that is due, or with a run that is not done. */
export const brandsWithWork = async (sql: Sql, now: Date): Promise<string[]> => {
  const rows = await sql.query<{ brand: string }>(
    {
      name: 'billing-run-brands',
      text: `select brand from bill_run where state <> 'done'
        union
        select brand from billing_account_state a
        where not closed and next_cycle_date <= ($1::timestamptz at time zone '${EARLIEST_ZONE}')::date and next_cycle_date <= ($1::timestamptz at time zone time_zone)::date
          and not exists (select 1 from bill_run_account e where e.brand = a.brand and e.account_id = a.account_id and e.cycle_date = a.next_cycle_date)
        order by brand`,
    },
    [now],
  )
  return rows.map(row => row.brand)
}

export const readRun = async (sql: Sql, brand: string, id: string, lock = false): Promise<RunRow | undefined> =>
  (await sql.query<RunRow>(`select ${COLUMNS} from bill_run where brand = $1 and id = $2${lock ? ' for update' : ''}`, [brand, id]))[0]

export const listRuns = (sql: Sql, brand: string, limit: number, offset: number): Promise<RunRow[]> =>
  sql.query<RunRow>(`select ${COLUMNS} from bill_run where brand = $1 order by cycle_date desc, sequence desc limit $2 offset $3`, [brand, limit, offset])

/** The run of a brand that is not done: there is at most one. */
export const unfinishedRun = async (sql: Sql, brand: string): Promise<RunRow | undefined> =>
  (await sql.query<RunRow>(`select ${COLUMNS} from bill_run where brand = $1 and state <> 'done' order by cycle_date, sequence limit 1`, [brand]))[0]

/** Accounts whose next cycle has begun where they are, unless billing them failed before: earliest date first. */
export const dueDates = (sql: Sql, brand: string, now: Date, through: LocalDate): Promise<{ cycle_date: LocalDate; accounts: number }[]> =>
  sql.query<{ cycle_date: LocalDate; accounts: number }>(
    `select next_cycle_date as cycle_date, count(*)::int as accounts from billing_account_state a
     where brand = $1 and not closed and next_cycle_date <= least($3, ($2::timestamptz at time zone '${EARLIEST_ZONE}')::date)
       and next_cycle_date <= ($2::timestamptz at time zone time_zone)::date
       and not exists (select 1 from bill_run_account e where e.brand = a.brand and e.account_id = a.account_id and e.cycle_date = a.next_cycle_date)
     group by next_cycle_date order by next_cycle_date`,
    [brand, now, through],
  )

/** Plans a run over every account that is due on the date. */
export const insertRun = async (tx: Transaction, brand: string, run: Omit<RunRow, 'done_at' | 'state' | 'sequence'> & { sequence: number }): Promise<void> => {
  await tx.query(
    `insert into bill_run (brand, id, cycle_date, sequence, state, through, requested_by, planned_at) values ($1, $2, $3, $4, 'drafting', $5, $6, $7)`,
    [brand, run.id, run.cycle_date, run.sequence, run.through, run.requested_by, run.planned_at],
  )
  await tx.query(
    `insert into bill_run_account (brand, run_id, account_id, cycle_date)
     select brand, $2, account_id, next_cycle_date from billing_account_state a
     where brand = $1 and not closed and next_cycle_date = $3 and next_cycle_date <= ($4::timestamptz at time zone time_zone)::date
       and not exists (select 1 from bill_run_account e where e.brand = a.brand and e.account_id = a.account_id and e.cycle_date = a.next_cycle_date)`,
    [brand, run.id, run.cycle_date, run.planned_at],
  )
}

export const nextSequence = async (tx: Transaction, brand: string, cycleDate: LocalDate): Promise<number> =>
  (await tx.query<{ next: number }>('select coalesce(max(sequence), 0)::int + 1 as next from bill_run where brand = $1 and cycle_date = $2', [brand, cycleDate]))[0]?.next ?? 1

export interface ClaimedAccount {
  account_id: string
  cycle_date: LocalDate
  draft: string | null
  charged_through: string | null
  number: string | null
}

/** Claims accounts in a state. The claim is the row lock: it ends with the transaction, also when the process dies. */
export const claimAccounts = (tx: Transaction, brand: string, runId: string, state: 'planned' | 'drafted', limit: number): Promise<ClaimedAccount[]> =>
  tx.query<ClaimedAccount>(
    {
      name: 'billing-run-claim',
      text: `select account_id, cycle_date, draft, charged_through, number from bill_run_account
        where brand = $1 and run_id = $2 and state = $3 order by account_id collate "C" limit $4 for update skip locked`,
    },
    [brand, runId, state, limit],
  )

export const saveDraft = async (tx: Transaction, brand: string, runId: string, accountId: string, billed: { draft: BillDraft | undefined; chargedThrough: Billed['chargedThrough'] }): Promise<void> => {
  await tx.query(
    {
      name: 'billing-run-draft',
      text: `update bill_run_account set state = 'drafted', draft = $4::json, charged_through = $5::json, error = null where brand = $1 and run_id = $2 and account_id = $3`,
    },
    [brand, runId, accountId, billed.draft ? JSON.stringify(billed.draft) : null, JSON.stringify(billed.chargedThrough)],
  )
}

/** The account is through with this cycle. The draft is not kept: the books have it. */
export const finishAccount = async (tx: Transaction, brand: string, runId: string, accountId: string, billId: string | null): Promise<void> => {
  await tx.query(
    {
      name: 'billing-run-finish',
      text: `update bill_run_account set state = 'done', bill_id = $4, draft = null, charged_through = null where brand = $1 and run_id = $2 and account_id = $3`,
    },
    [brand, runId, accountId, billId],
  )
}

/** Puts an account aside: the run goes on without it, an operator tries it again. */
export const failAccount = async (sql: Sql, brand: string, runId: string, accountId: string, error: string): Promise<void> => {
  await sql.query(
    `update bill_run_account set state = 'failed', attempts = attempts + 1, error = $4 where brand = $1 and run_id = $2 and account_id = $3 and state in ('planned', 'drafted')`,
    [brand, runId, accountId, error.replaceAll('\0', '').slice(0, 2000)],
  )
}

/** Accounts that were put aside are drafted again; a number that one has stays its own. Answers how many. */
export const retryFailed = async (tx: Transaction, brand: string, runId: string): Promise<number> => {
  const rows = await tx.query(
    `update bill_run_account set state = 'planned', draft = null, charged_through = null where brand = $1 and run_id = $2 and state = 'failed' returning account_id`,
    [brand, runId],
  )
  if (rows.length > 0) await tx.query(`update bill_run set state = 'drafting', done_at = null where brand = $1 and id = $2`, [brand, runId])
  return rows.length
}

/** How many accounts of a run are in each state. */
export const countAccounts = async (sql: Sql, brand: string, runId: string): Promise<Record<'planned' | 'drafted' | 'done' | 'failed', number>> => {
  const rows = await sql.query<{ state: 'planned' | 'drafted' | 'done' | 'failed'; count: number }>(
    { name: 'billing-run-count', text: 'select state, count(*)::int as count from bill_run_account where brand = $1 and run_id = $2 group by state' },
    [brand, runId],
  )
  const counts = { planned: 0, drafted: 0, done: 0, failed: 0 }
  for (const { state, count } of rows) counts[state] = count
  return counts
}

/** How many drafts wait for a number. */
export const countUnnumbered = async (tx: Transaction, brand: string, runId: string): Promise<number> =>
  (await tx.query<{ count: number }>(`select count(*)::int as count from bill_run_account where brand = $1 and run_id = $2 and state = 'drafted' and draft is not null and number is null`, [brand, runId]))[0]?.count ?? 0

/** Gives the drafts their numbers in the order of their accounts, the same on every machine. */
export const numberDrafts = async (tx: Transaction, brand: string, runId: string, after: bigint): Promise<void> => {
  await tx.query(
    `update bill_run_account e set number = $3::bigint + o.position
     from (select account_id, row_number() over (order by account_id collate "C") as position from bill_run_account
           where brand = $1 and run_id = $2 and state = 'drafted' and draft is not null and number is null) o
     where e.brand = $1 and e.run_id = $2 and e.account_id = o.account_id`,
    [brand, runId, after.toString()],
  )
}

export const setRunState = async (tx: Transaction, brand: string, id: string, state: RunState, doneAt: Date | null): Promise<void> => {
  await tx.query('update bill_run set state = $3, done_at = $4 where brand = $1 and id = $2', [brand, id, state, doneAt])
}

/** Whether a run is at work on the account: nothing else may bill it until the run is through with it. */
export const isInRun = async (sql: Sql, brand: string, accountId: string): Promise<boolean> =>
  (await sql.query(`select 1 from bill_run_account where brand = $1 and account_id = $2 and state in ('planned', 'drafted') limit 1`, [brand, accountId])).length > 0

export interface RunTotals {
  currency: string
  bills: number
  tax_excluded: string
  tax_amount: string
  tax_included: string
  amount_due: string
}

/** Sums of the bills that a run has issued. */
export const runTotals = (sql: Sql, brand: string, runId: string): Promise<RunTotals[]> =>
  sql.query<RunTotals>(
    `select currency, count(*)::int as bills, sum(tax_excluded) as tax_excluded, sum(tax_amount) as tax_amount, sum(tax_included) as tax_included, sum(amount_due) as amount_due
     from bill where brand = $1 and run_id = $2 group by currency order by currency`,
    [brand, runId],
  )

/** Accounts of a run that were put aside, and why. */
export const failedAccounts = (sql: Sql, brand: string, runId: string, limit: number): Promise<{ account_id: string; error: string | null }[]> =>
  sql.query<{ account_id: string; error: string | null }>(
    `select account_id, error from bill_run_account where brand = $1 and run_id = $2 and state = 'failed' order by account_id limit $3`,
    [brand, runId, limit],
  )

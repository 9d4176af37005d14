/**
 * A bill run: plan the accounts of a cycle date, draft each bill, number the drafts in the order of the accounts, issue them.
 * Any number of processes work on a run at once and any of them may die: rows say what is left, row locks who has it.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { readAccount } from './account-store.ts'
import { cycleCutOff, type BillDraft, type Billed } from './bill.ts'
import { takeNumbers } from './bill-store.ts'
import { brandBilling, type BrandBilling } from './billing-setting.ts'
import { nextCycleDate, type LocalDate } from '../../platform/calendar.ts'
import { derivedId } from './derived-id.ts'
import { computeBill, identify, issueBill, readTaxRates } from './issue.ts'
import { recordChargedThrough } from './price-store.ts'
import {
  brandsWithWork,
  claimAccounts,
  countAccounts,
  countUnnumbered,
  dueDates,
  failAccount,
  finishAccount,
  insertRun,
  lockPlanning,
  nextSequence,
  numberDrafts,
  readRun,
  saveDraft,
  setRunState,
  unfinishedRun,
  type ClaimedAccount,
  type RunRow,
} from './run-store.ts'
import type { TaxRateRow } from '../tax/index.ts'

/** Accounts in one transaction: few enough to be done in a moment, enough that commits do not cost more than the bills. */
const BATCH = 20

const END_OF_TIME: LocalDate = '9999-12-31'

/**
 * The run to work on: the one that is not done, else a new one over the earliest date that is due. Dates are billed in order, because
 * the next one is planned only after this one is done. undefined when nothing is due.
 */
export const planRun = (deps: Services, brand: string, request: { through: LocalDate; requestedBy: string }): Promise<RunRow | undefined> =>
  deps.database.transaction(async tx => {
    await lockPlanning(tx, brand)
    const open = await unfinishedRun(tx, brand)
    if (open) return open
    const now = deps.clock.now()
    const [due] = await dueDates(tx, brand, now, request.through)
    if (!due) return undefined
    const sequence = await nextSequence(tx, brand, due.cycle_date)
    const id = derivedId(new Date(`${due.cycle_date}T00:00:00Z`), 'run', brand, due.cycle_date, String(sequence))
    await insertRun(tx, brand, { id, cycle_date: due.cycle_date, sequence, through: request.through, requested_by: request.requestedBy, planned_at: now })
    return await readRun(tx, brand, id)
  })

interface RunWork {
  deps: Services
  context: Context
  run: RunRow
  rates: readonly TaxRateRow[]
  brand: BrandBilling
}

const draftAccount = async (work: RunWork, tx: Transaction, entry: ClaimedAccount): Promise<void> => {
  const { context, run } = work
  // The account's lock comes first: a bill on demand that was quicker is on the books when this goes on.
  const account = await readAccount(tx, context.brand, entry.account_id, true)
  if (!account) throw new Error(`account ${entry.account_id} is not kept any more`)
  const billed = await computeBill(tx, context.brand, account, { billDate: entry.cycle_date, cutOff: cycleCutOff(account, entry.cycle_date), runType: 'onCycle' }, work.rates)
  await saveDraft(tx, context.brand, run.id, account.id, billed)
}

const issueAccount = async (work: RunWork, tx: Transaction, entry: ClaimedAccount): Promise<void> => {
  const { deps, context, run } = work
  const account = await readAccount(tx, context.brand, entry.account_id, true)
  if (!account) throw new Error(`account ${entry.account_id} is not kept any more`)
  const chargedThrough = JSON.parse(entry.charged_through ?? '[]') as Billed['chargedThrough']
  let billId: string | null = null
  if (entry.draft !== null && entry.number !== null) {
    const number = BigInt(entry.number)
    const bill = identify(context.brand, JSON.parse(entry.draft) as BillDraft, number, work.brand.billNumberPrefix, entry.cycle_date)
    await issueBill(deps, context, tx, bill, { number, cycleDate: entry.cycle_date, runId: run.id }, chargedThrough)
    billId = bill.id
  } else {
    await recordChargedThrough(tx, context.brand, chargedThrough)
  }
  await tx.query(
    { name: 'billing-account-cycle', text: 'update billing_account_state set last_cycle_date = $3, next_cycle_date = $4 where brand = $1 and account_id = $2' },
    [context.brand, account.id, entry.cycle_date, nextCycleDate(entry.cycle_date, account.cycleDay, account.cycleMonths)],
  )
  await finishAccount(tx, context.brand, run.id, account.id, billId)
}

/** A connection, a server or a lock that is gone for the moment says nothing about the account: the job comes again. */
const isTransient = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? /^(08|40|53|55|57)|^E[A-Z]+$/.test(code) : /^(Connection terminated|timeout exceeded)/.test((error as Error).message)
}

/** Works on a batch; when one account of it fails, on its accounts one by one, and puts the failing one aside. Answers how many were taken. */
const workBatch = async (work: RunWork, state: 'planned' | 'drafted', step: (work: RunWork, tx: Transaction, entry: ClaimedAccount) => Promise<void>, size: number): Promise<number> => {
  const { deps, context, run } = work
  let last: string | undefined
  try {
    return await deps.database.transaction(async tx => {
      const entries = await claimAccounts(tx, context.brand, run.id, state, size)
      for (const entry of entries) {
        last = entry.account_id
        await step(work, tx, entry)
      }
      return entries.length
    })
  } catch (error) {
    if (last === undefined || isTransient(error)) throw error
    if (size > 1) {
      let taken = 0
      for (let at = 0; at < size; at++) taken += await workBatch(work, state, step, 1)
      return taken
    }
    deps.log.error({ err: error, account: last, brand: context.brand, run: run.id }, 'an account could not be billed')
    await failAccount(deps.database, context.brand, run.id, last, error instanceof Error ? error.message : String(error))
    return 1
  }
}

/** Once every account is drafted, gives the numbers. `wait`: another process is still drafting. */
const numberRun = (work: RunWork): Promise<'next' | 'wait'> =>
  work.deps.database.transaction(async tx => {
    const { brand } = work.context
    const run = await readRun(tx, brand, work.run.id, true)
    if (run?.state !== 'drafting') return 'next'
    if ((await countAccounts(tx, brand, run.id)).planned > 0) return 'wait'
    const count = await countUnnumbered(tx, brand, run.id)
    if (count > 0) await numberDrafts(tx, brand, run.id, await takeNumbers(tx, brand, count))
    await setRunState(tx, brand, run.id, 'issuing', null)
    return 'next'
  })

/** Once every account is issued, closes the run. `wait`: another process is still issuing. */
const closeRun = (work: RunWork): Promise<'next' | 'wait'> =>
  work.deps.database.transaction(async tx => {
    const { brand } = work.context
    const run = await readRun(tx, brand, work.run.id, true)
    if (run?.state !== 'issuing') return 'next'
    const { planned, drafted } = await countAccounts(tx, brand, run.id)
    if (planned + drafted > 0) return 'wait'
    await setRunState(tx, brand, run.id, 'done', work.deps.clock.now())
    return 'next'
  })

/** Takes a run as far as this process can. `wait` when what is left is in other hands: they go on, or the sweeper does. */
const workRun = async (deps: Services, brand: string, run: RunRow): Promise<'done' | 'wait'> => {
  const context = systemContext(brand, run.id)
  const work: RunWork = { deps, context, run, rates: await readTaxRates(deps, context), brand: await brandBilling(deps, context) }
  if (run.state === 'drafting') {
    while ((await workBatch(work, 'planned', draftAccount, BATCH)) > 0);
    if ((await numberRun(work)) === 'wait') return 'wait'
  }
  while ((await workBatch(work, 'drafted', issueAccount, BATCH)) > 0);
  return (await closeRun(work)) === 'wait' ? 'wait' : 'done'
}

/** Bills everything of a brand that is due, one date after the other. */
export const billDue = async (deps: Services, brand: string, request: { through: LocalDate; requestedBy: string }): Promise<void> => {
  for (;;) {
    const run = await planRun(deps, brand, request)
    if (!run || (await workRun(deps, brand, run)) === 'wait') return
  }
}

/** Bills every brand that has something due; a brand that fails does not hold the others up. */
export const billAllDue = async (deps: Services): Promise<void> => {
  const failures: unknown[] = []
  for (const brand of await brandsWithWork(deps.database, deps.clock.now())) {
    try {
      await billDue(deps, brand, { through: END_OF_TIME, requestedBy: 'schedule' })
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Some brands could not be billed')
}

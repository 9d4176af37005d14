/**
 * What a bill run would bill, computed by the same functions and written nowhere. Cycles that were missed are billed one after the
 * other in memory: each sees what the one before has charged.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { ACCOUNT_COLUMNS, accountOf, type AccountRow, type AccountState } from './account-store.ts'
import { billAccount, cycleCutOff, type BillDraft } from './bill.ts'
import { lastNumber } from './bill-store.ts'
import { brandBilling } from './billing-setting.ts'
import { nextCycleDate, type LocalDate } from '../../platform/calendar.ts'
import type { Charged } from './charges.ts'
import { identify, isExempt, readTaxRates } from './issue.ts'
import type { IssuedBill } from './bill-documents.ts'
import { readCharged, readSchedules } from './price-store.ts'
import type { TaxRateRow } from '../tax/index.ts'
import type { TaxedLine } from './tax.ts'

/** Accounts that a dry run takes at the most. */
const DRY_RUN_ACCOUNTS = 1000

export interface DryRun {
  /** Cycles of accounts that were gone through. */
  cycles: number
  /** In the order of their numbers: by cycle date, then by account. */
  bills: (IssuedBill & { cycleDate: LocalDate })[]
  /** More accounts are due than a dry run takes. */
  truncated: boolean
}

const onTheBooks = (line: TaxedLine): Charged => ({
  priceId: line.priceId,
  component: line.component,
  cycleStart: line.cycleStart,
  cycleEnd: line.cycleEnd,
  periodStart: line.periodStart,
  periodEnd: line.periodEnd,
  amount: line.amount,
  taxCategory: line.taxCategory,
  taxRate: line.taxRate,
  taxInclusive: line.taxInclusive,
})

/** The cycles of one account through a date. */
const cyclesOf = async (tx: Transaction, brand: string, start: AccountState, through: LocalDate, rates: readonly TaxRateRow[]): Promise<{ cycleDate: LocalDate; draft: BillDraft | undefined }[]> => {
  const cycles: { cycleDate: LocalDate; draft: BillDraft | undefined }[] = []
  const chargedThrough = new Map<string, LocalDate>()
  const charged: Charged[] = []
  let account = start
  while (account.nextCycleDate <= through) {
    const cycleDate = account.nextCycleDate
    const cutOff = cycleCutOff(account, cycleDate)
    const stored = await readSchedules(tx, brand, account.id, account.timeZone, cutOff)
    const prices = stored.map(price => ({ ...price, chargedThrough: chargedThrough.get(price.id) ?? price.chargedThrough }))
    const tax = { jurisdiction: account.taxJurisdiction, rows: rates, exempt: isExempt(account, cutOff) }
    const billed = billAccount({ account, billDate: cycleDate, cutOff, runType: 'onCycle', prices, charged: [...(await readCharged(tx, brand, prices)), ...charged], tax })
    for (const { priceId, date } of billed.chargedThrough) chargedThrough.set(priceId, date)
    charged.push(...(billed.draft?.lines ?? []).filter(line => line.kind !== 'repair').map(onTheBooks))
    cycles.push({ cycleDate, draft: billed.draft })
    account = {
      ...account,
      lastCycleDate: cycleDate,
      nextCycleDate: nextCycleDate(cycleDate, account.cycleDay, account.cycleMonths),
      creditBalance: billed.draft?.creditBalanceAfter ?? account.creditBalance,
    }
  }
  return cycles
}

/** Everything that is or will be due through a date, as bills with the numbers and ids that they would get. */
export const dryRun = async (deps: Services, context: Context, through: LocalDate): Promise<DryRun> => {
  const rates = await readTaxRates(deps, context)
  const { billNumberPrefix } = await brandBilling(deps, context)
  return await deps.database.transaction(async tx => {
    await tx.query('set transaction isolation level repeatable read, read only')
    const rows = await tx.query<AccountRow>(
      `select ${ACCOUNT_COLUMNS} from billing_account_state where brand = $1 and not closed and next_cycle_date <= $2 order by account_id collate "C" limit $3`,
      [context.brand, through, DRY_RUN_ACCOUNTS + 1],
    )
    const found: { cycleDate: LocalDate; draft: BillDraft }[] = []
    let cycles = 0
    for (const row of rows.slice(0, DRY_RUN_ACCOUNTS)) {
      for (const { cycleDate, draft } of await cyclesOf(tx, context.brand, accountOf(row), through, rates)) {
        cycles += 1
        if (draft) found.push({ cycleDate, draft })
      }
    }
    // Sorting is stable: within a date the accounts stay in their order.
    found.sort((a, b) => (a.cycleDate < b.cycleDate ? -1 : a.cycleDate > b.cycleDate ? 1 : 0))
    let number = await lastNumber(tx, context.brand)
    const bills = found.map(({ cycleDate, draft }) => ({ ...identify(context.brand, draft, (number += 1n), billNumberPrefix, cycleDate), cycleDate }))
    return { cycles, bills, truncated: rows.length > DRY_RUN_ACCOUNTS }
  })
}

/**
 * Makes bills: reads what an account owes at a cut-off, and issues a draft, which is one transaction over the books, the ledger, the
 * account and the TMF documents. The caller holds the account's row lock.
 */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { appliedCustomerBillingRate } from './applied-customer-billing-rate.ts'
import type { AccountState } from './account-store.ts'
import { balanceAccount } from './balance.ts'
import { billAccount, type BillDraft, type Billed } from './bill.ts'
import { billIdOf, billingRateDoc, billNoOf, customerBillDoc, lineIdOf, type IssuedBill } from './bill-documents.ts'
import { insertBill, postLedger, type BillOrigin } from './bill-store.ts'
import type { LocalDate } from '../../platform/calendar.ts'
import { customerBill } from './customer-bill.ts'
import { derivedId } from './derived-id.ts'
import { entriesOf } from './ledger.ts'
import { readCharged, readSchedules, recordChargedThrough } from './price-store.ts'
import { taxRate, taxRateRow, type TaxRateRow } from '../tax/index.ts'

/** The rate table of a brand. */
export const readTaxRates = async (deps: Services, context: Context, tx?: Transaction): Promise<TaxRateRow[]> =>
  (await deps.store.find(context, taxRate, { limit: 10_000 }, tx ? { tx } : {})).map(taxRateRow)

/** Whether the account is exempt from tax in its jurisdiction at the tax point. */
export const isExempt = (account: AccountState, at: Date): boolean =>
  account.taxExemption.some(({ issuingJurisdiction, validFor }) => {
    const from = validFor?.startDateTime
    const until = validFor?.endDateTime
    return issuingJurisdiction === account.taxJurisdiction && (from === undefined || new Date(from) <= at) && (until === undefined || new Date(until) > at)
  })

/** What an account owes on a bill. */
export const computeBill = async (
  sql: Sql,
  brand: string,
  account: AccountState,
  bill: { billDate: LocalDate; cutOff: Date; runType: BillDraft['runType'] },
  rates: readonly TaxRateRow[],
): Promise<Billed> => {
  const prices = await readSchedules(sql, brand, account.id, account.timeZone, bill.cutOff)
  const charged = await readCharged(sql, brand, prices)
  return billAccount({ ...bill, account, prices, charged, tax: { jurisdiction: account.taxJurisdiction, rows: rates, exempt: isExempt(account, bill.cutOff) } })
}

/** A draft with its number and id. `occasion` is what the bill is for: the cycle date, or the task that asked for it. */
export const identify = (brand: string, draft: BillDraft, number: bigint, prefix: string, occasion: string): IssuedBill => ({
  id: billIdOf(brand, draft, occasion),
  billNo: billNoOf(prefix, number),
  draft,
})

/** Writes a bill and everything that follows from it. */
export const issueBill = async (deps: Services, context: Context, tx: Transaction, bill: IssuedBill, origin: BillOrigin, chargedThrough: Billed['chargedThrough']): Promise<void> => {
  const { brand } = context
  const { draft } = bill
  await insertBill(tx, brand, bill, origin)
  await postLedger(tx, brand, {
    id: derivedId(new Date(draft.cutOff), 'ledger', bill.id),
    billId: bill.id,
    businessDate: draft.billDate,
    at: draft.cutOff,
    currency: draft.currency,
    entries: entriesOf(draft),
  })
  await recordChargedThrough(tx, brand, chargedThrough)
  await tx.query(
    { name: 'billing-account-credit', text: 'update billing_account_state set credit_balance = credit_balance - $3 + $4 where brand = $1 and account_id = $2' },
    [brand, draft.accountId, draft.creditApplied, draft.creditCreated],
  )
  await deps.store.create(context, customerBill, customerBillDoc(bill), { tx, id: bill.id })
  for (const [index, line] of draft.lines.entries()) await deps.store.create(context, appliedCustomerBillingRate, billingRateDoc(bill, line), { tx, id: lineIdOf(bill, index + 1) })
  await balanceAccount(deps, context, tx, draft.accountId)
}

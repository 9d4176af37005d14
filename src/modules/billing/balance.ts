/** What is open on an account's bills and what it has in hand, written into its TMF666 document with each bill and each payment. */
import type { Transaction } from '../../platform/database/sql.ts'
import { jsonNumber } from '../../platform/money.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { billingAccount } from '../account/index.ts'
import { readAccount } from './account-store.ts'
import { readOpenAmount } from './bill-store.ts'
import { Decimal } from './proration.ts'

/**
 * Brings accountBalance and paymentStatus of a billing account to what the books say. Belongs into every transaction that makes a bill or
 * changes what is open on one. The account's row is locked, so that of two such transactions the later one counts both.
 */
export const balanceAccount = async (deps: Pick<Services, 'clock' | 'store'>, context: Context, tx: Transaction, accountId: string): Promise<void> => {
  const account = await readAccount(tx, context.brand, accountId, true)
  if (!account) return
  const open = await readOpenAmount(tx, context.brand, accountId)
  const startDateTime = deps.clock.now().toISOString()
  const balance = (balanceType: string, value: string) => ({ balanceType, amount: { unit: account.currency, value: jsonNumber(value) }, validFor: { startDateTime } })
  const accountBalance = [balance('receivable', open), balance('credit', account.creditBalance)]
  const paymentStatus = new Decimal(open).isZero() ? 'settled' : 'open'
  await deps.store.update(
    context,
    billingAccount,
    accountId,
    doc => {
      const isSame =
        doc.paymentStatus === paymentStatus &&
        doc.accountBalance?.length === accountBalance.length &&
        accountBalance.every((one, index) => doc.accountBalance?.[index]?.balanceType === one.balanceType && doc.accountBalance[index].amount.value === one.amount.value)
      return isSame ? doc : { ...doc, accountBalance, paymentStatus }
    },
    { tx },
  )
}

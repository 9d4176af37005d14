/**
 * Keeps the balances of financial accounts: the sums of those of their billing accounts. Follows the events of billing accounts; which
 * group each was in last is kept, so that one that moves is taken out of the group it leaves.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import { jsonNumber } from '../../platform/money.ts'
import type { Context } from '../../platform/principal.ts'
import type { ResourceEvent } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import type { BillingAccount } from './billing-account.ts'
import { financialAccount } from './financial-account.ts'
import { clearGroup, groupOf, lockGroup, setGroup, sumsOf } from './financial-balance-store.ts'

interface Work {
  tx: Transaction
  context: Context
  deps: Services
}

const sumUp = async ({ tx, context, deps }: Work, id: string): Promise<void> => {
  // Locked before anything is summed: of two who sum at once the later one sees what the earlier one saw, and more.
  if (!(await lockGroup(tx, context.brand, id))) return
  const sums = await sumsOf(tx, context.brand, id)
  const startDateTime = deps.clock.now().toISOString()
  await deps.store.update(
    context,
    financialAccount,
    id,
    doc => {
      const before = new Map((doc.accountBalance ?? []).map(balance => [`${balance.balanceType} ${balance.amount.unit}`, balance]))
      const isSame = sums.length === before.size && sums.every(sum => before.get(`${sum.type} ${sum.unit}`)?.amount.value === jsonNumber(sum.value))
      if (isSame) return doc
      return { ...doc, accountBalance: sums.map(({ type, unit, value }) => ({ balanceType: type, amount: { unit, value: jsonNumber(value) }, validFor: { startDateTime } })) }
    },
    { tx },
  )
}

export const sumFinancialAccount = async (event: ResourceEvent<BillingAccount>, work: Work): Promise<void> => {
  const { tx, context } = work
  const before = await groupOf(tx, context.brand, event.resourceId)
  const now = event.eventType === 'BillingAccountDeleteEvent' ? undefined : event.doc.financialAccount?.id
  if (before === undefined && now === undefined) return
  if (now === undefined) await clearGroup(tx, context.brand, event.resourceId)
  else if (now !== before) await setGroup(tx, context.brand, event.resourceId, now)
  // In one order everywhere: two accounts that change places must not wait for each other.
  for (const id of [...new Set([before, now])].filter(one => one !== undefined).sort()) await sumUp(work, id)
}

/** Makes the bill that a customerBillOnDemand asks for: what the account owes at this instant, between its cycles. */
import type { Static } from 'typebox'
import type { ResourceEvent } from '../../tmf/module.ts'
import { readAccount, readDefaultAccount } from './account-store.ts'
import type { AccountWork } from './accounts.ts'
import { takeNumbers } from './bill-store.ts'
import { brandBilling } from './billing-setting.ts'
import { localDate } from '../../platform/calendar.ts'
import type { CustomerBillOnDemand } from './customer-bill-on-demand.schema.ts'
import { customerBillOnDemand } from './customer-bill-on-demand.ts'
import { computeBill, identify, issueBill, readTaxRates } from './issue.ts'
import { isInRun } from './run-store.ts'

type Task = Static<typeof CustomerBillOnDemand>

/** Raised while a bill run has the account: the reaction is tried again a moment later. */
class AccountInRun extends Error {
  constructor(accountId: string) {
    super(`a bill run is at work on account ${accountId}`)
    this.name = 'AccountInRun'
  }
}

const accountIdOf = async ({ tx, context }: AccountWork, task: Task): Promise<string | undefined> =>
  task.billingAccount?.id ?? (task.relatedParty && (await readDefaultAccount(tx, context.brand, task.relatedParty.id)))

export const billOnDemand = async (event: ResourceEvent<Task>, work: AccountWork): Promise<void> => {
  const { tx, context, deps } = work
  const finish = async (change: Partial<Task>): Promise<void> => {
    await deps.store.update(context, customerBillOnDemand, event.resourceId, doc => (doc.state === 'inProgress' ? { ...doc, ...change } : doc), { tx })
  }
  const reject = (why: string) => finish({ state: 'rejected', description: event.doc.description === undefined ? why : `${event.doc.description} (${why})` })
  if (event.doc.state !== 'inProgress') return
  // The definition requires neither, so a task that names nobody is a task that is rejected.
  if (event.doc.billingAccount === undefined && event.doc.relatedParty === undefined) return await reject('neither billingAccount nor relatedParty says whose bill it is')
  const accountId = await accountIdOf(work, event.doc)
  const account = accountId === undefined ? undefined : await readAccount(tx, context.brand, accountId, true)
  if (!account) return await reject('nothing to bill: no product is billed on this account')
  if (await isInRun(tx, context.brand, account.id)) throw new AccountInRun(account.id)
  const now = deps.clock.now()
  const billed = await computeBill(tx, context.brand, account, { billDate: localDate(now, account.timeZone), cutOff: now, runType: 'offCycle' }, await readTaxRates(deps, context, tx))
  if (!billed.draft) return await reject('nothing to bill: everything up to now is on earlier bills')
  const { billNumberPrefix } = await brandBilling(deps, context, tx)
  const number = (await takeNumbers(tx, context.brand, 1)) + 1n
  const bill = identify(context.brand, billed.draft, number, billNumberPrefix, event.resourceId)
  await issueBill(deps, context, tx, bill, { number, cycleDate: null, runId: null }, billed.chargedThrough)
  await finish({
    state: 'done',
    billingAccount: { ...event.doc.billingAccount, id: account.id, href: `/tmf-api/accountManagement/v4/billingAccount/${encodeURIComponent(account.id)}`, name: account.name },
    customerBill: { id: bill.id, href: `/tmf-api/customerBillManagement/v4/customerBill/${encodeURIComponent(bill.id)}`, '@referredType': 'CustomerBill' },
  })
}

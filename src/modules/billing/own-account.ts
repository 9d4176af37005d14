/** The account that a party has opened itself, or had opened: what it buys is billed there, and no other account is made beside it. */
import { billingAccount, payerOf } from '../account/index.ts'
import { customer } from '../customer/index.ts'
import type { AccountWork } from './accounts.ts'
import { readAccount } from './account-store.ts'

/** Ids that who pays goes by, and the accounts that its customer record names: the person, and the customers that it is. */
const standingOf = async ({ tx, context, deps }: AccountWork, partyId: string): Promise<{ ids: string[]; named: string[] }> => {
  const known = await deps.store.get(context, customer, partyId, { tx })
  const person = known?.doc.engagedParty?.id ?? partyId
  const customers = [...(known ? [known] : []), ...(await deps.store.find(context, customer, { where: [{ path: 'engagedParty.id', value: person }], limit: 100 }, { tx }))]
  return { ids: [...new Set([partyId, person, ...customers.map(one => one.id)])], named: customers.flatMap(one => one.doc.account?.flatMap(account => account.id ?? []) ?? []) }
}

/**
 * The active account in this currency that a party pays for. Of several it is the one that the customer record names first, else the one that
 * was opened first: which one it is may not hang on which was changed last.
 */
export const ownAccount = async (work: AccountWork, partyId: string, currency: string): Promise<string | undefined> => {
  const { tx, context, deps } = work
  const { ids, named } = await standingOf(work, partyId)
  const found = await deps.store.find(context, billingAccount, { where: [{ path: 'relatedParty.id', value: ids }, { path: 'state', value: 'active' }], limit: 1000 }, { tx })
  const rank = (id: string): number => (named.includes(id) ? named.indexOf(id) : named.length)
  const own = found.filter(one => ids.includes(payerOf(one.doc.relatedParty)?.id ?? '')).sort((a, b) => rank(a.id) - rank(b.id) || a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1))
  for (const { id, doc } of own) {
    // One without a currency has that of what is billed on it first.
    if ((doc.currency ?? (await readAccount(tx, context.brand, id))?.currency ?? currency) === currency) return id
  }
  return undefined
}

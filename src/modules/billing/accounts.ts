/**
 * Which account a product is billed on: the one it names, else the default account of who pays: its own, or one that is made on first need.
 * Everything happens in the caller's transaction.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { billingAccount, cycleOf, namedCycle, payerOf, type BillingAccount, type CycleTerms } from '../account/index.ts'
import { claimDefaultAccount, insertAccount, readAccount, readDefaultAccount, updateAccount, type AccountState } from './account-store.ts'
import { brandBilling, type BrandBilling } from './billing-setting.ts'
import { dayOfMonth, localDate, nextCycleDate } from '../../platform/calendar.ts'
import { derivedId } from './derived-id.ts'
import { ownAccount } from './own-account.ts'
import type { BilledProductDoc, PriceTerms } from './product-prices.ts'

/** What is needed to find or make an account. */
export interface AccountWork {
  tx: Transaction
  context: Context
  deps: Services
}

/** Parties of an account as its bills name them. */
const partiesOf = (doc: Partial<BillingAccount>): Record<string, unknown>[] =>
  (doc.relatedParty ?? []).map(({ id, href, name, role, '@referredType': referredType }) => ({ id, ...(href === undefined ? {} : { href }), name, ...(role === undefined ? {} : { role }), '@referredType': referredType }))

const stateOf = (id: string, doc: Partial<BillingAccount>, cycle: CycleTerms, brand: BrandBilling, currency: string, since: Date): AccountState => {
  const timeZone = doc.timeZone ?? brand.timeZone
  const began = localDate(since, timeZone)
  const cycleDay = cycle.day ?? brand.billCycleDay ?? dayOfMonth(began)
  const cycleMonths = cycle.months ?? 1
  return {
    id,
    name: doc.name ?? id,
    currency: doc.currency ?? currency,
    timeZone,
    taxJurisdiction: doc.taxJurisdiction ?? brand.taxJurisdiction,
    cycleDay,
    cycleMonths,
    cycleSpecification: namedCycle(doc) ?? null,
    nextCycleDate: nextCycleDate(began, cycleDay, cycleMonths),
    lastCycleDate: began,
    paymentDueDays: cycle.paymentDueDays ?? brand.paymentDueDays,
    creditBalance: '0',
    relatedParty: partiesOf(doc),
    taxExemption: doc.taxExemption ?? [],
    closed: doc.state === 'closed',
  }
}

/** The account with this id as billing keeps it, from now on if it did not; undefined when there is none. */
const ensureAccount = async ({ tx, context, deps }: AccountWork, id: string, currency: string, since: Date): Promise<AccountState | undefined> => {
  const known = await readAccount(tx, context.brand, id)
  if (known) return known
  const stored = await deps.store.get(context, billingAccount, id, { tx })
  if (!stored) return undefined
  await insertAccount(tx, context.brand, stateOf(id, stored.doc, await cycleOf(deps, context, stored.doc, tx), await brandBilling(deps, context, tx), currency, since))
  return await readAccount(tx, context.brand, id)
}

/** The default account of a party in a currency: the one it has had so far, else its own, else one that is made. */
const ensureDefaultAccount = async (work: AccountWork, party: NonNullable<BilledProductDoc['relatedParty']>[number], currency: string, since: Date): Promise<AccountState | undefined> => {
  const { tx, context, deps } = work
  const known = await readDefaultAccount(tx, context.brand, party.id, currency)
  if (known !== undefined) return await ensureAccount(work, known, currency, since)
  const own = await ownAccount(work, party.id, currency)
  const { accountId, isNew } = await claimDefaultAccount(tx, context.brand, party.id, currency, own ?? derivedId(since, 'billingAccount', context.brand, party.id, currency))
  if (isNew && own === undefined) {
    const name = party.name ?? party.id
    const { id, href, role, '@referredType': referredType } = party
    const brand = await brandBilling(deps, context, tx)
    await deps.store.create(
      context,
      billingAccount,
      {
        name,
        accountType: 'billing',
        state: 'active',
        relatedParty: [{ id, ...(href === undefined ? {} : { href }), name, role: role ?? 'customer', '@referredType': referredType ?? 'Party' }],
        billCycleDay: brand.billCycleDay ?? dayOfMonth(localDate(since, brand.timeZone)),
        currency,
        timeZone: brand.timeZone,
        ...(brand.taxJurisdiction === '' ? {} : { taxJurisdiction: brand.taxJurisdiction }),
      },
      { tx, id: accountId },
    )
  }
  return await ensureAccount(work, accountId, currency, since)
}

/** The account that a price of a product is billed on, or why there is none. */
export const accountForPrice = async (work: AccountWork, product: BilledProductDoc, terms: PriceTerms, since: Date): Promise<AccountState | { problem: string }> => {
  const { currency, accountId } = terms
  if (accountId !== undefined) {
    const account = await ensureAccount(work, accountId, currency, since)
    if (!account) return { problem: `billing account ${accountId} is not kept here` }
    return account.currency === currency ? account : { problem: `price ${terms.name} is in ${currency}, billing account ${accountId} in ${account.currency}` }
  }
  const payer = payerOf(product.relatedParty)
  if (!payer) return { problem: 'the product names no party that pays' }
  return (await ensureDefaultAccount(work, payer, currency, since)) ?? { problem: `no account could be made for ${payer.id}` }
}

/** What an account that is kept becomes by its document. Cycle and due days are those that are in force after it. */
const changedBy = async ({ tx, context, deps }: AccountWork, known: AccountState, doc: Partial<BillingAccount>): Promise<AccountState> => {
  const cycle = await cycleOf(deps, context, doc, tx)
  const next = stateOf(known.id, doc, cycle, await brandBilling(deps, context, tx), known.currency, deps.clock.now())
  const cycleDay = cycle.day ?? known.cycleDay
  const { cycleMonths } = next
  // A moved cycle takes effect with the next bill: its date is the first new cycle date after the last bill.
  const isSame = cycleDay === known.cycleDay && cycleMonths === known.cycleMonths
  const nextDate = isSame ? known.nextCycleDate : nextCycleDate(known.lastCycleDate, cycleDay, cycleMonths)
  return { ...known, ...next, creditBalance: known.creditBalance, currency: known.currency, cycleDay, nextCycleDate: nextDate, lastCycleDate: known.lastCycleDate }
}

/** Follows a change of the account's document; an account that billing does not keep yet is left alone. */
export const followAccount = async (work: AccountWork, id: string, doc: Partial<BillingAccount>): Promise<void> => {
  const { tx, context } = work
  // Most changes are billing's own, of the balance: they find everything as it is, and must not hold up a bill run by a lock.
  const seen = await readAccount(tx, context.brand, id)
  if (!seen || isDeepStrictEqual(await changedBy(work, seen, doc), seen)) return
  const known = await readAccount(tx, context.brand, id, true)
  if (known) await updateAccount(tx, context.brand, await changedBy(work, known, doc))
}

/** Charges that no product carries, made once for something that another module names: they are on the next bill of whoever pays, with their own tax. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { BillingWork, ChargesOf } from '../account/index.ts'
import { accountForPrice } from './accounts.ts'
import { derivedId } from './derived-id.ts'
import { endPrice, insertPrice, readPricesByKey } from './price-store.ts'
import { onceTerms, type BilledProductDoc } from './product-prices.ts'

const keyOf = (id: string): string => `once:${id}:`

const lock = (tx: Transaction, context: Context, id: string): Promise<unknown> => tx.query({ name: 'billing-charge-once-lock', text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))' }, [`charge ${context.brand} ${id}`])

/** Puts them on the bill, in the caller's transaction. Answers why that cannot be; undefined when they are. */
export const chargeOnce = async (work: BillingWork, { reference, billingAccount, relatedParty = [], charge }: ChargesOf): Promise<string | undefined> => {
  const { tx, context, deps } = work
  await lock(tx, context, reference.id)
  if ((await readPricesByKey(tx, context.brand, reference.id, keyOf(reference.id))).length > 0) return undefined
  const at = deps.clock.now()
  const product = { id: reference.id, name: reference.name, relatedParty } as BilledProductDoc
  for (const [index, { name, amount, taxCategory, taxRate }] of charge.entries()) {
    const terms = onceTerms({ key: `${keyOf(reference.id)}${index + 1}`, name, amount, taxCategory, taxRate, accountId: billingAccount?.id })
    const account = await accountForPrice(work, product, terms, at)
    if ('problem' in account) return account.problem
    await insertPrice(tx, context.brand, { id: derivedId(at, 'price', context.brand, reference.id, terms.key), productId: reference.id, productName: reference.name, accountId: account.id, startedAt: at }, terms)
  }
  return undefined
}

/** Takes them back: what is on a bill already is given back by the next one. */
export const dropCharges = async (tx: Transaction, context: Context, id: string): Promise<void> => {
  await lock(tx, context, id)
  for (const price of await readPricesByKey(tx, context.brand, id, keyOf(id))) if (price.ended_at === null) await endPrice(tx, context.brand, price.id, price.started_at)
}

/** Puts what a checkout could not take onto the bill: the charges that its order has marked as paid, each with its tax, so that they add up to what was due. */
import { exact, jsonNumber, money, type Money } from '../../platform/money.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { billerOf, type OneCharge } from '../account/index.ts'
import { productOrder, type OrderItem, type ProductOrderDocument } from '../ordering/index.ts'
import type { Amount, CheckoutRow } from './checkout-types.ts'

interface PaidLine {
  name?: string
  paid?: unknown
  taxCategory?: string
  price?: { taxRate?: number; dutyFreeAmount?: unknown }
  derivation?: { net?: string; currency?: string; tax?: { rate?: string; category?: string } }
}

interface Financed {
  downPayment?: Amount
  paid?: unknown
  taxRate?: number
  taxCategory?: string
}

const chargesOfItem = (item: OrderItem): OneCharge[] => {
  const { financing } = item as { financing?: Financed }
  const charges = ((item.itemPrice ?? []) as PaidLine[]).flatMap(line => {
    const { net, currency, tax } = line.derivation ?? {}
    if (line.paid === undefined || net === undefined || currency === undefined) return []
    const rate = Number(tax?.rate ?? line.price?.taxRate ?? 0)
    const stated = money(net, currency).rounded()
    const gross = line.price?.dutyFreeAmount === undefined ? stated : stated.plus(stated.percent(rate).rounded())
    return gross.isZero() ? [] : [{ name: line.name ?? item.productOffering?.name ?? item.id, amount: gross.toJSON(), taxCategory: line.taxCategory ?? tax?.category ?? 'standard', taxRate: rate }]
  })
  if (financing?.paid !== undefined && financing.downPayment !== undefined && financing.downPayment.value > 0) charges.push({ name: `${item.productOffering?.name ?? item.id}: down payment`, amount: financing.downPayment, taxCategory: financing.taxCategory ?? 'standard', taxRate: financing.taxRate ?? 0 })
  return [...charges, ...(item.productOrderItem ?? []).flatMap(chargesOfItem)]
}

/** What was due, by tax. What no line accounts for, deposits above all, has none. */
export const chargesOf = (order: ProductOrderDocument, due: Amount): OneCharge[] => {
  const charges = (order.productOrderItem ?? []).flatMap(chargesOfItem).filter(one => one.amount.unit === due.unit)
  const rest = charges.reduce<Money>((left, one) => left.plus(money(exact(one.amount.value).negated(), due.unit)), money(due.value, due.unit))
  if (rest.isZero()) return charges
  const name = (order.orderTotalPrice ?? []).some(one => one.priceType === 'deposit') ? 'Deposit' : 'Also due at the checkout'
  return [...charges, { name, amount: { unit: due.unit, value: jsonNumber(rest.amount) }, taxCategory: 'exempt', taxRate: 0 }]
}

const billedElsewhere = async (): Promise<string> => 'bills are made by another system'

/** Writes it, once, in the transaction that says so of the checkout; nothing for an order that was cancelled meanwhile. Answers what has become of the money. */
export const putOnBill = async (deps: Services, context: Context, tx: Transaction, row: CheckoutRow): Promise<'onBill' | 'voided' | 'captureRefused'> => {
  const order = (await deps.store.get(context, productOrder, row.orderId, { tx }))?.doc
  const { due } = row.progress
  if (order === undefined || order.state === 'cancelled' || due === undefined) return 'voided'
  const problem = await (billerOf(deps)?.chargeOnce ?? billedElsewhere)({ tx, context, deps }, { reference: { id: row.orderId, name: 'Due at the checkout' }, billingAccount: order.billingAccount, relatedParty: order.relatedParty as never, charge: chargesOf(order as unknown as ProductOrderDocument, due) })
  if (problem === undefined) return 'onBill'
  deps.log.warn({ checkout: row.id, order: row.orderId, problem }, 'what a checkout could not take cannot be billed')
  return 'captureRefused'
}

/** An order that is cancelled owes nothing: what is on the bill for it goes back. */
export const takeOffBill = async (deps: Services, context: Context, tx: Transaction, row: CheckoutRow): Promise<void> => await billerOf(deps)?.dropCharges(tx, context, row.orderId)

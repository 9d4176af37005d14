/** The fees of a cancelled order on the bill of who pays for it: once, in the transaction that ends the cancellation, unless somebody who may has waived them. */
import { exact, jsonNumber } from '../../platform/money.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { billerOf, type OneCharge } from '../account/index.ts'
import { cancelProductOrder, placeItems, readOrder, type OrderItem } from '../ordering/index.ts'
import type { Undo } from './plan-rows.ts'

interface Work {
  tx: Transaction
  context: Context
  deps: Services
}

/** What has become of the fees. */
export interface FeeOutcome {
  feeState: 'onBill' | 'waived' | 'notBilled'
  /** Why they are on no bill of ours. */
  problem?: string
}

type Fee = NonNullable<Undo['fees']>[number]

/** One charge an item, whatever steps it is for: those are nothing that a customer knows. Taxed like what was ordered; the amount that was announced is what is paid. */
const chargesOf = (fees: readonly Fee[], items: ReadonlyMap<string, OrderItem>): OneCharge[] => {
  const charges = new Map<string, OneCharge>()
  for (const { orderItemId, unit, value } of fees) {
    if (value <= 0) continue
    const item = items.get(orderItemId)
    const taxed = item?.itemPrice?.find(line => line.price?.taxRate !== undefined)
    const category = taxed?.['taxCategory']
    const product = item?.productOffering?.name ?? item?.product?.name
    const before = charges.get(`${orderItemId} ${unit}`)?.amount.value ?? 0
    charges.set(`${orderItemId} ${unit}`, {
      name: product === undefined ? 'Cancellation fee' : `Cancellation fee: ${product}`,
      amount: { unit, value: jsonNumber(exact(before).plus(exact(value))) },
      taxCategory: typeof category === 'string' ? category : 'standard',
      taxRate: taxed?.price?.taxRate ?? 0,
    })
  }
  return [...charges.values()]
}

export const chargeCancellation = async ({ tx, context, deps }: Work, cancellationId: string, orderId: string, fees: NonNullable<Undo['fees']>): Promise<FeeOutcome> => {
  const task = await deps.store.get(context, cancelProductOrder, cancellationId, { tx })
  if (task?.doc.waiver !== undefined) return { feeState: 'waived' }
  const order = await readOrder({ context, deps }, orderId, tx)
  const biller = billerOf(deps)
  if (biller === undefined || order === undefined) return { feeState: 'notBilled', problem: 'bills are made by another system' }
  const items = new Map(placeItems(order.productOrderItem).map(({ item }) => [item.id, item]))
  const problem = await biller.chargeOnce({ tx, context, deps }, {
    reference: { id: cancellationId, name: `Cancellation of order ${orderId}` },
    billingAccount: order.billingAccount ?? [...items.values()].find(item => item.billingAccount !== undefined)?.billingAccount,
    relatedParty: order.relatedParty as never,
    charge: chargesOf(fees, items),
  })
  if (problem === undefined) return { feeState: 'onBill' }
  deps.log.warn({ cancellation: cancellationId, order: orderId, problem }, 'the fee of a cancelled order cannot be billed')
  return { feeState: 'notBilled', problem }
}

/**
 * The life of a plan: agreed with the order, begun when what is financed is there, paid off early, or cancelled with the sale. Its id follows
 * from the order and the item, so that there is one, whoever comes first.
 */
import { v5 } from 'uuid'
import type { Transaction } from '../../platform/database/sql.ts'
import { refuse } from '../../platform/errors.ts'
import { moneyFrom } from '../../platform/money.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { ResourceEvent } from '../../tmf/module.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { billingAccount } from '../account/index.ts'
import { product } from '../inventory/index.ts'
import { isFinal, placeItems, productOrder, type OrderItem, type ProductOrderDocument } from '../ordering/index.ts'
import type { FinancingTerms } from './financing-offer.ts'
import { financingPlan, type FinancingPlan } from './financing-plan.ts'
import { datedFrom, remainderAt, scheduleOf, type Instalment } from './schedule.ts'

/** Any constant: ids of plans follow from order and item. */
const NAMESPACE = '4d3ad2d7-6c0f-4c56-8a39-0f6b90f4be0d'

export const planIdOf = (orderId: string, itemId: string): string => v5(`${orderId} ${itemId}`, NAMESPACE)

interface Work {
  tx: Transaction
  context: Context
  deps: Services
}

interface FinancedItem extends OrderItem {
  financing?: FinancingTerms & { taxCategory?: string; taxRate?: number; paid?: { id: string } }
}

const financingOf = (item: OrderItem): FinancedItem['financing'] => (item as FinancedItem).financing

const planOf = (order: ProductOrderDocument, item: OrderItem, now: Date): Partial<FinancingPlan> => {
  const terms = financingOf(item)!
  const account = item.billingAccount ?? order.billingAccount
  return {
    name: item.product?.name ?? item.productOffering?.name ?? terms.name,
    state: 'agreed',
    financingOffer: { id: terms.id, name: terms.name, '@referredType': 'FinancingOffer' },
    relatedParty: (order.relatedParty ?? []).map(({ id, name, role, '@referredType': referredType }) => ({ id, ...(name !== undefined && { name }), ...(role !== undefined && { role }), '@referredType': referredType ?? 'Party' })),
    ...(account && { billingAccount: { id: account.id } }),
    productOrder: { id: order.id, href: `/tmf-api/productOrderingManagement/v4/productOrder/${order.id}` },
    productOrderItemId: item.id,
    price: terms.price,
    downPayment: terms.downPayment,
    ...(terms.paid && { paid: { id: terms.paid.id, '@referredType': 'GatewayPayment' } }),
    amountFinanced: terms.amountFinanced,
    numberOfInstalments: terms.numberOfInstalments,
    interestRate: terms.interestRate,
    ...(terms.taxCategory !== undefined && { taxCategory: terms.taxCategory }),
    ...(terms.taxRate !== undefined && { taxRate: terms.taxRate }),
    instalment: scheduleOf(moneyFrom(terms.amountFinanced), terms.numberOfInstalments, terms.interestRate),
    agreedDate: now.toISOString(),
  }
}

/** The plan of an order's item, made where there is none yet. */
const ensurePlan = async ({ tx, context, deps }: Work, order: ProductOrderDocument, item: OrderItem): Promise<Stored<FinancingPlan>> => {
  const id = planIdOf(order.id, item.id)
  return (await deps.store.get(context, financingPlan, id, { tx })) ?? (await deps.store.create(context, financingPlan, planOf(order, item, deps.clock.now()), { tx, id }))
}

/** An order that came in agrees on the plans of its items. */
export const agreePlans = async (event: ResourceEvent<ProductOrderDocument>, work: Work): Promise<void> => {
  if (event.doc.state !== 'acknowledged') return
  for (const { item } of placeItems(event.doc.productOrderItem)) if (financingOf(item) !== undefined) await ensurePlan(work, event.doc, item)
}

/** An order that ended without selling leaves no plan behind; one that ended what is paid off pays it off where that was agreed. */
export const followOrder = async (event: ResourceEvent<ProductOrderDocument>, work: Work): Promise<void> => {
  const { doc: order } = event
  if (!isFinal(order.state)) return
  const { tx, context, deps } = work
  for (const { item } of placeItems(order.productOrderItem)) {
    if (item.state === 'completed') for (const planId of (item['payOff'] as { plan: string[] } | undefined)?.plan ?? []) await payOffPlan(work, planId, `agreed with order ${order.id}`)
    if (financingOf(item) === undefined || item.state === 'completed') continue
    const id = planIdOf(order.id, item.id)
    if ((await deps.store.get(context, financingPlan, id, { tx }))?.doc.state === 'agreed') await deps.store.update(context, financingPlan, id, doc => ({ ...doc, state: 'cancelled' as const, endDate: deps.clock.now().toISOString() }), { tx })
  }
}

interface ProductDoc {
  id?: string
  name?: string
  status?: string
  startDate?: string
  billingAccount?: { id: string }
  productPrice?: { financed?: boolean }[]
  productOrderItem?: { productOrderId: string; orderItemId: string; orderItemAction?: string }[]
}

const zoneOf = async ({ tx, context, deps }: Work, accountId: string | undefined): Promise<string> => {
  const found = accountId === undefined ? undefined : await deps.store.get(context, billingAccount, accountId, { tx })
  return found?.doc.timeZone ?? 'UTC'
}

const ref = (id: string, name?: string) => ({ id, href: `/tmf-api/productInventory/v4/product/${id}`, ...(name !== undefined && { name }), '@referredType': 'Product' })

const soldWith = async ({ tx, context, deps }: Work, order: ProductOrderDocument, own: string) => {
  const made = await deps.store.find(context, product, { where: [{ path: 'productOrderItem.productOrderId', value: order.id }], limit: 100 }, { tx })
  const named = placeItems(order.productOrderItem).flatMap(({ item }) => (item.action === 'add' || item.product?.id === undefined ? [] : [ref(item.product.id, item.product.name)]))
  return [...made.map(one => ref(one.id, one.doc.name)), ...named].filter((one, index, all) => one.id !== own && all.findIndex(other => other.id === one.id) === index)
}

const begin = async (work: Work, plan: Stored<FinancingPlan>, order: ProductOrderDocument, device: ProductDoc, id: string): Promise<void> => {
  const { tx, context, deps } = work
  if (plan.doc.state !== 'agreed') return
  const start = device.startDate === undefined ? deps.clock.now() : new Date(device.startDate)
  const account = plan.doc.billingAccount ?? (device.billingAccount && { id: device.billingAccount.id })
  const instalment = datedFrom((plan.doc.instalment ?? []) as Instalment[], start, await zoneOf(work, account?.id))
  const others = await soldWith(work, order, id)
  await deps.store.update(
    context,
    financingPlan,
    plan.id,
    doc => ({ ...doc, state: 'active' as const, product: ref(id, device.name), soldWith: others, instalment, startDate: start.toISOString(), endDate: instalment.at(-1)?.dueDate ?? start.toISOString(), ...(account && { billingAccount: account }) }),
    { tx },
  )
}

/** What is financed is there, or its sale was undone. */
export const followFinancedProduct = async (event: ResourceEvent<ProductDoc>, work: Work): Promise<void> => {
  const { doc: device, resourceId } = event
  if (!(device.productPrice ?? []).some(price => price.financed === true)) return
  const from = device.productOrderItem?.find(one => one.orderItemAction === 'add')
  if (from === undefined) return
  const { tx, context, deps } = work
  const status = device.status?.trim()
  if (status === 'active') {
    const order = await deps.store.get(context, productOrder, from.productOrderId, { tx })
    const item = order && placeItems((order.doc as unknown as ProductOrderDocument).productOrderItem).find(one => one.item.id === from.orderItemId)?.item
    if (order === undefined || item === undefined || financingOf(item) === undefined) return
    const document = order.doc as unknown as ProductOrderDocument
    return await begin(work, await ensurePlan(work, document, item), document, device, resourceId)
  }
  if (status !== 'aborted' && status !== 'cancelled') return
  const id = planIdOf(from.productOrderId, from.orderItemId)
  const plan = await deps.store.get(context, financingPlan, id, { tx })
  if (plan?.doc.state === 'agreed' || plan?.doc.state === 'active') await deps.store.update(context, financingPlan, id, doc => ({ ...doc, state: 'cancelled' as const, endDate: deps.clock.now().toISOString() }), { tx })
}

/** Pays a plan off now. One that has ended stays as it is. */
export const payOffPlan = async ({ tx, context, deps }: { tx?: Transaction; context: Context; deps: Services }, id: string, reason: string): Promise<Stored<FinancingPlan>> => {
  const at = deps.clock.now()
  return await deps.store.update(
    context,
    financingPlan,
    id,
    doc => {
      if (doc.state === 'agreed') throw refuse.conflict('planNotActive', `financingPlan ${id} has not begun: what it is for is not there yet`)
      if (doc.state !== 'active' || doc.amountFinanced === undefined) return doc
      const { remainder } = remainderAt(doc.amountFinanced, (doc.instalment ?? []) as Instalment[], at)
      return { ...doc, state: 'paidOff' as const, endDate: at.toISOString(), payOff: { date: at.toISOString(), amount: remainder, reason } }
    },
    tx ? { tx } : undefined,
  )
}

/** Plans that have not ended, of a product itself or sold with it. */
export const openPlansOf = async ({ deps, context }: { deps: Services; context: Context }, productId: string): Promise<Stored<FinancingPlan>[]> => {
  // Whoever may see the product is told what is still owed with it.
  const everybody = systemContext(context.brand, context.correlationId)
  const [own, beside] = await Promise.all([
    deps.store.find(everybody, financingPlan, { where: [{ path: 'product.id', value: productId }, { path: 'state', value: 'active' }], limit: 50 }),
    deps.store.find(everybody, financingPlan, { where: [{ path: 'soldWith.id', value: productId }, { path: 'state', value: 'active' }], limit: 50 }),
  ])
  return [...own, ...beside.filter(one => !own.some(other => other.id === one.id))].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The charges that a plan puts on bills: what is paid at its begin is a one-time price of the order; here are the instalments and a pay-off. */
export interface PlanCharge {
  key: string
  name: string
  at: Date
  amount: { unit: string; value: number }
  /** Interest is a service of its own, without the tax of the device. */
  kind: 'downPayment' | 'principal' | 'interest' | 'payOff'
}

/** Every charge that a plan makes as it stands. Those that vanish were not charged yet, or go back. Pure. */
export const chargesOfPlan = (plan: FinancingPlan): PlanCharge[] => {
  if (plan.startDate === undefined || plan.state === 'agreed' || plan.state === 'cancelled') return []
  const start = new Date(plan.startDate)
  const name = plan.name ?? 'Device'
  const end = plan.payOff === undefined ? undefined : new Date(plan.payOff.date)
  const count = plan.numberOfInstalments ?? 0
  const charges: PlanCharge[] = []
  if (plan.paid === undefined && plan.downPayment !== undefined && plan.downPayment.value > 0) charges.push({ key: 'downPayment', name: `${name}: down payment`, at: start, amount: plan.downPayment, kind: 'downPayment' })
  for (const one of plan.instalment ?? []) {
    if (one.dueDate === undefined) continue
    const at = new Date(one.dueDate)
    if (end !== undefined && at > end) continue
    charges.push({ key: String(one.number), name: `${name}: instalment ${one.number} of ${count}`, at, amount: one.principal, kind: 'principal' })
    if (one.interest.value > 0) charges.push({ key: `${one.number} interest`, name: `${name}: interest with instalment ${one.number}`, at, amount: one.interest, kind: 'interest' })
  }
  if (plan.payOff !== undefined && plan.payOff.amount.value > 0) charges.push({ key: 'payOff', name: `${name}: remainder paid off`, at: new Date(plan.payOff.date), amount: plan.payOff.amount, kind: 'payOff' })
  return charges
}

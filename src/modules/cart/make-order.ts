/** The moments at which a checkout and its cart change together: the order is made, or the cart is opened again. One transaction each. */
import type { Context } from '../../platform/principal.ts'
import { Refusal } from '../../platform/errors.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { hrefOf } from '../../tmf/kit.ts'
import type { Beside, Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { claimProduct } from '../in-life/index.ts'
import { productOrder } from '../ordering/index.ts'
import { putOnBill } from './capture-on-bill.ts'
import { orderOf } from './cart-order.ts'
import { changedLines, productsNow } from './changed-products.ts'
import { finishBeside, LeaseLost, lockCheckout, saveCheckout } from './checkout-store.ts'
import type { CheckoutFault, CheckoutRow } from './checkout-types.ts'
import { throughGate } from './gate.ts'
import { noteRefusedCapture } from './refused-capture-record.ts'
import { shoppingCart } from './shopping-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** The row, locked, if this one still has the lease. */
const locked = async (tx: Transaction, row: CheckoutRow, owner: string): Promise<CheckoutRow> => {
  const now = await lockCheckout(tx, row.brand, row.cartId)
  if (now?.leaseOwner !== owner || now.attempt !== row.attempt) throw new LeaseLost(`checkout ${row.id} is worked on by somebody else`)
  return now
}

/** Takes the products that the cart changes, in the order of their ids, so that two that want the same never wait for each other. Answers those that others have. */
const claimChanges = async (deps: Services, context: Context, tx: Transaction, row: CheckoutRow, cart: ShoppingCart): Promise<CheckoutFault[]> => {
  const changes = changedLines(cart).map(one => ({ ...one, orderId: row.orderId }))
  const faults: CheckoutFault[] = []
  for (const change of changes.toSorted((a, b) => (a.productId < b.productId ? -1 : 1))) {
    const other = await claimProduct(deps, context, tx, change)
    if (other !== undefined) faults.push({ code: 'changeNotPossible', reason: 'changeUnderWay', message: `order ${other.orderId} changes product ${change.productId} already` })
  }
  // Nobody else changes them from here on; one who did, and has finished since the cart was checked, has left another product.
  const now = await productsNow(deps, context, cart, tx)
  const before = row.progress.product ?? {}
  for (const [id, state] of Object.entries(now ?? {})) if (faults.length === 0 && before[id] !== undefined && before[id] !== state) faults.push({ code: 'changeNotPossible', reason: 'productChanged', message: `product ${id} has been changed meanwhile: look at what can be done with it now` })
  return faults
}

export class OrderRefused extends Error {
  override readonly name = 'OrderRefused'
  readonly faults: CheckoutFault[]
  constructor(faults: CheckoutFault[]) {
    super('the order was refused')
    this.faults = faults
  }
}

interface Ending {
  /** What goes with the cart's end, in its statement. */
  beside: readonly Beside[]
  /** The cart was not closed before: a change since it was read is a 412. */
  asRead?: true
  /** For whom the cart is closed, where nobody has said it before: the audit has it from the cart's event. */
  onBehalfOf?: string
  /** What the order rests on and is not there yet: done once the cart is closed. */
  before?: () => Promise<void>
}

/** The cart becomes its order, all in this transaction. Throws OrderRefused where it cannot. */
export const endInOrder = async (deps: Services, context: Context, tx: Transaction, row: CheckoutRow, stored: Stored<ShoppingCart>, { beside, asRead, onBehalfOf, before }: Ending): Promise<void> => {
  const cart = stored.doc
  const ref = { id: row.orderId, href: hrefOf(productOrder, row.orderId) }
  await deps.store.update({ ...context, ...(onBehalfOf !== undefined && { onBehalfOf }) }, shoppingCart, row.cartId, doc => ({ ...doc, status: 'completed' as const, productOrder: ref }), { tx, known: stored, ...(asRead && { expectedRevision: stored.revision }), beside })
  await before?.()
  const taken = await claimChanges(deps, context, tx, row, cart)
  if (taken.length > 0) throw new OrderRefused(taken)
  const order = await deps.store.create(context, productOrder, orderOf(cart, row) as never, { tx, id: row.orderId })
  if (order.doc.state === 'rejected') throw new OrderRefused((order.doc.rejectionReason ?? []).map(({ code, message, orderItemId, salesRule }) => ({ code: 'orderRejected', reason: code, message, ...(orderItemId !== undefined && { cartItemId: orderItemId }), ...(salesRule && { rule: salesRule }) })))
  // What was saved for later is not lost with the cart that was bought.
  const later = (cart.cartItem ?? []).filter(item => item.status === 'saveForLater')
  if (later.length > 0) await deps.store.create(context, shoppingCart, { cartItem: later, ...(cart.relatedParty && { relatedParty: cart.relatedParty }), ...(cart.contactMedium && { contactMedium: cart.contactMedium }) }, { tx })
}

/** Makes the order and ends the cart. Answers why not; undefined when it is made. Who cancelled until now is heard. */
export const makeOrder = async (deps: Services, context: Context, row: CheckoutRow, stored: Stored<ShoppingCart>, owner: string): Promise<CheckoutFault[] | undefined> => {
  // With no money to take there is nothing left to do then.
  const isAll = row.progress.payment?.id === undefined
  try {
    await throughGate(() => deps.database.transaction(async tx => {
      const now = await locked(tx, row, owner)
      if (now.cancelAsked) throw new OrderRefused([{ code: 'cancelled', message: 'the checkout was cancelled' }])
      await endInOrder(deps, context, tx, row, stored, { beside: isAll ? [finishBeside(row)] : [] })
      if (!isAll) await saveCheckout(tx, { ...row, state: 'ordered', waitingFor: null, tries: 0 }, owner)
    }))
  } catch (error) {
    if (error instanceof OrderRefused) return error.faults
    // What the order rests on went at the last moment: a port, a promotion.
    if (error instanceof Refusal && error.status < 500) return [{ code: 'orderRejected', reason: error.code, message: error.message }]
    throw error
  }
  row.state = isAll ? 'completed' : 'ordered'
  if (isAll) row.leaseOwner = null
  row.waitingFor = null
  row.tries = 0
  return undefined
}

/** All is given back: the cart can be changed and tried again. */
export const reopenCart = async (deps: Services, context: Context, row: CheckoutRow, owner: string): Promise<void> => {
  await deps.database.transaction(async tx => {
    await locked(tx, row, owner)
    await deps.store.update(context, shoppingCart, row.cartId, doc => (doc.status === 'checkingOut' ? { ...doc, status: 'active' as const } : doc), { tx })
    await saveCheckout(tx, { ...row, state: 'refused' }, owner)
  })
  row.state = 'refused'
}

/** False when the order was cancelled while its money was taken: then it is due back. Who cancels from now on finds the checkout closed and the money taken. */
const closeTaken = async (deps: Services, context: Context, row: CheckoutRow, owner: string): Promise<boolean> =>
  deps.database.transaction(async tx => {
    await locked(tx, row, owner)
    const isCancelled = (await deps.store.get(context, productOrder, row.orderId, { tx }))?.doc.state === 'cancelled'
    if (isCancelled) row.progress.payment = { ...row.progress.payment!, state: 'refundDue' }
    await saveCheckout(tx, isCancelled ? row : { ...row, state: 'completed' }, owner)
    return !isCancelled
  })

/** The money is taken: nothing is left to do, unless this is false (closeTaken). Where it was refused once, what has become of it is told with that, and what goes on the bill instead is charged with that. */
export const closeCart = async (deps: Services, context: Context, row: CheckoutRow, owner: string): Promise<boolean> => {
  const { payment } = row.progress
  if (payment?.state === 'captured' && row.progress.wasRefused !== true) {
    if (!(await closeTaken(deps, context, row, owner))) return false
  } else if (payment?.state !== 'captureRefused' && row.progress.wasRefused !== true) await saveCheckout(deps.database, { ...row, state: 'completed' }, owner)
  else {
    const progress: CheckoutRow['progress'] = { ...row.progress, wasRefused: true }
    await deps.database.transaction(async tx => {
      const isToBill = payment?.state === 'toBill'
      if (isToBill) await locked(tx, row, owner)
      const done = { ...row, state: 'completed' as const, progress: isToBill ? { ...progress, payment: { ...payment, state: await putOnBill(deps, context, tx, row) } } : progress }
      await saveCheckout(tx, done, owner)
      await noteRefusedCapture(deps, context, tx, done)
    })
  }
  row.state = 'completed'
  return true
}

/**
 * Drives a checkout from where its row says that it stands. All that is asked of other systems is asked under keys that the row fixes, and
 * what was asked is written before it is asked: whoever is killed at any instruction is followed by one who does the same again, and no more.
 */
import { hostname } from 'node:os'
import { Refusal } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import type { Target } from '../delivery/index.ts'
import { capacityReservation } from '../serviceability/index.ts'
import { checkCart, deskBody, goodsOf, portsOf } from './checkout-checks.ts'
import { dropSignature, obtainSignature, summaryFaults } from './checkout-signature.ts'
import { claimCheckout, LeaseLost, releaseCheckout, saveCheckout } from './checkout-store.ts'
import type { Amount, CheckoutFault, CheckoutRow } from './checkout-types.ts'
import { holdPort, reservationId } from './line-ports.ts'
import { closeCart, makeOrder, reopenCart } from './make-order.ts'
import { askDesk, authorise, capture, holdStock, letGo, PortUnavailable } from './ports.ts'
import { gatewaysOf, type PortName } from './sales-gateway.ts'
import { shoppingCart } from './shopping-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Who works on checkouts in this process. */
export const OWNER = `${hostname()}:${process.pid}:${newId()}`

/** How often a system is asked before the checkout is given up for it. */
const MOST_TRIES = 6
const POLL_MS = 2_000
const LONGEST_BACKOFF_MS = 15_000

/** A checkout that has just been made, under the lease of this process. */
export interface Begun {
  row: CheckoutRow
  cart: Stored<ShoppingCart>
}

interface Run {
  deps: Services
  row: CheckoutRow
  context: Context
  gateways: ReadonlyMap<PortName, Target>
  /** Read once: nobody changes it while it is checked out. */
  cart?: Stored<ShoppingCart>
  /** Nobody has worked on it before: what it holds is not looked for. */
  isFirst: boolean
}

/** Tandem's own work, in the channel and the name of who asked for it. */
export const contextOf = (row: CheckoutRow): Context => {
  const own = systemContext(row.brand, row.request.correlationId)
  return { ...own, channel: row.request.channel, ...(row.request.language !== undefined && { language: row.request.language }), principal: { ...own.principal, id: row.request.principal } }
}

const save = (run: Run): Promise<void> => saveCheckout(run.deps.database, run.row, OWNER)

const cartOf = async (run: Run): Promise<Stored<ShoppingCart>> => {
  if (run.cart) return run.cart
  const { deps, context, row } = run
  const found = await deps.store.get(context, shoppingCart, row.cartId)
  if (found === undefined) throw new Error(`the cart ${row.cartId} of checkout ${row.id} is gone`)
  run.cart = found
  return found
}

const DESK_FAULTS = {
  credit: { code: 'creditRefused', message: 'credit was refused' },
  identity: { code: 'identityNotSufficient', message: 'who the customer is has not been shown well enough' },
  fraud: { code: 'fraudSuspected', message: 'the purchase cannot be completed in this way' },
} as const

const DESKS = ['credit', 'identity', 'fraud'] as const

/** Asks the desks that have not decided yet, side by side. */
const askDesks = async (run: Run, cart: ShoppingCart): Promise<void> => {
  const { deps, row, gateways } = run
  const open = DESKS.filter(desk => gateways.has(desk) && (row.progress.desk?.[desk] === undefined || row.progress.desk[desk].outcome === 'refer'))
  if (open.length === 0) return
  const body = await deskBody(deps, run.context, cart, row)
  const answers = await Promise.all(open.map(async desk => [desk, await askDesk(deps, gateways.get(desk)!, row, desk, body)] as const))
  row.progress.desk = { ...row.progress.desk, ...Object.fromEntries(answers) }
  await save(run)
}

/** The desk and the rules ask for the same risk: the larger deposit covers both. */
const larger = (a: Amount | undefined, b: Amount | undefined): Amount | undefined => (a === undefined || (b !== undefined && b.value > a.value) ? b : a)

const deskFaults = ({ row }: Run): CheckoutFault[] => {
  const faults: CheckoutFault[] = DESKS.flatMap(desk => {
    const answer = row.progress.desk?.[desk]
    return answer?.outcome === 'decline' ? [{ ...DESK_FAULTS[desk], ...(answer.reason !== undefined && desk !== 'fraud' && { reason: answer.reason }) }] : []
  })
  const wanted = larger(DESKS.map(desk => row.progress.desk?.[desk]).find(answer => answer?.outcome === 'deposit')?.deposit, row.progress.ruleDeposit)
  if (wanted === undefined) return faults
  const agreed = row.request.acceptedDeposit
  if (agreed === undefined || agreed.unit !== wanted.unit || agreed.value < wanted.value) return [...faults, { code: 'depositRequired', message: `a deposit of ${wanted.value} ${wanted.unit} is needed (acceptedDeposit)`, deposit: wanted }]
  row.progress.deposit = wanted
  return faults
}

const holdGoods = async (run: Run, cart: ShoppingCart): Promise<CheckoutFault[]> => {
  const { deps, row, gateways } = run
  const target = gateways.get('stock')
  if (target === undefined || row.progress.stockHeld === true) return []
  const goods = await goodsOf(deps, run.context, cart)
  if (goods.length === 0) return []
  row.progress.asked = [...new Set([...(row.progress.asked ?? []), 'stock' as const])]
  await save(run)
  const why = await holdStock(deps, target, row, goods)
  if (why !== undefined) return [{ code: 'stockGone', message: why }]
  row.progress.stockHeld = true
  await save(run)
  return []
}

/** Holds a port for each line that needs one; what is held already under its id is found again. */
const holdPorts = async (run: Run, cart: ShoppingCart): Promise<CheckoutFault[]> => {
  const { deps, row, context } = run
  if (row.progress.reservation !== undefined) return []
  const held: Record<string, string> = {}
  const faults: CheckoutFault[] = []
  for (const hold of await portsOf(deps, context, cart)) {
    const { lineId } = hold
    const id = reservationId(row, lineId)
    try {
      if (run.isFirst || (await deps.store.get(context, capacityReservation, id)) === undefined) await holdPort(deps, context, row, cart, hold)
      held[lineId] = id
    } catch (error) {
      if (!(error instanceof Refusal) || error.status >= 500) throw error
      faults.push({ code: error.code === 'noCapacity' ? 'capacityGone' : 'notServiceable', message: error.message, cartItemId: lineId })
    }
  }
  // Not saved by itself: their ids follow from the row, so who comes after finds them.
  row.progress.reservation = held
  return faults
}

const fails = async (run: Run, faults: readonly CheckoutFault[]): Promise<void> => {
  run.row.faults = [...run.row.faults, ...faults]
  run.row.state = 'compensating'
  run.row.waitingFor = null
  run.row.tries = 0
  await save(run)
}

const waits = async (run: Run, waitingFor: NonNullable<CheckoutRow['waitingFor']>): Promise<'wait'> => {
  run.row.state = 'pending'
  run.row.waitingFor = waitingFor
  run.row.tries = 0
  await save(run)
  return 'wait'
}

const plus = (due: Amount | undefined, deposit: Amount | undefined): Amount | undefined =>
  due === undefined ? deposit : deposit === undefined ? due : { unit: due.unit, value: Math.round((due.value + deposit.value) * 1e6) / 1e6 }

/** Holds the money, last of all. Answers whether the order can be made. */
const holdMoney = async (run: Run, cart: ShoppingCart): Promise<'held' | 'wait' | 'failed'> => {
  const { deps, row, gateways } = run
  const target = gateways.get('payment')
  const due = plus(cart.due, row.progress.deposit)
  if (target === undefined || due === undefined) return 'held'
  if (row.progress.payment?.state === 'authorised') return 'held'
  row.progress.asked = [...new Set([...(row.progress.asked ?? []), 'payment' as const])]
  row.progress.due = due
  await save(run)
  const answer = await authorise(deps, target, row, due, row.request.paymentToken ?? '')
  row.progress.payment = { state: answer.state, ...(answer.id !== undefined && { id: answer.id }), ...(answer.redirectUrl !== undefined && { redirectUrl: answer.redirectUrl }) }
  if (answer.state === 'authorised') {
    await save(run)
    return 'held'
  }
  if (answer.state === 'actionRequired') return await waits(run, { reason: 'paymentConfirmation', ...(answer.redirectUrl !== undefined && { redirectUrl: answer.redirectUrl }) })
  await fails(run, [{ code: 'paymentDeclined', message: answer.reason ?? 'the payment was declined' }])
  return 'failed'
}

/** Looks at all that can be put right, whatever was found before: one list. */
const collect = async (run: Run, cart: ShoppingCart): Promise<CheckoutFault[]> => {
  const { row, gateways } = run
  const found = row.progress.checked === true ? [] : await checkCart(run.deps, run.context, cart, row)
  if (row.progress.checked !== true && gateways.has('payment') && cart.due !== undefined && row.request.paymentToken === undefined) found.push({ code: 'paymentMissing', message: `${cart.due.value} ${cart.due.unit} are due: name a means of payment (paymentToken)` })
  if (row.progress.checked !== true) found.push(...(await summaryFaults(run.deps, run.context, cart, row)))
  await askDesks(run, cart)
  const [goods, ports] = [await holdGoods(run, cart), await holdPorts(run, cart)]
  // That a line cannot be had there has one fault, whoever says so.
  const told = new Set(found.flatMap(one => (one.code === 'notServiceable' ? (one.cartItemId ?? []) : [])))
  return [...found, ...deskFaults(run), ...goods, ...ports.filter(one => one.code !== 'notServiceable' || !told.has(one.cartItemId ?? ''))]
}

/** Takes the next steps, until it has ended or has to wait. */
const proceed = async (run: Run): Promise<'wait' | 'again'> => {
  const { deps, row } = run
  const now = deps.clock.now()
  if (row.cancelAsked) {
    await fails(run, [{ code: 'cancelled', message: 'the checkout was cancelled' }])
    return 'again'
  }
  if (row.heldUntil !== null && new Date(row.heldUntil) <= now) {
    await fails(run, [{ code: 'heldTooLong', message: `nothing came by ${new Date(row.heldUntil).toISOString()}` }])
    return 'again'
  }
  const stored = await cartOf(run)
  const cart = stored.doc
  const faults = await collect(run, cart)
  if (faults.length > 0) {
    await fails(run, faults)
    return 'again'
  }
  row.progress.checked = true
  const referred = DESKS.find(desk => row.progress.desk?.[desk]?.outcome === 'refer')
  if (referred !== undefined) return await waits(run, { reason: `${referred}Decision` })
  const contract = await obtainSignature(deps, run.context, cart, row)
  if (contract.is === 'failed') {
    await fails(run, [contract.fault])
    return 'again'
  }
  if (contract.is === 'waits') return await waits(run, { reason: 'signature', ...(contract.redirectUrl !== undefined && { redirectUrl: contract.redirectUrl }) })
  const money = await holdMoney(run, cart)
  if (money !== 'held') return money === 'wait' ? 'wait' : 'again'
  const refused = await makeOrder(deps, run.context, row, stored, OWNER)
  if (refused !== undefined) await fails(run, refused)
  return 'again'
}

/** Gives back all that is held, also what nobody knows whether it is; then the cart can be changed again. */
const compensate = async (run: Run): Promise<void> => {
  const { deps, row, context, gateways } = run
  for (const port of ['payment', 'stock'] as const) {
    const target = gateways.get(port)
    if (target === undefined || row.progress.asked?.includes(port) !== true) continue
    await letGo(deps, target, row, port)
    row.progress.asked = row.progress.asked.filter(one => one !== port)
    if (port === 'payment' && row.progress.payment) row.progress.payment.state = 'voided'
    await save(run)
  }
  await dropSignature(deps, context, row)
  const { doc: cart } = await cartOf(run)
  for (const { lineId } of await portsOf(deps, context, cart)) {
    const id = reservationId(row, lineId)
    if ((await deps.store.get(context, capacityReservation, id)) !== undefined) await deps.store.update(context, capacityReservation, id, doc => (doc.state === 'reserved' ? { ...doc, state: 'released' as const } : doc))
  }
  await reopenCart(deps, context, row, OWNER)
}

/** Money that was taken for an order that is cancelled goes back, under the key that it was taken with: a repeat does no more. */
const giveBack = async ({ deps, row }: Run, target: Target | undefined): Promise<void> => {
  if (target === undefined || row.progress.payment?.state !== 'refundDue') return
  await letGo(deps, target, row, 'payment')
  row.progress.payment = { ...row.progress.payment, state: 'refunded' }
}

/** Takes the money that is held: the order stands. */
const settle = async (run: Run): Promise<void> => {
  const { deps, row, gateways } = run
  const { due } = row.progress
  const target = gateways.get('payment')
  await giveBack(run, target)
  // What a person decided about money that was refused; under keys of the row, so that a repeat does no more.
  if (target !== undefined && (row.progress.payment?.state === 'letGo' || row.progress.payment?.state === 'toBill')) {
    await letGo(deps, target, row, 'payment')
    if (row.progress.payment.state === 'letGo') row.progress.payment = { ...row.progress.payment, state: 'voided' }
  }
  if (target !== undefined && due !== undefined && row.progress.payment?.state === 'otherMeans') {
    await letGo(deps, target, row, 'payment', true)
    const answer = await authorise(deps, target, row, due, row.request.paymentToken ?? '')
    row.progress.payment = { ...(answer.id !== undefined && { id: answer.id }), state: answer.state === 'authorised' ? 'authorised' : 'captureRefused' }
    await save(run)
  }
  const { payment } = row.progress
  if (target !== undefined && payment?.id !== undefined && due !== undefined && payment.state === 'authorised') {
    const taken = await capture(deps, target, row, payment.id, due)
    // What it once held it may refuse by mistake: it is asked again before that is believed.
    if (!taken && row.tries < MOST_TRIES) throw new PortUnavailable(`${target.system} refuses to take what it holds`)
    if (!taken) deps.log.error({ checkout: row.id, order: row.orderId }, 'the money of a checkout is held and was refused when it was to be taken')
    row.progress.payment = { ...payment, state: taken ? 'captured' : 'captureRefused' }
  }
  if (await closeCart(deps, run.context, row, OWNER)) return
  // The order was cancelled while its money was taken.
  await giveBack(run, target)
  await closeCart(deps, run.context, row, OWNER)
}

const step = async (run: Run): Promise<'wait' | 'again' | 'over'> => {
  switch (run.row.state) {
    case 'compensating':
      await compensate(run)
      return 'over'
    case 'ordered':
      await settle(run)
      return 'over'
    case 'running':
    case 'pending':
      return await proceed(run)
    case 'refused':
    case 'completed':
      return 'over'
  }
}

/** Another try later; what can still be undone is given up for a system that does not answer. */
const unavailable = async (run: Run, error: PortUnavailable): Promise<number> => {
  const { row, deps } = run
  deps.log.warn({ err: error, checkout: row.id, tries: row.tries }, 'a system that a checkout needs does not answer')
  row.tries += 1
  if ((row.state === 'running' || row.state === 'pending') && row.tries >= MOST_TRIES) await fails(run, [{ code: 'systemUnavailable', message: 'a system that the checkout needs does not answer; nothing was bought' }])
  else await save(run)
  return Math.min(LONGEST_BACKOFF_MS, 200 * 2 ** Math.min(row.tries, 8))
}

/** Works on a checkout as far as it goes now, and answers where it stands. Nothing happens when somebody else does, or when it has ended. */
export const runCheckout = async (deps: Services, id: string, begun?: Begun): Promise<CheckoutRow | undefined> => {
  const row = begun?.row ?? (await claimCheckout(deps.database, id, OWNER))
  if (row === undefined) return undefined
  const context = contextOf(row)
  let afterMs = POLL_MS
  try {
    const run: Run = { deps, row, context, gateways: await gatewaysOf(deps, context), isFirst: begun !== undefined, ...(begun && { cart: begun.cart }) }
    for (;;) {
      try {
        const outcome = await step(run)
        // Whoever tries again after this may find what was held before.
        run.isFirst = false
        if (outcome === 'wait' || outcome === 'over') break
      } catch (error) {
        if (!(error instanceof PortUnavailable)) throw error
        const given = run.row.state
        afterMs = await unavailable(run, error)
        // Given up: what is held is given back at once.
        if ((run.row.state as string) !== given) continue
        break
      }
    }
  } catch (error) {
    if (error instanceof LeaseLost) return undefined
    deps.log.error({ err: error, checkout: id }, 'a checkout could not be worked on; it is tried again')
    await releaseCheckout(deps.database, row, OWNER, LONGEST_BACKOFF_MS)
    return undefined
  }
  // One that is all done gave it back with that.
  if (row.leaseOwner !== null) await releaseCheckout(deps.database, row, OWNER, afterMs)
  return row
}

/** The one command that buys a cart: begins its checkout, or finds the one that there is. One cart, one order, whoever asks and however often. */
import { randomBytes } from 'node:crypto'
import { refuse, Refusal } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Context } from '../../platform/principal.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { billingAccount } from '../account/index.ts'
import { termsNow } from '../contract/index.ts'
import { customerOf, hasSpentPromotion } from '../ordering/index.ts'
import { placeLines } from './cart-lines.ts'
import { buyAtOnce } from './buy-at-once.ts'
import { firstBeside, firstCheckout, insertCheckout, isTaken, lockCheckout, readCheckout, restartCheckout, type NewCheckout } from './checkout-store.ts'
import type { CheckoutFault, CheckoutRequest, CheckoutRow } from './checkout-types.ts'
import { pinHolds } from './price-pin.ts'
import { isOpen, shoppingCart } from './shopping-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'
import { OWNER, runCheckout, type Begun } from './checkout-run.ts'

/** How long stock, ports and prices are held for one that waits; business time. */
const HELD_MS = 15 * 60_000

/** The cart with prices that hold: those whose pin is over, or the agreement that they are of, or that rest on a promotion which others have used up, are computed again; lines that cost another amount now are told, old and new. */
const freshPrices = async (deps: Services, context: Context, found: Stored<ShoppingCart>): Promise<{ cart: Stored<ShoppingCart>; faults: CheckoutFault[] }> => {
  const now = deps.clock.now()
  const pin = found.doc.pricePin
  if (!isOpen(found.doc)) return { cart: found, faults: [] }
  if ((await pinHolds(deps, context.brand, pin, now)) && !(await hasSpentPromotion(deps, context, found.doc.promotion ?? [], customerOf(found.doc)))) return { cart: found, faults: [] }
  const cart = await deps.store.update(context, shoppingCart, found.id, doc => {
    const { pricePin: _over, ...rest } = doc
    return isOpen(doc) ? rest : doc
  })
  const before = new Map(placeLines(found.doc.cartItem).map(one => [one.id, one.item.priceChange?.date]))
  const faults = placeLines(cart.doc.cartItem).flatMap(({ item, id, isActive }) =>
    !isActive || item.priceChange === undefined || item.priceChange.date === before.get(id) ? [] : [{ code: 'priceChanged' as const, message: 'the price has changed', cartItemId: id, before: item.priceChange.before, after: item.priceChange.after }],
  )
  return { cart, faults }
}

/** The account that it goes on is one that whoever asks reaches: nobody buys on a stranger's bill, or learns of it. */
const faultsOfAccount = async (deps: Services, context: Context, id: string | undefined): Promise<CheckoutFault[]> =>
  id === undefined || (await deps.store.get(context, billingAccount, id)) !== undefined ? [] : [{ code: 'billingAccountUnknown', message: `billingAccount ${id} does not exist` }]

const closed = (cart: ShoppingCart): ShoppingCart => {
  if (!isOpen(cart)) throw refuse.conflict('cartClosed', `shoppingCart ${cart.id} is ${cart.status ?? ''}${cart.mergedInto ? `: ${cart.mergedInto.id} goes on in its place` : ''}`)
  return { ...cart, status: 'checkingOut' as const }
}

/** The cart's first, made with the cart's change in one statement. undefined where another one came first, or the cart is closed. */
const beginFirst = async (deps: Services, context: Context, known: Stored<ShoppingCart>, fresh: NewCheckout): Promise<Begun | undefined> => {
  const row = firstCheckout(fresh, OWNER)
  try {
    return { row, cart: await deps.store.update(context, shoppingCart, known.id, closed, { known, beside: [firstBeside(row)] }) }
  } catch (error) {
    if (isTaken(error) || (error instanceof Refusal && error.code === 'cartClosed')) return undefined
    throw error
  }
}

/** Begins, unless one is under way or has ended in an order. The cart is changed by nobody from here on. A cart's first checkout is this process's to work on. */
const begin = async (deps: Services, context: Context, known: Stored<ShoppingCart>, request: CheckoutRequest, mayBeFirst: boolean): Promise<{ row: CheckoutRow; begun?: Begun; isNew: boolean }> => {
  const now = deps.clock.now()
  const cartId = known.id
  const fresh = { brand: context.brand, cartId, id: newId(), orderId: newId(), request, progress: {}, heldUntil: new Date(now.getTime() + HELD_MS), callbackToken: randomBytes(24).toString('base64url') }
  const bought = mayBeFirst ? await buyAtOnce(deps, context, known, fresh) : undefined
  if (bought) return { row: bought, isNew: true }
  const first = mayBeFirst ? await beginFirst(deps, context, known, fresh) : undefined
  if (first) return { row: first.row, begun: first, isNew: true }
  return await deps.database.transaction(async tx => {
    const made = await insertCheckout(tx, fresh, OWNER)
    const row = made ?? (await lockCheckout(tx, context.brand, cartId))!
    if (!made && row.state !== 'refused') return { row, isNew: false }
    const cart = await deps.store.update(context, shoppingCart, cartId, closed, { tx, known })
    if (made) return { row, begun: { row, cart }, isNew: true }
    await restartCheckout(tx, fresh)
    return { row: (await lockCheckout(tx, context.brand, cartId))!, isNew: true }
  })
}

/** Checks a cart out as far as it goes now; answers where it stands, and whether this call began it: then the cart's event says who did. */
export const checkOut = async (deps: Services, context: Context, cartId: string, said: Omit<CheckoutRequest, 'principal' | 'channel' | 'correlationId' | 'priceFaults' | 'accountFaults' | 'terms' | 'acceptedAt'>): Promise<{ row: CheckoutRow; isNew: boolean }> => {
  const found = await deps.store.get(context, shoppingCart, cartId)
  if (found === undefined) throw refuse.notFound(shoppingCart.name, cartId)
  // Most are the cart's first: whether it is shows as it begins. One that is under way or over has closed the cart.
  const isAnew = isOpen(found.doc)
  const { cart, faults: priceFaults } = isAnew ? await freshPrices(deps, context, found) : { cart: found, faults: [] }
  const accountFaults = isAnew ? await faultsOfAccount(deps, context, said.billingAccount) : []
  const { store, partner } = context.principal.scope ?? {}
  const id = store ?? partner
  const seller = id === undefined ? undefined : store === undefined ? { id, role: 'partner', '@referredType': 'Partner' } : { id, role: 'store', '@referredType': 'Store' }
  const now = deps.clock.now()
  const terms = said.termsAccepted ? await termsNow(deps, context, now) : undefined
  // Which edition was accepted: what the brand's terms say changes.
  const accepted = said.termsAccepted ? { acceptedAt: now.toISOString(), ...(terms && { terms: [{ id: terms.id, ...(terms.name !== undefined && { name: terms.name }), ...(terms.version !== undefined && { version: terms.version }), ...(terms.url !== undefined && { url: terms.url }) }] }) } : {}
  const { row, begun, isNew } = await begin(deps, context, cart, { ...said, ...accepted, principal: context.principal.id, channel: context.channel, correlationId: context.correlationId, ...(context.language !== undefined && { language: context.language }), ...(seller && { seller }), priceFaults, ...(accountFaults.length > 0 && { accountFaults }) }, isAnew)
  if (row.state === 'completed') return { row, isNew }
  return { row: (await runCheckout(deps, row.id, begun)) ?? (await readCheckout(deps.database, context.brand, cartId)) ?? row, isNew }
}

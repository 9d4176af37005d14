/** What becomes of two carts of one person when a guest logs in: one goes on, by a strategy that the channel chooses; the other says which. */
import { fault, refuse } from '../../platform/errors.ts'
import { isConfined, systemContext, type Context } from '../../platform/principal.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { hrefOf } from '../../tmf/kit.ts'
import { customerOf as roleOf, partyOf } from '../customer/index.ts'
import { customerOf } from '../ordering/index.ts'
import { MOST_CODES } from '../pricing/index.ts'
import { isSameThing, placeLines } from './cart-lines.ts'
import { newMedia } from './carry-contacts.ts'
import type { CartItem } from './cart-types.ts'
import { throughGate } from './gate.ts'
import { hasEnded, isOpen, shoppingCart } from './shopping-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

export const STRATEGIES = ['merge', 'keepGuest', 'keepOwn'] as const
export type Strategy = (typeof STRATEGIES)[number]

export interface Customer {
  id: string
  '@referredType'?: string
  name?: string
}

/** The lines of both: what is the same thing once with both quantities, ids of the guest's lines anew where they are taken. Pure. */
export const mergedLines = (own: readonly CartItem[], guest: readonly CartItem[]): CartItem[] => {
  const lines = [...own]
  const taken = new Set(placeLines(own).map(one => one.id))
  for (const item of guest) {
    const at = lines.findIndex(line => isSameThing(line, item))
    if (at >= 0) {
      lines[at] = { ...lines[at]!, quantity: (lines[at]!.quantity ?? 1) + (item.quantity ?? 1) }
      continue
    }
    const renamed = new Map<string, string>()
    let next = 0
    for (const { id } of placeLines([item])) {
      let free = id
      while (taken.has(free)) free = `g${++next}`
      taken.add(free)
      renamed.set(id, free)
    }
    const rename = (line: CartItem): CartItem => ({
      ...line,
      id: renamed.get(line.id ?? '') ?? line.id ?? '',
      ...(line.cartItemRelationship && { cartItemRelationship: line.cartItemRelationship.filter(one => renamed.has(one.id ?? '')).map(one => ({ ...one, id: renamed.get(one.id ?? '') ?? '' })) }),
      ...(line.cartItem && { cartItem: line.cartItem.map(rename) }),
    })
    lines.push(rename(item))
  }
  return lines
}

/** The newest other cart of the customer that can still be changed. */
const ownCart = async (deps: Services, context: Context, customer: Customer, guestId: string, into: string | undefined): Promise<Stored<ShoppingCart> | undefined> => {
  if (into !== undefined) {
    const found = await deps.store.get(context, shoppingCart, into)
    if (found === undefined) throw refuse.invalid([fault('into', 'refers to a shoppingCart that does not exist', into)])
    if (customerOf(found.doc) !== customer.id) throw refuse.conflict('cartOfAnother', `shoppingCart ${into} does not belong to the customer`)
    return found
  }
  const found = await deps.store.find(context, shoppingCart, { where: [{ path: 'relatedParty.id', value: customer.id }, { path: 'status', value: ['active', 'abandoned'] }], sort: '-lastUpdate', limit: 20 })
  return found.find(one => one.id !== guestId && customerOf(one.doc) === customer.id && !hasEnded(one.doc, deps.clock.now()))
}

const withCustomer = (cart: ShoppingCart, customer: Customer): ShoppingCart =>
  customerOf(cart) === customer.id
    ? cart
    : { ...cart, relatedParty: [...(cart.relatedParty ?? []), { id: customer.id, ...(customer.name !== undefined && { name: customer.name }), role: 'customer', '@referredType': customer['@referredType'] ?? 'Party' }] }

/** A store or partner that knows who the customer is (it made that party, say) may name it as the owner of a cart that it reaches: that is how identity is completed there. */
const namingOf = async (deps: Services, context: Context, { id, '@referredType': type }: Customer): Promise<Context> => {
  const { scope } = context.principal
  if (scope?.store === undefined && scope?.partner === undefined) return context
  if ((await partyOf(deps, context, type === undefined || type === 'Party' ? { id } : { id, '@referredType': type })) === undefined) return context
  return { ...context, principal: { ...context.principal, scope: { ...scope, parties: [...(scope.parties ?? []), id] } } }
}

/** Somebody who is nobody would have one cart with all others who are: their lines and numbers would come together. Who is confined names only whom it reaches. */
const requireKnown = async (deps: Services, context: Context, { id, '@referredType': type }: Customer): Promise<void> => {
  if (isConfined(context.principal)) return
  const ref = type === undefined || type === 'Party' ? { id } : { id, '@referredType': type }
  if ((await partyOf(deps, context, ref)) === undefined && (await roleOf(deps, context, ref)) === undefined) throw refuse.invalid([fault('customer.id', 'refers to a customer that does not exist', id)])
}

/** Makes the guest's cart the customer's. Answers the cart that goes on. Both change together or not at all. */
export const mergeCarts = async (deps: Services, context: Context, guestId: string, said: { customer: Customer; strategy: Strategy; into?: string }): Promise<Stored<ShoppingCart>> => {
  const { customer, strategy } = said
  const guest = await deps.store.get(isConfined(context.principal) ? context : systemContext(context.brand, context.correlationId), shoppingCart, guestId)
  if (guest === undefined) throw refuse.notFound(shoppingCart.name, guestId)
  await requireKnown(deps, context, customer)
  const owner = customerOf(guest.doc)
  if (owner !== undefined && owner !== customer.id) throw refuse.conflict('cartOfAnother', `shoppingCart ${guestId} belongs to another customer`)
  for (const cart of [guest.doc]) if (!isOpen(cart)) throw refuse.conflict('cartClosed', `shoppingCart ${cart.id} is ${cart.status ?? ''}`)
  const own = await ownCart(deps, context, customer, guestId, said.into)
  const naming = await namingOf(deps, context, customer)
  if (own === undefined) return await deps.store.update(naming, shoppingCart, guestId, cart => withCustomer(cart, customer))
  if (own.id === guestId) return own
  if (!isOpen(own.doc)) throw refuse.conflict('cartClosed', `shoppingCart ${own.id} is ${own.doc.status ?? ''}`)
  const [stays, goes] = strategy === 'keepGuest' ? [guest, own] : [own, guest]
  return await throughGate(() => deps.database.transaction(async tx => {
    // Whoever changed one of them meanwhile is not overruled: this is done again by who asked.
    const kept = await deps.store.update(naming, shoppingCart, stays.id, given => {
      // Whichever cart goes on is found by what was left in either.
      const media = newMedia(deps, context.brand, given.contactMedium ?? [], goes.doc.contactMedium ?? [])
      const cart = media.length === 0 ? given : { ...given, contactMedium: [...(given.contactMedium ?? []), ...media].slice(0, 20) }
      return withCustomer(strategy === 'merge' ? { ...cart, cartItem: mergedLines(cart.cartItem ?? [], guest.doc.cartItem ?? []), promotionCode: [...new Set([...(cart.promotionCode ?? []), ...(guest.doc.promotionCode ?? [])])].slice(0, MOST_CODES) } : cart, customer)
    }, { tx, expectedRevision: stays.revision })
    await deps.store.update(naming, shoppingCart, goes.id, cart => ({ ...cart, status: 'merged' as const, mergedInto: { id: stays.id, href: hrefOf(shoppingCart, stays.id) } }), { tx, expectedRevision: goes.revision })
    return kept
  }))
}

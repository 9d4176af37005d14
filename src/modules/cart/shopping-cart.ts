/** TMF663 shoppingCart: what somebody means to buy. One thing in all channels: what each of them did is kept, and who comes too late is told by whom. */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse } from '../../platform/errors.ts'
import { actingParty, systemContext, type Context } from '../../platform/principal.ts'
import { defineApi, defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { normalise, phoneCountry } from '../identity/index.ts'
import { channelOf } from '../interaction/index.ts'
import { customerOf, sellersOf } from '../ordering/index.ts'
import { carryContacts } from './carry-contacts.ts'
import { inputFaults, newPlaces, placeFaults } from './cart-input.ts'
import { tellCartJoined } from './cart-joined.ts'
import { lineFaults, offeringIdOf, placeLines, tidyLines, type Origin } from './cart-lines.ts'
import { contactsBeside, dropContacts, readSteps, stepBeside, visitBeside, type Contact } from './cart-store.ts'
import { changesOf } from './changes.ts'
import { entitlementOf, requireShown } from './channel-entitlement.ts'
import { withWaivers } from './line-waiver.ts'
import { evaluateWhole } from './own-charges.ts'
import { CART_STATES, ShoppingCart } from './shopping-cart.schema.ts'

export const shoppingCartApi = defineApi({
  number: 663,
  name: 'shoppingCart',
  version: 'v4',
  release: '4.0.0',
  title: 'Shopping Cart',
  description: 'Carts that go on from channel to channel, with prices and qualifications that hold for a time.',
  slug: 'shopping-cart',
})

/** How long a cart lives that does not say it. */
const LIFE_MS = 30 * 86_400_000

/** States in which a cart can be changed. */
export const isOpen = (cart: Pick<ShoppingCart, 'status'>): boolean => cart.status === undefined || cart.status === 'active' || cart.status === 'abandoned'

export const hasEnded = (cart: Pick<ShoppingCart, 'validFor'>, now: Date): boolean => cart.validFor?.endDateTime !== undefined && new Date(cart.validFor.endDateTime) <= now

const closedRefusal = (cart: ShoppingCart): Error => {
  if (cart.status === 'checkingOut') return refuse.conflict('checkoutUnderWay', `shoppingCart ${cart.id} is being checked out: cancel the checkout to change it`)
  const became = cart.productOrder ? `it became order ${cart.productOrder.id}` : `${cart.mergedInto?.id ?? 'another cart'} goes on in its place`
  return refuse.conflict('cartClosed', `shoppingCart ${cart.id} is ${cart.status ?? ''}: ${became}`)
}

/** Who sells, and where. */
const originOf = ({ channel, principal }: Context, now: Date): Origin => {
  const seller = principal.scope?.store ?? principal.scope?.partner
  return { channel, ...(seller !== undefined && { seller }), date: now.toISOString() }
}

/** A caller who fills a cart for itself is its customer, said or not. */
const partiesOf = (cart: ShoppingCart, context: Context): NonNullable<ShoppingCart['relatedParty']> => {
  const own = actingParty(context)
  return [...(cart.relatedParty ?? []), ...(own !== undefined && customerOf(cart) === undefined ? [{ id: own, role: 'customer', '@referredType': 'Party' }] : [])]
}

/** The ways by which it is found, as identity compares them; what cannot be read is none. */
export const contactsOf = (cart: Pick<ShoppingCart, 'contactMedium'>, deps: Pick<Services, 'config'>, brand: string): Contact[] =>
  (cart.contactMedium ?? []).flatMap(({ characteristic }) => {
    const found: Contact[] = []
    for (const [type, raw] of [['email', characteristic?.emailAddress], ['phone', characteristic?.phoneNumber]] as const) {
      const read = raw === undefined ? undefined : normalise(type, raw, phoneCountry(deps.config, brand))
      if (read !== undefined && 'value' in read) found.push({ type, value: type === 'email' ? read.value.toLowerCase() : read.value })
    }
    return found
  })

const becomesSomebodys = (cart: ShoppingCart, previous: ShoppingCart): boolean => customerOf(previous) === undefined && customerOf(cart) !== undefined

/** The cart that this one goes into with the write. */
const goesInto = (cart: ShoppingCart, previous: ShoppingCart): string | undefined => (cart.status === 'merged' && previous.status !== 'merged' ? cart.mergedInto?.id : undefined)

/** References of lines, as deep as bundles go. */
const lineReferences = ['cartItem[]', 'cartItem[].cartItem[]', 'cartItem[].cartItem[].cartItem[]'].flatMap(path => [
  { path: `${path}.productOffering`, to: 'productOffering', weak: true },
  { path: `${path}.product`, to: 'product', onMissing: 'record' as const, weak: true },
])

export const shoppingCart = defineResource({
  api: shoppingCartApi,
  name: 'shoppingCart',
  type: 'ShoppingCart',
  table: 'shopping_cart',
  description: 'What somebody means to buy. Prices and qualifications are pinned to its lines for a time; a change with If-Match that comes too late is told who changed what.',
  schema: ShoppingCart,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { omits: [] },
  update: { relies: true },
  serverSet: ['cartTotalPrice', 'pricePin', 'due', 'monthly', 'promotion', 'promotionCodeResult', 'productOrder', 'mergedInto'],
  stamps: { onCreate: ['creationDate'], onWrite: ['lastUpdate'] },
  lifecycle: {
    attribute: 'status',
    states: CART_STATES,
    initial: ['active'],
    moves: { active: ['abandoned', 'checkingOut', 'completed', 'merged'], abandoned: ['active', 'checkingOut', 'completed', 'merged'], checkingOut: ['active', 'completed'] },
    movedBy: 'server',
  },
  external: false,
  // A cart is written at each step: what is kept as a column is paid for each time. Ids follow the order of creation.
  filters: { status: 'text', lastUpdate: 'instant' },
  references: [{ path: 'relatedParty[]', weak: true }, { path: 'productOrder', to: 'productOrder', onMissing: 'record', weak: true }, ...lineReferences],
  ownerParty: customerOf,
  sharedWith: sellersOf,
  prepare: async (draft, { previous, context, now, by, fresh, rely, deps }) => {
    if (by === 'client' && previous !== undefined) {
      if (!isOpen(previous)) throw closedRefusal(previous)
      if (hasEnded(previous, now)) throw refuse.conflict('cartEnded', `shoppingCart ${previous.id} ended at ${previous.validFor?.endDateTime ?? ''}`)
    }
    // What a checkout or a merge closes stays as it is, also when the cart is opened again.
    if (by === 'server' && (!isOpen(draft) || previous?.status === 'checkingOut')) return draft
    const faults = by === 'client' ? inputFaults(draft, previous, now) : []
    const origin = originOf(context, now)
    const cartItem = withWaivers(tidyLines(draft.cartItem ?? [], previous?.cartItem ?? [], by, origin), previous?.cartItem ?? [], by, context, now)
    const wrong = [...faults, ...lineFaults(cartItem)]
    const places = by === 'client' ? newPlaces(draft, previous) : []
    if (places.length > 0) wrong.push(...(await placeFaults(places, { deps, context })))
    if (wrong.length > 0) throw refuse.invalid(wrong)
    const had = new Set(placeLines(previous?.cartItem).map(one => offeringIdOf(one.item)))
    const added = placeLines(cartItem).flatMap(one => offeringIdOf(one.item) ?? []).filter(id => !had.has(id))
    if (by === 'client' && added.length > 0) requireShown(await entitlementOf(deps, context), context.channel, added)
    const tidy: ShoppingCart = {
      ...draft,
      cartItem,
      relatedParty: partiesOf(draft, context),
      validFor: draft.validFor ?? previous?.validFor ?? { startDateTime: now.toISOString(), endDateTime: new Date(now.getTime() + LIFE_MS).toISOString() },
      // Somebody has come back to it.
      status: by === 'client' ? 'active' : (draft.status ?? 'active'),
    }
    return await evaluateWhole(tidy, previous, origin, { deps, context, now, fresh, rely })
  },
  beside: (doc, { previous, context, now, deps }) => {
    const channel = channelOf({ channel: context.channel })
    const [contacts, before] = [contactsOf(doc, deps, context.brand), previous && contactsOf(previous, deps, context.brand)]
    return [
      stepBeside({ at: now, channel: context.channel, principal: context.principal.id, change: changesOf(previous, doc) }),
      ...(channel === undefined ? [] : visitBeside(channel, now, doc.status === 'completed')),
      ...(before === undefined ? (contacts.length > 0 ? contactsBeside(contacts, true) : []) : isDeepStrictEqual(contacts, before) ? [] : contactsBeside(contacts, false)),
    ]
  },
  hasChangeConsequences: (doc, previous) => becomesSomebodys(doc, previous) || goesInto(doc, previous) !== undefined,
  changeConsequences: async (doc, { previous, context, deps, tx }) => {
    if (doc === undefined) return await dropContacts(tx, context.brand, previous.id)
    const into = goesInto(doc, previous)
    const whose = into === undefined ? doc : (await deps.store.get(systemContext(context.brand, context.correlationId), shoppingCart, into, { tx }))?.doc
    const customer = whose?.relatedParty?.find(one => one.id === customerOf(whose))
    const known = customer?.id === undefined ? undefined : { id: customer.id, ...(customer['@referredType'] !== undefined && { '@referredType': customer['@referredType'] }) }
    // What a customer says in a cart of its own is of the cart; what a guest said was said before anybody could be asked.
    if (known && customerOf(previous) === undefined) await carryContacts(tx, deps, context, known, doc.contactMedium ?? [])
    await tellCartJoined({ cartId: doc.id, ...(known && { customer: known }), ...(into !== undefined && { into }) }, { tx, context, deps })
  },
  explainRace: async (stored, expected, { context, deps }) => {
    const since = Math.max(0, ...expected)
    const steps = await readSteps(deps.database, context.brand, stored.id, since, 20)
    return steps.flatMap(step =>
      step.change.map(({ what, item, offering }) => fault(item === undefined ? 'shoppingCart' : `cartItem[id=${item}]`, `${what} in channel ${step.channel} at ${new Date(step.at).toISOString()}, revision ${step.revision}`, offering)),
    )
  },
  checkDelete: doc => {
    // Who asks to buy it again is answered with its order, for good.
    if (doc.status === 'checkingOut' || doc.status === 'completed') throw closedRefusal(doc)
  },
  example: {
    contactMedium: [{ mediumType: 'phone', preferred: true, characteristic: { phoneNumber: '+44 7700 900321' } }],
    cartItem: [{ id: '1', action: 'add', quantity: 1, status: 'active', productOffering: { id: 'mobile-m', name: 'Mobile M' } }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'two items have one id, or an item relates to one that is not there', attribute: 'cartItem' },
    { status: 400, code: 'invalidAttribute', when: 'it ends before it begins, or has ended already', attribute: 'validFor.endDateTime' },
    { status: 400, code: 'invalidAttribute', when: 'a way to reach somebody is none', attribute: 'contactMedium' },
    { status: 400, code: 'invalidAttribute', when: 'an item changes or ends something and names no product', attribute: 'cartItem.product.id' },
    { status: 400, code: 'invalidAttribute', when: 'a place does not exist', attribute: 'cartItem.product.place' },
    { status: 409, code: 'checkoutUnderWay', when: 'it is changed or deleted while it is checked out' },
    { status: 409, code: 'cartClosed', when: 'it is changed after it became an order or went into another cart, or deleted after it became an order' },
    { status: 409, code: 'cartEnded', when: 'it is changed after validFor has ended' },
    { status: 412, code: 'revisionMismatch', when: 'If-Match names an older revision; the details say who changed what since' },
  ],
})

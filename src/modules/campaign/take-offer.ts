/** Shows what a link offers, and takes it: the cart is made once, with the price that was promised, whoever asks and in how many channels. */
import { Refusal, fault, refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { inLanguageOf } from '../../platform/language.ts'
import { actingParty, isConfined, systemContext, type Context } from '../../platform/principal.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { shoppingCart, type CartItem, type ShoppingCart } from '../cart/index.ts'
import { customerOf as customerRole, partyOf } from '../customer/index.ts'
import { customerOf } from '../ordering/index.ts'
import { afterDiscounts } from './after-discounts.ts'
import { campaign as campaignResource, type Campaign } from './campaign.ts'
import { FORGOTTEN, acceptancesOf, insertAcceptance, lockOffer, nameAcceptor, noteOpened, offerByToken, type Acceptance, type OfferRow } from './offer-store.ts'
import { lookAt } from './follow-carts.ts'
import { hashOf } from './make-offers.ts'

const GUEST = 'guest'

interface Acceptor {
  /** Every id that the one goes by, and the one that acceptances are kept under, by whichever it asks. */
  ids: string[]
  key: string
  ref: { id: string; '@referredType': string }
}

/** Who takes it: the caller itself, or the customer whom it names; nobody who is known otherwise. */
const acceptorOf = async (deps: Services, context: Context, named: string | undefined): Promise<Acceptor | undefined> => {
  const own = isConfined(context.principal) ? actingParty(context) : undefined
  const id = named ?? own
  if (id === undefined) return undefined
  const [role, party] = [await customerRole(deps, context, { id }), await partyOf(deps, context, { id })]
  if (!role && !party && id !== own) throw refuse.invalid([fault('customer.id', 'refers to a customer that does not exist', id)])
  return { ids: [...new Set([id, ...(role ? [role.id] : []), ...(party ? [party.id] : [])])], key: party?.id ?? role?.id ?? id, ref: { id, '@referredType': role?.id === id ? 'Customer' : 'Party' } }
}

const unknown = (): Refusal => refuse.notFound('campaignOffer', 'given')

const found = async (deps: Services, context: Context, token: string): Promise<{ offer: OfferRow; campaign: Campaign }> => {
  const offer = await offerByToken(deps.database, context.brand, hashOf(token))
  // The link is what lets its bearer see the offer: the campaign is read as the house's own.
  const campaign = offer && (await deps.store.get(systemContext(context.brand, context.correlationId), campaignResource, offer.campaignId))?.doc
  if (!offer || !campaign) throw unknown()
  return { offer, campaign }
}

/** One to an address that nobody is known by is its bearer's: there is nobody to log in. */
const isPersonal = (campaign: Campaign, offer: OfferRow): boolean => campaign.personal === true && offer.partyId !== null

/** A personal offer is its recipient's: to others it is as if it were not there. */
const requireOwn = (campaign: Campaign, offer: OfferRow, who: Acceptor | undefined): void => {
  if (!isPersonal(campaign, offer)) return
  if (who === undefined) throw new Refusal({ status: 403, code: 'offerPersonal', reason: 'The offer is for one person', message: 'Log in, or name the customer, to take this offer' })
  if (offer.partyId === null || !who.ids.includes(offer.partyId)) throw unknown()
}

const stateOf = (campaign: Campaign, offer: OfferRow, now: Date): 'open' | 'expired' | 'ended' | 'notYet' =>
  new Date(offer.expiresAt) <= now ? 'expired' : campaign.status !== 'active' ? 'ended' : campaign.validFor?.startDateTime !== undefined && new Date(campaign.validFor.startDateTime) > now ? 'notYet' : 'open'

export type ShownLine = Omit<CartItem, 'priceHold' | 'adjustment' | 'cartItem'> & { cartItem?: ShownLine[] }

const shownLine = ({ priceHold: _hold, adjustment: _adjustment, cartItem, ...line }: CartItem): ShownLine => ({ ...line, ...(cartItem && { cartItem: cartItem.map(shownLine) }) })

export type ShownOffer = Awaited<ReturnType<typeof showOffer>>

/** What the link offers. Reads, and leaves nothing: mail programs follow links that nobody has clicked. */
export const showOffer = async (deps: Services, context: Context, token: string) => {
  const { offer, campaign } = await found(deps, context, token)
  // Who it is for is not told to a bearer; somebody else who is known sees nothing of a personal one.
  const who = await acceptorOf(deps, context, undefined)
  if (who !== undefined) requireOwn(campaign, offer, who)
  const taken = await acceptancesOf(deps.database, context.brand, offer.id)
  const usesLeft = Math.max(0, offer.uses - taken.length)
  const state = stateOf(campaign, offer, deps.clock.now())
  const { line, total, due, monthly } = offer.promised
  const later = afterDiscounts(line)
  const words = inLanguageOf(campaign.translation ?? [], context.language)
  const description = words?.description ?? campaign.description
  return {
    id: offer.id,
    campaign: { id: campaign.id, name: words?.name ?? campaign.name ?? campaign.id },
    state: state === 'open' && usesLeft === 0 ? 'taken' as const : state,
    expirationDate: new Date(offer.expiresAt).toISOString(),
    personal: isPersonal(campaign, offer),
    usesLeft,
    ...(campaign.channel && { channel: campaign.channel }),
    ...(campaign.validFor?.startDateTime !== undefined && { startDate: campaign.validFor.startDateTime }),
    ...(description !== undefined && { description }),
    item: line.map(shownLine), totalPrice: total, ...(due && { due }), ...(monthly && { monthly }),
    ...(later.length > 0 && { afterDiscounts: later }),
  }
}

/** Somebody has seen it: said by the page that showed it. */
export const markOpened = async (deps: Services, context: Context, token: string): Promise<void> => {
  const { offer, campaign } = await found(deps, context, token)
  const who = await acceptorOf(deps, context, undefined)
  if (who !== undefined) requireOwn(campaign, offer, who)
  await noteOpened(deps.database, context.brand, offer.id, deps.clock.now())
}

const withSeller = (lines: readonly CartItem[], addedBy: NonNullable<CartItem['addedBy']>): CartItem[] => lines.map(line => ({ ...line, addedBy, ...(line.cartItem && { cartItem: withSeller(line.cartItem, addedBy) }) }))

const own = (context: Context): Context => {
  const house = systemContext(context.brand, context.correlationId)
  return { ...house, channel: context.channel, ...(context.language !== undefined && { language: context.language }), principal: { ...house.principal, id: context.principal.id } }
}

/** The cart of an acceptance: made under the id that was fixed for it, by whoever comes first. */
const cartOf = async (deps: Services, context: Context, cartId: string, offer: OfferRow, campaign: Campaign, who: Acceptor | undefined): Promise<Stored<ShoppingCart>> => {
  const house = own(context)
  const there = await deps.store.get(house, shoppingCart, cartId)
  if (there) return there
  const seller = context.principal.scope?.store ?? context.principal.scope?.partner
  const now = deps.clock.now()
  try {
    return await deps.store.create(
      house,
      shoppingCart,
      {
        cartItem: withSeller(offer.promised.line, { channel: context.channel, ...(seller !== undefined && { seller }), campaign: campaign.id, offer: offer.id, date: now.toISOString() }),
        ...(who && { relatedParty: [{ ...who.ref, role: 'customer' }] }),
        ...(campaign.currency !== undefined && { currency: campaign.currency }),
        description: campaign.name ?? campaign.id,
      },
      { id: cartId },
    )
  } catch (error) {
    const made = await deps.store.get(house, shoppingCart, cartId)
    if (made) return made
    throw error
  }
}

/** Where a cart that went into another goes on. */
const goesOn = async (deps: Services, context: Context, cart: Stored<ShoppingCart>): Promise<Stored<ShoppingCart>> => {
  const into = cart.doc.status === 'merged' ? cart.doc.mergedInto?.id : undefined
  return into === undefined ? cart : ((await deps.store.get(own(context), shoppingCart, into)) ?? cart)
}

/** The acceptance that is answered again, or the number of a new one; undefined when there is nothing left. */
const choose = (all: readonly Acceptance[], acceptor: string, uses: number): Acceptance | number | undefined => {
  const taken = all.filter(one => one.acceptor !== FORGOTTEN)
  const mine = taken.filter(one => one.acceptor === acceptor).at(-1)
  // Whoever took it as a guest and has said since who it is gets the same.
  const guests = taken.filter(one => one.acceptor === GUEST).at(-1)
  const again = mine ?? guests ?? (acceptor === GUEST ? taken.at(-1) : undefined)
  if (again && (again.orderId === null || all.length >= uses)) return again
  return all.length < uses ? (all.at(-1)?.number ?? 0) + 1 : taken.at(-1)
}

export const takeOffer = async (deps: Services, context: Context, token: string, named: string | undefined): Promise<Stored<ShoppingCart>> => {
  const { offer, campaign } = await found(deps, context, token)
  const who = await acceptorOf(deps, context, named)
  requireOwn(campaign, offer, who)
  const now = deps.clock.now()
  const acceptor = who?.key ?? GUEST
  const known = await acceptancesOf(deps.database, context.brand, offer.id)
  const state = stateOf(campaign, offer, now)
  if (known.length === 0 && state !== 'open') throw refuse.conflict(state === 'notYet' ? 'offerNotYet' : 'offerOver', `The offer ${state === 'notYet' ? `begins at ${campaign.validFor?.startDateTime ?? ''}` : `ended at ${new Date(offer.expiresAt).toISOString()}`}`)
  if (campaign.channel && !campaign.channel.includes(context.channel)) throw new Refusal({ status: 403, code: 'channelNotEntitled', reason: 'The channel may not do this', message: `The offer is not sold through ${context.channel}, but through ${campaign.channel.join(', ')}` })
  await settle(deps, context, known)
  const cartId = await deps.database.transaction(async tx => {
    await lockOffer(tx, context.brand, offer.id)
    const chosen = choose(await acceptancesOf(tx, context.brand, offer.id), acceptor, offer.uses)
    if (chosen === undefined) throw refuse.conflict('offerTaken', 'The offer has been taken')
    if (typeof chosen !== 'number') return chosen.cartId
    if (state !== 'open') throw refuse.conflict('offerOver', `The offer ended at ${new Date(offer.expiresAt).toISOString()}`)
    const made = newId()
    await insertAcceptance(tx, context.brand, offer.id, { number: chosen, cartId: made, acceptor, channel: context.channel, at: now })
    await noteOpened(tx, context.brand, offer.id, now)
    return made
  })
  const cart = await goesOn(deps, context, await cartOf(deps, context, cartId, offer, campaign, who))
  const owner = customerOf(cart.doc)
  if (owner === undefined) return who === undefined || cart.doc.status === 'completed' ? cart : await join(deps, context, cart, who)
  // Whose it is by now is nobody else's business: the link alone does not show somebody's cart.
  if (who?.ids.includes(owner) !== true) throw refuse.conflict('offerTaken', 'The offer has been taken')
  return cart
}

const join = async (deps: Services, context: Context, cart: Stored<ShoppingCart>, who: Acceptor): Promise<Stored<ShoppingCart>> => {
  const joined = await deps.store.update(own(context), shoppingCart, cart.id, doc => (customerOf(doc) === undefined ? { ...doc, relatedParty: [...(doc.relatedParty ?? []), { ...who.ref, role: 'customer' }] } : doc))
  await nameAcceptor(deps.database, context.brand, cart.id, who.key)
  return joined
}

/** Which of them have become orders is looked at before it is said that none may be taken any more. */
const settle = async (deps: Services, context: Context, taken: readonly Acceptance[]): Promise<void> => {
  await lookAt(deps, taken.filter(one => one.orderId === null && one.acceptor !== FORGOTTEN).map(one => ({ brand: context.brand, cartId: one.cartId })))
}

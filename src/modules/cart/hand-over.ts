/** Hands a cart from one channel to the next: by a code to read out or type, or a link to tap. Both live for minutes, work once, and only within their brand. */
import { createHash, randomBytes } from 'node:crypto'
import { refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { actingParty, isConfined, systemContext, type Context } from '../../platform/principal.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { customerOf } from '../ordering/index.ts'
import { insertHandOver, insertTransfer, takeHandOver } from './cart-store.ts'
import { throughGate } from './gate.ts'
import { hasEnded, isOpen, shoppingCart } from './shopping-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Crockford's alphabet: nothing in it is taken for something else when it is read out. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LENGTH = 9
const LIFE_SECONDS = 15 * 60

/** 45 bits, of which at most a few thousand are alive at once, for a quarter of an hour. */
const newCode = (): string => {
  const bytes = randomBytes(CODE_LENGTH)
  return Array.from(bytes, byte => ALPHABET[byte % ALPHABET.length]).join('')
}

const grouped = (code: string): string => code.match(/.{3}/g)!.join('-')

/** As it is compared: letters that look like digits are those. */
const plain = (text: string): string => text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')

const hashOf = (kind: 'code' | 'link', text: string): string => createHash('sha256').update(`${kind} ${text}`).digest('base64url')

/** The page of the brand's shop that takes carts over; undefined where none is configured. */
export const shopUrl = ({ config }: Pick<Services, 'config'>, { brand }: Pick<Context, 'brand'>): string | undefined => config.shopUrls[brand] ?? config.shopUrls['*']

export interface HandOver {
  code: string
  /** Leads to the shop's page; left out where none is configured: nobody would be there to take the cart. */
  link?: string
  expirationDate: string
}

export const canBeHandedOver = (deps: Pick<Services, 'clock'>, cart: ShoppingCart): boolean => isOpen(cart) && !hasEnded(cart, deps.clock.now())

/** A code, and where there is a shop a link, for a cart that can still be changed. Former ones work no more. */
export const handOverCart = async (deps: Services, context: Context, cart: Stored<ShoppingCart>): Promise<HandOver> => {
  if (!canBeHandedOver(deps, cart.doc)) throw refuse.conflict('cartClosed', `shoppingCart ${cart.id} cannot be handed over: it is ${cart.doc.status ?? 'over'}`)
  const shop = shopUrl(deps, context)
  const [code, token] = [newCode(), randomBytes(24).toString('base64url')]
  const hashes = [hashOf('code', code), ...(shop === undefined ? [] : [hashOf('link', token)])]
  const by = { channel: context.channel, principal: context.principal.id }
  const expires = await deps.database.transaction(async tx => {
    await insertTransfer(tx, context.brand, { cartId: cart.id, id: newId(), kind: 'handedOver', revision: cart.revision, at: deps.clock.now(), ...by, from: null })
    return await insertHandOver(tx, context.brand, hashes, cart.id, by, LIFE_SECONDS)
  })
  const link = shop === undefined ? undefined : new URL(shop)
  link?.searchParams.set('handOver', token)
  return { code: grouped(code), ...(link && { link: link.href }), expirationDate: new Date(expires).toISOString() }
}

/**
 * Takes a cart over. Whoever has the code may: a customer who does becomes the customer of a cart that has none. A code that is wrong, used
 * or over, and one for somebody else's cart, cannot be told apart (404).
 */
export const takeOverCart = async (deps: Services, context: Context, said: { code?: string; token?: string }): Promise<Stored<ShoppingCart>> => {
  const unknown = refuse.notFound('hand-over code', 'given')
  const hash = said.code === undefined ? hashOf('link', said.token ?? '') : hashOf('code', plain(said.code))
  return await throughGate(() => deps.database.transaction(async tx => {
    const handed = await takeHandOver(tx, context.brand, hash)
    if (handed === undefined) throw unknown
    const { cartId: id, from } = handed
    // The code is what lets its bearer reach the cart: it is read as the brand's own work, and given to the bearer.
    const own = systemContext(context.brand, context.correlationId)
    const found = await deps.store.get(own, shoppingCart, id, { tx })
    if (found === undefined) throw unknown
    await insertTransfer(tx, context.brand, { cartId: id, id: newId(), kind: 'takenOver', revision: found.revision, at: deps.clock.now(), channel: context.channel, principal: context.principal.id, from })
    const party = actingParty(context)
    if (!isConfined(context.principal)) return found
    const owner = customerOf(found.doc)
    if (owner !== undefined) {
      const reached = await deps.store.get(context, shoppingCart, id, { tx })
      if (reached === undefined && context.principal.scope?.store === undefined && context.principal.scope?.partner === undefined) throw unknown
      if (reached !== undefined) return reached
    }
    const { store, partner } = context.principal.scope ?? {}
    const seller = store ?? partner
    const joins = seller !== undefined ? { id: seller, role: store === undefined ? 'partner' : 'store', '@referredType': store === undefined ? 'Partner' : 'Store' } : party === undefined ? undefined : { id: party, role: 'customer', '@referredType': 'Party' }
    if (joins === undefined) throw unknown
    return await deps.store.update({ ...own, channel: context.channel, principal: { ...own.principal, id: context.principal.id } }, shoppingCart, id, cart => ({ ...cart, relatedParty: [...(cart.relatedParty ?? []), joins] }), { tx })
  }))
}

/** Carts beyond TMF663: single lines, discounts within authority, and the continuity of a cart over channels. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { newId } from '../../platform/ids.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { normalise, phoneCountry } from '../identity/index.ts'
import { channelOf } from '../interaction/index.ts'
import { placeFaults } from './cart-input.ts'
import { mapLines, placeLines } from './cart-lines.ts'
import { cartsByContact, closePresence, openPresence, readPresence, readSteps, readTransfers, type Step } from './cart-store.ts'
import type { CartItem, LineAdjustment } from './cart-types.ts'
import { requireAuthority, requireEntitlement, requireShown, entitlementOf } from './channel-entitlement.ts'
import { handOverCart, takeOverCart } from './hand-over.ts'
import { mergeCarts, STRATEGIES } from './merge-carts.ts'
import { noteLook } from './record-visits.ts'
import { hasEnded, isOpen, shoppingCart } from './shopping-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

const BASE = '/tandem/v1/shoppingCart/:id'
const closed = { additionalProperties: false } as const
const text = (description: string, maxLength = 255) => Type.String({ minLength: 1, maxLength, description })
const params = Type.Object({ id: text('Id of the cart') })

type Params = { Params: { id: string } }

const cartOf = async (deps: Services, context: Context, id: string): Promise<Stored<ShoppingCart>> => {
  const found = await deps.store.get(context, shoppingCart, id)
  if (found === undefined) throw refuse.notFound(shoppingCart.name, id)
  return found
}

const shown = (reply: FastifyReply, cart: Stored<ShoppingCart>): FastifyReply => reply.header('etag', `"${cart.revision}"`).send(cart.doc)

/** Changes a cart as whoever asks, where it may still be changed. */
const change = async (deps: Services, context: Context, id: string, how: (cart: ShoppingCart) => ShoppingCart): Promise<Stored<ShoppingCart>> => {
  const now = deps.clock.now()
  return await deps.store.update(context, shoppingCart, id, cart => {
    if (!isOpen(cart)) throw refuse.conflict(cart.status === 'checkingOut' ? 'checkoutUnderWay' : 'cartClosed', `shoppingCart ${id} is ${cart.status ?? ''}`)
    if (hasEnded(cart, now)) throw refuse.conflict('cartEnded', `shoppingCart ${id} has ended`)
    return { ...how(cart), status: 'active' as const }
  })
}

const ItemBody = Type.Object(
  {
    productOffering: Type.Object({ id: text('The offering') }, { ...closed, description: 'What is put in' }),
    quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: '1 when left out' })),
    place: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()), { maxItems: 5, description: 'Where it is wanted, as in product.place' })),
    productCharacteristic: Type.Optional(Type.Array(Type.Object({ name: text('Name'), value: Type.Unknown({ description: 'Value' }) }, closed), { maxItems: 100, description: 'Chosen values' })),
    qualification: Type.Optional(Type.Object({ id: text('A qualification that it relies on'), itemId: Type.Optional(text('Its item')) }, closed)),
    campaign: Type.Optional(text('Campaign that led here')),
  },
  { ...closed, description: 'A line for the cart' },
)

const DiscountBody = Type.Object(
  {
    item: text('Id of the line'),
    name: Type.Optional(text('Name shown to people')),
    percentage: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100, description: 'Percent off; this or amount' })),
    amount: Type.Optional(Type.Object({ unit: Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency' }), value: Type.Number({ exclusiveMinimum: 0, description: 'Amount' }) }, { ...closed, description: 'Off the whole line' })),
    on: Type.Optional(Type.Enum(['oneTime', 'recurring', 'deposit'], { type: 'string', description: 'Which charges; one-time and recurring ones when left out' })),
    duration: Type.Optional(Type.Object({ amount: Type.Integer({ minimum: 1, description: 'Number of units' }), units: text('month, year …', 20) }, { ...closed, description: 'How long it lasts on recurring charges' })),
    reason: text('Why it is given', 500),
  },
  { ...closed, description: 'A discount' },
)

const lineRoutes = (app: FastifyInstance, deps: Services): void => {
  const readItem = inputOf(ItemBody)
  app.post<Params>(
    `${BASE}/item`,
    { config: { confined: true, audit: 'event' }, schema: { tags: ['cart'], summary: 'Put one thing into a cart', description: 'Adds a line, whoever else changes the cart meanwhile. Answers the cart.', params, body: ItemBody } },
    async (request, reply) => {
      requirePermission(request.context, 'shoppingCart', 'update')
      const { quantity = 1, place, productCharacteristic, productOffering, qualification, campaign } = readItem(request.body)
      requireShown(await entitlementOf(deps, request.context), request.context.channel, [productOffering.id])
      const unknown = await placeFaults((place ?? []).map((one, index) => ({ place: one, path: `place[${index}]` })), { deps, context: request.context })
      if (unknown.length > 0) throw refuse.invalid(unknown)
      const { channel, principal } = request.context
      const seller = principal.scope?.store ?? principal.scope?.partner
      const cart = await change(deps, request.context, request.params.id, doc => {
        const taken = new Set(placeLines(doc.cartItem).map(one => one.id))
        let n = (doc.cartItem ?? []).length + 1
        while (taken.has(String(n))) n++
        const product = { ...(place && { place }), ...(productCharacteristic && { productCharacteristic }) } as NonNullable<CartItem['product']>
        const line: CartItem = {
          id: String(n), action: 'add', status: 'active', quantity, productOffering,
          ...(Object.keys(product).length > 0 && { product }), ...(qualification && { qualification }),
          addedBy: { channel, ...(seller !== undefined && { seller }), ...(campaign !== undefined && { campaign }), date: deps.clock.now().toISOString() },
        }
        return { ...doc, cartItem: [...(doc.cartItem ?? []), line] }
      })
      return shown(reply.code(201), cart)
    },
  )
  const readDiscount = inputOf(DiscountBody)
  app.post<Params>(
    `${BASE}/discount`,
    { config: { audit: 'event' }, schema: { tags: ['cart'], summary: 'Give a discount on a line', description: 'Within what the channel may give, with all that the line has: 403 beyond. Needs cartDiscount:create.', params, body: DiscountBody } },
    async (request, reply) => {
      requirePermission(request.context, 'cartDiscount', 'create')
      const asked = readDiscount(request.body)
      if ((asked.percentage === undefined) === (asked.amount === undefined)) throw refuse.invalid([fault('percentage', 'or amount must be given, one of the two')])
      const entitled = await requireEntitlement(deps, request.context, 'discount')
      const { item: itemId, name = 'Discount', ...rest } = asked
      const given: LineAdjustment = { id: newId(), name, ...rest, channel: request.context.channel, date: deps.clock.now().toISOString() }
      const cart = await change(deps, request.context, request.params.id, doc => {
        const line = placeLines(doc.cartItem).find(one => one.id === itemId)?.item
        if (line === undefined) throw refuse.invalid([fault('item', 'must be the id of a line of the cart', itemId)])
        requireAuthority(entitled, request.context.channel, [...(line.adjustment ?? []), given])
        return { ...doc, cartItem: mapLines(doc.cartItem ?? [], one => (one.id === itemId ? { ...one, adjustment: [...(one.adjustment ?? []), given] } : one)) }
      })
      return shown(reply.code(201), cart)
    },
  )
  app.delete<{ Params: { id: string; discount: string } }>(
    `${BASE}/discount/:discount`,
    { schema: { tags: ['cart'], summary: 'Take a discount back', params: Type.Object({ id: text('Id of the cart'), discount: text('Id of the discount') }) } },
    async (request, reply) => {
      requirePermission(request.context, 'cartDiscount', 'delete')
      const { id, discount } = request.params
      return shown(reply, await change(deps, request.context, id, doc => ({ ...doc, cartItem: mapLines(doc.cartItem ?? [], one => (one.adjustment === undefined ? one : { ...one, adjustment: one.adjustment.filter(given => given.id !== discount) })) })))
    },
  )
}

const HandOverBody = Type.Object({ code: Type.Optional(text('The code, as it was read out', 40)), token: Type.Optional(text('What the link carries', 100)) }, { ...closed, description: 'What was given; one of the two' })
const MergeBody = Type.Object(
  {
    customer: Type.Object({ id: text('Who has logged in'), name: Type.Optional(text('Name')), '@referredType': Type.Optional(text('Customer, Individual or Organization', 100)) }, { ...closed, description: 'The customer' }),
    strategy: Type.Enum([...STRATEGIES], { type: 'string', description: 'merge: the lines of both; keepGuest: this cart goes on; keepOwn: the cart that the customer has goes on' }),
    into: Type.Optional(text("The customer's cart; the newest one when left out")),
  },
  { ...closed, description: 'What becomes of the carts' },
)

const moveRoutes = (app: FastifyInstance, deps: Services): void => {
  app.post<Params>(
    `${BASE}/handOver`,
    { config: { confined: true }, schema: { tags: ['cart'], summary: 'Hand a cart over to another channel', description: 'A code to read out and, where SHOP_URL says which page of the shop takes carts over, a link to tap. Each lives for 15 minutes and works once; former ones of the cart work no more.', params } },
    async (request, reply) => {
      requirePermission(request.context, 'shoppingCart', 'update')
      await requireEntitlement(deps, request.context, 'handOver')
      return reply.code(201).send(await handOverCart(deps, request.context, await cartOf(deps, request.context, request.params.id)))
    },
  )
  const readCode = inputOf(HandOverBody)
  app.post(
    '/tandem/v1/cartTakeOver',
    { config: { confined: true }, schema: { tags: ['cart'], summary: 'Take a cart over', description: 'By the code or link that another channel gave. One that is wrong, used or over is 404.', body: HandOverBody } },
    async (request, reply) => {
      requirePermission(request.context, 'shoppingCart', 'update')
      const said = readCode(request.body)
      if ((said.code === undefined) === (said.token === undefined)) throw refuse.invalid([fault('code', 'or token must be given, one of the two')])
      await requireEntitlement(deps, request.context, 'takeOver')
      const cart = await takeOverCart(deps, request.context, { ...(said.code !== undefined && { code: said.code }), ...(said.token !== undefined && { token: said.token }) })
      request.auditIds = [cart.id]
      await noteLook(deps, request.context, cart.doc, channelOf({ channel: request.context.channel }))
      return shown(reply, cart)
    },
  )
  const readMerge = inputOf(MergeBody)
  app.post<Params>(
    `${BASE}/merge`,
    { config: { confined: true }, schema: { tags: ['cart'], summary: "Make a guest's cart the customer's", description: 'At log-in: by strategy, both carts change together. Answers the cart that goes on.', params, body: MergeBody } },
    async (request, reply) => {
      requirePermission(request.context, 'shoppingCart', 'update')
      const { customer, strategy, into } = readMerge(request.body)
      await requireEntitlement(deps, request.context, 'merge')
      const { id, name, '@referredType': type } = customer
      return shown(reply, await mergeCarts(deps, request.context, request.params.id, { customer: { id, ...(name !== undefined && { name }), ...(type !== undefined && { '@referredType': type }) }, strategy, ...(into !== undefined && { into }) }))
    },
  )
}

/** What was changed, with when it went from channel to channel, in turn. */
const historyOf = async (deps: Services, brand: string, id: string): Promise<Step[]> => {
  const moves = (await readTransfers(deps.database, brand, [id])).map(({ kind, revision, at, channel, principal, from }): Step => ({ revision, at, channel, principal, change: [{ what: kind, ...(from !== null && { from }) }] }))
  return [...(await readSteps(deps.database, brand, id)), ...moves].sort((a, b) => a.revision - b.revision || a.at.getTime() - b.at.getTime())
}

const lookRoutes = (app: FastifyInstance, deps: Services): void => {
  const query = Type.Object({ customer: Type.Optional(text('Id of the customer or party')), email: Type.Optional(text('E-mail address')), phone: Type.Optional(text('Telephone number')), open: Type.Optional(Type.Boolean({ description: 'Only those that can still be changed' })) })
  const readQuery = inputOf(query, { query: true })
  app.get(
    '/tandem/v1/shoppingCart',
    { config: { confined: true }, schema: { tags: ['cart'], summary: 'Find carts', description: 'By customer, or by an e-mail address or number in any spelling, the newest first. The latter is for staff with cartByContact:read.', querystring: query } },
    async request => {
      const { context } = request
      requirePermission(context, 'shoppingCart', 'read')
      const { customer, email, phone, open } = readQuery(request.query)
      if ([customer, email, phone].filter(one => one !== undefined).length !== 1) throw refuse.invalid([fault('customer', 'or email or phone must be given, one of the three')])
      const found = customer === undefined ? await byContact(deps, request, email === undefined ? 'phone' : 'email', email ?? phone ?? '') : await deps.store.find(context, shoppingCart, { where: [{ path: 'relatedParty.id', value: customer }], sort: '-lastUpdate', limit: 100 })
      const now = deps.clock.now()
      const carts = found.filter(one => open !== true || (isOpen(one.doc) && !hasEnded(one.doc, now)))
      request.auditIds = carts.map(one => one.id)
      return carts.map(one => one.doc)
    },
  )
  app.get<Params>(
    `${BASE}/history`,
    { config: { confined: true }, schema: { tags: ['cart'], summary: 'What each channel did with a cart, and when', params } },
    async request => {
      requirePermission(request.context, 'shoppingCart', 'read')
      const cart = await cartOf(deps, request.context, request.params.id)
      const staff = !isConfined(request.context.principal)
      return (await historyOf(deps, request.context.brand, cart.id)).map(({ principal, ...step }) => ({ ...step, ...(staff && { principal }) }))
    },
  )
  // Windows of two callers may go by one name.
  const sessionOf = (principal: string, session: string): string => `${principal} ${session}`
  const presenceView = async (request: FastifyRequest<Params>, id: string) =>
    (await readPresence(deps.database, request.context.brand, id)).map(({ channel, openedAt, expiresAt, principal, session }) => ({ channel, session: session.startsWith(sessionOf(principal, '')) ? session.slice(sessionOf(principal, '').length) : session, openedAt, expiresAt, ...(!isConfined(request.context.principal) && { principal }), isYou: principal === request.context.principal.id }))
  app.get<Params>(`${BASE}/presence`, { config: { confined: true }, schema: { tags: ['cart'], summary: 'Who has a cart open now', params } }, async request => {
    requirePermission(request.context, 'shoppingCart', 'read')
    return await presenceView(request, (await cartOf(deps, request.context, request.params.id)).id)
  })
  const PresenceBody = Type.Object({ session: text('Tells the windows of one caller apart', 100), seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 300, description: 'For how long it holds unless it is said again; 60 when left out, 0 closes it' })) }, { ...closed, description: 'That the caller has it open' })
  const readPresenceBody = inputOf(PresenceBody)
  app.put<Params>(`${BASE}/presence`, { config: { confined: true }, schema: { tags: ['cart'], summary: 'Say that a cart is open', description: 'Said again while it is. Answers who has it open.', params, body: PresenceBody } }, async request => {
    const { context } = request
    requirePermission(context, 'shoppingCart', 'read')
    const cart = await cartOf(deps, context, request.params.id)
    const { session, seconds = 60 } = readPresenceBody(request.body)
    if (seconds === 0) await closePresence(deps.database, context.brand, cart.id, sessionOf(context.principal.id, session))
    else {
      await openPresence(deps.database, context.brand, cart.id, { session: sessionOf(context.principal.id, session), channel: context.channel, principal: context.principal.id }, seconds)
      await noteLook(deps, context, cart.doc, channelOf({ channel: context.channel }))
    }
    return await presenceView(request, cart.id)
  })
}

/** Whoever knows a number must not learn what somebody buys: a permission of its own, and never a confined caller. */
const byContact = async (deps: Services, request: FastifyRequest, type: 'email' | 'phone', raw: string): Promise<Stored<ShoppingCart>[]> => {
  const { context } = request
  requirePermission(context, 'cartByContact', 'read')
  if (isConfined(context.principal)) throw refuse.forbidden('Carts are found by contact by staff alone')
  await requireEntitlement(deps, context, 'findByContact')
  const read = normalise(type, raw, phoneCountry(deps.config, context.brand))
  if ('wrong' in read) throw refuse.invalid([fault(type, read.wrong)])
  const ids = await cartsByContact(deps.database, context.brand, { type, value: type === 'email' ? read.value.toLowerCase() : read.value })
  return [...(await deps.store.getMany(context, shoppingCart, ids)).values()].sort((a, b) => (b.doc.lastUpdate ?? '').localeCompare(a.doc.lastUpdate ?? ''))
}

export const cartRoutes = (app: FastifyInstance, deps: Services): void => {
  lineRoutes(app, deps)
  moveRoutes(app, deps)
  lookRoutes(app, deps)
}

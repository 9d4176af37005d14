/** POST /tandem/v1/product/{id}/inLifeCart: an option of in-life sales becomes lines of a cart, in one call. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Services } from '../../tmf/services.ts'
import { ACTIONS, readEffectiveDate } from '../in-life/index.ts'
import { partyOf, product } from '../inventory/index.ts'
import { placeLines } from './cart-lines.ts'
import { placeFaults } from './cart-input.ts'
import type { CartItem } from './cart-types.ts'
import { entitlementOf, requireShown } from './channel-entitlement.ts'
import { PIN_MS } from './evaluate-cart.ts'
import { answerChange, linesFrom, type ChangeRequest } from './in-life-line.ts'
import { requireWaiver, waiverNow } from './line-waiver.ts'
import { hasEnded, isOpen, shoppingCart } from './shopping-cart.ts'

const closed = { additionalProperties: false } as const
const id = (description: string) => Type.String({ minLength: 1, maxLength: 255, description })
const Ref = (description: string) => Type.Object({ id: id('Identifier') }, { ...closed, description })
const params = Type.Object({ id: id('Id of the product') })

const Beside = Type.Object(
  {
    productOffering: Ref('What is put in'),
    productCharacteristic: Type.Optional(Type.Array(Type.Object({ name: id('Name'), value: Type.Unknown({ description: 'Value' }) }, closed), { maxItems: 100, description: 'Chosen values' })),
    financing: Type.Optional(Ref('Terms to buy it in instalments (financingOffer)')),
  },
  { ...closed, description: 'Something that is bought with it, such as a new device with a renewal' },
)

const Body = Type.Object(
  {
    action: Type.Enum([...ACTIONS], { type: 'string', description: 'What is to be done' }),
    productOffering: Type.Optional(Ref('What it is changed to, or what is added')),
    place: Type.Optional(Ref('The address that it moves to')),
    effectiveDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it shall be, where that is later than it could be' })),
    device: Type.Optional(Type.Enum(['keepPaying', 'payOff'], { type: 'string', description: 'What shall become of open instalments, where the customer may choose' })),
    part: Type.Optional(Ref('Of a bundle: the part (a product) that shall leave it, the whole of it when left out; with add, what is added inside takes its place')),
    choice: Type.Optional(Type.Array(Ref('An offering'), { maxItems: 50, description: 'Of a bundle that is exchanged: what is taken of the other one, where it lets choose' })),
    waiver: Type.Optional(Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500, description: 'Why' }) }, { ...closed, description: 'That no fee, date or refusal of a rule holds; needs the permission inLifeWaiver:create' })),
    with: Type.Optional(Type.Array(Beside, { maxItems: 10, description: 'What is bought with it' })),
    shoppingCart: Type.Optional(Ref('A cart that it goes into; a new one when left out')),
  },
  { ...closed, description: 'An option of what can be done with the product' },
)

type Asked = Static<typeof Body>

/** What of the question some reasons are about; the others are about what it would become, or what is to be done at all. */
const ABOUT: Readonly<Record<string, (asked: Asked) => string>> = {
  effectiveDateTooEarly: () => 'effectiveDate',
  deviceNotChoosable: () => 'device',
  placeNeeded: () => 'place',
  notServiceable: ({ place }) => (place ? 'place.id' : 'productOffering.id'),
  changeUnderWay: () => 'action',
  bundleLimit: ({ part, choice }) => (part ? 'part.id' : choice ? 'choice' : 'productOffering.id'),
}

const valueAt = (asked: Asked, path: string): unknown => path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], asked)

/** A reason as a fault of the attribute that asks for what cannot be; its code stands behind the words. */
const faultOf = ({ code, message }: { code: string; message: string }, asked: Asked): Fault => {
  const about = ABOUT[code]?.(asked) ?? 'productOffering.id'
  const path = about === 'productOffering.id' && asked.productOffering === undefined ? 'action' : about
  return fault(path, `${message} (${code})`, valueAt(asked, path))
}

export const changeRoutes = (app: FastifyInstance, deps: Services): void => {
  const read = inputOf(Body)
  app.post<{ Params: { id: string } }>(
    '/tandem/v1/product/:id/inLifeCart',
    { config: { confined: true }, schema: { tags: ['inLife'], summary: 'Put a change of a product into a cart', description: 'What inLifeOption has answered becomes a line (of a new cart, or of one that is named), with its date, its fees and what is kept. It is asked again at the checkout. 409 with the reasons when it cannot be done.', params, body: Body } },
    async (request, reply) => {
      const { context } = request
      requirePermission(context, 'shoppingCart', 'create')
      requirePermission(context, 'product', 'read')
      const body = read(request.body)
      if (body.waiver) requireWaiver(context)
      readEffectiveDate(body.effectiveDate, deps.clock.now())
      const found = await deps.store.get(context, product, request.params.id)
      if (found === undefined) throw refuse.notFound(product.name, request.params.id)
      const asked: ChangeRequest = {
        product: found.id,
        action: body.action,
        ...(body.productOffering && { productOffering: body.productOffering.id }),
        ...(body.place && { place: { id: body.place.id, role: 'installation', '@referredType': 'GeographicAddress' } }),
        ...(body.effectiveDate !== undefined && { effectiveDate: body.effectiveDate }),
        ...(body.device !== undefined && { device: body.device }),
        ...(body.part && { part: body.part.id }),
        ...(body.waiver && { waiver: body.waiver.reason }),
        ...(body.choice && { choice: body.choice.map(one => one.id) }),
      }
      if (['upgrade', 'downgrade', 'add'].includes(body.action) && body.productOffering === undefined) throw refuse.invalid([fault('productOffering', `must be named for ${body.action}`)])
      const unknown = await placeFaults(asked.place ? [{ place: asked.place, path: 'place' }] : [], { deps, context })
      if (unknown.length > 0) throw refuse.invalid(unknown)
      const { built, unknownChoice, unknownPart } = await answerChange(deps, context, asked)
      if (unknownPart) throw refuse.invalid([fault('part.id', 'is no part that the product has', asked.part)])
      if (built === undefined) throw refuse.conflict('changeNotOffered', `product ${found.id} has no such option: ${body.action}${body.productOffering ? ` ${body.productOffering.id}` : ''}`, [faultOf({ code: 'changeNotOffered', message: 'is no option of the product' }, body)])
      if (unknownChoice.length > 0) throw refuse.invalid(unknownChoice.map(index => fault(`choice[${index}].id`, 'is nothing that can be chosen of what the product is exchanged for', asked.choice?.[index])))
      if (!built.option.possible) throw refuse.conflict('changeNotPossible', built.option.reason.map(one => one.message).join('; '), built.option.reason.map(one => faultOf(one, body)))
      requireShown(await entitlementOf(deps, context), context.channel, [...(built.option.productOffering && body.action !== 'move' ? [built.option.productOffering.id] : []), ...(body.with ?? []).map(one => one.productOffering.id)])
      const now = deps.clock.now()
      const seller = context.principal.scope?.store ?? context.principal.scope?.partner
      const addedBy = { channel: context.channel, ...(seller !== undefined && { seller }), date: now.toISOString() }
      const beside = (body.with ?? []).map((one): CartItem => ({ action: 'add', status: 'active', quantity: 1, productOffering: one.productOffering, ...(one.productCharacteristic && { product: { productCharacteristic: one.productCharacteristic } as NonNullable<CartItem['product']> }), ...(one.financing && { financing: one.financing }) }))
      const lines = [...linesFrom(built, asked, new Date(now.getTime() + PIN_MS), body.waiver && waiverNow(body.waiver.reason, context, now)), ...beside].map(line => ({ ...line, addedBy }))
      const owner = found.doc.relatedParty?.find(one => one.id === partyOf(found.doc))
      if (body.shoppingCart === undefined) {
        const cart = await deps.store.create(context, shoppingCart, { cartItem: lines, ...(owner && { relatedParty: [{ ...owner, role: 'customer' }] }) })
        return await reply.code(201).header('etag', `"${cart.revision}"`).send(cart.doc)
      }
      const cartId = body.shoppingCart.id
      const cart = await deps.store.update(context, shoppingCart, cartId, doc => {
        if (!isOpen(doc) || hasEnded(doc, now)) throw refuse.conflict('cartClosed', `shoppingCart ${cartId} is ${doc.status ?? 'over'}`)
        const taken = new Set(placeLines(doc.cartItem).map(one => one.id))
        let next = (doc.cartItem ?? []).length
        const fresh = lines.map(line => {
          do next += 1
          while (taken.has(String(next)))
          return { ...line, id: String(next) }
        })
        return { ...doc, cartItem: [...(doc.cartItem ?? []), ...fresh], ...((doc.relatedParty ?? []).length === 0 && owner && { relatedParty: [{ ...owner, role: 'customer' }] }), status: 'active' as const }
      })
      return await reply.code(201).header('etag', `"${cart.revision}"`).send(cart.doc)
    },
  )
}

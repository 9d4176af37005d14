/** What a channel may show, discount and do with carts (Tandem's own): data, so that a new channel or a campaign needs no release. */
import { Type, type Static } from 'typebox'
import { fault, Refusal } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { defineApi, defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { remembering } from '../../tmf/remembering.ts'

export const cartApi = defineApi({ name: 'cart', version: 'v1', release: '1.0.0', title: 'Cart', description: "Channel entitlements and gateways of the checkout: Tandem's own.", slug: 'cart' })

export const CART_ACTIONS = ['discount', 'handOver', 'takeOver', 'findByContact', 'merge', 'checkOut'] as const
export type CartAction = (typeof CART_ACTIONS)[number]

const ids = (description: string) => Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 500, description }))

export const ChannelEntitlement = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    channel: Type.Optional(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,31}$', description: 'The channel, as requests name it' })),
    description: Type.Optional(Type.String({ maxLength: 1000, description: 'Free text for people' })),
    show: Type.Optional(
      Type.Object({ productOffering: ids('Offerings that it may sell; all when left out'), hidden: ids('Offerings that it may not sell') }, { description: 'What it may put into carts' }),
    ),
    discount: Type.Optional(
      Type.Object(
        {
          maxPercentage: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'Most percent off a line, all its discounts together' })),
          maxAmount: Type.Optional(Type.Object({ unit: Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency' }), value: Type.Number({ minimum: 0, description: 'Amount' }) }, { description: 'Most that is taken off a line, all its discounts together' })),
        },
        { description: 'Authority for discounts; none when left out' },
      ),
    ),
    action: Type.Optional(Type.Array(Type.Enum([...CART_ACTIONS], { type: 'string' }), { description: 'What it may do with carts; everything when left out' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    ...extensible,
  },
  { description: 'What a channel may show, discount and do' },
)
export type ChannelEntitlement = Static<typeof ChannelEntitlement>

export const channelEntitlement = defineResource({
  api: cartApi,
  name: 'channelEntitlement',
  type: 'ChannelEntitlement',
  table: 'channel_entitlement',
  description: 'What a channel may show, discount and do with carts. A channel without one may do everything but give discounts.',
  schema: ChannelEntitlement,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['channel'] },
  update: { immutable: ['channel'] },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { channel: 'text', lastUpdate: 'instant' },
  visibility: 'house',
  external: false,
  afterWrite: deps => entitlements.forget(deps),
  example: { channel: 'care', description: 'Customer care', discount: { maxPercentage: 10 }, action: ['discount', 'handOver', 'takeOver', 'findByContact', 'merge', 'checkOut'] },
})

type Deps = Pick<Services, 'store' | 'database'>

/** Of several for a channel the newest counts. */
const entitlements = remembering(async (deps: Deps, brand): Promise<ReadonlyMap<string, ChannelEntitlement>> => {
  const found = await deps.store.find(systemContext(brand, newId()), channelEntitlement, { sort: 'lastUpdate', limit: 1_000 })
  return new Map(found.flatMap(({ doc }) => (doc.channel === undefined ? [] : [[doc.channel, doc]])))
})

/** What the channel of the caller may do. */
export const entitlementOf = async (deps: Deps, context: Context): Promise<ChannelEntitlement | undefined> => (await entitlements.of(deps, context.brand)).get(context.channel)

const notEntitled = (message: string): Refusal => new Refusal({ status: 403, code: 'channelNotEntitled', reason: 'The channel may not do this', message })

/** Throws 403 where the channel may not do this with carts. */
export const requireEntitlement = async (deps: Deps, context: Context, action: CartAction): Promise<ChannelEntitlement | undefined> => {
  const entitled = await entitlementOf(deps, context)
  if (entitled?.action !== undefined && !entitled.action.includes(action)) throw notEntitled(`Channel ${context.channel} may not do this with carts (${action})`)
  return entitled
}

/** Throws 403 where a channel may not sell what a cart newly names. */
export const requireShown = (entitled: ChannelEntitlement | undefined, channel: string, offeringIds: readonly string[]): void => {
  const { productOffering, hidden } = entitled?.show ?? {}
  const wrong = offeringIds.filter(id => hidden?.includes(id) === true || productOffering?.includes(id) === false)
  if (wrong.length > 0) throw notEntitled(`Channel ${channel} may not sell ${wrong.slice(0, 10).join(', ')}`)
}

export interface AskedDiscount {
  percentage?: number
  amount?: { unit: string; value: number }
}

/** Throws where a discount, with those that the line has, is more than the channel may give. */
export const requireAuthority = (entitled: ChannelEntitlement | undefined, channel: string, discounts: readonly AskedDiscount[]): void => {
  const { maxPercentage, maxAmount } = entitled?.discount ?? {}
  const beyond = (message: string): Refusal => new Refusal({ status: 403, code: 'discountBeyondAuthority', reason: 'The discount is more than the channel may give', message, faults: [fault('discount', message)] })
  const left = discounts.reduce((rest, one) => rest * (1 - (one.percentage ?? 0) / 100), 1)
  const percent = Math.round((1 - left) * 1e6) / 1e4
  if (percent > (maxPercentage ?? 0)) throw beyond(`Channel ${channel} may give ${maxPercentage ?? 0} % off a line; with this it would be ${percent} %`)
  const amounts = discounts.flatMap(one => one.amount ?? [])
  if (amounts.length === 0) return
  if (maxAmount === undefined || amounts.some(one => one.unit !== maxAmount.unit)) throw beyond(`Channel ${channel} may not give amounts in ${amounts[0]?.unit ?? ''}`)
  const total = amounts.reduce((sum, one) => sum + one.value, 0)
  if (total > maxAmount.value) throw beyond(`Channel ${channel} may take ${maxAmount.value} ${maxAmount.unit} off a line; with this it would be ${total}`)
}

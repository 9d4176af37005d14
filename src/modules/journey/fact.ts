/** What the journey remembers of an event: as little as its steps are made of. Pure. */
import type { ResourceEvent } from '../../tmf/module.ts'
import type { ShoppingCart } from '../cart/index.ts'
import { channelOf } from '../interaction/index.ts'
import { customerOf, isSeller, type ProductOrderDocument } from '../ordering/index.ts'

export interface Party {
  id: string
  role: string
  '@referredType': string
}

export interface Fact {
  /** Business time, ISO 8601. */
  at: string
  subject: 'cart' | 'order'
  subjectId: string
  revision: number
  eventId: string
  /** What it is now: the state of the cart or order, `deleted`, or `takenOver`. */
  state: string
  /** Through which channel it came; nothing where Tandem did it by itself. */
  channel?: string
  /** The customer first, then who sold. */
  party: readonly Party[]
  /** Qualifications that lines rest on. */
  qualification?: readonly string[]
  /** The order that a cart became, the cart that goes on in its place. */
  order?: string
  mergedInto?: string
  milestone?: readonly { id: string; name: string; status: string; promised?: string; achieved?: string }[]
  /** Why an order was rejected. */
  reason?: string
}

type Referring = readonly { id?: string; role?: string; '@referredType'?: string }[]

const partiesOf = (parties: Referring = [], customer: string | undefined): Party[] =>
  parties
    .flatMap(({ id, role = '', '@referredType': type = 'Party' }) => (id !== undefined && (id === customer || isSeller({ role })) ? [{ id, role: id === customer ? 'customer' : role, '@referredType': type }] : []))
    .sort((a, b) => Number(b.role === 'customer') - Number(a.role === 'customer'))

/** Who put lines in through this channel, beside the parties of the cart. */
const sellersIn = (cart: ShoppingCart, channel: string | undefined): Party[] =>
  [...new Set((cart.cartItem ?? []).flatMap(({ addedBy }) => (addedBy?.seller !== undefined && addedBy.channel === channel ? [addedBy.seller] : [])))].map(id => ({ id, role: 'seller', '@referredType': 'Seller' }))

const unique = (parties: readonly Party[]): Party[] => [...new Map(parties.map(party => [party.id, party])).values()]

const common = (event: ResourceEvent): Pick<Fact, 'at' | 'subjectId' | 'revision' | 'eventId'> => ({ at: event.eventTime.toISOString(), subjectId: event.resourceId, revision: event.revision, eventId: event.eventId })

export const factOfCart = (event: ResourceEvent<ShoppingCart>): Fact => {
  const cart = event.doc
  const channel = channelOf(event)
  const qualification = [...new Set((cart.cartItem ?? []).flatMap(item => item.qualification?.id ?? []))]
  return {
    ...common(event as unknown as ResourceEvent),
    subject: 'cart',
    state: event.eventType === 'ShoppingCartDeleteEvent' ? 'deleted' : (cart.status ?? 'active'),
    ...(channel !== undefined && { channel }),
    party: unique([...sellersIn(cart, channel), ...partiesOf(cart.relatedParty, customerOf(cart))]),
    ...(qualification.length > 0 && { qualification }),
    ...(cart.productOrder && { order: cart.productOrder.id }),
    ...(cart.mergedInto && { mergedInto: cart.mergedInto.id }),
  }
}

/** A cart is worked on in another channel from when that took it over, not only from when it changed something. */
export const factOfTakeOver = ({ cartId, id, revision, at, channel }: { cartId: string; id: string; revision: number; at: Date; channel: string }): Fact => {
  const known = channelOf({ channel })
  return { at: at.toISOString(), subject: 'cart', subjectId: cartId, revision, eventId: id, state: 'takenOver', ...(known !== undefined && { channel: known }), party: [] }
}

export const factOfOrder = (event: ResourceEvent<ProductOrderDocument>): Fact => {
  const order = event.doc
  const channel = channelOf(event, event.revision === 1 ? order.channel : undefined)
  const milestone = (order.milestone ?? []).map(({ id, name, status, promisedDate, milestoneDate }) => ({ id, name, status, ...(promisedDate !== undefined && { promised: promisedDate }), ...(milestoneDate !== undefined && { achieved: milestoneDate }) }))
  const reason = order.rejectionReason?.[0]?.code
  return {
    ...common(event as unknown as ResourceEvent),
    subject: 'order',
    state: order.state,
    ...(channel !== undefined && { channel }),
    party: unique(partiesOf(order.relatedParty, customerOf(order))),
    ...(milestone.length > 0 && { milestone }),
    ...(reason !== undefined && { reason }),
  }
}

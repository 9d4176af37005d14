/** The order that a cart becomes: its active lines as they are, with the prices that were agreed, what they rest on and who sold them. Pure. */
import type { OrderItem, PriceLine, ProductOrderDocument } from '../ordering/index.ts'
import { sellersOf } from '../ordering/index.ts'
import { placeLines } from './cart-lines.ts'
import type { CartItem } from './cart-types.ts'
import { laterDates } from './in-life-line.ts'
import type { CheckoutRow } from './checkout-types.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Lines that are bought. */
export const activeLines = (cart: ShoppingCart): CartItem[] => (cart.cartItem ?? []).filter(item => item.status !== 'saveForLater' && (item.quantity ?? 1) > 0)

/** Prices as the order keeps them: fees with the key that charges them once; what is paid in instalments, which are charges of their own, and what the checkout has taken money for marked, so that no bill asks for it again. */
const pricesOf = ({ id = '', itemPrice, financing }: CartItem, orderId: string, paid: Paid | undefined): PriceLine[] | undefined => {
  let fees = 0
  return itemPrice?.map(price => {
    const line = price as unknown as PriceLine
    if (line['@type'] === 'FeePrice') return { ...line, chargeId: `${orderId}/${id}/${++fees}` }
    if (line.priceType !== 'oneTime') return line
    return financing?.amountFinanced !== undefined ? { ...line, financed: true } : { ...line, ...(paid && { paid }) }
  })
}

/** The payment of what is due at the checkout; undefined where nobody asks for one: then it is on the bill. */
interface Paid {
  id: string
  '@referredType': 'GatewayPayment'
}

const paidOf = ({ payment }: CheckoutRow['progress']): Paid | undefined => (payment?.id === undefined ? undefined : { id: payment.id, '@referredType': 'GatewayPayment' })

/** What was agreed on a change, as the order keeps it. */
const agreedOf = ({ inLife }: CartItem): Record<string, unknown> => {
  if (inLife === undefined) return {}
  const { action, effectiveDate, option, payOff } = inLife
  const { possible: _possible, reason: _reason, action: _action, effectiveDate: _date, ...agreed } = option
  return { inLife: { ...agreed, action, effectiveDate, '@type': 'AgreedChange', '@baseType': 'Change' }, ...(payOff && { payOff: { plan: payOff } }) }
}

const itemOf = (line: CartItem, row: Pick<CheckoutRow, 'progress' | 'orderId'>, channel: string): OrderItem => {
  const { progress, orderId } = row
  const paid = paidOf(progress)
  const frozen = pricesOf(line, orderId, paid)
  const { id = '', action = 'add', quantity = 1, product, productOffering, ItemTotalPrice, financing, itemTerm, note, cartItemRelationship, qualification, addedBy, waiver } = line
  const reservation = progress.reservation?.[id]
  return {
    id,
    action,
    quantity,
    ...(product && { product: product as unknown as NonNullable<OrderItem['product']> }),
    ...(productOffering && { productOffering: productOffering as unknown as NonNullable<OrderItem['productOffering']> }),
    ...(frozen && { itemPrice: frozen }),
    ...(financing?.amountFinanced !== undefined && { financing: { ...financing, ...(paid && { paid }), '@type': 'AgreedFinancing', '@baseType': 'Financing' } }),
    ...agreedOf(line),
    ...(waiver && { waiver: { ...waiver, '@type': 'AgreedWaiver', '@baseType': 'Waiver' } }),
    ...(ItemTotalPrice && { itemTotalPrice: ItemTotalPrice as unknown as PriceLine[] }),
    ...(itemTerm && { itemTerm: itemTerm as Record<string, unknown>[] }),
    ...(note && { note }),
    ...(cartItemRelationship && { productOrderItemRelationship: cartItemRelationship.flatMap(({ id: other, relationshipType }) => (other === undefined ? [] : [{ id: other, relationshipType: relationshipType ?? 'reliesOn' }])) }),
    ...(qualification && (qualification.itemId === undefined ? { qualification: [{ id: qualification.id }] } : { productOfferingQualificationItem: { id: qualification.itemId, productOfferingQualificationId: qualification.id } })),
    ...(reservation !== undefined && { capacityReservation: { id: reservation } }),
    ...(line.cartItem && line.cartItem.length > 0 && { productOrderItem: line.cartItem.map(child => itemOf(child, row, channel)) }),
    '@type': 'SoldProductOrderItem',
    '@baseType': 'ProductOrderItem',
    soldBy: addedBy ?? { channel },
  }
}

/** Where the cart was filled and where something was taken off its price, the channel that finishes it first. One that did several things is there with the role of each; that who finishes it has filled it as well goes without saying. */
const channelsOf = (cart: ShoppingCart, finishing: string): { id: string; name: string; role: string }[] => {
  const bought = placeLines(activeLines(cart)).map(one => one.item)
  const as = (role: string, channels: readonly (string | undefined)[]): { id: string; name: string; role: string }[] => [...new Set(channels)].flatMap(channel => (channel === undefined ? [] : [{ id: channel, name: channel, role }]))
  return [
    ...as('finished', [finishing]),
    ...as('contributed', (cart.cartItem ?? []).map(item => item.addedBy?.channel)).filter(one => one.id !== finishing),
    ...as('discounted', bought.flatMap(item => (item.adjustment ?? []).map(one => one.channel))),
    ...as('waived', bought.map(item => item.waiver?.channel)),
  ]
}

export const orderOf = (cart: ShoppingCart, row: Pick<CheckoutRow, 'progress' | 'request' | 'orderId'>): ProductOrderDocument => {
  const { request, progress, orderId } = row
  const parties = cart.relatedParty ?? []
  const [later] = laterDates(activeLines(cart))
  const deposit: PriceLine[] = progress.deposit ? [{ name: 'Deposit', priceType: 'deposit', price: { taxIncludedAmount: progress.deposit } }] : []
  return {
    id: orderId,
    state: 'acknowledged',
    channel: channelsOf(cart, request.channel),
    relatedParty: [...parties, ...(request.seller !== undefined && !sellersOf({ relatedParty: parties }).includes(request.seller.id) ? [request.seller] : [])],
    productOrderItem: activeLines(cart).map(line => itemOf(line, row, request.channel)),
    ...(later !== undefined && { requestedStartDate: later }),
    orderTotalPrice: [...((cart.cartTotalPrice ?? []) as unknown as PriceLine[]), ...deposit],
    ...(cart.promotionCode && { promotionCode: cart.promotionCode }),
    ...(cart.promotion && { appliedPromotion: cart.promotion }),
    ...(cart.promotionCodeResult && { promotionCodeResult: cart.promotionCodeResult }),
    ...(request.billingAccount !== undefined && { billingAccount: { id: request.billingAccount } }),
    ...(progress.payment?.id !== undefined && { payment: [{ id: progress.payment.id, name: 'Authorised at the checkout', '@referredType': 'GatewayPayment' }] }),
  } as ProductOrderDocument
}

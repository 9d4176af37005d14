/** A cart shop with a fibre line in two speeds, a phone in instalments and rules of in-life sales, at a day that is fixed; and what its tests ask. */
import type { TestAppOptions } from '../../support/app.ts'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'

export type { Json }
const CATALOG = '/tmf-api/productCatalogManagement/v4'
const PRODUCT = '/tmf-api/productInventory/v4/product'
const ACCOUNT = '/tmf-api/accountManagement/v4/billingAccount'

export interface InLifeShop extends CartShop {
  slow: string
  fast: string
  phone: string
  option: string
  months24: string
  moveTo: (instant: string) => Promise<void>
  /** A customer with an account (cycle day 1, UTC, EUR). */
  person: () => Promise<{ person: string; customer: string; account: string }>
  /** Buys lines for a customer and waits until the order has ended; answers the order. */
  buy: (who: { customer: string; account: string }, cartItem: Json[]) => Promise<Json>
  checkOut: (cart: Json, account: string, status?: number) => Promise<Json>
  ended: (orderId: string, ...states: string[]) => Promise<Json>
  products: (orderId: string) => Promise<Json[]>
  options: (productId: string, query?: string) => Promise<Json>
  rates: (account: string) => Promise<Json[]>
}

export const openInLifeShop = async (at: string, options: TestAppOptions & { gateways?: boolean } = {}): Promise<InLifeShop> => {
  const shop = await openCartShop({ gateways: false, ...options })
  const { call } = shop
  const moveTo = async (instant: string): Promise<void> => void (await call('POST', '/tandem/v1/clock', { to: instant }, 200))
  await moveTo(at)
  await call('POST', '/tandem/v1/address/bulk', ['adr-1', 'adr-2', 'adr-3', 'adr-9'].map((id, index) => ({ id, street: 'Quay Street', streetNumber: String(index + 1), postcode: '10115', city: 'Newtown' })), 200)
  const spec = (await call('POST', `${CATALOG}/productSpecification`, { name: 'Fibre access', lifecycleStatus: 'Launched' })).id
  const term = { productOfferingTerm: [{ name: '24 months', duration: { amount: 24, units: 'month' } }] }
  const kind = { productSpecification: { id: spec } }
  const fast = (await shop.offering('Fibre 500', { recurring: 40, oneTime: 40 }, { ...kind, ...term })).id
  const slow = (await shop.offering('Fibre 100', { recurring: 30, oneTime: 40 }, { ...kind, ...term, productOfferingRelationship: [{ id: fast, relationshipType: 'upgradesTo' }] })).id
  const phone = (await shop.offering('Phone', { oneTime: 500 })).id
  const option = (await shop.offering('Fixed address', { recurring: 5, oneTime: 10 })).id
  const months24 = (await call('POST', '/tandem/v1/financingOffer', { name: '24 months without interest', numberOfInstalments: 24 })).id
  const ended: InLifeShop['ended'] = (orderId, ...states) =>
    shop.until(async () => {
      const order = await call('GET', `/tmf-api/productOrderingManagement/v4/productOrder/${orderId}`)
      return states.includes(order.state) && order
    }, `order ${states.join(' or ')}`, 30_000)
  const checkOut: InLifeShop['checkOut'] = (cart, account, status = 200) => call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, billingAccount: { id: account } }, status)
  return {
    ...shop, slow, fast, phone, option, months24, moveTo, ended, checkOut,
    person: async () => {
      const { person, customer } = await shop.customer()
      const account = (await call('POST', ACCOUNT, { name: 'Household', relatedParty: [{ id: customer, name: 'Ada', role: 'customer', '@referredType': 'Customer' }], billCycleDay: 1, currency: 'EUR', timeZone: 'UTC' })).id
      return { person, customer, account }
    },
    buy: async ({ customer, account }, cartItem) => {
      const cart = await shop.cart(cartItem, { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
      const done = await checkOut(cart, account)
      return await ended(done['productOrder'].id, 'completed')
    },
    products: orderId => call('GET', `${PRODUCT}?productOrderItem.productOrderId=${orderId}`),
    options: (productId, query = '') => call('GET', `/tandem/v1/product/${productId}/inLifeOption${query}`),
    rates: account => call('GET', `/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate?limit=500&billingAccount.id=${account}`),
  }
}

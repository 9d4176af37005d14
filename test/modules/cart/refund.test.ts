/** Money that a checkout has taken goes back once the order is cancelled: all of it, once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
let visit: string
beforeAll(async () => {
  shop = await openCartShop()
  await shop.call('POST', '/tandem/v1/deliveryTarget', { system: 'people', adapter: 'manual', baseUrl: `${shop.backEnds.url}/people`, timeoutMs: 1_000 })
  const offer = await shop.offering('Visit', { oneTime: 10 })
  const spec = (await shop.call('GET', `/tmf-api/productCatalogManagement/v4/productOffering/${offer.id}`)).productSpecification
  await shop.call('POST', '/tandem/v1/deliveryRule', { name: 'By hand', productSpecification: { id: spec.id }, step: [{ name: 'visit', kind: 'service', specification: { id: 'cfs-visit', name: 'Visit' }, target: 'people', targetType: 'visit', action: { add: 'visit' }, compensation: 'none', deadlineSeconds: 3_600 }] })
  visit = offer.id
}, 60_000)
afterAll(() => shop?.close())

const payments = (cart: Json): Promise<Json[]> => shop.outside('GET', `/payments/authorisation?reference=${cart['id']}`)
const bought = async (): Promise<{ cart: Json; order: string }> => {
  const { customer } = await shop.customer()
  const cart = await shop.cart([{ productOffering: { id: visit } }], { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
  const done = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa' }, 200)
  return { cart, order: done.productOrder.id }
}
const cancelled = async (order: string): Promise<void> => {
  await shop.call('POST', '/tmf-api/productOrderingManagement/v4/cancelProductOrder', { productOrder: { id: order } })
  await shop.until(async () => (await shop.call('GET', `/tmf-api/productOrderingManagement/v4/productOrder/${order}`)).state === 'cancelled', 'the order is cancelled', 30_000)
}
const stands = (cart: Json, state: string): Promise<unknown> => shop.until(async () => (await shop.call('GET', `/tandem/v1/checkout/${cart['id']}`)).payment?.state === state, `the money is ${state}`, 30_000)

test('it is given back when the order is cancelled later, though the gateway fails at first', async () => {
  const { cart, order } = await bought()
  await stands(cart, 'captured')
  await shop.outside('PUT', '/faults/payments', { errorRate: 0.5 })
  await cancelled(order)
  await stands(cart, 'refunded')
  await shop.outside('DELETE', '/faults/payments')
  expect((await payments(cart)).map(one => [one['state'], one['amount'].value])).toEqual([['refunded', 12]])
  expect(await shop.call('GET', `/tandem/v1/checkout/${cart['id']}`)).toMatchObject({ state: 'completed', productOrder: { id: order } })
}, 90_000)

test('also when the order is cancelled while it is being taken', async () => {
  await shop.outside('PUT', '/faults/payments', { errorRate: 0.7 })
  const { customer } = await shop.customer()
  const cart = await shop.cart([{ productOffering: { id: visit } }], { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
  await shop.raw('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa' })
  const order = await shop.until(async () => (await shop.call('GET', `/tandem/v1/checkout/${cart['id']}`)).productOrder?.id as string | undefined, 'the order is made', 60_000)
  await cancelled(order)
  await shop.outside('DELETE', '/faults/payments')
  await stands(cart, 'refunded')
  expect((await payments(cart)).filter(one => ['authorised', 'captured'].includes(one['state']))).toEqual([])
}, 120_000)

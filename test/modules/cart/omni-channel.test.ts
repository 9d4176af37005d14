/** The story of one purchase in four channels: nothing entered twice, one price, one order, one thread. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop({ settings: { PHONE_COUNTRY: 'GB' } })
}, 60_000)
afterAll(() => shop?.close())

const on = (channel: string): Record<string, string> => ({ 'x-tandem-channel': channel })

test('web guest, care agent, store and app buy one cart', async () => {
  await shop.call('POST', '/tandem/v1/channelEntitlement', { channel: 'care', discount: { maxPercentage: 10 } })

  // Web: a guest fills a cart and leaves a number.
  const guest = await shop.cart([shop.line('bundle'), shop.line('plan', { status: 'saveForLater' })], { contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '07700 900456' } }] }, on('web'))
  const router = guest['cartItem'][0].cartItem[1]
  expect(guest['due']).toEqual({ unit: 'EUR', value: 59.88 })

  // Care: finds it by the number that calls, and gives a discount within authority.
  const [found] = await shop.call('GET', '/tandem/v1/shoppingCart?phone=%2B447700900456', undefined, 200, on('care'))
  expect(found.id).toBe(guest['id'])
  await shop.call('POST', `/tandem/v1/shoppingCart/${found.id}/discount`, { item: router.id, percentage: 20, reason: 'Waited long' }, 403, on('care'))
  const cheaper = await shop.call('POST', `/tandem/v1/shoppingCart/${found.id}/discount`, { item: router.id, percentage: 10, reason: 'Waited long' }, 201, on('care'))
  expect(cheaper.due).toEqual({ unit: 'EUR', value: 53.89 })
  const { code } = await shop.call('POST', `/tandem/v1/shoppingCart/${found.id}/handOver`, {}, 201, on('care'))

  // Store: takes it over by the code, makes the customer known with a passport, and finishes.
  const taken = await shop.call('POST', '/tandem/v1/cartTakeOver', { code }, 200, on('store'))
  expect(taken.due).toEqual({ unit: 'EUR', value: 53.89 })
  const unknown = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: taken.id }, termsAccepted: true, paymentToken: 'tok-visa' }, 409, on('store'))
  expect(unknown.fault.map((one: Json) => one['code'])).toEqual(['customerMissing', 'identityNotSufficient'])
  const { person } = await shop.customer('Grace')
  await shop.call('POST', `/tandem/v1/shoppingCart/${taken.id}/merge`, { customer: { id: person, '@referredType': 'Individual' }, strategy: 'merge' }, 200, on('store'))
  const done = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: taken.id }, termsAccepted: true, paymentToken: 'tok-visa' }, 200, on('store'))
  expect(done.due).toEqual({ unit: 'EUR', value: 53.89 })

  // Nothing is asked twice: the number that the guest left is the customer's, as far as that is known.
  const known = await shop.call('GET', `/tmf-api/party/v4/individual/${person}`, undefined, 200, on('app'))
  expect(known.contactMedium).toEqual([{ mediumType: 'phone', characteristic: { phoneNumber: '07700 900456' } }])
  const number = await shop.until(async () => (await shop.call('GET', `/tandem/v1/partyIdentifier?party=${person}`) as Json[]).find(one => one['type'] === 'phone'), 'the number is recognized')
  expect([number['value'], number['verified']]).toEqual(['+447700900456', false])

  // App: the customer sees the order, with the discount, and what was saved for later in a cart of its own.
  await shop.call('PUT', `/tandem/v1/shoppingCart/${taken.id}/presence`, { session: 'phone' }, 200, on('app'))
  const order = await shop.call('GET', done.productOrder.href, undefined, 200, on('app'))
  expect(order.state).not.toBe('rejected')
  expect(order.channel.map((one: Json) => `${one['id']} ${one['role']}`)).toEqual(['store finished', 'web contributed', 'care discounted'])
  expect(order.productOrderItem[0].productOrderItem.map((one: Json) => one['productOffering'].id)).toEqual([shop.offers.plan, shop.offers.router])
  expect(order.productOrderItem[0].productOrderItem[1].itemPrice[0].priceAlteration[0].price.percentage).toBe(10)
  const open: Json[] = await shop.call('GET', `/tandem/v1/shoppingCart?customer=${person}&open=true`, undefined, 200, on('app'))
  expect(open.map(one => one['cartItem'].map((line: Json) => line['productOffering'].id))).toEqual([[shop.offers.plan]])

  // The thread: each channel once.
  const view = await shop.until(async () => {
    const now = await shop.call('GET', `/tandem/v1/customer360/${person}?sections=interactions,carts,orders`)
    return now.section.interactions.total >= 4 && now
  }, 'four interactions')
  expect(view.section.interactions.item.map((one: Json) => `${one['channel'][0].id} ${one['reason']}`).sort()).toEqual(['app orderViewed', 'care cart', 'store orderPlaced', 'web cart'])
  expect(view.section.orders.item.map((one: Json) => one['id'])).toEqual([order.id])
  const cart = view.section.carts.item.find((one: Json) => one['id'] === taken.id)
  expect([cart.status, cart.productOrder.id]).toEqual(['completed', order.id])
  const history = await shop.call('GET', `/tandem/v1/shoppingCart/${taken.id}/history`)
  expect([...new Set(history.map((step: Json) => step['channel']))]).toEqual(['web', 'care', 'store'])
  expect(history.flatMap((step: Json) => step['change'].map((one: Json) => `${step['channel']} ${one['what']}`)).filter((one: string) => one.endsWith('Over'))).toEqual(['care handedOver', 'store takenOver'])
})

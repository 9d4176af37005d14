/** The checkout over real HTTP to its gateways: all faults in one list, what waits, what is undone, and one order whoever asks. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop()
}, 60_000)
afterAll(() => shop?.close())
afterEach(async () => {
  for (const system of ['credit', 'identity', 'fraud', 'payments', 'warehouse']) await shop.outside('DELETE', `/faults/${system}`)
  for (const system of ['credit', 'identity', 'fraud', 'payments']) await shop.outside('PUT', `/${system}/answers`, { rule: [] })
})

const ready = async (lines: Json[] = [shop.line('router', { quantity: 2 })]): Promise<Json> => {
  const { customer } = await shop.customer()
  return await shop.cart(lines, { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
}
const say = (cart: Json, more: Json = {}): Json => ({ shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa', ...more })
const checkout = (cart: Json, more: Json = {}, status = 200, headers = {}): Promise<Json> => shop.call('POST', '/tandem/v1/checkout', say(cart, more), status, headers)
const payments = (cart: Json): Promise<Json[]> => shop.outside('GET', `/payments/authorisation?reference=${cart['id']}`)
const ended = (cart: Json, ...states: string[]): Promise<Json> => shop.until(async () => {
  const now = await shop.call('GET', `/tandem/v1/checkout/${cart['id']}`)
  return states.includes(now.state) && now
}, `checkout ${states.join(' or ')}`)

describe('a checkout', () => {
  test('makes one order with the prices of the cart, and takes exactly what is due', async () => {
    const cart = await ready()
    const done = await checkout(cart)
    const order = await shop.call('GET', done['productOrder'].href)
    expect(order.state).not.toBe('rejected')
    expect(order.productOrderItem[0].soldBy.channel).toBe('api')
    expect(order.orderTotalPrice).toEqual(cart['cartTotalPrice'])
    expect((await shop.call('GET', `${shop.CART}/${cart['id']}`)).productOrder.id).toBe(order.id)
    await shop.until(async () => (await payments(cart))[0]?.['state'] === 'captured', 'captured')
    expect((await payments(cart)).map(one => one['amount'])).toEqual([{ unit: 'EUR', value: 119.76 }])
    expect((await checkout(cart, { paymentToken: 'tok-other', termsAccepted: false }))['productOrder'].id).toBe(order.id)
    await shop.call('PATCH', `${shop.CART}/${cart['id']}`, { promotionCode: ['X'] }, 409)
  })

  test('is one for all who ask at once', async () => {
    const cart = await ready()
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => shop.raw('POST', '/tandem/v1/checkout', say(cart), { 'x-tandem-channel': n % 2 ? 'web' : 'app' })))
    expect(answers.every(one => one.statusCode === 200 || one.statusCode === 202)).toBe(true)
    const { productOrder } = await ended(cart, 'completed')
    expect(answers.filter(one => one.statusCode === 200).every(one => one.json().productOrder.id === productOrder.id)).toBe(true)
    expect(await payments(cart)).toHaveLength(1)
    expect(await shop.call('GET', `/tmf-api/productOrderingManagement/v4/productOrder?payment.id=${(await payments(cart))[0]!['id']}`)).toHaveLength(1)
  })

  test('names every fault in one list, and holds nothing then', async () => {
    await shop.outside('PUT', '/warehouse/stock/RT-1', { onHand: 1 })
    await shop.outside('PUT', '/credit/answers', { rule: [{ match: {}, outcome: 'decline' }] })
    const choice = await shop.offering('Choice', { recurring: 5 }, {}, { productSpecCharacteristic: [{ name: 'colour', configurable: true, minCardinality: 1, productSpecCharacteristicValue: [{ value: 'red' }, { value: 'blue' }] }] })
    const cart = await shop.cart([shop.line('router', { quantity: 2 }), { productOffering: { id: choice.id } }])
    const refused = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, billingAccount: { id: 'nope' } }, 409)
    expect(new Set(refused.fault.map((one: Json) => one['code']))).toEqual(new Set(['billingAccountUnknown', 'termsNotAccepted', 'customerMissing', 'configurationIncomplete', 'paymentMissing', 'creditRefused', 'identityNotSufficient', 'stockGone']))
    expect(await payments(cart)).toEqual([])
    expect((await shop.call('GET', `${shop.CART}/${cart['id']}`)).status).toBe('active')
    await shop.outside('PUT', '/warehouse/stock/RT-1', { onHand: 1000 })
  })

  test('tells old and new where a price has changed since it was pinned, and then sells at the new one', async () => {
    const offer = await shop.offering('Dearer', { oneTime: 10 })
    const cart = await ready([{ productOffering: { id: offer.id } }])
    await shop.call('PATCH', `/tmf-api/productCatalogManagement/v4/productOfferingPrice/${offer.prices[0]}`, { price: { unit: 'EUR', value: 15 } })
    await shop.advance(2 * 3_600_000)
    const refused = await checkout(cart, {}, 409)
    expect(refused['fault'].map((one: Json) => [one['code'], one['before'][0].price.dutyFreeAmount.value, one['after'][0].price.dutyFreeAmount.value])).toEqual([['priceChanged', 10, 15]])
    await checkout(cart)
    expect((await payments(cart)).filter(one => ['authorised', 'captured'].includes(one['state'])).map(one => one['amount'].value)).toEqual([18])
  })

  test('gives back what it holds when the payment is declined, and can be tried again', async () => {
    const before = await shop.outside('GET', '/warehouse/stock')
    const cart = await ready()
    const refused = await checkout(cart, { paymentToken: 'tok-declined' }, 409)
    expect(refused['fault'].map((one: Json) => one['code'])).toEqual(['paymentDeclined'])
    expect(await shop.outside('GET', '/warehouse/stock')).toEqual(before)
    await checkout(cart)
    expect((await payments(cart)).map(one => one['state']).sort()).toEqual(expect.arrayContaining(['declined']))
  })

  test('waits for 3-D Secure, holds the goods meanwhile, and makes the order when the call-back comes, even twice', async () => {
    await shop.outside('PUT', '/faults/payments', { repeatCallbackRate: 1 })
    const cart = await ready()
    const waiting = await checkout(cart, { paymentToken: 'tok-3ds' }, 202)
    expect(waiting['state']).toBe('pending')
    expect(waiting['waitingFor'].reason).toBe('paymentConfirmation')
    await shop.call('PATCH', `${shop.CART}/${cart['id']}`, { promotionCode: ['X'] }, 409)
    await fetch(waiting['waitingFor'].redirectUrl, { method: 'POST', body: JSON.stringify({ outcome: 'authorised' }) })
    const done = await ended(cart, 'completed')
    expect((await shop.call('GET', done['productOrder'].href)).state).not.toBe('rejected')
    expect((await checkout(cart))['productOrder'].id).toBe(done['productOrder'].id)
  })

  test('ends when nobody confirms in time, or somebody cancels; a late confirmation holds no money', async () => {
    const [late, cancelled] = [await ready(), await ready()]
    const pages = [await checkout(late, { paymentToken: 'tok-3ds' }, 202), await checkout(cancelled, { paymentToken: 'tok-3ds' }, 202)].map(one => one['waitingFor'].redirectUrl as string)
    // Its job may be about it just then: whoever cancels is told that it is under way.
    expect([200, 202]).toContain((await shop.raw('POST', `/tandem/v1/checkout/${cancelled['id']}/cancel`, {})).statusCode)
    expect((await ended(cancelled, 'refused'))['fault'].map((one: Json) => one['code'])).toEqual(['cancelled'])
    await shop.advance(16 * 60_000)
    expect((await ended(late, 'refused'))['fault'].map((one: Json) => one['code'])).toEqual(['heldTooLong'])
    for (const page of pages) await fetch(page, { method: 'POST', body: JSON.stringify({ outcome: 'authorised' }) })
    for (const cart of [late, cancelled]) {
      expect((await payments(cart)).map(one => one['state'])).toEqual(['cancelled'])
      expect((await shop.call('GET', `${shop.CART}/${cart['id']}`)).status).toBe('active')
    }
  })

  test('waits for a person where credit refers, and asks for the deposit that credit wants', async () => {
    const cart = await ready()
    await shop.outside('PUT', '/credit/answers', { rule: [{ match: {}, outcome: 'refer' }] })
    expect((await checkout(cart, {}, 202))['waitingFor'].reason).toBe('creditDecision')
    const books: Json[] = await shop.outside('GET', '/books/credit')
    await shop.outside('POST', `/credit/decide/${books.at(-1)!['id']}`, { outcome: 'deposit', deposit: { unit: 'EUR', value: 50 } })
    const refused = await ended(cart, 'refused')
    expect(refused['fault']).toMatchObject([{ code: 'depositRequired', deposit: { unit: 'EUR', value: 50 } }])
    await shop.outside('PUT', '/credit/answers', { rule: [{ match: {}, outcome: 'deposit', deposit: { unit: 'EUR', value: 50 } }] })
    const done = await checkout(cart, { acceptedDeposit: { unit: 'EUR', value: 50 } })
    expect(done['due']).toEqual({ unit: 'EUR', value: 169.76 })
    expect((await shop.call('GET', done['productOrder'].href)).orderTotalPrice.map((one: Json) => one['priceType'])).toEqual(['oneTime', 'deposit'])
  })

  test('gets through gateways that fail, hang and answer wrongly, without holding anything twice', async () => {
    for (const system of ['payments', 'warehouse', 'credit']) await shop.outside('PUT', `/faults/${system}`, { errorRate: 0.2, timeoutRate: 0.03, wrongAnswerRate: 0.1, seed: 7 })
    const carts = await Promise.all(Array.from({ length: 4 }, () => ready()))
    await Promise.all(carts.map(cart => shop.raw('POST', '/tandem/v1/checkout', say(cart))))
    const ends: Json[] = []
    for (const cart of carts) {
      ends.push(await shop.until(async () => {
        const now = await shop.call('GET', `/tandem/v1/checkout/${cart['id']}`)
        return ['completed', 'refused'].includes(now.state) && now.payment?.state !== 'authorised' && now
      }, 'an end', 40_000))
    }
    for (const system of ['payments', 'warehouse', 'credit']) await shop.outside('DELETE', `/faults/${system}`)
    for (const [index, cart] of carts.entries()) {
      const held = (await payments(cart)).filter(one => ['authorised', 'captured'].includes(one['state']))
      expect(held.map(one => one['amount'].value), JSON.stringify(ends[index])).toEqual(ends[index]!['state'] === 'completed' ? [119.76] : [])
    }
    const { executedTwice } = await shop.outside('GET', '/books/summary')
    expect(executedTwice.filter((one: Json) => one['system'] === 'payments' || one['system'] === 'warehouse')).toEqual([])
  }, 60_000)
})

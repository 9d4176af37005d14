/** Carts over HTTP: lines and their prices, pins, qualifications, and what becomes of a change that comes too late. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop()
}, 60_000)
afterAll(() => shop?.close())

const amounts = (prices: Json[] = []): [string, number][] => prices.map(one => [one['priceType'], one['price'].dutyFreeAmount?.value ?? one['price'].taxIncludedAmount?.value])

describe('a cart', () => {
  test('prices its active lines, and no line that is saved for later', async () => {
    const cart = await shop.cart([shop.line('router', { quantity: 2 }), shop.line('plan', { status: 'saveForLater' })])
    expect(amounts(cart['cartTotalPrice'])).toEqual([['oneTime', 99.8]])
    expect(cart['cartItem'][1].itemPrice).toBeUndefined()
    expect(cart['due']).toEqual({ unit: 'EUR', value: 119.76 })
    const next = await shop.patch(cart['id'], { cartItem: [cart['cartItem'][0], { ...cart['cartItem'][1], status: 'active' }] })
    expect(amounts(next['cartTotalPrice'])).toEqual([['oneTime', 99.8], ['recurring', 19.9]])
  })

  test('keeps its price while the pin holds, and shows old and new once it is over', async () => {
    const offer = await shop.offering('Changing', { recurring: 10 })
    const cart = await shop.cart([{ productOffering: { id: offer.id } }])
    await shop.call('PATCH', `/tmf-api/productCatalogManagement/v4/productOfferingPrice/${offer.prices[0]}`, { price: { unit: 'EUR', value: 12 } })
    const held = await shop.patch(cart['id'], { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'ada@example.com' } }] })
    expect(amounts(held['cartItem'][0].ItemTotalPrice)).toEqual([['recurring', 10]])
    await shop.advance(2 * 3_600_000)
    const later = await shop.patch(cart['id'], { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'ada@example.org' } }] })
    expect(amounts(later['cartItem'][0].ItemTotalPrice)).toEqual([['recurring', 12]])
    expect(amounts(later['cartItem'][0].priceChange.before)).toEqual([['recurring', 10]])
    expect(amounts(later['cartItem'][0].priceChange.after)).toEqual([['recurring', 12]])
  })

  test('has the parts of a bundle, priced each', async () => {
    const cart = await shop.cart([shop.line('bundle')])
    expect(cart['cartItem'][0].cartItem.map((one: Json) => one['productOffering'].id)).toEqual([shop.offers.plan, shop.offers.router])
    expect(amounts(cart['cartTotalPrice'])).toEqual([['recurring', 19.9], ['oneTime', 49.9]])
  })

  test('takes no discounts, prices or reservations from a client', async () => {
    const forged = { adjustment: [{ id: 'x', name: 'All', percentage: 100 }], itemPrice: [{ priceType: 'oneTime', price: { dutyFreeAmount: { unit: 'EUR', value: 0 } } }] }
    const cart = await shop.cart([shop.line('router', forged)])
    expect(cart['cartItem'][0].adjustment).toBeUndefined()
    expect(amounts(cart['cartTotalPrice'])).toEqual([['oneTime', 49.9]])
  })

  test('names what is wrong with a line', async () => {
    const draft = await shop.offering('Draft', { recurring: 1 }, { lifecycleStatus: 'In study' })
    const cart = await shop.cart([{ productOffering: { id: draft.id } }])
    expect(cart['cartItem'][0].issue.map((one: Json) => one['code'])).toContain('notLaunched')
    await shop.call('POST', shop.CART, { cartItem: [{ productOffering: { id: 'no-such' } }] }, 400)
    await shop.call('POST', shop.CART, { cartItem: [{ id: '1' }, { id: '1' }] }, 400)
  })

  test('tells who comes too late who changed what', async () => {
    const cart = await shop.cart([shop.line('router')])
    const url = `${shop.CART}/${cart['id']}`
    const tag = (await shop.raw('GET', url)).headers['etag'] as string
    const [web, care] = await Promise.all([
      shop.raw('PATCH', url, { cartItem: [{ ...cart['cartItem'][0], quantity: 2 }] }, { 'if-match': tag, 'x-tandem-channel': 'web' }),
      shop.raw('PATCH', url, { cartItem: [{ ...cart['cartItem'][0], quantity: 3 }] }, { 'if-match': tag, 'x-tandem-channel': 'care' }),
    ])
    expect([web.statusCode, care.statusCode].sort()).toEqual([200, 412])
    const loser = web.statusCode === 412 ? web : care
    expect(loser.json().details[0].rule).toMatch(new RegExp(`quantityChanged in channel ${web.statusCode === 412 ? 'care' : 'web'}`))
    const history = await shop.call('GET', `/tandem/v1/shoppingCart/${cart['id']}/history`)
    expect(history.map((step: Json) => step['change'][0].what)).toEqual(['cartMade', 'quantityChanged'])
  })

  test('loses no line that two channels put in at once', async () => {
    const cart = await shop.cart([])
    await Promise.all(Array.from({ length: 6 }, (_, n) => shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: n % 2 ? shop.offers.router : shop.offers.plan } })))
    expect((await shop.call('GET', `${shop.CART}/${cart['id']}`)).cartItem).toHaveLength(6)
  })

  test('ends with its time', async () => {
    const cart = await shop.cart([shop.line('router')], { validFor: { endDateTime: new Date(shop.services.clock.now().getTime() + 60_000).toISOString() } })
    await shop.advance(120_000)
    await shop.call('PATCH', `${shop.CART}/${cart['id']}`, { promotionCode: ['X'] }, 409)
  })
})

/** Carts that something happens to: promotions that run out, parts that are missing, many who write at once, places that nobody knows. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop()
}, 60_000)
afterAll(() => shop?.close())

const CATALOG = '/tmf-api/productCatalogManagement/v4'

const cartOf = async (lines: Json[], more: Json = {}): Promise<Json> => {
  const { customer } = await shop.customer()
  return await shop.cart(lines, { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }], ...more })
}
const checkout = (cart: Json, status: number): Promise<Json> => shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa' }, status)
const total = (cart: Json): unknown => cart['cartTotalPrice'][0].price.dutyFreeAmount.value

test('a cart whose promotion others have used up is told the old price and the new one, and is bought at the new one', async () => {
  const { id } = await shop.offering('Limited', { oneTime: 100 })
  await shop.call('POST', '/tmf-api/promotionManagement/v4/promotion', {
    name: 'First come', promotionType: 'Discount', lifecycleStatus: 'release', usageLimit: 1,
    pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'productOffering', criteriaOperator: '=', criteriaValue: id }] }], action: [{ actionType: 'percentage', actionValue: '50' }] }],
  })
  const line = { productOffering: { id } }
  const first = await shop.until(async () => {
    const cart = await cartOf([line])
    return total(cart) === 50 && cart
  }, 'the promotion counts')
  const second = await cartOf([line])
  expect(total(second)).toBe(50)
  await checkout(first, 200)

  const refused = await checkout(second, 409)
  expect(refused['fault']).toEqual([{
    code: 'priceChanged', message: 'the price has changed', cartItemId: '1',
    before: [expect.objectContaining({ price: expect.objectContaining({ dutyFreeAmount: { unit: 'EUR', value: 50 } }) })],
    after: [expect.objectContaining({ price: expect.objectContaining({ dutyFreeAmount: { unit: 'EUR', value: 100 } }) })],
  }])
  // Nothing was held for a price that was gone.
  expect(await shop.outside('GET', `/payments/authorisation?reference=${second['id']}`)).toEqual([])
  expect((await checkout(second, 200))['due']).toEqual({ unit: 'EUR', value: 120 })
})

test('a cart that was bought stays, so that who asks again is answered with its order', async () => {
  const cart = await cartOf([shop.line('router')])
  const done = await checkout(cart, 200)
  const refused = await shop.call('DELETE', `${shop.CART}/${cart['id']}`, undefined, 409)
  expect(refused.code).toBe('cartClosed')
  expect((await checkout(cart, 200))['productOrder']).toEqual(done['productOrder'])
})

test('of twenty who put something into one cart at once nobody is sent away', async () => {
  const cart = await cartOf([])
  const answers = await Promise.all(Array.from({ length: 20 }, () => shop.raw('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: shop.offers.router } })))
  expect(answers.map(one => one.statusCode)).toEqual(answers.map(() => 201))
  expect((await shop.call('GET', `${shop.CART}/${cart['id']}`)).cartItem).toHaveLength(20)
}, 30_000)

test('a line of the network that nobody knows where to put is not sold', async () => {
  await shop.call('POST', '/tandem/v1/serviceNeed', { serviceSpecification: { id: 'cfs-line' }, technology: ['fibre'] })
  const { id } = await shop.offering('Line', { recurring: 30 }, {}, { serviceSpecification: [{ id: 'cfs-line' }] })
  const bundle = await shop.call('POST', `${CATALOG}/productOffering`, { name: 'Line and more', isBundle: true, lifecycleStatus: 'Launched', bundledProductOffering: [{ id }, { id: shop.offers.plan }] })
  for (const [line, cartItemId] of [[id, '1'], [bundle.id, '1.1']]) {
    const cart = await cartOf([{ productOffering: { id: line } }])
    // What a kind of service needs is remembered for a second.
    const refused = await shop.until(async () => {
      const answer: Json = (await shop.raw('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] } })).json()
      return (answer['fault'] as Json[]).some(one => one['code'] === 'notServiceable') ? answer : undefined
    }, 'the need is known')
    expect(refused['fault']).toContainEqual({ code: 'notServiceable', reason: 'placeMissing', message: 'Line needs a line: say where, by product.place', cartItemId })
  }
}, 30_000)

test('a cart says what its lines need and rule out, as the checkout would, until that is put right', async () => {
  const base = await shop.offering('Base', { recurring: 10 })
  const option = await shop.offering('Option', { recurring: 2 }, { productOfferingRelationship: [{ id: base.id, relationshipType: 'requires' }] })
  const rival = await shop.offering('Rival', { recurring: 9 }, { productOfferingRelationship: [{ id: base.id, relationshipType: 'excludes' }] })
  const line = (id: string): Json => ({ productOffering: { id } })
  const codes = (cart: Json): unknown[] => cart['cartItem'].map((item: Json) => (item['issue'] ?? []).map((issue: Json) => issue['code']))

  const alone = await cartOf([line(option.id)])
  expect(codes(alone)).toEqual([['requiresOffering']])
  const refused = await checkout(alone, 409)
  expect(refused['fault']).toEqual([expect.objectContaining({ code: 'configurationIncomplete', reason: 'requiresOffering', cartItemId: '1' })])
  const both = await shop.patch(alone['id'], { cartItem: [line(option.id), line(base.id)] })
  expect(codes(both)).toEqual([[], []])
  await checkout(both, 200)

  // What the customer has counts: the base was bought above, in whichever channel.
  await shop.until(async () => {
    const later = await shop.cart([line(option.id)], { relatedParty: alone['relatedParty'] })
    return (codes(later)[0] as string[]).length === 0
  }, 'the product is there')
  const against = await shop.cart([line(rival.id), { ...line(option.id), status: 'saveForLater' }], { relatedParty: alone['relatedParty'] })
  expect(codes(against)).toEqual([['excludedByOffering'], []])
}, 30_000)

/** What a cart does not take: each with its attribute, and what stands already stays. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

const SITE = '/tmf-api/geographicSiteManagement/v4/geographicSite'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop({ gateways: false })
  await shop.call('POST', '/tandem/v1/address/bulk', [{ id: 'here', street: 'Quay Street', streetNumber: '7', postcode: '10115', city: 'Newtown' }], 200)
}, 60_000)
afterAll(() => shop?.close())

const email = (emailAddress: string): Json => ({ mediumType: 'email', characteristic: { emailAddress } })
const inHours = (hours: number): string => new Date(shop.services.clock.now().getTime() + hours * 3_600_000).toISOString()
const wanted = (...place: Json[]): Json => shop.line('plan', { product: { place: place.map(one => ({ role: 'installation', ...one })) } })
const faults = async (cart: Json): Promise<[string, string][]> => {
  const refused = await shop.call('POST', shop.CART, cart, 400)
  return refused.details.map(({ path, rule }: Json) => [path, rule])
}

test('a way to reach nobody is refused, one that is new alone', async () => {
  expect(await faults({ contactMedium: [email('ada@example.com'), email(`${'a'.repeat(5_000)}@example.com`), email('nobody'), { mediumType: 'phone', characteristic: { phoneNumber: 'none' } }] })).toEqual([
    ['contactMedium[1].characteristic.emailAddress', 'must be at most 254 characters long'],
    ['contactMedium[2].characteristic.emailAddress', 'must be an e-mail address, with an @ and without blanks'],
    ['contactMedium[3].characteristic.phoneNumber', 'must have a digit'],
  ])
  const cart = await shop.cart([], { contactMedium: [email('ada@example.com')] })
  const refused = await shop.call('PATCH', `${shop.CART}/${cart['id']}`, { contactMedium: [email('ada@example.com'), email('ada')] }, 400)
  expect(refused.details).toMatchObject([{ path: 'contactMedium[1].characteristic.emailAddress' }])
  expect((await shop.call('POST', '/tmf-api/party/v4/individual', { givenName: 'Ada', familyName: 'L', contactMedium: [email(`${'a'.repeat(5_000)}@example.com`)] }, 400)).details).toMatchObject([{ path: 'contactMedium[0].characteristic.emailAddress' }])
})

test('a period that ends before it begins, or is over, is refused', async () => {
  expect(await faults({ validFor: { startDateTime: inHours(5), endDateTime: inHours(4) } })).toEqual([['validFor.endDateTime', 'must not be before startDateTime']])
  expect(await faults({ validFor: { endDateTime: inHours(-1) } })).toEqual([['validFor.endDateTime', 'must not be over already']])
  const cart = await shop.cart([], { validFor: { endDateTime: inHours(2) } })
  expect((await shop.call('PATCH', `${shop.CART}/${cart['id']}`, { validFor: { endDateTime: inHours(-1) } }, 400)).details).toMatchObject([{ path: 'validFor.endDateTime' }])
})

test('a line that changes or ends something says what', async () => {
  const part = (action: string): Json => shop.line('plan', { action })
  expect(await faults({ cartItem: [part('delete'), part('add'), shop.line('bundle', { action: 'modify', product: { id: 'x' }, cartItem: [part('modify')] }), part('noChange')] })).toEqual([
    ['cartItem[0].product.id', 'must name the product that is ended (action delete)'],
    ['cartItem[2].cartItem[0].product.id', 'must name the product that is changed (action modify)'],
    ['cartItem[3].product.id', 'must name the product that is left as it is (action noChange)'],
  ])
})

test('a place that nothing is, is refused in every way into a cart; one of another system is not asked for', async () => {
  const site = await shop.call('POST', SITE, { name: 'Office' })
  const typed = (kind: string, id: string): Json => ({ id, '@referredType': kind })
  expect(await faults({ cartItem: [wanted({ id: 'here' }, typed('GeographicSite', site.id)), wanted({ id: 'nowhere' }, typed('GeographicAddress', 'there'), typed('GeographicSite', 'here'))] })).toEqual([
    ['cartItem[1].product.place[0].id', 'refers to a geographicAddress that does not exist'],
    ['cartItem[1].product.place[1].id', 'refers to a geographicAddress that does not exist'],
    ['cartItem[1].product.place[2].id', 'refers to a geographicSite that does not exist'],
  ])
  const cart = await shop.cart([wanted({ id: 'here' }), wanted({ id: 'far', href: 'https://places.example.com/far' }), wanted({ id: '8928308280fffff', '@referredType': 'H3Cell' })])
  const item = (id: string, status: number): Promise<Json> => shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: shop.offers.plan }, place: [{ id, role: 'installation' }] }, status)
  expect((await item('nowhere', 400))['details']).toMatchObject([{ path: 'place[0].id' }])
  await item('here', 201)
  const product = await shop.call('POST', '/tmf-api/productInventory/v4/product', { status: 'active', productOffering: { id: shop.offers.plan } })
  const moved = await shop.call('POST', `/tandem/v1/product/${product.id}/inLifeCart`, { action: 'move', place: { id: 'nowhere' } }, 400)
  expect(moved.details).toMatchObject([{ path: 'place.id', rule: 'refers to a geographicAddress that does not exist' }])
})

test('what was there stays when the place is gone', async () => {
  const { id } = await shop.call('POST', SITE, { name: 'Office' })
  const cart = await shop.cart([wanted({ id, '@referredType': 'GeographicSite' })])
  await shop.call('DELETE', `${SITE}/${id}`)
  expect((await shop.patch(cart['id'], { cartItem: [...cart['cartItem'], shop.line('router')] }))['cartItem']).toHaveLength(2)
})

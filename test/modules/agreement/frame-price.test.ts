/** Frame prices over HTTP: for who is party to the agreement, from its approval until it ends, at once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop({ gateways: false })
}, 60_000)
afterAll(() => shop?.close())

const AGREEMENT = '/tmf-api/agreementManagement/v4/agreement'
const monthly = async (customer: string, quantity = 1): Promise<Json> => {
  const answer = await shop.call('POST', '/tandem/v1/price', { item: [{ id: '1', productOffering: { id: shop.offers.plan }, quantity }], customer: { id: customer } }, 200)
  return answer.line[0].component[0]
}
const until = (customer: string, amount: string, quantity = 1): Promise<Json | false> => shop.until(async () => {
  const now = await monthly(customer, quantity)
  return now['unitAmount'] === amount && now
}, amount, 10_000)

const frame = async (person: string, value: number, more: Json = {}, framePrice: Json = {}): Promise<Json> => {
  const made = await shop.call('POST', AGREEMENT, { name: 'Frame', agreementType: 'frame', engagedParty: [{ id: person, role: 'customer', '@referredType': 'Individual' }], agreementItem: [{ productOffering: [{ id: shop.offers.plan }], framePrice: [{ priceType: 'recurring', recurringChargePeriod: 'month', price: { unit: 'EUR', value }, ...framePrice }] }], ...more })
  await shop.call('PATCH', made.href, { status: 'approved' })
  return made
}
const cartOf = (customer: string): Promise<Json> => shop.cart([shop.line('plan')], { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
const netOf = (cart: Json): number => cart['cartTotalPrice'][0].price.dutyFreeAmount.value
const HOUR = 3_600_000

test('are not for who sells, provides, deals or signs', async () => {
  const [buyer, partner] = [await shop.customer('Buyer'), await shop.customer('Partner')]
  await frame(buyer.person, 11, { engagedParty: [{ id: buyer.person, role: 'Customer', '@referredType': 'Individual' }, { id: partner.person, role: 'partner', '@referredType': 'Individual' }] })
  await until(buyer.customer, '11.00')
  expect((await monthly(partner.customer))['unitAmount']).toBe('19.90')
  const quote = (customer: string): Promise<Json> => shop.call('POST', '/tmf-api/quoteManagement/v4/quote', { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }], quoteItem: [{ id: '1', productOffering: { id: shop.offers.plan } }] })
  expect((await quote(buyer.customer))['quoteTotalPrice'][0].price.dutyFreeAmount.value).toBe(11)
  expect((await quote(partner.customer))['quoteTotalPrice'][0].price.dutyFreeAmount.value).toBe(19.9)
})

test('a cart keeps them no longer than the agreement holds: it ends, is terminated, gives way to a version', async () => {
  const now = shop.services.clock.now().getTime()
  const [ends, left, next] = [await shop.customer('Ends'), await shop.customer('Left'), await shop.customer('Next')]
  const soon = new Date(now + HOUR / 2).toISOString()
  await frame(ends.person, 12, {}, { validFor: { endDateTime: soon } })
  const [leaves, first] = [await frame(left.person, 13), await frame(next.person, 14)]
  for (const [one, amount] of [[ends, '12.00'], [left, '13.00'], [next, '14.00']] as const) await until(one.customer, amount)
  const [a, b, c] = [await cartOf(ends.customer), await cartOf(left.customer), await cartOf(next.customer)]
  expect([a, b, c].map(netOf)).toEqual([12, 13, 14])
  // What is known to end is said at once.
  expect(a['pricePin'].expirationDate).toBe(soon)
  expect(b['pricePin'].agreement).toEqual([{ id: leaves['id'], item: 'agreementItem[0].framePrice[0]' }])
  // While it holds the pin does, too.
  expect((await shop.patch(b['id'], { description: 'still' }))['pricePin'].date).toBe(b['pricePin'].date)
  await shop.call('PATCH', leaves['href'], { status: 'terminated' })
  const after = await shop.patch(b['id'], { description: 'left' })
  expect([netOf(after), after['cartItem'][0].priceChange.before[0].price.dutyFreeAmount.value]).toEqual([19.9, 13])
  const version = await shop.call('POST', `/tandem/v1/agreement/${first['id']}/version`, {})
  await shop.call('PATCH', version.href, { agreementItem: [{ productOffering: [{ id: shop.offers.plan }], framePrice: [{ priceType: 'recurring', recurringChargePeriod: 'month', price: { unit: 'EUR', value: 15 } }] }] })
  await shop.call('PATCH', version.href, { status: 'approved' })
  const refused = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: c['id'] }, termsAccepted: true }, 409)
  expect(refused.fault ?? refused.details ?? refused).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'priceChanged' })]))
  expect(netOf(await shop.call('GET', `${shop.CART}/${c['id']}`))).toBe(15)
  await shop.advance(HOUR / 2 + 1_000)
  expect(netOf(await shop.patch(a['id'], { description: 'over' }))).toBe(19.9)
})

test('hold from the approval on for the customer of the party, name the agreement, and stop when it is terminated; carts follow', async () => {
  const { person, customer } = await shop.customer('Framed')
  const other = await shop.customer('Other')
  const made = await shop.call('POST', AGREEMENT, {
    name: 'Frame of Framed', agreementType: 'frame', engagedParty: [{ id: person, role: 'customer', '@referredType': 'Individual' }],
    agreementItem: [{ productOffering: [{ id: shop.offers.plan }], framePrice: [{ id: '1', priceType: 'recurring', recurringChargePeriod: 'month', price: { unit: 'EUR', value: 15 } }, { id: '2', priceType: 'recurring', percentage: 50, fromQuantity: 10 }], commitment: [{ id: 'c', kind: 'quantity', quantity: 3 }] }],
  })
  expect((await monthly(customer))['unitAmount']).toBe('19.90')
  await shop.call('PATCH', made.href, { status: 'approved' })
  const framed = (await until(customer, '15.00')) as Json
  expect(framed['source'].agreement).toMatchObject({ id: made.id, name: 'Frame of Framed', version: '1', item: 'agreementItem[0].framePrice[0]' })
  expect(framed['considered'][0]).toMatchObject({ rank: 'agreement' })
  expect((await monthly(customer, 10))['unitAmount']).toBe('9.95')
  expect((await monthly(other.customer))['unitAmount']).toBe('19.90')
  const cart = await shop.cart([shop.line('plan')], { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
  expect(cart['cartTotalPrice'][0].price.dutyFreeAmount.value).toBe(15)
  const states = async (): Promise<Json[]> => (await shop.call('GET', `/tandem/v1/agreement/${made.id}/commitment`)).commitment
  expect(await states()).toEqual([{ id: 'c', kind: 'quantity', productOffering: [{ id: shop.offers.plan }], promised: { quantity: 3 }, reached: { quantity: 0 }, missing: { quantity: 3 }, isKept: false }])
  const owned = (status: string): Promise<Json> => shop.call('POST', '/tmf-api/productInventory/v4/product', { name: 'Plan', status, productOffering: { id: shop.offers.plan }, relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
  for (const status of ['active', 'pendingActive', 'active']) await owned(status)
  expect(await states()).toMatchObject([{ reached: { quantity: 3 }, isKept: true }])
  const { agreements } = (await shop.call('GET', `/tandem/v1/customer360/${person}?sections=agreements`)).section ?? {}
  expect(agreements?.item?.[0] ?? agreements).toMatchObject({ id: made.id, products: 3, commitment: [{ kind: 'quantity' }] })
  const next = await shop.call('POST', `/tandem/v1/agreement/${made.id}/version`, {})
  await shop.call('PATCH', next.href, { agreementItem: [{ productOffering: [{ id: shop.offers.plan }], framePrice: [{ id: '1', priceType: 'recurring', recurringChargePeriod: 'month', price: { unit: 'EUR', value: 16 } }] }] })
  await shop.call('PATCH', next.href, { status: 'approved' })
  await until(customer, '16.00')
  await shop.call('PATCH', next.href, { status: 'terminated' })
  await until(customer, '19.90')
})

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

/** What the checkout has taken money for is on no bill; what nobody asked money for is. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

const BILL = '/tmf-api/customerBillManagement/v4'
let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop()
}, 60_000)
afterAll(() => shop?.close())

/** Names of what an order's bill charges, with tax. */
const billed = async (paymentToken: string | undefined): Promise<Record<string, number>> => {
  const { customer } = await shop.customer()
  const relatedParty = [{ id: customer, name: 'Ada', role: 'customer', '@referredType': 'Customer' }]
  const account = (await shop.call('POST', '/tmf-api/accountManagement/v4/billingAccount', { name: 'Ada', relatedParty })).id as string
  const cart = await shop.cart([shop.line('plan'), shop.line('router')], { relatedParty })
  const done = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, billingAccount: { id: account }, ...(paymentToken && { paymentToken }) }, 200)
  await shop.until(async () => (await shop.call('GET', done.productOrder.href)).state === 'completed', 'the order is delivered')
  const rates = await shop.until(async () => {
    const task = await shop.call('POST', `${BILL}/customerBillOnDemand`, { billingAccount: { id: account } })
    await shop.until(async () => (await shop.call('GET', `${BILL}/customerBillOnDemand/${task.id}`)).state !== 'inProgress', 'the bill is made')
    const found = (await shop.call('GET', `${BILL}/appliedCustomerBillingRate?billingAccount.id=${account}`)) as Json[]
    return found.some(one => one['name'] === 'Plan monthly') && found
  }, 'the plan is billed')
  return Object.fromEntries(rates.map(one => [one['name'], one['taxIncludedAmount'].value]))
}

test('a router that was paid at the checkout is on no bill, its plan is', async () => {
  const charges = await billed('tok-visa')
  expect(Object.keys(charges)).toEqual(['Plan monthly'])
}, 60_000)

test('without a payment gateway it is on the bill, and nobody else can say that it was paid', async () => {
  const [gateway] = (await shop.call('GET', '/tandem/v1/salesGateway?port=payment')) as Json[]
  await shop.call('DELETE', `/tandem/v1/salesGateway/${gateway!['id']}`)
  expect(await billed(undefined)).toMatchObject({ 'Plan monthly': expect.any(Number) as number, 'Router once': 59.88 })
  const order = await shop.call('POST', '/tmf-api/productOrderingManagement/v4/productOrder', { productOrderItem: [{ id: '1', action: 'add', productOffering: { id: shop.offers.router }, itemPrice: [{ priceType: 'oneTime', price: { dutyFreeAmount: { unit: 'EUR', value: 1 } }, '@type': 'DerivedOrderPrice' }] }] })
  expect(JSON.stringify(order.productOrderItem[0].itemPrice)).not.toContain('"paid"')
}, 60_000)

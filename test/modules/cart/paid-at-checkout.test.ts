/** What the checkout has taken money for is on no bill; what nobody asked money for is. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

const BILL = '/tmf-api/customerBillManagement/v4'
let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop()
}, 60_000)
afterAll(() => shop?.close())

const ACCOUNT = '/tmf-api/accountManagement/v4/billingAccount'
const party = (id: string, type: string): Json => ({ id, name: 'Ada', role: 'customer', '@referredType': type })

/** What an order's bill on the account charges, with tax, by name. */
const billedOn = async (account: string, customer: string, said: Json): Promise<Record<string, number>> => {
  const cart = await shop.cart([shop.line('plan'), shop.line('router')], { relatedParty: [party(customer, 'Customer')] })
  const done = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, ...said }, 200)
  await shop.until(async () => (await shop.call('GET', done.productOrder.href)).state === 'completed', 'the order is delivered')
  const rates = await shop.until(async () => {
    const task = await shop.call('POST', `${BILL}/customerBillOnDemand`, { billingAccount: { id: account } })
    await shop.until(async () => (await shop.call('GET', `${BILL}/customerBillOnDemand/${task.id}`)).state !== 'inProgress', 'the bill is made')
    const found = (await shop.call('GET', `${BILL}/appliedCustomerBillingRate?billingAccount.id=${account}`)) as Json[]
    return found.some(one => one['name'] === 'Plan monthly') && found
  }, 'the plan is billed')
  return Object.fromEntries(rates.map(one => [one['name'], one['taxIncludedAmount'].value]))
}

const billed = async (paymentToken: string | undefined): Promise<Record<string, number>> => {
  const { customer } = await shop.customer()
  const account = (await shop.call('POST', ACCOUNT, { name: 'Ada', relatedParty: [party(customer, 'Customer')] })).id as string
  return await billedOn(account, customer, { billingAccount: { id: account }, ...(paymentToken && { paymentToken }) })
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

test('who names no account is billed on the own one: of several on that which the customer record names', async () => {
  const { person, customer } = await shop.customer()
  const open = async (more: Json): Promise<string> => (await shop.call('POST', ACCOUNT, { name: 'Own', relatedParty: [party(person, 'Individual')], currency: 'EUR', ...more })).id
  await open({ currency: 'USD' })
  await open({ state: 'active', name: 'Older' })
  const account = await open({ relatedParty: [party(customer, 'Customer')] })
  await shop.call('PATCH', `/tmf-api/customerManagement/v4/customer/${customer}`, { account: [{ id: account, name: 'Own', '@referredType': 'BillingAccount' }] })
  const before = (await shop.call('GET', ACCOUNT) as Json[]).length
  expect(await billedOn(account, customer, {})).toMatchObject({ 'Plan monthly': expect.any(Number) as number, 'Router once': 59.88 })
  expect((await shop.call('GET', ACCOUNT) as Json[]).length).toBe(before)
}, 60_000)

test('who has one account only is billed on it, opened for the person though the customer buys', async () => {
  const { person, customer } = await shop.customer()
  const account = (await shop.call('POST', ACCOUNT, { name: 'Own', relatedParty: [party(person, 'Individual')] })).id as string
  expect(await billedOn(account, customer, {})).toMatchObject({ 'Plan monthly': expect.any(Number) as number })
}, 60_000)

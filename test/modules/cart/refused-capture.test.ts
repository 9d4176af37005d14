/** The work queue of money that was refused when it was to be taken: taken again, or by other means, once, whoever asks. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop()
}, 60_000)
afterAll(() => shop?.close())

const payments = (cart: string): Promise<Json[]> => shop.outside('GET', `/payments/authorisation?reference=${cart}`)
const queue = async (order: string): Promise<Json | undefined> => (await shop.call('GET', '/tandem/v1/refusedCapture?state=open')).find((one: Json) => one['productOrder'].id === order)
const act = (order: string, body: Json, status = 200): Promise<Json> => shop.call('POST', `/tandem/v1/refusedCapture/${order}/settle`, body, status)
/** The money is let go at the gateway behind our back, then the checkout is at its last try to take it: five before it take half a minute. */
const refuse = async (cart: string): Promise<void> => {
  for (const one of await payments(cart)) if (['authorised', 'captured'].includes(one['state'])) await shop.outside('POST', `/payments/authorisation/${one['id']}/void`, {})
  await shop.services.database.query(`UPDATE checkout SET state = 'ordered', tries = 6, due_at = now(), progress = jsonb_set(progress, '{payment,state}', '"authorised"') WHERE cart_id = $1`, [cart])
}
interface Bought {
  cart: string
  order: string
  customer: string
  account: string
}
/** A router bought and paid, whose money is then refused. */
const refused = async (lines: Json[] = [shop.line('router')]): Promise<Bought> => {
  const { customer } = await shop.customer()
  const relatedParty = [{ id: customer, name: 'Ada', role: 'customer', '@referredType': 'Customer' }]
  const account = (await shop.call('POST', '/tmf-api/accountManagement/v4/billingAccount', { name: 'Ada', relatedParty })).id as string
  const cart = await shop.cart(lines, { relatedParty })
  const done = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa', billingAccount: { id: account } }, 200)
  const bought = { cart: cart['id'] as string, order: done.productOrder.id as string, customer, account }
  await settled(bought.cart, 'captured')
  await refuse(bought.cart)
  await settled(bought.cart, 'captureRefused')
  return bought
}
const settled = (cart: string, state: string): Promise<Json> => shop.until(async () => {
  const now = await shop.call('GET', `/tandem/v1/checkout/${cart}`)
  return now.payment?.state === state && now
}, state, 30_000)
const BILL = '/tmf-api/customerBillManagement/v4'
/** What is on bills of the account for charges that no product carries. */
const billed = async (account: string): Promise<Json[]> => {
  const task = await shop.call('POST', `${BILL}/customerBillOnDemand`, { billingAccount: { id: account } })
  await shop.until(async () => (await shop.call('GET', `${BILL}/customerBillOnDemand/${task.id}`)).state !== 'inProgress', 'the bill is made')
  return await shop.call('GET', `${BILL}/appliedCustomerBillingRate?billingAccount.id=${account}`)
}
const eventsOf = async (order: string): Promise<string[]> => (await shop.services.database.query<{ type: string }>(`SELECT event_type AS type FROM event WHERE resource_id = $1 AND event_type LIKE 'RefusedCapture%' ORDER BY 1`, [order])).map(one => one.type)

test('is taken again or by another means, each once, and nobody is charged twice', async () => {
  const { cart, order } = await refused()
  expect(await queue(order)).toMatchObject({ due: { unit: 'EUR', value: 59.88 }, payment: { state: 'captureRefused' } })
  await act(order, { action: 'otherMeans' }, 400)
  await act(order, { action: 'otherMeans', paymentToken: 'tok-declined' })
  await settled(cart, 'captureRefused')
  const both = await Promise.all(['tok-visa', 'tok-visa'].map(paymentToken => shop.raw('POST', `/tandem/v1/refusedCapture/${order}/settle`, { action: 'otherMeans', paymentToken })))
  expect(both.map(one => one.statusCode).sort()).toEqual([200, 409])
  await settled(cart, 'captured')
  expect((await payments(cart)).filter(one => ['authorised', 'captured'].includes(one['state'])).map(one => one['amount'].value)).toEqual([59.88])
  expect(await queue(order)).toBeUndefined()
  expect(await shop.call('GET', `/tandem/v1/refusedCapture/${order}`)).toMatchObject({ state: 'settled', payment: { state: 'captured' }, handled: [{ action: 'otherMeans' }, { action: 'otherMeans' }] })
  expect((await act(order, { action: 'retry' }, 409))['code']).toBe('captureNotRefused')
  // Refused once more by mistake: the bank says that it works again.
  await shop.services.database.query(`UPDATE checkout SET progress = jsonb_set(progress, '{payment,state}', '"captureRefused"') WHERE cart_id = $1`, [cart])
  await act(order, { action: 'retry', note: 'the bank says it works again' })
  await settled(cart, 'captured')
}, 90_000)

test('goes on the bill once, with its tax, and is taken by nobody any more; both are told, and the cart shows it', async () => {
  const { cart, order, customer, account } = await refused()
  const view = await shop.call('GET', `/tandem/v1/customer360/${customer}?sections=carts`)
  expect(JSON.stringify(view)).toMatch(/"payment" ?: ?\{"state" ?: ?"refused"\}/)
  const both = await Promise.all([1, 2].map(() => shop.raw('POST', `/tandem/v1/refusedCapture/${order}/settle`, { action: 'onBill' })))
  expect(both.map(one => one.statusCode).sort()).toEqual([200, 409])
  await settled(cart, 'onBill')
  expect((await act(order, { action: 'retry' }, 409))['code']).toBe('captureNotRefused')
  expect((await payments(cart)).filter(one => ['authorised', 'captured'].includes(one['state']))).toEqual([])
  expect((await billed(account)).map(one => [one['name'], one['taxIncludedAmount'].value, one['taxExcludedAmount'].value])).toEqual([['Router once', 59.88, 49.9]])
  expect((await billed(account)).length).toBe(1)
  expect(await shop.call('GET', `/tandem/v1/refusedCapture/${order}`)).toMatchObject({ state: 'settled', payment: { state: 'onBill' }, handled: [{ action: 'onBill' }] })
  expect(await eventsOf(order)).toEqual(['RefusedCaptureCreateEvent', 'RefusedCaptureStateChangeEvent'])
}, 90_000)

test('is let go when the order is cancelled for it, once, and nothing is taken for that order any more', async () => {
  await shop.call('POST', '/tandem/v1/deliveryTarget', { system: 'people', adapter: 'manual', baseUrl: `${shop.backEnds.url}/people`, timeoutMs: 1_000 })
  const visit = await shop.offering('Visit', { oneTime: 10 })
  const spec = (await shop.call('GET', `/tmf-api/productCatalogManagement/v4/productOffering/${visit.id}`)).productSpecification
  await shop.call('POST', '/tandem/v1/deliveryRule', { name: 'By hand', productSpecification: { id: spec.id }, step: [{ name: 'visit', kind: 'service', specification: { id: 'cfs-visit', name: 'Visit' }, target: 'people', targetType: 'visit', action: { add: 'visit' }, compensation: 'none', deadlineSeconds: 3_600 }] })
  for (const first of ['cancelOrder', 'onBill'] as const) {
    const { cart, order, account } = await refused([{ productOffering: { id: visit.id } }])
    // Put on the bill first, the charge goes again with the order.
    if (first === 'onBill') {
      await act(order, { action: 'onBill' })
      await settled(cart, 'onBill')
      expect((await billed(account)).map(one => one['taxIncludedAmount'].value)).toEqual([12])
      await shop.call('POST', '/tmf-api/productOrderingManagement/v4/cancelProductOrder', { productOrder: { id: order } })
    } else {
      const both = await Promise.all([1, 2].map(() => shop.raw('POST', `/tandem/v1/refusedCapture/${order}/settle`, { action: 'cancelOrder', note: 'they do not answer' })))
      expect(both.filter(one => one.statusCode === 200).length, both.map(one => one.body).join()).toBe(1)
      await act(order, { action: 'retry' }, 409)
    }
    await shop.until(async () => (await shop.call('GET', `/tmf-api/productOrderingManagement/v4/productOrder/${order}`)).state === 'cancelled', 'the order is cancelled', 30_000)
    if (first === 'onBill') {
      const rates = await shop.until(async () => { const found = await billed(account); return found.length > 1 && found }, 'it is given back', 30_000)
      expect(rates.reduce((sum, one) => sum + (one['taxIncludedAmount'].value as number), 0)).toBe(0)
      continue
    }
    await settled(cart, 'voided')
    expect(await shop.call('GET', `/tandem/v1/refusedCapture/${order}`)).toMatchObject({ state: 'settled', payment: { state: 'voided' }, handled: [{ action: 'cancelOrder', note: 'they do not answer' }] })
    expect((await payments(cart)).filter(one => ['authorised', 'captured'].includes(one['state']))).toEqual([])
    expect(await queue(order)).toBeUndefined()
    expect((await act(order, { action: 'onBill' }, 409))['code']).toBe('captureNotRefused')
  }
}, 120_000)

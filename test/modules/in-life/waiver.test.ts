/** What in-life rules ask for is waived on a line of a cart by staff who may: shown with what it spares, in the history, kept on the order; nobody else can, nor move it to another change. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { openInLifeShop, type InLifeShop, type Json } from './in-life-shop.ts'

let shop: InLifeShop
let guarded: TestApp
let agent: (method: 'POST' | 'PATCH' | 'GET', url: string, payload?: Json) => Promise<{ status: number; body: Json }>
beforeAll(async () => {
  shop = await openInLifeShop('2027-01-10T09:00:00Z')
  guarded = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { ROLES: 'api', AUTH: 'key' } })
  const { key } = await shop.call('POST', '/tandem/v1/apiKey', { name: 'Agent', permissions: ['shoppingCart:*', 'product:read', 'productOffering:read'] })
  agent = async (method, url, payload) => {
    const answer = await guarded.app.inject({ method, url, ...(payload && { payload }), headers: { authorization: `Bearer ${key}` } })
    return { status: answer.statusCode, body: answer.json() }
  }
  await shop.call('POST', '/tandem/v1/inLifeRule', { name: 'Half of what is left', action: ['remove'], takesEffect: 'endOfBillingPeriod', fee: [{ name: 'Early termination', method: 'remainingMonths', percentage: 50 }] })
  await shop.call('POST', '/tandem/v1/inLifeRule', { name: 'Not at all', action: ['upgrade'], refuse: { code: 'notNow', reason: 'Not in the first year' } })
}, 120_000)
afterAll(async () => {
  await guarded?.close()
  await shop?.close()
})

const lineOf = async (): Promise<{ who: { customer: string; account: string }; id: string }> => {
  const who = await shop.person()
  const order = await shop.buy(who, [{ action: 'add', productOffering: { id: shop.slow }, product: { place: [{ id: 'adr-1', role: 'installation' }] } }])
  return { who, id: (await shop.products(order['id']))[0]!['id'] }
}
const reason = 'The line never worked'

test('an option is bought with its fee, date and refusal waived', async () => {
  const { id, who } = await lineOf()
  const denied = await agent('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'remove', waiver: { reason } })
  expect([denied.status, denied.body['message']]).toEqual([403, expect.stringContaining('inLifeWaiver:create')])
  expect((await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'upgrade', productOffering: { id: shop.fast } }, 409)).code).toBe('changeNotPossible')
  const upgrade = await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'upgrade', productOffering: { id: shop.fast }, waiver: { reason } })
  expect(upgrade.cartItem[0].waiver).toMatchObject({ reason, refusal: [{ code: 'notNow' }] })

  const cart = await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'remove', waiver: { reason } })
  const [line] = cart.cartItem
  expect(line.waiver).toMatchObject({ reason, by: expect.any(String), channel: expect.any(String), fee: [{ name: 'Early termination', price: { dutyFreeAmount: { value: 360 } } }] })
  expect(line.inLife.option).toMatchObject({ takesEffect: 'now', oneTimeCost: [], waived: { reason, oneTimeCost: [{ name: 'Early termination', taxIncluded: { value: 432 } }] } })
  expect(cart.cartTotalPrice).toEqual([])
  const history = await shop.call('GET', `/tandem/v1/shoppingCart/${cart.id}/history`)
  expect(JSON.stringify(history)).toContain('waiverGiven')
  // Who may not waive may go on with what was waived, and takes it back by leaving it out.
  const echoed = await agent('PATCH', `${shop.CART}/${cart.id}`, { cartItem: cart.cartItem, description: 'as it was' })
  expect([echoed.status, echoed.body['cartItem']?.[0].waiver]).toEqual([200, line.waiver])
  const { waiver: _waiver, ...bare } = line
  const asked = await agent('PATCH', `${shop.CART}/${cart.id}`, { cartItem: [bare] })
  expect(asked.body['cartItem'][0].itemPrice).toMatchObject([{ name: 'Early termination' }])
  expect((await agent('PATCH', `${shop.CART}/${cart.id}`, { cartItem: [line] })).status).toBe(403)
  const again = await shop.patch(cart.id, { cartItem: [{ ...asked.body['cartItem'][0], waiver: { reason } }] })
  expect(again['cartItem'][0]).not.toHaveProperty('itemPrice')
  const done = await shop.checkOut(again, who.account)
  const order = await shop.ended(done['productOrder'].id, 'completed')
  expect(order['productOrderItem'][0]).toMatchObject({ waiver: { reason, by: expect.any(String), fee: [{ name: 'Early termination' }] }, inLife: { waived: { reason } } })
  expect(order['productOrderItem'][0]).not.toHaveProperty('itemPrice')
})

test('no customer waives what it would pay itself, in a cart, an order or a cancellation', async () => {
  const { id, who } = await lineOf()
  const { key } = await shop.call('POST', '/tandem/v1/apiKey', { name: 'Shopper', permissions: ['*:*'], parties: [who.customer] })
  const ask = async (url: string, payload: Json): Promise<[number, unknown]> => {
    const answer = await guarded.app.inject({ method: 'POST', url, payload, headers: { authorization: `Bearer ${key}`, 'x-tandem-channel': 'care' } })
    return [answer.statusCode, answer.json().message]
  }
  const refused = [403, expect.stringContaining('inLifeWaiver:create')]
  expect(await ask(`/tandem/v1/product/${id}/inLifeCart`, { action: 'remove', waiver: { reason } })).toEqual(refused)
  expect(await ask('/tmf-api/productOrderingManagement/v4/productOrder', { productOrderItem: [{ id: '1', action: 'delete', product: { id }, waiver: { reason } }] })).toEqual(refused)
  const [made] = await shop.call('GET', `/tmf-api/productOrderingManagement/v4/productOrder?relatedParty.id=${who.customer}`)
  expect(await ask('/tmf-api/productOrderingManagement/v4/cancelProductOrder', { productOrder: { id: made.id }, waiver: { reason } })).toEqual(refused)
})

test('a line that was written by hand is waived the same way', async () => {
  const { id, who } = await lineOf()
  const { id: other } = await lineOf()
  expect((await agent('POST', shop.CART, { cartItem: [{ action: 'delete', product: { id }, waiver: { reason } }] })).status).toBe(403)
  expect((await shop.raw('POST', shop.CART, { cartItem: [{ action: 'add', productOffering: { id: shop.slow }, waiver: { reason } }] })).json().message).toContain('waiver')
  const cart = await shop.cart([{ action: 'delete', product: { id }, waiver: { reason } }], { relatedParty: [{ id: who.customer, role: 'customer', '@referredType': 'Customer' }] })
  expect(cart['cartItem'][0]).toMatchObject({ waiver: { fee: [{ name: 'Early termination' }] } })
  expect(cart['cartItem'][0]).not.toHaveProperty('itemPrice')
  // It is of this change alone.
  expect((await agent('PATCH', `${shop.CART}/${cart['id']}`, { cartItem: [{ ...cart['cartItem'][0], product: { id: other } }] })).status).toBe(403)
  const done = await shop.checkOut(cart, who.account)
  const order = await shop.ended(done['productOrder'].id, 'completed')
  expect(order['productOrderItem'][0].waiver).toMatchObject({ reason, fee: [{ name: 'Early termination' }] })
  expect(order['productOrderItem'][0]).not.toHaveProperty('itemPrice')
})

/** Changes that are written into an order or a cart without asking first: they obey the rules of in-life sales all the same. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { openInLifeShop, type InLifeShop, type Json } from './in-life-shop.ts'

let shop: InLifeShop
let guarded: TestApp
beforeAll(async () => {
  shop = await openInLifeShop('2027-01-10T09:00:00Z')
  guarded = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { ROLES: 'api', AUTH: 'key' } })
}, 120_000)
afterAll(async () => {
  await guarded?.close()
  await shop?.close()
})

const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'

const lineOf = async (): Promise<{ who: { customer: string; account: string }; id: string }> => {
  const who = await shop.person()
  const order = await shop.buy(who, [{ action: 'add', productOffering: { id: shop.slow }, product: { place: [{ id: 'adr-1', role: 'installation' }] } }])
  return { who, id: (await shop.products(order['id']))[0]!['id'] }
}
const order = (item: Json, more: Json = {}, headers?: Record<string, string>, status = 201): Promise<Json> => shop.call('POST', ORDER, { productOrderItem: [{ id: '1', ...item }], ...more }, status, headers)
const rule = (body: Json): Promise<Json> => shop.call('POST', '/tandem/v1/inLifeRule', body)
const codes = (of: Json): string[] => (of['rejectionReason'] ?? []).map((one: Json) => one['code'])

test('an order that ends a product is as it always was where no rule is about it', async () => {
  const { id } = await lineOf()
  const made = await order({ action: 'delete', product: { id } })
  expect(made['productOrderItem'][0]).not.toHaveProperty('itemPrice')
  await shop.ended(made['id'], 'completed')
})

test('an order that ends a product early costs what was asked for, and waits for its date', async () => {
  const { id } = await lineOf()
  const { id: other } = await lineOf()
  const { id: third } = await lineOf()
  const { id: waived } = await lineOf()
  const leaving = await rule({ name: 'Half of what is left', action: ['remove'], takesEffect: 'endOfBillingPeriod', fee: [{ name: 'Early termination', method: 'remainingMonths', percentage: 50 }] })
  const [asked] = (await shop.options(id, '?action=remove'))['option']

  // What a client says of fees and agreements is not heard.
  const made = await order({ action: 'delete', product: { id }, inLife: { action: 'remove' }, itemPrice: [{ name: 'Nothing', priceType: 'penalty', price: { dutyFreeAmount: { unit: 'EUR', value: 0 } }, '@type': 'FeePrice' }] })
  expect(made['state']).toBe('acknowledged')
  expect(made['requestedStartDate']).toBe(asked.effectiveDate)
  // 24 months from February on, less the days that are past: 24 × 30.00 × 50 %.
  expect(made['productOrderItem'][0].itemPrice).toMatchObject([{ name: 'Early termination', priceType: 'penalty', price: { dutyFreeAmount: { unit: 'EUR', value: 360 } }, chargeId: `${made['id']}/1/1`, derivation: { rule: { id: leaving['id'] } } }])
  expect(made['productOrderItem'][0].itemPrice).toHaveLength(1)
  expect(asked.oneTimeTotal).toEqual({ unit: 'EUR', value: 432 })
  expect(made['orderTotalPrice']).toMatchObject([{ name: 'Early termination', price: { dutyFreeAmount: { value: 360 }, taxIncludedAmount: { value: 432 } } }])
  await shop.ended(made['id'], 'pending')
  // One change at a time, whichever way it comes.
  expect(codes(await order({ action: 'delete', product: { id } }))).toEqual(['changeUnderWay'])
  expect((await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'remove' }, 409)).code).toBe('changeNotPossible')

  // The date that the fee was said for stays, and one that is too early is refused.
  const earlier = await shop.raw('PATCH', `${ORDER}/${made['id']}`, { requestedStartDate: '2027-01-11T00:00:00Z' }, { 'content-type': 'application/merge-patch+json' })
  expect(earlier.statusCode, earlier.body).toBe(409)
  expect(codes(await order({ action: 'delete', product: { id: other } }, { requestedStartDate: '2027-01-12T00:00:00Z' }))).toEqual(['effectiveDateTooEarly'])
  expect(codes(await order({ action: 'delete', product: { id: other } }, { requestedCompletionDate: '2027-01-12T00:00:00Z' }))).toEqual(['effectiveDateTooEarly'])

  // A term is not made shorter beside the rules, so that leaving costs nothing.
  const shortened = await order({ action: 'modify', product: { id: third }, productOffering: { id: shop.slow }, itemTerm: [{ name: 'Short', duration: { amount: 1, units: 'month' } }] })
  await shop.ended(shortened['id'], 'completed')
  expect((await shop.call('GET', `/tmf-api/productInventory/v4/product/${third}`))['productTerm'][0].validFor.endDateTime).toContain('2029-01-10')

  // In a cart the same is shown, and charged once.
  const cart = await shop.cart([{ action: 'delete', product: { id: other } }])
  expect(cart['cartItem'][0].itemPrice).toMatchObject([{ name: 'Early termination', price: { dutyFreeAmount: { value: 360 } } }])
  expect(cart['cartTotalPrice']).toMatchObject([{ priceType: 'penalty', price: { dutyFreeAmount: { value: 360 }, taxIncludedAmount: { value: 432 } } }])
  const owner = (await shop.call('GET', `/tmf-api/productInventory/v4/product/${other}`))['relatedParty']
  const patched = await shop.patch(cart['id'], { relatedParty: owner })
  expect(patched['cartItem'][0].itemPrice).toHaveLength(1)
  const done = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true }, 200)
  const bought = await shop.ended(done['productOrder'].id, 'pending')
  expect(bought['requestedStartDate']).toBe(asked.effectiveDate)
  expect(bought['productOrderItem'][0].itemPrice).toMatchObject([{ name: 'Early termination', price: { dutyFreeAmount: { value: 360 } }, chargeId: `${bought['id']}/${bought['productOrderItem'][0].id}/1` }])
  expect(bought['orderTotalPrice']).toHaveLength(1)

  // Who may waives it, and says why.
  const agent = await shop.call('POST', '/tandem/v1/apiKey', { name: 'Agent', permissions: ['productOrder:create', 'product:read'] })
  const body = { productOrderItem: [{ id: '1', action: 'delete', product: { id: waived }, waiver: { reason: 'Asked nicely' } }] }
  const asAgent = await guarded.app.inject({ method: 'POST', url: ORDER, payload: body, headers: { authorization: `Bearer ${agent.key}` } })
  expect([asAgent.statusCode, asAgent.json().message]).toEqual([403, expect.stringContaining('inLifeWaiver:create')])
  const free = await order({ action: 'delete', product: { id: waived }, waiver: { reason: 'The line never worked' } })
  expect(free['productOrderItem'][0]).toMatchObject({ waiver: { reason: 'The line never worked' } })
  expect(free['productOrderItem'][0]).not.toHaveProperty('itemPrice')
  await shop.ended(free['id'], 'completed')

  // When the day has come the product has its charge.
  await shop.moveTo('2027-02-01T00:30:00Z')
  await shop.ended(made['id'], 'completed')
  const gone = await shop.call('GET', `/tmf-api/productInventory/v4/product/${id}`)
  expect(gone['status']).toBe('terminated')
  expect(gone['productPrice'].filter((one: Json) => one['chargeId'] === `${made['id']}/1/1`)).toHaveLength(1)
  await shop.call('DELETE', `/tandem/v1/inLifeRule/${leaving['id']}`)
}, 120_000)

test('of orders that end one product at once, one does', async () => {
  const { id } = await lineOf()
  const leaving = await rule({ name: 'Leaving this', action: ['remove'], productOffering: [{ id: shop.slow }], takesEffect: 'endOfBillingPeriod' })
  const made = await Promise.all(Array.from({ length: 4 }, () => order({ action: 'delete', product: { id } })))
  expect(made.filter(one => one['state'] === 'acknowledged')).toHaveLength(1)
  expect(made.flatMap(codes)).toEqual(['changeUnderWay', 'changeUnderWay', 'changeUnderWay'])
  await shop.call('DELETE', `/tandem/v1/inLifeRule/${leaving['id']}`)
})

test('what a rule refuses is refused to an order and shown in a cart', async () => {
  const { id } = await lineOf()
  const never = await rule({ name: 'No way up', action: ['upgrade'], productOffering: [{ id: shop.slow }], refuse: { code: 'notNow', reason: 'Not in the first year' } })
  const change = { action: 'modify', product: { id }, productOffering: { id: shop.fast } }
  const refused = await order(change)
  expect([refused['state'], refused['rejectionReason']]).toMatchObject(['rejected', [{ code: 'notNow', message: 'Not in the first year', orderItemId: '1' }]])
  const cart = await shop.cart([change])
  expect(cart['cartItem'][0].issue).toMatchObject([{ code: 'notNow', message: 'Not in the first year' }])
  // Configuring what is there is nobody's change of contract.
  expect((await order({ action: 'modify', product: { id, productCharacteristic: [] } }))['state']).toBe('acknowledged')
  await shop.call('DELETE', `/tandem/v1/inLifeRule/${never['id']}`)
})

test('a change that is written keeps what the option would: discounts, the price as sold, the term; and ends and begins anew where the number is lost', async () => {
  const who = await shop.person()
  const parties = { relatedParty: [{ id: who.customer, role: 'customer', '@referredType': 'Customer' }] }
  await shop.call('POST', '/tandem/v1/channelEntitlement', { channel: 'api', discount: { maxPercentage: 10 } })
  const sold = async (): Promise<string> => {
    const cart = await shop.cart([{ action: 'add', productOffering: { id: shop.slow }, product: { place: [{ id: 'adr-1', role: 'installation' }] } }], parties)
    await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/discount`, { item: cart['cartItem'][0].id, percentage: 10, on: 'recurring', duration: { amount: 12, units: 'month' }, reason: 'Loyal' })
    const done = await shop.checkOut(cart, who.account)
    return (await shop.products((await shop.ended(done['productOrder'].id, 'completed'))['id']))[0]!['id']
  }
  const [first, second, third, fourth] = [await sold(), await sold(), await sold(), await sold()]
  const keeps = await rule({ name: 'Discounts stay', action: ['upgrade'], keeps: { discount: true } })
  const change = (id: string): Json => ({ action: 'modify', product: { id }, productOffering: { id: shop.fast } })
  const [asked] = (await shop.options(first, '?action=upgrade'))['option']
  // 40.00 less 10 %, with 20 % tax.
  expect(asked.monthly.new.taxIncluded).toEqual({ unit: 'EUR', value: 43.2 })
  const plain = (lines: Json[]): Json[] => lines.map(({ priceType, price, priceAlteration }) => ({ priceType, price, priceAlteration }))
  const byHand = await order(change(first), parties)
  await shop.ended(byHand['id'], 'completed')
  expect(plain(byHand['productOrderItem'][0].itemPrice)).toEqual(plain(asked.itemPrice))
  expect((await shop.call('GET', `/tandem/v1/product/${first}/inLifeOption?action=remove`)).product.monthly.taxIncluded.value).toBe(43.2)
  const cart = await shop.cart([change(second)], parties)
  expect(plain(cart['cartItem'][0].itemPrice)).toEqual(plain(asked.itemPrice))
  const done = await shop.checkOut(cart, who.account)
  const bought = await shop.ended(done['productOrder'].id, 'completed')
  expect(plain(bought['productOrderItem'][0].itemPrice)).toEqual(plain(asked.itemPrice))
  expect((await shop.call('GET', `/tmf-api/productInventory/v4/product/${second}`))['productTerm'][0].validFor.endDateTime).toContain('2029-')

  // A move at the price as sold, though the offering is named again.
  const moving = await rule({ name: 'Moving costs', action: ['move'], fee: [{ name: 'Moving', kind: 'fee', method: 'fixed', amount: { unit: 'EUR', value: 50 } }] })
  const before = await shop.call('GET', `/tmf-api/productInventory/v4/product/${third}`)
  const place = { place: [{ id: 'adr-9', role: 'installation' }] }
  const moved = await order({ action: 'modify', product: { id: third, ...place }, productOffering: { id: shop.slow } }, parties)
  await shop.ended(moved['id'], 'completed')
  const after = await shop.call('GET', `/tmf-api/productInventory/v4/product/${third}`)
  expect(after['place']).toMatchObject([{ id: 'adr-9' }])
  expect(after['productPrice'].filter((one: Json) => one['chargeId'] === undefined)).toEqual(before['productPrice'])

  const lost = await rule({ name: 'A new number elsewhere', action: ['move'], priority: 5, keeps: { number: false } })
  const anew = await order({ action: 'modify', product: { id: fourth, ...place } }, parties)
  expect(anew['productOrderItem'].map((one: Json) => [one['action'], one['itemPrice'].map((price: Json) => price['priceType'])])).toEqual([['delete', ['oneTime']], ['add', ['recurring']]])
  await shop.ended(anew['id'], 'completed')
  const [fresh] = (await shop.products(anew['id'])).filter(one => one['status'] === 'active')
  expect(fresh).toMatchObject({ name: 'Fibre 100', place: [{ id: 'adr-9' }] })
  expect((await shop.call('GET', `/tmf-api/productInventory/v4/product/${fourth}`))['status']).toBe('terminated')
  for (const one of [keeps, moving, lost]) await shop.call('DELETE', `/tandem/v1/inLifeRule/${one['id']}`)
}, 120_000)

/** Changes of products over HTTP: asked twice they happen once, rules refuse with their words, what is later is held, and instalments are credit. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { openInLifeShop, type InLifeShop, type Json } from './in-life-shop.ts'

let shop: InLifeShop
let second: TestApp
beforeAll(async () => {
  shop = await openInLifeShop('2027-01-10T09:00:00Z')
  second = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { ROLES: 'api' } })
}, 120_000)
afterAll(async () => {
  await second?.close()
  await shop?.close()
})

const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'

const lineOf = async (): Promise<{ who: { customer: string; account: string }; id: string }> => {
  const who = await shop.person()
  const order = await shop.buy(who, [{ action: 'add', productOffering: { id: shop.slow }, product: { place: [{ id: 'adr-1', role: 'installation' }] } }])
  return { who, id: (await shop.products(order['id']))[0]!['id'] }
}

test('two processes that buy one change at once make one order', async () => {
  const { id, who } = await lineOf()
  const carts: Json[] = []
  for (let n = 0; n < 4; n++) carts.push(await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'upgrade', productOffering: { id: shop.fast } }))
  const answers = await Promise.all(
    carts.map((cart, n) => (n % 2 === 0 ? shop.app : second.app).inject({ method: 'POST', url: '/tandem/v1/checkout', payload: { shoppingCart: { id: cart['id'] }, termsAccepted: true, billingAccount: { id: who.account } } })),
  )
  expect(answers.filter(one => one.statusCode === 200)).toHaveLength(1)
  for (const lost of answers.filter(one => one.statusCode !== 200)) expect(lost.json().fault.map((one: Json) => one['code'])).toContain('changeNotPossible')
  const orders: Json[] = await shop.call('GET', `${ORDER}?productOrderItem.product.id=${id}`)
  expect(orders.filter(one => one['state'] !== 'rejected')).toHaveLength(1)
})

test('a rule refuses in its own words, and another says what else can be added', async () => {
  const { id } = await lineOf()
  const rule = await shop.call('POST', '/tandem/v1/inLifeRule', { name: 'Renew late', action: ['renew'], productOffering: [{ id: shop.slow }], condition: 'product.termMonthsLeft > 6.0', refuse: { code: 'tooEarly', reason: 'A renewal is possible in the last six months' } })
  await shop.call('POST', '/tandem/v1/inLifeRule', { name: 'An address that stays', action: ['add'], candidate: { productOffering: [{ id: shop.option }] } })
  const all: Json[] = (await shop.options(id))['option']
  expect(all.find(one => one['action'] === 'renew')).toMatchObject({ possible: false, reason: [{ code: 'tooEarly', message: 'A renewal is possible in the last six months', rule: { id: rule['id'] } }] })
  // 5.00 a month and 10.00 once, with 20 % tax.
  expect(all.find(one => one['id'] === `add:${shop.option}`)).toMatchObject({ possible: true, oneTimeTotal: { value: 12 }, monthly: { new: { taxIncluded: { value: 6 } } } })
  const refused = await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'renew' }, 409)
  expect([refused.code, refused.details]).toEqual(['changeNotPossible', [{ path: 'action', rule: 'A renewal is possible in the last six months (tooEarly)', value: 'renew' }]])
})

test('a refused change says which attribute of the question asks for what cannot be', async () => {
  const { id } = await lineOf()
  const details = async (body: Json): Promise<Json[]> => (await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, body, 409)).details
  expect((await details({ action: 'move' })).map(one => one['path'])).toEqual(['place'])
  const rule = await shop.call('POST', '/tandem/v1/inLifeRule', { name: 'Up at the end of the month', action: ['upgrade'], takesEffect: 'endOfTerm' })
  const effectiveDate = shop.services.clock.now().toISOString()
  expect(await details({ action: 'upgrade', productOffering: { id: shop.fast }, effectiveDate })).toEqual([{ path: 'effectiveDate', rule: expect.stringContaining('(effectiveDateTooEarly)'), value: expect.any(String) }])
  await shop.call('PATCH', `/tandem/v1/inLifeRule/${rule.id}`, { refuse: { code: 'notNow', reason: 'Not now' }, takesEffect: 'now' })
  expect(await details({ action: 'upgrade', productOffering: { id: shop.fast } })).toEqual([{ path: 'productOffering.id', rule: 'Not now (notNow)', value: shop.fast }])
  await shop.call('DELETE', `/tandem/v1/inLifeRule/${rule.id}`)
  expect((await details({ action: 'upgrade', productOffering: { id: shop.phone } })).map(one => one['path'])).toEqual(['productOffering.id'])
})

test('a client cannot write over what was answered', async () => {
  const { id } = await lineOf()
  await shop.call('POST', '/tandem/v1/inLifeRule', { name: 'Leaving this', action: ['remove'], productOffering: [{ id: shop.slow }], fee: [{ name: 'Leaving', method: 'fixed', amount: { unit: 'EUR', value: 80 } }] })
  const cart = await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'remove' })
  expect(cart.cartItem[0].itemPrice).toMatchObject([{ name: 'Leaving', priceType: 'penalty', price: { dutyFreeAmount: { value: 80 } } }])
  const [line] = cart.cartItem
  const changed = await shop.patch(cart.id, { cartItem: [{ ...line, itemPrice: [], inLife: { ...line.inLife, fee: [] } }] })
  expect(changed['cartItem'][0].inLife.fee).toEqual(line.inLife.fee)
  expect(changed['cartTotalPrice']).toMatchObject([{ priceType: 'penalty', price: { dutyFreeAmount: { unit: 'EUR', value: 80 }, taxIncludedAmount: { unit: 'EUR', value: 96 } } }])
})

test('a line ordered to end later is not ended before, and a cancellation for later waits', async () => {
  const { id } = await lineOf()
  const later = new Date(shop.services.clock.now().getTime() + 10 * 86_400_000).toISOString()
  const order = await shop.call('POST', ORDER, { requestedCompletionDate: later, productOrderItem: [{ id: '1', action: 'delete', product: { id } }] })
  await shop.ended(order.id, 'pending')
  const soon = new Date(shop.services.clock.now().getTime() + 5 * 86_400_000).toISOString()
  const task = await shop.call('POST', '/tmf-api/productOrderingManagement/v4/cancelProductOrder', { productOrder: { id: order.id }, requestedCancellationDate: soon })
  await shop.until(async () => (await shop.database.query('select 1 from delivery_cancellation_due where cancellation_id = $1', [task.id])).length > 0, 'kept until then')
  expect((await shop.call('GET', `/tmf-api/productOrderingManagement/v4/cancelProductOrder/${task.id}`)).state).toBe('acknowledged')
  await shop.moveTo(new Date(Date.parse(soon) + 60_000).toISOString())
  await shop.ended(order.id, 'cancelled')
})

test('instalments that cannot be had are said in the cart; those that can leave only the down payment due', async () => {
  const who = await shop.person()
  const parties = { relatedParty: [{ id: who.customer, role: 'customer', '@referredType': 'Customer' }] }
  const terms = await shop.call('POST', '/tandem/v1/financingOffer', { name: 'A tenth at once', numberOfInstalments: 7, downPaymentPercentage: 10, maximumAmount: { unit: 'EUR', value: 1000 } })
  const cart = await shop.cart([{ action: 'add', productOffering: { id: shop.phone }, financing: { id: terms.id } }], parties)
  // 600.00 with tax, 60.00 at once; 540.00 / 7 = 77.142857…: six of 77.14 would be a cent short each, so the first ones have 77.15.
  expect(cart['cartItem'][0].financing).toMatchObject({ downPayment: { value: 60 }, amountFinanced: { value: 540 }, instalment: { value: 77.15 } })
  expect(cart['due']).toEqual({ unit: 'EUR', value: 60 })
  const none = await shop.cart([{ action: 'add', quantity: 2, productOffering: { id: shop.phone }, financing: { id: terms.id } }], parties)
  expect(none['cartItem'][0].issue.map((one: Json) => one['code'])).toContain('financingQuantity')
  expect(none['due']).toEqual({ unit: 'EUR', value: 1200 })
})

test('a move that loses the number costs what was answered: nothing is connected again unless a rule says so', async () => {
  const { id, who } = await lineOf()
  const rule = await shop.call('POST', '/tandem/v1/inLifeRule', { name: 'A new number elsewhere', action: ['move'], priority: 5, keeps: { number: false } })
  const [asked] = (await shop.options(id, '?action=move&place=adr-2'))['option']
  expect(asked.itemPrice.map((one: Json) => one['priceType'])).toEqual(['recurring'])
  const cart = await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'move', place: { id: 'adr-2' } })
  expect(cart.cartItem[1].itemPrice.map((one: Json) => one['priceType'])).toEqual(['recurring'])
  const done = await shop.checkOut(cart, who.account)
  const order = await shop.ended(done['productOrder'].id, 'completed')
  expect(order['productOrderItem'].map((one: Json) => one['action'])).toEqual(['delete', 'add'])
  await shop.call('DELETE', `/tandem/v1/inLifeRule/${rule.id}`)
})

test('a date that nobody can mean is a clear 400 that names it', async () => {
  const { id } = await lineOf()
  for (const date of ['2026-12-31T00:00:00Z', '9999-01-01T00:00:00Z']) {
    const asked = await shop.call('GET', `/tandem/v1/product/${id}/inLifeOption?effectiveDate=${date}`, undefined, 400)
    const bought = await shop.call('POST', `/tandem/v1/product/${id}/inLifeCart`, { action: 'remove', effectiveDate: date }, 400)
    for (const answer of [asked, bought]) expect(JSON.stringify(answer)).toContain('effectiveDate')
  }
  const { option } = await shop.call('GET', `/tandem/v1/product/${id}/inLifeOption?action=remove&effectiveDate=2027-12-01T00:00:00Z`)
  expect(option[0].effectiveDate).toBe('2027-12-01T00:00:00.000Z')
})

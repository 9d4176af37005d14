/** Rules where something is sold: carts warn, checkouts refuse, qualifications, quotes and orders say why; in the language of who asks. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'

const RULE = '/tandem/v1/salesRule'
const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'
const GERMAN = { 'accept-language': 'de-CH, en;q=0.5' }

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop()
}, 60_000)
afterAll(() => shop?.close())

const made: string[] = []
afterEach(async () => {
  for (const id of made.splice(0)) await shop.call('DELETE', `${RULE}/${id}`)
})

const rule = async (more: Json): Promise<Json> => {
  const { example, ...rest } = more
  const doc = await shop.call('POST', RULE, { name: 'A rule', lifecycleStatus: 'active', message: [{ language: 'en', text: 'Not so' }], example, ...rest })
  made.push(doc.id)
  return doc
}
const owned = (customer: string): Json => ({ relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
const issues = (cart: Json): Json[] => (cart['cartItem'] as Json[]).flatMap(line => [line, ...(line['cartItem'] ?? [])]).flatMap(line => line['issue'] ?? [])
const checkout = (cart: Json, status: number, more: Json = {}, headers = {}): Promise<Json> => shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa', ...more }, status, headers)
const order = (customer: string, item: Json[]): Promise<Json> => shop.call('POST', ORDER, { ...owned(customer), productOrderItem: item.map((one, index) => ({ id: String(index + 1), action: 'add', quantity: 1, ...one })) })
const reasons = (doc: Json): string[] => (doc['rejectionReason'] ?? []).map((one: Json) => one['code'])

describe('a rule', () => {
  test('warns in the cart and refuses at the checkout in the language of who reads, until what it asks for is added', async () => {
    const needed = await rule({
      kind: 'requiredAddition', code: 'routerMissing', productOffering: [{ id: shop.offers.plan }], addition: { productOffering: [{ id: shop.offers.router }] }, fallbackLanguage: 'en',
      message: [{ language: 'en', text: 'The plan needs a router' }, { language: 'de', text: 'Zum Tarif gehört ein Router' }],
      example: [{ name: 'alone', given: { item: [{ offering: shop.offers.plan }] }, expect: 'refused' }, { name: 'both', given: { item: [{ offering: shop.offers.plan }, { offering: shop.offers.router }] }, expect: 'allowed' }],
    })
    const { customer } = await shop.customer()
    const cart = await shop.cart([shop.line('plan')], owned(customer), GERMAN)
    expect(issues(cart)).toEqual([{ code: 'routerMissing', message: 'Zum Tarif gehört ein Router', translation: needed['message'], rule: { id: needed['id'], name: 'A rule', kind: 'requiredAddition' }, addition: [shop.offers.router] }])
    const refused = await checkout(cart, 409, {}, GERMAN)
    expect(refused['fault']).toMatchObject([{ code: 'ruleRefused', reason: 'routerMissing', message: 'Zum Tarif gehört ein Router', rule: { id: needed['id'] }, cartItemId: '1', addition: [shop.offers.router] }])
    expect((await checkout(cart, 409, {}, { 'accept-language': 'fr' }))['fault'][0].message).toBe('The plan needs a router')
    const whole = await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: shop.offers.router } })
    expect(issues(whole)).toEqual([])
    const done = await checkout(whole, 200)
    expect((await shop.call('GET', done['productOrder'].href)).state).not.toBe('rejected')
  })

  test('binds an order that is posted directly, a qualification and a quote as well', async () => {
    const none = await rule({ kind: 'eligibility', code: 'onlyHere', productOffering: [{ id: shop.offers.router }], condition: "channel == 'store'", example: [{ name: 'web', given: { channel: 'web', item: [{ offering: shop.offers.router }] }, expect: 'refused' }] })
    const { customer } = await shop.customer()
    const rejected = await order(customer, [{ productOffering: { id: shop.offers.router } }])
    expect([rejected['state'], rejected['rejectionReason'][0]]).toMatchObject(['rejected', { code: 'onlyHere', salesRule: { id: none['id'] }, orderItemId: '1' }])
    const asked = await shop.call('POST', '/tmf-api/productOfferingQualification/v4/productOfferingQualification', { ...owned(customer), productOfferingQualificationItem: [{ id: '1', action: 'add', productOffering: { id: shop.offers.router } }] }, 200)
    expect(asked.productOfferingQualificationItem[0].eligibilityUnavailabilityReason).toMatchObject([{ code: 'onlyHere', label: 'Not so' }])
    const quote = await shop.call('POST', '/tmf-api/quoteManagement/v4/quote', { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }], quoteItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: shop.offers.router } }] })
    expect(quote.finding).toMatchObject([{ code: 'onlyHere', quoteItemId: '1', salesRule: none['id'] }])
    expect((await shop.call('POST', ORDER, { ...owned(customer), productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: shop.offers.router } }] }, 201, { 'x-tandem-channel': 'store' })).state).not.toBe('rejected')
  })

  test('limits what a customer has and has ordered, and what is ordered within a period, and counts an order at once', async () => {
    await rule({ kind: 'limit', code: 'twoAtMost', productOffering: [{ id: shop.offers.router }], limit: { quantity: 2, per: 'customer', period: { amount: 30, units: 'day' } }, example: [{ name: 'three', given: { item: [{ offering: shop.offers.router, quantity: 3 }] }, expect: 'refused' }] })
    const { customer } = await shop.customer()
    expect(reasons(await order(customer, [{ quantity: 2, productOffering: { id: shop.offers.router } }]))).toEqual([])
    expect(reasons(await order(customer, [{ productOffering: { id: shop.offers.router } }]))).toEqual(['twoAtMost'])
    const other = await shop.customer()
    expect(reasons(await order(other.customer, [{ quantity: 2, productOffering: { id: shop.offers.router } }, { productOffering: { id: shop.offers.router } }]))).toEqual(['twoAtMost'])
    const cart = await shop.cart([shop.line('router')], owned(customer))
    expect(issues(cart).map(one => one['code'])).toEqual(['twoAtMost'])
    await shop.advance(31 * 86_400_000)
    expect(reasons(await order(customer, [{ productOffering: { id: shop.offers.router } }]))).toEqual([])
  })

  test('lets nobody pass a limit by ordering twice at once', async () => {
    await rule({ kind: 'limit', code: 'oneAtMost', productOffering: [{ id: shop.offers.router }], limit: { quantity: 1, per: 'customer' }, example: [{ name: 'two', given: { had: 1, item: [{ offering: shop.offers.router }] }, expect: 'refused' }] })
    for (let round = 0; round < 3; round++) {
      const { customer } = await shop.customer()
      const orders = await Promise.all(Array.from({ length: 5 }, () => order(customer, [{ productOffering: { id: shop.offers.router } }])))
      expect(orders.filter(one => one['state'] !== 'rejected')).toHaveLength(1)
      expect(orders.flatMap(reasons)).toEqual(Array.from({ length: 4 }, () => 'oneAtMost'))
    }
  })

  test('limits only where its condition holds', async () => {
    await rule({ kind: 'limit', code: 'oneOnline', productOffering: [{ id: shop.offers.router }], limit: { quantity: 1, per: 'customer' }, condition: "channel == 'web' && !product.exists(p, p.offering == 'none')", example: [{ name: 'two', given: { channel: 'web', had: 1, item: [{ offering: shop.offers.router }] }, expect: 'refused' }] })
    const { customer } = await shop.customer()
    const buy = (channel: string, quantity: number): Promise<Json> => shop.call('POST', ORDER, { ...owned(customer), productOrderItem: [{ id: '1', action: 'add', quantity, productOffering: { id: shop.offers.router } }] }, 201, { 'x-tandem-channel': channel })
    const care = await buy('care', 3)
    expect([reasons(care), care['limitedBy']]).toEqual([[], undefined])
    expect(reasons(await buy('web', 1))).toEqual(['oneOnline'])
    const other = await shop.customer()
    const orders = await Promise.all(Array.from({ length: 4 }, () => shop.call('POST', ORDER, { ...owned(other.customer), productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: shop.offers.router } }] }, 201, { 'x-tandem-channel': 'web' })))
    expect(orders.filter(one => one.state !== 'rejected')).toHaveLength(1)
  })

  test('limits a household by its address, whoever orders', async () => {
    await rule({ kind: 'limit', code: 'onePerHome', productOffering: [{ id: shop.offers.plan }], limit: { quantity: 1, per: 'household' }, example: [{ name: 'second', given: { place: { id: ['a'] }, had: 1, item: [{ offering: shop.offers.plan }] }, expect: 'refused' }] })
    const [one, two] = [await shop.customer(), await shop.customer()]
    const at = (place: string): Json => ({ productOffering: { id: shop.offers.plan }, product: { place: [{ id: place, role: 'installationAddress', '@referredType': 'GeographicSite' }] } })
    expect(reasons(await order(one.customer, [at('home-1')]))).not.toContain('onePerHome')
    expect(reasons(await order(two.customer, [at('home-1')]))).toContain('onePerHome')
    expect(reasons(await order(two.customer, [at('home-2')]))).not.toContain('onePerHome')
    // Without the address nobody can say: that is told, and no yes.
    const unknown = await order(two.customer, [{ productOffering: { id: shop.offers.plan } }])
    expect(unknown['rejectionReason'][0]).toMatchObject({ code: 'onePerHome', message: expect.stringContaining('not known') })
  })

  test('asks for a deposit by credit class, which a checkout takes and a direct order cannot', async () => {
    await rule({ kind: 'creditClass', productOffering: [{ id: shop.offers.router }], condition: 'customer.creditClass <= 3', deposit: { unit: 'EUR', value: 40 }, example: [{ name: 'five', given: { customer: { creditClass: 5 }, item: [{ offering: shop.offers.router }] }, expect: 'deposit' }] })
    const { customer } = await shop.customer()
    const now = shop.services.clock.now()
    await shop.call('PATCH', `/tmf-api/customerManagement/v4/customer/${customer}`, { creditProfile: [{ creditProfileDate: now.toISOString(), creditRiskRating: 5, validFor: { startDateTime: new Date(now.getTime() - 1000).toISOString() } }] })
    const cart = await shop.cart([shop.line('router', { quantity: 2 })], owned(customer))
    expect(issues(cart)).toMatchObject([{ code: 'creditClass', deposit: { unit: 'EUR', value: 80 } }])
    expect((await checkout(cart, 409))['fault']).toMatchObject([{ code: 'depositRequired', deposit: { unit: 'EUR', value: 80 } }])
    const where = expect.stringContaining('a deposit of 40 EUR is asked for: put it into a cart and pay it at the checkout, POST /tandem/v1/checkout')
    const direct = await order(customer, [{ productOffering: { id: shop.offers.router } }])
    expect(direct).toMatchObject({ state: 'rejected', rejectionReason: [{ code: 'creditClass', deposit: { unit: 'EUR', value: 40 }, message: where }] })
    // Nor by saying that one was paid.
    const claimed = await shop.call('POST', '/tmf-api/productOrderingManagement/v4/productOrder', { ...owned(customer), orderTotalPrice: [{ name: 'Deposit', priceType: 'deposit', price: { taxIncludedAmount: { unit: 'EUR', value: 40 } } }], productOrderItem: [{ id: '1', action: 'add', productOffering: { id: shop.offers.router } }] })
    expect(reasons(claimed)).toEqual(['creditClass'])
    const quote = await shop.call('POST', '/tmf-api/quoteManagement/v4/quote', { ...owned(customer), quoteItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: shop.offers.router } }] })
    expect(quote.finding).toMatchObject([{ code: 'creditClass', deposit: { unit: 'EUR', value: 40 }, message: where }])
    const done = await checkout(cart, 200, { acceptedDeposit: { unit: 'EUR', value: 80 } })
    const bought = await shop.call('GET', done['productOrder'].href)
    expect(bought.orderTotalPrice.find((one: Json) => one['priceType'] === 'deposit').price.taxIncludedAmount).toEqual({ unit: 'EUR', value: 80 })
    expect((await shop.outside('GET', `/payments/authorisation?reference=${cart['id']}`))[0].amount.value).toBe(80 + 119.76)
    // Of somebody whose class nobody knows the rule cannot say that it holds.
    const stranger = await shop.cart([shop.line('router')], owned((await shop.customer()).customer))
    expect(issues(stranger)[0]!['message']).toContain('what the rule asks is not known')
    expect((await checkout(stranger, 409))['fault'][0].code).toBe('ruleRefused')
  })

  test('sees the totals of the cart in exact amounts, and its words stay away from what it is not about', async () => {
    await rule({ kind: 'eligibility', code: 'tooDear', condition: 'cart.due <= 59880000', example: [{ name: 'dear', given: { cart: { due: 59.89 }, item: [{ offering: 'x' }] }, expect: 'refused' }] })
    expect(issues(await shop.cart([shop.line('router')]))).toEqual([])
    expect(issues(await shop.cart([shop.line('router', { quantity: 2 })])).map(one => one['code'])).toEqual(['tooDear'])
    const { customer } = await shop.customer()
    expect(reasons(await order(customer, [{ quantity: 2, productOffering: { id: shop.offers.router } }]))).toEqual(['tooDear'])
    expect(reasons(await order(customer, [{ productOffering: { id: shop.offers.router } }]))).toEqual([])
  })

  test('is in force in another process within a second, and out of force again', async () => {
    const other = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { ROLES: 'api' } })
    try {
      const there = async (): Promise<string[]> => issues((await other.app.inject({ method: 'POST', url: shop.CART, payload: { cartItem: [shop.line('plan')] } })).json()).map(one => one['code'])
      expect(await there()).toEqual([])
      const { id } = await rule({ kind: 'eligibility', code: 'never', productOffering: [{ id: shop.offers.plan }], condition: 'false', example: [{ name: 'any', given: { item: [{ offering: shop.offers.plan }] }, expect: 'refused' }] })
      const since = Date.now()
      await shop.until(async () => (await there()).includes('never'), 'the rule in the other process', 5_000)
      expect(Date.now() - since).toBeLessThan(1_500)
      await shop.call('PATCH', `${RULE}/${id}`, { lifecycleStatus: 'retired' })
      await shop.until(async () => (await there()).length === 0, 'no rule in the other process', 5_000)
    } finally {
      await other.close()
    }
  })

  test('costs a cart nothing where there is none', async () => {
    const texts = async (): Promise<string[]> => {
      const asked = vi.spyOn(shop.services.database, 'query')
      await shop.cart([shop.line('plan')])
      const found = asked.mock.calls.map(([statement]) => (typeof statement === 'string' ? statement : statement.text))
      asked.mockRestore()
      return found
    }
    // Events of rules that came before are followed a moment later, each by one look: a cart between two of them asks for nothing.
    await shop.until(async () => {
      const found = await texts()
      return found.length > 0 && !found.some(text => /sales_rule|"product"|"product_order"|"customer"/i.test(text))
    }, 'a cart that asks for nothing that rules need')
  })
})

test('a rule is drafted in a change set as the catalog is, and in force from its activation on', async () => {
  const set = await shop.call('POST', '/tandem/v1/catalogChangeSet', { name: 'Rules of spring' })
  await shop.call('POST', '/tandem/v1/catalogChange', { catalogChangeSet: { id: set.id }, resource: 'salesRule', resourceId: 'spring-rule', action: 'create', document: { name: 'Spring', kind: 'eligibility', lifecycleStatus: 'active', code: 'spring', productOffering: [{ id: shop.offers.plan }], condition: 'false', message: [{ language: 'en', text: 'Later' }], example: [{ name: 'any', given: { item: [{ offering: shop.offers.plan }] }, expect: 'allowed' }] } })
  const findings = await shop.call('POST', `/tandem/v1/catalogChangeSet/${set.id}/validate`, {}, 200)
  expect(JSON.stringify(findings)).toContain('says refused, not allowed')
  const [change] = await shop.call('GET', `/tandem/v1/catalogChange?catalogChangeSet.id=${set.id}`)
  await shop.call('PATCH', `/tandem/v1/catalogChange/${change.id}`, { document: { ...change.document, example: [{ ...change.document.example[0], expect: 'refused' }] } })
  await shop.call('POST', `/tandem/v1/catalogChangeSet/${set.id}/submit`, {}, 200)
  await shop.call('POST', `/tandem/v1/catalogChangeSet/${set.id}/activate`, {}, 200)
  await shop.until(async () => issues(await shop.cart([shop.line('plan')])).some(one => one['code'] === 'spring'), 'the rule of the set')
})

test('rules and limits of authority are read and written by the house alone; what a rule says to a customer is its message', async () => {
  const { id } = await rule({ kind: 'eligibility', code: 'secret', productOffering: [{ id: shop.offers.plan }], condition: "has(customer.creditClass) && customer.creditClass <= 2", message: [{ language: 'en', text: 'Not at present' }], example: [{ name: 'unknown', given: { item: [{ offering: shop.offers.plan }] }, expect: 'refused' }] })
  const authority = await shop.call('POST', '/tandem/v1/discountAuthority', { name: 'Leads', maxPercentage: 30 })
  const one = await shop.customer()
  const { key } = await shop.call('POST', '/tandem/v1/apiKey', { name: 'shopper', permissions: ['*:*'], parties: [one.person] })
  const guarded = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'selling-test-bootstrap-key-012345', ROLES: 'api' } })
  try {
    const ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: Json) => guarded.app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...(payload && { payload }) })
    const mine = { name: 'Mine', maxPercentage: 100 }
    const own = { name: 'Mine', kind: 'eligibility', condition: 'true', message: [{ language: 'en', text: 'Everything' }] }
    for (const [resource, its, body] of [['salesRule', id, own], ['discountAuthority', authority.id, mine]] as const) {
      expect((await ask('GET', `/tandem/v1/${resource}`)).json()).toEqual([])
      expect((await ask('GET', `/tandem/v1/${resource}/${its}`)).statusCode).toBe(404)
      for (const [method, url] of [['POST', `/tandem/v1/${resource}`], ['PATCH', `/tandem/v1/${resource}/${its}`], ['DELETE', `/tandem/v1/${resource}/${its}`]] as const) expect((await ask(method, url, method === 'DELETE' ? undefined : method === 'PATCH' ? { name: 'Mine' } : body)).statusCode, `${method} ${url}`).toBe(403)
    }
    const cart = (await ask('POST', shop.CART, { cartItem: [{ productOffering: { id: shop.offers.plan } }] })).json()
    // Rules of other tests may be in force, too.
    expect(issues(cart).find(one => one['code'] === 'secret')).toMatchObject({ message: 'Not at present' })
    expect(JSON.stringify(cart)).not.toContain('creditClass <=')
  } finally {
    await guarded.close()
    await shop.call('DELETE', `/tandem/v1/discountAuthority/${authority.id}`)
  }
})

/** The price engine through HTTP and the database: kept up to date by events, the same for orders as for the price operation, budgets counted with orders. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

let server: TestApp
let other: TestApp
beforeAll(async () => {
  server = await createTestApp()
  other = await createTestApp({ databaseUrl: server.databaseUrl, settings: { ROLES: 'api' } })
})
afterAll(async () => {
  await other.close()
  await server.close()
})

type Json = Record<string, any>
const CATALOG = '/tmf-api/productCatalogManagement/v4'
const ORDERS = '/tmf-api/productOrderingManagement/v4/productOrder'
const PROMOTIONS = '/tmf-api/promotionManagement/v4/promotion'

const send = async (method: 'POST' | 'PATCH' | 'GET' | 'DELETE', url: string, payload?: unknown, on = server): Promise<{ status: number; body: Json }> => {
  const answer = await on.app.inject({ method, url, ...(payload !== undefined && { payload: payload as object }) })
  return { status: answer.statusCode, body: answer.body === '' ? {} : (JSON.parse(answer.body) as Json) }
}
const made = async (url: string, payload: unknown): Promise<Json> => {
  const { status, body } = await send('POST', url, payload)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

const offeringOf = async (value: number, more: Json = {}): Promise<Json> => {
  const price = await made(`${CATALOG}/productOfferingPrice`, { name: 'Charge', priceType: 'oneTime', price: { unit: 'EUR', value }, lifecycleStatus: 'Launched', ...more })
  return made(`${CATALOG}/productOffering`, { name: 'Thing', isSellable: true, lifecycleStatus: 'Launched', productOfferingPrice: [{ id: price['id'] }] })
}
const priced = async (offeringId: string, more: Json = {}, on = server): Promise<Json> => (await send('POST', '/tandem/v1/price', { item: [{ id: '1', productOffering: { id: offeringId } }], ...more }, on)).body
const netOf = (answer: Json): string => answer['line'][0].component[0].net as string

const until = async (holds: () => Promise<boolean>, ms = 3000): Promise<number> => {
  const since = Date.now()
  while (!(await holds())) {
    if (Date.now() - since > ms) throw new Error('did not come true in time')
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  return Date.now() - since
}

const promotionOf = (offeringId: string, more: Json = {}, action: Json = {}): Promise<Json> =>
  made(PROMOTIONS, {
    name: 'A tenth', lifecycleStatus: 'release', promotionType: 'Discount',
    pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'productOffering', criteriaOperator: '=', criteriaValue: offeringId }] }], action: [{ actionType: 'percentage', actionValue: '10', ...action }] }],
    ...more,
  })

const customer = async (): Promise<string> => {
  const person = await made('/tmf-api/party/v4/individual', { givenName: 'Ada', familyName: 'Price' })
  return (await made('/tmf-api/customerManagement/v4/customer', { name: 'Ada Price', engagedParty: { id: person['id'], '@referredType': 'Individual' } }))['id'] as string
}
const orderOf = (offeringId: string, customerId: string, more: Json = {}): Json => ({ relatedParty: [{ id: customerId, role: 'customer', '@referredType': 'Customer' }], productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: offeringId } }], ...more })

describe('the price operation', () => {
  test('refuses promotions that nobody could compute with', async () => {
    const action = { actionType: 'percentage', actionValue: '10' }
    for (const [more, path] of [
      [{ budget: { unit: 'EUR', value: -1 } }, 'budget.value'],
      [{ pattern: [{ criteriaGroup: [], action: [{ ...action, applicationDuration: { amount: 0, units: 'month' } }] }] }, 'pattern[0].action[0].applicationDuration'],
      [{ pattern: [{ criteriaGroup: [], action: [{ ...action, applicationDuration: { amount: 2, units: 'mouths' } }] }] }, 'pattern[0].action[0].applicationDuration'],
      [{ pattern: [{ criteriaGroup: [], action: [{ ...action, actionType: 'oneTime', chargeType: 'recurring' }] }] }, 'pattern[0].action[0].chargeType'],
      [{ pattern: [{ criteriaGroup: [{ criteriaLogicalRelationship: 'XOR', criteria: [] }], action: [action] }] }, 'pattern[0].criteriaGroup[0].criteriaLogicalRelationship'],
    ] as const) {
      const { status, body } = await send('POST', PROMOTIONS, { name: 'Odd', promotionType: 'Discount', ...more })
      expect([status, body['details']?.[0]?.path]).toEqual([400, path])
    }
  })

  test('tells in every channel what each code did, or why nothing: in the price, the cart, the quote and the order', async () => {
    const offering = await offeringOf(100)
    const withCode = (code: string, more: Json = {}): Promise<Json> => promotionOf(offering['id'], { pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'promotionCode', criteriaOperator: '=', criteriaValue: code }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }], ...more })
    await withCode('Told10')
    await withCode('TOLDOVER', { validFor: { startDateTime: '2020-01-01T00:00:00Z', endDateTime: '2020-02-01T00:00:00Z' } })
    const promotionCode = ['told10', 'toldover', 'TOLDNOT']
    const did = [['told10', true, undefined], ['toldover', false, 'expired'], ['TOLDNOT', false, 'unknown']]
    const told = (doc: Json): unknown[] => ((doc['promotionCodeResult'] ?? []) as Json[]).map(one => [one['code'], one['applied'], one['reason']])
    await until(async () => netOf(await priced(offering['id'], { promotionCode })) === '90.00')
    const price = await priced(offering['id'], { promotionCode })
    expect(told(price)).toEqual(did)
    expect(price['promotionCodeResult'][1]).toMatchObject({ message: 'The code TOLDOVER has ended', promotion: [{ name: 'A tenth' }] })
    expect(price['promotionCodeResult'][2]).not.toHaveProperty('promotion')
    expect(await priced(offering['id'])).not.toHaveProperty('promotionCodeResult')
    const CART = '/tmf-api/shoppingCart/v4/shoppingCart'
    const cart = await made(CART, { cartItem: [{ productOffering: { id: offering['id'] } }], promotionCode })
    expect(told(cart)).toEqual(did)
    expect(cart['cartTotalPrice'][0].price.dutyFreeAmount.value).toBe(90)
    // While the price is pinned it says the same; without the codes nothing is said.
    expect(told((await send('PATCH', `${CART}/${cart['id']}`, { description: 'for later' })).body)).toEqual(did)
    expect((await send('PATCH', `${CART}/${cart['id']}`, { promotionCode: [] })).body).not.toHaveProperty('promotionCodeResult')
    const who = await customer()
    const quote = await made('/tmf-api/quoteManagement/v4/quote', { relatedParty: [{ id: who, role: 'customer', '@referredType': 'Customer' }], quoteItem: [{ id: '1', action: 'add', productOffering: { id: offering['id'] } }], promotionCode })
    expect(told(quote)).toEqual(did)
    expect(quote['finding']).toMatchObject([{ code: 'promotionCodeExpired', severity: 'warning' }, { code: 'promotionCodeUnknown', severity: 'warning' }])
    // It is worth knowing, and in the way of nothing.
    expect((await send('PATCH', `/tmf-api/quoteManagement/v4/quote/${quote['id']}`, { state: 'approved' })).body['state']).toBe('approved')
    expect(told(await made(ORDERS, orderOf(offering['id'], who, { promotionCode })))).toEqual(did)
  })

  test('takes codes of one length and number wherever they are made or entered', async () => {
    const offering = await offeringOf(100)
    const coded = (criteriaValue: string): Json => ({ name: 'Coded', promotionType: 'Discount', pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'promotionCode', criteriaOperator: '=', criteriaValue }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }] })
    expect((await send('POST', PROMOTIONS, coded('C'.repeat(65)))).body['details'][0].path).toBe('pattern[0].criteriaGroup[0].criteria[0].criteriaValue')
    expect((await send('POST', PROMOTIONS, coded('C'.repeat(64)))).status).toBe(201)
    const who = await customer()
    const most = Array.from({ length: 20 }, (_, index) => `${'C'.repeat(62)}${10 + index}`)
    for (const [promotionCode, path] of [[most, undefined], [[...most, 'ONE'], 'promotionCode'], [['C'.repeat(65)], 'promotionCode[0]']] as const) {
      const asked = [
        await send('POST', '/tandem/v1/price', { item: [{ id: '1', productOffering: { id: offering['id'] } }], promotionCode }),
        await send('POST', '/tmf-api/shoppingCart/v4/shoppingCart', { cartItem: [{ productOffering: { id: offering['id'] } }], promotionCode }),
        await send('POST', '/tmf-api/quoteManagement/v4/quote', { relatedParty: [{ id: who, role: 'customer', '@referredType': 'Customer' }], quoteItem: [{ id: '1', action: 'add', productOffering: { id: offering['id'] } }], promotionCode }),
        await send('POST', ORDERS, orderOf(offering['id'], who, { promotionCode })),
      ]
      for (const { status, body } of asked) expect([status < 300 ? 'taken' : status, body['details']?.[0]?.path], JSON.stringify(body)).toEqual(path === undefined ? ['taken', undefined] : [400, path])
    }
  })

  test('knows a promotion code however it is typed', async () => {
    const offering = await offeringOf(100)
    await promotionOf(offering['id'], { pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'promotionCode', criteriaOperator: '=', criteriaValue: 'Spring24' }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }] })
    await until(async () => netOf(await priced(offering['id'], { promotionCode: ['Spring24'] })) === '90.00')
    for (const code of ['SPRING24', ' spring24 ']) expect(netOf(await priced(offering['id'], { promotionCode: [code] }))).toBe('90.00')
    expect(netOf(await priced(offering['id'], { promotionCode: ['SPRING'] }))).toBe('100.00')
  })

  test('says which item is inside of nothing, or of itself', async () => {
    const { id } = await offeringOf(100)
    const ask = async (...partOf: (string | undefined)[]): Promise<unknown> => (await send('POST', '/tandem/v1/price', { item: partOf.map((of, index) => ({ id: String(index + 1), productOffering: { id }, ...(of !== undefined && { partOf: of }) })) })).body['details']?.map((one: Json) => [one['path'], one['rule']])
    expect(await ask('7')).toEqual([['item[0].partOf', 'must be the id of another item']])
    expect(await ask('2', '1')).toEqual([['item[0].partOf', 'must not be inside itself'], ['item[1].partOf', 'must not be inside itself']])
    expect(await ask(undefined, '1', '2')).toBeUndefined()
  })

  test('gives nothing away because a kind or a period of a charge is misspelt', async () => {
    for (const [more, why] of [[{ priceType: 'reccuring' }, 'has the kind "reccuring", which is none that is charged'], [{ priceType: 'recurring', recurringChargePeriodType: 'mouth' }, 'is charged each "mouth", which is no period']] as const) {
      const offering = await offeringOf(100, more)
      expect((await priced(offering['id']))['fault']).toEqual([expect.objectContaining({ code: 'priceIncomplete', message: `Price Charge of Thing ${why}` })])
    }
  })

  test('taxes an entry that does not say how as the charge that it stands in for, and calls it so', async () => {
    const offering = await offeringOf(100, { tax: [{ taxCategory: 'books', taxRate: 7 }] })
    const list = await made('/tandem/v1/priceList', { name: 'Gross', listType: 'OVERRIDE', lifecycleStatus: 'active', taxIncluded: true, rule: [{ about: 'channel', value: ['gross'] }] })
    await made('/tandem/v1/priceListEntry', { priceList: { id: list['id'] }, productOffering: { id: offering['id'] }, priceType: 'oneTime', price: { unit: 'EUR', value: 53.5 } })
    await until(async () => netOf(await priced(offering['id'], { channel: 'gross' })) === '53.50')
    const [component] = (await priced(offering['id'], { channel: 'gross' }))['line'][0].component
    expect(component).toMatchObject({ name: 'Charge', taxExcludedAmount: '50.00', taxAmount: '3.50', taxIncludedAmount: '53.50', taxed: { category: 'books', rate: '7', from: 'price' } })
  })

  test('prices what was made a moment ago, and tells the position that it is as of', async () => {
    const { id } = await offeringOf(100)
    const answer = await priced(id)
    expect(netOf(answer)).toBe('100.00')
    expect(answer['version']).toBeTypeOf('number')
    expect(answer['line'][0].itemPrice).toMatchObject([{ priceType: 'oneTime', price: { dutyFreeAmount: { unit: 'EUR', value: 100 } } }])
    expect(answer['totalPrice']).toMatchObject([{ priceType: 'oneTime', price: { dutyFreeAmount: { unit: 'EUR', value: 100 } } }])
  })

  test('follows changes of prices, lists, promotions and tax within a second or so, in each process', async () => {
    const { id } = await offeringOf(100)
    const price = (await send('GET', `${CATALOG}/productOffering/${id}`)).body['productOfferingPrice'][0].id as string
    expect([netOf(await priced(id)), netOf(await priced(id, {}, other))]).toEqual(['100.00', '100.00'])
    const bothSay = (net: string) => until(async () => netOf(await priced(id)) === net && netOf(await priced(id, {}, other)) === net)
    await send('PATCH', `${CATALOG}/productOfferingPrice/${price}`, { price: { unit: 'EUR', value: 120 } })
    expect(await bothSay('120.00')).toBeLessThan(2500)
    const list = await made('/tandem/v1/priceList', { name: 'Sale', listType: 'SALE', lifecycleStatus: 'active' })
    await made('/tandem/v1/priceListEntry', { priceList: { id: list['id'] }, productOffering: { id }, priceType: 'oneTime', price: { unit: 'EUR', value: 90 } })
    await bothSay('90.00')
    const promotion = await promotionOf(id)
    await bothSay('81.00')
    await send('PATCH', `${PROMOTIONS}/${promotion['id']}`, { lifecycleStatus: 'suspend' })
    await bothSay('90.00')
    await send('PATCH', `/tandem/v1/priceList/${list['id']}`, { lifecycleStatus: 'retired' })
    await bothSay('120.00')
    await made('/tandem/v1/taxRate', { category: 'standard', jurisdiction: 'ZZ', rate: 10 })
    await until(async () => (await priced(id, { place: { country: 'ZZ' } }))['total'][0].taxIncludedAmount === '132.00')
  })

  test('looks up the segments and agreements of the customer', async () => {
    const { id } = await offeringOf(100)
    const list = await made('/tandem/v1/priceList', { name: 'VIP', listType: 'OVERRIDE', lifecycleStatus: 'active', rule: [{ about: 'segment', value: ['vip-test'] }] })
    await made('/tandem/v1/priceListEntry', { priceList: { id: list['id'] }, productOffering: { id }, priceType: 'oneTime', price: { unit: 'EUR', value: 70 } })
    const ada = await customer()
    expect(netOf(await priced(id, { customer: { id: ada } }))).toBe('100.00')
    await send('PATCH', `/tmf-api/customerManagement/v4/customer/${ada}`, { characteristic: [{ name: 'segment', value: 'vip-test' }] })
    await until(async () => netOf(await priced(id, { customer: { id: ada } })) === '70.00')
    expect(netOf(await priced(id, { segment: ['vip-test'] }))).toBe('70.00')
  })

  test('tells what the lowest price of goods was before its reduction, from the revisions of the price', async () => {
    const { id } = await offeringOf(100)
    const price = (await send('GET', `${CATALOG}/productOffering/${id}`)).body['productOfferingPrice'][0].id as string
    await send('PATCH', `${CATALOG}/productOfferingPrice/${price}`, { price: { unit: 'EUR', value: 130 } })
    const begin = server.services.clock.now().getTime() + 1500
    const list = await made('/tandem/v1/priceList', { name: 'Goods', listType: 'SALE', goods: true, lifecycleStatus: 'active', validFor: { startDateTime: new Date(begin).toISOString() } })
    await made('/tandem/v1/priceListEntry', { priceList: { id: list['id'] }, productOffering: { id }, priceType: 'oneTime', price: { unit: 'EUR', value: 110 } })
    await until(async () => (await priced(id, { at: new Date(begin + 1000).toISOString() }))['line'][0].component[0].unitAmount === '110.00')
    expect((await priced(id, { at: new Date(begin + 1000).toISOString() }))['line'][0].component[0]).toMatchObject({ was: '130.00', lowestPrice30Days: '100.00' })
  })

  test('is for a customer that there is; who is confined learns nothing of others', async () => {
    const offering = await offeringOf(100)
    const [own, other] = [await customer(), await customer()]
    await promotionOf(offering['id'], { pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'customer', criteriaOperator: '=', criteriaValue: other }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }] })
    await until(async () => netOf(await priced(offering['id'], { customer: { id: other } })) === '90.00')
    const party = (await send('GET', `/tmf-api/customerManagement/v4/customer/${other}`)).body['engagedParty'].id as string
    expect(netOf(await priced(offering['id'], { customer: { id: party } }))).toBe('90.00')
    expect(await priced(offering['id'], { customer: { id: 'nobody' } })).toMatchObject({ status: '400', message: expect.stringContaining('customer.id refers to a customer that does not exist') })
    const ownParty = (await send('GET', `/tmf-api/customerManagement/v4/customer/${own}`)).body['engagedParty'].id as string
    const { key } = await made('/tandem/v1/apiKey', { name: 'shopper', permissions: ['*:*'], parties: [ownParty] })
    // The same data where callers are asked who they are.
    const guarded = await createTestApp({ databaseUrl: server.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'pricing-test-bootstrap-key-01234', ROLES: 'api' } })
    const asOwn = async (id?: string): Promise<[number, Json]> => {
      const answer = await guarded.app.inject({ method: 'POST', url: '/tandem/v1/price', headers: { authorization: `Bearer ${key}` }, payload: { item: [{ id: '1', productOffering: { id: offering['id'] } }], ...(id !== undefined && { customer: { id } }) } })
      return [answer.statusCode, answer.json()]
    }
    for (const mine of [undefined, own, ownParty]) expect(netOf((await asOwn(mine))[1])).toBe('100.00')
    const refused = [await asOwn(other), await asOwn('nobody')]
    // What decides on its prices and its credit is not its own word; the rest of its record is.
    const write = async (payload: Json): Promise<number> => (await guarded.app.inject({ method: 'PATCH', url: `/tmf-api/customerManagement/v4/customer/${own}`, headers: { authorization: `Bearer ${key}` }, payload })).statusCode
    const written = [
      await write({ characteristic: [{ name: 'segment', value: 'vip' }] }), await write({ characteristic: [{ name: 'marketSegment', value: ['vip'] }] }), await write({ status: 'preferred' }),
      await write({ creditProfile: [{ creditProfileDate: '2026-01-01T00:00:00Z', creditScore: 900, creditRiskRating: 1, validFor: { startDateTime: '2026-01-01T00:00:00Z' } }] }), await write({ characteristic: [{ name: 'shoeSize', value: '42' }] }),
    ]
    await guarded.close()
    expect(written).toEqual([403, 403, 403, 403, 200])
    expect(refused.map(([status]) => status)).toEqual([400, 400])
    expect(JSON.stringify(refused[0]![1]).replaceAll(other, '')).toBe(JSON.stringify(refused[1]![1]).replaceAll('nobody', ''))
  })

  test.each([
    [{ item: [] }, 'item'],
    [{ item: [{ id: '1', productOffering: { id: 'x' } }, { id: '1', productOffering: { id: 'x' } }] }, 'item[1].id'],
    [{ item: [{ id: '1', productOffering: { id: 'x' } }], currency: 'euro' }, 'currency'],
    [{ item: [{ id: '1', productOffering: { id: 'x' }, quantity: 0 }] }, 'item[0].quantity'],
  ])('refuses %j and names %s', async (payload, path) => {
    const { status, body } = await send('POST', '/tandem/v1/price', payload)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain(path)
  })
})

describe('what is managed', () => {
  test.each([
    [PROMOTIONS, { name: 'x', pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'weather', criteriaOperator: '=', criteriaValue: 'sun' }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }] }, 'pattern[0].criteriaGroup[0].criteria[0].criteriaParameter'],
    [PROMOTIONS, { name: 'x', pattern: [{ criteriaGroup: [], action: [{ actionType: 'percentage', actionValue: 'ten' }] }] }, 'pattern[0].action[0].actionValue'],
    [PROMOTIONS, { name: 'x', promotionType: 'Reduction', pattern: [{ criteriaGroup: [], action: [{ actionType: 'currency', actionValue: '5' }] }] }, 'pattern[0].action[0].actionValue'],
    [PROMOTIONS, { name: 'x', pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'condition', criteriaOperator: '=', criteriaValue: 'item.quantity >' }] }], action: [] }] }, 'criteriaValue'],
    ['/tandem/v1/priceList', { name: 'x', listType: 'OVERRIDE', rule: [{ about: 'segment' }] }, 'rule[0]'],
    ['/tandem/v1/priceList', { name: 'x', listType: 'OVERRIDE', rule: [{ about: 'other', condition: 'nonsense(' }] }, 'rule[0].condition'],
    ['/tandem/v1/priceList', { name: 'x', listType: 'SALE', goods: true }, 'validFor.startDateTime'],
    ['/tandem/v1/priceRule', { name: 'x', about: 'channel' }, 'value'],
  ])('%s refuses %j and names %s', async (url, payload, path) => {
    const { status, body } = await send('POST', url, payload)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain(path)
  })
})

describe('an order', () => {
  test('has the prices that the price operation gives', async () => {
    const { id } = await offeringOf(100, { priceType: 'recurring', recurringChargePeriodType: 'month', tax: [{ taxCategory: 'standard', taxRate: 19 }] })
    const list = await made('/tandem/v1/priceList', { name: 'Store', listType: 'OVERRIDE', lifecycleStatus: 'active' })
    await made('/tandem/v1/priceListEntry', { priceList: { id: list['id'] }, productOffering: { id }, priceType: 'recurring', price: { unit: 'EUR', value: 80 } })
    await promotionOf(id, {}, { applicationDuration: { amount: 3, units: 'month' } })
    const ada = await customer()
    await until(async () => netOf(await priced(id)) === '72.00')
    const answer = await priced(id, { customer: { id: ada } })
    const order = await made(ORDERS, orderOf(id, ada))
    expect(order['productOrderItem'][0].itemPrice).toEqual(answer['line'][0].itemPrice)
    expect(order['orderTotalPrice']).toEqual(answer['totalPrice'])
    expect(order['appliedPromotion']).toEqual(answer['promotion'])
    expect(order['productOrderItem'][0].itemPrice[0].priceAlteration).toMatchObject([{ applicationDuration: 3, price: { percentage: 10 } }])
  })

  test('counts against a limit once, and a dozen at a time never take more than there is', async () => {
    const { id } = await offeringOf(100)
    const ada = await customer()
    const promotion = await promotionOf(id, { usageLimit: 3 })
    await until(async () => netOf(await priced(id)) === '90.00')
    const orders = await Promise.all(Array.from({ length: 12 }, () => made(ORDERS, orderOf(id, ada))))
    const reduced = orders.filter(order => order['orderTotalPrice'][0].price.dutyFreeAmount.value === 90)
    expect(reduced).toHaveLength(3)
    expect(orders.filter(order => order['orderTotalPrice'][0].price.dutyFreeAmount.value === 100)).toHaveLength(9)
    const [counter] = await server.database.query<{ uses: number; spent: string }>('SELECT uses, spent::text FROM promotion_counter WHERE promotion_id = $1', [promotion['id']])
    expect(counter).toMatchObject({ uses: 3, spent: '30.000000' })
    expect(netOf(await priced(id))).toBe('100.00')
  })

  test('gives back what it used when it is cancelled', async () => {
    const { id } = await offeringOf(100)
    const ada = await customer()
    await promotionOf(id, { budget: { unit: 'EUR', value: 15 } })
    await until(async () => netOf(await priced(id)) === '90.00')
    // Its day lies ahead, so that nothing of it is done and it can be cancelled.
    const later = new Date(server.services.clock.now().getTime() + 30 * 86_400_000).toISOString()
    const order = await made(ORDERS, orderOf(id, ada, { requestedStartDate: later }))
    expect(order['orderTotalPrice'][0].price.dutyFreeAmount.value).toBe(90)
    expect(netOf(await priced(id))).toBe('100.00')
    const cancel = await send('POST', '/tmf-api/productOrderingManagement/v4/cancelProductOrder', { productOrder: { id: order['id'] }, cancellationReason: 'changed my mind' })
    expect(cancel.status).toBe(201)
    await until(async () => netOf(await priced(id)) === '90.00', 15_000)
    const [use] = await server.database.query<{ state: string }>('SELECT state FROM promotion_use WHERE order_id = $1', [order['id']])
    expect(use?.state).toBe('givenBack')
  }, 30_000)
})

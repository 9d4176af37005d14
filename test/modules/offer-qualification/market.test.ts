/** To whom, through which channel and where an offering is sold, and what it costs there: the same answer in qualification, cart, quote and order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

const CATALOG = '/tmf-api/productCatalogManagement/v4'
type Doc = Record<string, any>

let test: TestApp
const ids: Record<string, string> = {}
const made = async (url: string, payload: object, channel = 'web'): Promise<Doc> => {
  const answer = await test.app.inject({ method: 'POST', url, payload, headers: { 'x-tandem-channel': channel } })
  expect([200, 201], `${url}: ${answer.body}`).toContain(answer.statusCode)
  return answer.json() as Doc
}
const offering = async (name: string, more: object): Promise<void> => {
  const price = await made(`${CATALOG}/productOfferingPrice`, { name, priceType: 'oneTime', lifecycleStatus: 'Launched', price: { unit: 'EUR', value: 100 }, tax: [{ taxCategory: 'standard', taxRate: 5 }] })
  ids[name] = String((await made(`${CATALOG}/productOffering`, { name, lifecycleStatus: 'Launched', productOfferingPrice: [{ id: price['id'] }], ...more }))['id'])
}
const customer = async (kind: 'individual' | 'organization'): Promise<string> => {
  const party = await made(`/tmf-api/party/v4/${kind}`, kind === 'individual' ? { givenName: 'Ada', familyName: 'Market' } : { name: 'Market Ltd', tradingName: 'Market' })
  return String((await made('/tmf-api/customerManagement/v4/customer', { name: 'Market', engagedParty: { id: party['id'], '@referredType': kind === 'individual' ? 'Individual' : 'Organization' } }))['id'])
}

beforeAll(async () => {
  test = await createTestApp({ settings: { ROLES: 'api' } })
  await made('/tandem/v1/address/bulk', [
    { id: 'house-b', street: 'Lindenstrasse', streetNumber: '1', postcode: '10115', city: 'Berlin', country: 'DE' },
    { id: 'house-w', street: 'Ring', streetNumber: '1', postcode: '1010', city: 'Wien', country: 'AT' },
  ])
  await made('/tandem/v1/taxRate', { jurisdiction: 'DE', category: 'standard', rate: 19 })
  await offering('store', { channel: [{ id: 'ch-1', name: 'Store' }] })
  await offering('business', { marketSegment: [{ id: 'seg-1', name: 'Business' }] })
  await offering('berlin', { place: [{ id: 'DE/Berlin', name: 'Berlin' }] })
  await offering('town price', {})
  const list = await made('/tandem/v1/priceList', { name: 'Berlin', listType: 'OVERRIDE', lifecycleStatus: 'active', rule: [{ about: 'place', value: ['DE/10115'] }] })
  await made('/tandem/v1/priceListEntry', { priceList: { id: list['id'] }, productOffering: { id: ids['town price'] }, priceType: 'oneTime', price: { unit: 'EUR', value: 80 } })
  ids['ada'] = await customer('individual')
  ids['ltd'] = await customer('organization')
})
afterAll(() => test.close())

interface Buying {
  offer: string
  channel?: string
  who?: string
  place?: string
}
const party = (who = 'ada'): Doc[] => [{ id: ids[who], role: 'customer', '@referredType': 'Customer' }]
const product = (place?: string): Doc => (place === undefined ? {} : { product: { place: [{ id: place, role: 'installation', '@referredType': 'GeographicAddress' }] } })

/** Codes that stand against it, as each way of buying tells them. */
const against = async ({ offer, channel = 'web', who, place }: Buying): Promise<Record<string, string[]>> => {
  const line = { action: 'add', quantity: 1, productOffering: { id: ids[offer] }, ...product(place) }
  const cart = await made('/tmf-api/shoppingCart/v4/shoppingCart', { relatedParty: party(who), cartItem: [line] }, channel)
  const order = await made('/tmf-api/productOrderingManagement/v4/productOrder', { relatedParty: party(who), productOrderItem: [{ id: '1', ...line }] }, channel)
  const quote = await made('/tmf-api/quoteManagement/v4/quote', { relatedParty: party(who), quoteItem: [{ id: '1', ...line }] }, channel)
  const offered = await made('/tmf-api/productOfferingQualification/v4/productOfferingQualification', { relatedParty: party(who), provideUnavailabilityReason: true, productOfferingQualificationItem: [{ id: '1', action: 'add', productOffering: { id: ids[offer] }, ...product(place) }] }, channel)
  const codes = (list: Doc[] | undefined): string[] => (list ?? []).map(one => String(one['code']))
  const item = offered['productOfferingQualificationItem'][0] as Doc
  return { cart: codes(cart['cartItem'][0]['issue']), order: codes(order['rejectionReason']), quote: codes(quote['finding']), offered: codes(item['eligibilityUnavailabilityReason']) }
}
const each = (...codes: string[]): Record<string, string[]> => ({ cart: codes, order: codes, quote: codes, offered: codes })

describe('an offering is sold', () => {
  it('through the channels that it names', async () => {
    expect(await against({ offer: 'store' })).toEqual(each('channelNotAllowed'))
    expect(await against({ offer: 'store', channel: 'store' })).toEqual(each())
  })

  it('to the segment that it names, told by the kind of party', async () => {
    expect(await against({ offer: 'business' })).toEqual(each('segmentNotAllowed'))
    expect(await against({ offer: 'business', who: 'ltd' })).toEqual(each())
  })

  it('in the areas that it names', async () => {
    expect(await against({ offer: 'berlin' })).toEqual(each('placeMissing'))
    expect(await against({ offer: 'berlin', place: 'house-w' })).toEqual(each('placeNotAllowed'))
    expect(await against({ offer: 'berlin', place: 'house-b' })).toEqual(each())
  })

  it('by the channel that put it into the cart, whoever goes on with it', async () => {
    const line = { action: 'add', quantity: 1, productOffering: { id: ids['store'] } }
    const cart = await made('/tmf-api/shoppingCart/v4/shoppingCart', { cartItem: [line] }, 'store')
    const changed = await test.app.inject({ method: 'PATCH', url: `/tmf-api/shoppingCart/v4/shoppingCart/${cart['id']}`, payload: { relatedParty: party() }, headers: { 'x-tandem-channel': 'web' } })
    expect(changed.statusCode).toBe(200)
    expect((changed.json() as Doc)['cartItem'][0]['issue']).toBeUndefined()
  })
})

describe('what it costs at a place', () => {
  it.each([
    ['house-b', 80, 95.2],
    ['house-w', 100, 105],
  ])('is the same in cart, quote, order and price at %s: areas and tax are looked up', async (place, net, gross) => {
    const line = { action: 'add', quantity: 1, productOffering: { id: ids['town price'] }, ...product(place) }
    const amounts = (price: Doc): unknown[] => [price['dutyFreeAmount']?.value, price['taxIncludedAmount']?.value]
    const cart = await made('/tmf-api/shoppingCart/v4/shoppingCart', { relatedParty: party(), cartItem: [line] })
    const order = await made('/tmf-api/productOrderingManagement/v4/productOrder', { relatedParty: party(), productOrderItem: [{ id: '1', ...line }] })
    const quote = await made('/tmf-api/quoteManagement/v4/quote', { relatedParty: party(), quoteItem: [{ id: '1', ...line }] })
    const price = await made('/tandem/v1/price', { item: [{ id: '1', productOffering: { id: ids['town price'] } }], customer: { id: ids['ada'] }, place: { id: place } })
    expect([cart['cartTotalPrice'], order['orderTotalPrice'], quote['quoteTotalPrice'], price['totalPrice']].map(list => amounts((list as Doc[])[0]!['price'] as Doc))).toEqual([[net, gross], [net, gross], [net, gross], [net, gross]])
  })
})

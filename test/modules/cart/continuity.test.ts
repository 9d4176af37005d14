/** A cart goes on from channel to channel: found, handed over, merged, seen open, and told in the thread of its customer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop({ settings: { PHONE_COUNTRY: 'GB', SHOP_URL: 'default=https://shop.example/cart' } })
  await shop.call('POST', '/tandem/v1/channelEntitlement', { channel: 'care', discount: { maxPercentage: 10 } })
  await shop.call('POST', '/tandem/v1/channelEntitlement', { channel: 'kiosk', action: ['takeOver'], show: { hidden: [shop.offers.router] } })
}, 60_000)
afterAll(() => shop?.close())

const on = (channel: string): Record<string, string> => ({ 'x-tandem-channel': channel })
const amounts = (prices: Json[] = []): [string, number][] => prices.map(one => [one['priceType'], one['price'].dutyFreeAmount.value])
const owner = (id: string): Json => ({ id, role: 'customer', '@referredType': 'Individual' })

describe('a cart', () => {
  test('is found by a number or address in any spelling, and by customer', async () => {
    const { person } = await shop.customer()
    const cart = await shop.cart([shop.line('router')], { contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '07700 900123' } }, { mediumType: 'email', characteristic: { emailAddress: 'Ada@Example.COM' } }], relatedParty: [owner(person)] })
    for (const query of ['phone=%2B44%207700%20900123', 'phone=0044%207700900123', 'email=ada@example.com', `customer=${person}`]) expect((await shop.call('GET', `/tandem/v1/shoppingCart?${query}`)).map((one: Json) => one['id']), query).toEqual([cart['id']])
    await shop.patch(cart['id'], { contactMedium: [] })
    expect(await shop.call('GET', '/tandem/v1/shoppingCart?email=ada@example.com')).toEqual([])
    await shop.call('GET', '/tandem/v1/shoppingCart?phone=nonsense', undefined, 400)
  })

  test('is handed over by a code that works once, and not in another brand', async () => {
    const cart = await shop.cart([shop.line('router')], {}, on('web'))
    const old = await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/handOver`, {}, 201, on('web'))
    const { code, link } = await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/handOver`, {}, 201, on('web'))
    await shop.call('POST', '/tandem/v1/cartTakeOver', { code: old.code }, 404)
    await shop.call('POST', '/tandem/v1/cartTakeOver', { code }, 404, { 'x-tandem-brand': 'other' })
    const taken = await Promise.all([shop.raw('POST', '/tandem/v1/cartTakeOver', { code: code.toLowerCase().replaceAll('-', ' ') }, on('store')), shop.raw('POST', '/tandem/v1/cartTakeOver', { code }, on('store'))])
    expect(taken.map(one => one.statusCode).sort()).toEqual([200, 404])
    expect(taken.find(one => one.statusCode === 200)!.json().id).toBe(cart['id'])
    await shop.call('POST', '/tandem/v1/cartTakeOver', { token: new URL(link, 'http://x').searchParams.get('handOver') }, 404)
    await shop.call('POST', '/tandem/v1/cartTakeOver', { code: '000-000-000' }, 404)
  })

  test('is handed over by a link to the shop, and by the code alone where no shop is configured that would take it', async () => {
    const cart = await shop.cart([shop.line('router')], {}, on('web'))
    const { link } = await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/handOver`, {}, 201, on('web'))
    expect(link).toMatch(/^https:\/\/shop\.example\/cart\?handOver=[\w-]{32}$/)
    expect((await shop.call('POST', '/tandem/v1/cartTakeOver', { token: new URL(link).searchParams.get('handOver') }, 200, on('app'))).id).toBe(cart['id'])
    const north = { 'x-tandem-brand': 'north' }
    const elsewhere = await shop.cart([], {}, north)
    const handed = await shop.call('POST', `/tandem/v1/shoppingCart/${elsewhere['id']}/handOver`, {}, 201, north)
    expect(Object.keys(handed).sort()).toEqual(['code', 'expirationDate'])
    expect((await shop.call('POST', '/tandem/v1/cartTakeOver', { code: handed.code }, 200, north)).id).toBe(elsewhere['id'])
  })

  test('tells in its history who handed it over and who took it over, when and where', async () => {
    const cart = await shop.cart([shop.line('router')], {}, on('web'))
    const { code } = await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/handOver`, {}, 201, on('web'))
    await shop.call('POST', '/tandem/v1/cartTakeOver', { code: '000-000-000' }, 404, on('store'))
    await shop.call('POST', '/tandem/v1/cartTakeOver', { code }, 200, on('store'))
    await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: shop.offers.plan } }, 201, on('store'))
    const history: Json[] = await shop.call('GET', `/tandem/v1/shoppingCart/${cart['id']}/history`)
    expect(history.map(step => [step['revision'], step['channel'], ...step['change'].map((one: Json) => one['what'])])).toEqual([[1, 'web', 'cartMade', 'itemAdded'], [1, 'web', 'handedOver'], [1, 'store', 'takenOver'], [2, 'store', 'itemAdded']])
    expect(history[2]).toMatchObject({ principal: expect.any(String), at: expect.any(String), change: [{ what: 'takenOver', from: 'web' }] })
    // It is no change of the cart: who has it open is not told to have lost a race.
    await shop.call('PATCH', `${shop.CART}/${cart['id']}`, { promotionCode: ['X'] }, 200, { 'if-match': '"2"' })
  })

  test('leaves what a guest said of how to be reached with whoever it becomes, once and unverified', async () => {
    const phone = (phoneNumber: string): Json => ({ mediumType: 'phone', characteristic: { phoneNumber } })
    const email = (emailAddress: string): Json => ({ mediumType: 'email', characteristic: { emailAddress } })
    const mediaOf = async (person: string): Promise<string[]> => ((await shop.call('GET', `/tmf-api/party/v4/individual/${person}`)).contactMedium ?? []).map((one: Json) => one['characteristic'].phoneNumber ?? one['characteristic'].emailAddress)
    const join = (guest: Json, person: string, strategy: string): Promise<Json> => shop.call('POST', `/tandem/v1/shoppingCart/${guest['id']}/merge`, { customer: { id: person, '@referredType': 'Individual' }, strategy }, 200)
    const { person } = await shop.customer()
    await shop.call('PATCH', `/tmf-api/party/v4/individual/${person}`, { contactMedium: [phone('+44 7700 900777')] })
    const guest = await shop.cart([shop.line('router')], { contactMedium: [phone('07700 900777'), email('Guest@Example.org'), email('guest@example.org'), { mediumType: 'email', characteristic: { emailAddress: 'somebody@nowhere' } }] })
    await join(guest, person, 'merge')
    expect(await mediaOf(person)).toEqual(['+44 7700 900777', 'Guest@Example.org'])
    const known = await shop.until(async () => (await shop.call('GET', `/tandem/v1/partyIdentifier?party=${person}`) as Json[]).find(one => one['type'] === 'email'), 'the address is recognized')
    expect(known['verified']).toBe(false)

    // Into a cart that goes on: whichever it is, it is found by what was left in either.
    const other = await shop.customer()
    const own = await shop.cart([shop.line('plan')], { relatedParty: [owner(other.person)], contactMedium: [email('own@example.org')] })
    const second = await shop.cart([shop.line('router')], { contactMedium: [phone('07700 900778')] })
    expect((await join(second, other.person, 'keepOwn'))['id']).toBe(own['id'])
    expect((await shop.call('GET', '/tandem/v1/shoppingCart?phone=%2B447700900778&open=true')).map((one: Json) => one['id'])).toEqual([own['id']])
    // What was of a cart of its own is not what a guest said.
    expect(await mediaOf(other.person)).toEqual(['07700 900778'])
    // By PATCH too, and by whatever name.
    const third = await shop.cart([shop.line('router')], { contactMedium: [phone('07700 900779')] })
    await shop.patch(third['id'], { relatedParty: [{ id: other.customer, role: 'customer', '@referredType': 'Customer' }] })
    expect(await mediaOf(other.person)).toEqual(['07700 900778', '07700 900779'])
  })

  test('is finished by a store that sees its own alone: for whom it has made known, and nobody else', async () => {
    const { person } = await shop.customer()
    const { key } = await shop.call('POST', '/tandem/v1/apiKey', { name: 'dealer', permissions: ['*:*'], store: 'store-9' })
    const guarded = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'continuity-test-bootstrap-key-01', ROLES: 'api', PHONE_COUNTRY: 'GB' } })
    const as = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: Json) => guarded.app.inject({ method, url, headers: { authorization: `Bearer ${key}`, 'x-tandem-channel': 'store' }, ...(payload && { payload }) })
    const guest = await shop.cart([shop.line('router')], { contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '07700 900999' } }] }, on('web'))
    const { code } = await shop.call('POST', `/tandem/v1/shoppingCart/${guest['id']}/handOver`, {}, 201, on('web'))
    expect((await as('POST', `/tandem/v1/shoppingCart/${guest['id']}/merge`, { customer: { id: person }, strategy: 'merge' })).statusCode).toBe(404)
    expect((await as('POST', '/tandem/v1/cartTakeOver', { code })).statusCode).toBe(200)
    // Windows of two callers may go by one name, and nobody closes another's.
    const presence = `/tandem/v1/shoppingCart/${guest['id']}/presence`
    await shop.call('PUT', presence, { session: 'a' }, 200, on('web'))
    expect((await as('PUT', presence, { session: 'a' })).json().map((one: Json) => [one['channel'], one['session'], one['isYou']])).toEqual([['web', 'a', false], ['store', 'a', true]])
    expect((await as('PUT', presence, { session: 'a', seconds: 0 })).json().map((one: Json) => one['channel'])).toEqual(['web'])
    const merge = (id: string) => as('POST', `/tandem/v1/shoppingCart/${guest['id']}/merge`, { customer: { id, '@referredType': 'Individual' }, strategy: 'merge' })
    // Somebody whom the store does not see.
    expect([(await as('GET', `/tmf-api/party/v4/individual/${person}`)).statusCode, (await merge(person)).statusCode]).toEqual([404, 403])
    expect((await shop.call('GET', `/tmf-api/party/v4/individual/${person}`)).contactMedium).toBeUndefined()
    // Somebody whom it has made known itself.
    const known = await as('POST', '/tmf-api/party/v4/individual', { givenName: 'Grace', familyName: 'Walkin', individualIdentification: [{ identificationType: 'passport', identificationId: 'P77' }] })
    const merged = await merge(known.json().id)
    expect([merged.statusCode, merged.json().relatedParty.map((one: Json) => one['id'])], merged.body).toEqual([200, ['store-9', known.json().id]])
    expect((await shop.call('GET', `/tmf-api/party/v4/individual/${known.json().id}`)).contactMedium[0].characteristic).toEqual({ phoneNumber: '07700 900999' })
    const done = await as('POST', '/tandem/v1/checkout', { shoppingCart: { id: guest['id'] }, termsAccepted: true, paymentToken: 'tok-visa' })
    expect(done.statusCode, done.body).toBe(200)
    await guarded.close()
  })

  test.each([['merge', [['1', 3], ['g1', 1]], 'own'], ['keepGuest', [['1', 2], ['2', 1]], 'guest'], ['keepOwn', [['1', 1]], 'own']] as const)('is merged at log-in: %s', async (strategy, lines, stays) => {
    const { person } = await shop.customer()
    const own = await shop.cart([shop.line('router', { id: '1' })], { relatedParty: [owner(person)] })
    const guest = await shop.cart([shop.line('router', { id: '1', quantity: 2 }), shop.line('plan', { id: '2' })])
    const kept = await shop.call('POST', `/tandem/v1/shoppingCart/${guest['id']}/merge`, { customer: { id: person, '@referredType': 'Individual' }, strategy }, 200)
    expect(kept.id).toBe((stays === 'own' ? own : guest)['id'])
    expect(kept.cartItem.map((one: Json) => [one['id'] === '2' && strategy === 'merge' ? 'g1' : one['id'], one['quantity']])).toEqual(lines)
    const gone = await shop.call('GET', `${shop.CART}/${(stays === 'own' ? guest : own)['id']}`)
    expect([gone.status, gone.mergedInto.id]).toEqual(['merged', kept.id])
    await shop.call('PATCH', `${shop.CART}/${gone.id}`, { promotionCode: ['X'] }, 409)
    expect(kept.relatedParty.map((one: Json) => one['id'])).toEqual([person])
  })

  test('shows who has it open, until they close it or are gone', async () => {
    const cart = await shop.cart([])
    const url = `/tandem/v1/shoppingCart/${cart['id']}/presence`
    await shop.call('PUT', url, { session: 'a' }, 200, on('web'))
    expect((await shop.call('PUT', url, { session: 'b', seconds: 1 }, 200, on('care'))).map((one: Json) => one['channel'])).toEqual(['web', 'care'])
    await shop.until(async () => (await shop.call('GET', url)).length === 1, 'gone by itself')
    expect(await shop.call('PUT', url, { session: 'a', seconds: 0 }, 200, on('web'))).toEqual([])
  })

  test('takes discounts within the authority of the channel alone', async () => {
    const cart = await shop.cart([shop.line('router')])
    const url = `/tandem/v1/shoppingCart/${cart['id']}/discount`
    await shop.call('POST', url, { item: '1', percentage: 5, reason: 'Waited long' }, 403, on('web'))
    const once = await shop.call('POST', url, { item: '1', percentage: 6, reason: 'Waited long' }, 201, on('care'))
    expect(amounts(once.cartTotalPrice)).toEqual([['oneTime', 46.91]])
    expect((await shop.call('POST', url, { item: '1', percentage: 6, reason: 'And again' }, 403, on('care'))).code).toBe('discountBeyondAuthority')
    const back = await shop.call('DELETE', `${url}/${once.cartItem[0].adjustment[0].id}`, undefined, 200, on('care'))
    expect(amounts(back.cartTotalPrice)).toEqual([['oneTime', 49.9]])
    // A client that sends the line back as it read it keeps the discount, and cannot make it larger.
    const again = await shop.call('POST', url, { item: '1', percentage: 6, reason: 'Waited long' }, 201, on('care'))
    const sent = structuredClone(again.cartItem)
    sent[0].adjustment[0].percentage = 100
    expect(amounts((await shop.patch(cart['id'], { cartItem: sent }))['cartTotalPrice'])).toEqual([['oneTime', 46.91]])
  })

  test('shows a channel only what it may sell and do', async () => {
    await shop.call('POST', shop.CART, { cartItem: [shop.line('router')] }, 403, on('kiosk'))
    const cart = await shop.cart([shop.line('plan')], {}, on('kiosk'))
    await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: shop.offers.router } }, 403, on('kiosk'))
    await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/handOver`, {}, 403, on('kiosk'))
    await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] } }, 403, on('kiosk'))
  })

  test('is abandoned after a day, as an event, and taken up again by a change', async () => {
    const cart = await shop.cart([shop.line('plan')])
    await shop.advance(25 * 3_600_000)
    await shop.until(async () => (await shop.call('GET', `${shop.CART}/${cart['id']}`)).status === 'abandoned', 'abandoned', 25_000)
    const events = await shop.database.query<{ n: string }>(`SELECT count(*) AS n FROM event WHERE resource_id = $1 AND event_type = 'ShoppingCartStateChangeEvent'`, [cart['id']])
    expect(Number(events[0]!.n)).toBe(1)
    expect((await shop.patch(cart['id'], { promotionCode: ['BACK'] }))['status']).toBe('active')
  }, 40_000)
})

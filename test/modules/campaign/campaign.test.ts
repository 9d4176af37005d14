/** Campaigns: a link that shows a promised price to whoever follows it, and makes one cart with it for whoever takes it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'

const CAMPAIGN = '/tandem/v1/campaign'
const DAY = 86_400_000

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop()
}, 60_000)
afterAll(() => shop?.close())

const on = (channel: string): Record<string, string> => ({ 'x-tandem-channel': channel })
const later = (ms: number): string => new Date(shop.services.clock.now().getTime() + ms).toISOString()
const campaign = async (more: Json = {}): Promise<string> => {
  const { id } = await shop.call('POST', CAMPAIGN, { name: 'Autumn', item: [{ productOffering: { id: shop.offers.router } }], discount: { name: 'Autumn', percentage: 50 }, validFor: { endDateTime: later(10 * DAY) }, ...more })
  await shop.call('PATCH', `${CAMPAIGN}/${id}`, { status: 'active' })
  return id
}
const willing = async (): Promise<{ person: string; customer: string }> => {
  const who = await shop.customer()
  await shop.call('POST', '/tandem/v1/consent', { party: who.person, action: 'grant', purpose: 'marketing', textVersion: '1' })
  return who
}
const offer = async (id: string, customer: string): Promise<{ token: string; link: string; id: string }> => (await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ customer: { id: customer } }] })).offer[0]
const see = (token: string, status = 200): Promise<Json> => shop.call('GET', `/tandem/v1/campaignOffer/${token}`, undefined, status)
const take = (token: string, body: Json = {}, status = 200, headers: Record<string, string> = {}): Promise<Json> => shop.call('POST', `/tandem/v1/campaignOffer/${token}/accept`, body, status, headers)
const result = (id: string): Promise<Json> => shop.call('GET', `${CAMPAIGN}/${id}/result`)

test('a link shows the promised price without a trace, makes one cart in all channels, and the order names the campaign', async () => {
  const id = await campaign()
  const { customer, person } = await willing()
  const { token, link } = await offer(id, customer)
  expect(link).toContain(token)
  const shown = await see(token)
  expect([shown['state'], shown['due'], shown['usesLeft']]).toEqual(['open', { unit: 'EUR', value: 29.94 }, 1])
  await see(token)
  // Programs that follow links leave nothing.
  expect(await result(id)).toEqual({ sent: 1, opened: 0, accepted: 0, ordered: 0 })
  await shop.call('POST', `/tandem/v1/campaignOffer/${token}/opened`, {}, 204)
  expect((await result(id))['opened']).toBe(1)

  const cart = await take(token, {}, 200, on('web'))
  expect(cart['due']).toEqual({ unit: 'EUR', value: 29.94 })
  expect(cart['cartItem'][0].addedBy).toMatchObject({ channel: 'web', campaign: id })
  expect((await take(token, {}, 200, on('app')))['id']).toBe(cart['id'])
  const [a, b] = await Promise.all([take(token, {}, 200, on('care')), take(token, {}, 200, on('store'))])
  expect([a['id'], b['id']]).toEqual([cart['id'], cart['id']])
  // The customer says who it is: the same cart, from then on its own.
  const own = await take(token, { customer: { id: customer } }, 200, on('app'))
  expect([own['id'], own['relatedParty'][0].id]).toEqual([cart['id'], customer])
  await take(token, { customer: { id: (await shop.customer()).customer } }, 409)

  const done = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa' }, 200, on('app'))
  const order = await shop.call('GET', done.productOrder.href)
  expect(order.state).not.toBe('rejected')
  expect(order.productOrderItem[0].soldBy).toMatchObject({ campaign: id, channel: 'web' })
  expect(done.due).toEqual({ unit: 'EUR', value: 29.94 })
  expect(await result(id)).toEqual({ sent: 1, opened: 1, accepted: 1, ordered: 1 })
  // Once it is used there is nothing more to be had, and the same answer.
  expect((await take(token, { customer: { id: customer } }))['id']).toBe(cart['id'])
  expect((await shop.call('GET', `/tandem/v1/consent?party=${person}`)).consent).toHaveLength(1)
})

test('the price is promised until the offer ends, whatever the catalog does, and told old and new when it has ended', async () => {
  const gadget = await shop.offering('Gadget', { oneTime: 100 })
  const id = await campaign({ item: [{ productOffering: { id: gadget.id } }], discount: { name: 'Ten', amount: { unit: 'EUR', value: 10 } }, validFor: { endDateTime: later(3 * DAY) } })
  const { customer } = await willing()
  const { token } = await offer(id, customer)
  await shop.call('PATCH', `/tmf-api/productCatalogManagement/v4/productOfferingPrice/${gadget.prices[0]}`, { price: { unit: 'EUR', value: 200 } })
  await shop.advance(2 * DAY)
  expect((await see(token))['due'].value).toBe(108)
  const cart = await take(token, { customer: { id: customer } })
  expect(cart['due'].value).toBe(108)
  // What is beside it has the price of the day.
  const more = await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: gadget.id } })
  expect(more.due.value).toBe(108 + 240)
  // More of it was not promised; a client cannot promise itself anything.
  const twice = await shop.patch(cart['id'], { cartItem: [{ ...cart['cartItem'][0], quantity: 2, priceHold: cart['cartItem'][0].priceHold }] })
  expect([twice['due'].value, twice['cartItem'][0].priceHold, twice['cartItem'][0].adjustment]).toEqual([480, undefined, undefined])

  const other = await willing()
  const held = await take((await offer(id, other.customer)).token, { customer: { id: other.customer } })
  await shop.advance(DAY + 60_000)
  const refused = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: held['id'] }, termsAccepted: true, paymentToken: 'tok-visa' }, 409)
  expect(refused.fault.map((one: Json) => one['code'])).toContain('priceChanged')
  expect((await see(token))['state']).toBe('expired')
})

test('who has not allowed it gets none; a list can be made again, and a link only anew', async () => {
  const id = await campaign({ consent: { purpose: 'marketing', channel: 'email' } })
  const [yes, no] = [await willing(), await shop.customer()]
  const made = await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ customer: { id: yes.customer } }, { customer: { id: no.customer } }, { email: 'stranger@example.org' }, { email: 'asked@example.org', consent: { textVersion: '3', givenAt: later(0) } }, { customer: { id: 'nobody' } }] })
  expect(made.offer.map((one: Json) => one['recipient'])).toEqual([{ customer: { id: yes.customer } }, { email: 'asked@example.org', consent: expect.anything() }])
  expect(made.withheld.map((one: Json) => one['why'])).toEqual(['consent', 'consent', 'unknown'])
  const again = await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ customer: { id: yes.person } }] })
  expect(again.offer).toEqual([{ id: made.offer[0].id, recipient: { customer: { id: yes.person } }, expirationDate: expect.anything(), isNew: false }])
  expect((await see(made.offer[0].token))['state']).toBe('open')
  const anew = (await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ customer: { id: yes.person } }], renew: true })).offer[0]
  await see(made.offer[0].token, 404)
  await see(anew.token)
  const rows = await shop.database.query<{ token_hash: string }>('SELECT token_hash FROM campaign_offer')
  expect(rows.some(row => row.token_hash === anew.token)).toBe(false)
  await see('x'.repeat(32), 404)
})

test('a list that is made again names the offers that there are, also when what is offered has left the catalog', async () => {
  const gadget = await shop.offering('Short-lived', { oneTime: 10 })
  const id = await campaign({ item: [{ productOffering: { id: gadget.id } }] })
  const { customer } = await willing()
  const first = await offer(id, customer)
  await shop.call('PATCH', `/tmf-api/productCatalogManagement/v4/productOffering/${gadget.id}`, { lifecycleStatus: 'Retired' })
  const again = await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ customer: { id: customer } }, { customer: { id: (await willing()).customer } }] })
  expect([again.offer.map((one: Json) => one['id']), again.withheld.map((one: Json) => one['why'])]).toEqual([[first.id], ['notSellable']])
  // What was promised is not for sale any more: nothing is made that could not be bought, and it is said.
  const cart = await take(first.token, { customer: { id: customer } })
  expect(cart['cartItem'][0].issue[0].code).toBe('notLaunched')
})

test('a segment is offered to page by page', async () => {
  const id = await campaign({ segment: ['silver'] })
  const silver: string[] = []
  for (let n = 0; n < 3; n++) {
    const { customer } = await willing()
    silver.push(customer)
    await shop.call('PATCH', `/tmf-api/customerManagement/v4/customer/${customer}`, { characteristic: [{ name: 'segment', value: 'silver' }] })
  }
  const first = await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { limit: 2 })
  const second = await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { limit: 2, after: first.next })
  expect([...first.offer, ...second.offer].map((one: Json) => one['recipient'].customer.id).sort()).toEqual(silver.sort())
  expect(second.next).toBeUndefined()
  expect((await result(id))['sent']).toBe(3)
})

test('a personal offer is its recipient’s, another is for who comes first, or for as many as it says', async () => {
  const personal = await campaign({ personal: true })
  const [one, two] = [await willing(), await shop.customer()]
  const { token } = await offer(personal, one.customer)
  await take(token, {}, 403)
  await take(token, { customer: { id: two.customer } }, 404)
  const own = await take(token, { customer: { id: one.person } })
  expect(own['relatedParty'][0].id).toBe(one.person)
  expect((await take(token, { customer: { id: one.customer } }))['id']).toBe(own['id'])

  const shared = await campaign({ uses: 2 })
  const link = await offer(shared, one.customer)
  const [a, b] = [await take(link.token, { customer: { id: one.customer } }), await take(link.token, { customer: { id: two.customer } })]
  expect(a['id']).not.toBe(b['id'])
  expect(await see(link.token)).toMatchObject({ state: 'taken', usesLeft: 0 })
  await take(link.token, { customer: { id: (await shop.customer()).customer } }, 409)
  expect((await take(link.token, { customer: { id: two.customer } }))['id']).toBe(b['id'])

  // The same one by another name takes nothing more.
  const many = await offer(await campaign({ uses: 5 }), one.customer)
  const taken = await Promise.all([one.person, one.customer, one.person, one.customer].map(id => take(many.token, { customer: { id } })))
  expect(new Set(taken.map(cart => cart['id'])).size).toBe(1)
})

test('a campaign is active only with what can be sold, does not change then, and ends', async () => {
  const draft = await shop.call('POST', '/tmf-api/productCatalogManagement/v4/productOffering', { name: 'Not yet', lifecycleStatus: 'In design' })
  const { id: unsellable } = await shop.call('POST', CAMPAIGN, { name: 'Early', item: [{ productOffering: { id: draft.id } }], validFor: { endDateTime: later(DAY) } })
  expect((await shop.call('PATCH', `${CAMPAIGN}/${unsellable}`, { status: 'active' }, 409)).code).toBe('offerNotSellable')
  await shop.call('POST', CAMPAIGN, { name: 'Endless', item: [{ productOffering: { id: shop.offers.router } }], validFor: {} }, 400)
  const id = await campaign({ channel: ['web', 'app'] })
  expect(await shop.call('PATCH', `${CAMPAIGN}/${id}`, { discount: { name: 'More', percentage: 90 } }, 409)).toMatchObject({ code: 'campaignRunning', message: 'discount cannot be changed while the campaign is active: end it, and make another one' })
  const { customer } = await willing()
  const { token } = await offer(id, customer)
  await take(token, { customer: { id: customer } }, 403, on('care'))
  await shop.call('PATCH', `${CAMPAIGN}/${id}`, { status: 'ended' })
  await take(token, { customer: { id: customer } }, 409, on('web'))
  await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ customer: { id: customer } }] }, 409)
})

test('a bundle keeps the promise with all its parts, through the merge at log-in', async () => {
  const id = await campaign({ item: [{ productOffering: { id: shop.offers.bundle } }] })
  const { customer, person } = await willing()
  const { token } = await offer(id, customer)
  const guest = await take(token, {}, 200, on('web'))
  expect(guest['due'].value).toBe(29.94)
  await shop.cart([shop.line('plan')], { relatedParty: [{ id: person, role: 'customer', '@referredType': 'Individual' }] })
  const merged = await shop.call('POST', `/tandem/v1/shoppingCart/${guest['id']}/merge`, { customer: { id: person, '@referredType': 'Individual' }, strategy: 'merge' }, 200)
  expect(merged.due.value).toBe(29.94)
  expect((await take(token, { customer: { id: person } }, 200, on('app')))['id']).toBe(merged.id)
})

test('an amount off a bundle comes off what of it costs most', async () => {
  const id = await campaign({ item: [{ productOffering: { id: shop.offers.bundle } }], discount: { name: 'Ten', amount: { unit: 'EUR', value: 10 }, on: 'oneTime' } })
  const { customer } = await willing()
  expect((await see((await offer(id, customer)).token))['due'].value).toBe(47.88)
})

const forget = async (party: string): Promise<void> => {
  const { id } = await shop.call('POST', '/tandem/v1/personalDataErasure', { party, reason: 'wish' }, 200)
  await shop.call('POST', `/tandem/v1/personalDataErasure/${id}/confirm`, {}, 202)
  await shop.until(async () => (await shop.call('GET', `/tandem/v1/personalDataErasure/${id}`)).state === 'completed', 'the person is forgotten')
}

test('what somebody took who has been forgotten still counts, and leads nowhere', async () => {
  const id = await campaign({ uses: 3 })
  const { token } = await offer(id, (await willing()).customer)
  const [gone, ...others] = [await shop.customer(), await shop.customer(), await shop.customer(), await shop.customer()]
  await take(token, { customer: { id: gone.customer } })
  const second = await take(token, { customer: { id: others[0]!.customer } })
  await forget(gone.person)
  const third = await take(token, { customer: { id: others[1]!.customer } })
  expect(third['due']).toEqual(second['due'])
  await take(token, { customer: { id: others[2]!.customer } }, 409)
  expect((await take(token, { customer: { id: others[0]!.customer } }))['id']).toBe(second['id'])
  expect(await result(id)).toMatchObject({ sent: 1, accepted: 3, ordered: 0 })

  const once = await campaign()
  const other = await offer(once, (await willing()).customer)
  const guest = await shop.customer()
  await take(other.token, { customer: { id: guest.customer } })
  await forget(guest.person)
  await take(other.token, {}, 409)
})

test('an address that nobody was known by is forgotten with the person who has it since', async () => {
  const id = await campaign()
  const email = `Later-${id}@Example.org`
  await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ email, consent: { textVersion: '1', givenAt: later(0) } }] })
  const { person } = await shop.customer()
  await shop.call('PATCH', `/tmf-api/party/v4/individual/${person}`, { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: email } }] })
  await shop.until(async () => (await shop.database.query(`SELECT 1 FROM party_identifier WHERE party_id = $1 AND type = 'email'`, [person])).length > 0, 'the address is known')
  const kept = (): Promise<unknown[]> => shop.database.query('SELECT recipient FROM campaign_offer WHERE campaign_id = $1', [id])
  // It was offered to the one person, by whatever name.
  await shop.call('POST', '/tandem/v1/consent', { party: person, action: 'grant', purpose: 'marketing', textVersion: '1' })
  const again = await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ customer: { id: person } }, { email }] })
  expect(again.offer.map((one: Json) => one['isNew'])).toEqual([false, false])
  expect(await kept()).toHaveLength(1)
  await forget(person)
  expect(await kept()).toHaveLength(0)
})

test('what could not work is said before anybody gets a link', async () => {
  const nobody = await campaign()
  expect((await shop.call('POST', `${CAMPAIGN}/${nobody}/offer`, {}, 400)).details).toMatchObject([{ path: 'recipient' }])
  // Prices were promised until then.
  expect((await shop.call('PATCH', `${CAMPAIGN}/${nobody}`, { validFor: { endDateTime: later(-DAY) } }, 409)).details).toMatchObject([{ path: 'validFor' }])
  const item = [{ productOffering: { id: shop.offers.router } }]
  const pounds = await shop.call('POST', CAMPAIGN, { name: 'Pounds', item, discount: { name: 'Five', amount: { unit: 'GBP', value: 5 } }, validFor: { endDateTime: later(DAY) } })
  expect((await shop.call('PATCH', `${CAMPAIGN}/${pounds.id}`, { status: 'active' }, 409)).code).toBe('discountWithoutEffect')
  await shop.call('POST', CAMPAIGN, { name: 'Odd', item, discount: { name: 'Five', percentage: 5, duration: { amount: 3, units: 'parsec' } }, validFor: { endDateTime: later(DAY) } }, 400)
  // A discount takes something off.
  for (const [discount, path] of [[{ percentage: 1e-30 }, 'discount.percentage'], [{ amount: { unit: 'EUR', value: 0.001 } }, 'discount.amount.value']] as const) {
    expect((await shop.call('POST', CAMPAIGN, { name: 'Nothing', item, discount: { name: 'Nothing', ...discount }, validFor: { endDateTime: later(DAY) } }, 400)).details).toMatchObject([{ path }])
  }
  const early = [{ email: 'early@example.org', consent: { textVersion: '1', givenAt: later(0) } }, { email: 'late@example.org', consent: { textVersion: '1', givenAt: later(DAY) } }]
  expect((await shop.call('POST', `${CAMPAIGN}/${nobody}/offer`, { recipient: early }, 400)).details).toMatchObject([{ path: 'recipient[1].consent.givenAt' }])
})

test('nobody but its recipient marks a personal offer as seen', async () => {
  const id = await campaign({ personal: true })
  const [one, two] = [await willing(), await shop.customer()]
  const { token } = await offer(id, one.customer)
  const { key } = await shop.call('POST', '/tandem/v1/apiKey', { name: 'shopper', permissions: ['*:*'], parties: [two.person] })
  // The same data where callers are asked who they are.
  const guarded = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'campaign-test-bootstrap-key-0123', ROLES: 'api' } })
  const seen = await guarded.app.inject({ method: 'POST', url: `/tandem/v1/campaignOffer/${token}/opened`, headers: { authorization: `Bearer ${key}` } })
  await guarded.close()
  expect(seen.statusCode).toBe(404)
  expect((await result(id))['opened']).toBe(0)
})

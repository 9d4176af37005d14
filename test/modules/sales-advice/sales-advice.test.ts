/** What is worth offering: the same list in every channel, without what is had, refused or cannot be had there, and with no more of the customer than is allowed. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'

const RULE = '/tandem/v1/salesRule'
const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'

let shop: CartShop
let watch: string
beforeAll(async () => {
  shop = await openCartShop({ gateways: false })
  watch = (await shop.offering('Watch', { oneTime: 99 })).id
}, 60_000)
afterAll(() => shop?.close())

const made: string[] = []
afterEach(async () => {
  for (const id of made.splice(0)) await shop.call('DELETE', `${RULE}/${id}`)
})

const rule = async (more: Json): Promise<Json> => {
  const doc = await shop.call('POST', RULE, {
    name: 'Offer', kind: 'crossSell', lifecycleStatus: 'active', message: [{ language: 'en', text: 'Take it along' }, { language: 'de', text: 'Gleich mitnehmen' }], productOffering: [{ id: shop.offers.plan }], offer: [{ id: watch }],
    example: [{ name: 'nothing', given: {}, expect: more['productOffering'] === null ? 'advised' : 'silent' }], ...more, ...(more['productOffering'] === null && { productOffering: undefined }),
  })
  made.push(doc.id)
  return doc
}
const owned = (customer: string): Json => ({ relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
const advice = async (query: string, headers: Record<string, string> = {}): Promise<Json> => await shop.call('GET', `/tandem/v1/salesAdvice?${query}`, undefined, 200, headers)
const offered = (answer: Json): string[] => answer['advice'].map((one: Json) => one['productOffering'].id)

test('tells offering, words, price and rule, the same in each channel unless a rule names one', async () => {
  const { id } = await rule({ priority: 5 })
  const inStore = await shop.offering('Case', { oneTime: 9 })
  await rule({ channel: ['store'], offer: [{ id: inStore.id }] })
  const cart = await shop.cart([shop.line('plan')])
  const [web, app, store] = [await advice(`shoppingCart=${cart['id']}`, { 'x-tandem-channel': 'web' }), await advice(`shoppingCart=${cart['id']}`, { 'x-tandem-channel': 'app' }), await advice(`shoppingCart=${cart['id']}`, { 'x-tandem-channel': 'store', 'accept-language': 'de' })]
  expect(web).toEqual(app)
  expect(web['advice']).toMatchObject([{ productOffering: { id: watch, name: 'Watch' }, kind: 'crossSell', message: 'Take it along', rule: { id }, priority: 5, cartItem: { id: '1' } }])
  expect(web['advice'][0].totalPrice[0].price.dutyFreeAmount).toEqual({ unit: 'EUR', value: 99 })
  expect(offered(store)).toEqual([watch, inStore.id])
  expect(store['advice'][0].message).toBe('Gleich mitnehmen')
  // What is only looked at, in no cart.
  expect(offered(await shop.call('POST', '/tandem/v1/salesAdvice', { item: [{ productOffering: { id: shop.offers.plan } }] }, 200))).toEqual([watch])
  expect(offered(await shop.call('POST', '/tandem/v1/salesAdvice', { item: [{ productOffering: { id: shop.offers.router } }] }, 200))).toEqual([])
  await shop.call('GET', '/tandem/v1/salesAdvice', undefined, 400)
})

test('leaves out what is in the cart, what was bought on the very next read, and what takes its place', async () => {
  const old = await shop.offering('Old box', { oneTime: 5 })
  const next = await shop.offering('New box', { oneTime: 6 })
  await shop.call('PATCH', `/tmf-api/productCatalogManagement/v4/productOffering/${old.id}`, { productOfferingRelationship: [{ id: next.id, name: 'New box', relationshipType: 'replacedBy' }] })
  await rule({ offer: [{ id: watch }, { id: next.id }] })
  const { customer } = await shop.customer()
  const cart = await shop.cart([shop.line('plan')], owned(customer))
  expect(offered(await advice(`shoppingCart=${cart['id']}`))).toEqual([watch, next.id])
  const order = await shop.call('POST', ORDER, { ...owned(customer), productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: watch } }, { id: '2', action: 'add', quantity: 1, productOffering: { id: old.id } }] })
  expect(order.state).not.toBe('rejected')
  expect(offered(await advice(`shoppingCart=${cart['id']}`))).toEqual([])
  const other = await shop.cart([shop.line('plan'), { productOffering: { id: next.id } }])
  expect(offered(await advice(`shoppingCart=${other['id']}`))).toEqual([watch])
})

test('does not offer again what was refused, in any channel, until that has expired', async () => {
  const { id } = await rule({ refusalHolds: { amount: 2, units: 'day' } })
  const { customer } = await shop.customer()
  const cart = await shop.cart([shop.line('plan')], owned(customer))
  const told = await shop.call('POST', '/tandem/v1/salesAdviceRefusal', { shoppingCart: { id: cart['id'] }, productOffering: { id: watch }, rule: { id } }, 201, { 'x-tandem-channel': 'web' })
  expect(Date.parse(told.expirationDate) - shop.services.clock.now().getTime()).toBeGreaterThan(47 * 3_600_000)
  // The refusal is the customer's, not the cart's.
  const another = await shop.cart([shop.line('plan')], owned(customer))
  expect(offered(await advice(`shoppingCart=${another['id']}`, { 'x-tandem-channel': 'care' }))).toEqual([])
  await shop.advance(49 * 3_600_000)
  expect(offered(await advice(`shoppingCart=${another['id']}`))).toEqual([watch])
  const guest = await shop.cart([shop.line('plan')])
  await shop.call('POST', '/tandem/v1/salesAdviceRefusal', { shoppingCart: { id: guest['id'] }, productOffering: { id: watch } })
  expect(offered(await advice(`shoppingCart=${guest['id']}`))).toEqual([])
  await shop.call('POST', '/tandem/v1/salesAdviceRefusal', { shoppingCart: { id: guest['id'] }, productOffering: { id: 'none' } }, 400)
})

test('uses what is known of a customer only as far as it is allowed, from one read to the next', async () => {
  const condition = "'gold' in customer.segment"
  await rule({ condition, example: [{ name: 'gold', given: { customer: { segment: ['gold'] }, item: [{ offering: shop.offers.plan }] }, expect: 'advised' }] })
  const upgrade = await rule({ kind: 'upsell', productOffering: [{ id: shop.offers.router }], offer: [{ id: (await shop.offering('Fast router', { oneTime: 80 })).id }] })
  const { customer, person } = await shop.customer()
  await shop.call('PATCH', `/tmf-api/customerManagement/v4/customer/${customer}`, { characteristic: [{ name: 'segment', value: 'gold' }] })
  await shop.call('POST', ORDER, { ...owned(customer), productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: shop.offers.router } }] })
  const cart = await shop.cart([shop.line('plan')], owned(customer))
  const consent = (action: string): Promise<Json> => shop.call('POST', '/tandem/v1/consent', { party: person, action, purpose: 'personalisedAdvertising', ...(action === 'grant' && { textVersion: '1' }) })
  expect(await advice(`shoppingCart=${cart['id']}`)).toEqual({ personalised: false, withheld: 1, failedRule: [], advice: [] })
  await consent('grant')
  const allowed = await advice(`shoppingCart=${cart['id']}`)
  expect([allowed['personalised'], offered(allowed)]).toEqual([true, expect.arrayContaining([watch, upgrade['offer'][0].id])])
  expect(allowed['advice'].find((one: Json) => one['kind'] === 'upsell').instead.productOffering.id).toBe(shop.offers.router)
  await consent('revoke')
  expect(offered(await advice(`shoppingCart=${cart['id']}`))).toEqual([])
})

test('offers what can be delivered at the place, and says where nobody knows the place', async () => {
  await shop.call('POST', '/tandem/v1/serviceNeed', { name: 'Line', serviceSpecification: { id: 'cfs-advice' }, technology: ['fibre'] })
  await shop.call('POST', '/tandem/v1/address/bulk', [{ id: 'adv-1', street: 'Advice Lane', streetNumber: '1', postcode: 'ZZ1', city: 'Farholm' }, { id: 'adv-2', street: 'Advice Lane', streetNumber: '2', postcode: 'ZZ1', city: 'Farholm' }], 200)
  await shop.call('POST', '/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'fibre', maxDownload: 1000, addressId: 'adv-1' }], 200)
  const fibre = await shop.offering('Fibre', { recurring: 40 }, {}, { serviceSpecification: [{ id: 'cfs-advice', name: 'Line' }] })
  await rule({ offer: [{ id: fibre.id }] })
  const at = (id: string): Json => ({ product: { place: [{ id, role: 'installationAddress', '@referredType': 'GeographicAddress' }] } })
  const [there, elsewhere, nowhere] = [await shop.cart([shop.line('plan', at('adv-1'))]), await shop.cart([shop.line('plan', at('adv-2'))]), await shop.cart([shop.line('plan')])]
  expect(offered(await advice(`shoppingCart=${there['id']}`))).toEqual([fibre.id])
  expect(offered(await advice(`shoppingCart=${elsewhere['id']}`))).toEqual([])
  expect((await advice(`shoppingCart=${nowhere['id']}`))['advice']).toMatchObject([{ needsPlace: true }])
  expect(offered(await advice(`shoppingCart=${nowhere['id']}&place=adv-2`))).toEqual([])
})

test('tells a rule that cannot be evaluated, and offers nothing for it', async () => {
  const { id } = await rule({ condition: "item.characteristic.colour == 'red'", example: [{ name: 'unknown', given: { item: [{ offering: shop.offers.plan }] }, expect: 'unknown' }] })
  const cart = await shop.cart([shop.line('plan')])
  const answer = await advice(`shoppingCart=${cart['id']}`)
  expect([answer['advice'], answer['failedRule']]).toEqual([[], [{ rule: id, message: expect.stringContaining('colour') }]])
})

test('does not forget what a guest has refused when the guest becomes known: by the cart itself, or by one that it goes into', async () => {
  await rule({})
  const refuse = (cart: Json): Promise<Json> => shop.call('POST', '/tandem/v1/salesAdviceRefusal', { shoppingCart: { id: cart['id'] }, productOffering: { id: watch } })
  const [first, second] = [await shop.customer(), await shop.customer()]
  const alone = await shop.cart([shop.line('plan')])
  await refuse(alone)
  await shop.patch(alone['id'], owned(first.customer))
  expect(offered(await advice(`shoppingCart=${(await shop.cart([shop.line('plan')], owned(first.customer)))['id']}`))).toEqual([])

  const own = await shop.cart([shop.line('plan')], owned(second.customer))
  const guest = await shop.cart([shop.line('router')])
  await refuse(guest)
  expect(offered(await advice(`shoppingCart=${own['id']}`))).toEqual([watch])
  const merged = await shop.call('POST', `/tandem/v1/shoppingCart/${guest['id']}/merge`, { customer: { id: second.customer, '@referredType': 'Customer' }, strategy: 'keepOwn' }, 200)
  expect(merged.id).toBe(own['id'])
  expect(offered(await advice(`shoppingCart=${own['id']}`))).toEqual([])
  // By the person's other name too, and kept with the person when it is exported.
  expect(offered(await advice(`shoppingCart=${(await shop.cart([shop.line('plan')], { relatedParty: [{ id: second.person, role: 'customer', '@referredType': 'Individual' }] }))['id']}`))).toEqual([])
  expect(await shop.database.query('SELECT party_id FROM sales_advice_refusal WHERE party_id = ANY($1::text[])', [[first.person, second.person]])).toHaveLength(2)
})

/** A checkout that asks nobody: cart, ports and order change in one transaction, whoever else is at the same cart, and nothing is left of one that cannot be. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
let second: TestApp
let fibre: string
let who: { customer: string }
beforeAll(async () => {
  shop = await openCartShop({ gateways: false })
  second = await createTestApp({ databaseUrl: shop.databaseUrl })
  await shop.call('POST', '/tandem/v1/serviceNeed', { name: 'Broadband', serviceSpecification: { id: 'cfs-broadband' } })
  fibre = (await shop.offering('Fibre', { recurring: 30 }, {}, { serviceSpecification: [{ id: 'cfs-broadband' }] })).id
  who = await shop.customer()
  await shop.call('POST', '/tandem/v1/address/bulk', ['wide', 'narrow'].map((id, index) => ({ id, street: 'Hill Road', streetNumber: String(index + 1), postcode: '10115', city: 'Neustadt' })), 200)
  const line = { provider: 'own', technology: 'fibre', maxDownload: 1000, maxUpload: 500, latencyClass: 'low', source: 'plan' }
  await shop.call('POST', '/tandem/v1/coverage/bulk', [{ ...line, addressId: 'wide', capacity: 100 }, { ...line, addressId: 'narrow', capacity: 1 }], 200)
  await shop.until(async () => (await shop.call('POST', `${QUALIFICATION}`, asked('narrow'), 200)).qualificationResult === 'qualified', 'the line is known')
}, 60_000)
afterAll(async () => {
  await second?.close()
  await shop?.close()
})

const QUALIFICATION = '/tmf-api/productOfferingQualification/v4/productOfferingQualification'
const place = (id: string): Json[] => [{ id, role: 'installation', '@referredType': 'GeographicAddress' }]
const asked = (id: string): Json => ({ place: place(id), productOfferingQualificationItem: [{ id: '1', action: 'add', productOffering: { id: fibre } }] })
const cartAt = (id: string): Promise<Json> => shop.cart([{ productOffering: { id: fibre }, product: { place: place(id) } }, shop.line('router')], { relatedParty: [{ id: who.customer, role: 'customer', '@referredType': 'Customer' }] })
const buy = (cart: Json, app: TestApp = shop) => app.app.inject({ method: 'POST', url: '/tandem/v1/checkout', payload: { shoppingCart: { id: cart['id'] }, termsAccepted: true } })
const reservations = async (order: string): Promise<Json[]> => await shop.call('GET', `/tandem/v1/capacityReservation?order.id=${order}`)

test('the cart is its order with the next revision, and the port is taken by it', async () => {
  const cart = await cartAt('wide')
  const done = await buy(cart)
  expect(done.statusCode, done.body).toBe(200)
  const order = done.json().productOrder.id as string
  const bought = await shop.raw('GET', `${shop.CART}/${cart['id'] as string}`)
  expect(bought.headers['etag']).toBe('"2"')
  expect(bought.json()).toMatchObject({ status: 'completed', productOrder: { id: order }, cartItem: cart['cartItem'] })
  expect((await shop.call('GET', `/tandem/v1/shoppingCart/${cart['id'] as string}/history`)).at(-1)).toMatchObject({ revision: 2, change: [{ what: 'statusChanged', from: 'active', to: 'completed' }] })
  expect(await reservations(order)).toMatchObject([{ state: 'taken', order: { id: order, itemId: '1' } }])
  expect((await buy(cart)).json()).toEqual(done.json())
})

test('of many who buy and change one cart at once, one order has all that is in it', async () => {
  for (let round = 0; round < 4; round++) {
    const cart = await cartAt('wide')
    const path = `/tandem/v1/shoppingCart/${cart['id'] as string}/item`
    const at = (n: number): TestApp => (n % 2 === 0 ? shop : second)
    const [changes, bought] = await Promise.all([
      Promise.all([0, 1, 2, 3].map(n => at(n).app.inject({ method: 'POST', url: path, payload: { productOffering: { id: shop.offers.plan } } }))),
      Promise.all([0, 1, 2, 3].map(n => buy(cart, at(n)))),
    ])
    const last = await buy(cart)
    expect(last.statusCode, last.body).toBe(200)
    const orders = new Set([...bought, last].flatMap(one => (one.json() as { productOrder?: { id: string } }).productOrder?.id ?? []))
    expect(orders.size).toBe(1)
    const [order] = [...orders] as [string]
    expect(bought.map(one => one.statusCode).filter(status => status !== 200 && status !== 202)).toEqual([])
    expect(changes.map(one => one.statusCode).filter(status => status !== 201 && status !== 409)).toEqual([])
    const taken = changes.filter(one => one.statusCode === 201).length
    expect((await shop.call('GET', `/tmf-api/productOrderingManagement/v4/productOrder/${order}`)).productOrderItem).toHaveLength(2 + taken)
    expect((await reservations(order)).map(one => one['state'])).toEqual(['taken'])
  }
}, 60_000)

test('what is put in between the look at the cart and its end is in the order too', async () => {
  const cart = await cartAt('wide')
  const id = cart['id'] as string
  const bought = await shop.services.database.transaction(async tx => {
    await tx.query('SELECT 1 FROM shopping_cart WHERE id = $1 FOR UPDATE', [id])
    const buying = buy(cart)
    await shop.until(async () => (await shop.services.database.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%"shopping_cart"%'`)).length > 0, 'the checkout waits for the cart')
    const more = [...(cart['cartItem'] as Json[]), { ...(cart['cartItem'] as Json[])[1], id: 'between' }]
    await tx.query('UPDATE shopping_cart SET revision = revision + 1, doc = $2::json WHERE id = $1', [id, JSON.stringify({ ...cart, cartItem: more })])
    return { buying }
  })
  const done = await bought.buying
  expect(done.statusCode, done.body).toBe(200)
  const order = await shop.call('GET', `/tmf-api/productOrderingManagement/v4/productOrder/${done.json().productOrder.id as string}`)
  expect((order.productOrderItem as Json[]).map(one => one['id'])).toEqual(['1', '2', 'between'])
}, 30_000)

test('a customer buys for itself at the first try, and the event of its cart says that it did', async () => {
  const { person } = await shop.customer('Cleo')
  const { key, id: keyId } = await shop.call('POST', '/tandem/v1/apiKey', { name: 'cleo', permissions: ['*:*'], parties: [person] })
  const guarded = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'at-once-bootstrap-key-0123456789ab', ROLES: 'api' } })
  try {
    const ask = (url: string, payload: Json) => guarded.app.inject({ method: 'POST', url, headers: { authorization: `Bearer ${key as string}` }, payload })
    const cart = (await ask(shop.CART, { cartItem: [shop.line('plan')] })).json() as Json
    const done = await ask('/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true })
    expect(done.statusCode, done.body).toBe(200)
    const [last] = await shop.services.database.query<{ revision: number; principal: string }>(`SELECT revision, principal FROM event WHERE resource = 'shoppingCart' AND resource_id = $1 ORDER BY seq DESC LIMIT 1`, [cart['id']])
    expect(last).toEqual({ revision: 2, principal: expect.stringContaining(keyId as string) })
  } finally {
    await guarded.close()
  }
}, 30_000)

test('of two carts for the last port one is bought, and nothing is left of the other checkout', async () => {
  const carts = [await cartAt('narrow'), await cartAt('narrow')]
  const answers = await Promise.all(carts.map((cart, n) => buy(cart, n === 0 ? shop : second)))
  expect(answers.map(one => one.statusCode).sort()).toEqual([200, 409])
  const refused = answers.findIndex(one => one.statusCode === 409)
  expect((answers[refused]!.json().fault as Json[]).map(one => one['code'])).toContain('capacityGone')
  expect(await shop.call('GET', `${shop.CART}/${carts[refused]!['id'] as string}`)).toMatchObject({ status: 'active' })
  const held = (await shop.call('GET', '/tandem/v1/capacityReservation?line.placeId=narrow')) as Json[]
  expect(held.filter(one => one['state'] === 'reserved' || one['state'] === 'taken')).toHaveLength(1)
}, 30_000)

/** The work queue of money that was refused when it was to be taken: taken again, or by other means, once, whoever asks. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop()
}, 60_000)
afterAll(() => shop?.close())

const payments = (cart: string): Promise<Json[]> => shop.outside('GET', `/payments/authorisation?reference=${cart}`)
const queue = async (order: string): Promise<Json | undefined> => (await shop.call('GET', '/tandem/v1/refusedCapture')).find((one: Json) => one['productOrder'].id === order)
const act = (order: string, body: Json, status = 200): Promise<Json> => shop.call('POST', `/tandem/v1/refusedCapture/${order}`, body, status)
/** The gateway's own word, as the sixth try leaves it: that takes half a minute. */
const refuse = (cart: string): Promise<unknown> => shop.services.database.query(`UPDATE checkout SET progress = jsonb_set(progress, '{payment,state}', '"captureRefused"') WHERE cart_id = $1`, [cart])

test('is taken again or by another means, each once, and nobody is charged twice', async () => {
  const { customer } = await shop.customer()
  const cart = await shop.cart([shop.line('router')], { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
  const done = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa' }, 200)
  const order: string = done.productOrder.id
  const settled = async (state: string): Promise<Json> => await shop.until(async () => {
    const now = await shop.call('GET', `/tandem/v1/checkout/${cart['id']}`)
    return now.payment?.state === state && now
  }, state, 30_000)
  await settled('captured')
  expect((await act(order, { action: 'retry' }, 409))['code']).toBe('captureNotRefused')
  await refuse(cart['id'])
  expect(await queue(order)).toMatchObject({ due: { unit: 'EUR', value: 59.88 }, payment: { state: 'captureRefused' } })
  await act(order, { action: 'retry', note: 'the bank says it works again' })
  await settled('captured')
  expect(await queue(order)).toBeUndefined()
  await refuse(cart['id'])
  await act(order, { action: 'otherMeans' }, 400)
  await act(order, { action: 'otherMeans', paymentToken: 'tok-declined' })
  await settled('captureRefused')
  const both = await Promise.all(['tok-visa', 'tok-visa'].map(paymentToken => shop.raw('POST', `/tandem/v1/refusedCapture/${order}`, { action: 'otherMeans', paymentToken })))
  expect(both.map(one => one.statusCode).sort()).toEqual([200, 409])
  await settled('captured')
  expect((await payments(cart['id'])).filter(one => ['authorised', 'captured'].includes(one['state'])).map(one => one['amount'].value)).toEqual([59.88])
})

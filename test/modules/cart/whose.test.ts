/** Whose a purchase is: nobody buys on a stranger's bill, and nobody who is nobody has a cart. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { openCartShop, type CartShop, type Json } from './cart-shop.ts'

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop({ gateways: false })
}, 60_000)
afterAll(() => shop?.close())

const accountOf = async (person: string): Promise<string> =>
  (await shop.call('POST', '/tmf-api/accountManagement/v4/billingAccount', { name: 'Bills', relatedParty: [{ id: person, name: 'Shopper', role: 'customer', '@referredType': 'Individual' }] })).id

test("a customer's checkout goes on its own account, and learns nothing of others'", async () => {
  const [one, other] = [await shop.customer(), await shop.customer('Bea')]
  const [own, strange] = [await accountOf(one.person), await accountOf(other.person)]
  const { key } = await shop.call('POST', '/tandem/v1/apiKey', { name: 'shopper', permissions: ['*:*'], parties: [one.person] })
  const guarded = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'whose-test-bootstrap-key-0123456789', ROLES: 'api' } })
  try {
    const ask = async (url: string, payload: Json): Promise<{ status: number; body: Json }> => {
      const answer = await guarded.app.inject({ method: 'POST', url, headers: { authorization: `Bearer ${key}` }, payload })
      return { status: answer.statusCode, body: answer.json() }
    }
    // Nor does it say itself what it pays, or that it pays no tax.
    const relatedParty = [{ id: one.person, name: 'Shopper', role: 'customer', '@referredType': 'Individual' }]
    expect((await ask('/tmf-api/accountManagement/v4/billingAccount', { name: 'Free', relatedParty, taxJurisdiction: 'XX' })).status).toBe(403)
    expect((await ask('/tmf-api/accountManagement/v4/billingAccount', { name: 'Second', relatedParty })).status).toBe(201)
    expect((await ask('/tmf-api/productInventory/v4/product', { name: 'Gift', status: 'active', relatedParty, productPrice: [{ name: 'Gift', priceType: 'recurring', price: { dutyFreeAmount: { unit: 'EUR', value: -9 } } }] })).status).toBe(403)
    const cart = (await ask(shop.CART, { cartItem: [shop.line('plan')] })).body
    const buy = (id: string): Promise<{ status: number; body: Json }> => ask('/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, billingAccount: { id } })
    const faults: unknown[] = []
    for (const id of [strange, 'acc-of-nobody']) {
      const { status, body } = await buy(id)
      expect(status).toBe(409)
      faults.push(body['fault'].map((fault: Json) => ({ ...fault, message: fault['message'].replace(id, '…') })))
    }
    expect(faults[0]).toEqual([{ code: 'billingAccountUnknown', message: 'billingAccount … does not exist' }])
    expect(faults[1]).toEqual(faults[0])
    const { status, body } = await buy(own)
    expect(status).toBe(200)
    expect((await shop.call('GET', body['productOrder'].href)).billingAccount.id).toBe(own)
  } finally {
    await guarded.close()
  }
})

test('many guests who say at once who they are need no more connections than there are', async () => {
  const small = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { DATABASE_CONNECTIONS: '4', ROLES: 'api' } })
  try {
    const phone = (n: number): Json => ({ mediumType: 'phone', characteristic: { phoneNumber: `+44 7700 9008${String(n).padStart(2, '0')}` } })
    const guests = await Promise.all(Array.from({ length: 24 }, async (_, n) => ({ ...(await shop.customer()), cart: await shop.cart([shop.line('plan')], { contactMedium: [phone(n)] }) })))
    const answers = await Promise.all(guests.map(({ cart, person }) => small.app.inject({ method: 'PATCH', url: `${shop.CART}/${cart['id']}`, payload: { relatedParty: [{ id: person, role: 'customer', '@referredType': 'Individual' }] } })))
    expect(answers.map(answer => answer.statusCode)).toEqual(guests.map(() => 200))
    const last = await shop.call('GET', `/tmf-api/party/v4/individual/${guests.at(-1)?.person}`)
    expect(last.contactMedium[0].characteristic.phoneNumber).toBe(phone(23)['characteristic'].phoneNumber)
  } finally {
    await small.close()
  }
})

test('carts of two guests never meet at a customer that does not exist', async () => {
  for (const referred of [undefined, 'Party', 'Individual', 'Customer']) {
    const guest = await shop.cart([shop.line('plan')], { contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '+44 7700 900777' } }] })
    const refused = await shop.call('POST', `/tandem/v1/shoppingCart/${guest['id']}/merge`, { customer: { id: 'ghost', ...(referred && { '@referredType': referred }) }, strategy: 'merge' }, 400)
    expect(JSON.stringify(refused)).toContain('customer.id')
    expect((await shop.call('GET', `${shop.CART}/${guest['id']}`)).relatedParty ?? []).toEqual([])
  }
})

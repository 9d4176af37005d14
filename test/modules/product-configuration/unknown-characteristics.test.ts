/** A value that a product's specification does not have is told alike in a cart, its checkout, an order, a quote and TMF760; where nothing is listed, nothing is unknown. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'

const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'
const QUOTE = '/tmf-api/quoteManagement/v4/quote'
const CONFIGURATION = '/tmf-api/productConfiguration/v5'
const PRODUCT = '/tmf-api/productInventory/v4/product'

let shop: CartShop
let phone: string
let free: string
beforeAll(async () => {
  shop = await openCartShop()
  const listed = { productSpecCharacteristic: [{ name: 'colour', valueType: 'string', configurable: true, productSpecCharacteristicValue: [{ value: 'red' }, { value: 'blue' }] }, { name: 'since', valueType: 'date', configurable: true }] }
  phone = (await shop.offering('Phone', { recurring: 5 }, {}, listed)).id
  free = (await shop.offering('Free', { recurring: 5 })).id
})
afterAll(() => shop.close())

const values = (...named: [string, unknown][]): Json => ({ product: { productCharacteristic: named.map(([name, value]) => ({ name, value })) } })
const line = (id: string, more: Json = {}): Json => ({ productOffering: { id }, ...more })
const item = (id: string, more: Json = {}): Json => ({ id: '1', action: 'add', quantity: 1, productOffering: { id }, ...more })
const MESSAGE = `has no characteristic color; it has: colour, since`
const wrong = values(['colour', 'red'], ['color', 'red'])

describe('a characteristic that the specification does not have', () => {
  it('is an issue of the cart line with its attribute, and in the way of the checkout', async () => {
    const { customer } = await shop.customer()
    const cart = await shop.cart([line(shop.offers.plan, { status: 'saveForLater' }), line(phone, { ...wrong, cartItem: [] })], { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
    const attribute = 'cartItem[1].product.productCharacteristic[1].name'
    expect(cart['cartItem'][1].issue).toEqual([{ code: 'characteristicUnknown', message: expect.stringContaining(MESSAGE), attribute }])
    const refused = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-ok' }, 409)
    expect(refused.fault).toContainEqual({ code: 'configurationIncomplete', reason: 'characteristicUnknown', message: expect.stringContaining(MESSAGE), cartItemId: cart['cartItem'][1].id, attribute })
    const mended = await shop.patch(cart['id'], { cartItem: [line(phone, { id: '1', ...values(['colour', 'red']) })] })
    expect(mended['cartItem'][0].issue).toBeUndefined()
  })

  it('rejects an order, at the attribute also inside a bundle, and names what was only written another way', async () => {
    const order = await shop.call('POST', ORDER, { productOrderItem: [item(phone, values(['Colour', 'red'], ['colour', 'green'], ['since', 'soon']))] })
    expect(order.state).toBe('rejected')
    expect(order.rejectionReason.map(({ code, attribute }: Json) => [code, attribute])).toEqual([
      ['characteristicUnknown', 'productOrderItem[0].product.productCharacteristic[0].name'],
      ['valueNotAllowed', 'productOrderItem[0].product.productCharacteristic[1].value'],
      ['valueNotAllowed', 'productOrderItem[0].product.productCharacteristic[2].value'],
    ])
    expect(order.rejectionReason[0].message).toContain('has no characteristic Colour, but colour; it has: colour, since')
    const inside = await shop.call('POST', ORDER, { productOrderItem: [item(shop.offers.bundle, { productOrderItem: [{ ...item(shop.offers.plan), id: '2' }, { ...item(shop.offers.router, values(['weight', 1])), id: '3' }] })] })
    expect(inside.rejectionReason).toEqual([expect.objectContaining({ code: 'characteristicUnknown', orderItemId: '3', attribute: 'productOrderItem[0].productOrderItem[1].product.productCharacteristic[0].name' })])
  })

  it('is a finding of a quote, which cannot be approved then', async () => {
    const quote = await shop.call('POST', QUOTE, { quoteItem: [item(phone, { product: wrong['product'] })] })
    const attribute = 'quoteItem[0].product.productCharacteristic[1].name'
    expect(quote.finding).toEqual([{ '@type': 'QuoteFinding', code: 'characteristicUnknown', message: expect.stringContaining(MESSAGE), quoteItemId: '1', attribute, fix: 'take color off Phone' }])
    const refused = await shop.call('PATCH', `${QUOTE}/${quote.id}`, { state: 'approved' }, 409)
    expect(refused.details ?? refused).toMatchObject([{ path: attribute }])
  })

  it('rejects a configuration, with the smallest change', async () => {
    const chosen = (name: string, value: unknown): Json => ({ '@type': 'ConfigurationCharacteristic', name, configurationCharacteristicValue: [{ '@type': 'ConfigurationCharacteristicValue', isSelected: true, characteristicValue: { '@type': 'Characteristic', name, value } }] })
    const { checkProductConfigurationItem: [checked] } = await shop.call('POST', `${CONFIGURATION}/checkProductConfiguration`, {
      '@type': 'CheckProductConfiguration', provideAlternatives: true,
      checkProductConfigurationItem: [{ '@type': 'CheckProductConfigurationItem', id: '1', productConfiguration: { '@type': 'ProductConfiguration', productOffering: { '@type': 'ProductOfferingRef', id: phone }, configurationCharacteristic: [chosen('colour', 'green'), chosen('color', 'red')] } }],
    })
    const own = 'checkProductConfigurationItem[0].productConfiguration.configurationCharacteristic'
    expect(checked).toMatchObject({
      state: 'rejected',
      stateReason: [{ code: 'characteristicUnknown', attribute: `${own}[1].name` }, { code: 'valueNotAllowed', attribute: `${own}[0].configurationCharacteristicValue[0].characteristicValue.value` }],
      proposedChange: expect.arrayContaining([{ '@type': 'ProposedChange', action: 'removeValue', description: 'take color off Phone', itemId: '1', characteristic: 'color' }]),
    })
    expect(checked.alternateProductConfigurationProposal[0].configurationCharacteristic.map((one: Json) => one['name'])).toEqual(['colour', 'since'])
  })
})

describe('what is not unknown', () => {
  it('is anything where the specification lists nothing, and where there is none', async () => {
    const bare = (await shop.call('POST', '/tmf-api/productCatalogManagement/v4/productOffering', { name: 'Bare', lifecycleStatus: 'Launched' })).id
    const elsewhere = (await shop.call('POST', '/tmf-api/productCatalogManagement/v4/productOffering', { name: 'Elsewhere', lifecycleStatus: 'Launched', productSpecification: { id: 'x', href: 'https://catalog.example.com/productSpecification/x' } })).id
    for (const id of [free, bare, elsewhere]) {
      const cart = await shop.cart([line(id, values(['color', 'red']))])
      expect(cart['cartItem'][0].issue).toBeUndefined()
      expect((await shop.call('POST', ORDER, { productOrderItem: [item(id, values(['color', 'red']))] })).state).toBe('acknowledged')
    }
  })

  it('is what the product has already that an order or a quote changes', async () => {
    const product = await shop.call('POST', PRODUCT, { status: 'active', productOffering: { id: phone }, productCharacteristic: [{ name: 'legacyCode', value: 'A1' }, { name: 'colour', value: 'red' }] })
    const change = (...named: [string, unknown][]): Json => ({ id: '1', action: 'modify', product: { id: product.id, ...values(...named)['product'] } })
    const known = await shop.call('POST', ORDER, { productOrderItem: [change(['legacyCode', 'A2'])] })
    expect(known.rejectionReason).toBeUndefined()
    const unknown = await shop.call('POST', ORDER, { productOrderItem: [change(['legacyCode', 'A2'], ['color', 'red'])] })
    expect(unknown.rejectionReason).toMatchObject([{ code: 'characteristicUnknown', attribute: 'productOrderItem[0].product.productCharacteristic[1].name' }])
    const quote = await shop.call('POST', QUOTE, { quoteItem: [{ ...change(['legacyCode', 'A2'], ['color', 'red']), productOffering: { id: phone } }] })
    expect(quote.finding.map((one: Json) => one['attribute'])).toEqual(['quoteItem[0].product.productCharacteristic[1].name'])
  })
})

import { AsyncLocalStorage } from 'node:async_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancelProductOrder, productOrder } from '../../../src/modules/ordering/index.ts'
import { systemContext, type Context } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

type Json = Record<string, any>
const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'
const CATALOG = '/tmf-api/productCatalogManagement/v4'

let test: TestApp
let offers: Record<'mobile' | 'pounds' | 'draft' | 'bundle', string>

const call = async (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: Json, status?: number): Promise<any> => {
  const answer = await test.app.inject({ method, url, ...(payload && { payload }) })
  expect(answer.statusCode, `${method} ${url}: ${answer.body}`).toBe(status ?? (method === 'POST' ? 201 : 200))
  return answer.json()
}
const offer = async (name: string, unit: string, more: Json = {}): Promise<string> => {
  const price = await call('POST', `${CATALOG}/productOfferingPrice`, { name: `${name} monthly`, priceType: 'recurring', recurringChargePeriodType: 'month', price: { unit, value: 10.1 }, lifecycleStatus: 'Launched', tax: [{ taxCategory: 'VAT', taxRate: 20 }] })
  const once = await call('POST', `${CATALOG}/productOfferingPrice`, { name: `${name} set-up`, priceType: 'oneTime', price: { unit, value: 5 }, lifecycleStatus: 'Launched' })
  return (await call('POST', `${CATALOG}/productOffering`, { name, version: '1.0', lifecycleStatus: 'Launched', productOfferingPrice: [{ id: price.id }, { id: once.id }], ...more })).id
}
const place = (items: Json[], more: Json = {}, status = 201): Promise<Json> => call('POST', ORDER, { productOrderItem: items, ...more }, status)
const add = (id: string, offering: string | undefined, more: Json = {}): Json => ({ id, action: 'add', ...(offering ? { productOffering: { id: offering } } : {}), ...more })

beforeAll(async () => {
  // Orders stay as they come in: nothing works on them.
  test = await createTestApp({ settings: { ROLES: 'api', OVERLOAD_LAG_MS: '30000' } })
  offers = { mobile: await offer('Mobile', 'EUR'), pounds: await offer('Pounds', 'GBP'), draft: await offer('Draft', 'EUR', { lifecycleStatus: 'In design' }), bundle: '' }
  offers.bundle = await offer('Bundle', 'EUR', { isBundle: true, bundledProductOffering: [{ id: offers.mobile, bundledProductOfferingOption: { numberRelOfferLowerLimit: 1, numberRelOfferUpperLimit: 2 } }] })
})
afterAll(async () => {
  await test.close()
})

describe('an order that comes in', () => {
  it('is priced, pinned and acknowledged', async () => {
    const order = await place([add('1', offers.mobile, { quantity: 3 })])
    expect(order).toMatchObject({
      '@type': 'ProductOrder',
      state: 'acknowledged',
      orderDate: expect.any(String),
      relatedParty: [],
      channel: [{ id: 'api' }],
      orderTotalPrice: [
        { priceType: 'recurring', recurringChargePeriod: 'month', price: { dutyFreeAmount: { unit: 'EUR', value: 30.3 } } },
        { priceType: 'oneTime', price: { dutyFreeAmount: { unit: 'EUR', value: 15 } } },
      ],
      productOrderItem: [
        {
          state: 'acknowledged',
          productOffering: { id: offers.mobile, name: 'Mobile', version: '1.0', revision: 1, '@baseType': 'ProductOfferingRef' },
          itemPrice: [
            { name: 'Mobile monthly', price: { taxRate: 20, dutyFreeAmount: { unit: 'EUR', value: 10.1 } }, taxCategory: 'VAT', productOfferingPrice: { revision: 1 }, derivation: { net: '30.30' } },
            { name: 'Mobile set-up', priceType: 'oneTime' },
          ],
          product: { name: 'Mobile' },
        },
      ],
    })
    expect(await call('GET', `${ORDER}/${order['id']}`)).toEqual(order)
  })

  it('keeps the revision that was sold when the offering changes', async () => {
    const order = await place([add('1', offers.mobile)])
    await call('PATCH', `${CATALOG}/productOffering/${offers.mobile}`, { description: 'now with more' })
    const later = await place([add('1', offers.mobile)])
    expect((await call('GET', `${ORDER}/${order['id']}`)).productOrderItem[0].productOffering.revision).toBe(order['productOrderItem'][0].productOffering.revision)
    expect(later['productOrderItem'][0].productOffering.revision).toBe(order['productOrderItem'][0].productOffering.revision + 1)
  })

  it.each<[string, () => Json[], string[]]>([
    ['names no offering', () => [add('1', undefined)], ['offeringMissing']],
    ['names one that does not exist', () => [add('1', 'nowhere')], ['offeringUnknown']],
    ['names one that is not on sale', () => [add('1', offers.draft)], ['offeringNotSellable']],
    ['changes a product that it does not name', () => [{ id: '1', action: 'modify' }], ['productMissing']],
    ['ends one that is not there', () => [{ id: '1', action: 'delete', product: { id: 'nowhere' } }], ['productUnknown']],
    ['breaks the limits of a bundle', () => [add('1', offers.bundle, { productOrderItem: [add('2', offers.mobile, { quantity: 3 })] })], ['bundleLimit']],
    ['mixes currencies', () => [add('1', offers.mobile), add('2', offers.pounds)], ['currencyMix']],
    ['is about more products than one plan takes', () => Array.from({ length: 4 }, (_, n) => add(String(n), offers.mobile, { quantity: 99 })), ['orderTooLarge']],
    ['has several faults', () => [add('1', 'nowhere'), add('2', offers.draft)], ['offeringUnknown', 'offeringNotSellable']],
  ])('is kept as rejected when it %s', async (_, items, codes) => {
    const order = await place(items())
    expect(order['state']).toBe('rejected')
    expect(order['rejectionReason'].map((reason: Json) => reason['code'])).toEqual(codes)
    expect(order['productOrderItem'].map((item: Json) => item['state'])).toEqual(items().map(() => 'rejected'))
    expect(await call('GET', `${ORDER}?state=rejected&id=${order['id']}`)).toHaveLength(1)
  })

  it.each<[string, () => Json, RegExp]>([
    ['has no items', () => ({ productOrderItem: [] }), /productOrderItem/],
    ['has no item list', () => ({}), /productOrderItem is required/],
    ['repeats an item id', () => ({ productOrderItem: [add('1', offers.mobile), add('1', offers.mobile)] }), /id of another item/],
    ['relates to an item that is not there', () => ({ productOrderItem: [add('1', offers.mobile, { productOrderItemRelationship: [{ id: '7', relationshipType: 'reliesOn' }] })] }), /item of this order/],
    ['has items in a circle', () => ({ productOrderItem: [add('1', offers.mobile, { productOrderItemRelationship: [{ id: '2', relationshipType: 'reliesOn' }] }), add('2', offers.mobile, { productOrderItemRelationship: [{ id: '1', relationshipType: 'reliesOn' }] })] }), /circle/],
    ['has an action that there is not', () => ({ productOrderItem: [{ id: '1', action: 'explode' }] }), /action/],
    ['has an attribute that there is not', () => ({ productOrderItem: [add('1', offers.mobile)], colour: 'red' }), /colour/],
    ['names a billing account that does not exist', () => ({ productOrderItem: [add('1', offers.mobile)], billingAccount: { id: 'nowhere' } }), /billingAccount/],
    ['asks for a state', () => ({ productOrderItem: [add('1', offers.mobile)], state: 'completed' }), /state/],
  ])('is refused when it %s, and nothing is stored', async (_, body, message) => {
    const count = async () => (await test.database.query<{ n: number }>('select count(*)::int as n from product_order'))[0]?.n
    const before = await count()
    const refused = await call('POST', ORDER, body(), 400)
    expect(refused.message).toMatch(message)
    expect(await count()).toBe(before)
  })

  it('does not take over what only Tandem says', async () => {
    const order = await place([add('1', offers.mobile)], { milestone: [{ id: 'x', name: 'x', orderItemId: '1', status: 'achieved' }], rejectionReason: [{ code: 'x', message: 'x' }] })
    expect(order['milestone']).toBeUndefined()
    expect(order['rejectionReason']).toBeUndefined()
  })

  it('needs no round trip beside its insert once its offerings were met before', async () => {
    await place([add('1', offers.bundle, { productOrderItem: [add('2', offers.mobile)] }), add('3', offers.mobile)])
    const reads: string[] = []
    // Others use the pool at the same time: what looks for new positions, the clock.
    const request = new AsyncLocalStorage<true>()
    const { pool } = test.database
    const query = pool.query.bind(pool)
    pool.query = ((config: { name?: string; text: string }, ...more: never[]) => {
      if (request.getStore()) reads.push(config.name ?? config.text)
      return (query as (...all: unknown[]) => unknown)(config, ...more)
    }) as unknown as typeof query
    await request.run(true, () => place([add('1', offers.bundle, { productOrderItem: [add('2', offers.mobile)] }), add('3', offers.mobile)]))
    pool.query = query
    expect(reads, reads.join(', ')).toHaveLength(1)
  })

  it('is never priced or accepted by an offering as it was before', async () => {
    const id = await offer('Volatile', 'EUR')
    await place([add('1', id)])
    const { productOfferingPrice } = await call('GET', `${CATALOG}/productOffering/${id}`)
    for (let i = 1; i <= 5; i++) {
      await call('PATCH', `${CATALOG}/productOfferingPrice/${productOfferingPrice[0].id}`, { price: { unit: 'EUR', value: 10 + i } })
      const order = await place([add('1', id)])
      expect(order['orderTotalPrice'][0].price.dutyFreeAmount.value).toBe(10 + i)
      expect(order['productOrderItem'][0].itemPrice[0].productOfferingPrice.revision).toBe(1 + i)
    }
    await call('PATCH', `${CATALOG}/productOffering/${id}`, { lifecycleStatus: 'Retired' })
    expect(await place([add('1', id)])).toMatchObject({ state: 'rejected', rejectionReason: [{ orderItemId: '1' }] })
  })

  it('gives its products the values that the offering fixes, and rejects those that it does not sell', async () => {
    const specification = await call('POST', `${CATALOG}/productSpecification`, {
      name: 'Line',
      lifecycleStatus: 'Active',
      productSpecCharacteristic: [{ name: 'downloadSpeed', valueType: 'number', configurable: true, minCardinality: 1, maxCardinality: 1, productSpecCharacteristicValue: [{ value: 100 }, { value: 500 }] }],
    })
    const id = await offer('Line 500', 'EUR', {
      productSpecification: { id: specification.id },
      prodSpecCharValueUse: [{ name: 'downloadSpeed', valueType: 'number', minCardinality: 1, maxCardinality: 1, productSpecCharacteristicValue: [{ value: 500 }] }],
    })
    const order = await place([add('1', id)])
    expect(order['productOrderItem'][0].product.productCharacteristic).toEqual([expect.objectContaining({ name: 'downloadSpeed', value: 500 })])
    const refused = await place([add('1', id, { product: { productCharacteristic: [{ name: 'downloadSpeed', value: 100 }] } })])
    expect(refused).toMatchObject({ state: 'rejected', rejectionReason: [{ code: 'valueNotAllowed', orderItemId: '1' }] })
  })
})

describe('a change of an order', () => {
  it('may be about what does not change the delivery', async () => {
    const { id } = await place([add('1', offers.mobile)])
    expect(await call('PATCH', `${ORDER}/${id}`, { description: 'call first', priority: '1', note: [{ text: 'hello' }] })).toMatchObject({ description: 'call first', priority: '1' })
  })

  it('cannot move its state, and is told what moves there are', async () => {
    const { id } = await place([add('1', offers.mobile)])
    const refused = await call('PATCH', `${ORDER}/${id}`, { state: 'completed' }, 409)
    expect(refused.message).toMatch(/inProgress, rejected, pending, assessingCancellation/)
    expect(await call('GET', `${ORDER}/${id}`)).toMatchObject({ state: 'acknowledged' })
  })

  it('cannot change what was ordered, and is told what can be changed', async () => {
    const { id } = await place([add('1', offers.mobile)])
    const refused = await call('PATCH', `${ORDER}/${id}`, { productOrderItem: [add('1', offers.pounds)] }, 409)
    expect(refused).toMatchObject({ code: 'orderNotAmendable', message: expect.stringContaining('description') })
    expect(await call('PATCH', `${ORDER}/${id}`, { id: 'other' }, 400)).toMatchObject({ code: 'invalidAttribute' })
  })

  it('is about remarks only once it has ended', async () => {
    const { id } = await place([add('1', 'nowhere')])
    await call('PATCH', `${ORDER}/${id}`, { note: [{ text: 'sorry' }] })
    await call('PATCH', `${ORDER}/${id}`, { priority: '1' }, 409)
  })
})

describe('an order of a caller who sees only its own', () => {
  it('is its own, names it as the customer, and stays its own when Tandem works on it', async () => {
    const { store } = test.services
    const own: Context = { principal: { id: 'app-7', kind: 'key', brands: ['default'], permissions: ['*:*'], scope: { parties: ['c-7'] } }, brand: 'default', channel: 'app', correlationId: 'own-1' }
    const order = await store.create(own, productOrder, { productOrderItem: [{ id: '1', action: 'add', productOffering: { id: offers.mobile } }] })
    expect(order).toMatchObject({ ownerParty: 'c-7', doc: { relatedParty: [{ id: 'c-7', role: 'customer' }], channel: [{ id: 'app' }] } })
    const task = await store.create(own, cancelProductOrder, { productOrder: { id: order.id } })
    await store.update(systemContext('default', 'work'), cancelProductOrder, task.id, doc => ({ ...doc, state: 'inProgress' as const }))
    expect(await store.get(own, cancelProductOrder, task.id)).toMatchObject({ ownerParty: 'c-7', doc: { state: 'inProgress' } })
    const stranger = { ...own, principal: { ...own.principal, scope: { parties: ['c-8'] } } }
    expect(await store.get(stranger, cancelProductOrder, task.id)).toBeUndefined()
    await expect(store.create(stranger, cancelProductOrder, { productOrder: { id: order.id } })).rejects.toMatchObject({ status: 400 })
  })
})

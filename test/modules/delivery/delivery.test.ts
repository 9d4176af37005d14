import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { add, openShop, PRODUCT, type Json, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(async () => {
  await shop.close()
})

const characteristic = (product: Json | undefined, name: string): unknown => product?.['productCharacteristic'].find((one: Json) => one['name'] === name)?.value

describe('an order that is delivered', () => {
  it('goes from three back ends into the inventory, with what was frozen at the sale', async () => {
    const placed = await shop.order([add('1', shop.offers.trio)], { channel: [{ id: 'web', name: 'web' }] })
    expect(placed).toMatchObject({ state: 'acknowledged', productOrderItem: [{ state: 'acknowledged', productOffering: { version: '2.0', revision: 1 } }] })
    expect(placed['productOrderItem'][0].productOrderItem.map((item: Json) => item['productOffering'].id)).toEqual([shop.offers.fibre, shop.offers.mobile, shop.offers.phone])
    expect(placed['orderTotalPrice']).toMatchObject([{ priceType: 'recurring', price: { dutyFreeAmount: { unit: 'EUR', value: 59.7 } } }])

    const order = await shop.reaches(placed['id'], 'completed')
    expect(order['completionDate']).toBeDefined()
    expect(order['expectedCompletionDate']).toBeDefined()
    expect(order['productOrderItem'][0].productOrderItem.map((item: Json) => item['state'])).toEqual(['completed', 'completed', 'completed'])
    expect(order['milestone']).toHaveLength(4)
    for (const one of order['milestone']) expect(one).toMatchObject({ status: 'achieved', promisedDate: expect.any(String), milestoneDate: expect.any(String) })

    const products = await shop.products(placed['id'])
    expect(products.map(one => one['status'])).toEqual(['active', 'active', 'active', 'active'])
    const [bundle, fibre, mobile, phone] = ['Trio', 'Offer fibre', 'Offer mobile', 'Offer phone'].map(name => products.find(one => one['name'] === name))
    expect(bundle?.['productRelationship'].map((one: Json) => one['product'].id).sort()).toEqual([fibre, mobile, phone].map(one => one?.['id']).sort())
    expect(fibre).toMatchObject({
      productOffering: { id: shop.offers.fibre, version: '1.0', revision: 1 },
      productPrice: [{ priceType: 'recurring', recurringChargePeriod: 'month', price: { taxRate: 20, dutyFreeAmount: { unit: 'EUR', value: 19.9 } }, derivation: { net: '19.90' } }],
      relatedParty: [{ id: 'c-1', role: 'customer' }],
      soldBy: { channel: 'web' },
    })
    expect(characteristic(fibre, 'accessPort')).toMatch(/OLT/)
    expect(characteristic(mobile, 'msisdn')).toMatch(/^\+44/)
    expect(characteristic(phone, 'trackingNumber')).toMatch(/^TRK/)
    const service = await shop.call('GET', `/tandem/v1/serviceInstance/${mobile?.['realizingService'][0].id}`)
    expect(service).toMatchObject({ state: 'active', system: 'mobile', product: { id: mobile?.['id'] } })
    expect(mobile?.['realizingResource']).toHaveLength(2)
    const number = await shop.call('GET', `/tandem/v1/resourceInstance?value=${encodeURIComponent(String(characteristic(mobile, 'msisdn')))}`)
    expect(number).toMatchObject([{ resourceStatus: 'installed', resourceType: 'msisdn' }])

    for (const task of await shop.tasks(placed['id'])) {
      expect(task).toMatchObject({ state: 'completed', attempts: 1 })
      expect(await shop.books(task['target'], task['id'])).toMatchObject([{ executions: 1, compensations: 0 }])
    }
  })

  it('completes without any task when nothing has to be delivered', async () => {
    const order = await shop.reaches((await shop.order([add('1', shop.offers.plain)]))['id'], 'completed')
    expect(await shop.products(order['id'])).toMatchObject([{ status: 'active', startDate: expect.any(String) }])
    expect(await shop.tasks(order['id'])).toEqual([])
  })

  it('waits for what comes first, and makes a product of each unit', async () => {
    const order = await shop.reaches((await shop.order([add('1', shop.offers.duo), add('2', shop.offers.mobile, { quantity: 2 })]))['id'], 'completed')
    const tasks = await shop.tasks(order['id'])
    const [line, channels] = [tasks.find(one => one['name'] === 'line')!, tasks.find(one => one['name'] === 'channels')!]
    expect(channels['dependsOn']).toEqual([line['id']])
    expect(channels['executionOrder']).toBeGreaterThan(line['executionOrder'])
    const lines = (await shop.products(order['id'])).filter(one => one['name'] === 'Offer mobile')
    expect(lines).toHaveLength(2)
    expect(new Set(lines.map(one => characteristic(one, 'msisdn'))).size).toBe(2)
  })

  it('changes and ends products, and what realizes them', async () => {
    const first = await shop.reaches((await shop.order([add('1', shop.offers.mobile, { product: { productCharacteristic: [{ name: 'dataGb', value: 20 }] } })]))['id'], 'completed')
    const [product] = await shop.products(first['id'])
    const change = await shop.order([{ id: '1', action: 'modify', productOffering: { id: shop.offers.mobile }, product: { id: product?.['id'], productCharacteristic: [{ name: 'dataGb', value: 50 }] } }])
    await shop.reaches(change['id'], 'completed')
    const changed = await shop.call('GET', `${PRODUCT}/${product?.['id']}`)
    expect(characteristic(changed, 'dataGb')).toBe(50)
    expect(changed.realizingService).toEqual(product?.['realizingService'])
    const end = await shop.order([{ id: '1', action: 'delete', product: { id: product?.['id'], productSpecification: { id: shop.specs.mobile } } }])
    await shop.reaches(end['id'], 'completed')
    expect(await shop.call('GET', `${PRODUCT}/${product?.['id']}`)).toMatchObject({ status: 'terminated', terminationDate: expect.any(String) })
    expect(await shop.call('GET', `/tandem/v1/serviceInstance/${changed.realizingService[0].id}`)).toMatchObject({ state: 'terminated' })
    const again = await shop.order([{ id: '1', action: 'delete', product: { id: product?.['id'] } }])
    expect(again).toMatchObject({ state: 'rejected', rejectionReason: [{ code: 'productState' }] })
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweep } from '../../../src/modules/delivery/sweep.ts'
import { add, openShop, ORDER, PRODUCT, type Json, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(async () => {
  await shop.close()
})

const day = 86_400_000
const inDays = (days: number): string => new Date(shop.services.clock.now().getTime() + days * day).toISOString()
const moveTo = async (to: string): Promise<void> => {
  await shop.call('POST', '/tandem/v1/clock', { to }, 200)
  await sweep(shop.services)
}
const bought = async (offering: string, more: Json = {}): Promise<Json[]> => await shop.products((await shop.reaches((await shop.order([add('1', offering, more)]))['id'], 'completed'))['id'])
const statusOf = async (product: Json | undefined): Promise<string> => (await shop.call('GET', `${PRODUCT}/${product?.['id']}`)).status
const ending = (product: Json | undefined): Json => ({ id: '1', action: 'delete', product: { id: product?.['id'] } })

describe('an order about products that are there', () => {
  it('ends a product in its stack too, though the order names nothing but the product', async () => {
    const [product] = await bought(shop.offers.fibre)
    const end = await shop.reaches((await shop.order([ending(product)]))['id'], 'completed')
    expect(await shop.tasks(end['id'])).toMatchObject([{ name: 'line', action: 'cease', state: 'completed' }])
    expect(await statusOf(product)).toBe('terminated')
  })

  it('changes a product in its stack by its own specification, not by what the order calls it', async () => {
    const [product] = await bought(shop.offers.fibre)
    const change = await shop.order([{ id: '1', action: 'modify', product: { id: product?.['id'], productSpecification: { id: shop.specs.mobile }, productCharacteristic: [{ name: 'downMbps', value: 700 }] } }])
    await shop.reaches(change['id'], 'completed')
    expect(await shop.tasks(change['id'])).toMatchObject([{ name: 'line', action: 'change', request: { characteristic: { downMbps: 700 } } }])
  })

  it('ends the parts of a bundle with it, what was built on the line before the line', async () => {
    const products = await bought(shop.offers.duo)
    const bundle = products.find(one => one['isBundle'])
    const order = await shop.order([ending(bundle)])
    expect(order['productOrderItem'][0].productOrderItem).toMatchObject([{ action: 'delete' }, { action: 'delete' }])
    const end = await shop.reaches(order['id'], 'completed')
    const tasks = await shop.tasks(end['id'])
    const [line, channels] = ['line', 'channels'].map(name => tasks.find(one => one['name'] === name)!)
    expect([line!['action'], channels!['action']]).toEqual(['cease', 'cease'])
    expect(line!['dependsOn']).toEqual([channels!['id']])
    for (const product of products) expect(await statusOf(product), product['name']).toBe('terminated')
  })

  it('lets the order say otherwise of a part, and leaves out what has ended', async () => {
    const child = (id: string, lower: number): Json => ({ id, bundledProductOfferingOption: { numberRelOfferLowerLimit: lower, numberRelOfferUpperLimit: 1, numberRelOfferDefault: 1 } })
    const open = (await shop.call('POST', '/tmf-api/productCatalogManagement/v4/productOffering', { name: 'Open duo', isBundle: true, lifecycleStatus: 'Launched', bundledProductOffering: [child(shop.offers.fibre, 1), child(shop.offers.tv, 0)] })).id
    const products = await bought(open)
    const named = (name: string) => products.find(one => one['name'] === name)
    // What the bundle cannot be without ends with it alone.
    expect(await shop.order([ending(named('Offer fibre'))])).toMatchObject({ state: 'rejected', rejectionReason: [{ code: 'bundleLimit', orderItemId: '1' }] })
    await shop.reaches((await shop.order([ending(named('Offer tv'))]))['id'], 'completed')
    const end = await shop.order([ending(named('Open duo')), { id: '2', action: 'noChange', product: { id: named('Offer fibre')?.['id'] } }])
    await shop.reaches(end['id'], 'completed')
    expect([await statusOf(named('Open duo')), await statusOf(named('Offer fibre'))]).toEqual(['terminated', 'active'])
  })

  it('is rejected where a change would make another kind of thing of a product, or is about several', async () => {
    const [product] = await bought(shop.offers.fibre)
    const codes = async (more: Json): Promise<string[]> => ((await shop.order([{ id: '1', action: 'modify', product: { id: product?.['id'] }, ...more }]))['rejectionReason'] ?? []).map((one: Json) => one['code'])
    expect(await codes({ productOffering: { id: shop.offers.mobile } })).toEqual(['offeringNotFitting'])
    expect(await codes({ productOffering: { id: shop.offers.duo } })).toEqual(['offeringNotFitting'])
    expect(await codes({ quantity: 2 })).toEqual(['quantity'])
  })

  it('is rejected where a product belongs to another customer', async () => {
    const [product] = await bought(shop.offers.plain)
    const order = await shop.order([ending(product)], { relatedParty: [{ id: 'c-2', role: 'customer', '@referredType': 'ExternalParty' }] })
    expect(order).toMatchObject({ state: 'rejected', rejectionReason: [{ code: 'productOfAnother', orderItemId: '1' }] })
  })

  it('is rejected when another order came first, and never done twice', async () => {
    const [product] = await bought(shop.offers.fibre)
    const orders = await Promise.all([shop.order([ending(product)]), shop.order([ending(product)]), shop.order([ending(product)])])
    const ended = await Promise.all(orders.map(one => shop.reaches(one['id'], 'completed', 'rejected')))
    expect(ended.map(one => one['state']).sort()).toEqual(['completed', 'rejected', 'rejected'])
    for (const one of ended) if (one['state'] === 'rejected') expect(one['rejectionReason']).toMatchObject([{ code: 'productState' }])
  })

  it('fails with the reason when its product has gone before its date', async () => {
    const [product] = await bought(shop.offers.plain)
    const later = await shop.order([ending(product)], { requestedStartDate: inDays(5) })
    await shop.reaches(later['id'], 'pending')
    await shop.reaches((await shop.order([ending(product)]))['id'], 'completed')
    await moveTo(inDays(6))
    expect(await shop.reaches(later['id'], 'failed')).toMatchObject({ rejectionReason: [{ code: 'productState' }] })
  })

  it('begins sooner when it is asked for sooner', async () => {
    const { id } = await shop.order([add('1', shop.offers.plain)], { requestedStartDate: inDays(10) })
    await shop.reaches(id, 'pending')
    await shop.call('PATCH', `${ORDER}/${id}`, { requestedStartDate: inDays(2) })
    await moveTo(inDays(3))
    await shop.until(async () => { await sweep(shop.services); return (await shop.read(id))['state'] === 'completed' }, 'completed')
    const now = await shop.order([add('1', shop.offers.plain)], { requestedStartDate: inDays(10) })
    await shop.reaches(now['id'], 'pending')
    await shop.call('PATCH', `${ORDER}/${now['id']}`, { requestedStartDate: inDays(0) })
    await shop.reaches(now['id'], 'completed')
  })
})

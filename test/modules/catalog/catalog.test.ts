import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogModule, isSellable, loadOfferings, productOffering } from '../../../src/modules/catalog/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const BASE = '/tmf-api/productCatalogManagement/v4'
const context = systemContext(DEFAULT_BRAND, 'test')

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
  const answer = await server.app.inject({ method, url: `${BASE}/${path}`, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json(), headers: answer.headers }
}
const make = async (kind: string, doc: object): Promise<any> => {
  const answer = await call('POST', kind, doc)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const launched = (doc: object) => make('productOffering', { lifecycleStatus: 'Launched', ...doc })

beforeAll(async () => {
  server = await createTestApp({ modules: [catalogModule], settings: { ROLES: 'api' } })
})
afterAll(() => server.close())

describe('each resource', () => {
  test.each(catalogModule.resources!.filter(resource => !resource.name.endsWith('Job')).map(resource => [resource.name, resource] as const))('%s: its example works, and it begins In study', async (name, resource) => {
    const example = await make(name, resource.example)
    expect(example).toMatchObject({ ...resource.example, '@type': resource.type })
    expect(Date.parse(example.lastUpdate)).not.toBeNaN()
    const { lifecycleStatus } = await make(name, { name: 'plain' })
    expect(lifecycleStatus).toBe('In study')
    expect((await call('GET', `${name}?lifecycleStatus=In%20study&fields=name`)).body).toContainEqual(expect.objectContaining({ name: 'plain' }))
    expect((await call('DELETE', `${name}/${example.id}`)).status).toBe(204)
    expect((await call('GET', `${name}/${example.id}`)).status).toBe(404)
  })

  test('needs a name', async () => {
    const answer = await call('POST', 'productOffering', { description: 'nameless' })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain('name')
  })
})

describe('a bundle', () => {
  test('is no deeper than what carts, quotes and orders complete', async () => {
    let { id } = await launched({ name: 'Leaf' })
    for (let level = 1; level <= 6; level++) ({ id } = await launched({ name: `Level ${level}`, bundledProductOffering: [{ id }] }))
    expect(await call('POST', 'productOffering', { name: 'Level 7', bundledProductOffering: [{ id }] })).toMatchObject({ status: 400, body: { message: expect.stringContaining('must not be nested deeper than 6 levels') } })
  })
})

describe('the lifecycle', () => {
  test('moves along its way and names the allowed moves', async () => {
    const { id } = await make('productOffering', { name: 'x' })
    for (const lifecycleStatus of ['In design', 'In test', 'Active', 'Launched', 'Retired', 'Obsolete']) expect((await call('PATCH', `productOffering/${id}`, { lifecycleStatus })).status).toBe(200)
    const back = await call('PATCH', `productOffering/${id}`, { lifecycleStatus: 'Launched' })
    expect(back.status).toBe(409)
    const { id: other } = await make('productOffering', { name: 'y' })
    const leap = await call('PATCH', `productOffering/${other}`, { lifecycleStatus: 'Launched' })
    expect(leap.status).toBe(409)
    expect(leap.body.message).toContain('In design')
  })

  test('does not begin at its end', async () => {
    const answer = await call('POST', 'productOffering', { name: 'x', lifecycleStatus: 'Retired' })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain('lifecycleStatus')
  })
})

describe('a bundle', () => {
  test('is told with every fault at once', async () => {
    const child = await launched({ name: 'child' })
    const answer = await call('POST', 'productOffering', {
      name: 'bundle', isBundle: false, validFor: { startDateTime: '2026-02-01T00:00:00Z', endDateTime: '2026-01-01T00:00:00Z' },
      bundledProductOffering: [{ id: child.id, bundledProductOfferingOption: { numberRelOfferLowerLimit: 3, numberRelOfferUpperLimit: 2 } }],
      productOfferingPrice: [{ name: 'odd', price: { taxIncludedAmount: { value: -1 } } }],
    })
    expect(answer.status).toBe(400)
    for (const name of ['isBundle', 'validFor.endDateTime', 'numberRelOfferUpperLimit', 'productOfferingPrice[0].price.taxIncludedAmount.unit', 'productOfferingPrice[0].price.taxIncludedAmount.value']) expect(answer.body.message).toContain(name)
  })

  test('has children that exist, and keeps them from being deleted', async () => {
    const missing = await call('POST', 'productOffering', { name: 'bundle', bundledProductOffering: [{ id: 'nowhere' }] })
    expect(missing.status).toBe(400)
    expect(missing.body.message).toContain('bundledProductOffering[0].id')
    const child = await launched({ name: 'child' })
    const bundle = await launched({ name: 'bundle', bundledProductOffering: [{ id: child.id }] })
    expect(bundle.isBundle).toBe(true)
    const kept = await call('DELETE', `productOffering/${child.id}`)
    expect(kept.status).toBe(409)
    expect(kept.body.message).toContain(bundle.id)
  })

  test('never contains itself, directly or through others', async () => {
    const inner = await launched({ name: 'inner', isBundle: true, bundledProductOffering: [{ id: (await launched({ name: 'leaf' })).id }] })
    const middle = await launched({ name: 'middle', bundledProductOffering: [{ id: inner.id }] })
    const outer = await launched({ name: 'outer', bundledProductOffering: [{ id: middle.id }] })
    for (const id of [inner.id, middle.id, outer.id]) {
      const answer = await call('PATCH', `productOffering/${inner.id}`, { bundledProductOffering: [{ id }] })
      expect(answer.status).toBe(400)
      expect(answer.body.message).toContain('bundledProductOffering')
    }
    expect((await call('PATCH', `productOffering/${inner.id}`, { bundledProductOffering: [{ id: (await launched({ name: 'leaf' })).id }] })).status).toBe(200)
  })
})

describe('a category', () => {
  test('has a parent that exists, and is no root then', async () => {
    expect((await call('POST', 'category', { name: 'x', parentId: 'nowhere' })).body.message).toContain('parentId')
    const parent = await make('category', { name: 'parent' })
    expect(parent.isRoot).toBe(true)
    const child = await make('category', { name: 'child', parentId: parent.id })
    expect(child.isRoot).toBe(false)
    expect((await call('POST', 'category', { name: 'x', parentId: parent.id, isRoot: true })).status).toBe(400)
    const circle = await call('PATCH', `category/${parent.id}`, { parentId: child.id, isRoot: false })
    expect(circle.status).toBe(400)
    expect(circle.body.message).toContain('parentId')
  })
})

describe('loading offerings', () => {
  test('gives specification, prices with their discounts, and children, each pinned', async () => {
    const specification = await make('productSpecification', { name: 'line', version: '2.0' })
    const discount = await make('productOfferingPrice', { name: 'first year', priceType: 'discount', percentage: 25, lifecycleStatus: 'Launched', productOfferingTerm: [{ duration: { amount: 12, units: 'month' } }] })
    const price = await make('productOfferingPrice', {
      name: 'monthly', priceType: 'recurring', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, lifecycleStatus: 'Launched', price: { unit: 'EUR', value: 40 }, tax: [{ taxCategory: 'VAT', taxRate: 19 }],
      popRelationship: [{ id: discount.id, relationshipType: 'discount' }],
    })
    const child = await launched({ name: 'child', isSellable: false, productSpecification: { id: specification.id }, productOfferingPrice: [{ id: price.id }] })
    const bundle = await launched({ name: 'bundle', version: '1.1', bundledProductOffering: [{ id: child.id, bundledProductOfferingOption: { numberRelOfferLowerLimit: 1, numberRelOfferUpperLimit: 3, numberRelOfferDefault: 2 } }] })
    await call('PATCH', `productOfferingPrice/${price.id}`, { description: 'changed' })

    const loaded = await loadOfferings(server.services, context, [bundle.id, 'nowhere'])
    expect([...loaded.keys()]).toEqual([bundle.id])
    const found = loaded.get(bundle.id)!
    expect(found.pin).toEqual({ id: bundle.id, revision: 1, version: '1.1', name: 'bundle' })
    const [inside] = found.children
    expect(inside).toMatchObject({ lower: 1, upper: 3, preset: 2 })
    expect(inside?.offering.specification?.pin).toEqual({ id: specification.id, revision: 1, version: '2.0', name: 'line' })
    expect(isSellable(found, server.services.clock.now())).toEqual([])
  })

  test('of a pinned revision gives back what was sold', async () => {
    const { id } = await launched({ name: 'before' })
    await call('PATCH', `productOffering/${id}`, { name: 'after' })
    const loaded = await loadOfferings(server.services, context, [id])
    expect(loaded.get(id)?.pin).toMatchObject({ revision: 2, name: 'after' })
    const before = await server.services.store.revision(context, productOffering, id, 1)
    expect(before?.doc.name).toBe('before')
  })

  test('stays inside the brand', async () => {
    const { id } = await launched({ name: 'ours' })
    expect(await loadOfferings(server.services, { brand: 'other' }, [id])).toEqual(new Map())
  })
})

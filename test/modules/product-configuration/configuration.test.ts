/** The configurator through TMF760, and what the order makes of its word. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

const BASE = '/tmf-api/productConfiguration/v5'
const CATALOG = '/tmf-api/productCatalogManagement/v4'
type Doc = Record<string, any>

let test: TestApp
const send = async (method: 'POST' | 'GET' | 'PATCH', url: string, payload?: object): Promise<{ status: number; body: Doc }> => {
  const answer = await test.app.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json() as Doc }
}
const made = async (url: string, payload: object): Promise<string> => {
  const { status, body } = await send('POST', url, payload)
  expect(status, JSON.stringify(body)).toBe(201)
  return String(body['id'])
}
const offering = (name: string, more: object = {}): Promise<string> => made(`${CATALOG}/productOffering`, { name, lifecycleStatus: 'Launched', ...more })
const part = (id: string, lower: number, upper: number, preset: number): object => ({ id, bundledProductOfferingOption: { numberRelOfferLowerLimit: lower, numberRelOfferUpperLimit: upper, numberRelOfferDefault: preset } })

const ids: Record<string, string> = {}
beforeAll(async () => {
  test = await createTestApp({ settings: { ROLES: 'api' } })
  const specification = await made(`${CATALOG}/productSpecification`, {
    name: 'Line',
    productSpecCharacteristic: [
      { name: 'speed', configurable: true, minCardinality: 1, maxCardinality: 1, valueType: 'number', productSpecCharacteristicValue: [{ value: 100, isDefault: true }, { value: 500 }] },
      { name: 'number', configurable: true, maxCardinality: 1, valueType: 'string', regex: '\\+44[0-9]{10}' },
      { name: 'floor', configurable: true, maxCardinality: 1, valueType: 'integer', productSpecCharacteristicValue: [{ valueFrom: 0, valueTo: 40, rangeInterval: 'closed' }] },
    ],
  })
  const price = await made(`${CATALOG}/productOfferingPrice`, { name: 'Monthly charge', priceType: 'recurring', lifecycleStatus: 'Launched', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, price: { unit: 'EUR', value: 40 } })
  ids['line'] = await offering('Line', { productSpecification: { id: specification }, productOfferingPrice: [{ id: price }] })
  ids['router'] = await offering('Router')
  ids['mesh'] = await offering('Mesh', { productOfferingRelationship: [{ id: ids['router'], name: 'Router', relationshipType: 'requires' }] })
  ids['own'] = await offering('Own router', { productOfferingRelationship: [{ id: ids['router'], name: 'Router', relationshipType: 'excludes' }] })
  ids['home'] = await offering('Home', { isBundle: true, bundledProductOffering: [part(ids['line'], 1, 1, 1), part(ids['router'], 0, 1, 1), part(ids['mesh'], 0, 3, 0), part(ids['own'], 0, 1, 0)] })
  ids['street'] = await offering('Street', { isBundle: true, bundledProductOffering: [part(ids['home'], 2, 4, 2)] })
  ids['trap'] = await offering('Trap', { isBundle: true, bundledProductOffering: [part(ids['router'], 1, 1, 1), part(ids['own'], 1, 1, 1)] })
})
afterAll(() => test.close())

const chosen = (name: string, more: object = {}): Doc => ({ '@type': 'ProductConfiguration', productOffering: { '@type': 'ProductOfferingRef', id: ids[name] }, ...more })
const value = (name: string, of: unknown): Doc => ({ '@type': 'ConfigurationCharacteristic', id: name, name, valueType: 'string', configurationCharacteristicValue: [{ '@type': 'ConfigurationCharacteristicValue', isSelected: true, characteristicValue: { '@type': 'Characteristic', name, value: of } }] })
const query = async (...configurations: Doc[]): Promise<Doc[]> => {
  const { status, body } = await send('POST', `${BASE}/queryProductConfiguration`, { '@type': 'QueryProductConfiguration', instantSync: true, requestProductConfigurationItem: configurations.map((productConfiguration, index) => ({ '@type': 'QueryProductConfigurationItem', id: String(index + 1), productConfiguration })) })
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body['state']).toBe('done')
  return body['computedProductConfigurationItem'] as Doc[]
}
const check = async (...configurations: Doc[]): Promise<Doc[]> => {
  const { status, body } = await send('POST', `${BASE}/checkProductConfiguration`, { '@type': 'CheckProductConfiguration', provideAlternatives: true, checkProductConfigurationItem: configurations.map((productConfiguration, index) => ({ '@type': 'CheckProductConfigurationItem', id: String(index + 1), productConfiguration })) })
  expect(status, JSON.stringify(body)).toBe(201)
  return body['checkProductConfigurationItem'] as Doc[]
}
const states = (configuration: Doc): Record<string, string> => Object.fromEntries((configuration['productConfiguration'] as Doc[]).map(one => [String(one['productOffering'].name), String(one['selectionState'])]))

describe('what can be chosen', () => {
  it('is each part with its state and reason, limits, values and prices', async () => {
    const [item] = await query(chosen('home'))
    expect(item!['state']).toBe('approved')
    const home = item!['productConfiguration'] as Doc
    expect(states(home)).toEqual({ Line: 'required', Router: 'defaulted', Mesh: 'allowed', 'Own router': 'excluded' })
    const [line, , mesh, own] = home['productConfiguration'] as Doc[]
    expect(line).toMatchObject({ isSelected: true, bundledProductOfferingOption: { numberRelOfferLowerLimit: 1, numberRelOfferUpperLimit: 1 }, configurationPrice: [{ priceType: 'recurring', recurringChargePeriod: { amount: 1, units: 'month' }, price: { dutyFreeAmount: { unit: 'EUR', value: 40 } } }] })
    const speed = (line!['configurationCharacteristic'] as Doc[]).find(one => one['name'] === 'speed')
    expect((speed!['configurationCharacteristicValue'] as Doc[]).map(one => [one['characteristicValue'].value, one['isSelected']])).toEqual([[100, true], [500, false]])
    expect(mesh).toMatchObject({ isSelected: false, isSelectable: true, quantity: 0 })
    expect(own).toMatchObject({ isSelectable: false, stateReason: [{ code: 'excludedByOffering', label: 'Own router cannot be had together with Router' }] })
  })

  it('follows from what was chosen before: one more choice, other consequences', async () => {
    const [item] = await query(chosen('home', { productConfiguration: [chosen('own'), chosen('mesh', { quantity: 2 })] }))
    const home = item!['productConfiguration'] as Doc
    expect(states(home)).toEqual({ Line: 'required', Router: 'excluded', Mesh: 'selected', 'Own router': 'selected' })
    expect(item).toMatchObject({ state: 'rejected', stateReason: [{ code: 'requiresOffering', label: 'Mesh needs Router' }] })
  })

  it('reaches into bundles inside bundles, times the bundle', async () => {
    const [item] = await query(chosen('street'))
    const home = (item!['productConfiguration'].productConfiguration as Doc[])[0]!
    expect(home).toMatchObject({ quantity: 2, selectionState: 'required' })
    expect((home['productConfiguration'] as Doc[]).find(one => one['productOffering'].name === 'Line')).toMatchObject({ quantity: 2, bundledProductOfferingOption: { numberRelOfferLowerLimit: 2 } })
  })

  it('is also what is needed beside the offering', async () => {
    const items = await query(chosen('mesh'))
    expect(items.map(one => [one['id'], one['productConfiguration'].productOffering.name])).toEqual([['1', 'Mesh'], [`required-${ids['router']}`, 'Router']])
  })
})

describe('a configuration that is checked', () => {
  it('is approved when nothing is missing or against it', async () => {
    expect((await check(chosen('home', { productConfiguration: [chosen('line', { configurationCharacteristic: [value('speed', 500), value('number', '+441632960001'), value('floor', 12)] })] })))[0]).toMatchObject({ state: 'approved' })
  })

  it('is rejected with every reason: values, ranges, patterns', async () => {
    const [item] = await check(chosen('line', { configurationCharacteristic: [value('speed', 7), value('number', '12'), value('floor', 41)] }))
    expect(item!['state']).toBe('rejected')
    const reasons = (item!['stateReason'] as Doc[]).map(one => String(one['label']))
    for (const part of ['speed of Line', 'must be 100 or 500', 'number of Line', 'must match', 'floor of Line', '0 to 40']) expect(reasons.join('; ')).toContain(part)
  })

  it('comes with the smallest change that mends it, and what it is then', async () => {
    const [missing] = await check(chosen('home', { productConfiguration: [chosen('router')] }))
    expect(missing).toMatchObject({ state: 'rejected', proposedChange: [{ action: 'add', offeringId: ids['line'], quantity: 1 }], alternateProductConfigurationProposal: [{ productConfiguration: expect.any(Array) }] })
    const [contrary] = await check(chosen('home', { productConfiguration: [chosen('line', { configurationCharacteristic: [value('speed', 7)] }), chosen('own'), chosen('router')] }))
    expect((contrary!['proposedChange'] as Doc[]).map(one => one['action'])).toEqual(['setValue', 'remove'])
    const [many] = await check(chosen('home', { productConfiguration: [chosen('line'), chosen('router'), chosen('mesh', { quantity: 9 })] }))
    expect(many!['proposedChange']).toMatchObject([{ action: 'setQuantity', quantity: 3 }])
  })

  it('that cannot be had in any way has reasons and no change', async () => {
    const [item] = await check(chosen('trap'))
    expect(item).toMatchObject({ state: 'rejected', stateReason: [{ code: 'excludedByOffering' }] })
    expect(item!['proposedChange']).toBeUndefined()
  })

  it('is judged with the other items of the task', async () => {
    expect((await check(chosen('mesh'), chosen('router'))).map(one => one['state'])).toEqual(['approved', 'approved'])
    expect((await check(chosen('own'), chosen('router'))).map(one => one['state'])).toContain('rejected')
  })

  it('names no offering or is named twice: 400', async () => {
    const item = { '@type': 'CheckProductConfigurationItem', id: '1', productConfiguration: { '@type': 'ProductConfiguration' } }
    const { status, body } = await send('POST', `${BASE}/checkProductConfiguration`, { '@type': 'CheckProductConfiguration', checkProductConfigurationItem: [item, item] })
    expect(status).toBe(400)
    for (const part of ['checkProductConfigurationItem[0].productConfiguration.productOffering', 'checkProductConfigurationItem[1].id']) expect(body['message']).toContain(part)
  })
})

describe('an order', () => {
  const order = async (...names: string[]): Promise<Doc> => (await send('POST', '/tmf-api/productOrderingManagement/v4/productOrder', { productOrderItem: names.map((name, index) => ({ id: String(index + 1), action: 'add', quantity: 1, productOffering: { id: ids[name] } })) })).body

  it('is rejected where something needed is missing or two things exclude each other', async () => {
    expect(await order('mesh')).toMatchObject({ state: 'rejected', rejectionReason: [{ code: 'requiresOffering', orderItemId: '1', message: 'Mesh needs Router' }] })
    expect(await order('own', 'router')).toMatchObject({ state: 'rejected', rejectionReason: [{ code: 'excludedByOffering' }] })
    expect(await order('mesh', 'router')).toMatchObject({ state: 'acknowledged' })
  })
})

describe('sales rules', () => {
  const rule = async (more: Doc): Promise<() => Promise<unknown>> => {
    const id = await made('/tandem/v1/salesRule', { name: 'A rule', lifecycleStatus: 'active', ...more })
    return () => test.app.inject({ method: 'DELETE', url: `/tandem/v1/salesRule/${id}` })
  }
  const given = (name: string, expected: string): Doc => ({ name, given: { item: [{ offering: ids[name] }] }, expect: expected })

  it('are asked as carts and quotes ask them, and give their reasons where they are about', async () => {
    const drops = [
      await rule({ kind: 'eligibility', code: 'notHere', productOffering: [{ id: ids['mesh'] }], condition: "channel == 'store'", message: [{ language: 'en', text: 'Mesh is sold in stores' }], example: [given('mesh', 'refused')] }),
      await rule({ kind: 'requiredAddition', code: 'routerMissing', productOffering: [{ id: ids['line'] }], addition: { productOffering: [{ id: ids['router'] }] }, message: [{ language: 'en', text: 'A line needs a router' }], example: [given('line', 'refused')] }),
      await rule({ kind: 'limit', code: 'tooMany', productOffering: [{ id: ids['router'] }], limit: { quantity: 2, per: 'order' }, message: [{ language: 'en', text: 'Two routers at most' }], example: [given('router', 'allowed')] }),
    ]
    try {
      const [line, router] = await check(chosen('line'), chosen('router', { quantity: 3 }))
      expect(line).toMatchObject({ state: 'approved' })
      expect(router).toMatchObject({ state: 'rejected', stateReason: [{ code: 'tooMany', label: 'Two routers at most' }] })
      const [alone] = await check(chosen('line'))
      expect(alone).toMatchObject({ state: 'rejected', stateReason: [{ code: 'routerMissing', label: 'A line needs a router' }], proposedChange: [{ action: 'add', offeringId: ids['router'] }] })
      // Inside a bundle the reason is at the part.
      const [home] = await query(chosen('home', { productConfiguration: [chosen('line', { id: 'line' }), chosen('router', { id: 'router' }), chosen('mesh', { id: 'mesh' })] }))
      expect(home).toMatchObject({ state: 'rejected', stateReason: [{ code: 'notHere', label: 'Mesh is sold in stores' }] })
      const mesh = (home!['productConfiguration']['productConfiguration'] as Doc[]).find(one => one['productOffering'].id === ids['mesh'])
      expect(mesh).toMatchObject({ selectionState: 'selected', stateReason: [{ code: 'notHere' }] })
    } finally {
      for (const drop of drops) await drop()
    }
    expect((await check(chosen('line')))[0]).toMatchObject({ state: 'approved' })
  })

  it('say of what is not selected yet whether it can be, and why not', async () => {
    const drops = [
      await rule({ kind: 'eligibility', code: 'notHere', productOffering: [{ id: ids['mesh'] }], condition: "channel == 'store'", message: [{ language: 'en', text: 'Mesh is sold in stores' }], example: [given('mesh', 'refused')] }),
      await rule({ kind: 'compatibility', code: 'oneBox', productOffering: [{ id: ids['line'] }], condition: `!('${ids['own']}' in cart.offering)`, message: [{ language: 'en', text: 'No box of your own with this line' }], example: [given('line', 'allowed')] }),
      await rule({ kind: 'requiredAddition', code: 'meshMissing', productOffering: [{ id: ids['router'] }], addition: { productOffering: [{ id: ids['mesh'] }] }, message: [{ language: 'en', text: 'A router needs a mesh' }], example: [given('router', 'refused')] }),
    ]
    const inside = async (more: object): Promise<Doc[]> => {
      const [item] = await query(chosen('home', { productConfiguration: [chosen('line', { id: 'line' }), ...(more as Doc[])] }))
      return item!['productConfiguration']['productConfiguration'] as Doc[]
    }
    const of = (parts: Doc[], name: string): Doc => parts.find(one => one['productOffering'].id === ids[name])!
    try {
      const parts = await inside([])
      expect(of(parts, 'mesh')).toMatchObject({ isSelected: false, isSelectable: false, selectionState: 'excluded', stateReason: [{ code: 'notHere', label: 'Mesh is sold in stores' }] })
      // Refused at the line, which is selected: the option is why.
      expect(of(parts, 'own')).toMatchObject({ isSelected: false, isSelectable: false, stateReason: [{ code: 'oneBox', label: 'No box of your own with this line' }] })
      // What has to come with it can still come.
      expect(of(parts, 'router')).toMatchObject({ isSelected: false, isSelectable: true, selectionState: 'allowed', stateReason: [{ code: 'meshMissing' }] })
      expect(of(parts, 'line')['stateReason']).toEqual([expect.objectContaining({ code: 'bundleLimit' })])
    } finally {
      for (const drop of drops) await drop()
    }
    expect(of(await inside([]), 'mesh')).toMatchObject({ isSelectable: true, selectionState: 'allowed' })
  })
})

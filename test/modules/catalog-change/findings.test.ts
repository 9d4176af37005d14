/** What validation finds in a catalog, each finding with the resource and the attribute that it is about. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CATALOG, CHANGES, createWorld, SETS, type Json, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ ROLES: 'api' })
})
afterAll(() => world.close())

const update = (resource: string, doc: Json, document: Json): Json => ({ resource, resourceId: doc['id'], action: 'update', document })
const validated = async (set: Json): Promise<Json[]> => {
  const answer = await world.stage(set, 'validate')
  expect(answer.status, answer.text).toBe(200)
  // Other tests leave things behind.
  return (answer.body['finding'] as Json[]).filter(one => one['existing'] !== true)
}
const findingsOf = async (...changes: Json[]): Promise<Json[]> => validated(await world.setOf(...changes))
const oneTime = (id: string, unit: string, more: Json = {}): Json => ({ resource: 'productOfferingPrice', resourceId: id, action: 'create', document: { name: id, priceType: 'oneTime', price: { unit, value: 5 }, lifecycleStatus: 'Launched', ...more } })
let count = 0
const fresh = (name: string): string => `${name}-${++count}`

describe('a change set is validated as a whole:', () => {
  test('a reference that leads nowhere, once, and not what only waits for it', async () => {
    const [offering, bundle] = [fresh('offering'), fresh('bundle')]
    const found = await findingsOf(
      { resource: 'productOffering', resourceId: offering, action: 'create', document: { name: 'A', productOfferingPrice: [{ id: 'nothing' }] } },
      { resource: 'productOffering', resourceId: bundle, action: 'create', document: { name: 'B', bundledProductOffering: [{ id: offering }] } },
    )
    expect(found).toEqual([expect.objectContaining({ code: 'danglingReference', severity: 'error', resource: 'productOffering', id: offering, path: 'productOfferingPrice[0].id', change: expect.any(String) })])
  })

  test('references that are kept as text: constraints of prices, criteria of promotions, parents', async () => {
    const [price, promotion, category] = [fresh('price'), fresh('promotion'), fresh('category')]
    const found = await findingsOf(
      oneTime(price, 'EUR', { constraint: [{ id: 'gone', '@referredType': 'PriceRule' }] }),
      { resource: 'promotion', resourceId: promotion, action: 'create', document: { name: 'P', promotionType: 'Discount', pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'productOffering', criteriaOperator: '=', criteriaValue: 'gone' }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }] } },
      { resource: 'category', resourceId: category, action: 'create', document: { name: 'C', parentId: 'gone' } },
    )
    expect(found.map(one => [one['code'], one['id'], one['path']])).toEqual(expect.arrayContaining([
      ['danglingReference', price, 'constraint[0].id'],
      ['danglingReference', promotion, 'pattern[0].criteriaGroup[0].criteria[0].criteriaValue'],
      ['danglingReference', category, 'parentId'],
    ]))
  })

  test('charges of a kind or for a period that nobody knows', async () => {
    const [kind, period] = [fresh('price'), fresh('price')]
    const found = await findingsOf(oneTime(kind, 'EUR', { priceType: 'reccuring' }), oneTime(period, 'EUR', { priceType: 'recurring', recurringChargePeriodType: 'mouth' }))
    expect(found.filter(one => one['severity'] === 'error').map(one => [one['code'], one['id'], one['path']]).sort()).toEqual([
      ['unknownPeriod', period, 'recurringChargePeriodType'],
      ['unknownPriceType', kind, 'priceType'],
    ])
  })

  test('a bundle that would contain itself through another', async () => {
    const inner = (await world.offering(10)).offering
    const outer = await world.made(`${CATALOG}/productOffering`, { name: 'Outer', bundledProductOffering: [{ id: inner['id'] }] })
    const found = await findingsOf(update('productOffering', inner, { isBundle: true, bundledProductOffering: [{ id: outer['id'] }] }))
    expect(found.filter(one => one['severity'] === 'error')).toEqual([expect.objectContaining({ code: 'cyclicBundle', path: 'bundledProductOffering', message: expect.stringContaining('→') })])
  })

  test('two bundles may change places: only what is there in the end counts', async () => {
    const a = (await world.offering(10)).offering
    const b = await world.made(`${CATALOG}/productOffering`, { name: 'B', lifecycleStatus: 'Launched', bundledProductOffering: [{ id: a['id'] }] })
    const set = await world.setOf(update('productOffering', a, { isBundle: true, bundledProductOffering: [{ id: b['id'] }] }), update('productOffering', b, { isBundle: false, bundledProductOffering: null }))
    expect((await world.stage(set, 'submit')).body['state']).toBe('approved')
    expect((await world.stage(set, 'activate')).body['state']).toBe('active')
  })

  test('categories in a ring', async () => {
    const top = await world.made(`${CATALOG}/category`, { name: 'Top' })
    const below = await world.made(`${CATALOG}/category`, { name: 'Below', parentId: top['id'] })
    expect(await findingsOf(update('category', top, { isRoot: false, parentId: below['id'] }))).toContainEqual(expect.objectContaining({ code: 'cyclicCategory', path: 'parentId' }))
  })

  test('what is on sale and cannot be sold', async () => {
    const { offering, price } = await world.offering(10)
    const bundle = await world.made(`${CATALOG}/productOffering`, { name: 'Bundle', lifecycleStatus: 'Launched', bundledProductOffering: [{ id: offering['id'] }] })
    expect(await findingsOf(update('productOffering', offering, { lifecycleStatus: 'Retired' }))).toContainEqual(expect.objectContaining({ code: 'notSellable', severity: 'error', id: bundle['id'], path: 'bundledProductOffering[0].id' }))
    expect(await findingsOf(update('productOfferingPrice', price, { lifecycleStatus: 'Retired' }))).toContainEqual(expect.objectContaining({ code: 'notSellable', id: offering['id'], path: 'productOfferingPrice' }))
    expect(await findingsOf(update('productOfferingPrice', price, { price: null }))).toContainEqual(expect.objectContaining({ code: 'priceWithoutAmount', id: price['id'], path: 'price' }))
    expect(await findingsOf(update('productOffering', offering, { productOfferingPrice: null }))).toContainEqual(expect.objectContaining({ code: 'withoutPrice', severity: 'warning', id: offering['id'] }))
  })

  test('offerings that need what they rule out, through others too', async () => {
    const [a, b, c] = [(await world.offering(1)).offering, (await world.offering(2)).offering, (await world.offering(3)).offering]
    const found = await findingsOf(
      update('productOffering', a, { productOfferingRelationship: [{ id: b['id'], relationshipType: 'requires' }, { id: c['id'], relationshipType: 'excludes' }] }),
      update('productOffering', b, { productOfferingRelationship: [{ id: c['id'], relationshipType: 'requires' }] }),
    )
    expect(found).toContainEqual(expect.objectContaining({ code: 'contradictoryRelationship', id: a['id'], path: 'productOfferingRelationship[1].id' }))
    expect(await findingsOf(update('productOffering', a, { productOfferingRelationship: [{ id: b['id'], relationshipType: 'requires' }] }))).toEqual([])
  })

  test('rules that can never hold together', async () => {
    const { offering } = await world.offering(10)
    const [list, entry, late, promotion] = [fresh('list'), fresh('entry'), fresh('late'), fresh('promotion')]
    const listed = (id: string, more: Json): Json => ({ resource: 'priceListEntry', resourceId: id, action: 'create', document: { priceList: { id: list }, productOffering: { id: offering['id'] }, priceType: 'recurring', price: { unit: 'EUR', value: 8 }, ...more } })
    const found = await findingsOf(
      { resource: 'priceList', resourceId: list, action: 'create', document: { name: 'Web', listType: 'OVERRIDE', lifecycleStatus: 'active', rule: [{ about: 'channel', value: ['web', 'app'] }], validFor: { endDateTime: '2030-01-01T00:00:00Z' } } },
      listed(entry, { rule: [{ about: 'segment', value: ['student'] }, { about: 'channel', value: ['store'] }] }),
      listed(late, { rule: [{ about: 'channel', value: ['app'] }], validFor: { startDateTime: '2031-01-01T00:00:00Z' } }),
      { resource: 'promotion', resourceId: promotion, action: 'create', document: { name: 'Never', promotionType: 'Discount', pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'quantity', criteriaOperator: '>', criteriaValue: '5' }, { criteriaParameter: 'quantity', criteriaOperator: '<', criteriaValue: '3' }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }] } },
    )
    expect(found.map(one => [one['code'], one['id'], one['path']])).toEqual(expect.arrayContaining([
      ['contradictoryRule', entry, 'rule[1].value'],
      ['contradictoryPeriod', late, 'validFor'],
      ['contradictoryRule', promotion, 'pattern[0].criteriaGroup'],
    ]))
    expect(found).toHaveLength(3)
  })

  test('a charge that is missing in a currency: a warning, an error where the brand sells in it', async () => {
    const [a, b, c, offering] = [fresh('eur'), fresh('sek'), fresh('once'), fresh('offering')]
    const monthly = { priceType: 'recurring', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1 }
    const changes: Json[] = [oneTime(a, 'EUR', monthly), oneTime(b, 'SEK', monthly), oneTime(c, 'EUR'), { resource: 'productOffering', resourceId: offering, action: 'create', document: { name: 'Two', lifecycleStatus: 'Launched', productOfferingPrice: [{ id: a }, { id: b }, { id: c }] } }]
    const expected = { code: 'priceMissingForCurrency', resource: 'productOffering', id: offering, path: 'productOfferingPrice', message: expect.stringMatching(/no oneTime price in SEK/) }
    expect((await findingsOf(...changes)).filter(one => one['id'] === offering)).toEqual([expect.objectContaining({ ...expected, severity: 'warning' })])
    const setting = await world.made('/tandem/v1/catalogChangeSetting', { name: 'Money', currency: ['SEK'] })
    expect((await findingsOf(...changes)).filter(one => one['id'] === offering)).toEqual([expect.objectContaining({ ...expected, severity: 'error' })])
    await world.send('DELETE', `/tandem/v1/catalogChangeSetting/${setting['id']}`)
  })

  test('what the lifecycle or the schema does not allow, by its attribute', async () => {
    const { offering, price } = await world.offering(10)
    const found = await findingsOf(update('productOffering', offering, { lifecycleStatus: 'In study' }), update('productOfferingPrice', price, { price: { value: -1 } }))
    expect(found.map(one => [one['code'], one['id'], one['path']])).toEqual(expect.arrayContaining([['stateMoveNotAllowed', offering['id'], 'lifecycleStatus'], ['invalidAttribute', price['id'], 'price.value']]))
  })

  test('submitting is refused with all that is in the way, and the catalog as it is shows none of it', async () => {
    const { offering } = await world.offering(10)
    const set = await world.setOf(update('productOffering', offering, { productOfferingRelationship: [{ id: offering['id'], relationshipType: 'excludes' }] }))
    const answer = await world.stage(set, 'submit')
    expect([answer.status, answer.body['code']]).toEqual([409, 'catalogInvalid'])
    expect(answer.body['message']).toContain('excludes')
    const live = await world.send('GET', '/tandem/v1/catalogValidation')
    expect(live.status).toBe(200)
    expect((live.body['finding'] as Json[]).filter(one => one['id'] === offering['id'])).toEqual([])
  })

  test('what the catalog has already keeps nothing from being submitted', async () => {
    const child = (await world.offering(10)).offering
    const bundle = await world.made(`${CATALOG}/productOffering`, { name: 'Broken', lifecycleStatus: 'Launched', bundledProductOffering: [{ id: child['id'] }] })
    await world.send('PATCH', `${CATALOG}/productOffering/${child['id']}`, { lifecycleStatus: 'Retired' })
    expect(((await world.send('GET', '/tandem/v1/catalogValidation')).body['finding'] as Json[]).filter(one => one['id'] === bundle['id'])).toHaveLength(1)
    const { price } = await world.offering(10)
    const set = await world.setOf(update('productOfferingPrice', price, { price: { unit: 'EUR', value: 11 } }))
    const { body } = await world.stage(set, 'validate')
    expect(body['finding']).toContainEqual(expect.objectContaining({ code: 'notSellable', id: bundle['id'], existing: true }))
    expect(body['blocking']).toBe(0)
    expect((await world.stage(set, 'submit')).status).toBe(200)
    await world.send('PATCH', `${CATALOG}/productOffering/${bundle['id']}`, { lifecycleStatus: 'Retired' })
  })

  test('its own tests of prices', async () => {
    const { offering, price } = await world.offering(10)
    const set = await world.made(SETS, { name: 'Tested', test: [{ name: 'one a month', price: { currency: 'EUR', item: [{ id: '1', productOffering: { id: offering['id'] } }] }, expect: [{ kind: 'recurring', currency: 'EUR', taxIncludedAmount: '12.00' }] }] })
    const change = await world.made(CHANGES, { catalogChangeSet: { id: set['id'] }, ...update('productOfferingPrice', price, { price: { unit: 'EUR', value: 13 } }) })
    expect(await validated(set)).toEqual([expect.objectContaining({ code: 'testFailed', path: 'test[0].expect[0]', message: expect.stringContaining('is 13, not 12') })])
    await world.send('PATCH', `${CHANGES}/${change['id']}`, { document: { price: { value: 12 } } })
    expect(await validated(set)).toEqual([])
  })
})

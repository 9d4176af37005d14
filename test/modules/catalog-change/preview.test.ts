/** What a change set would do: prices before and after, products that are concerned; files between environments; brands apart. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CATALOG, CHANGES, createWorld, SETS, type Json, type World } from './world.ts'

const BOOTSTRAP = 'bootstrap-key-of-the-catalog-tests'
let world: World
beforeAll(async () => {
  world = await createWorld({ ROLES: 'api' })
})
afterAll(() => world.close())

const update = (resource: string, doc: Json, document: Json): Json => ({ resource, resourceId: doc['id'], action: 'update', document })
const amounts = (answer: Json): unknown => ({ line: (answer['line'] as Json[]).map(line => (line['component'] as Json[]).map(one => ({ ...one, source: undefined, considered: (one['considered'] as Json[]).map(two => [two['unitAmount'], two['rules']]), alterations: (one['alterations'] as Json[]).map(two => [two['name'], two['reduction']]) }))), total: answer['total'], fault: answer['fault'] })

describe('the price preview', () => {
  test('tells for a segment at a place in a channel what it costs now and with the changes, and that is what it costs then', async () => {
    const { offering, price } = await world.offering(40, {}, { tax: [{ taxCategory: 'standard' }] })
    const [list, entry, promotion, rate] = ['list', 'entry', 'promotion', 'rate'].map(name => `${name}-${offering['id']}`)
    const set = await world.setOf(
      update('productOfferingPrice', price, { price: { unit: 'EUR', value: 45 } }),
      { resource: 'priceList', resourceId: list, action: 'create', document: { name: 'Students in the capital', listType: 'OVERRIDE', lifecycleStatus: 'active', rule: [{ about: 'segment', value: ['student'] }, { about: 'place', value: ['capital'] }] } },
      { resource: 'priceListEntry', resourceId: entry, action: 'create', document: { priceList: { id: list }, productOffering: { id: offering['id'] }, priceType: 'recurring', price: { unit: 'EUR', value: 30 } } },
      { resource: 'promotion', resourceId: promotion, action: 'create', document: { name: 'In the app', lifecycleStatus: 'release', promotionType: 'Discount', pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'channel', criteriaOperator: '=', criteriaValue: 'app' }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }] } },
      { resource: 'taxRate', resourceId: rate, action: 'create', document: { name: 'VAT', category: 'standard', jurisdiction: 'DE', rate: 19 } },
    )
    const item = [{ id: '1', productOffering: { id: offering['id'] } }]
    const cases: Json[] = [
      { item, segment: ['student'], place: { id: 'flat-1', within: ['capital'], country: 'DE' }, channel: 'app' },
      { item, segment: ['student'], channel: 'web' },
      { item, channel: 'web', place: { country: 'DE' }, at: '2027-01-01T00:00:00Z' },
    ]
    const previews = []
    for (const one of cases) {
      const { status, body, text } = await world.stage(set, 'previewPrice', {}, one)
      expect(status, text).toBe(200)
      previews.push(body)
    }
    expect(previews.map(one => [one['before'].line[0].component[0].net, one['after'].line[0].component[0].net])).toEqual([['40.00', '27.00'], ['40.00', '45.00'], ['40.00', '45.00']])
    expect(previews[0]!['after'].line[0].component[0]).toMatchObject({ was: '30.00', taxed: { rate: '19', from: 'table' } })
    // Nothing of it is in the catalog.
    expect((await world.send('GET', `/tandem/v1/priceList/${list}`)).status).toBe(404)
    expect((await world.send('POST', '/tandem/v1/price', cases[1])).body['line'][0].component[0].net).toBe('40.00')
    for (const stage of ['submit', 'activate']) expect((await world.stage(set, stage)).status).toBe(200)
    await new Promise(resolve => setTimeout(resolve, 1_200))
    for (const [index, one] of cases.entries()) expect(amounts((await world.send('POST', '/tandem/v1/price', one)).body)).toEqual(amounts(previews[index]!['after']))
  })

  test('names what is in the way when the changes cannot be applied', async () => {
    const { offering, price } = await world.offering(40)
    const set = await world.setOf(update('productOfferingPrice', price, { price: { unit: 'EUR', value: 45 } }))
    await world.send('PATCH', `${CATALOG}/productOfferingPrice/${price['id']}`, { description: 'meanwhile' })
    const answer = await world.stage(set, 'previewPrice', {}, { item: [{ id: '1', productOffering: { id: offering['id'] } }] })
    expect([answer.status, answer.body['code']]).toEqual([409, 'changedMeanwhile'])
    expect((await world.stage(set, 'previewPrice', {}, { item: [] })).body['message']).toContain('item')
  })
})

describe('the difference', () => {
  test('shows each resource before and after, of a draft as it would be and of an active set as it was', async () => {
    const { offering, price } = await world.offering(40)
    const made = `made-${offering['id']}`
    const set = await world.setOf(
      update('productOfferingPrice', price, { price: { value: 45 }, description: 'Dearer' }),
      update('productOffering', offering, { productOfferingPrice: [{ id: price['id'] }, { id: made }] }),
      { resource: 'productOfferingPrice', resourceId: made, action: 'create', document: { name: 'Setup', priceType: 'oneTime', lifecycleStatus: 'Launched', price: { unit: 'EUR', value: 9 } } },
    )
    const shown = async (): Promise<Json[]> => {
      const { status, body, text } = await world.send('GET', `${SETS}/${set['id']}/difference`)
      expect(status, text).toBe(200)
      return (body['difference'] as Json[]).toSorted((a, b) => `${a['resource']} ${a['action']}`.localeCompare(`${b['resource']} ${b['action']}`))
    }
    const expected = [
      { resource: 'productOffering', action: 'update', before: { id: offering['id'] }, changed: [{ path: 'productOfferingPrice', before: [{ id: price['id'] }], after: [{ id: price['id'] }, { id: made }] }] },
      { resource: 'productOfferingPrice', action: 'create', resourceId: made, after: { price: { value: 9 } }, changed: [] },
      { resource: 'productOfferingPrice', action: 'update', changed: [{ path: 'price.value', before: 40, after: 45 }, { path: 'description', after: 'Dearer' }] },
    ]
    expect(await shown()).toMatchObject(expected)
    expect((await world.send('GET', `${CATALOG}/productOfferingPrice/${price['id']}`)).body).toMatchObject({ price: { value: 40 } })
    for (const stage of ['submit', 'activate']) expect((await world.stage(set, stage)).status).toBe(200)
    // What becomes of it later is not what the set did.
    await world.send('PATCH', `${CATALOG}/productOfferingPrice/${price['id']}`, { description: 'later' })
    expect(await shown()).toMatchObject(expected)
  })

  test('names what is in the way', async () => {
    const { price } = await world.offering(40)
    const set = await world.setOf(update('productOfferingPrice', price, { price: { unit: 'EUR', value: 45 } }))
    await world.send('PATCH', `${CATALOG}/productOfferingPrice/${price['id']}`, { description: 'meanwhile' })
    expect((await world.send('GET', `${SETS}/${set['id']}/difference`)).status).toBe(409)
  })
})

describe('touched products', () => {
  test('are counted and listed by offering, price and specification, those that live alone', async () => {
    const specification = await world.made(`${CATALOG}/productSpecification`, { name: 'Line', lifecycleStatus: 'Active' })
    const { offering, price } = await world.offering(40, { productSpecification: { id: specification['id'] } })
    const product = (status: string): Promise<Json> => world.made('/tmf-api/productInventory/v4/product', { name: 'Line', status, productOffering: { id: offering['id'] }, productSpecification: { id: specification['id'] }, productPrice: [{ name: 'Monthly', priceType: 'recurring', price: { dutyFreeAmount: { unit: 'EUR', value: 40 } }, productOfferingPrice: { id: price['id'] } }] })
    for (let n = 0; n < 3; n++) await product('active')
    const ended = await product('active')
    expect((await world.send('PATCH', `/tmf-api/productInventory/v4/product/${ended['id']}`, { status: 'terminated' })).status).toBe(200)
    const set = await world.setOf(update('productOffering', offering, { description: 'x' }), update('productOfferingPrice', price, { description: 'x' }), update('productSpecification', specification, { description: 'x' }))
    const { body } = await world.send('GET', `${SETS}/${set['id']}/touchedProduct`)
    expect(Object.fromEntries((body['touched'] as Json[]).map(one => [one['resource'], one['count']]))).toEqual({ productOffering: 3, productOfferingPrice: 3, productSpecification: 3 })
    const page = await world.send('GET', `${SETS}/${set['id']}/touchedProduct/productOfferingPrice/${price['id']}?limit=2&offset=2`)
    expect([page.headers['x-total-count'], page.body.length]).toEqual([3, 1].map((value, index) => (index === 0 ? String(value) : value)))
    expect((await world.send('GET', `${SETS}/${set['id']}/touchedProduct/productOffering/other`)).status).toBe(404)
  })

  test('are counted by the promotion, the price list and the entry that they were sold with', async () => {
    const { offering } = await world.offering(40)
    const list = await world.made('/tandem/v1/priceList', { name: 'Winter', listType: 'SALE', lifecycleStatus: 'active' })
    const entry = await world.made('/tandem/v1/priceListEntry', { priceList: { id: list['id'] }, productOffering: { id: offering['id'] }, priceType: 'recurring', price: { unit: 'EUR', value: 30 } })
    const pattern = (action: Json): Json[] => [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'productOffering', criteriaOperator: '=', criteriaValue: offering['id'] }] }], action: [action] }]
    const promotion = await world.made('/tmf-api/promotionManagement/v4/promotion', { name: 'A tenth', lifecycleStatus: 'release', promotionType: 'Discount', pattern: pattern({ actionType: 'percentage', actionValue: '10' }) })
    const other = await world.made('/tmf-api/promotionManagement/v4/promotion', { name: 'Another', lifecycleStatus: 'release', promotionType: 'Discount', pattern: pattern({ actionType: 'percentage', actionValue: '5', chargeType: 'oneTime' }) })
    const item = [{ id: '1', productOffering: { id: offering['id'] } }]
    await expect.poll(async () => (await world.send('POST', '/tandem/v1/price', { item })).body['line'][0].component[0].net, { timeout: 5_000 }).toBe('27.00')
    const person = await world.made('/tmf-api/party/v4/individual', { givenName: 'Mira', familyName: 'Alden' })
    // Products keep the prices of the order that they were sold by.
    const order = await world.made('/tmf-api/productOrderingManagement/v4/productOrder', { relatedParty: [{ id: person['id'], role: 'customer', '@referredType': 'Individual' }], productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: offering['id'] } }] })
    const productPrice = (order['productOrderItem'][0].itemPrice as Json[]).map(({ priceAlteration, ...one }) => ({ ...one, productPriceAlteration: priceAlteration, '@type': 'FrozenProductPrice', '@baseType': 'ProductPrice' }))
    for (let n = 0; n < 2; n++) await world.made('/tmf-api/productInventory/v4/product', { name: 'Line', status: 'active', productOffering: { id: offering['id'] }, productPrice })
    const set = await world.setOf(update('promotion', promotion, { description: 'x' }), update('promotion', other, { description: 'x' }), update('priceListEntry', entry, { price: { unit: 'EUR', value: 29 } }), { resource: 'priceList', resourceId: list['id'], action: 'delete' }, update('taxRate', await world.made('/tandem/v1/taxRate', { name: 'VAT', category: 'touched', jurisdiction: 'DE', rate: 19 }), { rate: 20 }))
    const { body } = await world.send('GET', `${SETS}/${set['id']}/touchedProduct`)
    expect((body['touched'] as Json[]).map(one => [one['resource'], one['resourceId'], one['action'], one['count']])).toEqual([['promotion', promotion['id'], 'update', 2], ['promotion', other['id'], 'update', 0], ['priceListEntry', entry['id'], 'update', 2], ['priceList', list['id'], 'delete', 2], ['taxRate', expect.any(String), 'update', 0]])
    const page = await world.send('GET', `${SETS}/${set['id']}/touchedProduct/promotion/${promotion['id']}?limit=1`)
    expect([page.headers['x-total-count'], page.body.length]).toEqual(['2', 1])
  })

  test('are counted by the rule of their price, and by the tax that is on them', async () => {
    const rule = await world.made('/tandem/v1/priceRule', { name: 'On the web', about: 'channel', value: ['web'] })
    const unused = await world.made('/tandem/v1/priceRule', { name: 'Nobody', about: 'channel', value: ['fax'] })
    const { offering, price } = await world.offering(40)
    expect((await world.send('PATCH', `${CATALOG}/productOfferingPrice/${price['id']}`, { constraint: [{ id: rule['id'], '@referredType': 'PriceRule' }] })).status).toBe(200)
    const tax = async (jurisdiction: string): Promise<Json> => world.made('/tandem/v1/taxRate', { name: 'Rate', category: 'touchedBooks', jurisdiction, rate: 7 })
    const [here, there] = [await tax('DE'), await tax('FR')]
    const product = (status: string, more: Json): Promise<Json> => world.made('/tmf-api/productInventory/v4/product', { name: 'Line', status, productOffering: { id: offering['id'] }, productPrice: [{ name: 'Monthly', priceType: 'recurring', price: { dutyFreeAmount: { unit: 'EUR', value: 40 } }, productOfferingPrice: { id: price['id'] }, '@type': 'FrozenProductPrice', '@baseType': 'ProductPrice', ...more }] })
    await product('active', { derivation: { tax: { category: 'touchedBooks', jurisdiction: 'DE', rate: '7' } } })
    await product('active', { derivation: { tax: { category: 'touchedBooks', jurisdiction: 'FR', rate: '7' } } })
    await product('pendingActive', { taxCategory: 'touchedBooks' })
    await product('active', { derivation: { tax: { category: 'other', jurisdiction: 'DE', rate: '7' } }, taxCategory: 'touchedBooks' })
    const ended = await product('active', { taxCategory: 'touchedBooks' })
    expect((await world.send('PATCH', `/tmf-api/productInventory/v4/product/${ended['id']}`, { status: 'terminated' })).status).toBe(200)
    const begins = { resource: 'taxRate', resourceId: `begins-${here['id']}`, action: 'create', document: { name: 'Next year', category: 'touchedBooks', jurisdiction: 'DE', rate: 8, validFor: { startDateTime: '2040-01-01T00:00:00Z' } } }
    const set = await world.setOf(update('priceRule', rule, { value: ['web', 'app'] }), update('priceRule', unused, { value: ['store'] }), update('taxRate', here, { rate: 9 }), { resource: 'taxRate', resourceId: there['id'], action: 'delete' }, begins)
    const { body } = await world.send('GET', `${SETS}/${set['id']}/touchedProduct`)
    // Who does not say where it is taxed may be taxed here or there.
    expect((body['touched'] as Json[]).map(one => [one['resource'], one['action'], one['count']])).toEqual([['priceRule', 'update', 4], ['priceRule', 'update', 0], ['taxRate', 'update', 2], ['taxRate', 'delete', 2], ['taxRate', 'create', 2]])
    const page = await world.send('GET', `${SETS}/${set['id']}/touchedProduct/taxRate/${here['id']}?limit=1`)
    expect([page.headers['x-total-count'], page.body.length]).toEqual(['2', 1])
  })
})

describe('files', () => {
  test('are the same text for the same catalog in another brand, and an import of it changes nothing', async () => {
    const { offering } = await world.offering(40, { description: 'on file' })
    const file = await world.send('GET', `/tandem/v1/catalogFile?id=productOffering/${offering['id']}`)
    expect(file.headers['content-type']).toContain('ndjson')
    const lines = file.text.trim().split('\n').map(line => JSON.parse(line) as Json)
    expect(lines.map(line => line['resource'])).toEqual(['productOfferingPrice', 'productOffering'])
    expect(file.text).not.toMatch(/lastUpdate|"href"/)
    const elsewhere = { key: BOOTSTRAP, brand: 'elsewhere' }
    const set = (await world.send('POST', SETS, { name: 'From the other' }, elsewhere)).body
    const took = await world.send('POST', `${SETS}/${set['id']}/import`, file.text, { ...elsewhere, type: 'application/x-ndjson' })
    expect(took.body, took.text).toEqual({ create: 2, update: 0, delete: 0, unchanged: 0 })
    for (const stage of ['submit', 'activate']) expect((await world.send('POST', `${SETS}/${set['id']}/${stage}`, {}, elsewhere)).status).toBe(200)
    expect((await world.send('GET', '/tandem/v1/catalogFile', undefined, elsewhere)).text).toBe(file.text)
    const again = (await world.send('POST', SETS, { name: 'Again' }, elsewhere)).body
    expect((await world.send('POST', `${SETS}/${again['id']}/import?deleteMissing=true`, file.text, { ...elsewhere, type: 'application/x-ndjson' })).body).toEqual({ create: 0, update: 0, delete: 0, unchanged: 2 })
    // What differs is a merge patch of that alone.
    const changed = lines.map(line => (line['resource'] === 'productOffering' ? { ...line, document: { ...line['document'], description: 'other', isSellable: false } } : line))
    await world.send('POST', `${SETS}/${again['id']}/import`, changed.map(line => JSON.stringify(line)).join('\n'), { ...elsewhere, type: 'application/x-ndjson' })
    expect((await world.send('GET', `${CHANGES}?catalogChangeSet.id=${again['id']}`, undefined, elsewhere)).body).toEqual([expect.objectContaining({ action: 'update', document: { description: 'other', isSellable: false }, baseRevision: 1 })])
  })

  test('with lines that are no records are refused, naming each', async () => {
    const set = await world.setOf()
    const answer = await world.send('POST', `${SETS}/${set['id']}/import`, '{"resource":"nothing","id":"1","document":{}}\nnot json\n{"resource":"category","id":"","document":{}}\n', { type: 'application/x-ndjson' })
    expect(answer.status).toBe(400)
    for (const part of ['line 1.resource', 'line 2', 'line 3.id']) expect(answer.body['message']).toContain(part)
  })
})

describe('brands', () => {
  test('do not see each other’s sets, nor touch each other’s catalog', async () => {
    const { offering } = await world.offering(40)
    const set = await world.setOf(update('productOffering', offering, { description: 'mine' }))
    const elsewhere = { key: BOOTSTRAP, brand: 'another' }
    for (const [method, path, payload] of [['GET', '', undefined], ['POST', '/submit', {}], ['POST', '/activate', {}], ['POST', '/validate', {}], ['GET', '/touchedProduct', undefined]] as const) {
      expect((await world.send(method, `${SETS}/${set['id']}${path}`, payload, elsewhere)).status, path).toBe(404)
    }
    const foreign = (await world.send('POST', SETS, { name: 'Foreign' }, elsewhere)).body
    const answer = await world.send('POST', CHANGES, { catalogChangeSet: { id: foreign['id'] }, ...update('productOffering', offering, { description: 'theirs' }) }, elsewhere)
    expect(answer.status).toBe(400)
    expect(answer.body['message']).toContain('resourceId')
  })
})

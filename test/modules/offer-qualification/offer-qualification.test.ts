import { latLngToCell } from 'h3-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resultOf } from '../../../src/modules/offer-qualification/answer.ts'
import { overall, type Result } from '../../../src/modules/serviceability/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const OFFER = '/tmf-api/productOfferingQualification/v4/productOfferingQualification'
const CATALOG = '/tmf-api/productCatalogManagement/v4'
const SERVICE = '/tmf-api/serviceQualificationManagement/v4/checkServiceQualification'
const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'
const HOME = { latitude: 52.5201, longitude: 13.4049 }
const cell = latLngToCell(HOME.latitude, HOME.longitude, 9)

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, headers: Record<string, string> = {}) => {
  const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
}
const made = async (url: string, payload: object): Promise<any> => {
  const { status, body } = await call('POST', url, payload)
  expect([200, 201], JSON.stringify(body)).toContain(status)
  return body
}
const at = (id: string) => ({ id, role: 'installation', '@referredType': 'GeographicAddress' })
const ids: Record<string, string> = {}
const ask = async (offerings: string[], where: string | undefined, more: object = {}) =>
  (await call('POST', OFFER, { provideAlternative: true, ...(where && { place: [at(where)] }), productOfferingQualificationItem: offerings.map((name, index) => ({ id: String(index + 1), action: 'add', productOffering: { id: ids[name] ?? name } })), ...more })).body
const codes = (item: any): string[] => (item.eligibilityUnavailabilityReason ?? []).map((one: any) => one.code)
const proposed = (item: any): string[] => (item.alternateProductOfferingProposal ?? []).map((one: any) => one.alternateProductOffering.name)
const forParty = (id: string) => ({ relatedParty: [{ id, role: 'customer', '@referredType': 'Individual' }] })

const value = (name: string, of: unknown) => ({ name, valueType: typeof of, minCardinality: 0, maxCardinality: 1, configurable: false, productSpecCharacteristicValue: [{ value: of, isDefault: true }] })
const offering = async (name: string, specification: string | undefined, more: object = {}) => {
  const body = await made(`${CATALOG}/productOffering`, { name, lifecycleStatus: 'Launched', ...(specification && { productSpecification: { id: specification } }), ...more })
  ids[name] = body.id
}

beforeAll(async () => {
  server = await createTestApp({ settings: { ROLES: 'api' } })
  const addresses = ['fibre', 'cable', 'later', 'none'].map((id, index) => ({ id, street: 'Lindenstraße', streetNumber: String(index + 1), postcode: '10115', city: 'Neustadt', ...(id === 'cable' ? HOME : {}) }))
  expect((await call('POST', '/tandem/v1/address/bulk', addresses)).status).toBe(200)
  const line = { provider: 'own', technology: 'fibre', maxDownload: 1000, maxUpload: 500, latencyClass: 'low', source: 'plan' }
  const rows = [
    { ...line, addressId: 'fibre', capacity: 3 },
    { ...line, technology: 'cable', maxDownload: 500, cell },
    { ...line, technology: 'wireless', maxDownload: 100, addressId: 'later' },
    { ...line, addressId: 'later', since: '2099-01-01T00:00:00Z' },
  ]
  expect((await call('POST', '/tandem/v1/coverage/bulk', rows)).status).toBe(200)
  await made('/tandem/v1/serviceNeed', { name: 'Broadband', serviceSpecification: { id: 'cfs-broadband' } })
  const access = async (technology: string, speed: number): Promise<string> =>
    (await made(`${CATALOG}/productSpecification`, { name: `${technology} ${speed}`, lifecycleStatus: 'Active', serviceSpecification: [{ id: 'cfs-broadband', name: 'Broadband' }], productSpecCharacteristic: [value('technology', technology), value('downloadSpeed', speed)] })).id
  const internet = await made(`${CATALOG}/category`, { name: 'Internet' })
  const inside = { category: [{ id: internet.id }] }
  ids['category'] = internet.id
  await offering('Fibre 1000', await access('fibre', 1000), inside)
  await offering('Fibre 500', await access('fibre', 500), inside)
  await offering('Cable 500', await access('cable', 500), inside)
  await offering('Wireless 100', await access('wireless', 100), { ...inside })
  const television = (await made(`${CATALOG}/productSpecification`, { name: 'Television', lifecycleStatus: 'Active' })).id
  await offering('Rival TV', television)
  await offering('TV', television, { productOfferingRelationship: [{ id: ids['Fibre 1000'], name: 'Fibre 1000', relationshipType: 'requires' }, { id: ids['Rival TV'], name: 'Rival TV', relationshipType: 'excludes' }] })
  await offering('Shop only', television, { channel: [{ id: 'store', name: 'store' }] })
  await offering('Company only', television, { marketSegment: [{ id: 'business', name: 'Business' }] })
  await offering('Old', television, { lifecycleStatus: 'Launched', validFor: { endDateTime: '2020-01-01T00:00:00Z' } })
  await offering('Grown-ups', television)
  for (const name of ['mira', 'tom']) ids[name] = (await made('/tmf-api/party/v4/individual', { givenName: name, familyName: 'Aldenhoven' })).id
  await made('/tandem/v1/qualificationRule', { name: 'limit', kind: 'commercial', expression: 'product.filter(p, p.status == "active").size() < 1', reasonCode: 'onlyOne', reason: 'Only for who has nothing yet', productOffering: [{ id: ids['Grown-ups'] }] })
})
afterAll(() => server.close())

describe('productOfferingQualification', () => {
  test('answers at once, with 200 and instantSyncQualification true; the answer does not change', async () => {
    const { status, body } = await call('POST', OFFER, { place: [at('fibre')], productOfferingQualificationItem: [{ id: '1', productOffering: { id: ids['Fibre 1000'] } }] })
    expect([status, body.state, body.qualificationResult, body.instantSyncQualification]).toEqual([200, 'done', 'qualified', true])
    expect(body.productOfferingQualificationItem[0]).toMatchObject({ id: '1', state: 'done', qualificationItemResult: 'qualified' })
    const patched = await call('PATCH', body.href, { qualificationResult: 'unqualified' })
    expect([patched.status, patched.body.code]).toEqual([409, 'qualificationAnswered'])
    expect((await call('PATCH', body.href, { description: 'seen' })).status).toBe(200)
    const twice = await call('POST', OFFER, { productOfferingQualificationItem: [{ id: '1' }, { id: '1' }] })
    expect([twice.status, twice.body.details[0].path]).toEqual([400, 'productOfferingQualificationItem[1].id'])
  })

  test('what no line can carry has reasons, and alternatives by fit: other technology, then less; or the same later, with its date', async () => {
    const cable = await ask(['Fibre 1000'], 'cable')
    expect(cable.qualificationResult).toBe('alternate')
    expect(codes(cable.productOfferingQualificationItem[0])).toEqual(['technologyNotAvailable', 'downloadTooSlow'])
    expect(proposed(cable.productOfferingQualificationItem[0])).toEqual(['Cable 500'])
    const later = await ask(['Fibre 1000'], 'later')
    const [item] = later.productOfferingQualificationItem
    expect(proposed(item)).toEqual(expect.arrayContaining(['Fibre 1000', 'Wireless 100']))
    expect(item.alternateProductOfferingProposal.find((one: any) => one.alternateProductOffering.name === 'Fibre 1000').alternateActivationDate).toBe('2099-01-01T00:00:00.000Z')
    const nothing = await ask(['Fibre 1000'], 'none')
    expect([nothing.qualificationResult, codes(nothing.productOfferingQualificationItem[0])]).toEqual(['unqualified', ['noCoverage']])
    expect(codes((await ask(['Fibre 1000'], undefined)).productOfferingQualificationItem[0])).toEqual(['placeMissing'])
  })

  test('a site is where its own address is', async () => {
    const site = await made('/tmf-api/geographicSiteManagement/v4/geographicSite', { name: 'Office', place: [{ ...at('fibre'), role: undefined, '@type': 'GeographicAddress' }] })
    const there = (id: string) => ({ place: [{ ...at(id), '@referredType': 'GeographicSite' }] })
    expect((await ask(['Fibre 1000'], undefined, there(site.id))).qualificationResult).toBe('qualified')
    expect(codes((await ask(['Fibre 1000'], undefined, there('nowhere'))).productOfferingQualificationItem[0])).toEqual(['siteUnknown'])
  })

  test('commercial reasons: life cycle, channel, segment, what it needs and excludes, unknown', async () => {
    expect(codes((await ask(['Old'], undefined)).productOfferingQualificationItem[0])).toEqual(['noLongerValid'])
    expect(codes((await ask(['Shop only'], undefined)).productOfferingQualificationItem[0])).toEqual(['channelNotAllowed'])
    expect((await ask(['Shop only'], undefined, { channel: { id: 'store' } })).qualificationResult).toBe('qualified')
    expect(codes((await ask(['Company only'], undefined, forParty(ids['mira']!))).productOfferingQualificationItem[0])).toEqual(['segmentNotAllowed'])
    expect(codes((await ask(['TV'], undefined)).productOfferingQualificationItem[0])).toEqual(['requiresOffering'])
    const both = await ask(['TV', 'Fibre 1000'], 'fibre')
    expect(both.qualificationResult).toBe('qualified')
    const rivals = await ask(['TV', 'Fibre 1000', 'Rival TV'], 'fibre')
    expect(rivals.productOfferingQualificationItem.map(codes)).toEqual([['excludedByOffering'], [], ['excludedByOffering']])
    const unknown = await ask(['nowhere'], undefined)
    expect(unknown).toMatchObject({ state: 'terminatedWithError', productOfferingQualificationItem: [{ state: 'terminatedWithError', qualificationItemResult: 'unqualified' }] })
  })

  test('what the customer has counts: requirements met, a line that is there, rules', async () => {
    const tom = forParty(ids['tom']!)
    expect((await ask(['Grown-ups'], undefined, tom)).qualificationResult).toBe('qualified')
    const product = await made('/tmf-api/productInventory/v4/product', { name: 'Fibre', status: 'active', productOffering: { id: ids['Fibre 1000'] }, place: [at('fibre')], ...tom })
    expect((await ask(['TV'], undefined, tom)).qualificationResult).toBe('qualified')
    const again = await ask(['Fibre 1000'], 'fibre', tom)
    expect(codes(again.productOfferingQualificationItem[0])).toEqual(['existingContract'])
    const refused = await ask(['Grown-ups'], undefined, tom)
    expect(refused.productOfferingQualificationItem[0].eligibilityUnavailabilityReason).toEqual([{ code: 'onlyOne', label: 'Only for who has nothing yet' }])
    const change = (party: string) => ask([], 'fibre', { ...forParty(party), productOfferingQualificationItem: [{ id: '1', action: 'modify', product: { id: product.id }, productOffering: { id: ids['Fibre 500'] } }] })
    expect((await change(ids['tom']!)).qualificationResult).toBe('qualified')
    expect(codes((await change(ids['mira']!)).productOfferingQualificationItem[0])).toContain('productUnknown')
  })

  test('says what of the question does not exist: product, channel, category; without a place there is no proposal', async () => {
    const { id: tvOnly } = await made('/tmf-api/productInventory/v4/product', { name: 'TV', status: 'active', productOffering: { id: ids['Rival TV'] } })
    for (const action of ['modify', 'delete', 'noChange']) {
      const about = async (id: string, more: object = {}) => (await ask([], 'fibre', { productOfferingQualificationItem: [{ id: '1', action, product: { id }, ...more }] })).productOfferingQualificationItem[0]
      expect(codes(await about('nope', { productOffering: { id: ids['Rival TV'] } })), action).toEqual(['productUnknown'])
      expect(codes(await about('nope')), action).toEqual(['productUnknown'])
      expect(codes(await about(tvOnly)), action).toEqual([])
    }
    const channel = await ask(['Rival TV'], undefined, { channel: { id: 'nope' } })
    expect([channel.qualificationResult, codes(channel.productOfferingQualificationItem[0])]).toEqual(['unqualified', ['channelUnknown']])
    expect((await ask(['Rival TV'], undefined, { channel: { id: 'web' } })).qualificationResult).toBe('qualified')
    const listed = (await call('POST', OFFER, { category: { id: 'nope' }, provideOnlyAvailable: true })).body
    expect(listed).toMatchObject({ state: 'terminatedWithError', qualificationResult: 'unqualified', productOfferingQualificationItem: [{ state: 'terminatedWithError', eligibilityUnavailabilityReason: [{ code: 'categoryUnknown' }] }] })
    const nowhere = await ask(['Fibre 1000'], undefined)
    expect([nowhere.qualificationResult, codes(nowhere.productOfferingQualificationItem[0]), proposed(nowhere.productOfferingQualificationItem[0])]).toEqual(['unqualified', ['placeMissing'], []])
  })

  test('provideOnlyAvailable with items: the whole is about what is shown, a note says what was left out', async () => {
    const some = await ask(['Rival TV', 'Shop only'], undefined, { provideOnlyAvailable: true })
    expect([some.qualificationResult, some.productOfferingQualificationItem.map((one: any) => one.id)]).toEqual(['qualified', ['1']])
    expect(some.note).toEqual([expect.objectContaining({ text: expect.stringContaining('item 2 (channelNotAllowed)') })])
    const none = await ask(['Shop only'], undefined, { provideOnlyAvailable: true })
    expect([none.qualificationResult, none.productOfferingQualificationItem]).toEqual(['unqualified', []])
    expect((await ask(['Rival TV'], undefined, { provideOnlyAvailable: true })).note).toBeUndefined()
  })

  test('without items it lists what is on sale in the category; provideOnlyAvailable leaves out what cannot be had', async () => {
    const query = (more: object) => call('POST', OFFER, { category: { id: ids['category'] }, place: [at('cable')], ...more })
    const all = (await query({})).body
    expect(Object.fromEntries(all.productOfferingQualificationItem.map((one: any) => [one.productOffering.name, one.qualificationItemResult]))).toEqual({ 'Fibre 1000': 'unqualified', 'Fibre 500': 'unqualified', 'Cable 500': 'qualified', 'Wireless 100': 'unqualified' })
    const some = (await query({ provideOnlyAvailable: true })).body
    expect(some.productOfferingQualificationItem.map((one: any) => one.productOffering.name)).toEqual(['Cable 500'])
    expect((await query({ provideUnavailabilityReason: false })).body.productOfferingQualificationItem.flatMap(codes)).toEqual([])
  })
})

describe('results follow the table, for every combination', () => {
  const all: Result[] = ['qualified', 'alternate', 'unqualified']
  const expected = (results: readonly Result[]): Result => (results.some(one => one === 'unqualified') ? 'unqualified' : results.some(one => one === 'alternate') ? 'alternate' : 'qualified')
  test('of items, and of the whole', () => {
    for (const reasons of [[], [{ code: 'a', label: 'A' }]]) for (const alternatives of [[], [1]]) expect(resultOf(reasons, alternatives)).toBe(reasons.length === 0 ? 'qualified' : alternatives.length > 0 ? 'alternate' : 'unqualified')
    for (const a of all) for (const b of all) for (const c of all) for (const d of all) expect(overall([a, b, c, d])).toBe(expected([a, b, c, d]))
  })
  test('as TMF679 and TMF645 answer them', async () => {
    const places: Record<Result, string> = { qualified: 'fibre', alternate: 'cable', unqualified: 'none' }
    for (const a of all) for (const b of all) for (const c of all) {
      const results = [a, b, c]
      const offer = (await call('POST', OFFER, { productOfferingQualificationItem: results.map((result, index) => ({ id: String(index), productOffering: { id: ids['Fibre 1000'] }, product: { place: [at(places[result])] } })) })).body
      expect(offer.productOfferingQualificationItem.map((one: any) => one.qualificationItemResult)).toEqual(results)
      expect(offer.qualificationResult).toBe(expected(results))
      const service = (await call('POST', SERVICE, { serviceQualificationItem: results.map(result => ({ service: { place: [at(places[result])], serviceCharacteristic: [{ name: 'technology', value: 'fibre' }] } })) })).body
      expect(service.serviceQualificationItem.map((one: any) => one.qualificationResult)).toEqual(results)
      expect(service.qualificationResult).toBe(expected(results))
    }
  })
})

describe('what is relied on', () => {
  const order = (offeringName: string, where: string, more: object = {}) => call('POST', ORDER, { productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: ids[offeringName] }, product: { place: [at(where)] }, ...more }] })
  const reasons = (body: any): string[] => (body.rejectionReason ?? []).map((one: any) => one.code)

  test('is asked again in one call, with what changed', async () => {
    const offer = await ask(['Fibre 1000'], 'fibre')
    const service = (await call('POST', SERVICE, { serviceQualificationItem: [{ id: '1', service: { place: [at('cable')], serviceCharacteristic: [{ name: 'technology', value: 'cable' }] } }] })).body
    const pins = { qualification: [{ id: offer.id, itemId: '1' }, { id: service.id }, { id: 'nowhere' }] }
    const before = await call('POST', '/tandem/v1/qualificationCheck', pins)
    expect(before.body.qualification.map((one: any) => [one.valid, one.why])).toEqual([[true, undefined], [true, undefined], [false, 'unknown']])
    await call('POST', '/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'cable', maxDownload: 200, maxUpload: 500, latencyClass: 'low', source: 'plan', cell }])
    const after = (await call('POST', '/tandem/v1/qualificationCheck', pins)).body
    expect(after.valid).toBe(false)
    expect(after.qualification[1]).toMatchObject({ valid: false, why: 'changed', item: [{ pinned: 'qualified', current: 'qualified', changed: [{ attribute: 'maxDownloadSpeed', before: 500, after: 200 }] }] })
    await call('POST', '/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'cable', maxDownload: 500, maxUpload: 500, latencyClass: 'low', source: 'plan', cell }])
    expect((await call('POST', '/tandem/v1/qualificationCheck', { qualification: [] })).status).toBe(400)
  })

  test('what is reserved for it does not count against it: made from the answer, or named', async () => {
    const house = { id: 'last-port', street: 'Lindenstraße', streetNumber: '77', postcode: '10115', city: 'Neustadt' }
    expect((await call('POST', '/tandem/v1/address/bulk', [house])).status).toBe(200)
    expect((await call('POST', '/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'fibre', maxDownload: 1000, maxUpload: 1000, latencyClass: 'low', source: 'plan', addressId: house.id, capacity: 1 }])).status).toBe(200)
    const question = { serviceQualificationItem: [{ id: '1', service: { place: [at(house.id)], serviceCharacteristic: [{ name: 'technology', value: 'fibre' }] } }] }
    const [mine, other, offer] = [(await call('POST', SERVICE, question)).body, (await call('POST', SERVICE, question)).body, await ask(['Fibre 1000'], house.id)]
    expect([mine.qualificationResult, offer.qualificationResult]).toEqual(['qualified', 'qualified'])
    const again = async (entry: object) => (await call('POST', '/tandem/v1/qualificationCheck', { qualification: [entry] })).body.qualification[0]
    const held = await call('POST', '/tandem/v1/capacityReservation', { qualification: { id: mine.id } })
    expect(held.status, JSON.stringify(held.body)).toBe(201)
    expect(await again({ id: mine.id })).toMatchObject({ valid: true, item: [{ current: 'qualified', changed: [] }] })
    expect(await again({ id: other.id })).toMatchObject({ valid: false, why: 'changed', item: [{ reasons: [{ code: 'noCapacity' }] }] })
    expect((await again({ id: offer.id })).valid).toBe(false)
    const named = { capacityReservation: { id: held.body.id } }
    expect([(await again({ id: other.id, ...named })).valid, (await again({ id: offer.id, ...named })).valid]).toEqual([true, true])
    const wrong = await call('POST', '/tandem/v1/qualificationCheck', { qualification: [{ id: mine.id, capacityReservation: { id: 'nowhere' } }] })
    expect([wrong.status, wrong.body.details[0].path]).toEqual([400, 'qualification[0].capacityReservation.id'])
    // The order that names the port has it; one that does not is told that there is none.
    expect(reasons((await order('Fibre 1000', house.id)).body)).toEqual(['notServiceable'])
    expect((await order('Fibre 1000', house.id, named)).body.state).toBe('acknowledged')
    expect((await again({ id: mine.id })).valid).toBe(true)
  })

  test('says of coordinates that lead nowhere that they look swapped, where they would lead somewhere the other way round', async () => {
    const around = (latitude: number, longitude: number) => ({ place: [{ role: 'installation', '@type': 'GeographicLocation', '@baseType': 'Place', geoJson: { type: 'Point', coordinates: [longitude, latitude] } }] })
    const reasonsAt = async (latitude: number, longitude: number) => codes((await ask(['Cable 500', 'Fibre 500'], undefined, around(latitude, longitude))).productOfferingQualificationItem[0])
    expect(await reasonsAt(HOME.longitude, HOME.latitude)).toEqual(['noCoverage', 'coordinatesLookSwapped'])
    expect(await reasonsAt(-40, 100)).toEqual(['noCoverage'])
  })

  test('a port is held for the line that the answered offer needs, and does not count against that answer', async () => {
    const house = { id: 'one-port', street: 'Lindenstraße', streetNumber: '78', postcode: '10115', city: 'Neustadt' }
    expect((await call('POST', '/tandem/v1/address/bulk', [house])).status).toBe(200)
    const line = { provider: 'own', technology: 'fibre', maxUpload: 1000, latencyClass: 'low', source: 'plan', addressId: house.id, capacity: 1 }
    expect((await call('POST', '/tandem/v1/coverage/bulk', [{ ...line, maxDownload: 1000 }, { ...line, technology: 'cable', maxDownload: 2000 }])).status).toBe(200)
    const [offer, other] = [await ask(['Fibre 1000', 'Company only'], house.id), await ask(['Fibre 1000'], house.id)]
    const hold = (qualification: object) => call('POST', '/tandem/v1/capacityReservation', { qualification })
    const held = await hold({ id: offer.id, itemId: '1' })
    expect(held.status, JSON.stringify(held.body)).toBe(201)
    // Not the faster line of another technology: what the offer is.
    expect(held.body).toMatchObject({ state: 'reserved', line: { technology: 'fibre', placeId: house.id, ports: 1 } })
    const again = async (entry: object) => (await call('POST', '/tandem/v1/qualificationCheck', { qualification: [entry] })).body.qualification[0]
    expect((await again({ id: offer.id, itemId: '1' })).valid).toBe(true)
    expect((await again({ id: other.id })).valid).toBe(false)
    const late = await hold({ id: other.id })
    expect([late.status, late.body.code]).toEqual([409, 'noCapacity'])
    for (const wrong of [{ id: offer.id }, { id: offer.id, itemId: '9' }, { id: offer.id, itemId: '2' }]) expect(await hold(wrong)).toMatchObject({ status: 400, body: { details: [{ path: 'qualification.itemId' }] } })
    expect(await hold({ id: 'nowhere' })).toMatchObject({ status: 400, body: { details: [{ path: 'qualification.id', rule: expect.stringContaining('productOfferingQualification') }] } })
  })

  test('an order that names an answer is accepted only while it holds and is about what is ordered', async () => {
    const offer = await ask(['Fibre 1000'], 'fibre')
    const named = { productOfferingQualificationItem: { id: '1', productOfferingQualificationId: offer.id } }
    expect((await order('Fibre 1000', 'fibre', named)).body.state).toBe('acknowledged')
    expect(reasons((await order('Fibre 500', 'fibre', named)).body)).toEqual(['qualificationOfAnother'])
    expect(reasons((await order('Fibre 1000', 'fibre', { qualification: [{ id: 'nowhere' }] })).body)).toEqual(['qualificationUnknown'])
    const bad = await ask(['Fibre 1000'], 'none')
    expect(reasons((await order('Fibre 1000', 'none', { qualification: [{ id: bad.id }] })).body)).toEqual(['qualificationNotQualified'])
  })

  test('an offering that needs a line is not sold where there is none, asked or not', async () => {
    expect((await order('Fibre 1000', 'fibre')).body.state).toBe('acknowledged')
    const refused = (await order('Fibre 1000', 'none')).body
    expect([refused.state, reasons(refused)]).toEqual(['rejected', ['notServiceable']])
    expect(refused.rejectionReason[0].message).toContain('Nothing is delivered')
  })

  test('an order takes the port that it names, and gives it back when it is cancelled', async () => {
    const reserved = await made('/tandem/v1/capacityReservation', { place: at('fibre'), technology: 'fibre' })
    const taken = await order('Fibre 1000', 'fibre', { capacityReservation: { id: reserved.id } })
    expect(taken.body.state, JSON.stringify(taken.body)).toBe('acknowledged')
    expect((await call('GET', reserved.href)).body).toMatchObject({ state: 'taken', order: { id: taken.body.id, itemId: '1' } })
    expect(reasons((await order('Fibre 1000', 'fibre', { capacityReservation: { id: reserved.id } })).body)).toEqual(['reservationNotHeld'])
    expect((await call('DELETE', reserved.href)).body.code).toBe('reservationTaken')
    const held = async () => (await server.database.query<{ held: number }>(`SELECT held FROM capacity_line WHERE place_id = 'fibre'`))[0]?.held
    expect(await held()).toBe(1)
    const { moveOrder } = await import('../../../src/modules/ordering/index.ts')
    const { DEFAULT_BRAND, systemContext } = await import('../../../src/platform/principal.ts')
    await server.services.database.transaction(tx => moveOrder({ tx, context: systemContext(DEFAULT_BRAND, 'test'), deps: server.services }, taken.body.id, { items: 'rejected' }))
    expect((await call('GET', reserved.href)).body.state).toBe('released')
    expect(await held()).toBe(0)
  })

  test('expires by business time', async () => {
    const offer = await ask(['Fibre 1000'], 'fibre')
    expect((await call('POST', '/tandem/v1/clock', { advance: 'P40D' })).status).toBe(200)
    expect((await call('POST', '/tandem/v1/qualificationCheck', { qualification: [{ id: offer.id }] })).body.qualification[0]).toMatchObject({ valid: false, why: 'expired' })
    expect(reasons((await order('Fibre 1000', 'fibre', { productOfferingQualificationItem: { id: '1', productOfferingQualificationId: offer.id } })).body)).toEqual(['qualificationExpired'])
  })
})

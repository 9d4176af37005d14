import { cellToParent, latLngToCell } from 'h3-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeModule } from '../../../src/modules/place/index.ts'
import { checkPlace, loadCoverage, reliesOn, serviceabilityModule } from '../../../src/modules/serviceability/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const API = '/tmf-api/serviceQualificationManagement/v4'
const CHECK = `${API}/checkServiceQualification`
const QUERY = `${API}/queryServiceQualification`
const HOME = { latitude: 52.5201, longitude: 13.4049 }
const cell = latLngToCell(HOME.latitude, HOME.longitude, 9)
const wide = latLngToCell(HOME.latitude, HOME.longitude, 6)
const context = systemContext(DEFAULT_BRAND, 'test')

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, headers: Record<string, string> = {}) => {
  const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json(), headers: answer.headers as Record<string, string | undefined> }
}

const place = (more: object) => ({ role: 'installationAddress', '@type': 'GeographicAddress', '@baseType': 'Place', ...more })
const item = (where: object | undefined, wish: Record<string, unknown> = {}, more: object = {}) => ({
  ...more,
  service: { ...(where && { place: [where] }), serviceCharacteristic: Object.entries(wish).map(([name, value]) => ({ name, value })) },
})
const ask = (items: object[], more: object = {}) => call('POST', CHECK, { serviceQualificationItem: items, provideAlternative: true, ...more })

beforeAll(async () => {
  server = await createTestApp({ modules: [placeModule, serviceabilityModule], settings: { ROLES: 'api' } })
  const addresses = [
    { id: 'addr-1', street: 'Lindenstraße', streetNumber: '12', postcode: '10115', city: 'Neustadt', ...HOME },
    { id: 'addr-2', street: 'Lindenstraße', streetNumber: '14', postcode: '10115', city: 'Neustadt', cell },
    { id: 'addr-3', street: 'Doppelweg', streetNumber: '1', postcode: '10115', city: 'Neustadt' },
    { id: 'addr-4', street: 'Doppelweg', streetNumber: '1', postcode: '10115', city: 'Neustadt' },
  ]
  // Of one load they would be refused.
  for (const some of [addresses.slice(0, 3), addresses.slice(3)]) expect((await call('POST', '/tandem/v1/address/bulk', some)).body).toEqual({ created: some.length, updated: 0 })
  const rows = [
    { provider: 'own', technology: 50, maxDownload: 1000, maxUpload: 500, latencyClass: 'low', addressId: 'addr-1', capacity: 4, source: 'plan' },
    { provider: 'own', technology: 'copper', maxDownload: 50, maxUpload: 10, cell, source: 'plan' },
    { provider: 'cableco', technology: 'cable', maxDownload: 1000, maxUpload: 50, cell: wide, marketSegment: 'R', source: 'wholesale' },
    { provider: 'own', technology: 'fibre', maxDownload: 1000, maxUpload: 500, cell, since: '2099-01-01T00:00:00Z', source: 'plan' },
  ]
  expect((await call('POST', '/tandem/v1/coverage/bulk', rows)).body).toEqual({ created: 4, updated: 0 })
})
afterAll(() => server.close())

describe('checkServiceQualification', () => {
  test('answers at once: qualified by address id, by address attributes, by coordinates and by cell', async () => {
    const byId = await ask([item(place({ id: 'addr-1' }), { technology: 'fibre', downloadSpeed: 1000 })])
    expect(byId.status).toBe(201)
    expect(byId.body).toMatchObject({ state: 'done', qualificationResult: 'qualified', '@type': 'CheckServiceQualification' })
    expect(byId.body.checkServiceQualificationDate).toBeDefined()
    expect(Date.parse(byId.body.expirationDate)).toBeGreaterThan(Date.now() + 86_400_000)
    const [answered] = byId.body.serviceQualificationItem
    expect(answered).toMatchObject({ id: '1', state: 'done', qualificationResult: 'qualified' })
    expect(Object.fromEntries(answered.service.serviceCharacteristic.map((one: any) => [one.name, one.value]))).toMatchObject({ technology: 'fibre', downloadSpeed: 1000, maxDownloadSpeed: 1000, provider: 'own', coverageSource: 'plan' })
    for (const where of [
      place({ streetName: 'Lindenstr.', streetNr: '12', postcode: '10115' }),
      place({ geoJson: { type: 'Point', coordinates: [HOME.longitude, HOME.latitude] } }),
      place({ '@type': 'H3Cell', id: cell }),
    ]) {
      const { body } = await ask([item(where, { downloadSpeed: 50 })])
      expect(body.qualificationResult).toBe('qualified')
    }
    const { body } = await ask([item(undefined, { h3Cell: latLngToCell(HOME.latitude, HOME.longitude, 11), technology: 'copper' })])
    expect(body.qualificationResult).toBe('qualified')
  })

  test('answers 200 when the client wants the result in the answer', async () => {
    const { status, body, headers } = await ask([item(place({ id: 'addr-1' }))], { instantSyncQualification: true })
    expect(status).toBe(200)
    expect(headers.location).toBe(body.href)
    expect((await call('GET', body.href)).body).toEqual(body)
  })

  test('proposes alternatives by fit with reasons, and a later start with its date', async () => {
    const { body } = await ask([item(place({ id: 'addr-2' }), { technology: 'fibre', downloadSpeed: 1000 })])
    expect(body.qualificationResult).toBe('alternate')
    const [answered] = body.serviceQualificationItem
    expect(answered.eligibilityUnavailabilityReason.map((one: any) => one.code)).toContain('technologyNotAvailable')
    const proposals = answered.alternateServiceProposal.map((one: any) => one.alternateService.serviceCharacteristic.find((c: any) => c.name === 'technology').value)
    expect(proposals[0]).toBe('cable')
    const later = answered.alternateServiceProposal.find((one: any) => one.alternateServiceAvailabilityDate === '2099-01-01T00:00:00.000Z')
    expect(later.alternateService.place[0].id).toBe('addr-2')
  })

  test('lists alternatives only when they are wanted, and reasons unless they are not', async () => {
    const wish = [item(place({ id: 'addr-2' }), { technology: 'fibre' })]
    const quiet = await ask(wish, { provideAlternative: false, provideUnavailabilityReason: false })
    expect(quiet.body.qualificationResult).toBe('alternate')
    expect(quiet.body.serviceQualificationItem[0]).not.toHaveProperty('alternateServiceProposal')
    expect(quiet.body.serviceQualificationItem[0]).not.toHaveProperty('eligibilityUnavailabilityReason')
  })

  test('is unqualified with a reason: no coverage, unknown or ambiguous or incomplete address, the wrong segment', async () => {
    const cases: [object, Record<string, unknown>, string][] = [
      [place({ geoJson: { type: 'Point', coordinates: [-70.5, -33.4] } }), {}, 'noCoverage'],
      [place({ id: 'nowhere' }), {}, 'addressUnknown'],
      [place({ streetName: 'Doppelweg', streetNr: '1', postcode: '10115' }), {}, 'addressAmbiguous'],
      [place({ city: 'Neustadt' }), {}, 'addressIncomplete'],
      [place({ '@type': 'H3Cell', id: cellToParent(cell, 6) }), { marketSegment: 'business' }, 'segmentNotServed'],
    ]
    const { body } = await ask(cases.map(([where, wish]) => item(where, wish)))
    expect(body.state).toBe('done')
    expect(body.qualificationResult).toBe('unqualified')
    expect(body.serviceQualificationItem.map((one: any) => [one.qualificationResult, one.eligibilityUnavailabilityReason[0].code])).toEqual(cases.map(([, , code]) => ['unqualified', code]))
    expect(body.serviceQualificationItem.map((one: any) => one.id)).toEqual(['1', '2', '3', '4', '5'])
  })

  test('the whole follows from the items', async () => {
    const yes = item(place({ id: 'addr-1' }))
    const instead = item(place({ id: 'addr-2' }), { downloadSpeed: 5000 })
    const no = item(place({ id: 'nowhere' }))
    expect((await ask([yes, yes])).body.qualificationResult).toBe('qualified')
    expect((await ask([yes, instead])).body.qualificationResult).toBe('alternate')
    expect((await ask([yes, instead, no])).body.qualificationResult).toBe('unqualified')
  })

  test('an item without a place ends with an error that says so', async () => {
    const { status, body } = await ask([{ service: { name: 'anything' } }])
    expect(status).toBe(201)
    expect(body.state).toBe('terminatedWithError')
    expect(body.serviceQualificationItem[0]).toMatchObject({ state: 'terminatedWithError', qualificationResult: 'unqualified', terminationError: [{ value: 'No place was given' }] })
  })

  test('tells that coordinates look swapped where nothing is known there and something the other way round', async () => {
    const at = (latitude: number, longitude: number) => ask([item(place({ geoJson: { type: 'Point', coordinates: [longitude, latitude] } }))])
    const codes = async (latitude: number, longitude: number): Promise<string[]> => ((await at(latitude, longitude)).body.serviceQualificationItem[0].eligibilityUnavailabilityReason ?? []).map((one: any) => one.code)
    expect(await codes(HOME.longitude, HOME.latitude)).toEqual(['noCoverage', 'coordinatesLookSwapped'])
    expect((await call('GET', `/tandem/v1/serviceability?latitude=${HOME.longitude}&longitude=${HOME.latitude}`)).body.reason).toEqual([{ code: 'noCoverage', label: expect.any(String) }, { code: 'coordinatesLookSwapped', label: expect.stringMatching(/look swapped/) }])
    expect(await codes(40, -74)).toEqual(['noCoverage'])
    expect(await codes(HOME.latitude, HOME.longitude)).toEqual([])
    // An address is near: whoever asks means that town.
    expect(await codes(HOME.latitude + 0.3, HOME.longitude)).toEqual(['noCoverage'])
    const { body } = await at(-91, 13.4)
    expect(body.message).toMatch(/latitude must be between -90 and 90/)
    expect(body.message).not.toMatch(/swapped/)
  })

  test('refuses what cannot be understood, every fault named', async () => {
    const { status, body } = await ask([
      item(place({ geoJson: { type: 'Point', coordinates: [52.52, 113.4] } })),
      item(place({ '@type': 'H3Cell', id: 'zz' }), { downloadSpeed: 'fast' }),
    ])
    expect(status).toBe(400)
    expect(body.message).toContain('serviceQualificationItem[0].service.place[0].geoJson.coordinates')
    expect(body.message).toContain('swapped')
    expect(body.message).toContain('serviceQualificationItem[1].service.place[0].id')
    expect(body.message).toContain('serviceQualificationItem[1].service.serviceCharacteristic[0].value')
    expect((await call('POST', CHECK, {})).body.message).toContain('serviceQualificationItem is required')
    expect((await ask([])).status).toBe(400)
    expect((await ask([{ id: 'a' }, { id: 'a' }])).body.message).toContain('serviceQualificationItem[1].id')
    expect((await ask([{ colour: 'red' }])).status).toBe(400)
    expect((await call('POST', CHECK, { state: 'done', qualificationResult: 'qualified', serviceQualificationItem: [{}] })).status).toBe(400)
  })

  test('a site is where its own place is, be it an address, coordinates or another site; one that is not known or nowhere says so', async () => {
    const SITE = '/tmf-api/geographicSiteManagement/v4/geographicSite'
    const sited = async (...where: object[]): Promise<string> => (await call('POST', SITE, { name: 'Branch', place: where })).body.id
    const at = (id: string) => ({ id, '@type': 'GeographicSite', '@referredType': 'GeographicSite' })
    const first = await sited({ id: 'addr-1', '@type': 'GeographicAddress', '@referredType': 'GeographicAddress' })
    const located = await sited({ '@type': 'GeographicAddress', geographicLocation: { '@type': 'GeoJsonPoint', geoJson: { type: 'Point', coordinates: [HOME.longitude, HOME.latitude] } } })
    const spelt = await sited({ '@type': 'GeographicAddress', streetName: 'Lindenstr', streetNr: '12', postcode: '10115' })
    const inside = await sited(at(first))
    const wish = { technology: 'fibre', downloadSpeed: 1000 }
    const asked = async (id: string, needs: object = wish): Promise<any> => (await ask([item({ id, role: 'installationAddress', '@referredType': 'GeographicSite' }, needs as never)], { provideUnavailabilityReason: true })).body.serviceQualificationItem[0]
    for (const id of [first, spelt, inside]) expect((await asked(id)).qualificationResult, id).toBe('qualified')
    expect((await asked(located, { technology: 'copper' })).qualificationResult).toBe('qualified')
    const reasons = async (id: string) => (await asked(id)).eligibilityUnavailabilityReason
    expect(await reasons('nobody')).toEqual([{ code: 'siteUnknown', label: 'No site nobody is known here' }])
    expect((await reasons(await sited()))[0].code).toBe('siteWithoutPlace')
    // A room is where its building is, unless it says otherwise itself.
    const within = async (parent: string, ...where: object[]): Promise<string> => (await call('POST', SITE, { name: 'Room', place: where, siteRelationship: [{ id: parent, relationshipType: 'parent' }] })).body.id
    const room = await within(first)
    for (const id of [room, await within(room), await sited(at(room))]) expect((await asked(id)).qualificationResult, id).toBe('qualified')
    expect((await reasons(await within(first, { id: 'no-such-house', '@type': 'GeographicAddress', '@referredType': 'GeographicAddress' })))?.[0].code).not.toBe('siteWithoutPlace')
    expect((await reasons(await within(await sited())))[0].code).toBe('siteWithoutPlace')
    const [one, other] = [await sited(), await sited()]
    for (const [id, next] of [[one, other], [other, one]] as const) expect((await call('PATCH', `${SITE}/${id}`, { place: [at(next)] })).status).toBe(200)
    expect((await reasons(one))[0].code).toBe('siteWithoutPlace')
  })

  test('what was answered stays: words can be added, question and answer cannot change', async () => {
    const { body } = await ask([item(place({ id: 'addr-1' }))])
    expect((await call('PATCH', body.href, { description: 'for Mira' })).status).toBe(200)
    const forged = await call('PATCH', body.href, { expirationDate: '2099-01-01T00:00:00Z' })
    expect(forged.status).toBe(409)
    expect(forged.body.message).toContain('expirationDate')
    expect((await call('PATCH', body.href, { serviceQualificationItem: [] })).status).toBe(409)
    expect((await call('PATCH', body.href, { state: 'inProgress' })).status).toBe(409)
    expect((await call('PATCH', body.href, { checkServiceQualificationDate: '2020-01-01T00:00:00Z' })).status).toBe(400)
    expect((await call('DELETE', body.href)).status).toBe(204)
    expect((await call('GET', body.href)).status).toBe(404)
  })

  test('a kind of service asks for what it needs', async () => {
    await call('POST', '/tandem/v1/serviceNeed', { serviceSpecification: { id: 'ultra' }, technology: ['FTTH'], downloadSpeed: 900 })
    const spec = (id: string) => ({ serviceSpecification: { id } })
    const at = (where: string, id: string) => ({ service: { place: [place({ id: where })], ...spec(id) } })
    expect((await ask([at('addr-1', 'ultra')])).body.qualificationResult).toBe('qualified')
    expect((await ask([at('addr-2', 'ultra')])).body.qualificationResult).toBe('alternate')
    expect((await ask([at('addr-2', 'plain')])).body.qualificationResult).toBe('qualified')
  })

  test('brands do not see each other’s coverage', async () => {
    const { body } = await call('POST', CHECK, { serviceQualificationItem: [item(place({ '@type': 'H3Cell', id: cell }))] }, { 'x-tandem-brand': 'other' })
    expect(body.serviceQualificationItem[0].eligibilityUnavailabilityReason[0].code).toBe('noCoverage')
  })
})

describe('queryServiceQualification', () => {
  test('lists what can be had, the best first, each with place, characteristics and expiry', async () => {
    const { status, body } = await call('POST', QUERY, { searchCriteria: { service: { place: [place({ id: 'addr-1' })], serviceCharacteristic: [{ name: 'downloadSpeed', value: 100 }] } } })
    expect(status).toBe(201)
    expect(body).toMatchObject({ state: 'done', '@type': 'QueryServiceQualification' })
    expect(body.queryServiceQualificationDate).toBeDefined()
    expect(body.serviceQualificationItem.map((one: any) => one.service.name)).toEqual(['fibre by own, up to 1000 Mbit/s', 'cable by cableco, up to 1000 Mbit/s'])
    expect(body.serviceQualificationItem[0]).toMatchObject({ id: '1', service: { state: 'feasibilityChecked', place: [{ id: 'addr-1' }] } })
    expect(body.serviceQualificationItem[0].expirationDate).toBeDefined()
  })

  test('finds nothing where nothing is delivered, and ends with an error without a place', async () => {
    const none = await call('POST', QUERY, { searchCriteria: { service: { place: [place({ geoJson: { type: 'Point', coordinates: [-70.5, -33.4] } })] } } })
    expect(none.body).toMatchObject({ state: 'done', serviceQualificationItem: [] })
    expect((await call('POST', QUERY, { searchCriteria: {} })).body).toMatchObject({ state: 'terminatedWithError', serviceQualificationItem: [] })
    expect((await call('POST', QUERY, {})).status).toBe(400)
  })
})

describe('coverage operations', () => {
  const row = { provider: 'third', technology: 'copper', maxDownload: 16, cell, source: 'hand' }

  test('add, read, list, refuse a second of the same, remove', async () => {
    const added = await call('POST', '/tandem/v1/coverage', row)
    expect(added.status).toBe(201)
    expect((await call('GET', String(added.headers.location))).body).toEqual(added.body)
    const again = await call('POST', '/tandem/v1/coverage', { ...row, maxDownload: 6 })
    expect(again.status).toBe(409)
    expect(again.body.message).toContain(added.body.id)
    expect((await call('GET', String(added.headers.location))).body.maxDownload).toBe(16)
    const listed = await call('GET', `/tandem/v1/coverage?cell=${cell}&provider=third`)
    expect(listed.headers['x-total-count']).toBe('1')
    expect(listed.body).toEqual([added.body])
    expect((await call('DELETE', String(added.headers.location))).status).toBe(204)
    expect((await call('GET', String(added.headers.location))).status).toBe(404)
    expect((await call('DELETE', String(added.headers.location))).status).toBe(404)
  })

  test('a bulk load replaces what says the same, and stores nothing when one row is wrong', async () => {
    const rows = [{ ...row, source: 'file-1' }, { ...row, technology: 'cable', source: 'file-1' }]
    expect((await call('POST', '/tandem/v1/coverage/bulk', rows)).body).toEqual({ created: 2, updated: 0 })
    expect((await call('POST', '/tandem/v1/coverage/bulk', [{ ...rows[0], maxDownload: 24 }, rows[1]])).body).toEqual({ created: 0, updated: 2 })
    const wrong = await call('POST', '/tandem/v1/coverage/bulk', [{ ...row, technology: 'fibre', source: 'file-1' }, { ...row, cell: 'zz', maxUpload: -1 }, { provider: 'x' }])
    expect(wrong.status).toBe(400)
    for (const name of ['[1].maxUpload', '[2].technology is required']) expect(wrong.body.message).toContain(name)
    expect((await call('GET', '/tandem/v1/coverage?source=file-1')).body).toHaveLength(2)
    expect((await call('DELETE', '/tandem/v1/coverage?source=file-1')).body).toEqual({ removed: 2 })
  })

  test('pages go by key', async () => {
    await call('POST', '/tandem/v1/coverage/bulk', Array.from({ length: 5 }, (_, index) => ({ ...row, provider: `p${index}`, source: 'pages' })))
    const seen: string[] = []
    let next: string | undefined = '/tandem/v1/coverage?source=pages&limit=2'
    while (next !== undefined) {
      const { body, headers }: { body: { id: string }[]; headers: Record<string, string | undefined> } = await call('GET', next)
      seen.push(...body.map(one => one.id))
      next = /<(.*?)>; rel="next"/.exec(headers['link'] ?? '')?.[1]
    }
    expect(new Set(seen).size).toBe(5)
    expect(seen).toHaveLength(5)
  })

  test.each([
    ['GET', '/tandem/v1/coverage?colour=red', undefined],
    ['GET', '/tandem/v1/coverage?limit=none', undefined],
    ['GET', '/tandem/v1/coverage?cell=zz', undefined],
    ['GET', '/tandem/v1/coverage?source=%00', undefined],
    ['GET', '/tandem/v1/coverage?latitude=95&longitude=0', undefined],
    ['DELETE', '/tandem/v1/coverage', undefined],
    ['DELETE', '/tandem/v1/coverage?source=x&before=yesterday', undefined],
    ['POST', '/tandem/v1/coverage', {}],
    ['POST', '/tandem/v1/coverage', { ...row, addressId: 'both' }],
    ['POST', '/tandem/v1/coverage', { ...row, since: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }],
    ['POST', '/tandem/v1/coverage', { ...row, maxDownload: 1e15 }],
    ['POST', '/tandem/v1/coverage', { ...row, since: 'soon' }],
    ['POST', '/tandem/v1/coverage', { ...row, capacity: 1.5 }],
    ['POST', '/tandem/v1/coverage/bulk', {}],
    ['POST', '/tandem/v1/coverage/bulk', Array.from({ length: 2001 }, () => row)],
    ['POST', '/tandem/v1/address/bulk', [{ id: 'x', street: 's', streetNumber: '1', postcode: '1', city: 'c', latitude: 1 }]],
  ] as const)('%s %s is refused when it makes no sense (%#)', async (method, url, body) => {
    const answer = await call(method, url, body as object | undefined)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ code: expect.any(String), reason: expect.any(String), message: expect.any(String) })
  })
})

describe('for other modules', () => {
  test('checkPlace gives the same answer without keeping it', async () => {
    const answer = await checkPlace(server.services, context, { id: 'addr-1' }, { characteristics: [{ name: 'downloadSpeed', value: 500 }], requirement: { technologies: ['fibre'] } })
    expect(answer).toMatchObject({ result: 'qualified', lines: [{ technology: 'fibre', capacity: 4 }] })
    await expect(checkPlace(server.services, context, { latitude: 100, longitude: 10 })).rejects.toMatchObject({ status: 400 })
    expect((await checkPlace(server.services, context, undefined)).reasons[0]?.code).toBe('placeMissing')
  })

  test('reliesOn tells whether a qualification still holds', async () => {
    const { body } = await ask([item(place({ id: 'addr-1' }))])
    expect(await reliesOn(server.services, context, body.id)).toEqual({ valid: true })
    expect(await reliesOn(server.services, context, 'nowhere')).toEqual({ valid: false, why: 'unknown' })
    const { body: no } = await ask([item(place({ id: 'nowhere' }))])
    expect(await reliesOn(server.services, context, no.id)).toEqual({ valid: false, why: 'notQualified' })
  })

  test('ten thousand rows load in one call and are found by one query', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({ provider: `bulk-${index % 7}`, technology: 'fibre', maxDownload: 100, cell: latLngToCell(40 + index / 500, 20, 8), source: 'mass' }))
    const started = Date.now()
    const { created } = await loadCoverage(server.services, context, rows)
    expect(created).toBeGreaterThan(9000)
    expect(Date.now() - started).toBeLessThan(10_000)
    expect((await checkPlace(server.services, context, { latitude: 41, longitude: 20 })).result).toBe('qualified')
  })
})

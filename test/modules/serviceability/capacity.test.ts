import { latLngToCell } from 'h3-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { capacityReservation } from '../../../src/modules/serviceability/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const RESERVE = '/tandem/v1/capacityReservation'
const RULE = '/tandem/v1/qualificationRule'
const CHECK = '/tmf-api/serviceQualificationManagement/v4/checkServiceQualification'
const HOME = { latitude: 52.5201, longitude: 13.4049 }
const cell = latLngToCell(HOME.latitude, HOME.longitude, 9)

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, headers: Record<string, string> = {}) => {
  const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
}
const at = (id: string) => ({ id, role: 'installation', '@referredType': 'GeographicAddress' })
const reserve = (id: string, more: object = {}, headers: Record<string, string> = {}) => call('POST', RESERVE, { place: at(id), technology: 'fibre', ...more }, headers)
const check = async (id: string, wish: Record<string, unknown>, more: object = {}) =>
  (await call('POST', CHECK, { provideAlternative: true, serviceQualificationItem: [{ id: '1', service: { place: [at(id)], serviceCharacteristic: Object.entries(wish).map(([name, value]) => ({ name, value })), ...more } }] })).body.serviceQualificationItem[0]
const codes = (item: any): string[] => (item.eligibilityUnavailabilityReason ?? []).map((one: any) => one.code)
const held = async (placeId: string): Promise<number> => (await server.database.query<{ held: number }>('SELECT held FROM capacity_line WHERE place_id = $1', [placeId]))[0]?.held ?? 0

beforeAll(async () => {
  server = await createTestApp({ settings: { ROLES: 'api' } })
  const addresses = ['big', 'one', 'two', 'tv', 'used', 'far'].map((id, index) => ({ id, street: 'Lindenstraße', streetNumber: String(index + 1), postcode: '10115', city: 'Neustadt', ...HOME }))
  expect((await call('POST', '/tandem/v1/address/bulk', addresses)).status).toBe(200)
  const fibre = { provider: 'own', technology: 'fibre', maxDownload: 1000, maxUpload: 500, latencyClass: 'low', source: 'plan', asOf: '2026-01-01T00:00:00Z' }
  const rows = [
    { ...fibre, addressId: 'big', capacity: 50 }, { ...fibre, addressId: 'one', capacity: 1 }, { ...fibre, addressId: 'two', capacity: 2 }, { ...fibre, addressId: 'tv', maxDownload: 16 }, { ...fibre, addressId: 'used' },
    { provider: 'cableco', technology: 'cable', maxDownload: 500, cell, source: 'plan' },
    { provider: 'own', technology: 'copper', maxDownload: 50, maxUpload: 10, cell, source: 'plan' },
  ]
  expect((await call('POST', '/tandem/v1/coverage/bulk', rows)).body).toEqual({ created: 7, updated: 0 })
})
afterAll(() => server.close())

describe('capacity reservations', () => {
  test('of two hundred who want one of fifty ports at once, fifty get it, and the others are told what there is instead, by fit', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => reserve('big')))
    expect(answers.filter(one => one.status === 201)).toHaveLength(50)
    const refused = answers.filter(one => one.status === 409)
    expect(refused).toHaveLength(150)
    for (const { body } of refused) {
      expect(body.code).toBe('noCapacity')
      expect(body.details.map((one: any) => one.value)).toEqual(['cable by cableco, up to 500 Mbit/s', 'copper by own, up to 50 Mbit/s'])
    }
    expect(await held('big')).toBe(50)
    expect(codes(await check('big', { technology: 'fibre' }))).toContain('noCapacity')
    await expect(server.database.query('UPDATE capacity_line SET held = ports + 1')).rejects.toThrow(/not_overbooked/)
  })

  test('the check shows what is left; a later version of the source keeps what is held; DELETE gives it back', async () => {
    const made = await reserve('one')
    expect(made.body).toMatchObject({ state: 'reserved', line: { provider: 'own', technology: 'fibre', placeKind: 'address', placeId: 'one', ports: 1 } })
    expect((await call('GET', made.body.href)).body).toEqual(made.body)
    expect(codes(await check('one', { technology: 'fibre' }))).toEqual(['noCapacity'])
    await call('POST', '/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'fibre', maxDownload: 2000, maxUpload: 500, latencyClass: 'low', source: 'plan', addressId: 'one', capacity: 1 }])
    expect(codes(await check('one', { technology: 'fibre' }))).toEqual(['noCapacity'])
    expect((await call('DELETE', made.body.href)).status).toBe(204)
    expect((await check('one', { technology: 'fibre' })).qualificationResult).toBe('qualified')
  })

  test('with one key is made once; from a qualification it holds the line that was answered', async () => {
    const key = { 'idempotency-key': 'once' }
    const [first, second] = [await reserve('two', {}, key), await reserve('two', {}, key)]
    expect(second.body.id).toBe(first.body.id)
    expect(await held('two')).toBe(1)
    const { body } = await call('POST', CHECK, { serviceQualificationItem: [{ id: '7', service: { place: [at('two')], serviceCharacteristic: [{ name: 'technology', value: 'fibre' }] } }] })
    const made = await call('POST', RESERVE, { qualification: { id: body.id, itemId: '7' } })
    expect(made.body).toMatchObject({ state: 'reserved', line: { provider: 'own', technology: 'fibre', placeId: 'two' } })
    expect(await held('two')).toBe(2)
    expect((await call('POST', RESERVE, { qualification: { id: body.id, itemId: '8' } })).body.details[0].path).toBe('qualification.itemId')
    expect((await call('POST', RESERVE, {})).body.details[0].path).toBe('place')
  })

  test('names the place where it is not known, and stays with the order that was completed with it', async () => {
    const nowhere = await reserve('no-such-house')
    expect([nowhere.status, nowhere.body.details]).toEqual([409, [expect.objectContaining({ path: 'place.id', value: 'no-such-house' })]])
    const made = (await reserve('used')).body
    const context = systemContext(DEFAULT_BRAND, 'test')
    await server.services.store.update(context, capacityReservation, made.id, doc => ({ ...doc, state: 'taken' as const, order: { id: 'o-1', itemId: '1' } }))
    expect((await call('DELETE', made.href)).body.code).toBe('reservationTaken')
    await server.services.store.update(context, capacityReservation, made.id, doc => ({ ...doc, settledDate: new Date().toISOString() }))
    const kept = await call('DELETE', made.href)
    expect([kept.status, kept.body.code]).toEqual([409, 'reservationTaken'])
    expect((await call('GET', made.href)).status).toBe(200)
  })

  test('expires by business time, and gives the port to who asks next', async () => {
    const now = Date.parse((await call('GET', '/tandem/v1/clock')).body.now)
    const made = await reserve('one', { expirationDate: new Date(now + 600_000).toISOString() })
    expect((await reserve('one')).status).toBe(409)
    expect((await call('POST', '/tandem/v1/clock', { advance: 'PT20M' })).status).toBe(200)
    expect((await reserve('one')).status).toBe(201)
    expect((await call('GET', made.body.href)).body.state).toBe('expired')
    expect(await held('one')).toBe(1)
    expect((await reserve('one', { expirationDate: '2020-01-01T00:00:00Z' })).status).toBe(400)
  })
})

describe('technical rules', () => {
  test('a wrong expression is a 400 that says where', async () => {
    const rule = (expression: string) => call('POST', RULE, { name: 'r', kind: 'technical', expression, reasonCode: 'no', reason: 'No' })
    for (const [expression, said] of [['line.download >=', /line 1, column/], ['1 + 1', /bool/], ['line.bogus > 1', /bogus.*line 1, column 6/], ['distance > 1.0 &&\nproduct.exists(p, p.colour == "red")', /colour.*line 2, column 21/], ['line["bogus"] == 1', /bogus/], ['customer.id == "x"', /customer/], ['line.technology.matches("(a+)+")', /not allowed/],
      ['has(line.bogus)', /bogus.*line 1, column/], ['"bogus" in line', /bogus/], ['!product.exists(p, has(p.bogus))', /bogus/], ['(channel == "web" ? line : need).bogus == "x"', /bogus/], ['[line].exists(l, has(l.bogus))', /bogus/], ['product.filter(p, p.status == "active").map(p, p)[0].bogus == 1', /bogus/],
      ['line.download', /bool, not double/], ['line.download.bogus == 1.0', /index type/]] as const) {
      const { status, body } = await rule(expression)
      expect([status, body.details[0].path]).toEqual([400, 'expression'])
      expect(body.details[0].rule).toMatch(said)
    }
    for (const expression of ['has(line.download)', 'line.download == 25', 'line.capacity == -1 || line.capacity > 3', '!has(service.characteristic.colour)', '"fibre" in need.technology', 'product.all(p, "x" in p.characteristic)', '"status" in product[0]']) {
      const { status, body } = await rule(expression)
      expect([status, body.details], expression).toEqual([201, undefined])
      expect((await call('DELETE', body.href)).status).toBe(204)
    }
  })

  test('refuse lines with their code and words: speed of television, distance class, a line in use; what they refuse is no alternative', async () => {
    const rules = [
      { name: 'tv', expression: 'line.download >= 25.0', reasonCode: 'tooSlowForTelevision', reason: 'Television needs at least 25 Mbit/s', serviceSpecification: [{ id: 'cfs-tv' }], priority: 5 },
      { name: 'distance', expression: 'line.technology != "copper" || (distance >= 0.0 && distance < 1500.0)', reasonCode: 'tooFar', reason: 'Copper carries this for 1500 metres', serviceSpecification: [{ id: 'cfs-long' }], origin: { latitude: 52.6, longitude: 13.4 } },
      { name: 'in use', expression: '!product.exists(p, p.status == "active" && "technology" in p.characteristic && p.characteristic.technology == line.technology)', reasonCode: 'lineInUse', reason: 'The line at this address is in use', serviceSpecification: [{ id: 'cfs-line' }] },
    ]
    for (const rule of rules) expect((await call('POST', RULE, { kind: 'technical', ...rule })).status).toBe(201)
    const tv = await check('tv', { technology: 'fibre' }, { serviceSpecification: { id: 'cfs-tv' } })
    expect([tv.qualificationResult, codes(tv)]).toEqual(['alternate', ['tooSlowForTelevision']])
    expect(tv.eligibilityUnavailabilityReason[0].label).toBe('Television needs at least 25 Mbit/s')
    expect(tv.alternateServiceProposal.map((one: any) => one.alternateService.name)).toEqual(['cable by cableco, up to 500 Mbit/s', 'copper by own, up to 50 Mbit/s'])
    expect((await check('tv', { technology: 'fibre' })).qualificationResult).toBe('qualified')

    const far = await check('far', { technology: 'copper' }, { serviceSpecification: { id: 'cfs-long' } })
    expect(codes(far)).toEqual(['tooFar'])
    expect(far.alternateServiceProposal).toHaveLength(1)

    const product = { name: 'Line', status: 'active', place: [{ ...at('used') }], productCharacteristic: [{ name: 'technology', value: 'fibre' }], productSpecification: { id: 'x', href: 'https://elsewhere.example.com/x' } }
    const made = await call('POST', '/tmf-api/productInventory/v4/product', product)
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    const used = await check('used', { technology: 'fibre' }, { serviceSpecification: { id: 'cfs-line' } })
    expect([used.qualificationResult, codes(used)]).toEqual(['alternate', ['lineInUse']])
    expect((await check('tv', { technology: 'fibre' }, { serviceSpecification: { id: 'cfs-line' } })).qualificationResult).toBe('qualified')
  })
})

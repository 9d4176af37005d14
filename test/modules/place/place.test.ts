import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerModule } from '../../../src/modules/customer/index.ts'
import { placeModule } from '../../../src/modules/place/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const API = '/tmf-api/geographicAddressManagement/v4'
const VALIDATION = `${API}/geographicAddressValidation`
const SITE = '/tmf-api/geographicSiteManagement/v4/geographicSite'
const HARBOUR = { latitude: 54.7191, longitude: 2.7486 }

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
  const got = await server.app.inject({ method, url, ...(payload && { payload }) })
  return { status: got.statusCode, headers: got.headers, text: got.body, body: got.body === '' ? undefined : got.json() }
}
const validate = async (submittedGeographicAddress: object, provideAlternative = true) => {
  const answer = await call('POST', VALIDATION, { submittedGeographicAddress, provideAlternative })
  expect(answer.status, answer.text).toBe(201)
  return answer.body
}
const point = (latitude: number, longitude: number) => ({ '@type': 'GeoJsonPoint', geoJson: { type: 'Point', coordinates: [longitude, latitude] } })

beforeAll(async () => {
  server = await createTestApp({ modules: [customerModule, placeModule], settings: { ROLES: 'api' } })
  const house = (id: string, street: string, streetNumber: string, postcode: string, city: string, more: object = {}) => ({ id, street, streetNumber, postcode, city, country: 'GB', ...more })
  const flats = [1, 2].flatMap(floor => ['A', 'B'].map(flat => ({ levelType: 'floor', levelNumber: String(floor), subUnitType: 'flat', subUnitNumber: `${floor}${flat}` })))
  const loaded = await call('POST', '/tandem/v1/address/bulk', [
    house('quay-7', 'Quay Street', '7', 'ZD1 1AA', 'Doggerhaven', { ...HARBOUR, subAddress: flats }),
    house('quay-9', 'Quay Street', '9', 'ZD1 1AA', 'Doggerhaven'),
    house('quay-far', 'Quay Street', '7', 'ZX9 9ZZ', 'Elsewhere'),
    house('light-1', 'Lighthouse Road', '1', 'ZD1 1AC', 'Doggerhaven'),
    house('herring-3b', 'Herring Lane', '3b', 'ZD1 1AB', 'Doggerhaven'),
    house('twin-1', 'Twin Lane', '1', 'ZD5 1AA', 'Doggerhaven'),
  ])
  expect(loaded.body).toEqual({ created: 6, updated: 0 })
  expect((await call('POST', '/tandem/v1/address/bulk', [house('twin-2', 'Twin Lane', '1', 'ZD5 1AA', 'Doggerhaven')])).body).toEqual({ created: 1, updated: 0 })
})
afterAll(() => server.close())

describe('a validation', () => {
  test('of a number far from any in a known street tells the nearest ones', async () => {
    const { validationResult, alternateGeographicAddress } = await validate({ streetName: 'Quay Street', streetNr: '90', postcode: 'ZD1 1AA', city: 'Doggerhaven' })
    expect([validationResult, alternateGeographicAddress.slice(0, 2).map((one: any) => one.streetNr)]).toEqual(['partial', ['9', '7']])
  })

  test('succeeds for a known address in any spelling, and answers its known form', async () => {
    for (const submitted of [
      { streetName: 'Quay Street', streetNr: '7', postcode: 'ZD1 1AA', city: 'Doggerhaven', country: 'GB' },
      { streetName: 'QUAY ST.', streetNr: '7', postcode: 'zd11aa' },
      { streetName: 'Quay', streetType: 'Street', streetNr: '07', city: 'doggerhaven' },
      { id: 'quay-7' },
    ]) {
      const answer = await validate(submitted)
      expect(answer).toMatchObject({ state: 'done', validationResult: 'success', validationDate: expect.any(String), validGeographicAddress: { id: 'quay-7', streetName: 'Quay Street', streetType: 'Street', streetNr: '7' } })
      expect(answer.alternateGeographicAddress).toBeUndefined()
      expect((await call('GET', answer.href)).body).toEqual(answer)
    }
    expect((await validate({ streetName: 'Herring Ln', streetNr: '3', streetNrSuffix: 'B', postcode: 'ZD1 1AB' })).validGeographicAddress.id).toBe('herring-3b')
  })

  test('suggests what could have been meant, the best first, each with a score', async () => {
    const misspelt = await validate({ streetName: 'Lihgthouse Raod', streetNr: '1', city: 'Dogerhaven' })
    expect(misspelt.validationResult).toBe('fails')
    expect(misspelt.alternateGeographicAddress[0]).toMatchObject({ id: 'light-1', '@type': 'ScoredGeographicAddress', score: expect.any(Number) })
    const scores = (await validate({ streetName: 'Quai Street', streetNr: '7', city: 'Doggerhaven' })).alternateGeographicAddress.map((one: any) => [one.id, one.score])
    expect(scores[0][0]).toBe('quay-7')
    expect(scores.map((one: any) => one[1])).toEqual(scores.map((one: any) => one[1]).toSorted((a: number, b: number) => b - a))
    expect((await validate({ streetName: 'Quai Street', streetNr: '7', city: 'Doggerhaven' }, false)).alternateGeographicAddress).toBeUndefined()
    expect(await validate({ streetName: 'Zyxwvut', streetNr: '1', postcode: 'QQ1' })).toMatchObject({ validationResult: 'fails', alternateGeographicAddress: [] })
  })

  test('is partial where the number is unknown, several match, or the town is another', async () => {
    expect(await validate({ streetName: 'Quay Street', streetNr: '8', postcode: 'ZD1 1AA' })).toMatchObject({ validationResult: 'partial', alternateGeographicAddress: [{ id: expect.stringMatching(/quay-[79]/) }, { id: expect.stringMatching(/quay-[79]/) }] })
    const twins = await validate({ streetName: 'Twin Lane', streetNr: '1', postcode: 'ZD5 1AA' })
    expect(twins.validationResult).toBe('partial')
    expect(twins.alternateGeographicAddress.map((one: any) => one.id)).toEqual(['twin-1', 'twin-2'])
    const moved = await validate({ streetName: 'Quay Street', streetNr: '7', postcode: 'ZD1 1AA', city: 'Elsewhere' })
    expect(moved.validationResult).toBe('partial')
    expect(moved.alternateGeographicAddress.map((one: any) => one.id)).toEqual(expect.arrayContaining(['quay-7', 'quay-far']))
    expect(await validate({ streetName: 'Quay Street', city: 'Doggerhaven' })).toMatchObject({ validationResult: 'partial' })
  })

  test('holds floors and flats against those that are known, where there are any', async () => {
    const at = { streetName: 'Quay Street', streetNr: '7', postcode: 'ZD1 1AA' }
    const one = await validate({ ...at, geographicSubAddress: [{ levelType: 'Floor', levelNumber: '2', subUnitNumber: '2b' }] })
    expect(one).toMatchObject({ validationResult: 'success', validGeographicAddress: { geographicSubAddress: [{ subUnitType: 'flat', subUnitNumber: '2B' }] } })
    const several = await validate({ ...at, geographicSubAddress: [{ levelNumber: '2' }] })
    expect(several).toMatchObject({ validationResult: 'partial', alternateGeographicAddress: [{ id: 'quay-7', geographicSubAddress: [{ subUnitNumber: '2A' }, { subUnitNumber: '2B' }] }] })
    const none = await validate({ ...at, geographicSubAddress: [{ subUnitType: 'flat', subUnitNumber: '9Z' }] })
    expect(none.validationResult).toBe('partial')
    expect(none.alternateGeographicAddress[0].geographicSubAddress).toHaveLength(4)
    expect(await validate({ ...at, streetNr: '9', geographicSubAddress: [{ subUnitNumber: '5' }] })).toMatchObject({ validationResult: 'success', validGeographicAddress: { geographicSubAddress: [{ subUnitNumber: '5' }] } })
  })

  test('refuses coordinates that are off the earth or swapped, naming them', async () => {
    const at = { streetName: 'Quay Street', streetNr: '7', postcode: 'ZD1 1AA' }
    const refused = async (geographicLocation: object) => {
      const answer = await call('POST', VALIDATION, { provideAlternative: false, submittedGeographicAddress: { ...at, geographicLocation } })
      expect(answer.status).toBe(400)
      expect(answer.body.message).toContain('submittedGeographicAddress.geographicLocation.geoJson.')
      return answer.body.message
    }
    expect(await refused(point(91, 10))).toContain('must be on earth')
    expect(await refused(point(120, 10))).toContain('look swapped')
    expect(await refused(point(HARBOUR.longitude, HARBOUR.latitude))).toContain('swapped')
    expect(await refused({ '@type': 'GeoJsonPoint', geoJson: { type: 'Polygon', coordinates: [[[0, 0]]] } })).toContain('must be the one that @type says')
    expect((await validate({ ...at, geographicLocation: point(HARBOUR.latitude + 0.001, HARBOUR.longitude) })).validationResult).toBe('success')
  })

  test('keeps its question; its answer may be corrected', async () => {
    const { href } = await validate({ streetName: 'Quay Street', streetNr: '77', postcode: 'ZD1 1AA' })
    expect((await call('PATCH', href, { submittedGeographicAddress: { streetName: 'Other' } })).body.code).toBe('validationAnswered')
    expect((await call('PATCH', href, { validationResult: 'success' })).body.validationResult).toBe('success')
  })
})

describe('sub-addresses', () => {
  test('are read below their address, each by its own path', async () => {
    const list = await call('GET', `${API}/geographicAddress/quay-7/geographicSubAddress?limit=3&fields=subUnitNumber`)
    expect(list.headers['x-total-count']).toBe('4')
    expect(list.body).toHaveLength(3)
    expect(Object.keys(list.body[0]).toSorted()).toEqual(['@type', 'href', 'id', 'subUnitNumber'])
    expect((await call('GET', list.body[2].href)).body).toMatchObject({ id: list.body[2].id, levelNumber: '2', subUnitNumber: '2A', '@type': 'GeographicSubAddress' })
    expect((await call('GET', `${API}/geographicAddress/quay-9/geographicSubAddress`)).body).toEqual([])
    expect((await call('GET', `${API}/geographicAddress/quay-7/geographicSubAddress/none`)).status).toBe(404)
    expect((await call('GET', `${API}/geographicAddress/none/geographicSubAddress`)).status).toBe(404)
    expect((await call('POST', `${API}/geographicAddress/quay-7/geographicSubAddress`, {})).status).toBe(405)
  })
})

describe('addresses', () => {
  test('are one truth: what the bulk load changes is what TMF673 shows', async () => {
    const before = await call('GET', `${API}/geographicAddress/quay-9`)
    expect((await call('POST', '/tandem/v1/address/bulk', [{ id: 'quay-9', street: 'Quay Street', streetNumber: '9-11a', postcode: 'ZD1 1AA', city: 'Doggerhaven', stateOrProvince: 'Dogger Bank' }])).body).toEqual({ created: 0, updated: 1 })
    const after = await call('GET', `${API}/geographicAddress/quay-9`)
    expect(after.body).toMatchObject({ streetNr: '9', streetNrLast: '11', streetNrLastSuffix: 'a', stateOrProvince: 'Dogger Bank' })
    expect([before.headers['etag'], after.headers['etag']]).toEqual(['"1"', '"2"'])
    expect((await call('GET', '/tandem/v1/address/quay-9')).body).toMatchObject({ street: 'Quay Street', streetNumber: '9-11a' })
    expect((await validate({ streetName: 'Quay Street', streetNr: '9 - 11 A', postcode: 'ZD1 1AA' })).validationResult).toBe('success')
    expect((await call('GET', `${API}/geographicAddress?postcode=ZD1%201AA&streetName=Quay%20Street`)).body).toHaveLength(2)
  })

  test('name what is wrong with them', async () => {
    const row = { id: 'x', street: 'S', streetNumber: '1', postcode: 'P', city: 'C' }
    const load = async (more: object) => (await call('POST', '/tandem/v1/address/bulk', [{ ...row, ...more }])).body.message
    expect(await load({ latitude: 95, longitude: 3 })).toContain('[0].latitude must be on earth')
    expect(await load({ latitude: 120, longitude: 3 })).toContain('look swapped')
    expect(await load({ latitude: 12 })).toContain('[0].latitude and longitude belong together')
    expect(await load({ cell: 'zz' })).toContain('[0].cell must be an H3 cell index')
    expect((await call('GET', '/tandem/v1/address/x')).status).toBe(404)
  })

  test('with two ids for one house are refused, in whatever spelling; flats that are addresses of their own are not', async () => {
    const row = (id: string, more: object = {}) => ({ id, street: 'Double Road', streetNumber: '1', postcode: 'D1', city: 'Doggerhaven', ...more })
    const load = (...rows: object[]) => call('POST', '/tandem/v1/address/bulk', rows)
    const refused = await load(row('one'), row('other'), row('third', { street: 'DOUBLE RD.', postcode: 'd 1' }))
    expect([refused.status, refused.body.details.map((one: any) => one.path)]).toEqual([400, ['[1].id', '[2].id']])
    expect(refused.body.message).toContain('[1].id is another id for the house of [0], one')
    expect((await call('GET', '/tandem/v1/address/one')).status).toBe(404)
    const flat = (number: string) => ({ subAddress: [{ subUnitType: 'flat', subUnitNumber: number }] })
    expect((await load(row('one', flat('1')), row('other', flat('2')), row('one', flat('3')))).body).toEqual({ created: 2, updated: 0 })
  })
})

describe('a site', () => {
  const made = async (more: object) => {
    const answer = await call('POST', SITE, { name: 'Site', ...more })
    expect(answer.status, answer.text).toBe(201)
    return answer.body
  }

  test('refers to its address, which then stays', async () => {
    const site = await made({ place: [{ id: 'light-1', '@referredType': 'GeographicAddress' }] })
    expect((await call('DELETE', '/tandem/v1/address/light-1')).status).toBe(409)
    expect((await call('POST', SITE, { place: [{ id: 'none', '@referredType': 'GeographicAddress' }] })).body).toMatchObject({ status: '400', message: expect.stringContaining('place[0].id') })
    expect((await call('DELETE', site.href)).status).toBe(204)
    expect((await call('DELETE', '/tandem/v1/address/light-1')).status).toBe(204)
  })

  test('belongs to others and never to itself', async () => {
    const campus = await made({ name: 'Campus' })
    const hall = await made({ name: 'Hall', siteRelationship: [{ id: campus.id, relationshipType: 'parent' }] })
    const room = await made({ name: 'Room', siteRelationship: [{ id: hall.id, relationshipType: 'parent' }] })
    const circle = await call('PATCH', campus.href, { siteRelationship: [{ id: room.id, relationshipType: 'parent' }] })
    expect(circle).toMatchObject({ status: 400, body: { message: expect.stringContaining('siteRelationship must not lead back') } })
    expect((await call('PATCH', hall.href, { siteRelationship: [{ id: hall.id, relationshipType: 'sibling' }] })).body.message).toContain('siteRelationship[0].id must be another site')
    expect((await call('DELETE', campus.href)).status).toBe(409)
    expect((await call('GET', `${SITE}?siteRelationship.id=${campus.id}`)).body.map((one: any) => one.name)).toEqual(['Hall'])
  })

  test('has hours that are times of day', async () => {
    expect((await call('POST', SITE, { calendar: [{ day: 'monday', hourPeriod: [{ startHour: '09:00', endHour: '25:00' }] }] })).body.message).toContain('calendar[0].hourPeriod[0].endHour must be a time of day')
    expect(await made({ calendar: [{ day: 'monday', status: 'open', timeZone: 'Europe/London', hourPeriod: [{ startHour: '9:00', endHour: '24:00' }] }] })).toMatchObject({ calendar: [{ day: 'monday' }] })
  })

  test('is not where latitude and longitude were swapped', async () => {
    const place = (latitude: number, longitude: number, more: object = {}) => ({ place: [{ '@type': 'GeographicAddress', ...more, geographicLocation: point(latitude, longitude) }] })
    const refused = async (body: object) => (await call('POST', SITE, body)).body.message as string
    expect(await refused(place(HARBOUR.longitude, HARBOUR.latitude))).toContain('place[0].geographicLocation.geoJson.coordinates looks as if latitude and longitude were swapped')
    expect(await refused(place(HARBOUR.longitude, HARBOUR.latitude, { streetName: 'Quay Street', streetNr: '7', postcode: 'ZD1 1AA' }))).toContain('swapped')
    expect(await refused(place(-95, 10))).toContain('look swapped')
    await made(place(HARBOUR.latitude, HARBOUR.longitude))
    await made(place(40, -74))
  })
})

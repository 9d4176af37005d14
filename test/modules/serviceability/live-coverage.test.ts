import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { latLngToCell } from 'h3-js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBackEnds, type BackEnds } from '../../../src/demo/back-ends/server.ts'
import { placeModule } from '../../../src/modules/place/index.ts'
import { serviceabilityModule } from '../../../src/modules/serviceability/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const CHECK = '/tmf-api/serviceQualificationManagement/v4/checkServiceQualification'
const QUERY = '/tmf-api/serviceQualificationManagement/v4/queryServiceQualification'
const SOURCE = '/tandem/v1/coverageSource'
const NEAR: [number, number] = [54.721, 2.751]
const response = { rows: 'lines', technology: 'tech', maxDownload: 'speed.down', maxUpload: 'speed.up', latencyClass: 'delay', capacity: 'freePorts', available: 'orderable' }

let server: TestApp
let second: TestApp
let backEnds: BackEnds
let stub: Server
let stubUrl: string
let dataDir: string
let answer: (request: IncomingMessage, response: ServerResponse) => void
let asked = 0

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT', url: string, payload?: object, target = server) => {
  const got = await target.app.inject({ method, url, ...(payload && { payload }) })
  return { status: got.statusCode, body: got.body === '' ? undefined : got.json() }
}
const valuesOf = (service: any): Record<string, any> => Object.fromEntries((service?.serviceCharacteristic ?? []).map((one: any) => [one.name, one.value]))
const check = async (point: [number, number] = NEAR, wish: object = { technology: 'fibre' }, target = server) => {
  const { body, status } = await call('POST', CHECK, { serviceQualificationItem: [{ service: { place: [{ role: 'installationAddress', '@type': 'GeographicLocation', '@baseType': 'Place', geoJson: { type: 'Point', coordinates: [point[1], point[0]] } }], serviceCharacteristic: Object.entries(wish).map(([name, value]) => ({ name, value })) } }] }, target)
  expect(status, JSON.stringify(body)).toBe(201)
  const [item] = body.serviceQualificationItem
  return { result: item.qualificationResult, values: valuesOf(item.service), reasons: (item.eligibilityUnavailabilityReason ?? []).map((one: any) => one.code), expires: Date.parse(item.expirationDate) }
}
const stubLive = { url: '', timeoutMs: 200, cacheSeconds: 0, breakerFailures: 3, breakerOpenMs: 60_000, response }
const makeSource = async (live: object, more: object = {}): Promise<string> => {
  const made = await call('POST', SOURCE, { name: `live ${Math.random()}`, provider: 'own', kind: 'live', live, ...more })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return made.body.id
}
const lines = (...given: object[]) => (_: IncomingMessage, to: ServerResponse) => to.setHeader('content-type', 'application/json').end(JSON.stringify({ lines: given }))
const fibre = { tech: 'FTTH', orderable: true, speed: { down: 900, up: 90 }, delay: 'low', freePorts: 2 }

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'tandem-live-'))
  server = await createTestApp({ modules: [placeModule, serviceabilityModule], settings: { ROLES: 'api', LOG_LEVEL: 'silent' } })
  second = await createTestApp({ modules: [placeModule, serviceabilityModule], databaseUrl: server.databaseUrl, settings: { ROLES: 'api', LOG_LEVEL: 'silent' } })
  backEnds = await startBackEnds({ port: 0, dataDir })
  stub = createServer((request, to) => {
    asked += 1
    answer(request, to)
  }).listen(0, '127.0.0.1')
  await once(stub, 'listening')
  stubUrl = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`
  stubLive.url = `${stubUrl}/at/{latitude}/{longitude}`
})
afterAll(async () => {
  await second.close()
  await server.close()
  await backEnds.close()
  stub.closeAllConnections()
  stub.close()
  rmSync(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  asked = 0
  for (const { id } of (await call('GET', SOURCE)).body) await call('DELETE', `${SOURCE}/${id}`)
})

describe('a live source', () => {
  test('is asked at the check: a stack answers for a place that no file knows', async () => {
    await makeSource({ url: `${backEnds.url}/fixed/availability?latitude={latitude}&longitude={longitude}`, response })
    expect(await check()).toMatchObject({ result: 'qualified', values: { technology: 'fibre', provider: 'own', maxDownloadSpeed: 1000, latencyClass: 'low', coverageHeard: 'asked', coverageSourcesAsked: [expect.objectContaining({ state: 'asked', ageSeconds: 0 })] } })
    expect(await check([54.75, 2.77])).toMatchObject({ result: 'alternate', reasons: ['technologyNotAvailable'] })
    expect(await check([55.5, 4])).toMatchObject({ result: 'unqualified', reasons: ['noCoverage'] })
  })

  test('is not asked again while its answer is young, and the answer says how old it is', async () => {
    answer = lines(fibre)
    await makeSource({ ...stubLive, cacheSeconds: 60 })
    await check()
    await sleep(1100)
    const again = await check(NEAR, { technology: 'fibre' }, second)
    expect(asked).toBe(1)
    expect(again).toMatchObject({ result: 'qualified', values: { coverageHeard: 'cached', coverageSourcesAsked: [{ state: 'cached', ageSeconds: expect.any(Number) }] } })
    expect(again.values['coverageSourcesAsked'][0].ageSeconds).toBeGreaterThan(0)
  })

  test('that says no is not outvoted by an older file of the same provider; others stand', async () => {
    answer = lines({ ...fibre, orderable: false })
    const cell = latLngToCell(...NEAR, 9)
    await call('POST', '/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'fibre', maxDownload: 1000, cell }, { provider: 'partner', technology: 'cable', maxDownload: 300, cell }])
    await makeSource(stubLive)
    expect(await check()).toMatchObject({ result: 'alternate', reasons: ['technologyNotAvailable'] })
    expect(await check(NEAR, { technology: 'cable' })).toMatchObject({ result: 'qualified', values: { provider: 'partner' } })
    await call('DELETE', '/tandem/v1/coverage?source=manual')
  })

  test.each([
    ['slow', (_: IncomingMessage, to: ServerResponse) => void setTimeout(() => to.end('{"lines":[]}'), 1500), /no answer in time/],
    ['broken', (_: IncomingMessage, to: ServerResponse) => to.writeHead(500).end('{}'), /answered 500/],
    ['talking nonsense', (_: IncomingMessage, to: ServerResponse) => to.end('{"lines":[{"orderable":true}]}'), /names no technology/],
    ['hanging up', (_: IncomingMessage, to: ServerResponse) => to.destroy(), /connection failed/],
  ])('that is %s is never available, and the answer says so and holds for minutes only', async (_, how, why) => {
    answer = how as typeof answer
    const cell = latLngToCell(...NEAR, 9)
    await call('POST', '/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'fibre', maxDownload: 1000, cell }])
    const id = await makeSource(stubLive)
    const began = Date.now()
    const unheard = await check()
    expect(Date.now() - began).toBeLessThan(1200)
    expect(unheard).toMatchObject({ result: 'unqualified', reasons: ['sourceUnreachable'], values: { coverageSourcesAsked: [{ state: 'unreachable', fallback: 'unknown', why: expect.stringMatching(why) }] } })
    expect(unheard.expires).toBeLessThan(Date.now() + 600_000)
    // The same with the imported rows as its fallback: they count, and it is said.
    await call('PATCH', `${SOURCE}/${id}`, { live: { fallback: 'imported' } })
    const instead = await check()
    expect(instead).toMatchObject({ result: 'qualified', values: { coverageSource: 'manual', coverageSourcesAsked: [{ state: 'unreachable', fallback: 'imported' }] } })
    expect(instead.expires - Date.now()).toBeLessThanOrEqual(300_000)
    await call('DELETE', '/tandem/v1/coverage?source=manual')
  })

  test('falls back to what it last said, up to the age that it states', async () => {
    answer = lines(fibre)
    const id = await makeSource({ ...stubLive, fallback: 'cache', maxAgeSeconds: 2 })
    expect(await check()).toMatchObject({ result: 'qualified' })
    answer = (_, to) => void to.destroy()
    const stale = await check()
    expect(stale).toMatchObject({ result: 'qualified', values: { coverageHeard: 'cached', coverageSourcesAsked: [{ state: 'unreachable', fallback: 'cache', ageSeconds: expect.any(Number) }] } })
    expect(stale.expires - Date.now()).toBeLessThanOrEqual(300_000)
    await server.database.query(`UPDATE coverage_live_answer SET asked_at = now() - interval '1 hour' WHERE source_id = $1`, [id])
    expect(await check()).toMatchObject({ result: 'unqualified', reasons: ['sourceUnreachable'] })
  })

  test('is asked only where its provider is wished, when one is', async () => {
    answer = lines(fibre)
    await makeSource(stubLive)
    await makeSource(stubLive, { provider: 'cableco' })
    const own = await check(NEAR, { provider: 'own' })
    expect(own.result).toBe('qualified')
    expect(own.values['coverageSourcesAsked'].map((one: any) => one.state).sort()).toEqual(['asked', 'notAsked'])
    expect(asked).toBe(1)
    await check(NEAR, {})
    expect(asked).toBe(3)
  })

  test('that fails three times in a row is left alone by every process, and taken up again by one', async () => {
    answer = (_, to) => to.writeHead(503).end()
    const id = await makeSource(stubLive)
    for (let n = 0; n < 3; n += 1) await check()
    expect(asked).toBe(3)
    expect(await check(NEAR, {}, second)).toMatchObject({ values: { coverageSourcesAsked: [{ state: 'unreachable', why: expect.stringMatching(/left alone/) }] } })
    expect(asked).toBe(3)
    expect((await call('GET', `${SOURCE}/${id}`)).body.unreachableUntil).toBeDefined()
    await server.database.query(`UPDATE coverage_source SET breaker_open_until = now() - interval '1 second' WHERE id = $1`, [id])
    answer = (request, to) => void setTimeout(() => lines(fibre)(request, to), 100)
    const results = await Promise.all([check(), check(), check(), check(NEAR, {}, second)])
    expect(asked).toBe(4)
    expect(results.filter(one => one.result === 'qualified')).toHaveLength(1)
    expect(await check()).toMatchObject({ result: 'qualified' })
    expect((await call('GET', `${SOURCE}/${id}`)).body.unreachableUntil).toBeUndefined()
  })

  test('is one of several that are asked at once', async () => {
    answer = (request, to) => void setTimeout(() => lines(fibre)(request, to), 150)
    for (const provider of ['a', 'b', 'c', 'd']) await makeSource({ ...stubLive, timeoutMs: 1000 }, { provider })
    const began = Date.now()
    const { body } = await call('POST', QUERY, { searchCriteria: { service: { place: [{ role: 'installationAddress', '@type': 'GeographicLocation', '@baseType': 'Place', geoJson: { type: 'Point', coordinates: [NEAR[1], NEAR[0]] } }] } } })
    expect(Date.now() - began).toBeLessThan(550)
    expect(body.serviceQualificationItem.map((item: any) => valuesOf(item.service)['provider']).sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(valuesOf(body.searchCriteria.service)['coverageSourcesAsked']).toHaveLength(4)
  })

  test('gives its ports to who holds them, counted here until the stack knows of them', async () => {
    answer = lines(fibre)
    await makeSource({ ...stubLive, url: `${stubUrl}/held?lat={latitude}&lng={longitude}` }, { provider: 'ports' })
    const place = { role: 'installationAddress', '@type': 'GeographicLocation', '@baseType': 'Place', geoJson: { type: 'Point', coordinates: [NEAR[1], NEAR[0]] } }
    const reserve = () => call('POST', '/tandem/v1/capacityReservation', { place, technology: 'fibre', provider: 'ports' })
    const made = await Promise.all([reserve(), reserve(), reserve(), reserve()])
    expect(made.map(one => one.status).sort()).toEqual([201, 201, 409, 409])
    expect(made.find(one => one.status === 409)?.body.code).toBe('noCapacity')
    const held = made.find(one => one.status === 201)?.body
    expect(held.line).toMatchObject({ provider: 'ports', placeKind: 'cell', placeId: latLngToCell(...NEAR, 12), ports: 2 })
    expect(await check(NEAR, { technology: 'fibre', provider: 'ports' })).toMatchObject({ result: 'unqualified', reasons: ['noCapacity'] })
    expect((await call('DELETE', held.href)).status).toBe(204)
    expect((await check(NEAR, { technology: 'fibre', provider: 'ports' })).result).toBe('qualified')
    answer = (_, to) => void to.destroy()
    expect(await reserve()).toMatchObject({ status: 409, body: { code: 'notServiceable' } })
  })
})

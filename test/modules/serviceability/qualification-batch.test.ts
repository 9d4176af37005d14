import { setTimeout as sleep } from 'node:timers/promises'
import { cellToLatLng, gridDisk, latLngToCell } from 'h3-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeModule } from '../../../src/modules/place/index.ts'
import { qualificationBatchSweep } from '../../../src/modules/serviceability/batch/batch-run.ts'
import { serviceabilityModule } from '../../../src/modules/serviceability/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const BATCH = '/tandem/v1/qualificationBatch'
const HERE = '/tandem/v1/serviceability'
const cells = gridDisk(latLngToCell(52.52, 13.4, 9), 6)

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
  const got = await server.app.inject({ method, url, ...(payload && { payload }) })
  return { status: got.statusCode, body: got.body === '' ? undefined : got.json(), headers: got.headers }
}
const done = async (id: string): Promise<any> => {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const { body } = await call('GET', `${BATCH}/${id}`)
    if (body.state === 'done') return body
    await sleep(25)
  }
  throw new Error(`batch ${id} did not end`)
}

beforeAll(async () => {
  server = await createTestApp({ modules: [placeModule, serviceabilityModule] })
  const rows = cells.slice(0, 60).map((cell, index) => ({ provider: 'own', technology: index % 2 === 0 ? 'fibre' : 'copper', maxDownload: 100 + index, cell }))
  expect((await call('POST', '/tandem/v1/coverage/bulk', rows)).status).toBe(200)
})
afterAll(() => server.close())

describe('a question about many sites', () => {
  test('is answered site by site: product first, with what could be had instead', async () => {
    const site = cells.slice(0, 100).map((cell, index) => ({ id: `site-${index}`, place: { h3Cell: cell } }))
    const asked = await call('POST', BATCH, { serviceCharacteristic: [{ name: 'technology', value: 'fibre' }], site })
    expect(asked).toMatchObject({ status: 202, body: { total: 100, mode: 'check' } })
    expect(await done(asked.body.id)).toMatchObject({ done: 100, endedAt: expect.any(String) })
    const first = await call('GET', `${BATCH}/${asked.body.id}/result?limit=70`)
    expect(first.body).toHaveLength(70)
    const rest = await call('GET', /<([^>]+)>/.exec(String(first.headers['link']))![1]!)
    const all = [...first.body, ...rest.body]
    expect(all.map((one: any) => one.id)).toEqual(site.map(one => one.id))
    expect(all.map((one: any) => one.qualificationResult)).toEqual(site.map((_, index) => (index >= 60 ? 'unqualified' : index % 2 === 0 ? 'qualified' : 'alternate')))
    expect(all[1].alternateServiceProposal).toHaveLength(1)
    expect(all[70].eligibilityUnavailabilityReason).toEqual([expect.objectContaining({ code: 'noCoverage' })])
    expect((await call('DELETE', `${BATCH}/${asked.body.id}`)).status).toBe(204)
    expect((await call('GET', `${BATCH}/${asked.body.id}/result`)).status).toBe(404)
  })

  test('is answered place first: what each site can have', async () => {
    const asked = await call('POST', BATCH, { mode: 'query', site: [{ place: { h3Cell: cells[0] } }, { place: { h3Cell: cells[90] } }] })
    await done(asked.body.id)
    const { body } = await call('GET', `${BATCH}/${asked.body.id}/result`)
    expect(body.map((one: any) => [one.id, one.serviceQualificationItem.length])).toEqual([['1', 1], ['2', 0]])
  })

  test('goes on where a process died, and answers no site twice', async () => {
    const site = cells.slice(0, 90).map(cell => ({ place: { h3Cell: cell } }))
    const asked = await call('POST', BATCH, { site })
    await done(asked.body.id)
    const marked = JSON.stringify({ id: 'kept' })
    await server.database.query(`UPDATE qualification_batch_site SET result = CASE WHEN seq <= 40 THEN $2::json END WHERE batch_id = $1`, [asked.body.id, marked])
    await server.database.query(`UPDATE qualification_batch SET state = 'inProgress', done = 40, ended_at = NULL, heartbeat_at = now() - interval '1 minute' WHERE id = $1`, [asked.body.id])
    await server.services.jobs.enqueue(qualificationBatchSweep, {})
    expect(await done(asked.body.id)).toMatchObject({ done: 90 })
    const { body } = await call('GET', `${BATCH}/${asked.body.id}/result`)
    expect(body.filter((one: any) => one.id === 'kept')).toHaveLength(40)
    expect(body.slice(40).every((one: any) => one.qualificationResult !== undefined)).toBe(true)
  })

  test('that cannot be understood is refused with every fault, before anything is kept', async () => {
    const answer = await call('POST', BATCH, { serviceCharacteristic: [{ name: 'downloadSpeed', value: 'fast' }], site: [{ id: 'a', place: { latitude: 13.4, longitude: 99 } }, { id: 'a', place: { latitude: 113.4, longitude: 52 } }, { place: { h3Cell: 'zz' } }] })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toMatch(/serviceCharacteristic\[0\]\.value must be a speed/)
    expect(answer.body.message).toMatch(/site\[1\]\.id is used/)
    expect(answer.body.message).toMatch(/site\[1\]\.place must be on earth.*look swapped/)
    expect(answer.body.message).toMatch(/site\[2\]\.place\.h3Cell must be an H3 cell/)
    expect(await call('POST', BATCH, { site: [] })).toMatchObject({ status: 400, body: { message: expect.stringMatching(/site/) } })
    expect((await call('POST', BATCH, { site: Array.from({ length: 1001 }, () => ({ place: {} })) })).status).toBe(400)
  })
})

describe('a question for a page view', () => {
  test('is answered at once: by coordinates, by cell and by address, with wishes', async () => {
    const [latitude, longitude] = cellToLatLng(cells[0]!)
    expect(await call('GET', `${HERE}?latitude=${latitude}&longitude=${longitude}`)).toMatchObject({ status: 200, body: { qualificationResult: 'qualified', line: [{ technology: 'fibre', provider: 'own', maxDownload: 100, source: 'manual' }], reason: [] } })
    expect(await call('GET', `${HERE}?cell=${cells[1]}&technology=fibre&downloadSpeed=100`)).toMatchObject({ body: { qualificationResult: 'alternate', alternative: [{ technology: 'copper' }], reason: [{ code: 'technologyNotAvailable' }] } })
    expect(await call('GET', `${HERE}?addressId=nobody-knows`)).toMatchObject({ body: { qualificationResult: 'unqualified', reason: [{ code: 'addressUnknown' }] } })
  })

  test.each([
    ['latitude=113.4&longitude=52.5', /latitude must be on earth.*look swapped/],
    ['latitude=52.5', /longitude is missing: it belongs to the latitude/],
    ['longitude=1', /latitude is missing/],
    ['latitude=1&latitude=2&longitude=3', /latitude may be given once only/],
    ['latitude=1&longitude=abc', /longitude must hold/],
    ['latitude=abc&longitude=1', /latitude must hold/],
    ['cell=8f', /cell must be an H3 cell/],
    ['addressId=x&downloadSpeed=fast', /downloadSpeed must be a speed/],
    ['colour=red', /colour is not a parameter/],
    ['technology=fibre', /latitude and longitude, or addressId, or cell/],
  ])('that asks %s is refused by the name of what is wrong', async (query, message) => {
    expect(await call('GET', `${HERE}?${query}`)).toMatchObject({ status: 400, body: { message: expect.stringMatching(message) } })
  })

  test('is found again in the list, the newest first', async () => {
    const ask = async (): Promise<string> => (await call('POST', BATCH, { site: [{ place: { h3Cell: cells[0]! } }] })).body.id
    const [first, second] = [await ask(), await ask()]
    const page = await call('GET', `${BATCH}?limit=1`)
    expect(page.body).toMatchObject([{ id: second, total: 1 }])
    const next = await call('GET', /<([^>]+)>/.exec(String(page.headers['link']))![1]!)
    expect(next.body).toMatchObject([{ id: first }])
    await done(second)
  })

  test('is kept for ninety days of business, with its answers, and then no longer', async () => {
    const asked = await call('POST', BATCH, { site: [{ place: { h3Cell: cells[0]! } }] })
    const { id } = await done(asked.body.id)
    const swept = async (advance: string): Promise<number[]> => {
      expect((await call('POST', '/tandem/v1/clock', { advance })).status).toBe(200)
      await qualificationBatchSweep.run({}, server.services)
      const [left] = await server.database.query<{ sites: string }>('SELECT count(*) AS sites FROM qualification_batch_site WHERE batch_id = $1', [id])
      return [(await call('GET', `${BATCH}/${id}`)).status, Number(left?.sites)]
    }
    expect(await swept('P89D')).toEqual([200, 1])
    expect(await swept('P2D')).toEqual([404, 0])
  })
})

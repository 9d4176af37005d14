import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeModule } from '../../../src/modules/place/index.ts'
import { serviceabilityModule } from '../../../src/modules/serviceability/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const SOURCE = '/tandem/v1/coverageSource'
let server: TestApp
beforeAll(async () => {
  server = await createTestApp({ modules: [placeModule, serviceabilityModule] })
})
afterAll(() => server.close())

const call = async (method: 'POST' | 'GET' | 'DELETE', url: string, payload?: object): Promise<{ status: number; body: any; headers: Record<string, string | undefined> }> => {
  const answer = await server.app.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers as Record<string, string | undefined> }
}
const makeSource = async (more: object): Promise<string> => (await call('POST', SOURCE, { provider: 'acme', kind: 'imported', ...more })).body.id

describe('a source', () => {
  test('that is not well formed is refused with all that is wrong', async () => {
    expect(await call('POST', SOURCE, { name: 'x', kind: 'imported', colour: 'red' })).toMatchObject({ status: 400, body: { message: expect.stringMatching(/provider/) } })
    expect(await call('POST', SOURCE, { name: 'x', provider: 'y', kind: 'live' })).toMatchObject({ status: 400, body: { message: expect.stringMatching(/live is required/) } })
    const live = { url: 'http://10.1.1.1/{planet}', body: {}, response: {} }
    expect(await call('POST', SOURCE, { name: 'x', provider: 'y', kind: 'live', live })).toMatchObject({ status: 400, body: { message: expect.stringMatching(/\{planet\}.*live.body is for POST.*live.url must not point.*response.technology/) } })
    const id = await makeSource({ name: 'taken' })
    expect(await call('POST', SOURCE, { name: 'taken', provider: 'y', kind: 'imported' })).toMatchObject({ status: 409, body: { code: 'alreadyExists', message: expect.stringContaining(id) } })
  })

  test('takes no facts of the future', async () => {
    const id = await makeSource({ name: 'ahead' })
    const sent = await server.app.inject({ method: 'POST', url: `${SOURCE}/${id}/upload?asOf=2099-01-01T00:00:00Z`, headers: { 'content-type': 'text/csv' }, payload: 'addressId,technology\nx,fibre\n' })
    expect([sent.statusCode, sent.json().details]).toEqual([400, [expect.objectContaining({ path: 'asOf', rule: 'must not be in the future' })]])
  })

  test('tells an attribute that it does not have once', async () => {
    const { body } = await call('POST', SOURCE, { name: 'once', provider: 'acme', kind: 'imported', settings: { colour: 'red' } })
    expect(body.details).toEqual([expect.objectContaining({ path: 'settings.colour', rule: 'is not an attribute of this resource' })])
  })

  test('is listed with what its file says, behind the rows that are kept one by one, as long as it is of the version that counts', async () => {
    const id = await makeSource({ name: 'listed', provider: 'net' })
    const load = async (file: string): Promise<void> => {
      const started = await server.app.inject({ method: 'POST', url: `${SOURCE}/${id}/upload`, headers: { 'content-type': 'text/csv' }, payload: file })
      await expect.poll(async () => (await call('GET', started.json().href)).body.state, { timeout: 20_000 }).toBe('done')
    }
    await load('addressId,technology,maxDownload\nlisted-1,fibre,1000\nlisted-1,cable,300\nlisted-2,copper,16\n')
    await call('POST', '/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'mobile5g', addressId: 'listed-1' }])
    const list = (query: string) => call('GET', `/tandem/v1/coverage?addressId=listed-1${query}`)
    const all = await list('')
    expect(all.body.map((row: any) => [row.provider, row.technology, row.maxDownload, row.source])).toEqual([['own', 'mobile5g', undefined, 'manual'], ['net', 'fibre', 1000, 'listed'], ['net', 'cable', 300, 'listed']])
    expect(all.headers['x-total-count']).toBe('3')
    expect((await list('&provider=net&technology=cable')).body).toEqual([all.body[2]])
    expect((await list('&source=listed')).body).toHaveLength(2)
    // By pages, whichever kind a page ends with.
    const seen: unknown[] = []
    for (let next: string | undefined = `/tandem/v1/coverage?addressId=listed-1&limit=1`; next !== undefined;) {
      const answer: Awaited<ReturnType<typeof call>> = await call('GET', next)
      seen.push(...answer.body)
      next = /<([^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1]
    }
    expect(seen).toEqual(all.body)
    const row = `/tandem/v1/coverage/${all.body[1].id}`
    expect((await call('GET', row)).body).toEqual(all.body[1])
    expect(await call('DELETE', row)).toMatchObject({ status: 409, body: { code: 'ofASource' } })
    await load('addressId,technology,maxDownload\nlisted-1,fibre,2000\n')
    expect((await list('&source=listed')).body.map((one: any) => one.maxDownload)).toEqual([2000])
    expect((await call('GET', row)).status).toBe(404)
  })
})

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

const call = async (method: 'POST', url: string, payload: object): Promise<{ status: number; body: any }> => {
  const answer = await server.app.inject({ method, url, payload })
  return { status: answer.statusCode, body: answer.json() }
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
})

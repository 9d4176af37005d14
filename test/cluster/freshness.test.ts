/** What one process changes, the next request to another one finds: no memory of a process decides alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'

type Json = Record<string, any>
const CATALOG = '/tmf-api/productCatalogManagement/v4'
const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'
const KEY = 'the-first-key-of-these-two-processes'

let apps: [TestApp, TestApp]

const call = async ({ app }: TestApp, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: Json, key = KEY): Promise<{ status: number; body: Json }> => {
  const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json() }
}
const order = (app: TestApp, offering: string) => call(app, 'POST', ORDER, { productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: offering } }] })

beforeAll(async () => {
  const settings = { ROLES: 'api', AUTH: 'key', BOOTSTRAP_KEY: KEY } as const
  const first = await createTestApp({ settings })
  apps = [first, await createTestApp({ settings, databaseUrl: first.databaseUrl })]
})
afterAll(async () => {
  await apps[1].close()
  await apps[0].close()
})

describe('of two processes on one database', () => {
  it('each sells at the price that the other has just set', async () => {
    const { body: price } = await call(apps[0], 'POST', `${CATALOG}/productOfferingPrice`, { name: 'Monthly', priceType: 'recurring', recurringChargePeriodType: 'month', price: { unit: 'EUR', value: 1 }, lifecycleStatus: 'Launched' })
    const { body: offering } = await call(apps[0], 'POST', `${CATALOG}/productOffering`, { name: 'Moving', lifecycleStatus: 'Launched', productOfferingPrice: [{ id: price.id }] })
    // Both have it in memory.
    for (const app of apps) expect((await order(app, offering.id)).body.state).toBe('acknowledged')
    for (let value = 2; value <= 11; value++) {
      const [setting, selling] = value % 2 === 0 ? apps : [apps[1], apps[0]]
      expect((await call(setting, 'PATCH', `${CATALOG}/productOfferingPrice/${price.id}`, { price: { unit: 'EUR', value } })).status).toBe(200)
      const { body } = await order(selling, offering.id)
      expect(body.productOrderItem[0].itemPrice[0]).toMatchObject({ price: { dutyFreeAmount: { value } }, productOfferingPrice: { revision: value } })
    }
  })

  it('neither sells what the other has just withdrawn', async () => {
    const { body: offering } = await call(apps[0], 'POST', `${CATALOG}/productOffering`, { name: 'Leaving', lifecycleStatus: 'Launched' })
    for (const app of apps) expect((await order(app, offering.id)).body.state).toBe('acknowledged')
    expect((await call(apps[0], 'PATCH', `${CATALOG}/productOffering/${offering.id}`, { lifecycleStatus: 'Retired' })).status).toBe(200)
    const { status, body } = await order(apps[1], offering.id)
    expect([status, body.state]).not.toEqual([201, 'acknowledged'])
  })

  it('neither lets in whose key the other has revoked', async () => {
    const { body: key } = await call(apps[0], 'POST', '/tandem/v1/apiKey', { name: 'Leaver', permissions: ['*:read'] })
    for (const app of apps) expect((await call(app, 'GET', `${CATALOG}/category`, undefined, key.key)).status).toBe(200)
    expect((await call(apps[0], 'DELETE', `/tandem/v1/apiKey/${key.id}`)).status).toBe(204)
    await expect.poll(async () => (await call(apps[1], 'GET', `${CATALOG}/category`, undefined, key.key)).status, { timeout: 2_000 }).toBe(401)
  })
})

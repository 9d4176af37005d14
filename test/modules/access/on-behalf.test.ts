/** The audit says for whom a delegate acted, whether or not the delegate said so. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

type Doc = Record<string, any>

const BOOTSTRAP = 'on-behalf-bootstrap-key-0123456789'
const ORDERS = '/tmf-api/productOrderingManagement/v4/productOrder'
const admin = { authorization: `Bearer ${BOOTSTRAP}` }

let server: TestApp
beforeAll(async () => {
  server = await createTestApp({ settings: { AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP, ROLES: 'api' } })
})
afterAll(() => server?.close())

const read = async (url: string, headers: Doc): Promise<any> => {
  const answer = await server.app.inject({ method: 'GET', url, headers })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}
const made = async (url: string, payload: Doc, headers: Doc): Promise<Doc> => {
  const answer = await server.app.inject({ method: 'POST', url, payload, headers })
  expect(answer.statusCode, answer.body).toBeLessThan(300)
  return answer.json()
}
const keyOf = async (party: string) => ({ authorization: `Bearer ${String((await made('/tandem/v1/apiKey', { name: 'test', permissions: ['*:*'], parties: [party] }, admin))['key'])}` })

it('names the grantor of all that a delegate read and did, and of what is its own nobody', async () => {
  const [firm, ann] = [await made('/tmf-api/party/v4/organization', { tradingName: 'Access Ltd' }, admin), await made('/tmf-api/party/v4/individual', { givenName: 'Ann', familyName: 'Access' }, admin)]
  const [owner, delegate] = [await keyOf(firm['id']), await keyOf(ann['id'])]
  const order = { productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'none' } }] }
  const [theirs, own] = [await made(ORDERS, order, owner), await made(ORDERS, order, delegate)]
  await made('/tandem/v1/delegation', { grantor: { id: firm['id'], '@referredType': 'Organization' }, delegate: { id: ann['id'] }, permission: ['productOrder:read', 'organization:read', 'customer360:read', 'consent:*'] }, owner)
  await read(theirs['href'], delegate)
  expect(await read(`${ORDERS}?fields=id`, delegate)).toHaveLength(2)
  await read(`/tandem/v1/customer360/${String(firm['id'])}`, delegate)
  await made('/tandem/v1/consent', { party: firm['id'], action: 'grant', purpose: 'marketing', textVersion: '1' }, delegate)
  const records: Doc[] = await read(`/tandem/v1/auditRecord?onBehalfOf=${String(firm['id'])}&limit=100`, admin)
  const of = (resource: string, operation: string) => records.filter(record => record['resource'] === resource && record['operation'] === operation).map(record => record['resourceId'])
  expect(of('productOrder', 'read')).toEqual([[theirs['id']], [theirs['id']]])
  expect(of('customer360', 'read')).toHaveLength(1)
  expect(of('consent', 'create')).toHaveLength(1)
  expect(JSON.stringify(records)).not.toContain(own['id'])
})

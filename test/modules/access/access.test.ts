/** Roles, permissions, delegation and the audit, through HTTP with real keys and tokens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { startIssuer, type Issuer } from '../../support/issuer.ts'

const BOOTSTRAP = 'access-bootstrap-key-0123456789'
const ROLES = '/tmf-api/rolesAndPermissionsManagement/v4'
const PARTY = '/tmf-api/party/v4'
const ORDERS = '/tmf-api/productOrderingManagement/v4/productOrder'
const AUDIT = '/tandem/v1/auditRecord'

type Doc = Record<string, any>
type Headers = Record<string, string>

let issuer: Issuer
let one: TestApp
/** A second process on the same database. */
let two: TestApp

const bearer = (credential: string): Headers => ({ authorization: `Bearer ${credential}` })
const admin = bearer(BOOTSTRAP)

const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, headers: Headers, payload?: unknown, app = one): Promise<{ status: number; body: any; headers: Doc }> => {
  const answer = await app.app.inject({ method, url, headers, ...(payload !== undefined && { payload: payload as object }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json(), headers: answer.headers as Doc }
}
const made = async (url: string, payload: unknown, headers = admin): Promise<Doc> => {
  const { status, body } = await send('POST', url, headers, payload)
  expect(status, JSON.stringify(body)).toBe(201)
  return body as Doc
}
const keyOf = async (more: Doc): Promise<Headers> => bearer(String((await made('/tandem/v1/apiKey', { name: 'test', ...more }))['key']))
const person = (givenName: string) => made(`${PARTY}/individual`, { givenName, familyName: 'Access' })
const company = () => made(`${PARTY}/organization`, { tradingName: 'Access Ltd' })
const eventually = async (holds: () => Promise<boolean>): Promise<void> => {
  const until = Date.now() + 5_000
  while (!(await holds())) {
    if (Date.now() > until) throw new Error('it did not come to hold')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

beforeAll(async () => {
  issuer = await startIssuer()
  const settings = { AUTH: 'oidc', OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'tandem', BOOTSTRAP_KEY: BOOTSTRAP, ROLES: 'api' } as const
  one = await createTestApp({ settings })
  two = await createTestApp({ settings, databaseUrl: one.databaseUrl })
})
afterAll(async () => {
  await two?.close()
  await one?.close()
  await issuer?.close()
})

describe('roles and permissions (TMF672)', () => {
  const brand = { id: 'default', '@referredType': 'Brand' }
  const always = { startDateTime: '2020-01-01T00:00:00Z' }

  it('gives a user of the identity provider what its permission says, from the next request on in every process, until it is deleted', async () => {
    const user = bearer(await issuer.token({ sub: 'robin' }))
    expect((await send('GET', ORDERS, user)).status).toBe(403)
    const permission = await made(`${ROLES}/permission`, { user: { id: `${issuer.url}#robin`, '@referredType': 'User' }, validFor: always, privilege: [{ function: 'productOrder', action: 'read', manageableAsset: brand }] })
    expect(permission).toMatchObject({ granter: { id: 'bootstrap' } })
    expect((await send('GET', ORDERS, user)).status).toBe(200)
    expect((await send('POST', ORDERS, user, {})).status).toBe(403)
    await eventually(async () => (await send('GET', ORDERS, user, undefined, two)).status === 200)
    expect((await send('DELETE', permission['href'], admin)).status).toBe(204)
    expect((await send('GET', ORDERS, user)).status).toBe(403)
    const since = Date.now()
    await eventually(async () => (await send('GET', ORDERS, user, undefined, two)).status === 403)
    expect(Date.now() - since).toBeLessThan(1_000)
  })

  it('entitles by roles, assigned here or named by the token, and follows the role as it changes', async () => {
    const role = await made(`${ROLES}/userRole`, { involvementRole: 'care-agent', entitlement: [{ function: 'individual', action: 'read' }] })
    const byToken = bearer(await issuer.token({ sub: 'kim', roles: ['care-agent'] }))
    const key = await made('/tandem/v1/apiKey', { name: 'care', permissions: [] })
    await made(`${ROLES}/permission`, { user: { id: key['id'], '@referredType': 'ApiKey' }, validFor: always, assetUserRole: [{ userRole: { id: role['id'] }, manageableAsset: brand }] })
    for (const headers of [byToken, bearer(key['key'])]) {
      expect((await send('GET', `${PARTY}/individual`, headers)).status).toBe(200)
      expect((await send('GET', `${PARTY}/organization`, headers)).status).toBe(403)
    }
    await send('PATCH', role['href'], admin, { entitlement: [{ function: 'organization', action: '*' }] })
    for (const headers of [byToken, bearer(key['key'])]) {
      expect((await send('GET', `${PARTY}/individual`, headers)).status).toBe(403)
      expect((await send('GET', `${PARTY}/organization`, headers)).status).toBe(200)
    }
    expect((await send('DELETE', role['href'], admin)).status).toBe(409)
  })

  it('ends with its period, on the business clock', async () => {
    const key = await made('/tandem/v1/apiKey', { name: 'temp', permissions: [] })
    const { body: clock } = await send('GET', '/tandem/v1/clock', admin)
    const end = new Date(Date.parse(clock['now']) + 3_600_000).toISOString()
    await made(`${ROLES}/permission`, { user: { id: key['id'], '@referredType': 'ApiKey' }, validFor: { endDateTime: end }, privilege: [{ function: 'userRole', action: 'read', manageableAsset: brand }] })
    expect((await send('GET', `${ROLES}/userRole`, bearer(key['key']))).status).toBe(200)
    expect((await send('POST', '/tandem/v1/clock', admin, { to: new Date(Date.parse(end) + 60_000).toISOString() })).status).toBe(200)
    expect((await send('GET', `${ROLES}/userRole`, bearer(key['key']))).status).toBe(403)
  })

  it('lets nobody give away what they may not do, and no confined caller give anything', async () => {
    const giver = await keyOf({ permissions: ['permission:*', 'userRole:*', 'productOrder:read'] })
    const base = { user: { id: 'x', '@referredType': 'User' }, validFor: always }
    const ok = await made(`${ROLES}/permission`, { ...base, privilege: [{ function: 'productOrder', action: 'read', manageableAsset: brand }] }, giver)
    const strong = await made(`${ROLES}/userRole`, { involvementRole: 'strong', entitlement: [{ function: '*', action: '*' }] })
    const attempts: [string, string, Doc][] = [
      ['POST', `${ROLES}/permission`, { ...base, privilege: [{ function: 'productOrder', action: 'create', manageableAsset: brand }] }],
      ['POST', `${ROLES}/permission`, { ...base, assetUserRole: [{ userRole: { id: strong['id'] }, manageableAsset: brand }] }],
      ['POST', `${ROLES}/userRole`, { involvementRole: 'more', entitlement: [{ function: '*', action: 'read' }] }],
      ['PATCH', ok['href'], { privilege: [{ function: '*', action: '*', manageableAsset: brand }] }],
      ['PATCH', strong['href'], { involvementRole: 'mine' }],
      ['DELETE', strong['href'], {}],
    ]
    for (const [method, url, payload] of attempts) expect((await send(method as 'POST', url, giver, payload)).status, `${method} ${url}`).toBe(403)
    const { id } = await person('Confined')
    const confined = await keyOf({ permissions: ['*:*'], parties: [id] })
    expect((await send('POST', `${ROLES}/permission`, confined, { ...base, user: { id, '@referredType': 'Individual' }, privilege: [{ function: '*', action: '*', manageableAsset: brand }] })).status).toBe(403)
    expect((await send('POST', `${ROLES}/userRole`, confined, { involvementRole: 'x', entitlement: [] })).status).toBe(403)
  })

  it('names what is wrong with an entitlement or an asset', async () => {
    const wrong = await send('POST', `${ROLES}/permission`, admin, {
      user: { id: 'x', '@referredType': 'User' },
      validFor: { startDateTime: '2027-01-01T00:00:00Z', endDateTime: '2026-01-01T00:00:00Z' },
      privilege: [{ function: 'product order', action: 'sell', manageableAsset: { id: 'elsewhere', '@referredType': 'Brand' } }],
    })
    expect(wrong.status).toBe(400)
    expect((wrong.body.details as Doc[]).map(one => one['path'])).toEqual(['privilege[0].action', 'privilege[0].function', 'privilege[0].manageableAsset.id', 'validFor.endDateTime'])
  })

  it('answers at the path that the definition published too', async () => {
    expect((await send('GET', '/rolesAndPermissions/v4/userRole?limit=1', admin)).status).toBe(200)
  })
})

describe('acting for another party', () => {
  it('is what the grantor granted and no more, says both in the audit, and ends at once', async () => {
    const [firm, ann, ben] = [await company(), await person('Ann'), await person('Ben')]
    const owner = await keyOf({ permissions: ['*:*'], parties: [firm['id']] })
    const annKey = await keyOf({ permissions: ['*:*'], parties: [ann['id']] })
    const benKey = await keyOf({ permissions: ['*:*'], parties: [ben['id']] })
    const own = await made(ORDERS, { productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'none' } }] }, owner)
    expect((await send('GET', own['href'], annKey)).status).toBe(404)

    const granted = await made('/tandem/v1/delegation', { grantor: { id: firm['id'], '@referredType': 'Organization' }, delegate: { id: ann['id'] }, permission: ['productOrder:read', 'productOrder:create'] }, owner)
    expect((await send('GET', own['href'], annKey)).status).toBe(200)
    expect((await send('GET', granted['href'], annKey)).status).toBe(200)
    expect((await send('GET', granted['href'], benKey)).status).toBe(404)
    // Only what was granted: neither the company itself, nor changes of its orders.
    expect((await send('GET', firm['href'], annKey)).status).toBe(404)
    expect((await send('PATCH', own['href'], annKey, { description: 'x' })).status).toBe(404)
    const behalf = { ...annKey, 'x-on-behalf-of': String(firm['id']), 'x-correlation-id': 'behalf-1' }
    expect((await send('GET', `${PARTY}/organization`, behalf)).status).toBe(403)
    expect((await send('GET', ORDERS, behalf)).body.map((order: Doc) => order['id'])).toEqual([own['id']])
    const order = await made(ORDERS, { productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'none' } }] }, behalf)
    expect(order['relatedParty']).toMatchObject([{ id: firm['id'], role: 'customer' }])
    const implied = await made(ORDERS, { relatedParty: [{ id: firm['id'], role: 'customer', '@referredType': 'Organization' }], productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'none' } }] }, annKey)

    expect((await send('GET', ORDERS, { ...benKey, 'x-on-behalf-of': String(firm['id']) })).status).toBe(403)
    expect((await send('GET', ORDERS, { ...benKey, 'x-on-behalf-of': 'nobody-at-all' })).body).toEqual((await send('GET', ORDERS, { ...benKey, 'x-on-behalf-of': String(firm['id']) })).body)

    for (const [id, more] of [[order['id'], { correlationId: 'behalf-1' }], [implied['id'], {}]] as const) {
      const found = async (): Promise<Doc[]> => (await send('GET', `${AUDIT}?resourceId=${String(id)}&operation=create`, admin)).body as Doc[]
      await eventually(async () => (await found()).length === 1)
      expect((await found())[0]).toMatchObject({ onBehalfOf: firm['id'], operation: 'create', resource: 'productOrder', revision: 1, ...more })
    }

    // Passing it on is the grantor's alone, laying it down the delegate's too.
    expect((await send('POST', '/tandem/v1/delegation', behalf, { grantor: { id: firm['id'] }, delegate: { id: ben['id'] }, permission: ['productOrder:read'] })).status).toBe(403)
    expect((await send('PATCH', granted['href'], annKey, { validFor: { endDateTime: '2099-01-01T00:00:00Z' } })).status).toBe(403)
    expect((await send('PATCH', granted['href'], owner, { status: 'revoked' })).status).toBe(200)
    expect((await send('GET', own['href'], annKey)).status).toBe(404)
    expect((await send('GET', ORDERS, behalf)).status).toBe(403)
    await eventually(async () => (await send('GET', own['href'], annKey, undefined, two)).status === 404)
  })

  it('can be limited to certain accounts', async () => {
    const [firm, ann] = [await company(), await person('Ann')]
    const owner = await keyOf({ permissions: ['*:*'], parties: [firm['id']] })
    const account = (name: string) => made('/tmf-api/accountManagement/v4/billingAccount', { name, relatedParty: [{ id: firm['id'], name: 'Access Ltd', role: 'payer', '@referredType': 'Organization' }] })
    const [travel, office] = [await account('Travel'), await account('Office')]
    const order = (of: Doc) => made(ORDERS, { billingAccount: { id: of['id'] }, productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'none' } }] }, owner)
    const [mine, notMine] = [await order(travel), await order(office)]
    await made('/tandem/v1/delegation', { grantor: { id: firm['id'] }, delegate: { id: ann['id'] }, permission: ['productOrder:*', 'billingAccount:read'], account: [{ id: travel['id'] }] }, owner)
    const annKey = await keyOf({ permissions: ['*:*'], parties: [ann['id']] })
    expect((await send('GET', mine['href'], annKey)).status).toBe(200)
    expect((await send('GET', notMine['href'], annKey)).status).toBe(404)
    const list = await send('GET', ORDERS, annKey)
    expect([list.body.map((one: Doc) => one['id']), list.headers['x-total-count']]).toEqual([[mine['id']], '1'])
    expect((await send('GET', '/tmf-api/accountManagement/v4/billingAccount', annKey)).body.map((one: Doc) => one['id'])).toEqual([travel['id']])
    const refused = await send('POST', '/tandem/v1/delegation', owner, { grantor: { id: firm['id'] }, delegate: { id: ann['id'] }, permission: ['*:*'], account: [{ id: 'none' }] })
    expect(refused.body).toMatchObject({ status: '400', details: [{ path: 'account[0].id' }] })
  })

  it('reaches whoever is the same person from the answer to the merge until the answer to its undoing, in every process within a second', async () => {
    const [ann, anna] = [await person('Ann'), await person('Anna')]
    const key = await keyOf({ permissions: ['*:read'], parties: [anna['id']] })
    const status = async (app = one): Promise<number> => (await send('GET', ann['href'], key, undefined, app)).status
    const soon = async (wanted: number): Promise<void> => {
      const since = Date.now()
      await eventually(async () => (await status(two)) === wanted)
      expect(Date.now() - since).toBeLessThan(1_000)
    }
    for (let round = 0; round < 3; round++) {
      expect([await status(), await status(two)]).toEqual([404, 404])
      const { id } = await made('/tandem/v1/partyMerge', { survivor: { id: ann['id'] }, merged: { id: anna['id'] } })
      expect(await status()).toBe(200)
      await soon(200)
      expect((await send('POST', `/tandem/v1/partyMerge/${id}/undo`, admin, {})).status).toBe(200)
      expect(await status()).toBe(404)
      await soon(404)
    }
  })

  it('sees the customers that a party is as the party itself', async () => {
    const ann = await person('Ann')
    const customer = await made('/tmf-api/customerManagement/v4/customer', { name: 'Ann', engagedParty: { id: ann['id'], '@referredType': 'Individual' } })
    const annKey = await keyOf({ permissions: ['*:*'], parties: [ann['id']] })
    const order = await made(ORDERS, { relatedParty: [{ id: customer['id'], role: 'customer', '@referredType': 'Customer' }], productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'none' } }] })
    expect((await send('GET', order['href'], annKey)).status).toBe(200)
    // Staff who act for her see what she sees.
    const staff = await keyOf({ permissions: ['*:*'] })
    expect((await send('GET', ORDERS, { ...staff, 'x-on-behalf-of': String(ann['id']) })).body.map((one: Doc) => one['id'])).toEqual([order['id']])
  })
})

it("takes another's product in an order as one that does not exist", async () => {
  const [ann, ben] = [await person('Ann'), await person('Ben')]
  const product = await made('/tmf-api/productInventory/v4/product', { name: 'Line', status: 'active', relatedParty: [{ id: ben['id'], name: 'Ben', role: 'customer', '@referredType': 'Individual' }] })
  const annKey = await keyOf({ permissions: ['*:*'], parties: [ann['id']] })
  const said = await Promise.all(
    [String(product['id']), 'there-is-none'].map(async id => {
      const order = await made(ORDERS, { productOrderItem: [{ id: '1', action: 'delete', product: { id } }] }, annKey)
      return [order['state'], JSON.stringify(order['rejectionReason']).replaceAll(id, '<id>')]
    }),
  )
  expect(said[0]).toEqual(said[1])
  expect(said[0]![0]).toBe('rejected')
})

describe('stores and partners', () => {
  it('see what they sold, whoever owns it, and nothing else', async () => {
    const customer = await person('Carla')
    const store = await keyOf({ permissions: ['*:*'], store: 'store-7' })
    const other = await keyOf({ permissions: ['*:*'], store: 'store-8' })
    const sold = await made(ORDERS, { relatedParty: [{ id: customer['id'], role: 'customer', '@referredType': 'Individual' }], productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'none' } }] }, store)
    expect(sold['relatedParty']).toMatchObject([{ id: customer['id'] }, { id: 'store-7', role: 'store' }])
    expect((await send('GET', sold['href'], store)).status).toBe(200)
    expect((await send('GET', sold['href'], other)).status).toBe(404)
    expect((await send('GET', ORDERS, store)).headers['x-total-count']).toBe('1')
    expect((await send('GET', customer['href'], store)).status).toBe(404)
    const met = await made(`${PARTY}/individual`, { givenName: 'Walk', familyName: 'In' }, store)
    expect((await send('GET', met['href'], store)).status).toBe(200)
    expect((await send('GET', met['href'], other)).status).toBe(404)
  })

  it('lets a partner keep offerings of its own, and no customer any', async () => {
    const path = '/tmf-api/productCatalogManagement/v4/category'
    const partner = await keyOf({ permissions: ['*:*'], partner: 'org-p' })
    const house = await made(path, { name: 'Of the house' })
    const theirs = await made(path, { name: "A partner's" }, partner)
    expect((await send('PATCH', theirs['href'], partner, { name: 'Renamed' })).status).toBe(200)
    expect((await send('PATCH', house['href'], partner, { name: 'Taken' })).status).toBe(404)
    const customer = await keyOf({ permissions: ['*:*'], parties: ['c'] })
    expect((await send('GET', theirs['href'], customer)).status).toBe(200)
    for (const method of ['PATCH', 'DELETE'] as const) expect((await send(method, house['href'], customer, {})).status).toBe(403)
  })
})

describe('the audit', () => {
  const records = async (query: string): Promise<Doc[]> => (await send('GET', `${AUDIT}?${query}`, admin)).body as Doc[]

  it('has every read of personal data before it is answered, writes, and refusals', async () => {
    const ann = await person('Audited')
    const key = await made('/tandem/v1/apiKey', { name: 'reader', permissions: ['individual:read'] })
    const reader = { ...bearer(key['key']), 'x-tandem-channel': 'care', 'x-correlation-id': 'audit-1' }
    await send('GET', ann['href'], reader)
    await send('GET', `${PARTY}/individual?givenName=Audited`, reader)
    await send('GET', `${PARTY}/individual?givenName=Nobody`, reader)
    expect((await send('DELETE', ann['href'], reader)).status).toBe(403)
    expect((await send('GET', '/tandem/v1/clock', reader)).status).toBe(403)
    const found = await records(`principal=${String(key['id'])}`)
    expect(found.map(one => [one['operation'], one['resource'], one['resourceId'], one['query'], one['count']])).toEqual([
      ['refuse', 'operations', undefined, 'GET /tandem/v1/clock', undefined],
      ['refuse', 'individual', [ann['id']], `DELETE ${PARTY}/individual/:id`, undefined],
      ['read', 'individual', undefined, 'givenName=Nobody', 0],
      ['read', 'individual', [ann['id']], 'givenName=Audited', 1],
      ['read', 'individual', [ann['id']], undefined, undefined],
    ])
    for (const record of found) expect(record).toMatchObject({ channel: 'care', correlationId: 'audit-1' })
    await eventually(async () => (await records(`resourceId=${String(ann['id'])}&operation=create`)).length === 1)
    expect((await records(`resourceId=${String(ann['id'])}`)).map(one => one['operation'])).toEqual(['refuse', 'read', 'read', 'create'])
    expect(await records(`resource=apiKey&operation=create&resourceId=${String(key['id'])}`)).toMatchObject([{ principal: 'bootstrap' }])
    const [first, second] = await records('limit=2')
    expect(await records(`limit=1&after=${String(first!['cursor'])}`)).toMatchObject([{ cursor: second!['cursor'] }])
  })

  it('cannot be changed, and is closed to those without the permission', async () => {
    for (const statement of ["UPDATE audit_record SET principal = 'x'", 'DELETE FROM audit_record', 'TRUNCATE audit_record', "UPDATE event SET principal = 'x'", 'DELETE FROM event']) {
      await expect(one.database.query(statement), statement).rejects.toThrow(/append only/)
    }
    const key = await keyOf({ permissions: ['individual:*'] })
    expect((await send('GET', AUDIT, key)).status).toBe(403)
    const confined = await keyOf({ permissions: ['*:*'], parties: ['p'] })
    expect((await send('GET', AUDIT, confined)).status).toBe(403)
    expect((await send('GET', `${AUDIT}?after=x`, admin)).status).toBe(400)
    const elsewhere = await keyOf({ permissions: ['*:*'], brands: ['elsewhere'] })
    // Its own question is all that it finds.
    expect((await send('GET', AUDIT, elsewhere)).body).toEqual([])
    expect(((await send('GET', AUDIT, elsewhere)).body as Doc[]).map(one => one['resource'])).toEqual(['auditRecord'])
  })

  it('forgets what was asked for when a person is erased, and nothing else', async () => {
    const ann = await person('Forgotten')
    await send('GET', `${PARTY}/individual?givenName=Forgotten`, admin)
    await one.database.query('SELECT tandem_audit_forget($1, $2)', ['default', [ann['id']]])
    const found = await records(`resourceId=${String(ann['id'])}&operation=read`)
    expect(found).toHaveLength(1)
    expect(found[0]).not.toHaveProperty('query')
    await expect(one.database.query('DELETE FROM audit_record')).rejects.toThrow(/append only/)
  })

  it('records many readers at once, none of them lost', async () => {
    const ann = await person('Popular')
    await Promise.all(Array.from({ length: 120 }, (_, i) => send('GET', ann['href'], { ...admin, 'x-correlation-id': `many-${i}` }, undefined, i % 2 === 0 ? one : two)))
    expect(await records(`resourceId=${String(ann['id'])}&operation=read&limit=1000`)).toHaveLength(120)
  })
})

describe('API keys', () => {
  it('are rotated with an overlap, seen by every process', async () => {
    const key = await made('/tandem/v1/apiKey', { name: 'rotated', permissions: ['individual:read'] })
    const works = async (text: unknown, app = one): Promise<boolean> => (await send('GET', `${PARTY}/individual?limit=0`, bearer(String(text)), undefined, app)).status === 200
    expect(await works(key['key'])).toBe(true)
    const rotated = await send('POST', `${key['href'] as string}/rotate`, admin, { overlapMinutes: 5 })
    expect(rotated.body).toMatchObject({ id: key['id'], previousUntil: expect.any(String), key: expect.stringMatching(/^tdm_/) })
    for (const app of [one, two]) for (const text of [key['key'], rotated.body['key']]) expect(await works(text, app)).toBe(true)
    const last = await send('POST', `${key['href'] as string}/rotate`, admin, { overlapMinutes: 0 })
    await eventually(async () => !(await works(key['key'])) && !(await works(rotated.body['key'])) && !(await works(rotated.body['key'], two)))
    expect(await works(last.body['key'], two)).toBe(true)
    await send('DELETE', key['href'], admin)
    expect((await send('POST', `${key['href'] as string}/rotate`, admin, {})).status).toBe(409)
  })

  it('are not rotated by those who could not have made them', async () => {
    const key = await made('/tandem/v1/apiKey', { name: 'strong', permissions: ['*:*'] })
    const weak = await keyOf({ permissions: ['apiKey:*'] })
    expect((await send('POST', `${key['href'] as string}/rotate`, weak, {})).status).toBe(403)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerModule, customerOf, customersOf, partyOf } from '../../../src/modules/customer/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const PARTY = '/tmf-api/party/v4'
const CUSTOMER = '/tmf-api/customerManagement/v4/customer'
const context = systemContext(DEFAULT_BRAND, 'test')

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
  const answer = await server.app.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json(), headers: answer.headers }
}
const person = async (given: object = {}): Promise<any> => (await call('POST', `${PARTY}/individual`, { givenName: 'Mira', familyName: 'Aldenhoven', ...given })).body
const company = async (given: object = {}): Promise<any> => (await call('POST', `${PARTY}/organization`, { tradingName: 'Lindqvist', ...given })).body

beforeAll(async () => {
  server = await createTestApp({ modules: [customerModule], settings: { ROLES: 'api' } })
})
afterAll(() => server.close())

describe('individual', () => {
  test('starts initialized and moves along its lifecycle, not back', async () => {
    const { id, status } = await person()
    expect(status).toBe('initialized')
    expect((await call('PATCH', `${PARTY}/individual/${id}`, { status: 'validated' })).status).toBe(200)
    const back = await call('PATCH', `${PARTY}/individual/${id}`, { status: 'initialized' })
    expect(back.status).toBe(409)
    expect(back.body.message).toContain('deceaded')
    expect((await call('PATCH', `${PARTY}/individual/${id}`, { status: 'deceased' })).status).toBe(400)
  })

  test('is refused with every fault named', async () => {
    const answer = await call('POST', `${PARTY}/individual`, {
      givenName: 'A', familyName: 'B', birthDate: '2999-01-01T00:00:00Z', deathDate: '1990-01-01T00:00:00Z',
      contactMedium: [{ mediumType: 'email', validFor: { startDateTime: '2026-02-01T00:00:00Z', endDateTime: '2026-01-01T00:00:00Z' } }],
    })
    expect(answer.status).toBe(400)
    for (const name of ['birthDate', 'deathDate', 'contactMedium[0].validFor.endDateTime']) expect(answer.body.message).toContain(name)
  })

  test.each<[string, object]>([
    ['deathDate', { deathDate: '2999-01-01T00:00:00Z' }],
    ['givenName', { givenName: '   ' }],
    ['familyName', { familyName: 'Alden\u0000hoven' }],
    ['familyName', { familyName: 'Alden\nhoven' }],
    ['fullName', { fullName: 'Mira \u202enevohnedlA' }],
    ['otherName[0].familyName', { otherName: [{ familyName: '\u2066x\u2069' }] }],
    ['contactMedium[0].characteristic.emailAddress', { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'mira@example.com\r\nBcc: eve@example.com' } }] }],
    ['contactMedium[0].characteristic.emailAddress', { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'mira at example.com' } }] }],
    ['contactMedium[0].characteristic.emailAddress', { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'mira aldenhoven@example.com' } }] }],
    ['contactMedium[0].characteristic.phoneNumber', { contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: 'abc' } }] }],
  ])('is refused by the name of %s when it cannot be: %j', async (attribute, given) => {
    const answer = await call('POST', `${PARTY}/individual`, { givenName: 'Mira', familyName: 'Aldenhoven', ...given })
    expect(answer.status).toBe(400)
    expect(answer.body.details.map((one: { path: string }) => one.path)).toEqual([attribute])
    const { id } = await person()
    expect((await call('PATCH', `${PARTY}/individual/${id}`, given)).status).toBe(400)
  })

  test('keeps names of every script byte for byte', async () => {
    for (const familyName of ['Ångström'.normalize('NFD'), 'משה', '山田', 'رحمان‌زاده', 'क्‍ष', '👩‍👩‍👧', "O'Brien-Łoś", 'Nguyễn  Văn']) {
      const { id } = await person({ familyName })
      expect((await call('GET', `${PARTY}/individual/${id}`)).body.familyName).toBe(familyName)
    }
    expect((await call('POST', `${PARTY}/organization`, { tradingName: '\t ' })).body.message).toContain('tradingName')
    expect((await call('POST', `${PARTY}/organization`, { tradingName: 'Lind\u202eqvist' })).body.message).toContain('tradingName')
  })

  test('is merged by nobody who patches it', async () => {
    const { id } = await person()
    const answer = await call('PATCH', `${PARTY}/individual/${id}`, { mergedInto: { id: (await person()).id } })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain('mergedInto')
  })

  test('is found by name, several values meaning or', async () => {
    await person({ familyName: 'Okonkwo' })
    await person({ familyName: 'Petrov' })
    const { body } = await call('GET', `${PARTY}/individual?familyName=Okonkwo,Petrov&fields=familyName`)
    expect(body.map((one: { familyName: string }) => one.familyName).sort()).toEqual(['Okonkwo', 'Petrov'])
  })
})

describe('organization', () => {
  test('has a parent that must exist', async () => {
    const parent = await company()
    const child = await call('POST', `${PARTY}/organization`, { tradingName: 'Shop', organizationParentRelationship: { relationshipType: 'hierarchical', organization: { id: parent.id } } })
    expect(child.status).toBe(201)
    const orphan = await call('POST', `${PARTY}/organization`, { tradingName: 'Shop', organizationParentRelationship: { organization: { id: 'nowhere' } } })
    expect(orphan.status).toBe(400)
    expect(orphan.body.message).toContain('organizationParentRelationship.organization')
    const removed = await call('DELETE', `${PARTY}/organization/${parent.id}`)
    expect(removed.status).toBe(409)
    expect(removed.body.message).toContain(child.body.id)
  })

  test('never stands above itself, however long the way', async () => {
    const [one, two, three] = [await company(), await company(), await company()]
    const below = (child: { id: string }, parent: { id: string }) => call('PATCH', `${PARTY}/organization/${child.id}`, { organizationParentRelationship: { organization: { id: parent.id } } })
    expect((await below(two, one)).status).toBe(200)
    expect((await below(three, two)).status).toBe(200)
    const loop = await below(one, three)
    expect(loop.status).toBe(400)
    expect(loop.body.message).toContain('above itself')
    expect((await below(one, one)).status).toBe(400)
  })
})

describe('customer', () => {
  const ref = (party: { id: string }, type = 'Individual') => ({ id: party.id, '@referredType': type })

  test('engages a party that must exist, unless it lives elsewhere', async () => {
    const mira = await person()
    expect((await call('POST', CUSTOMER, { name: 'Mira', engagedParty: ref(mira) })).status).toBe(201)
    const unknown = await call('POST', CUSTOMER, { name: 'Nobody', engagedParty: ref({ id: 'nobody' }) })
    expect(unknown.status).toBe(400)
    expect(unknown.body.message).toContain('engagedParty.id')
    expect((await call('POST', CUSTOMER, { name: 'Far', engagedParty: { ...ref({ id: '9' }), href: 'https://crm.example.com/individual/9' } })).status).toBe(201)
  })

  test('keeps its party from being deleted, and names itself', async () => {
    const mira = await person()
    const { body: customer } = await call('POST', CUSTOMER, { name: 'Mira', engagedParty: ref(mira) })
    const refused = await call('DELETE', `${PARTY}/individual/${mira.id}`)
    expect(refused.status).toBe(409)
    expect(refused.body.message).toContain(customer.id)
    expect((await call('DELETE', `${CUSTOMER}/${customer.id}`)).status).toBe(204)
    expect((await call('DELETE', `${PARTY}/individual/${mira.id}`)).status).toBe(204)
  })

  test('needs a name and a party as the definition says, each named', async () => {
    const { status, body } = await call('POST', CUSTOMER, {})
    expect(status).toBe(400)
    expect(body.message).toContain('name')
    expect(body.message).toContain('engagedParty')
  })

  test('is called like its party when its name is blank', async () => {
    const mira = await person({ familyNamePrefix: 'van' })
    const shop = await company({ tradingName: 'Lindqvist Bakery', name: 'Lindqvist Ltd' })
    expect((await call('POST', CUSTOMER, { name: ' ', engagedParty: ref(mira) })).body.name).toBe('Mira van Aldenhoven')
    expect((await call('POST', CUSTOMER, { name: '', engagedParty: ref(shop, 'Organization') })).body.name).toBe('Lindqvist Bakery')
  })

  test('has a status in words of the provider, whose change is a state change', async () => {
    const mira = await person()
    const { body } = await call('POST', CUSTOMER, { name: 'Mira', status: 'prospect', engagedParty: ref(mira) })
    expect((await call('PATCH', `${CUSTOMER}/${body.id}`, { status: 'active' })).status).toBe(200)
    expect((await call('PATCH', `${CUSTOMER}/${body.id}`, { statusReason: 'paid' })).status).toBe(200)
    const events = await server.database.query<{ event_type: string }>('SELECT event_type FROM event WHERE resource_id = $1 ORDER BY revision', [body.id])
    expect(events.map(event => event.event_type)).toEqual(['CustomerCreateEvent', 'CustomerStateChangeEvent', 'CustomerAttributeValueChangeEvent'])
  })

  test('other modules find the customer of a party and the party of a customer', async () => {
    const mira = await person()
    const { body } = await call('POST', CUSTOMER, { name: 'Mira', engagedParty: ref(mira) })
    expect((await customersOf(server.services, context, mira.id)).map(one => one.id)).toEqual([body.id])
    expect((await customerOf(server.services, context, { id: mira.id, '@referredType': 'Individual' }))?.id).toBe(body.id)
    expect((await customerOf(server.services, context, { id: body.id, '@referredType': 'Customer' }))?.id).toBe(body.id)
    expect(await partyOf(server.services, context, { id: body.id, '@referredType': 'Customer' })).toMatchObject({ id: mira.id, kind: 'individual', name: 'Mira Aldenhoven' })
    expect(await partyOf(server.services, context, { id: 'nobody' })).toBeUndefined()
  })
})

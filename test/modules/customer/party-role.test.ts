import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerModule } from '../../../src/modules/customer/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const PARTY = '/tmf-api/party/v4'
const ROLE = '/tmf-api/partyRoleManagement/v4/partyRole'

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
  const answer = await server.app.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
}
const ref = (party: { id: string }, type: string, role?: string) => ({ id: party.id, '@referredType': type, ...(role !== undefined && { role }) })

beforeAll(async () => {
  server = await createTestApp({ modules: [customerModule], settings: { ROLES: 'api' } })
})
afterAll(() => server.close())

describe('a party role', () => {
  test('says who plays it for whom; both must exist, and stay while it is played', async () => {
    const mira = (await call('POST', `${PARTY}/individual`, { givenName: 'Mira', familyName: 'Aldenhoven' })).body
    const bakery = (await call('POST', `${PARTY}/organization`, { tradingName: 'Lindqvist' })).body
    const role = await call('POST', ROLE, { name: 'Technical contact', engagedParty: ref(mira, 'Individual'), relatedParty: [ref(bakery, 'Organization', 'company')] })
    expect(role.status).toBe(201)
    expect(role.body).toMatchObject({ roleType: 'Technical contact', '@type': 'PartyRole' })
    expect((await call('GET', `${ROLE}?relatedParty.id=${bakery.id}`)).body).toHaveLength(1)
    const rows = await server.database.query<{ owner_party: string }>('select owner_party from party_role where id = $1', [role.body.id])
    expect(rows).toEqual([{ owner_party: mira.id }])
    for (const path of [`individual/${mira.id}`, `organization/${bakery.id}`]) expect((await call('DELETE', `${PARTY}/${path}`)).status).toBe(409)
    const nobody = await call('POST', ROLE, { name: 'Contact', engagedParty: ref({ id: 'nobody' }, 'Individual') })
    expect(nobody.status).toBe(400)
    expect(nobody.body.message).toContain('engagedParty.id')
  })

  test('has a status in words of the provider, whose change is a state change', async () => {
    const { body } = await call('POST', ROLE, { name: 'Supplier', roleType: 'supplier', status: 'applied' })
    for (const change of [{ status: 'certified' }, { statusReason: 'papers are in order' }]) expect((await call('PATCH', `${ROLE}/${body.id}`, change)).status).toBe(200)
    const events = await server.database.query<{ event_type: string }>('select event_type from event where resource_id = $1 order by revision', [body.id])
    expect(events.map(event => event.event_type)).toEqual(['PartyRoleCreateEvent', 'PartyRoleStateChangeEvent', 'PartyRoleAttributeValueChangeEvent'])
  })

  test('is refused with every fault named', async () => {
    const backwards = { startDateTime: '2027-02-01T00:00:00Z', endDateTime: '2027-01-01T00:00:00Z' }
    const { status, body } = await call('POST', ROLE, {
      name: 'Contact', validFor: backwards, contactMedium: [{ mediumType: 'email', characteristic: {}, validFor: backwards }], creditProfile: [{ creditProfileDate: '2027-01-01T00:00:00Z', validFor: backwards }],
    })
    expect(status).toBe(400)
    for (const path of ['validFor.endDateTime', 'contactMedium[0].validFor.endDateTime', 'creditProfile[0].validFor.endDateTime']) expect(body.message).toContain(path)
    expect((await call('POST', ROLE, { status: 'active' })).body.message).toBe('name is required')
  })
})

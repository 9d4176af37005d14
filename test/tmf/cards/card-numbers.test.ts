import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

const PARTY = '/tmf-api/party/v4'
const CUSTOMER = '/tmf-api/customerManagement/v4/customer'
const ACCOUNT = '/tmf-api/accountManagement/v4/billingAccount'
const VISA = '4111 1111 1111 1111'

let server: TestApp
let party = { id: '' }
type Doc = Record<string, unknown>
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'PUT', url: string, payload: unknown, headers: Record<string, string> = {}) => {
  const answer = await server.app.inject({ method, url, headers: { 'content-type': 'application/json', ...headers }, payload: JSON.stringify(payload) })
  return { status: answer.statusCode, body: answer.json(), text: answer.body }
}
const bodies: Record<string, () => [string, Doc]> = {
  individual: () => [`${PARTY}/individual`, { givenName: 'Mira', familyName: 'Aldenhoven' }],
  organization: () => [`${PARTY}/organization`, { name: 'Lanternfish', tradingName: 'Lanternfish' }],
  customer: () => [CUSTOMER, { name: 'Mira', engagedParty: { id: party.id, '@referredType': 'Individual' } }],
  partyRole: () => ['/tmf-api/partyRoleManagement/v4/partyRole', { name: 'Friend', engagedParty: { id: party.id, '@referredType': 'Individual' } }],
  billingAccount: () => [ACCOUNT, { name: 'Home', relatedParty: [{ id: party.id, role: 'payer', name: 'Mira', '@referredType': 'Individual' }] }],
}

beforeAll(async () => {
  server = await createTestApp({ settings: { ROLES: 'api' } })
  party = (await call('POST', `${PARTY}/individual`, { givenName: 'Mira', familyName: 'Aldenhoven' })).body
})
afterAll(() => server.close())

describe('a card number in words', () => {
  test.each<[string, Doc, string]>([
    ['individual', { givenName: VISA }, 'givenName'],
    ['individual', { familyName: `Aldenhoven ${VISA}` }, 'familyName'],
    ['individual', { otherName: [{ fullName: '3782-822463-10005' }] }, 'otherName[0].fullName'],
    ['individual', { skill: [{ skillName: 'x', comment: 'pays with 5555.5555.5555.4444' }] }, 'skill[0].comment'],
    ['individual', { partyCharacteristic: [{ name: 'note', value: VISA }] }, 'partyCharacteristic[0].value'],
    ['organization', { tradingName: '6011111111111117' }, 'tradingName'],
    ['customer', { statusReason: `paid by ${VISA}` }, 'statusReason'],
    ['customer', { name: '４１１１１１１１１１１１１１１１' }, 'name'],
    ['partyRole', { statusReason: VISA }, 'statusReason'],
    ['billingAccount', { description: `card ${VISA} 12/29` }, 'description'],
    ['billingAccount', { name: VISA }, 'name'],
    ['billingAccount', { contact: [{ contactName: VISA, contactType: 'primary' }] }, 'contact[0].contactName'],
  ])('of a %s is refused by the name of the attribute, made or changed: %j', async (kind, more, attribute) => {
    const [url, body] = bodies[kind]!()
    const made = await call('POST', url, { ...body, ...more })
    expect(made.status, made.text).toBe(400)
    expect(made.body.message).toContain(attribute)
    expect(made.text.replaceAll(/\D/g, '')).not.toContain('1111111')
    const there = await call('POST', url, body)
    expect(there.status, there.text).toBe(201)
    const changed = await call('PATCH', `${url}/${there.body.id}`, more)
    expect(changed.status, changed.text).toBe(400)
    expect(changed.body.message).toContain(attribute)
    const [name, value] = Object.entries(more)[0]!
    const step = await call('PATCH', `${url}/${there.body.id}`, [{ op: 'add', path: `/${name}`, value }], { 'content-type': 'application/json-patch+json' })
    expect(step.status, step.text).toBe(400)
  })

  test('comes from no other system either', async () => {
    const answer = await call('PUT', '/tandem/v1/external/crm/individual/c-1', { givenName: 'Mira', familyName: VISA })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain('familyName')
  })
})

describe('what is no card number is taken, also where it passes the same check', () => {
  const digits = VISA.replaceAll(' ', '')
  test.each<[string, string, Doc]>([
    ['an id in another system', 'individual', { externalReference: [{ externalReferenceType: 'crm', name: digits }] }],
    ['the number of a passport', 'individual', { individualIdentification: [{ identificationType: 'passport', identificationId: digits }] }],
    ['phone numbers', 'individual', { contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '+49 4111 1111 111 1111' } }], formattedName: 'Mira, call +49 170 1234567 or 0049 30 9018 20' }],
    ['a bank account in a note', 'billingAccount', { description: 'moved to DE89 3704 0044 0532 0130 00, before GB29 NWBK 6016 1331 9268 19' }],
    // The country's length and check digits; its last sixteen digits would be a Visa number.
    ['a bank account that has a card number’s digits in it', 'billingAccount', { description: `to ${polishIban(digits)} from now on` }],
    ['a device', 'customer', { statusReason: 'lost the phone with IMEI 490154203237518' }],
    ['orders and dates', 'customer', { statusReason: 'order 01a20172-546e-72c4-acec-7b6ee16f7ea1 of 2026-11-22T09:09:11.000Z, ticket 20261122000017' }],
    ['a characteristic that is a number', 'individual', { partyCharacteristic: [{ name: 'loyaltyNumber', value: '1234567812345670' }] }],
  ])('%s', async (_what, kind, more) => {
    const [url, body] = bodies[kind]!()
    const answer = await call('POST', url, { ...body, ...more })
    expect(answer.status, answer.text).toBe(201)
  })

  test('nor is an id by which another system calls its record', async () => {
    expect((await call('PUT', `/tandem/v1/external/crm/individual/${digits}`, { givenName: 'Mira', familyName: 'Aldenhoven' })).status).toBe(201)
  })
})

/** PL, 28 characters, with the digits at its end. */
function polishIban(end: string): string {
  const bban = `10901014${end}`
  const rest = `${bban}252100`.split('').reduce((sum, digit) => (sum * 10 + Number(digit)) % 97, 0)
  return `PL${String(98 - rest).padStart(2, '0')} ${bban.match(/.{4}/g)!.join(' ')}`
}

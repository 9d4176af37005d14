import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cardNumberFaults } from '../../../src/platform/card-number-in-input.ts'
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
  order: () => ['/tmf-api/productOrderingManagement/v4/productOrder', { productOrderItem: [{ id: '1', action: 'add', product: { name: 'Line' } }] }],
  product: () => ['/tmf-api/productInventory/v4/product', { status: 'created', name: 'Line' }],
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
    ['individual', { partyCharacteristic: [{ name: 'loyalty', value: '4111:1111:1111:1111' }] }, 'partyCharacteristic[0].value'],
    ['individual', { partyCharacteristic: [{ name: 'loyalty', value: 4111111111111111 }] }, 'partyCharacteristic[0].value'],
    ['individual', { individualIdentification: [{ identificationType: 'passport', identificationId: VISA }] }, 'individualIdentification[0].identificationId'],
    ['individual', { contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '4111 (1111) (1111) 1111' } }] }, 'contactMedium[0].characteristic.phoneNumber'],
    ['order', { description: `pays with ${VISA}` }, 'description'],
    ['order', { note: [{ text: `pays with ${VISA}` }] }, 'note[0].text'],
    ['product', { productCharacteristic: [{ name: 'label', value: VISA }] }, 'productCharacteristic[0].value'],
    ['product', { productCharacteristic: [{ name: 'label', value: 5555555555554444 }] }, 'productCharacteristic[0].value'],
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

  test.each<[string, Doc, string]>([
    ['/tmf-api/quoteManagement/v4/quote', { quoteItem: [{ action: 'add' }], note: [{ text: VISA }] }, 'note[0].text'],
    ['/tmf-api/shoppingCart/v4/shoppingCart', { cartItem: [{ action: 'add', note: [{ text: VISA }] }] }, 'cartItem[0].note[0].text'],
    ['/tandem/v1/consent', { purpose: 'marketing', textVersion: VISA }, 'textVersion'],
    ['/tandem/v1/apiKey', { name: VISA }, 'name'],
    ['/tandem/v1/partyIdentifier', { party: 'p', type: 'customerNumber', value: VISA }, 'value'],
    ['/tandem/v1/personalDataErasure', { party: 'p', reason: VISA }, 'reason'],
  ])('is refused by %s', async (url, body, attribute) => {
    const answer = await call('POST', url, body)
    expect(answer.status, answer.text).toBe(400)
    expect(answer.body.message).toContain(`${attribute} holds what looks like a card number`)
    expect(answer.text.replaceAll(/\D/g, '')).not.toContain('1111111')
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
    ['phone numbers', 'individual', { contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '+49 4111 1111 111 1111' } }], formattedName: 'Mira, call +49 170 1234567 or 0049 30 9018 20' }],
    ['a bank account in a note', 'billingAccount', { description: 'moved to DE89 3704 0044 0532 0130 00, before GB29 NWBK 6016 1331 9268 19' }],
    // The country's length and check digits; its last sixteen digits would be a Visa number.
    ['a bank account that has a card number’s digits in it', 'billingAccount', { description: `to ${polishIban(digits)} from now on` }],
    ['telephone numbers with a check digit that fits', 'individual', { formattedName: 'Mira, call +49 151 12345671 or +4915112345670, +4915112345671, +4915112345672', contactMedium: Array.from({ length: 10 }, (_, last) => ({ mediumType: 'phone', characteristic: { phoneNumber: `491511234567${last}` } })) }],
    ['devices, articles and places by their names', 'individual', { partyCharacteristic: [{ name: 'IMEI', value: digits }, { name: 'ICCID', value: digits }, { name: 'serialNumber', value: digits }, { name: 'latitude', value: '52.51234567890123' }, { name: 'longitude', value: Number('13.404953999999999') }, { name: 'since', value: 1732266551000 }] }],
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

test('a document of two kilobytes is looked through in some microseconds', () => {
  const document = { description: 'Fibre and a phone for the new flat, please call before 10 a.m.', productOrderItem: Array.from({ length: 6 }, (_, id) => ({ id: String(id), action: 'add', product: { id: '01a20172-546e-72c4-acec-7b6ee16f7ea1', '@type': 'Product', name: 'Fibre 1000 with a phone 2026-11-22T09:09:11.000Z', productCharacteristic: [{ name: 'imei', value: '490154203237518' }, { name: 'downloadSpeed', value: 1000 }, { name: 'colour', value: 'midnight blue and +49 170 1234567' }] } })) }
  expect(JSON.stringify(document).length).toBeGreaterThan(1900)
  expect(cardNumberFaults(document)).toEqual([])
  const rounds = Array.from({ length: 20 }, () => {
    const started = performance.now()
    for (let i = 0; i < 500; i += 1) cardNumberFaults(document)
    return (performance.now() - started) / 500
  })
  // The quickest of twenty: the machine is shared.
  expect(Math.min(...rounds) * 1000).toBeLessThan(60)
})

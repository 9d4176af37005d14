import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerModule } from '../../../src/modules/customer/index.ts'
import { paymentModule } from '../../../src/modules/payment/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const PATH = '/tmf-api/paymentMethod/v4/paymentMethod'
const PAN = '4111 1111 1111 1111'
const DIGITS = PAN.replaceAll(' ', '')
/** Nineteen digits: more than a JSON number carries. */
const LONG = '4111111111111111235'

let server: TestApp
let log = ''
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: unknown, headers: Record<string, string> = {}) => {
  const answer = await server.app.inject({ method, url, headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(payload !== undefined && { payload: JSON.stringify(payload) }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json(), text: answer.body, headers: answer.headers }
}
const card = (more: object = {}) => ({ '@type': 'tokenizedCard', name: 'Visa ending in 1111', lastFourDigits: '1111', token: 'tok_abc', ...more })

/** Every row of every table as text. */
const everything = async (): Promise<string> => {
  const tables = await server.database.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`)
  const texts = await Promise.all(tables.map(({ name }) => server.database.query<{ text: string | null }>(`select string_agg(t::text, ' ') as text from "${name}" t`)))
  return texts.map(rows => rows[0]?.text ?? '').join(' ')
}

const holdsDigits = (text: string): boolean => text.replaceAll(/[\s\-.]/g, '').includes(DIGITS.slice(0, 14))

beforeAll(async () => {
  server = await createTestApp({ modules: [customerModule, paymentModule], settings: { ROLES: 'api', LOG_LEVEL: 'info' } })
  const stream = (server.services.log as unknown as Record<symbol, { write: (line: string) => void }>)[pino.symbols.streamSym as symbol]!
  stream.write = line => void (log += line)
})
afterAll(() => server.close())

describe('a card number', () => {
  test.each<[string, object, string]>([
    ['in the name', card({ name: `Visa ${PAN}` }), 'name'],
    ['in the description', card({ description: `use ${DIGITS} please` }), 'description'],
    ['as the token', card({ token: DIGITS }), 'token'],
    ['with dashes and an expiry', card({ token: '4111-1111-1111-1111 12/27' }), 'token'],
    ['with slashes', card({ token: '4111/1111/1111/1111' }), 'token'],
    ['in digits of another script', card({ token: '４１１１１１１１１１１１１１１１' }), 'token'],
    ['in the name of a party', card({ relatedParty: { id: 'p', name: PAN, href: 'https://crm.example.com/1', '@referredType': 'Individual' } }), 'relatedParty.name'],
    ['as the id of a reference', card({ account: [{ id: 'a' }, { id: DIGITS }] }), 'account[1].id'],
    ['in an extension', card({ '@type': 'CorporateCard', '@baseType': 'tokenizedCard', own: { deep: [{ characteristic: { value: PAN } }] } }), 'own.deep[0].characteristic.value'],
    ['as a number', card({ '@type': 'CorporateCard', '@baseType': 'tokenizedCard', own: Number(DIGITS) }), 'own'],
    ['where a text does not belong', card({ isPreferred: DIGITS }), 'isPreferred'],
    ['as the value of an unknown attribute', card({ unknown: DIGITS }), 'unknown'],
    ['as the name of an attribute', card({ [DIGITS]: 1 }), '****'],
    ['where a bank account belongs', { '@type': 'bankAccountDebit', name: 'Account', accountNumber: PAN }, 'accountNumber'],
    ['as id, which clients do not give', card({ id: DIGITS }), 'id'],
  ])('%s is refused by the name of the attribute, and repeated nowhere', async (_where, payload, attribute) => {
    const answer = await call('POST', PATH, payload, { 'idempotency-key': `key-${attribute.replaceAll(/[^a-z]/gi, '')}-${Math.random()}` })
    expect(answer.status, answer.text).toBe(400)
    expect(answer.body.message).toContain(attribute)
    expect(holdsDigits(answer.text)).toBe(false)
  })

  test('as the id in another system is refused, repeated nowhere', async () => {
    for (const id of [DIGITS, '4111-1111-1111-1111', encodeURIComponent('4111/1111/1111/1111')]) {
      for (const method of ['PUT', 'GET', 'DELETE'] as const) {
        const answer = await server.app.inject({ method, url: `/tandem/v1/external/psp/paymentMethod/${id}`, ...(method === 'PUT' && { payload: card() }) })
        expect(answer.statusCode, answer.body).toBe(400)
        expect(answer.json().message).toContain('externalId')
        expect(holdsDigits(answer.body)).toBe(false)
      }
    }
    const load = await server.app.inject({ method: 'POST', url: '/tandem/v1/external/psp/paymentMethod', payload: [{ externalId: DIGITS, document: card() }] })
    expect(load.json().failed, load.body).toBe(1)
    expect(holdsDigits(await everything())).toBe(false)
  })

  test('in any kind of change is refused, repeated nowhere, and changes nothing', async () => {
    const { body } = await call('POST', PATH, card())
    const url = `${PATH}/${body.id}`
    const changes: [string, unknown, string][] = [
      ['application/merge-patch+json', { description: PAN }, 'description'],
      ['application/json', { relatedPlace: { name: PAN } }, 'relatedPlace.name'],
      ['application/merge-patch+json', { isPreferred: DIGITS }, 'isPreferred'],
      ['application/json-patch+json', [{ op: 'replace', path: '/token', value: DIGITS }], 'token'],
      ['application/json-patch+json', [{ op: 'add', path: '/account', value: [{ id: PAN }] }], 'account[0].id'],
      ['application/json-patch+json', [{ op: 'test', path: '/name', value: PAN }], 'name'],
      ['application/json-patch+json', [{ op: 'remove', path: `/${DIGITS}` }], '[0].path'],
      ['application/json-patch-query+json', [{ op: 'replace', path: '$.token', value: DIGITS }], 'token'],
      ['application/json-patch+json', { token: DIGITS }, 'token'],
    ]
    for (const [type, change, attribute] of changes) {
      const answer = await call('PATCH', url, change, { 'content-type': type })
      expect(answer.status, `${type} ${answer.text}`).toBe(400)
      expect(answer.body.message, type).toContain(attribute)
      expect(holdsDigits(answer.text), answer.text).toBe(false)
    }
    expect((await call('GET', url)).headers['etag']).toBe('"1"')
  })

  test('put together by a change from what is there is refused too', async () => {
    const { body } = await call('POST', PATH, card({ '@type': 'CorporateCard', '@baseType': 'tokenizedCard', 'first half': '4111 1111' }))
    const answer = await call('PATCH', `${PATH}/${body.id}`, [{ op: 'replace', path: '/first half', value: '4111 1111 11 11 1111' }], { 'content-type': 'application/json-patch+json' })
    expect(answer.status).toBe(400)
  })

  test('in a path or in JSON that cannot be read reaches neither answer nor log', async () => {
    const gone = await call('GET', `${PATH}/${DIGITS}`)
    expect(gone.status).toBe(404)
    expect(holdsDigits(gone.text)).toBe(false)
    for (const payload of [`{"name": ${LONG}}`, `{"name": "${DIGITS}", "name": "${DIGITS}"}`, `{"name": "${DIGITS}" nonsense`, `"${DIGITS}"`]) {
      const answer = await server.app.inject({ method: 'POST', url: PATH, headers: { 'content-type': 'application/json' }, payload })
      expect(answer.statusCode).toBe(400)
      expect(holdsDigits(answer.body), answer.body).toBe(false)
    }
  })

  test('was kept nowhere by all of this', async () => {
    expect(log).toContain('"route"')
    expect(holdsDigits(log)).toBe(false)
    const kept = await everything()
    expect(kept).toContain('tok_abc')
    expect(holdsDigits(kept)).toBe(false)
  })
})

describe('what may not be kept of a card at all', () => {
  test.each(['cardNumber', 'cvv', 'CVC', 'card_security_code'])('%s is refused whatever it holds', async name => {
    const answer = await call('POST', PATH, { '@type': 'bankCard', name: 'Card', [name]: '123' })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain(name)
    expect(answer.text).not.toContain('123')
    const { body } = await call('POST', PATH, { '@type': 'bankCard', name: 'Card' })
    const step = await call('PATCH', `${PATH}/${body.id}`, [{ op: 'add', path: `/${name}`, value: '321' }], { 'content-type': 'application/json-patch+json' })
    expect(step.status).toBe(400)
    expect(step.text).not.toContain('321')
  })

  test('nor as a named value', async () => {
    const answer = await call('POST', PATH, { '@type': 'CorporateCard', '@baseType': 'bankCard', name: 'Card', characteristic: [{ name: 'cvv', value: '987' }] })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain('characteristic[0].value')
    expect(answer.text).not.toContain('987')
  })
})

describe('a means of payment', () => {
  test('has the attributes of its kind and no others', async () => {
    expect((await call('POST', PATH, { '@type': 'directDebit', name: 'Mandate', accountNumber: 'DE89370400440532013000', BIC: 'COBADEFFXXX', mandateId: 'M-1', signatureDate: '2026-05-01T00:00:00Z' })).status).toBe(201)
    expect((await call('POST', PATH, { '@type': 'cash', name: 'Cash' })).status).toBe(201)
    const mixed = await call('POST', PATH, { '@type': 'voucher', name: 'Spring', code: 'SPRING', token: 'tok', mandateId: 'M-1' })
    expect(mixed.status).toBe(400)
    for (const name of ['token', 'mandateId']) expect(mixed.body.message).toContain(`${name} is not an attribute of voucher`)
    const unknown = await call('POST', PATH, { '@type': 'barter', name: 'Two cows' })
    expect(unknown.status).toBe(400)
    expect(unknown.body.message).toContain('@type must be one of cash, digitalWallet')
    const none = await call('POST', PATH, { name: 'What?' })
    expect(none.body.message).toBe('@type is required')
  })

  test('keeps a valid IBAN that has a card number’s digits in it, and refuses one that is none', async () => {
    // The last sixteen digits pass Luhn; the whole is an IBAN by its check digits.
    const iban = ((): string => {
      const bban = `0000${DIGITS}`
      const rest = `${bban}131400`.split('').reduce((sum, digit) => (sum * 10 + Number(digit)) % 97, 0)
      return `DE${String(98 - rest).padStart(2, '0')} ${bban.slice(0, 4)} ${PAN}`
    })()
    expect((await call('POST', PATH, { '@type': 'bankAccountDebit', name: 'Account', accountNumber: iban })).status).toBe(201)
    const wrong = `${iban.slice(0, 2)}${iban.slice(2, 4) === '98' ? '97' : '98'}${iban.slice(4)}`
    expect((await call('POST', PATH, { '@type': 'bankAccountDebit', name: 'Account', accountNumber: wrong })).status).toBe(400)
    expect((await call('POST', PATH, { '@type': 'bankAccountDebit', name: iban })).status).toBe(400)
  })

  test('dates each change of its status, and tells of it by the name that the definition has', async () => {
    const { body } = await call('POST', PATH, card({ statusDate: '2020-01-01T00:00:00Z' }))
    expect(body).toMatchObject({ status: 'active', statusDate: '2020-01-01T00:00:00Z', '@type': 'tokenizedCard' })
    const renamed = await call('PATCH', `${PATH}/${body.id}`, { name: 'Old Visa' })
    expect(renamed.body.statusDate).toBe(body.statusDate)
    const blocked = await call('PATCH', `${PATH}/${body.id}`, { status: 'blocked', statusReason: 'lost' })
    expect(Date.now() - Date.parse(blocked.body.statusDate)).toBeLessThan(60_000)
    const events = await server.database.query<{ event_type: string }>('select event_type from event where resource_id = $1 order by revision', [body.id])
    expect(events.map(event => event.event_type)).toEqual(['PaymentMethodCreateEvent', 'PaymentMethodAttributeValueChangeEvent', 'PaymentMethodStatusChangeEvent'])
  })

  test('shows four last digits, and only digits', async () => {
    for (const lastFourDigits of ['123', '12345', 'abcd', '12 4']) expect((await call('POST', PATH, card({ lastFourDigits }))).status, lastFourDigits).toBe(400)
  })

  test('belongs to its party, and is not deleted while a customer names it', async () => {
    const person = (await call('POST', '/tmf-api/party/v4/individual', { givenName: 'Mira', familyName: 'Aldenhoven' })).body
    const { body } = await call('POST', PATH, card({ relatedParty: { id: person.id, '@referredType': 'Individual' } }))
    await call('POST', '/tmf-api/customerManagement/v4/customer', { name: 'Mira', engagedParty: { id: person.id, '@referredType': 'Individual' }, paymentMethod: [{ id: body.id, '@referredType': 'PaymentMethod' }] })
    const refused = await call('DELETE', `${PATH}/${body.id}`)
    expect(refused.status).toBe(409)
    expect((await call('GET', `${PATH}?relatedParty.id=${person.id}`)).body).toHaveLength(1)
  })
})

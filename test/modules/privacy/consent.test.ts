import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modules } from '../../../src/modules/index.ts'
import { mayUse } from '../../../src/modules/privacy/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const CONSENT = '/tandem/v1/consent'
const PRIVACY = '/tmf-api/privacyManagement/v4'
const context = systemContext(DEFAULT_BRAND, 'test')

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, headers: Record<string, string> = {}) => {
  const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
}
const person = async (): Promise<string> => (await call('POST', '/tmf-api/party/v4/individual', { givenName: 'Mira', familyName: 'Aldenhoven' })).body.id
const refTo = (id: string) => ({ id, '@referredType': 'Individual' })
const may = (party: string, purpose: string, channel?: string, recipient?: string) => mayUse(server.services, context, party, purpose, channel, recipient)
const say = (party: string, action: 'grant' | 'revoke', more: object = {}) => call('POST', CONSENT, { party, action, purpose: 'marketing', channel: 'email', ...(action === 'grant' && { textVersion: '2026-1' }), ...more })

const specification = async (): Promise<string> =>
  (await call('POST', `${PRIVACY}/partyPrivacyProfileSpecification`, { name: 'Asked at checkout', partyPrivacyProfileSpecCharacteristic: [{ name: 'email', privacyUsagePurpose: 'MARKETING' }] })).body.id
const profile = async (party: string, values: object[], more: object = {}) =>
  call('POST', `${PRIVACY}/partyPrivacyProfile`, { agreedByParty: refTo(party), partyPrivacyProfileSpecification: { id: await specification() }, partyPrivacyProfileCharacteristic: values, ...more })

beforeAll(async () => {
  server = await createTestApp({ modules, settings: { ROLES: 'api' } })
})
afterAll(() => server.close())

describe('a consent', () => {
  test('allows from the answer on, and no longer from the answer to its revocation on', async () => {
    const party = await person()
    expect(await may(party, 'marketing', 'email')).toBe(false)
    expect((await say(party, 'grant')).status).toBe(201)
    expect(await may(party, 'marketing', 'email')).toBe(true)
    expect((await say(party, 'revoke')).status).toBe(201)
    expect(await may(party, 'marketing', 'email')).toBe(false)
  })

  test('is for its purpose and channel alone, a general one for all channels, the newest word wins', async () => {
    const party = await person()
    await say(party, 'grant')
    expect([await may(party, 'marketing', 'sms'), await may(party, 'profiling', 'email'), await may(party, 'marketing')]).toEqual([false, false, false])
    await say(party, 'grant', { channel: undefined })
    expect([await may(party, 'marketing', 'sms'), await may(party, 'marketing')]).toEqual([true, true])
    await say(party, 'revoke', { channel: 'sms' })
    expect([await may(party, 'marketing', 'sms'), await may(party, 'marketing', 'email'), await may(party, 'marketing')]).toEqual([false, true, true])
    await say(party, 'revoke', { channel: undefined })
    expect([await may(party, 'marketing', 'email'), await may(party, 'marketing')]).toEqual([false, false])
  })

  test('that was given earlier does not take back a later word, whenever it is recorded', async () => {
    const party = await person()
    await say(party, 'revoke')
    expect((await say(party, 'grant', { givenAt: '2020-01-01T00:00:00Z' })).status).toBe(201)
    expect(await may(party, 'marketing', 'email')).toBe(false)
  })

  test('ends when it was to end', async () => {
    const party = await person()
    await say(party, 'grant', { givenAt: '2020-01-01T00:00:00Z', validUntil: '2021-01-01T00:00:00Z' })
    expect(await may(party, 'marketing', 'email')).toBe(false)
  })

  test('holds for the person under every role, and for who it may be passed on to alone', async () => {
    const party = await person()
    const customer = (await call('POST', '/tmf-api/customerManagement/v4/customer', { name: 'Mira', engagedParty: refTo(party) })).body.id as string
    await say(customer, 'grant')
    expect([await may(party, 'marketing', 'e-mail'), await may(customer, 'MARKETING', 'Email address')]).toEqual([true, true])
    await say(party, 'grant', { purpose: 'sharing', channel: undefined, recipient: 'partner-1' })
    expect([await may(party, 'sharing'), await may(party, 'sharing', undefined, 'partner-1'), await may(party, 'sharing', undefined, 'partner-2')]).toEqual([false, true, false])
  })

  test('is shown with its proof and its history', async () => {
    const party = await person()
    await call('POST', CONSENT, { party, action: 'grant', purpose: 'Marketing', channel: 'E-Mail', textVersion: '2026-1' }, { 'x-tandem-channel': 'store' })
    await say(party, 'revoke')
    const { body } = await call('GET', `${CONSENT}?party=${party}&purpose=marketing&channel=email`)
    expect(body).toMatchObject({ party, allowed: false, consent: [{ granted: false, channel: 'email' }], history: [{ granted: false }, { granted: true, purpose: 'marketing', channel: 'email', textVersion: '2026-1', givenChannel: 'store', source: { type: 'operation' } }] })
    expect(body.history[1].recordedBy).toBeTypeOf('string')
    expect(new Date(body.history[1].givenAt).getTime()).toBeLessThanOrEqual(server.services.clock.now().getTime())
  })

  test('cannot be changed or removed', async () => {
    const party = await person()
    await say(party, 'grant')
    for (const text of [`update consent set granted = false where party_id = '${party}'`, `delete from consent where party_id = '${party}'`]) {
      await expect(server.database.query(text)).rejects.toThrow('append only')
    }
  })

  test.each([
    ['a party that does not exist', { party: 'nobody' }, 'party'],
    ['a grant without the text', { textVersion: undefined }, 'textVersion'],
    ['a time to come', { givenAt: '2999-01-01T00:00:00Z' }, 'givenAt'],
    ['an end before its beginning', { givenAt: '2020-01-01T00:00:00Z', validUntil: '2019-01-01T00:00:00Z' }, 'validUntil'],
    ['a blank purpose', { purpose: '  ' }, 'purpose'],
    ['what nobody knows', { colour: 'red' }, 'colour'],
    ['NUL', { purpose: 'a\0b' }, 'purpose'],
  ])('is refused with %s', async (_, more, named) => {
    const answer = await say(await person(), 'grant', more)
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain(named)
  })
})

describe('a privacy profile', () => {
  test('allows what it grants and refuses the rest in the moment it is stored, changed and deleted', async () => {
    const party = await person()
    const made = await profile(party, [{ name: 'email', privacyUsagePurpose: 'MARKETING', value: 'granted' }, { name: 'phone', privacyUsagePurpose: 'MARKETING', value: 'refused' }])
    expect(made.status).toBe(201)
    expect(made.body.status).toBe('agreed')
    expect([await may(party, 'marketing', 'email'), await may(party, 'marketing', 'phone')]).toEqual([true, false])
    const href = `${PRIVACY}/partyPrivacyProfile/${made.body.id}`
    expect((await call('PATCH', href, { partyPrivacyProfileCharacteristic: [{ name: 'phone', privacyUsagePurpose: 'MARKETING', value: true }] })).status).toBe(200)
    expect([await may(party, 'marketing', 'email'), await may(party, 'marketing', 'phone')]).toEqual([false, true])
    await call('PATCH', href, { status: 'terminated' })
    expect(await may(party, 'marketing', 'phone')).toBe(false)
    await call('PATCH', href, { status: 'agreed' })
    expect(await may(party, 'marketing', 'phone')).toBe(true)
    expect((await call('DELETE', href)).status).toBe(204)
    expect(await may(party, 'marketing', 'phone')).toBe(false)
    const { history } = (await call('GET', `${CONSENT}?party=${party}`)).body
    const words = history.map((one: any) => `${one.source.revision} ${one.channel} ${one.granted}`)
    expect(words.toSorted()).toEqual(['1 email true', '1 phone false', '2 email false', '2 phone true', '3 phone false', '4 phone false', '4 phone true'])
  })

  test('that is touched without a new word does not take back a later revocation', async () => {
    const party = await person()
    const made = await profile(party, [{ name: 'email', privacyUsagePurpose: 'MARKETING', value: 'granted' }])
    await say(party, 'revoke')
    await call('PATCH', `${PRIVACY}/partyPrivacyProfile/${made.body.id}`, { description: 'Filed' })
    expect(await may(party, 'marketing', 'email')).toBe(false)
  })

  test('is for whom it applies to, not for who agreed in their place', async () => {
    const [parent, child] = [await person(), await person()]
    await profile(parent, [{ name: 'all', privacyUsagePurpose: 'RESEARCH', value: true }], { applicableForParty: refTo(child) })
    expect([await may(child, 'research'), await may(parent, 'research')]).toEqual([true, false])
  })

  test('ends with its time', async () => {
    const party = await person()
    await profile(party, [{ name: 'email', privacyUsagePurpose: 'MARKETING', value: 'granted' }], { validFor: { startDateTime: '2020-01-01T00:00:00Z', endDateTime: '2021-01-01T00:00:00Z' } })
    expect(await may(party, 'marketing', 'email')).toBe(false)
  })
})

describe('a privacy agreement', () => {
  const agreement = (party: string, more: object = {}) =>
    call('POST', `${PRIVACY}/partyPrivacyAgreement`, {
      agreementType: 'privacy', name: 'Traffic data', version: '7', agreementItem: [{}],
      engagedPartyRole: [{ ...refTo(party), role: 'customer' }, { id: 'us', role: 'provider', '@referredType': 'ExternalParty' }],
      partyPrivacyProfileCharacteristic: [{ name: 'all', privacyUsagePurpose: 'RESEARCH', value: 'optIn' }], ...more,
    })

  test('allows only once it is approved, with the version of its text as proof', async () => {
    const party = await person()
    const { body } = await agreement(party)
    expect(body.status).toBe('in process')
    expect(await may(party, 'research')).toBe(false)
    await call('PATCH', `${PRIVACY}/partyPrivacyAgreement/${body.id}`, { status: 'approved' })
    expect(await may(party, 'research')).toBe(true)
    expect(await may('us', 'research')).toBe(false)
    const { consent } = (await call('GET', `${CONSENT}?party=${party}`)).body
    expect(consent).toMatchObject([{ purpose: 'research', channel: '*', granted: true, textVersion: '7', source: { type: 'partyPrivacyAgreement', id: body.id, revision: 2 } }])
  })

  test('that all have approved is approved', async () => {
    const party = await person()
    const { body } = await agreement(party, { agreementAuthorization: [{ state: 'approved' }, { state: 'Approved' }] })
    expect(body.status).toBe('approved')
    expect(await may(party, 'research')).toBe(true)
  })
})

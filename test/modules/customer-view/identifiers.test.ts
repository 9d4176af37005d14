/** People are found by whatever number they give: ids of other systems, customer numbers of a stack, addresses in any case. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPeopleApp, type Json, type PeopleApp } from './people-app.ts'

let people: PeopleApp
let mira: Json, shop: Json
beforeAll(async () => {
  people = await createPeopleApp({ settings: { PHONE_COUNTRY: 'DE' } })
  const put = async (url: string, payload: Json): Promise<Json> => {
    const answer = await people.call('PUT' as 'POST', url, { payload })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.body
  }
  mira = await put('/tandem/v1/external/crm2/individual/P-77:1', {
    givenName: 'Mira', familyName: 'Aldenhoven',
    contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'Mira.Aldenhoven@Example.com' } }],
    externalReference: [{ externalReferenceType: 'customerNumber:crm2', name: 'KD-555 1234' }, { externalReferenceType: 'loyalty', name: 'L-9001' }],
  })
  shop = await people.person('Other', 'Number', { externalReference: [{ externalReferenceType: 'customerNumber:crm1', name: 'KD5551235' }] })
  await put('/tandem/v1/external/crm2/customer/C-88', { name: 'Mira Aldenhoven', engagedParty: { id: mira.id, '@referredType': 'Individual' } })
  await people.settled()
  for (let tries = 0; tries < 200; tries++) {
    if ((await people.call('GET', `/tandem/v1/partyIdentifier?party=${shop.id}`)).body.length > 0 && (await people.call('GET', `/tandem/v1/partyIdentifier?party=${mira.id}`)).body.length > 2) break
    await new Promise(resolve => setTimeout(resolve, 50))
  }
})
afterAll(async () => { await people.close() })

const forms: [string, string][] = [
  ['the id of its record elsewhere, which may have a colon itself', 'external:crm2:P-77:1'],
  ['the id of the record of its role', 'external:crm2:C-88'],
  ['a customer number of a stack', 'customerNumber:crm2:KD-555 1234'],
  ['the same, written otherwise', 'CustomerNumber:CRM2:kd5551234'],
  ['a customer number of whatever stack', 'customerNumber:kd5551234'],
  ['an e-mail address in another case', 'email:mira.aldenhoven@example.COM'],
  ['an identity of another kind', 'external:L-9001'],
]

describe('an identifier', () => {
  it.each(forms)('leads to the person by %s', async (_what, form) => {
    for (const url of [`/tandem/v1/customer360/${encodeURIComponent(form)}`, `/tandem/v1/customer360?identifier=${encodeURIComponent(form)}`]) {
      const answer = await people.call('GET', url)
      expect(answer.status, `${url}: ${answer.text}`).toBe(200)
      expect(answer.body.party).toEqual([mira.id])
    }
    const { body } = await people.call('GET', `/tandem/v1/customerSearch?q=${encodeURIComponent(form)}`)
    expect(body.person).toMatchObject([{ id: mira.id, stage: 'identifier' }])
  })

  it.each([['kd5551234'], ['KD-555 1234'], ['l9001'], ['MIRA.aldenhoven@example.com']])('is searched for as it is said: %s', async q => {
    const { body } = await people.call('GET', `/tandem/v1/customerSearch?q=${encodeURIComponent(q)}`)
    expect(body.person).toMatchObject([{ id: mira.id, stage: 'identifier' }])
  })

  it.each([['external:crm1:P-77:1'], ['external:crm2:P-78'], ['customerNumber:crm1:KD5551234'], ['customerNumber:crm2:KD5551235'], ['login:kd5551234']])('leads to nobody where it is that of nobody: %s', async form => {
    expect((await people.call('GET', `/tandem/v1/customer360/${encodeURIComponent(form)}`)).status).toBe(404)
    expect((await people.call('GET', `/tandem/v1/customer360?identifier=${encodeURIComponent(form)}`)).status).toBe(404)
    expect((await people.call('GET', `/tandem/v1/customerSearch?q=${encodeURIComponent(form)}`)).body.person).toEqual([])
  })

  it('of another brand leads to nobody', async () => {
    for (const [, form] of forms) {
      expect((await people.call('GET', `/tandem/v1/customer360/${encodeURIComponent(form)}`, { brand: 'other' })).status).toBe(404)
      expect((await people.call('GET', `/tandem/v1/customerSearch?q=${encodeURIComponent(form)}`, { brand: 'other' })).body.person).toEqual([])
    }
  })

  it('of others leads a customer to nobody', async () => {
    const key = await people.key(['*:read'], { parties: [shop.id] })
    for (const [, form] of forms) {
      expect((await people.call('GET', `/tandem/v1/customer360/${encodeURIComponent(form)}`, { key })).status).toBe(404)
      expect((await people.call('GET', `/tandem/v1/customerSearch?q=${encodeURIComponent(form)}`, { key })).body.person).toEqual([])
    }
  })

  it('that was given on leads to who has it now, and not to the records of those before', async () => {
    const own = { externalReference: [{ externalReferenceType: 'customerNumber:net', name: 'N-88 01' }], contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '+49 30 901 88 01' } }] }
    const [former, present] = [await people.person('Nora', 'Quist', { contactMedium: own.contactMedium }), await people.person('Zoltan', 'Varga', { contactMedium: own.contactMedium })]
    const verify = async (party: string): Promise<void> => {
      const answer = await people.call('POST', '/tandem/v1/partyIdentifier', { payload: { party, type: 'phone', value: '+49309018801', verified: true } })
      expect(answer.status, answer.text).toBeLessThan(300)
    }
    // What their records say is known before somebody proves it.
    await people.settled()
    await verify(former.id)
    await verify(present.id)
    const number = (await people.call('POST', '/tandem/v1/partyIdentifier', { payload: { party: former.id, type: 'customerNumber', scope: 'net', value: 'N-88 01' } })).body
    await people.call('POST', `/tandem/v1/partyIdentifier/${number.id}/end`, { payload: {} })
    await people.call('POST', '/tandem/v1/partyIdentifier', { payload: { party: present.id, type: 'customerNumber', scope: 'net', value: 'N-88 01' } })
    await people.settled()
    expect((await people.call('GET', '/tandem/v1/partyByIdentifier?type=phone&value=%2B49309018801')).body[0].party.id).toBe(present.id)
    for (const form of ['phone:+49309018801', 'phone:030 901 8801', 'Phone:+49 (30) 901-8801', 'customerNumber:net:N-88 01', 'customerNumber:N-88 01']) {
      const answer = await people.call('GET', `/tandem/v1/customer360?identifier=${encodeURIComponent(form)}`)
      expect(answer.status, `${form}: ${answer.text}`).toBe(200)
      expect(answer.body.party, form).toEqual([present.id])
      const found = (await people.call('GET', `/tandem/v1/customerSearch?q=${encodeURIComponent(form)}`)).body.person
      expect(found.map((one: Json) => one.id), form).toEqual([present.id])
    }
    // Without its kind it may be any number: who has it comes first.
    expect((await people.call('GET', `/tandem/v1/customerSearch?q=${encodeURIComponent('+49309018801')}`)).body.person.map((one: Json) => one.id)).toEqual([present.id, former.id])
    // Nobody has it any more: what the records say is all there is.
    for (const row of (await people.call('GET', `/tandem/v1/partyIdentifier?party=${present.id}`)).body.filter((one: Json) => one.type === 'phone')) await people.call('POST', `/tandem/v1/partyIdentifier/${row.id}/end`, { payload: {} })
    const open = await people.call('GET', '/tandem/v1/customer360?identifier=Phone:%2B49309018801')
    expect(open.status, open.text).toBe(409)
    expect(open.body.message).toContain('Phone:+49309018801 belongs to 2 persons')
    // Who looks among its own rows finds itself by what its record says, whoever has it.
    const key = await people.key(['*:read'], { parties: [former.id] })
    expect((await people.call('GET', '/tandem/v1/customer360?identifier=phone:%2B49309018801', { key })).body.party).toEqual([former.id])
  })

  it('of a kind that there is not is refused, and the kinds that there are are named', async () => {
    for (const url of ['/tandem/v1/customer360?identifier=postcard:x', '/tandem/v1/customer360/postcard:x', '/tandem/v1/partyByIdentifier?type=postcard&value=x']) {
      const answer = await people.call('GET', url)
      expect(answer.status, url).toBe(400)
      for (const type of ['email', 'phone', 'customerNumber', 'login', 'external']) expect(answer.text, url).toContain(type)
    }
  })

  it('that is an e-mail address tells whose it is in any case', async () => {
    const answer = await people.call('GET', '/tandem/v1/partyByIdentifier?type=email&value=MIRA.ALDENHOVEN@example.com')
    expect(answer.body).toMatchObject([{ party: { id: mira.id }, value: 'Mira.Aldenhoven@example.com' }])
  })
})

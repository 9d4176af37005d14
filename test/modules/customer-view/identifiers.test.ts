/** People are found by whatever number they give: ids of other systems, customer numbers of a stack, addresses in any case. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPeopleApp, type Json, type PeopleApp } from './people-app.ts'

let people: PeopleApp
let mira: Json, shop: Json
beforeAll(async () => {
  people = await createPeopleApp()
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

/** Of the person in the 360° view: whose word each attribute is, and of lists put together from several sources each element. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPeopleApp, type Json, type PeopleApp } from './people-app.ts'

let people: PeopleApp
beforeAll(async () => { people = await createPeopleApp({ settings: { PHONE_COUNTRY: 'DE' } }) })
afterAll(async () => { await people.close() })

const phone = (phoneNumber: string, more: Json = {}): Json => ({ mediumType: 'phone', characteristic: { phoneNumber, ...more } })
const email = (emailAddress: string): Json => ({ mediumType: 'email', characteristic: { emailAddress } })
const imported = async (source: string, id: string, payload: Json): Promise<Json> => (await people.call('PUT' as 'POST', `/tandem/v1/external/${source}/individual/${id}`, { payload })).body
const section = async (id: string, name: string): Promise<any> => (await people.call('GET', `/tandem/v1/customer360/${id}?sections=${name}`)).body.section[name]
const attributesOf = async (id: string): Promise<Json[]> => (await section(id, 'person')).item.find((item: Json) => item.id === id).attributeSource
const merged = (survivor: Json, other: Json): Promise<Json> => people.made('/tandem/v1/partyMerge', { survivor: { id: survivor.id }, merged: { id: other.id } })

it('explains each element of joined lists by all sources that say it, those of the other record too', async () => {
  const crm = await imported('crm', 'S-1', { givenName: 'Mira', familyName: 'Aldenhoven', birthDate: '1988-03-14T00:00:00Z', contactMedium: [phone('+49 30 901820'), email('mira@example.com'), phone('+49 171 2345678')] })
  const mobile = await imported('mobile', 'S-2', { givenName: 'Mirra', familyName: 'Aldenhoven', gender: 'female', contactMedium: [phone('0049 (0)30/90-1820'), phone('0171 2345678', { country: 'DE' })] })
  await merged(crm, mobile)
  const shown = (await people.call('GET', `/tmf-api/party/v4/individual/${crm.id}`)).body
  expect(shown.contactMedium).toHaveLength(3)
  const attributes = await attributesOf(crm.id)
  const { element } = attributes.find(one => one.attribute === 'contactMedium')!
  expect(element).toHaveLength(shown.contactMedium.length)
  expect(element.map((one: Json) => one.value)).toEqual(expect.arrayContaining(shown.contactMedium))
  const asOf = expect.any(String)
  const phones = element.filter((one: Json) => one.value.mediumType === 'phone')
  expect(phones).toHaveLength(2)
  for (const { source } of phones) {
    expect(source).toEqual(expect.arrayContaining([expect.objectContaining({ source: 'crm', asOf }), expect.objectContaining({ source: 'mobile', asOf, party: mobile.id })]))
    expect(source.map((one: Json) => one.shown).toSorted()).toEqual([false, true])
    expect(source.find((one: Json) => !one.shown).value.characteristic.phoneNumber).toMatch(/30|171/)
  }
  expect(element.find((one: Json) => one.value.mediumType === 'email').source).toEqual([{ source: 'crm', asOf, shown: true }])
  expect(attributes.find(one => one.attribute === 'gender')).toMatchObject({ source: 'mobile', party: mobile.id, shown: true })
  expect(attributes.filter(one => one.attribute === 'givenName')).toEqual([expect.objectContaining({ shown: true }), expect.objectContaining({ shown: false, value: expect.any(String) })])
  // The record that was merged shows its own word alone.
  expect((await attributesOf(mobile.id)).find(one => one.attribute === 'birthDate')).toBeUndefined()
})

it('names an identifier once, with every record and source that it comes from', async () => {
  const crm = await imported('crm', 'S-3', { givenName: 'Nora', familyName: 'Aldenhoven', contactMedium: [phone('+4930901899')] })
  const mobile = await imported('mobile', 'S-4', { givenName: 'Norah', familyName: 'Aldenhoven', contactMedium: [phone('030 901899')] })
  await merged(crm, mobile)
  for (let tries = 0; tries < 100 && (await section(crm.id, 'identifiers'))[0]?.origin.length !== 2; tries++) await new Promise(resolve => setTimeout(resolve, 50))
  expect(await section(crm.id, 'identifiers')).toEqual([
    expect.objectContaining({
      type: 'phone',
      value: '+4930901899',
      origin: expect.arrayContaining([expect.objectContaining({ party: crm.id, source: 'crm', value: '+4930901899' }), expect.objectContaining({ party: mobile.id, source: 'mobile', value: '030 901899' })]),
    }),
  ])
})

it('says nothing of sources where only Tandem has ever said anything', async () => {
  const own = await people.person('Own', 'Record', { contactMedium: [email('own@example.com')] })
  expect((await section(own.id, 'person')).item).toMatchObject([{ id: own.id, attributeSource: null, source: [{ source: 'tandem' }] }])
})

it('is found by the name that each system has, also where another one’s shows', async () => {
  const crm = await imported('crm', 'S-7', { givenName: 'Jürgen', familyName: 'Müllenstedt' })
  const mobile = await imported('mobile', 'S-8', { givenName: 'Juergen', familyName: 'Muellenstaedt' })
  const merge = await merged(crm, mobile)
  expect((await people.call('GET', `/tmf-api/party/v4/individual/${crm.id}`)).body.familyName).toBe('Muellenstaedt')
  const found = async (q: string): Promise<Json[]> => (await people.call('GET', `/tandem/v1/customerSearch?q=${encodeURIComponent(q)}`)).body.person
  const eventually = async (q: string, holds: (persons: Json[]) => boolean): Promise<Json[]> => {
    for (let tries = 0; ; tries++) {
      const persons = await found(q)
      if (holds(persons) || tries === 100) return persons
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  const shown = { stage: 'exact', party: expect.arrayContaining([expect.objectContaining({ id: crm.id }), expect.objectContaining({ id: mobile.id })]) }
  for (const q of ['Jürgen Müllenstedt', 'Juergen Muellenstaedt']) expect(await eventually(q, persons => persons[0]?.stage === 'exact' && persons[0].party.length === 2)).toMatchObject([shown])
  await people.call('POST', `/tandem/v1/partyMerge/${merge.id}/undo`, { payload: {} })
  const alone = await eventually('Juergen Muellenstaedt', persons => persons[0]?.stage === 'exact' && persons.every(person => person.stage !== 'exact' || (person.party.length === 1 && person.party[0].id === mobile.id)))
  expect(alone[0]).toMatchObject({ stage: 'exact', party: [{ id: mobile.id }] })
})

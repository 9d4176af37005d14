/** A merge that is taken back leaves nothing behind: all that can be read of both is as it was, through HTTP. */
import { expect, test } from 'vitest'
import { openIdentity, type Doc } from './identity-app.ts'

const { server, send, ok, eventually, PARTY, unique, phone, email, person, identifiers, identifier, verify, cluster, suggestions, read, merge, undo, number } = openIdentity()

/** All that is told of a party, but for the revision, which never goes back, and the age, which goes on. */
const everything = async (party: string): Promise<unknown> => {
  const { revision: _, ...provenance } = JSON.parse(JSON.stringify(await ok('GET', `/tandem/v1/provenance/individual/${party}`)), (name, one: unknown) => (name === 'ageSeconds' ? undefined : one))
  const { party: members, ...view } = await ok('GET', `/tandem/v1/customer360/${party}`)
  return { doc: await read(party), provenance, members, view, identifiers: await identifiers(party, '&ended=true') }
}

test('merged and taken back with nothing in between, all that is told of both is as it was, to the age of each word', async () => {
  const [value, other] = [number(), number()]
  const one = await person({ contactMedium: [phone(value), email(`mira${unique()}@example.com`)] })
  const two = await ok('PUT', `/tandem/v1/external/mobile/individual/M-${unique()}`, { givenName: 'Mirra', familyName: 'Aldenhofen', contactMedium: [phone(other)] })
  const three = await person({ givenName: 'Mirre', nationality: 'NO' })
  await ok('PATCH', `${PARTY}/${two['id']}`, { gender: 'female' })
  await verify(one['id'], 'phone')
  await verify(two['id'], 'phone')
  const parties = [one, two, three].map(each => each['id'] as string)
  const before = await Promise.all(parties.map(everything))
  const [first, second] = [await merge(one['id'], two['id']), await merge(three['id'], one['id'])]
  await eventually(async () => (await server().database.query('SELECT 1 FROM event_reaction WHERE state = $1', ['due'])).length, waiting => waiting === 0)
  expect(await Promise.all(parties.map(everything))).not.toEqual(before)
  await undo(first['id'])
  await undo(second['id'])
  await eventually(async () => (await server().database.query('SELECT 1 FROM event_reaction WHERE state = $1', ['due'])).length, waiting => waiting === 0)
  expect(await Promise.all(parties.map(everything))).toEqual(before)
})

test('a verification that led to a merge is taken back with it: who had the value keeps it, and who verifies it again has it', async () => {
  const value = number()
  const one = await person({ contactMedium: [phone(value)] })
  const two = await person({ givenName: 'Mirra', contactMedium: [phone(value)] })
  const asked = await identifier(two['id'], 'phone')
  await verify(one['id'], 'phone')
  const before = await Promise.all([one, two].map(each => everything(each['id'])))
  const { merge: made } = await ok('POST', `/tandem/v1/partyIdentifier/${asked['id']}/verify`, { until: '2999-01-01T00:00:00Z' })
  expect(await cluster(one['id'])).toHaveLength(2)
  await undo(made.id)
  await eventually(async () => (await server().database.query('SELECT 1 FROM event_reaction WHERE state = $1', ['due'])).length, waiting => waiting === 0)
  expect(await Promise.all([one, two].map(each => everything(each['id'])))).toEqual(before)
  const again = await verify(two['id'], 'phone')
  expect(again).toMatchObject({ verified: true, conflict: [expect.any(String)] })
  const past = (await identifiers(one['id'], '&ended=true')).find(row => row['verified'])!
  expect(past['until']).toBe(again['verifiedAt'])
})

test('a customer number that made one person of two stays the first one’s when they are two', async () => {
  const reference = [{ externalReferenceType: 'customerNumber:mobile', name: `K${unique()}` }]
  const one = await person({ externalReference: reference })
  const before = await identifier(one['id'], 'customerNumber')
  const two = await person({ givenName: 'Mirra', externalReference: reference })
  await eventually(() => cluster(two['id']), members => members.length === 2)
  await undo((await ok('GET', `/tandem/v1/party/${two['id']}/cluster`)).merge[0].id)
  await ok('PATCH', `${PARTY}/${one['id']}`, { gender: 'female' })
  await ok('PATCH', `${PARTY}/${two['id']}`, { gender: 'female' })
  await eventually(async () => (await server().database.query('SELECT 1 FROM event_reaction WHERE state = $1', ['due'])).length, waiting => waiting === 0)
  expect(await identifier(one['id'], 'customerNumber')).toEqual(before)
  expect(await identifier(two['id'], 'customerNumber')).toMatchObject({ verified: false })
})

test('a suggestion that was open when two were merged by hand is open again as it was, and says so when both verify a number', async () => {
  const value = number()
  const one = await person({ birthDate: '1971-05-06T00:00:00Z', contactMedium: [phone(value)] })
  const two = await person({ familyName: 'Aldenhofen', birthDate: '1971-05-06T00:00:00Z', contactMedium: [phone(value)] })
  const [first, second] = [one['id'] as string, two['id'] as string].sort()
  const suggested = async (): Promise<Doc[]> => ok('GET', `/tandem/v1/identitySuggestion?first.id=${first}&second.id=${second}`)
  const before = await eventually(suggested, rows => rows.length === 1)
  expect(before).toMatchObject([{ state: 'open', kind: 'weak' }])
  const { id } = await merge(one['id'], two['id'])
  expect(await suggested()).toMatchObject([{ state: 'obsolete', merge: { id } }])
  await undo(id)
  await eventually(async () => (await server().database.query('SELECT 1 FROM event_reaction WHERE state = $1', ['due'])).length, waiting => waiting === 0)
  expect(await suggested()).toEqual([{ ...before[0], apart: true }])
  await verify(one['id'], 'phone')
  expect(await verify(two['id'], 'phone')).toMatchObject({ conflict: [expect.any(String)] })
  expect(await suggested()).toMatchObject([{ id: before[0]!['id'], state: 'open', kind: 'conflict', score: 0.9 }])
})

test('a suggestion on somebody who is gone is nobody’s to decide any more', async () => {
  const familyName = `Zumthorenberg${unique()}`
  const [one, two] = [await person({ familyName, birthDate: '1980-02-03T00:00:00Z' }), await person({ familyName, birthDate: '1980-02-03T00:00:00Z' })]
  const [asked] = await eventually(() => suggestions(one['id']), rows => rows.length > 0)
  await send('DELETE', `${PARTY}/${two['id']}`)
  await eventually(() => ok('GET', `/tandem/v1/identitySuggestion/${asked!['id']}`), suggestion => suggestion['state'] === 'obsolete')
  expect((await send('POST', `/tandem/v1/identitySuggestion/${asked!['id']}/accept`, {})).status).toBe(409)
})

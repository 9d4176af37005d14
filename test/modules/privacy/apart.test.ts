/** People who were one by mistake, and are two again: each is asked about, and forgotten, alone. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createWorld, type World } from './people.ts'

vi.setConfig({ testTimeout: 60_000 })

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.server.close())

const INDIVIDUAL = '/tmf-api/party/v4/individual'
const medium = (address: string) => ({ mediumType: 'email', characteristic: { emailAddress: address } })
const person = async (doc: object): Promise<any> => await world.made('POST', INDIVIDUAL, doc)
const merge = async (survivor: string, merged: string): Promise<string> => (await world.made('POST', '/tandem/v1/partyMerge', { survivor: { id: survivor }, merged: { id: merged } })).id
const forget = async (party: string): Promise<void> => {
  const { id } = await world.made('POST', '/tandem/v1/personalDataErasure', { party, reason: 'asked', dryRun: false })
  await world.until(`/tandem/v1/personalDataErasure/${id}`, body => body.state === 'completed')
}
const log = async (party: string): Promise<any[]> => (await world.server.database.query<{ doc: any }>('SELECT doc::jsonb AS doc FROM event WHERE resource_id = $1 ORDER BY seq', [party])).map(row => row.doc)

test('a merge that is taken back leaves nothing of the one in the past of the other, and forgetting the one forgets it all', async () => {
  const one = await person({ givenName: 'Anselm', familyName: 'Foxglove', nationality: 'SE', contactMedium: [medium('anselm@foxglove.example')] })
  await world.made('PATCH', `${INDIVIDUAL}/${one.id}`, { nationality: 'FI' })
  const other = await person({ givenName: 'Zebedee', familyName: 'Quillon', gender: 'male', contactMedium: [medium('zebedee@quillon.example')] })
  const before = await log(one.id)
  const id = await merge(one.id, other.id)
  expect((await world.made('GET', `${INDIVIDUAL}/${one.id}`)).familyName).toBe('Quillon')
  await world.made('PATCH', `${INDIVIDUAL}/${other.id}`, { gender: 'diverse', title: 'Sir' })
  await world.made('PATCH', `${INDIVIDUAL}/${one.id}`, { placeOfBirth: 'Turku' })
  expect(JSON.stringify(await log(one.id))).toMatch(/Quillon.*Turku/s)
  await world.made('POST', `/tandem/v1/partyMerge/${id}/undo`, {})
  const after = await log(one.id)
  expect(after.slice(0, before.length)).toEqual(before)
  expect(JSON.stringify(after)).not.toMatch(/Quillon|quillon|Zebedee|male|diverse|Sir/)
  // What happened meanwhile to the one itself stays in its past.
  expect(after.filter(doc => doc.placeOfBirth === 'Turku' && doc.familyName === 'Foxglove').length).toBeGreaterThan(0)
  expect((await log(other.id)).map(doc => [doc.familyName, doc.gender])).toEqual(expect.arrayContaining([['Quillon', 'male'], ['Quillon', 'diverse']]))
  expect(JSON.stringify(await log(other.id))).not.toMatch(/Foxglove|Turku/)

  await forget(other.id)
  const asked = await world.made('POST', '/tandem/v1/personalDataExport', { party: one.id })
  const { content } = await world.until(`/tandem/v1/personalDataExport/${asked.id}`, body => body.state === 'completed')
  const { text } = await world.call('GET', content)
  expect(text).toContain('anselm@foxglove.example')
  expect(text).not.toMatch(/Quillon|quillon|Zebedee/)
})

test('an export that was made of both is gone when they are two', async () => {
  const [one, other] = [await person({ givenName: 'Anselm', familyName: 'Foxglove' }), await person({ givenName: 'Zebedee', familyName: 'Quillon' })]
  const made = async (party: string): Promise<any> => {
    const { id } = await world.made('POST', '/tandem/v1/personalDataExport', { party })
    return await world.until(`/tandem/v1/personalDataExport/${id}`, body => body.state === 'completed')
  }
  const alone = await made(one.id)
  const id = await merge(one.id, other.id)
  const both = [await made(one.id), await made(other.id)]
  await world.made('POST', `/tandem/v1/partyMerge/${id}/undo`, {})
  for (const { href, content } of both) {
    await world.until(href, body => body.state === 'erased')
    expect((await world.call('GET', content)).status).toBe(409)
  }
  expect((await world.call('GET', alone.content)).status).toBe(200)
})

test('who is being forgotten is merged with nobody and taken apart from nobody, and nobody else goes with the person', async () => {
  const [one, two, other] = [await person({ givenName: 'Anselm', familyName: 'Foxglove' }), await person({ givenName: 'Ansel', familyName: 'Foxglove' }), await person({ givenName: 'Zebedee', familyName: 'Quillon' })]
  const merged = await merge(one.id, two.id)
  const { id } = await world.made('POST', '/tandem/v1/personalDataErasure', { party: one.id, reason: 'asked' })
  const state = (to: string) => world.server.database.query(`UPDATE personal_data_erasure SET state = $2, lease_until = now() + interval '1 hour' WHERE id = $1`, [id, to])
  // Another process has it in hand.
  await state('running')
  for (const [survivor, another] of [[one.id, other.id], [other.id, two.id]]) {
    expect(await world.call('POST', '/tandem/v1/partyMerge', { survivor: { id: survivor }, merged: { id: another } })).toMatchObject({ status: 409, body: { code: 'notNow' } })
  }
  expect(await world.call('POST', `/tandem/v1/partyMerge/${merged}/undo`, {})).toMatchObject({ status: 409, body: { code: 'notNow' } })
  await state('planned')
  await world.made('POST', `/tandem/v1/personalDataErasure/${id}/confirm`, {})
  await world.until(`/tandem/v1/personalDataErasure/${id}`, body => body.state === 'completed')
  for (const gone of [one, two]) expect((await world.call('GET', `${INDIVIDUAL}/${gone.id}`)).status).toBe(404)
  expect((await world.made('GET', `${INDIVIDUAL}/${other.id}`)).mergedInto).toBeUndefined()
})

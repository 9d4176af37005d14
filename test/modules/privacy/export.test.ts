import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createWorld, makeNeighbour, makeSomebody, MARKS, type Somebody, type World } from './people.ts'

const PATH = '/tandem/v1/personalDataExport'
// Jobs do the work: on a busy machine they take their time.
vi.setConfig({ testTimeout: 60_000 })

let world: World
let somebody: Somebody
let neighbour: string
beforeAll(async () => {
  world = await createWorld()
  somebody = await makeSomebody(world)
  neighbour = await makeNeighbour(world, somebody.individual)
})
afterAll(() => world.server.close())

const exported = async (party: string): Promise<{ id: string; document: any; text: string }> => {
  const asked = await world.call('POST', PATH, { party })
  expect(asked.status, asked.text).toBe(202)
  const done = await world.until(`${PATH}/${asked.body.id}`, body => body.state === 'completed' || body.state === 'failed')
  expect(done).toMatchObject({ state: 'completed', party: somebody.individual })
  const { body, text } = await world.call('GET', done.content)
  return { id: asked.body.id, document: body, text }
}
const recordsOf = (document: any, name: string): any[] => document.holding.find((one: any) => one.name === name)?.record ?? []

describe('an export', () => {
  test('has all that is held on the person, by holding, with why it is held and what becomes of it', async () => {
    const { document, text } = await exported(somebody.individual)
    for (const mark of MARKS) expect(text).toContain(mark)
    expect(recordsOf(document, 'individual').map(one => one.id)).toEqual([somebody.individual])
    expect(recordsOf(document, 'customer').map(one => one.id)).toEqual([somebody.customer])
    expect(recordsOf(document, 'billingAccount').map(one => one.id)).toEqual([somebody.account])
    expect(recordsOf(document, 'productOrder').map(one => one.id)).toEqual([somebody.order])
    expect(recordsOf(document, 'checkServiceQualification').map(one => one.id)).toEqual([somebody.qualification])
    expect(recordsOf(document, 'consent').length).toBe(2)
    expect(recordsOf(document, 'partyPrivacyProfile').length).toBe(1)
    expect(recordsOf(document, 'eventLog').filter(one => one.resource === 'individual').map(one => one.revision)).toEqual([1, 2])
    expect(recordsOf(document, 'rememberedAnswer').map(one => one.answer.id)).toEqual([somebody.individual])
    for (const holding of document.holding) expect(holding).toMatchObject({ purpose: expect.any(String), onErasure: expect.stringMatching(/^(erase|redact|keep)$/) })
  })

  test("has of others' records the place that names the person, and no more", async () => {
    const { document, text } = await exported(somebody.individual)
    expect(document.mention).toContainEqual({ resource: 'individual', id: neighbour, said: [{ at: 'relatedParty[]', says: [expect.objectContaining({ id: somebody.individual, role: 'spouse' })] }] })
    expect(text).not.toContain('Pendragon')
  })

  test('is the same for each of the ids that the person goes by', async () => {
    const { document } = await exported(somebody.customer)
    expect(recordsOf(document, 'productOrder').map(one => one.id)).toEqual([somebody.order])
  })

  test('can be fetched for a limited time, then it is gone', async () => {
    const { id } = await exported(somebody.individual)
    await world.made('POST', '/tandem/v1/clock', { advance: 'P15D' })
    expect((await world.call('GET', `${PATH}/${id}/content`)).status).toBe(409)
    await world.until(`${PATH}/${id}`, body => body.state === 'expired')
    expect(await world.server.database.query('select 1 from personal_data_export_piece where export_id = $1', [id])).toEqual([])
  })

  test('can be taken away, and every step of it stays on record', async () => {
    const { id } = await exported(somebody.individual)
    expect((await world.call('DELETE', `${PATH}/${id}`)).status).toBe(204)
    expect((await world.call('GET', `${PATH}/${id}/content`)).status).toBe(409)
    expect((await world.call('GET', `${PATH}/${id}`)).body).toMatchObject({ state: 'erased', downloads: 1 })
    const records = await world.server.database.query<{ operation: string }>('select operation from privacy_record where subject_id = $1 order by seq', [id])
    expect(records.map(one => one.operation)).toEqual(['export.request', 'export.complete', 'export.download', 'export.erase'])
  })

  test('that a dead process had begun is carried on by another', async () => {
    const { id } = await world.made('POST', PATH, { party: somebody.individual })
    await world.until(`${PATH}/${id}`, body => body.state === 'completed')
    await world.server.database.query(`update personal_data_export set state = 'running', lease_until = now() - interval '1 second' where id = $1`, [id])
    await world.until(`${PATH}/${id}`, body => body.state === 'completed')
    expect((await world.call('GET', `${PATH}/${id}/content`)).body.holding.length).toBeGreaterThan(5)
  })

  test('is refused for nobody, and for a body that is none', async () => {
    expect((await world.call('POST', PATH, { party: 'nobody' })).body.message).toContain('party')
    expect((await world.call('POST', PATH, {})).status).toBe(400)
    expect((await world.call('GET', `${PATH}/nothing`)).status).toBe(404)
    const other = await world.call('GET', `${PATH}?party=${somebody.individual}`, undefined, { 'x-tandem-brand': 'elsewhere' })
    expect(other.body).toEqual([])
  })
})

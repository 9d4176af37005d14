import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { context, createWorld, makeSomebody, type Somebody, type World } from './people.ts'

const RULE = '/tandem/v1/retentionRule'
// Jobs do the work: on a busy machine they take their time.
vi.setConfig({ testTimeout: 60_000 })

let world: World
let somebody: Somebody
beforeAll(async () => {
  world = await createWorld()
  somebody = await makeSomebody(world)
})
afterAll(() => world.server.close())

const rule = (more: object = {}) =>
  world.made('POST', RULE, { name: 'Old orders', holding: 'productOrder', condition: [{ attribute: 'state', value: ['completed', 'cancelled'] }], countedFrom: 'completionDate', days: 365, action: 'redact', ...more })
const order = async (completionDate: string, state = 'completed'): Promise<string> =>
  (
    await world.server.services.store.create(context, world.server.services.store.resource('productOrder')!, {
      state, completionDate, orderDate: completionDate, relatedParty: [{ id: somebody.individual, name: 'Zebulonia Quillfeather', role: 'customer', '@referredType': 'Individual' }],
      productOrderItem: [{ id: '1', action: 'add', quantity: 1, state, productOffering: { id: 'fibre-500', name: 'Fibre 500' } }],
    } as never)
  ).id
const read = async (id: string) => (await world.call('GET', `/tmf-api/productOrderingManagement/v4/productOrder/${id}`)).body

describe('a retention rule', () => {
  test('redacts what has ended long enough ago, in business time, and nothing else', async () => {
    const [old, young] = [await order('2024-06-01T00:00:00Z'), await order(new Date(world.server.services.clock.now().getTime() - 86_400_000).toISOString())]
    const { id } = await rule()
    const rehearsal = await world.made('POST', `${RULE}/${id}/run`, { dryRun: true })
    expect(rehearsal).toMatchObject({ dryRun: true, rows: 2 })
    expect((await read(old)).relatedParty[0].name).toBe('Zebulonia Quillfeather')
    expect(await world.made('POST', `${RULE}/${id}/run`, { dryRun: false })).toMatchObject({ dryRun: false, rows: 2, action: 'redact' })
    expect((await read(old)).relatedParty).toEqual([{ id: somebody.individual, role: 'customer', '@referredType': 'Individual' }])
    expect((await read(young)).relatedParty[0].name).toBe('Zebulonia Quillfeather')
    expect(await world.made('POST', `${RULE}/${id}/run`, { dryRun: false })).toMatchObject({ rows: 0 })
    expect(await world.made('GET', `${RULE}/${id}/run`)).toEqual([expect.objectContaining({ rows: 2, rule: id })])
    await world.made('POST', '/tandem/v1/clock', { advance: 'P1Y1D' })
    expect(await world.made('POST', `${RULE}/${id}/run`, { dryRun: true })).toMatchObject({ rows: 1 })
    await world.made('DELETE', `${RULE}/${id}`)
  })

  test('erases, by the job, with all copies', async () => {
    const gone = await order('2023-06-01T00:00:00Z', 'cancelled')
    await rule({ action: 'erase', condition: [{ attribute: 'state', value: ['cancelled'] }] })
    const { retentionJob } = await import('../../../src/modules/privacy/retention-run.ts')
    await retentionJob.run({}, world.server.services)
    expect((await world.call('GET', `/tmf-api/productOrderingManagement/v4/productOrder/${gone}`)).status).toBe(404)
    const copies = await world.server.database.query<{ doc: string }>('select doc::text as doc from event where resource_id = $1', [gone])
    expect(copies.length).toBeGreaterThan(1)
    for (const copy of copies) expect(copy.doc).not.toContain('Quillfeather')
  })

  test('lets go of words on consent that later ones have overtaken, and of no other', async () => {
    const { made, server } = world
    for (const [action, givenAt] of [['grant', '2019-01-01T00:00:00Z'], ['revoke', '2019-02-01T00:00:00Z'], ['grant', '2019-03-01T00:00:00Z']] as const) {
      await made('POST', '/tandem/v1/consent', { party: somebody.individual, action, purpose: 'research', givenAt, ...(action === 'grant' && { textVersion: '1' }) })
    }
    const { id } = await rule({ holding: 'consent', condition: undefined, countedFrom: undefined, action: 'erase', days: 1095 })
    expect(await made('POST', `${RULE}/${id}/run`, { dryRun: true })).toMatchObject({ rows: 2 })
    expect((await server.database.query(`select 1 from consent where purpose = 'research'`)).length).toBe(3)
    expect(await made('POST', `${RULE}/${id}/run`, { dryRun: false })).toMatchObject({ rows: 2 })
    expect(await server.database.query(`select granted, given_at from consent where purpose = 'research'`)).toMatchObject([{ granted: true, given_at: new Date('2019-03-01T00:00:00Z') }])
  })

  test.each([
    ['what nobody holds', { holding: 'weather' }, 'holding'],
    ['a person', { holding: 'individual' }, 'personalDataErasure'],
    ['a time shorter than law allows', { holding: 'customerBill', countedFrom: 'billDate', condition: undefined }, 'days'],
    ['a date that it cannot be sorted by', { countedFrom: 'description' }, 'countedFrom'],
    ['no date', { countedFrom: undefined }, 'countedFrom'],
    ['an attribute that it has not', { condition: [{ attribute: 'colour', value: ['red'] }] }, 'condition[0].attribute'],
    ['a negative time', { days: -1 }, 'days'],
  ])('is refused for %s', async (_, more, named) => {
    const answer = await world.call('POST', RULE, { holding: 'productOrder', condition: [{ attribute: 'state', value: ['completed'] }], countedFrom: 'completionDate', days: 365, action: 'redact', ...more })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain(named)
  })

  test('lets go of what the audit has kept for longer than it has to, by the job and brand by brand; never earlier', async () => {
    const { call, made, server } = world
    const short = await call('POST', RULE, { name: 'Audit', holding: 'auditTrail', days: 364, action: 'erase' })
    expect(short.status, short.text).toBe(400)
    expect(short.body.message).toContain('days must be at least 365')
    await made('GET', `/tmf-api/party/v4/individual/${somebody.individual}`)
    await call('GET', '/tmf-api/party/v4/individual?limit=1', undefined, { 'x-tandem-brand': 'north' })
    const kept = async (brand: string) => Number((await server.database.query<{ n: string }>('select count(*) as n from audit_record where brand = $1', [brand]))[0]?.n)
    const [before, beside] = [await kept('default'), await kept('north')]
    expect(before).toBeGreaterThan(2)
    expect(beside).toBeGreaterThan(0)
    const { id } = await made('POST', RULE, { name: 'Audit', holding: 'auditTrail', days: 3650, action: 'erase' })
    const { retentionJob } = await import('../../../src/modules/privacy/retention-run.ts')
    await retentionJob.run({}, server.services)
    expect(await kept('default')).toBeGreaterThanOrEqual(before)
    await made('POST', '/tandem/v1/clock', { advance: 'P3651D' })
    expect((await made('POST', `${RULE}/${id}/run`, { dryRun: true })).rows).toBeGreaterThanOrEqual(before)
    const rehearsed = await kept('default')
    expect(rehearsed).toBeGreaterThanOrEqual(before)
    await retentionJob.run({}, server.services)
    expect(await kept('default')).toBe(0)
    expect(await kept('north')).toBe(beside)
    const [run] = await made('GET', `${RULE}/${id}/run`)
    expect(run).toMatchObject({ rule: id, action: 'erase' })
    expect(run.rows).toBeGreaterThanOrEqual(before)
    // Nobody else takes anything away.
    await expect(server.database.query(`delete from audit_record`)).rejects.toThrow(/append only/)
    await made('DELETE', `${RULE}/${id}`)
  })
})

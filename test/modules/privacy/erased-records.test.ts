import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from './people.ts'

const PATH = '/tandem/v1/personalDataErasure'
const KEY = 'erased-records-bootstrap-0123456789'

let world: World
let operator: Record<string, string>
const as = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })
const external = (resource: string, id: string, source = 'crm') => `/tandem/v1/external/${source}/${resource}/${id}`
let next = 0
/** A person, a customer and an account that one system has brought. */
const bring = async () => {
  const n = ++next
  const ids = { person: `P-${n}-AX`, customer: `C-${n}-AX`, account: `A-${n}-AX` }
  const person = { givenName: 'Zebulonia', familyName: 'Quillfeather', externalReference: [{ externalReferenceType: 'customerNumber:crm', name: `N-${n}-4711` }] }
  const party = { externalId: ids.person, '@referredType': 'Individual' }
  const customer = { name: 'Zebulonia Quillfeather', engagedParty: party }
  const account = { name: 'Home of Quillfeather', relatedParty: [{ ...party, role: 'payer', name: 'Zebulonia Quillfeather' }] }
  const id = (await world.made('PUT', external('individual', ids.person), person, operator)).id as string
  await world.made('PUT', external('customer', ids.customer), customer, operator)
  await world.made('PUT', external('billingAccount', ids.account), account, operator)
  for (let tries = 0; tries < 200 && (await world.server.database.query('select 1 from party_identifier where party_id = $1', [id])).length === 0; tries++) await new Promise(resolve => setTimeout(resolve, 50))
  return { id, ids, person, customer, account, party }
}
const forget = async (party: string): Promise<string> => {
  const asked = await world.made('POST', PATH, { party, reason: 'asked by the person', dryRun: false }, operator)
  for (let tries = 0; tries < 400; tries++) {
    const { body } = await world.call('GET', `${PATH}/${asked.id}`, undefined, operator)
    if (body.state === 'completed') return asked.id
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error('The erasure did not end')
}
/** Tables that hold a text. */
const holding = async (text: string): Promise<string[]> => {
  const tables = await world.server.database.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`)
  const found = await Promise.all(tables.map(async ({ name }) => ((await world.server.database.query(`select 1 from "${name}" t where t::text like $1 limit 1`, [`%${text}%`])).length > 0 ? [name] : [])))
  return found.flat().sort()
}

beforeAll(async () => {
  world = await createWorld({ AUTH: 'key', BOOTSTRAP_KEY: KEY })
  operator = as(KEY)
})
afterAll(() => world.server.close())

describe('a person who was forgotten', () => {
  test('is not brought back by the system that still has the records, one by one or in a load, and nothing is stored of them', async () => {
    const { id, ids, person, customer, account } = await bring()
    const erasure = await forget(id)
    for (const [resource, externalId, doc] of [['individual', ids.person, person], ['customer', ids.customer, customer], ['billingAccount', ids.account, account]] as const) {
      const answer = await world.call('PUT', external(resource, externalId), doc, operator)
      expect(answer.status, answer.text).toBe(410)
      expect(answer.body).toMatchObject({ code: 'erased', message: expect.stringContaining(erasure) })
    }
    const load = await world.made('POST', '/tandem/v1/external/crm/individual', [
      { externalId: ids.person, sourceVersion: '99', document: person },
      { externalId: `fresh-${next}`, document: { givenName: 'Orla', familyName: 'Pendragon' } },
      { externalId: 'wrong', document: { givenName: 7 } },
    ] as never, operator)
    expect(load).toMatchObject({ received: 3, erased: 1, created: 1, failed: 1 })
    expect(load.results[0]).toMatchObject({ position: 0, externalId: ids.person, outcome: 'erased', status: 410, code: 'erased' })
    expect(await holding('Quillfeather')).toEqual([])
    expect((await world.made('GET', '/tmf-api/party/v4/individual?familyName=Quillfeather', undefined, operator))).toEqual([])
    expect((await world.made('GET', '/tmf-api/customerManagement/v4/customer', undefined, operator)).filter((one: any) => String(one.name).includes('Quillfeather'))).toEqual([])
  })

  test('is remembered by hashes alone, which are made with a key', async () => {
    const { id, ids } = await bring()
    const erasure = await forget(id)
    const kept = await world.server.database.query<{ hash: string; kind: string }>('select * from erased_record where erasure_id = $1', [erasure])
    expect(kept.map(row => row.kind).sort()).toEqual(['identifier', 'record', 'record', 'record'])
    for (const text of [ids.person, `N-${next}-4711`, 'Quillfeather']) expect(JSON.stringify(kept)).not.toContain(text)
    // The account stays without the person, under the name that its system has for it; of the person there is nothing.
    expect(await holding(ids.person)).toEqual([])
    const { createHash } = await import('node:crypto')
    const plain = createHash('sha256').update(JSON.stringify(['default', 'record', 'crm', 'individual', ids.person])).digest('base64url')
    expect(kept.map(row => row.hash)).not.toContain(plain)
  })

  test('is known again by a number that stands for one person, whatever the record is called now', async () => {
    const { id, person } = await bring()
    await forget(id)
    const renamed = await world.call('PUT', external('individual', `again-${next}`, 'other'), person, operator)
    expect(renamed.status, renamed.text).toBe(410)
    // A name, an e-mail address or a phone is shared and passed on.
    const namesake = await world.call('PUT', external('individual', `namesake-${next}`), { givenName: 'Zebulonia', familyName: 'Quillfeather' }, operator)
    expect(namesake.status, namesake.text).toBe(201)
    await world.made('DELETE', external('individual', `namesake-${next}`), undefined, operator)
  })

  test('is not waited for by what refers to the record', async () => {
    const { id, party } = await bring()
    await forget(id)
    const answer = await world.call('PUT', external('customer', `late-${next}`), { name: 'Late', engagedParty: party }, operator)
    expect(answer.status, answer.text).toBe(410)
    expect(answer.body).toMatchObject({ code: 'erased', message: expect.stringContaining('engagedParty') })
  })

  test('does not keep others away: other brands, other sources and other records are taken', async () => {
    const { id, ids } = await bring()
    await forget(id)
    const stranger = { givenName: 'Orla', familyName: 'Pendragon' }
    expect((await world.call('PUT', external('individual', ids.person, 'mobile'), stranger, operator)).status).toBe(201)
    expect((await world.call('PUT', external('individual', ids.person), stranger, { ...operator, 'x-tandem-brand': 'north' })).status).toBe(201)
    expect((await world.call('PUT', external('organization', ids.person), { tradingName: 'Lanternfish' }, operator)).status).toBe(201)
  })

  test('may come back once somebody who may has said so, with the reason on record; then the person can be forgotten again', async () => {
    const { id, ids, person, customer } = await bring()
    const erasure = await forget(id)
    const lift = `${PATH}/${erasure}/lift`
    const record = { source: 'crm', resource: 'individual', externalId: ids.person }
    const clerk = (await world.made('POST', '/tandem/v1/apiKey', { name: 'clerk', permissions: ['*:read', 'personalDataErasure:update', 'external:update', 'individual:create'] }, operator)).key as string
    expect((await world.call('POST', lift, { reason: 'signed anew', record }, as(clerk))).status).toBe(403)
    const own = (await world.made('POST', '/tandem/v1/apiKey', { name: 'a customer', permissions: ['*:*'], parties: [id] }, operator)).key as string
    expect((await world.call('POST', lift, { reason: 'signed anew', record }, as(own))).status).toBe(403)
    const without = await world.call('POST', lift, { record }, operator)
    expect(without.status).toBe(400)
    expect(without.body.message).toContain('reason')
    expect((await world.call('POST', lift, { reason: 'x', record: { ...record, externalId: 'nobody' } }, operator)).status).toBe(404)
    expect((await world.call('POST', `${PATH}/nothing/lift`, { reason: 'x' }, operator)).status).toBe(404)
    expect((await world.call('PUT', external('individual', ids.person), person, operator)).status).toBe(410)

    expect(await world.made('POST', lift, { reason: 'signed anew', record }, operator)).toEqual({ records: 1 })
    expect((await world.call('POST', lift, { reason: 'signed anew', record }, operator)).status).toBe(404)
    const back = await world.call('PUT', external('individual', ids.person), person, operator)
    expect(back.status, back.text).toBe(201)
    expect((await world.call('PUT', external('customer', ids.customer), customer, operator)).status).toBe(410)
    expect((await world.made('POST', lift, { reason: 'signed anew' }, operator)).records).toBe(2)
    expect((await world.call('PUT', external('customer', ids.customer), customer, operator)).status).toBe(201)

    const said = await world.server.database.query<{ principal: string; detail: any }>(`select principal, detail from privacy_record where operation = 'erasure.lift' and subject_id = $1 order by seq`, [erasure])
    expect(said[0]).toMatchObject({ detail: { reason: 'signed anew', records: 1, source: 'crm', resource: 'individual' } })
    expect(said).toHaveLength(2)
    const trail = await world.made('GET', '/tandem/v1/auditRecord?resource=erasedRecord&operation=update', undefined, operator)
    expect(JSON.stringify(trail)).toContain(erasure)

    const again = await forget(back.body.id)
    const refused = await world.call('PUT', external('individual', ids.person), person, operator)
    expect(refused.status).toBe(410)
    expect(refused.body.message).toContain(again)
  })
})

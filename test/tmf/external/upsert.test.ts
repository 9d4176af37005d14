/** PUT, GET and DELETE by external identity: what is created, changed, unchanged, older; references; several sources; concurrency; who may. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerModule } from '../../../src/modules/customer/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

type Doc = Record<string, any>

let server: TestApp
beforeAll(async () => {
  server = await createTestApp({ modules: [customerModule], settings: { ROLES: 'api' } })
})
afterAll(() => server.close())

const send = async (method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: unknown, headers: Record<string, string> = {}) => {
  const answer = await server.app.inject({ method, url, headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(payload !== undefined && { payload: JSON.stringify(payload) }) })
  return { status: answer.statusCode, headers: answer.headers as Record<string, string>, body: (answer.body === '' ? undefined : JSON.parse(answer.body)) as any }
}
const external = (source: string, resource: string, id: string) => `/tandem/v1/external/${source}/${resource}/${encodeURIComponent(id)}`
const put = (source: string, id: string, doc: unknown, version?: string | number, headers: Record<string, string> = {}, resource = 'individual') =>
  send('PUT', external(source, resource, id), doc, { ...(version !== undefined && { 'x-source-version': String(version) }), ...headers })
const party = '/tmf-api/party/v4/individual'
const eventsOf = async (id: string) => await server.database.query<{ event_type: string; revision: number }>('SELECT event_type, revision FROM event WHERE resource_id = $1 ORDER BY seq', [id])
const outcome = (answer: { headers: Record<string, string> }) => answer.headers['x-tandem-outcome']
const explained = async (id: string, resource = 'individual') => {
  const { body } = await send('GET', `/tandem/v1/provenance/${resource}/${id}`)
  return Object.fromEntries((body.attribute as Doc[]).map(one => [one['attribute'], one])) as Record<string, Doc>
}

const mira = { givenName: 'Mira', familyName: 'Aldenhoven', contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'mira@example.com' } }] }

describe('one record', () => {
  test('is created, then found unchanged without a revision or an event, then changed', async () => {
    const created = await put('crm', 'C-1', mira, 1)
    expect([created.status, outcome(created)]).toEqual([201, 'created'])
    expect(created.body).toMatchObject({ ...mira, '@type': 'Individual', status: 'initialized' })
    const { id } = created.body
    expect(created.headers['location']).toBe(`${party}/${id}`)

    const again = await put('crm', 'C-1', Object.fromEntries(Object.entries(mira).reverse()), 1)
    expect([again.status, outcome(again), again.headers['etag']]).toEqual([200, 'unchanged', '"1"'])
    expect(again.body).toEqual(created.body)
    expect(await eventsOf(id)).toEqual([{ event_type: 'IndividualCreateEvent', revision: 1 }])

    const changed = await put('crm', 'C-1', { ...mira, familyName: 'Aldenhoven-Roth' }, 2)
    expect([changed.status, outcome(changed), changed.headers['etag']]).toEqual([200, 'changed', '"2"'])
    expect(changed.body).toMatchObject({ id, familyName: 'Aldenhoven-Roth', givenName: 'Mira' })
    expect((await eventsOf(id)).map(event => event.event_type)).toEqual(['IndividualCreateEvent', 'IndividualAttributeValueChangeEvent'])
    expect((await send('GET', `${party}/${id}`)).body).toEqual(changed.body)
  })

  test.each([
    ['numbers', '10', '9'],
    ['long numbers', '90071992547409930', '90071992547409929'],
    ['instants', '2026-03-01T10:00:00+01:00', '2026-03-01T08:59:00Z'],
  ])('an older version never overwrites a newer one (%s)', async (name, newer, older) => {
    const first = await put('crm', `older ${name}`, mira, newer)
    const late = await put('crm', `older ${name}`, { ...mira, givenName: 'Old' }, older)
    expect([late.status, outcome(late)]).toEqual([200, 'older'])
    expect(late.body).toEqual(first.body)
    expect(await eventsOf(first.body.id)).toHaveLength(1)
    expect(await explained(first.body.id)).toMatchObject({ givenName: { value: 'Mira', source: 'crm', version: newer } })
  })

  test('versions that cannot be compared are put in order by when they were seen', async () => {
    const at = (seen: string) => ({ 'x-seen-at': seen })
    await put('crm', 'opaque', mira, 'a1f', at('2026-03-01T10:00:00Z'))
    expect(outcome(await put('crm', 'opaque', { ...mira, givenName: 'Late' }, '77c', at('2026-03-01T09:00:00Z')))).toBe('older')
    expect(outcome(await put('crm', 'opaque', { ...mira, givenName: 'New' }, '0b2', at('2026-03-01T11:00:00Z')))).toBe('changed')
    // What it confirms moves its time: what lies between is late.
    expect(outcome(await put('crm', 'opaque', { ...mira, givenName: 'New' }, '0b2', at('2026-03-01T12:00:00Z')))).toBe('unchanged')
    expect(outcome(await put('crm', 'opaque', { ...mira, givenName: 'Between' }, '5e5', at('2026-03-01T11:30:00Z')))).toBe('older')
  })

  test('an unchanged record with a newer version makes what lies between late', async () => {
    await put('crm', 'between', mira, 3)
    expect(outcome(await put('crm', 'between', mira, 5))).toBe('unchanged')
    expect(outcome(await put('crm', 'between', { ...mira, givenName: 'Four' }, 4))).toBe('older')
  })

  test('when an unchanged record was seen is noted at most once an hour', async () => {
    const { body } = await put('crm', 'seen', mira)
    const seenAt = async () => (await server.database.query<{ seen_at: Date; xmin: string }>('SELECT seen_at, xmin::text FROM external_identity WHERE external_id = $1', ['seen']))[0]
    const before = await seenAt()
    await put('crm', 'seen', mira)
    expect(await seenAt()).toEqual(before)
    await server.database.query("UPDATE external_identity SET seen_at = seen_at - interval '61 minutes' WHERE external_id = 'seen'")
    await put('crm', 'seen', mira)
    expect((await seenAt())!.seen_at.getTime()).toBeGreaterThanOrEqual(before!.seen_at.getTime())
    expect(await eventsOf(body.id)).toHaveLength(1)
  })

  test('is read by its identity, with its entity tag', async () => {
    const { body } = await put('crm', 'read/me ü', mira)
    const read = await send('GET', external('crm', 'individual', 'read/me ü'))
    expect([read.status, read.body]).toEqual([200, body])
    expect(read.headers['content-location']).toBe(`${party}/${body.id}`)
    expect((await send('GET', external('crm', 'individual', 'read/me ü'), undefined, { 'if-none-match': '"1"' })).status).toBe(304)
    expect((await send('GET', external('erp', 'individual', 'read/me ü'))).status).toBe(404)
    expect((await send('GET', external('crm', 'organization', 'read/me ü'))).status).toBe(404)
  })

  test('an import may set any state that the lifecycle knows, whatever it was', async () => {
    await put('crm', 'state', { ...mira, status: 'validated' }, 1)
    expect((await put('crm', 'state', { ...mira, status: 'initialized' }, 2)).body.status).toBe('initialized')
    const wrong = await put('crm', 'state', { ...mira, status: 'enchanted' }, 3)
    expect([wrong.status, wrong.body.message]).toEqual([400, expect.stringContaining('status')])
    // A state that is not said any more stays.
    expect((await put('crm', 'state', mira, 4)).body.status).toBe('initialized')
  })

  test.each([
    ['an id', external('crm', 'individual', 'bad'), { ...mira, id: '1' }, 400, 'id'],
    ['an unknown attribute', external('crm', 'individual', 'bad'), { ...mira, shoeSize: 42 }, 400, 'shoeSize'],
    ['a value of the wrong kind', external('crm', 'individual', 'bad'), { ...mira, birthDate: 'in spring' }, 400, 'birthDate'],
    ['an unknown resource', external('crm', 'unicorn', 'bad'), mira, 404, 'unicorn'],
    ['the name of changes made here', external('tandem', 'individual', 'bad'), mira, 400, 'source'],
    ['a name of a source that is none', external('c r m', 'individual', 'bad'), mira, 400, 'source'],
    ['a list', external('crm', 'individual', 'bad'), [mira], 400, 'object'],
    ['an identity that is too long', external('crm', 'individual', 'x'.repeat(256)), mira, 400, 'externalId'],
  ])('%s is refused, and nothing is stored', async (_name, url, doc, status, named) => {
    const answer = await send('PUT', url, doc)
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(named)])
    expect(await server.database.query('SELECT 1 FROM external_identity WHERE external_id = $1', ['bad'])).toEqual([])
  })

  test('what is wrong with version or time is named', async () => {
    expect((await put('crm', 'when', mira, 1, { 'x-seen-at': 'yesterday' })).body.message).toContain('seenAt')
    expect((await put('crm', 'when', mira, 1, { 'x-seen-at': '2999-01-01T00:00:00Z' })).body.message).toContain('future')
    expect((await send('PUT', `${external('crm', 'individual', 'when')}?sourceVersion=${'v'.repeat(101)}`, mira)).body.message).toContain('sourceVersion')
  })
})

describe('references', () => {
  test('name records by their identity, of this source or of another', async () => {
    const person = (await put('crm', 'ref-1', mira)).body
    const own = await put('crm', 'K-1', { name: 'Mira', engagedParty: { externalId: 'ref-1', '@referredType': 'Individual' } }, 1, {}, 'customer')
    expect(own.status).toBe(201)
    expect(own.body.engagedParty).toEqual({ id: person.id, href: person.href, '@referredType': 'Individual' })
    const other = await put('billing', 'K-1', { name: 'Mira', engagedParty: { externalId: 'ref-1', source: 'crm', '@referredType': 'Individual' } }, 1, {}, 'customer')
    expect(other.body.engagedParty.id).toBe(person.id)
    expect(outcome(await put('crm', 'K-1', { name: 'Mira', engagedParty: { externalId: 'ref-1', '@referredType': 'Individual' } }, 1, {}, 'customer'))).toBe('unchanged')
  })

  test('what is not known yet is a 409 that is worth another try', async () => {
    const doc = { name: 'Mira', engagedParty: { externalId: 'ref-later', '@referredType': 'Individual' } }
    const early = await put('crm', 'K-2', doc, 1, {}, 'customer')
    expect([early.status, early.body.code, early.headers['retry-after']]).toEqual([409, 'referenceUnresolved', '5'])
    expect(early.body.message).toContain('engagedParty')
    await put('crm', 'ref-later', mira)
    expect((await put('crm', 'K-2', doc, 1, {}, 'customer')).status).toBe(201)
  })

  test('a class that is not served here is named', async () => {
    const answer = await put('crm', 'K-3', { name: 'Mira', engagedParty: { externalId: '1', '@referredType': 'Unicorn' } }, 1, {}, 'customer')
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('engagedParty.@referredType')])
  })
})

describe('several sources', () => {
  /** Brings a second source's record to the same resource, as linking identities does. */
  const attach = async (source: string, externalId: string, id: string) => {
    await server.database.query("INSERT INTO external_identity (brand, source, type, external_id, resource, resource_id, seen_at) VALUES ('default', $1, 'individual', $2, 'individual', $3, '2020-01-01Z')", [source, externalId, id])
  }

  test('the newest word wins, then what a rank says; everything shown is explained', async () => {
    const { id } = (await put('crm', 'two', { givenName: 'Mira', familyName: 'Aldenhoven', gender: 'f' }, 1, { 'x-seen-at': '2026-01-01T00:00:00Z' })).body
    await attach('mobile', 'M-two', id)
    const merged = await put('mobile', 'M-two', { givenName: 'Miriam', familyName: 'Aldenhoven', nationality: 'NL' }, 7, { 'x-seen-at': '2026-02-01T00:00:00Z' })
    expect(merged.body).toMatchObject({ id, givenName: 'Miriam', familyName: 'Aldenhoven', gender: 'f', nationality: 'NL' })
    const why = await explained(id)
    expect(why['givenName']).toMatchObject({ value: 'Miriam', source: 'mobile', externalId: 'M-two', version: '7', since: '2026-02-01T00:00:00.000Z', derived: false, lost: [{ source: 'crm', value: 'Mira', version: '1' }] })
    expect(why['gender']).toMatchObject({ source: 'crm', lost: [] })
    expect(why['status']).toMatchObject({ source: 'tandem', derived: true })

    // An older word of a better source wins, and what loses is no revision.
    await send('PUT', '/tandem/v1/sourceRank', { source: 'crm', resource: 'individual', attribute: 'givenName', rank: 10 })
    const lost = await put('mobile', 'M-two', { givenName: 'Mirjam', familyName: 'Aldenhoven', nationality: 'NL' }, 8)
    expect(outcome(lost)).toBe('changed')
    expect((await explained(id))['givenName']!['lost']).toEqual(expect.arrayContaining([expect.objectContaining({ value: 'Mirjam' })]))
    await send('DELETE', '/tandem/v1/sourceRank?source=crm&resource=individual&attribute=givenName')
  })

  test('a change made here outlives the next import, and ends when it says what the source says', async () => {
    const { id } = (await put('crm', 'local', { givenName: 'Mira', familyName: 'Aldenhoven' }, 1)).body
    await send('PATCH', `${party}/${id}`, { familyName: 'Roth', title: 'Dr' })
    const imported = await put('crm', 'local', { givenName: 'Miriam', familyName: 'Aldenhoven-X' }, 2)
    expect(imported.body).toMatchObject({ givenName: 'Miriam', familyName: 'Roth', title: 'Dr' })
    expect(await explained(id)).toMatchObject({ familyName: { source: 'tandem', lost: [{ source: 'crm', value: 'Aldenhoven-X', version: '2' }] }, title: { source: 'tandem' }, givenName: { source: 'crm' } })

    await send('PATCH', `${party}/${id}`, { familyName: 'Aldenhoven-X', title: null })
    expect((await put('crm', 'local', { givenName: 'Miriam', familyName: 'Aldenhoven-Y' }, 3)).body).toMatchObject({ familyName: 'Aldenhoven-Y' })
    expect(await server.database.query("SELECT 1 FROM attribute_source WHERE resource_id = $1 AND source = 'tandem'", [id])).toEqual([])
  })

  test('an attribute that was taken away here stays away', async () => {
    const { id } = (await put('crm', 'away', { givenName: 'Mira', familyName: 'A', title: 'Dr' }, 1)).body
    await send('PATCH', `${party}/${id}`, { title: null })
    expect((await put('crm', 'away', { givenName: 'Mira', familyName: 'B', title: 'Prof' }, 2)).body).not.toHaveProperty('title')
  })

  test('what a better source says is not changed here: 409 names it', async () => {
    const { id } = (await put('registry', 'master', { givenName: 'Mira', familyName: 'A' }, 1)).body
    await send('PUT', '/tandem/v1/sourceRank', { source: 'registry', rank: -10 })
    const refused = await send('PATCH', `${party}/${id}`, { familyName: 'B' })
    expect([refused.status, refused.body.code, refused.body.message]).toEqual([409, 'attributeMasteredElsewhere', expect.stringContaining('registry')])
    expect((await send('PATCH', `${party}/${id}`, { title: 'Dr' })).status).toBe(200)
    await send('DELETE', '/tandem/v1/sourceRank?source=registry')
  })

  test('ways to reach a person are put together, and edited here one by one', async () => {
    const email = (address: string, more: Doc = {}) => ({ mediumType: 'email', characteristic: { emailAddress: address }, ...more })
    const { id } = (await put('crm', 'media', { givenName: 'Mira', familyName: 'A', contactMedium: [email('a@example.com'), email('b@example.com')] }, 1)).body
    await attach('mobile', 'M-media', id)
    const both = await put('mobile', 'M-media', { givenName: 'Mira', familyName: 'A', contactMedium: [email('B@example.com'), email('c@example.com')] }, 1)
    const addresses = (doc: Doc) => (doc['contactMedium'] as Doc[]).map(one => String(one['characteristic'].emailAddress).toLowerCase()).sort()
    expect(addresses(both.body)).toEqual(['a@example.com', 'b@example.com', 'c@example.com'])

    const without = (both.body.contactMedium as Doc[]).filter(one => one['characteristic'].emailAddress !== 'a@example.com')
    expect((await send('PATCH', `${party}/${id}`, { contactMedium: [...without, email('d@example.com')] })).status).toBe(200)
    const later = await put('crm', 'media', { givenName: 'Mira', familyName: 'A', contactMedium: [email('a@example.com'), email('b@example.com'), email('e@example.com')] }, 2)
    expect(addresses(later.body)).toEqual(['b@example.com', 'c@example.com', 'd@example.com', 'e@example.com'])
    const why = (await explained(id))['contactMedium']!
    expect((why['elements'] as Doc[]).map(one => [one['value'].characteristic.emailAddress.toLowerCase(), one['source']]).sort()).toEqual([
      ['b@example.com', expect.stringMatching(/crm|mobile/)], ['c@example.com', 'mobile'], ['d@example.com', 'tandem'], ['e@example.com', 'crm'],
    ])
  })

  test('a source that has it no more takes its words along; the last one ends it', async () => {
    const { id } = (await put('crm', 'gone', { givenName: 'Mira', familyName: 'A', title: 'Dr' }, 1)).body
    await attach('mobile', 'M-gone', id)
    await put('mobile', 'M-gone', { givenName: 'Mira', familyName: 'A', gender: 'f' }, 1)
    const reduced = await send('DELETE', external('mobile', 'individual', 'M-gone'))
    expect([reduced.status, reduced.body]).toEqual([200, { outcome: 'reduced', id }])
    const left = (await send('GET', `${party}/${id}`)).body
    expect(left).toMatchObject({ givenName: 'Mira', title: 'Dr' })
    expect(left).not.toHaveProperty('gender')
    expect((await send('GET', external('mobile', 'individual', 'M-gone'))).status).toBe(404)

    expect((await send('DELETE', external('crm', 'individual', 'gone'), undefined, { 'x-source-version': '0' })).body.outcome).toBe('older')
    expect((await send('DELETE', external('crm', 'individual', 'gone'), undefined, { 'x-source-version': '5' })).body.outcome).toBe('deleted')
    expect((await send('GET', `${party}/${id}`)).status).toBe(404)
    expect(await server.database.query('SELECT 1 FROM attribute_source WHERE resource_id = $1', [id])).toEqual([])
    // A late older record does not bring it back, a newer one does.
    expect(outcome(await put('crm', 'gone', { givenName: 'Mira', familyName: 'A' }, 4))).toBe('older')
    expect((await send('DELETE', external('crm', 'individual', 'gone'), undefined, { 'x-source-version': '6' })).body.outcome).toBe('unchanged')
    const back = await put('crm', 'gone', { givenName: 'Mira', familyName: 'A' }, 7)
    expect([back.status, back.body.id === id]).toEqual([201, false])
    expect((await send('DELETE', external('crm', 'individual', 'never'))).status).toBe(404)
  })

  test('what something refers to does not end', async () => {
    await put('crm', 'held', mira, 1)
    await put('crm', 'K-held', { name: 'Mira', engagedParty: { externalId: 'held', '@referredType': 'Individual' } }, 1, {}, 'customer')
    const refused = await send('DELETE', external('crm', 'individual', 'held'))
    expect([refused.status, refused.body.code]).toEqual([409, 'stillReferenced'])
    expect((await send('GET', external('crm', 'individual', 'held'))).status).toBe(200)
  })
})

describe('at once', () => {
  test('the same new record from many at once is one resource', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => put('crm', 'twins', mira, 1)))
    expect(new Set(answers.map(answer => answer.body.id)).size).toBe(1)
    expect(answers.map(outcome).filter(one => one === 'created')).toHaveLength(1)
    expect(await server.database.query("SELECT 1 FROM individual WHERE id IN (SELECT resource_id FROM external_identity WHERE external_id = 'twins')")).toHaveLength(1)
    expect(await eventsOf(answers[0]!.body.id)).toHaveLength(1)
  })

  test('of many versions at once the newest stands, with changes made here between them', async () => {
    const { id } = (await put('crm', 'race', mira, 0)).body
    const versions = Array.from({ length: 16 }, (_, i) => i + 1)
    const answers = await Promise.all([
      ...versions.map(version => put('crm', 'race', { ...mira, givenName: `V${version}` }, version)),
      ...versions.map(version => send('PATCH', `${party}/${id}`, { title: `T${version}` })),
    ])
    expect(answers.map(answer => answer.status).filter(status => status !== 200 && status !== 503)).toEqual([])
    const last = await put('crm', 'race', { ...mira, givenName: 'V16' }, 16)
    expect(last.body).toMatchObject({ givenName: 'V16', title: expect.stringMatching(/^T/) })
    const events = await eventsOf(id)
    expect(events.map(event => event.revision)).toEqual(events.map((_, i) => i + 1))
    expect(await explained(id)).toMatchObject({ givenName: { derived: false, version: '16' }, title: { source: 'tandem', derived: false } })
  })
})

describe('resources without another system', () => {
  test('a change to them is no further round trip, and leaves no provenance', async () => {
    const { id } = (await send('POST', party, mira)).body
    let statements = 0
    const original = server.database.pool.query.bind(server.database.pool)
    ;(server.database.pool as any).query = (...args: unknown[]) => {
      statements += 1
      return (original as any)(...args)
    }
    await send('PATCH', `${party}/${id}`, { title: 'Dr' })
    server.database.pool.query = original as never
    expect(statements).toBe(2)
    expect(await server.database.query('SELECT 1 FROM attribute_source WHERE resource_id = $1', [id])).toEqual([])
    expect(await explained(id)).toMatchObject({ title: { source: 'tandem', value: 'Dr' } })
    expect((await send('GET', '/tandem/v1/provenance/individual/nobody')).status).toBe(404)
  })
})

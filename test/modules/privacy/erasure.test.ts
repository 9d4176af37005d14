import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { mayUse } from '../../../src/modules/privacy/index.ts'
import { context, createWorld, makeNeighbour, makeSomebody, MARKS, type World } from './people.ts'

const PATH = '/tandem/v1/personalDataErasure'
const KEY = 'privacy-bootstrap-key-0123456789'
// Jobs do the work: on a busy machine they take their time.
vi.setConfig({ testTimeout: 60_000 })

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.server.close())

/** Every text of every row of every table, as a dump would have it: table and row. */
const dump = async (): Promise<{ table: string; row: string }[]> => {
  const tables = await world.server.database.query<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`,
  )
  const rows: { table: string; row: string }[] = []
  for (const { schema, name } of tables) {
    const found = await world.server.database.query<{ row: string }>(`select row_to_json(t)::text as row from "${schema}"."${name}" t`)
    rows.push(...found.map(({ row }) => ({ table: name, row })))
  }
  return rows
}
const tellsOf = (rows: { table: string; row: string }[], marks: readonly string[] = MARKS): { table: string; row: string }[] =>
  rows.filter(({ row }) => marks.some(mark => row.toLowerCase().includes(mark.toLowerCase()) || row.replace(/[\s-]/g, '').includes(mark.replace(/[\s-]/g, ''))))

const forget = async (party: string, more: object = {}): Promise<any> => {
  const { id } = await world.made('POST', PATH, { party, reason: 'asked by the person', dryRun: false, ...more })
  const done = await world.until(`${PATH}/${id}`, body => body.state === 'completed' || body.state === 'failed')
  expect(done.state, JSON.stringify(done)).toBe('completed')
  return done
}

describe('an erasure', () => {
  test('leaves nothing that tells the person apart in any table, but for what law wants kept, and says so', async () => {
    const somebody = await makeSomebody(world)
    const neighbour = await makeNeighbour(world, somebody.individual)
    await world.made('POST', '/tmf-api/party/v4/hub', { callback: 'http://127.0.0.1:9/nobody', query: '' })
    await world.made('PATCH', `/tmf-api/party/v4/individual/${somebody.individual}`, { maritalStatus: 'married' })
    await world.server.services.store.create(context, world.server.services.store.resource('customerBill')!, {
      state: 'settled', billNo: 'T-1', billDate: '2024-02-01T00:00:00Z', amountDue: { unit: 'EUR', value: 0 }, billingAccount: { id: somebody.account },
      relatedParty: [{ id: somebody.individual, name: 'Zebulonia Quillfeather', role: 'customer', '@referredType': 'Individual' }],
    } as never)
    const asked = await world.made('POST', '/tandem/v1/personalDataExport', { party: somebody.individual })
    await world.until(`/tandem/v1/personalDataExport/${asked.id}`, body => body.state === 'completed')
    expect(new Set(tellsOf(await dump()).map(one => one.table)).size).toBeGreaterThan(8)

    const done = await forget(somebody.individual, { reason: 'Zebulonia Quillfeather asked by letter' })
    // The search drops words that nobody has any more a moment later.
    for (let tries = 0; tries < 200 && (await world.server.database.query(`select 1 from search_word where word in ('zebulonia', 'quillfeather')`)).length > 0; tries++) await new Promise(resolve => setTimeout(resolve, 100))
    const left = tellsOf(await dump())
    expect(left.filter(one => one.table !== 'customer_bill').map(one => `${one.table} ${one.row.slice(0, 600)}`)).toEqual([])
    expect(left.length).toBe(1)

    const action = Object.fromEntries(done.holding.filter((one: any) => one.action !== 'mention').map((one: any) => [one.name, one.action]))
    expect(action).toMatchObject({ individual: 'erase', customer: 'erase', productOrder: 'redact', billingAccount: 'redact', customerBill: 'keep', consent: 'keep', checkServiceQualification: 'erase' })
    for (const one of done.holding.filter((held: any) => held.action === 'keep')) expect(one).toMatchObject({ because: expect.stringMatching(/law|Regulation/), keptForDays: expect.any(Number) })
    for (const path of [`/tmf-api/party/v4/individual/${somebody.individual}`, `/tmf-api/customerManagement/v4/customer/${somebody.customer}`, `/tmf-api/serviceQualificationManagement/v4/checkServiceQualification/${somebody.qualification}`]) {
      expect((await world.call('GET', path)).status).toBe(404)
    }
    const order = await world.made('GET', `/tmf-api/productOrderingManagement/v4/productOrder/${somebody.order}`)
    expect(order).toMatchObject({ state: 'completed', orderDate: '2024-01-05T10:00:00Z', relatedParty: [{ id: somebody.individual, role: 'customer' }], productOrderItem: [{ productOffering: { id: 'fibre-500', name: 'Fibre 500' } }] })
    expect((await world.made('GET', `/tmf-api/party/v4/individual/${neighbour}`))).toMatchObject({ familyName: 'Pendragon', relatedParty: [{ id: somebody.individual, role: 'spouse' }] })
    expect(await mayUse(world.server.services, context, somebody.individual, 'marketing', 'email')).toBe(false)
    expect((await world.made('GET', `/tandem/v1/personalDataExport/${asked.id}`)).state).toBe('erased')
  })

  test('takes the person out of what was written into the records of others, and leaves what is theirs', async () => {
    const somebody = await makeSomebody(world)
    const spouse = (await world.made('POST', '/tmf-api/party/v4/individual', { givenName: 'Orla', familyName: 'Quillfeather' })).id as string
    const ref = (id: string, name: string, role: string) => ({ id, name, role, '@referredType': 'Individual' })
    const thread = '/tmf-api/partyInteraction/v4/partyInteraction'
    const contact = await world.made('POST', thread, {
      description: 'Orla Quillfeather called: Zebulonia is abroad, write to zebulonia@quill.example or +44 7700 900 987',
      direction: 'inbound', reason: 'question about the bill of Zebulonia Quillfeather', status: 'completed', channel: [{ id: 'care', name: 'Care' }], interactionDate: { startDateTime: '2026-01-02T10:00:00Z' },
      note: [{ text: 'Zebulonia Quillfeather lives at Marmalade Crescent 77', author: 'Agent Pendragon' }],
      interactionItem: [{ id: '1', reason: 'bill', resolution: 'told Zebulonia', item: { id: 'x', href: 'https://crm.example.com/x', role: 'subject', '@referredType': 'ExternalThing' } }],
      relatedParty: [ref(spouse, 'Orla Quillfeather', 'customer'), ref(somebody.individual, 'Zebulonia Quillfeather', 'subject')],
    })
    await forget(somebody.individual)
    const left = await world.made('GET', `${thread}/${contact.id}`)
    expect(left.relatedParty).toEqual([expect.objectContaining({ id: spouse, name: 'Orla Quillfeather' }), { id: somebody.individual, role: 'subject', '@referredType': 'Individual' }])
    expect(left.description).toBe('Orla Quillfeather called: erased is abroad, write to erased or erased')
    expect(left).toMatchObject({ reason: 'question about the bill of erased', note: [{ text: 'erased lives at erased', author: 'Agent Pendragon' }], interactionItem: [{ resolution: 'told erased' }] })
    const copies = await world.server.database.query<{ doc: string }>('select doc::text as doc from event where resource_id = $1', [contact.id])
    expect(copies.length).toBeGreaterThan(0)
    for (const { doc } of copies) expect(doc).not.toMatch(/Zebulonia|900 987|Marmalade/)
    expect(await world.made('GET', `/tmf-api/party/v4/individual/${spouse}`)).toMatchObject({ familyName: 'Quillfeather' })
    await world.made('DELETE', `${thread}/${contact.id}`)
  })

  test('tells listeners and reactions that the rows are gone, by their ids', async () => {
    const somebody = await makeSomebody(world)
    await forget(somebody.individual)
    const events = await world.server.database.query<{ event_type: string; doc: Record<string, unknown> }>(`select event_type, doc::jsonb as doc from event where resource_id = $1 order by seq`, [somebody.individual])
    expect(events.at(-1)).toMatchObject({ event_type: 'IndividualDeleteEvent', doc: { id: somebody.individual } })
    for (const event of events) expect(Object.keys(event.doc).sort()).toEqual(['href', 'id'])
  })

  test('takes the person out of what the audit was asked, whether or not it found somebody, and closes other plans', async () => {
    const source = '/tandem/v1/external/crm/individual/ZQX-77001'
    const doc = { givenName: 'Wilmarka', familyName: 'Zebrowszczyk', contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '+4790061234' } }, { mediumType: 'email', characteristic: { emailAddress: 'wilma.z@example.org' } }] }
    const { id } = await world.made('PUT', source, doc)
    await world.made('PUT', source, { ...doc, familyName: 'Ostrowidzka' })
    const neighbour = (await world.made('POST', '/tmf-api/party/v4/individual', { givenName: 'Orla', familyName: 'Pendragon' })).id as string
    const phone = '/tandem/v1/partyByIdentifier?type=phone&value=%2B4790061234'
    await world.until(phone, body => body.length === 1)
    const [lookup] = await world.server.database.query<{ resource_ids: string[] }>(`select resource_ids from audit_record where query like 'GET /tandem/v1/partyByIdentifier%' order by seq desc limit 1`)
    expect(lookup?.resource_ids).toEqual([id])
    const individuals = '/tmf-api/party/v4/individual'
    for (const query of ['familyName=Zebrowszczyk', 'familyName=zebrowszczy%6b', `filter=${encodeURIComponent('$[?(@.familyName=="Ostrowidzka")]')}`, 'familyName=Pendragon']) await world.call('GET', `${individuals}?${query}`)
    await world.call('GET', '/tandem/v1/customerSearch?q=wilma.z%40example.org&limit=1')
    await world.call('GET', '/tandem/v1/partyByIdentifier?type=phone&value=%2B47+900+61+234')
    const audited = async () => (await dump()).filter(one => one.table === 'audit_record').map(one => one.row)
    const said = async () => (await audited()).filter(row => /zebrowszcz|ostrowidzka|ZQX-77001|wilma|90061234|900[+]61/i.test(row))
    expect((await said()).length).toBeGreaterThan(7)
    const written = (await audited()).filter(row => row.includes('ZQX-77001'))
    expect(written.every(row => row.includes(id)), written.join('\n')).toBe(true)
    const rows = (await audited()).length
    const plan = await world.made('POST', PATH, { party: id, reason: 'plan for Wilmarka Ostrowidzka' })
    await forget(id)
    expect(await said()).toEqual([])
    expect((await audited()).length).toBeGreaterThan(rows)
    expect((await audited()).some(row => row.includes('familyName=Pendragon'))).toBe(true)
    expect((await world.call('GET', `${individuals}/${neighbour}`)).status).toBe(200)
    expect(await world.made('GET', `${PATH}/${plan.id}`)).toMatchObject({ state: 'closed', reason: 'plan for erased' })
    expect((await world.call('POST', `${PATH}/${plan.id}/confirm`, {})).status).toBe(409)
  })

  test('is a plan until it is confirmed', async () => {
    const somebody = await makeSomebody(world)
    const plan = await world.made('POST', PATH, { party: somebody.customer, reason: 'asked' })
    expect(plan).toMatchObject({ state: 'planned', party: somebody.individual, obstacle: [] })
    expect(plan.holding).toContainEqual(expect.objectContaining({ name: 'individual', action: 'erase', records: 1 }))
    expect((await world.call('GET', `/tmf-api/party/v4/individual/${somebody.individual}`)).status).toBe(200)
    expect((await world.call('POST', `${PATH}/${plan.id}/confirm`, {})).status).toBe(202)
    const done = await world.until(`${PATH}/${plan.id}`, body => body.state === 'completed')
    expect(done).toMatchObject({ confirmedBy: expect.any(String), completedAt: expect.any(String) })
    expect((await world.call('POST', `${PATH}/${plan.id}/confirm`, {})).status).toBe(409)
    expect((await world.call('GET', `/tmf-api/party/v4/individual/${somebody.individual}`)).status).toBe(404)
  })

  test('is refused with reasons while something living stands against it, unless that is overridden', async () => {
    const somebody = await makeSomebody(world)
    const party = { id: somebody.individual, role: 'customer', '@referredType': 'Individual' }
    const { store } = world.server.services
    const product = await store.create(context, store.resource('product')!, { name: 'Fibre 500', status: 'active', relatedParty: [party] } as never)
    const bill = await store.create(context, store.resource('customerBill')!, { state: 'new', billDate: '2024-02-01T00:00:00Z', amountDue: { unit: 'EUR', value: 20 }, billingAccount: { id: somebody.account }, relatedParty: [party] } as never)
    const plan = await world.made('POST', PATH, { party: somebody.individual, reason: 'asked' })
    expect(plan.state).toBe('refused')
    expect(plan.obstacle).toEqual(expect.arrayContaining([{ holding: 'product', id: product.id, reason: 'is active' }, { holding: 'customerBill', id: bill.id, reason: 'is not paid (new)' }]))
    const refused = await world.call('POST', `${PATH}/${plan.id}/confirm`, {})
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({ code: 'stillLiving', message: expect.stringContaining(product.id) })
    expect((await world.call('POST', PATH, { party: somebody.individual, reason: 'asked', dryRun: false })).status).toBe(409)
    expect((await world.call('GET', `/tmf-api/party/v4/individual/${somebody.individual}`)).status).toBe(200)
    expect((await world.call('POST', `${PATH}/${plan.id}/confirm`, { override: true })).status).toBe(202)
    expect(await world.until(`${PATH}/${plan.id}`, body => body.state === 'completed')).toMatchObject({ overridden: true })
    expect((await world.call('GET', `/tmf-api/productInventory/v4/product/${product.id}`)).status).toBe(404)
  })

  test('that a dead process had begun is carried on by another, and what was done is not done twice', async () => {
    const somebody = await makeSomebody(world)
    const plan = await world.made('POST', PATH, { party: somebody.individual, reason: 'asked' })
    // As a process leaves it that dies after the decision: running, some items done, its lease over.
    const { database } = world.server
    const blocker = `lease-${plan.id}`
    await database.query(`create function "${blocker}"() returns trigger language plpgsql as $$ begin if new.erasure_id = '${plan.id}' and new.resource = 'productOrder' then raise exception 'killed'; end if; return new; end $$`)
    await database.query(`create trigger "${blocker}" before update on personal_data_erasure_item for each row execute function "${blocker}"()`)
    await world.made('POST', `${PATH}/${plan.id}/confirm`, {})
    await world.until(`${PATH}/${plan.id}`, body => body.error !== undefined)
    const order = `/tmf-api/productOrderingManagement/v4/productOrder/${somebody.order}`
    expect(JSON.stringify(await world.made('GET', order))).toContain('Quillfeather')
    await database.query(`drop trigger "${blocker}" on personal_data_erasure_item`)
    await world.until(`${PATH}/${plan.id}`, body => body.state === 'completed')
    expect(JSON.stringify(await world.made('GET', order))).not.toContain('Quillfeather')
    const told = await database.query(`select 1 from event where resource_id = $1 and event_type = 'CustomerDeleteEvent'`, [somebody.customer])
    expect(told.length).toBe(1)
  })

  test('is on record without the person', async () => {
    const somebody = await makeSomebody(world)
    const done = await forget(somebody.individual)
    const { rows } = { rows: await world.server.database.query<any>('select * from personal_data_erasure where id = $1', [done.id]) }
    expect(rows[0]).toMatchObject({ state: 'completed', marks: null, party_id: somebody.individual })
    expect(tellsOf([{ table: '', row: JSON.stringify(rows) }])).toEqual([])
    const records = await world.server.database.query<{ operation: string; principal: string }>('select operation, principal from privacy_record where subject_id = $1 order by seq', [done.id])
    expect(records.map(one => one.operation)).toEqual(['erasure.plan', 'erasure.confirm', 'erasure.complete'])
  })

  test('lets what was kept go once law no longer wants it', async () => {
    const somebody = await makeSomebody(world)
    const { store } = world.server.services
    const bill = await store.create(context, store.resource('customerBill')!, {
      state: 'settled', billDate: '2016-11-25T00:00:00Z', amountDue: { unit: 'EUR', value: 0 }, billingAccount: { id: somebody.account },
      relatedParty: [{ id: somebody.individual, name: 'Zebulonia Quillfeather', role: 'customer', '@referredType': 'Individual' }],
    } as never)
    await forget(somebody.individual)
    const path = `/tmf-api/customerBillManagement/v4/customerBill/${bill.id}`
    expect((await world.made('GET', path)).relatedParty[0].name).toBe('Zebulonia Quillfeather')
    await world.made('POST', '/tandem/v1/clock', { advance: 'P10D' })
    const { releaseKept } = await import('../../../src/modules/privacy/retention-run.ts')
    expect(await releaseKept(world.server.services)).toBeGreaterThan(0)
    expect((await world.call('GET', path)).status).toBe(404)
    const proof = () => world.server.database.query(`select 1 from consent where party_id = $1 union all select 1 from privacy_record where party_id = $1`, [somebody.individual])
    expect((await proof()).length).toBeGreaterThan(3)
    await world.made('POST', '/tandem/v1/clock', { advance: 'P1096D' })
    await releaseKept(world.server.services)
    expect(await proof()).toEqual([])
  })
})

describe('who may ask for it', () => {
  let closed: World
  beforeAll(async () => {
    closed = await createWorld({ AUTH: 'key', BOOTSTRAP_KEY: KEY, ROLES: 'api' })
  })
  afterAll(() => closed.server.close())
  const as = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })

  test('needs the permission, and answers for all parties', async () => {
    const { id } = await closed.made('POST', '/tmf-api/party/v4/individual', { givenName: 'A', familyName: 'B' }, as(KEY))
    const reader = (await closed.made('POST', '/tandem/v1/apiKey', { name: 'reader', permissions: ['*:read'] }, as(KEY))).key as string
    for (const url of [PATH, '/tandem/v1/personalDataExport']) expect((await closed.call('POST', url, { party: id, reason: 'x' }, as(reader))).status).toBe(403)
    expect((await closed.call('POST', '/tandem/v1/consent', { party: id, action: 'revoke', purpose: 'x' }, as(reader))).status).toBe(403)
    const own = (await closed.made('POST', '/tandem/v1/apiKey', { name: 'the person', permissions: ['*:*'], parties: [id] }, as(KEY))).key as string
    const other = (await closed.made('POST', '/tandem/v1/apiKey', { name: 'another', permissions: ['*:*'], parties: ['another'] }, as(KEY))).key as string
    expect((await closed.call('POST', PATH, { party: id, reason: 'x' }, as(own))).status).toBe(200)
    expect((await closed.call('POST', PATH, { party: id, reason: 'x' }, as(other))).status).toBe(400)
    expect((await closed.call('POST', '/tandem/v1/consent', { party: id, action: 'revoke', purpose: 'x' }, as(own))).status).toBe(201)
    const asked = await closed.call('POST', '/tandem/v1/personalDataExport', { party: id }, as(own))
    expect(asked.status).toBe(202)
    for (const key of [other]) {
      expect((await closed.call('POST', '/tandem/v1/consent', { party: id, action: 'revoke', purpose: 'x' }, as(key))).status).toBe(400)
      expect((await closed.call('GET', `/tandem/v1/consent?party=${id}`, undefined, as(key))).status).toBe(400)
      expect((await closed.call('POST', '/tandem/v1/personalDataExport', { party: id }, as(key))).status).toBe(400)
      expect((await closed.call('GET', `/tandem/v1/personalDataExport/${asked.body.id}`, undefined, as(key))).status).toBe(404)
      expect((await closed.call('GET', '/tandem/v1/personalDataExport', undefined, as(key))).body).toEqual([])
    }
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPeopleApp, type Json, type PeopleApp } from './people-app.ts'

let people: PeopleApp
const ids: Record<string, string> = {}

const contact = (more: Json): Json => ({ contactMedium: [{ mediumType: 'any', characteristic: more }] })
const find = async (q: string, more: Json = {}, options: { key?: string; brand?: string } = {}): Promise<Json> => {
  const answer = await people.call('GET', `/tandem/v1/customerSearch?${new URLSearchParams({ q, ...more }).toString()}`, options)
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}
const found = async (...args: Parameters<typeof find>): Promise<string[]> => (await find(...args)).person.map((one: Json) => one.id)

beforeAll(async () => {
  people = await createPeopleApp()
  const add = async (name: string, given: string, family: string, more: Json = {}, brand?: string): Promise<Json> => {
    const person = await people.person(given, family, more, brand)
    ids[name] = person.id
    return person
  }
  const mira = await add('mira', 'Mira', 'Aldenhoven', contact({ emailAddress: 'Mira.A@Example.com', phoneNumber: '+44 7700 900123', street1: 'Quay Street 7', postCode: '1010', city: 'Far Skerry' }))
  ids['miraCustomer'] = (await people.customer(mira, { characteristic: [{ name: 'customerNumber', value: 'CU-000 471-1' }] })).id
  await add('other', 'Mirabel', 'Alden', contact({ street1: 'Quay Lane 9', city: 'Northport' }))
  await add('polish', 'Łukasz', 'Brzęczyszczykiewicz')
  await add('russian', 'Екатерина', 'Алексеева')
  await add('greek', 'Ὀδυσσεύς', 'Παπαδόπουλος')
  await add('chinese', '小明', '王')
  await add('japanese', '太郎', '山田')
  await add('arabic', 'مُحَمَّد', 'الفارسي')
  await add('hindi', 'मीरा', 'शर्मा')
  await add('hebrew', 'שָׁלוֹם', 'כהן')
  await add('irish', 'Siobhán', "O'Brien-Walsh")
  const line = await people.product({ owner: mira }, { productSerialNumber: 'SN-77 1234' })
  ids['line'] = line.id
  await people.resource(line.id, { resourceType: 'msisdn', value: '+447700900456' })
  await people.resource(line.id, { resourceType: 'iccid', value: '8944 5012 3456 7890 123' })
  const child = await people.person('Ida', 'Berg')
  ids['child'] = child.id
  await people.product({ owner: mira, user: child }, { productCharacteristic: [{ name: 'msisdn', value: '+447700900789' }] })
  ids['order'] = (await people.made('/tmf-api/productOrderingManagement/v4/productOrder', {
    externalId: 'SHOP-1001', relatedParty: [{ id: ids['miraCustomer'], name: 'Mira', role: 'customer', '@referredType': 'Customer' }], productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'none' } }],
  })).id
  await add('foreign', 'Mira', 'Aldenhoven', contact({ emailAddress: 'mira.a@example.com' }), 'other')
  await people.settled()
})
afterAll(async () => { await people.close() })

describe('identifiers', () => {
  it.each([
    ['e-mail', 'MIRA.a@example.COM', 'email'],
    ['phone as given', '+44 7700 900123', 'phone'],
    ['phone with 00', '0044-7700-900-123', 'phone'],
    ['phone as dialled at home', '(07700) 900 123', 'phone'],
    ['phone of both kinds', '+44 (0)7700 900123', 'phone'],
    ['customer number', 'cu0004711', 'customerNumber'],
    ['serial number', 'sn771234', 'serialNumber'],
    ['number of a line', '07700 900456', 'msisdn'],
    ['card', '89445012-3456-7890-123', 'iccid'],
    ['order number of the shop', 'shop-1001', 'orderNumber'],
  ])('finds a person by %s', async (_what, q, field) => {
    const { person } = await find(q)
    expect(person.map((one: Json) => one.id)).toEqual([ids['mira']])
    expect(person[0]).toMatchObject({ stage: 'identifier', name: 'Mira Aldenhoven', href: `/tandem/v1/customer360/${ids['mira']}` })
    expect(person[0].match[0]).toMatchObject({ stage: 'identifier', field, score: expect.any(Number), value: expect.any(String), href: expect.stringMatching(/^\//) })
    expect(person[0].role).toMatchObject([{ id: ids['miraCustomer'], '@referredType': 'Customer' }])
  })

  it.each(['order', 'line', 'miraCustomer', 'mira'])('finds a person by the id of the %s', async name => {
    expect(await found(ids[name]!)).toEqual([ids['mira']])
  })

  it('finds owner and user of a line by its number', async () => {
    expect((await found('+447700900789')).toSorted()).toEqual([ids['mira'], ids['child']].toSorted())
  })

  it('does not take a number of another country for the same', async () => {
    expect(await found('+49 7700 900123')).toEqual([])
  })

  it('finds what begins so', async () => {
    expect((await find('shop-10')).person).toMatchObject([{ id: ids['mira'], stage: 'prefix', match: [{ field: 'orderNumber', value: 'SHOP-1001' }] }])
    expect(await found('mira.a@ex')).toEqual([ids['mira']])
  })
})

describe('words', () => {
  it('shows whole words before beginnings', async () => {
    expect((await find('mira')).person.map((one: Json) => [one.id, one.stage])).toEqual([[ids['mira'], 'exact'], [ids['other'], 'prefix']])
    expect((await find('Alden Mirabel')).person).toMatchObject([{ id: ids['other'], stage: 'exact', match: [{ field: 'name', value: 'Mirabel Alden' }] }])
  })

  it.each([
    ['mira ald', 'mira'], ['aldenhoven skerry', 'mira'], ['quay street 1010', 'mira'], ['lukasz brzeczyszczykiewicz', 'polish'], ['LUKASZ', 'polish'], ['екатерина', 'russian'], ['АЛЕКСЕЕВА екат', 'russian'], ['οδυσσευσ', 'greek'],
    ['王小明', 'chinese'], ['小明', 'chinese'], ['山田太', 'japanese'], ['محمد', 'arabic'], ['मीरा', 'hindi'], ['שלום', 'hebrew'], ['siobhan obrien', 'irish'], ["O’Brien", 'irish'], ['walsh', 'irish'],
  ])('finds %s', async (q, name) => {
    expect(await found(q)).toContain(ids[name])
  })

  it('wants all words', async () => {
    expect(await found('aldenhoven northport')).toEqual([])
  })
})

describe('typos', () => {
  it.each([
    ['Mria Aldenhofen', 'mira'], ['aldehnoven', 'mira'], ['aldenhovenn', 'mira'], ['qay stret skery', 'mira'], ['brzeczyszykiewicz', 'polish'], ['катерина алексеева', 'russian'], ['παπαδοπουλσ', 'greek'],
    ['王晓明', 'chinese'], ['الفرسي', 'arabic'], ['siobahn', 'irish'],
  ])('finds %s all the same', async (q, name) => {
    const { person } = await find(q)
    expect(person.map((one: Json) => one.id)).toContain(ids[name])
    expect(person.find((one: Json) => one.id === ids[name])).toMatchObject({ stage: 'similar', score: expect.any(Number), match: expect.arrayContaining([expect.objectContaining({ stage: 'similar', value: expect.any(String) })]) })
  })

  it('ranks what is nearer first', async () => {
    await people.person('Petra', 'Hallstrom')
    await people.person('Petra', 'Hallstrøms')
    await people.settled()
    const { person } = await find('petra halstrom')
    expect(person.map((one: Json) => one.name)).toEqual(['Petra Hallstrom', 'Petra Hallstrøms'])
    expect(person[0].score).toBeGreaterThan(person[1].score)
  })

  it('makes nothing of numbers that are nearly right', async () => {
    expect(await found('1011')).toEqual([])
  })
})

describe('pages', () => {
  it('shows everybody once, best stage first, whatever the size of the page', async () => {
    const made: string[] = []
    for (let i = 0; i < 12; i++) {
      const person = await people.person(i % 3 === 0 ? 'Tarquin' : i % 3 === 1 ? 'Tarquinius' : 'Tarqiun', `Vane${i}`)
      await people.customer(person)
      made.push(person.id)
    }
    await people.settled()
    for (const limit of ['1', '5', '100']) {
      const seen: [string, string][] = []
      let after: string | undefined
      do {
        const page: Json = await find('tarquin', { limit, ...(after !== undefined && { after }) })
        seen.push(...page.person.map((one: Json) => [one.id, one.stage]))
        after = page.next
      } while (after !== undefined)
      expect(seen.map(([id]) => id).toSorted()).toEqual(made.toSorted())
      expect(seen.map(([, stage]) => stage)).toEqual([...Array(4).fill('exact'), ...Array(4).fill('prefix'), ...Array(4).fill('similar')])
    }
  })

  it('takes hits from the types that are asked for', async () => {
    expect((await find('mira', { type: 'customer' })).person).toMatchObject([{ id: ids['mira'], match: [{ '@referredType': 'Customer' }] }])
    expect(await found('mira', { type: 'productOrder' })).toEqual([])
  })

  it.each([
    ['q', {}], ['q', { q: '*' }], ['limit', { q: 'mira', limit: '0' }], ['type', { q: 'mira', type: 'invoice' }], ['after', { q: 'mira', after: 'nonsense' }], ['after', { q: 'mira', after: Buffer.from('{"step":"exact"}').toString('base64url') }], ['sort', { q: 'mira', sort: 'name' }],
  ])('refuses what is wrong with %s', async (attribute, query) => {
    const answer = await people.call('GET', `/tandem/v1/customerSearch?${new URLSearchParams(query as Record<string, string>).toString()}`)
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain(attribute)
  })
})

describe('one person with two parties', () => {
  it('is one hit, over pages too', async () => {
    const [one, two] = [await people.person('Quintus', 'Ferrand'), await people.person('Quintus', 'Ferand')]
    await people.made('/tandem/v1/partyMerge', { survivor: { id: one.id, '@referredType': 'Individual' }, merged: { id: two.id, '@referredType': 'Individual' } })
    await people.settled()
    const page = await find('quintus', { limit: '1' })
    expect(page.person).toHaveLength(1)
    expect(page.person[0].party.map((party: Json) => party.id).toSorted()).toEqual([one.id, two.id].toSorted())
    expect(page.next === undefined ? [] : await found('quintus', { limit: '1', after: page.next })).toEqual([])
  })
})

describe('who may see what', () => {
  it('keeps brands apart, in hits, counts and similar names', async () => {
    expect(await found('mira aldenhoven', {}, { brand: 'other' })).toEqual([ids['foreign']])
    expect(await found('mria aldenhofen', {}, { brand: 'other' })).toEqual([ids['foreign']])
    expect(await found('mira.a@example.com', {}, { brand: 'other' })).toEqual([ids['foreign']])
    expect(await found('lukasz', {}, { brand: 'other' })).toEqual([])
    expect(await found('lukaz', {}, { brand: 'other' })).toEqual([])
    expect(await found(ids['mira']!, {}, { brand: 'other' })).toEqual([])
  })

  it('shows a customer nobody but itself, at no stage', async () => {
    const key = await people.key(['*:read'], { parties: [ids['other']] })
    expect(await found('mirabel', {}, { key })).toEqual([ids['other']])
    expect(await found('mira', {}, { key })).toEqual([ids['other']])
    expect(await found('mirabell', {}, { key })).toEqual([ids['other']])
    for (const q of ['aldenhoven', 'aldenhofen', 'mira.a@example.com', '+447700900123', 'shop-1001', 'sn771234', ids['mira']!, ids['order']!, 'quay street']) {
      const answer = await people.call('GET', `/tandem/v1/customerSearch?${new URLSearchParams({ q }).toString()}`, { key })
      expect([answer.body.person, answer.body.next, answer.headers['x-result-count']]).toEqual([[], undefined, '0'])
    }
  })

  it('shows a store what it sold, and the people of others not at all', async () => {
    const key = await people.key(['*:read'], { store: 'store-1' })
    for (const q of ['mira', 'aldenhofen', 'shop-1001', '+447700900123']) expect(await found(q, {}, { key })).toEqual([])
    const seller = await people.key(['*:*'], { store: 'store-1' })
    const { status, body, text } = await people.call('POST', '/tmf-api/party/v4/individual', { payload: { givenName: 'Mirabelle', familyName: 'Counter' }, key: seller })
    expect(status, text).toBe(201)
    await people.settled()
    expect(await found('mira', {}, { key })).toEqual([body.id])
    expect(await found('mirabele countre', {}, { key })).toEqual([body.id])
    expect(await found('mirabelle counter', {}, { key: await people.key(['*:read'], { store: 'store-2' }) })).toEqual([])
    expect((await people.call('GET', `/tandem/v1/customer360/${body.id}`, { key })).body.section.person.total).toBe(1)
  })

  it('finds by what the caller may read alone', async () => {
    const key = await people.key(['customerSearch:read', 'individual:read'])
    expect(await found('shop-1001', {}, { key })).toEqual([])
    const { person } = await find('mira aldenhoven', {}, { key })
    expect(person[0].match.map((match: Json) => match['@referredType'])).toEqual(['Individual'])
    expect((await people.call('GET', '/tandem/v1/customerSearch?q=mira', { key: await people.key(['individual:read']) })).status).toBe(403)
  })

  it('records who searched for what, and who was shown', async () => {
    await find('brzeczyszczykiewicz')
    const rows = await people.database.query("SELECT principal, resource_ids, count FROM audit_record WHERE resource = 'customerSearch' AND query LIKE 'q=brzeczyszczykiewicz%' AND operation = 'read'")
    expect(rows).toEqual([{ principal: 'bootstrap', resource_ids: [ids['polish']], count: 1 }])
  })
})

describe('what is kept for the search', () => {
  it('follows changes and deletions within a second', async () => {
    const person = await people.person('Temporary', 'Nameless')
    const until = async (q: string, expected: string[]): Promise<number> => {
      const start = Date.now()
      while (JSON.stringify(await found(q)) !== JSON.stringify(expected)) {
        if (Date.now() - start > 5_000) throw new Error(`${q} is not up to date`)
        await new Promise(resolve => setTimeout(resolve, 10))
      }
      return Date.now() - start
    }
    const times = [await until('nameless', [person.id])]
    await people.call('PATCH', `/tmf-api/party/v4/individual/${person.id}`, { payload: { familyName: 'Renamed' } })
    times.push(await until('renamed temporary', [person.id]))
    expect(await found('nameless')).toEqual([])
    await people.call('DELETE', `/tmf-api/party/v4/individual/${person.id}`)
    times.push(await until('renamed', []))
    // Machines that do other things besides are granted more than the second.
    expect(Math.min(...times)).toBeLessThan(1_000)
    expect(await people.database.query("SELECT word FROM search_word WHERE word IN ('nameless', 'renamed', 'temporary')")).toEqual([])
  })

  it('is made anew from the rows alone, those that no event told of included', async () => {
    await people.database.query(`INSERT INTO individual (brand, id, revision, owner_party, doc) VALUES ('default', 'loaded-1', 1, 'loaded-1', '{"id":"loaded-1","givenName":"Bulk","familyName":"Loaded"}')`)
    await people.database.query("DELETE FROM search_entry WHERE resource = 'customer'")
    await people.database.query("INSERT INTO search_entry (brand, resource, resource_id, revision, terms) VALUES ('default', 'individual', 'ghost', 1, '[]')")
    expect((await people.call('POST', '/tandem/v1/customerSearchIndex/rebuild')).status).toBe(202)
    await people.settled()
    expect(await found('bulk loaded')).toEqual(['loaded-1'])
    expect(await found(ids['miraCustomer']!)).toEqual([ids['mira']])
    expect(await people.database.query("SELECT 1 FROM search_entry WHERE resource_id = 'ghost'")).toEqual([])
    expect((await people.call('GET', '/tandem/v1/customerSearchIndex')).body).toMatchObject({ behind: 0, resource: expect.arrayContaining([{ name: 'individual', state: 'done' }]) })
  })

  it('forgets a person, the words that nobody else has too', async () => {
    const person = await people.person('Unforgettable', 'Quixotically', contact({ emailAddress: 'gone@example.com' }))
    await people.settled()
    const holding = people.services.parts.personal.find(one => one.name === 'searchEntry')!
    const values = ['default', [person.id], [`individual/${person.id}`]]
    const held = await people.database.query<{ doc: string }>(holding.exportSql!, values)
    expect(held.map(row => JSON.parse(row.doc))).toMatchObject([{ resource: 'individual', id: person.id, foundBy: expect.arrayContaining([{ kind: 'email', field: 'email', value: 'gone@example.com' }]) }])
    await people.database.query(holding.eraseSql!, values)
    expect(await found('gone@example.com')).toEqual([])
    expect(await found('quixotically')).toEqual([])
    for (const end = Date.now() + 5_000; (await people.database.query("SELECT 1 FROM search_word WHERE word = 'quixotically'")).length > 0;) {
      if (Date.now() > end) throw new Error('the word is still there')
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  })
})

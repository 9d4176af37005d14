/** One person in several records: links, suggestions, merges and how they are taken back, through HTTP. */
import { describe, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { openIdentity, type Doc } from './identity-app.ts'

const { server, send, ok, eventually, PARTY, unique, phone, email, person, identifiers, identifier, verify, cluster, suggestions, read, merge, undo, number } = openIdentity()

describe('linking', () => {
  test('one verified number makes one person of two records in two stacks, spelt differently; with source and age per attribute', async () => {
    const value = number()
    const crm = await ok('PUT', `/tandem/v1/external/crm/individual/C-${unique()}`, { givenName: 'Mira', familyName: 'Aldenhoven', birthDate: '1988-03-14T00:00:00Z', contactMedium: [phone(value)] })
    const mobile = await ok('PUT', `/tandem/v1/external/mobile/individual/M-${unique()}`, { givenName: 'Mirra', familyName: 'Aldenhofen', gender: 'female', contactMedium: [phone(`0${value.slice(3)}`)] })
    await verify(crm['id'], 'phone')
    expect(await cluster(crm['id'])).toEqual([crm['id']])
    const verified = await verify(mobile['id'], 'phone')
    expect(verified).toMatchObject({ verified: true, value, person: { id: crm['id'] }, merge: { id: expect.any(String) } })
    expect(await cluster(mobile['id'])).toEqual([crm['id'], mobile['id']])

    const shown = await read(crm['id'])
    expect(shown).toMatchObject({ birthDate: '1988-03-14T00:00:00Z', gender: 'female' })
    expect(await read(mobile['id'])).toMatchObject({ familyName: 'Aldenhofen', mergedInto: { id: crm['id'] } })
    const holders = await ok('GET', `/tandem/v1/partyByIdentifier?type=phone&value=${encodeURIComponent(`0${value.slice(3)}`)}`)
    expect(new Set(holders.map((one: Doc) => one['person'].id))).toEqual(new Set([crm['id']]))

    await undo(verified['merge'].id)
    expect(await cluster(crm['id'])).toEqual([crm['id']])
    const { mergedInto: _, ...apart } = await read(mobile['id'])
    expect(apart).toEqual(mobile)
    expect(await read(crm['id'])).toEqual(crm)
  })

  test('two unverified hints make a suggestion, which a person accepts', async () => {
    const value = number()
    const one = await person({ birthDate: '1990-05-06T00:00:00Z', contactMedium: [phone(value)] })
    const other = await person({ givenName: 'Mirra', birthDate: '1990-05-06T00:00:00Z', contactMedium: [phone(value)] })
    const [suggested] = await eventually(() => suggestions(other['id']), rows => rows.length > 0)
    expect(suggested).toMatchObject({ kind: 'weak', state: 'open' })
    expect(suggested!['reason'].map((reason: Doc) => reason['code']).sort()).toEqual(['sameBirthDate', 'sameUnverifiedPhone', 'similarName'])
    expect(await cluster(one['id'])).toEqual([one['id']])
    const accepted = await ok('POST', `/tandem/v1/identitySuggestion/${suggested!['id']}/accept`, { survivor: one['id'] })
    expect(accepted).toMatchObject({ state: 'accepted', merge: { id: expect.any(String) } })
    expect(await cluster(other['id'])).toEqual([one['id'], other['id']])
  })

  test.each(['at the same time', 'one right after the other'])('records that arrive %s find each other, every time', { timeout: 30_000 }, async how => {
    const pair = async (index: number): Promise<string> => {
      const doc = { givenName: `Pair${unique()}`, birthDate: `19${50 + index}-${how === 'at the same time' ? '02-03' : '04-05'}T00:00:00Z`, contactMedium: [phone(number())] }
      const make = () => person(doc)
      if (how === 'at the same time') return (await Promise.all([make(), make()]))[0]!['id'] as string
      const first = await make()
      await make()
      return first['id'] as string
    }
    const pairs: string[] = []
    if (how === 'at the same time') pairs.push(...(await Promise.all(Array.from({ length: 30 }, (_, index) => pair(index)))))
    else for (let index = 0; index < 30; index++) pairs.push(await pair(index))
    await eventually(async () => (await server().database.query('SELECT 1 FROM event_reaction WHERE state = $1', ['due'])).length, waiting => waiting === 0)
    expect(await Promise.all(pairs.map(async one => (await suggestions(one)).length))).toEqual(Array(30).fill(1))
    expect(await server().database.query('SELECT 1 FROM event_reaction WHERE state = $1', ['dead'])).toEqual([])
  })

  test('e-mail addresses that differ in case alone are hints, verified ones enough to ask; each keeps its own', async () => {
    const local = `nora.t${unique()}`
    const one = await person({ givenName: `Nora${unique()}`, contactMedium: [email(`${local.toUpperCase()}@Example.com`)] })
    const other = await person({ givenName: one['givenName'], contactMedium: [email(`${local}@example.com`)] })
    const [suggested] = await eventually(() => suggestions(other['id']), rows => rows.length > 0)
    expect(suggested).toMatchObject({ kind: 'weak', state: 'open', score: 0.75 })
    expect(suggested!['reason'].map((reason: Doc) => reason['code']).sort()).toEqual(['sameName', 'sameUnverifiedEmailButForCase'])

    const stranger = await person({ givenName: 'Ulf', familyName: `Quist${unique()}`, contactMedium: [email(`${local.replace('nora', 'Nora')}@example.com`)] })
    await verify(one['id'], 'email')
    const verified = await verify(stranger['id'], 'email')
    expect(verified).toMatchObject({ verified: true, value: `${local.replace('nora', 'Nora')}@example.com`, conflict: ['E-mail addresses that differ in upper and lower case alone, verified for both'] })
    const [asked] = await suggestions(stranger['id'])
    expect(asked).toMatchObject({ kind: 'conflict', state: 'open', reason: [{ code: 'sameVerifiedEmailButForCase' }] })
    expect(await identifier(one['id'], 'email')).toMatchObject({ verified: true, value: `${local.toUpperCase()}@example.com`, raw: `${local.toUpperCase()}@Example.com` })
    expect(await cluster(stranger['id'])).toEqual([stranger['id']])
  })

  test('a refused suggestion comes back only when something has changed', async () => {
    const value = number()
    const one = await person({ birthDate: '1991-05-06T00:00:00Z', contactMedium: [phone(value)] })
    const other = await person({ birthDate: '1991-05-06T00:00:00Z', contactMedium: [phone(value)] })
    const [suggested] = await eventually(() => suggestions(other['id']), rows => rows.length > 0)
    await ok('POST', `/tandem/v1/identitySuggestion/${suggested!['id']}/refuse`, { reason: 'Twins' })
    const state = async (): Promise<string> => (await ok('GET', `/tandem/v1/identitySuggestion/${suggested!['id']}`))['state']
    await ok('PATCH', `${PARTY}/${one['id']}`, { gender: 'female' })
    await eventually(async () => (await server().database.query('SELECT 1 FROM event_reaction WHERE state = $1', ['due'])).length, waiting => waiting === 0)
    expect(await state()).toBe('refused')
    await ok('PATCH', `${PARTY}/${one['id']}`, { contactMedium: [phone(value), email(`mira${unique()}@example.com`)] })
    await eventually(state, now => now === 'open')
  })

  test('two verified identities are never merged silently: a person is asked, and the number is the last verifier’s', async () => {
    const value = number()
    const one = await person({ status: 'validated', contactMedium: [phone(value)] })
    const other = await person({ status: 'validated', contactMedium: [phone(value)] })
    await verify(one['id'], 'phone')
    const verified = await verify(other['id'], 'phone')
    expect(verified['merge']).toBeUndefined()
    expect(verified['conflict']).toEqual(['The identity of both has been verified'])
    expect(await cluster(one['id'])).toEqual([one['id']])
    expect((await eventually(() => suggestions(one['id']), rows => rows.some(row => row['kind'] === 'conflict'))).length).toBe(1)
    const past = (await identifiers(one['id'], '&ended=true')).find(row => row['verified'])!
    expect(past['until']).toBe(verified['verifiedAt'])
  })

  test('the same customer number of the same stack is a strong link', async () => {
    const reference = [{ externalReferenceType: 'customerNumber:mobile', name: `K${unique()}` }]
    const one = await person({ externalReference: reference })
    const other = await person({ familyName: 'Aldenhofen', externalReference: reference })
    await eventually(() => cluster(other['id']), members => members.length === 2)
    expect(await cluster(other['id'])).toContain(one['id'])
  })

  test('a customer number stays the one’s who had it first while a person is asked, and when two were found to be two', async () => {
    const reference = [{ externalReferenceType: 'customerNumber:net', name: `N${unique()}` }]
    const nora = await ok('PUT', `/tandem/v1/external/st1/individual/${unique()}`, { givenName: 'Nora', familyName: 'Quist', externalReference: reference })
    const before = await eventually(() => identifier(nora['id'], 'customerNumber'), row => row['verified'])
    const asked = async (familyName: string): Promise<[Doc, Doc]> => {
      const other = await ok('PUT', `/tandem/v1/external/st2/individual/${unique()}`, { givenName: 'Zoltan', familyName, externalReference: reference })
      return [other, (await eventually(() => suggestions(other['id']), rows => rows.some(row => row['kind'] === 'conflict'))).find(row => row['kind'] === 'conflict')!]
    }
    const holders = async (): Promise<[string, boolean][]> => (await ok('GET', `/tandem/v1/partyByIdentifier?type=customerNumber&scope=net&value=${reference[0]!.name}`)).map((row: Doc) => [row['party'].id, row['verified']])
    const [zoltan, suggested] = await asked('Varga')
    expect(suggested).toMatchObject({ state: 'open' })
    const theirs = [[nora['id'], true], [zoltan['id'], false]]
    expect(await holders()).toEqual(theirs)
    expect(await identifier(nora['id'], 'customerNumber')).toEqual(before)
    // Nor does it change hands when somebody says that the other one has it.
    expect(await ok('POST', `/tandem/v1/partyIdentifier/${(await identifier(zoltan['id'], 'customerNumber'))['id']}/verify`, {})).toMatchObject({ verified: false, conflict: [expect.any(String)] })
    expect(await holders()).toEqual(theirs)
    await ok('POST', `/tandem/v1/identitySuggestion/${suggested['id']}/refuse`, {})
    expect(await holders()).toEqual(theirs)
    const [third, another] = await asked('Szabo')
    await ok('POST', `/tandem/v1/identitySuggestion/${another['id']}/accept`, { survivor: nora['id'] })
    expect(await cluster(third['id'])).toEqual([nora['id'], third['id']])
    expect((await holders()).filter(([, verified]) => verified)).toEqual([[nora['id'], true]])
  })

  test('letters that look alike are never merged silently, and are named', async () => {
    const value = number()
    const one = await person({ contactMedium: [phone(value)] })
    const other = await person({ familyName: 'Аldenhоven', contactMedium: [phone(value)] })
    expect(other['familyName']).toBe('Аldenhоven')
    await verify(one['id'], 'phone')
    const { conflict, merge: made } = await verify(other['id'], 'phone')
    expect(made).toBeUndefined()
    expect(conflict).toEqual(['Letters of another script that look alike stand in a name'])
  })
})

describe('merging', () => {
  test('chains stay flat, and merges are undone in any order', async () => {
    const [a, b, c, d] = (await Promise.all(['A', 'B', 'C', 'D'].map(givenName => person({ givenName, [`${givenName === 'A' ? 'gender' : 'nationality'}`]: givenName })))) as [Doc, Doc, Doc, Doc]
    const ab = await merge(a['id'], b['id'])
    await merge(c['id'], d['id'])
    const bc = await merge(b['id'], c['id'])
    expect(await cluster(d['id'])).toEqual([a['id'], ...[b['id'], c['id'], d['id']].sort()])
    expect((await read(d['id']))['mergedInto']['id']).toBe(a['id'])
    await undo(ab['id'])
    expect(await cluster(a['id'])).toEqual([a['id']])
    expect(await read(a['id'])).toEqual(a)
    expect(await cluster(d['id'])).toEqual([b['id'], ...[c['id'], d['id']].sort()])
    await undo(bc['id'])
    expect(await read(b['id'])).toEqual(b)
    expect(await cluster(d['id'])).toEqual([c['id'], d['id']])
    expect((await send('POST', `/tandem/v1/partyMerge/${bc['id']}/undo`, {})).status).toBe(409)
  })

  test('what happened since goes to whom it names', async () => {
    const [one, other] = [await person({ contactMedium: [email('one@example.com')] }), await person({ contactMedium: [email('other@example.com')] })]
    const { id } = await merge(one['id'], other['id'])
    expect((await read(one['id']))['contactMedium']).toHaveLength(2)
    await ok('PATCH', `${PARTY}/${one['id']}`, { nationality: 'NO', contactMedium: [email('one@example.com'), email('other@example.com'), email('new@example.com')] })
    await ok('PATCH', `${PARTY}/${other['id']}`, { maritalStatus: 'married' })
    await eventually(() => read(one['id']), doc => doc['maritalStatus'] === 'married')
    await undo(id)
    expect(await read(one['id'])).toEqual({ ...one, nationality: 'NO', contactMedium: [email('one@example.com'), email('new@example.com')] })
    expect(await read(other['id'])).toEqual({ ...other, maritalStatus: 'married' })
  })

  test('a merged party cannot be deleted, nor the one that stands for it', async () => {
    const [one, other] = [await person({}), await person({})]
    const { id } = await merge(one['id'], other['id'])
    expect((await send('DELETE', `${PARTY}/${other['id']}`)).status).toBe(409)
    expect((await send('DELETE', `${PARTY}/${one['id']}`)).status).toBe(409)
    await undo(id)
    expect((await send('DELETE', `${PARTY}/${other['id']}`)).status).toBe(204)
  })

  test('bad merges are refused by name', async () => {
    const one = await person({})
    const company = await ok('POST', '/tmf-api/party/v4/organization', { tradingName: 'Aldenhoven Ltd' })
    const attempt = (survivor: string, merged: string) => send('POST', '/tandem/v1/partyMerge', { survivor: { id: survivor }, merged: { id: merged } })
    expect(await attempt(one['id'], one['id'])).toMatchObject({ status: 400, body: { message: expect.stringContaining('merged.id') } })
    expect(await attempt(one['id'], company['id'])).toMatchObject({ status: 400, body: { message: expect.stringContaining('merged.@referredType') } })
    expect(await attempt(one['id'], 'nobody')).toMatchObject({ status: 400, body: { message: expect.stringContaining('merged.id') } })
    const other = await person({})
    await merge(one['id'], other['id'])
    expect(await attempt(other['id'], one['id'])).toMatchObject({ status: 409, body: { code: 'alreadyOne' } })
  })

  test('brands never see each other', async () => {
    const value = number()
    const north = { 'x-tandem-brand': 'north' }
    const one = await person({ contactMedium: [phone(value)] })
    await verify(one['id'], 'phone')
    const other = await ok('POST', PARTY, { givenName: 'Mira', familyName: 'Aldenhoven', contactMedium: [phone(value)] }, north)
    const told = await ok('POST', '/tandem/v1/partyIdentifier', { party: other['id'], type: 'phone', value, verified: true }, north)
    expect(told['merge']).toBeUndefined()
    expect(await ok('GET', `/tandem/v1/partyByIdentifier?type=phone&value=${encodeURIComponent(value)}`, undefined, north)).toHaveLength(1)
    expect((await send('POST', '/tandem/v1/partyMerge', { survivor: { id: one['id'] }, merged: { id: other['id'] } }, north)).status).toBe(400)
  })
})

describe('identifiers', () => {
  test('one that several tell at once is told once', async () => {
    const one = await person({})
    const value = number()
    const told = await Promise.all(Array.from({ length: 6 }, () => send('POST', '/tandem/v1/partyIdentifier', { party: one['id'], type: 'phone', value })))
    expect(told.map(answer => answer.status).sort()).toEqual([200, 200, 200, 200, 200, 201])
    expect(new Set(told.map(answer => answer.body['id'])).size).toBe(1)
  })

  test('bad values are refused by name, and what a person is called is kept to the letter', async () => {
    const one = await person({})
    const tell = (body: Doc) => send('POST', '/tandem/v1/partyIdentifier', { party: one['id'], ...body })
    for (const [type, value] of [['phone', 'n/a'], ['phone', '+49'], ['email', 'mira'], ['email', 'mira@@example.com'], ['login', ' '], ['login', 'x'.repeat(255)], ['device', 'a\u200bb']]) {
      expect(await tell({ type, value }), `${type} ${value}`).toMatchObject({ status: 400, body: { message: expect.stringContaining('value') } })
    }
    expect(await tell({ type: 'postcard', value: 'x' })).toMatchObject({ status: 400, body: { message: expect.stringContaining('type') } })
    expect(await tell({ type: 'phone', value: number(), since: '2999-01-01T00:00:00Z' })).toMatchObject({ status: 400, body: { message: expect.stringContaining('since') } })
    expect(await tell({ type: 'phone', value: number(), since: '2020-13-01T00:00:00Z' })).toMatchObject({ status: 400, body: { message: expect.stringContaining('since') } })
    expect(await tell({ type: 'login', value: 'nobody', party: 'nobody' })).toMatchObject({ status: 400, body: { message: expect.stringContaining('party') } })
    for (const givenName of ['محمد', '李小龍', 'Łukasz', 'नरेन्द्र', '👩‍👩‍👧', 'jose\u0301']) {
      const made = await person({ givenName, preferredGivenName: givenName.repeat(1000) })
      expect(await read(made['id'])).toMatchObject({ givenName, preferredGivenName: givenName.repeat(1000) })
      expect(await merge(one['id'], made['id'])).toMatchObject({ state: 'active' })
    }
    expect(await send('POST', PARTY, { givenName: 'x'.repeat(10_240), familyName: 'Aldenhoven' })).toMatchObject({ status: 400, body: { message: expect.stringContaining('givenName') } })
  })

  test('impossible birth dates are refused by name', async () => {
    for (const birthDate of ['1988-02-30T00:00:00Z', '2999-01-01T00:00:00Z', '0988-03-14T00:00:00Z', 'yesterday', '1988-03-14']) {
      expect(await send('POST', PARTY, { givenName: 'Mira', familyName: 'Aldenhoven', birthDate }), birthDate).toMatchObject({ status: 400, body: { message: expect.stringContaining('birthDate') } })
    }
  })

  test('a number that is no longer in the document ends; told ones stay until they are ended', async () => {
    const value = number()
    const one = await person({ contactMedium: [phone(value)] })
    await ok('POST', '/tandem/v1/partyIdentifier', { party: one['id'], type: 'login', scope: 'web', value: `mira${value}` })
    const row = await identifier(one['id'], 'phone')
    await ok('PATCH', `${PARTY}/${one['id']}`, { contactMedium: [email('mira@example.com')] })
    await eventually(() => identifiers(one['id']), rows => rows.every(each => each['type'] !== 'phone') && rows.some(each => each['type'] === 'email'))
    expect((await ok('GET', `/tandem/v1/partyIdentifier/${row['id']}`))['until']).toBeDefined()
    const login = await identifier(one['id'], 'login')
    await ok('POST', `/tandem/v1/partyIdentifier/${login['id']}/end`, {})
    expect((await identifiers(one['id'])).map(each => each['type'])).toEqual(['email'])
    expect((await send('POST', `/tandem/v1/partyIdentifier/${login['id']}/verify`, {})).status).toBe(409)
  })

  test('the database itself lets no verified value belong to two persons at a time, and no cluster stand on another', async () => {
    const [one, other, third] = [await person({}), await person({}), await person({})]
    const value = number()
    await ok('POST', '/tandem/v1/partyIdentifier', { party: one['id'], type: 'phone', value, verified: true })
    await expect(
      server().database.query(
        `INSERT INTO party_identifier (brand, id, party_id, party, type, value, raw, source, origin, confidence, verified, verified_at, verified_by, since) VALUES ('default', $1, $1, 'individual', 'phone', $2, $2, 'x', 'operation', 1, true, now(), 'x', now())`,
        [other['id'], value],
      ),
    ).rejects.toMatchObject({ code: '23P01' })
    await merge(one['id'], other['id'])
    await expect(server().database.query(`INSERT INTO party_cluster (brand, party_id, cluster_id) VALUES ('default', $1, $2)`, [third['id'], other['id']])).rejects.toMatchObject({ code: '23503' })
  })

  test('two who verify one number at the same time are one person, once', async () => {
    const value = number()
    const [one, other] = [await person({}), await person({})]
    const told = await Promise.all([one, other].map(party => ok('POST', '/tandem/v1/partyIdentifier', { party: party!['id'], type: 'phone', value, verified: true })))
    expect(told.filter(row => row['merge'] !== undefined)).toHaveLength(1)
    expect(await cluster(one['id'])).toHaveLength(2)
  })

  test('a caller who is confined to a party has no part in it, and gives itself no numbers of other systems', async () => {
    const key = 'bootstrap-key-of-identity-tests'
    const closed = await createTestApp({ settings: { AUTH: 'key', BOOTSTRAP_KEY: key, ROLES: 'api' } })
    try {
      const ask = (method: 'GET' | 'POST' | 'PATCH', url: string, token: string, payload?: Doc) => closed.app.inject({ method, url, headers: { authorization: `Bearer ${token}` }, ...(payload && { payload }) })
      const own = (await ask('POST', PARTY, key, { givenName: 'Mira', familyName: 'Aldenhoven' })).json().id as string
      const made = (await ask('POST', '/tandem/v1/apiKey', key, { name: 'Mira', permissions: ['*:*'], parties: [own] })).json()
      const token = made.key as string
      expect(token, JSON.stringify(made)).toBeTypeOf('string')
      for (const [method, url, payload] of [['GET', `/tandem/v1/party/${own}/cluster`], ['GET', `/tandem/v1/partyIdentifier?party=${own}`], ['GET', '/tandem/v1/partyByIdentifier?type=login&value=x'], ['POST', '/tandem/v1/partyIdentifier', { party: own, type: 'login', value: 'x', verified: true }], ['POST', '/tandem/v1/partyMerge/x/undo', {}], ['POST', '/tandem/v1/identitySuggestion/x/accept', {}]] as const) {
        expect((await ask(method, url, token, payload)).statusCode, url).toBe(403)
      }
      expect((await ask('PATCH', `${PARTY}/${own}`, token, { externalReference: [{ externalReferenceType: 'customerNumber:mobile', name: '4711' }] })).statusCode).toBe(400)
      expect((await ask('PATCH', `${PARTY}/${own}`, token, { gender: 'female', mergedInto: { id: own } })).json().message).toContain('mergedInto')
      expect((await ask('PATCH', `${PARTY}/${own}`, token, { gender: 'female' })).json().mergedInto).toBeUndefined()
    } finally {
      await closed.close()
    }
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { startListener } from '../../tmf/events/listener.ts'
import { eventually } from '../../tmf/events/things.ts'

type Doc = Record<string, any>

const SCHEMAS = '/tandem/v1/extensionSchema'
const CATEGORIES = '/tmf-api/productCatalogManagement/v4/category'
const PEOPLE = '/tmf-api/party/v4/individual'

const campaign: Doc = {
  type: 'object',
  required: ['code'],
  properties: {
    code: { type: 'string', pattern: '^[A-Z]{2}[0-9]{4}$' },
    weight: { type: 'number', minimum: 0 },
    soldFrom: { type: 'string', format: 'date-time' },
    badge: { type: 'array', items: { $ref: '#/$defs/Badge' } },
    name: { type: 'string', maxLength: 20 },
  },
  $defs: { Badge: { type: 'object', required: ['text'], properties: { text: { type: 'string' }, colour: { enum: ['red', 'green'] } } } },
}

let server: TestApp
let other: TestApp
beforeAll(async () => {
  server = await createTestApp({ settings: { PUBLIC_URL: 'https://tandem.example.com' } })
  other = await createTestApp({ databaseUrl: server.databaseUrl, settings: { ROLES: 'api', PUBLIC_URL: 'https://tandem.example.com' } })
})
afterAll(async () => {
  await other?.close()
  await server?.close()
})

const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: unknown, { at = server, headers = {} }: { at?: TestApp; headers?: Record<string, string> } = {}) => {
  const answer = await at.app.inject({ method, url, headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(payload !== undefined && { payload: JSON.stringify(payload) }) })
  return { status: answer.statusCode, body: (answer.body === '' ? undefined : answer.json()) as Doc, headers: answer.headers }
}
let count = 0
/** Registers a schema under a name of its own. */
const register = async (schema: Doc = campaign, more: Doc = {}): Promise<Doc> => {
  const { status, body } = await send('POST', SCHEMAS, { name: `Campaign${++count}`, extends: 'Category', schema, ...more })
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const create = (doc: Doc, options = {}) => send('POST', CATEGORIES, { name: 'Extended', ...doc }, options)
const paths = (body: Doc): string[] => ((body['details'] ?? []) as Doc[]).map(one => one['path'] as string).sort()

describe('a schema', () => {
  it('sent again and again with one key is made once: what the first has made refuses none of the others', async () => {
    for (let round = 0; round < 15; round += 1) {
      const body = { name: `Often${round}`, extends: 'Category', schema: campaign }
      const answers = await Promise.all(Array.from({ length: 12 }, async (_, n) => {
        await new Promise(resolve => setTimeout(resolve, n))
        return send('POST', SCHEMAS, body, { at: n % 2 === 0 ? server : other, headers: { 'idempotency-key': `often-${round}` } })
      }))
      expect(answers.map(answer => answer.status)).toEqual(answers.map(() => 201))
      expect(new Set(answers.map(answer => answer.body['id'])).size).toBe(1)
    }
  })

  it('is registered, served as schema+json, and read by its newest or a certain version', async () => {
    const one = await register()
    expect(one).toMatchObject({ version: '1.0', location: `/tandem/v1/schema/${one['name']}/1.0`, schema: campaign })
    const two = await register({ ...campaign, required: [] }, { name: one['name'], version: '2.0' })
    const newest = await server.app.inject(`/tandem/v1/schema/${one['name']}`)
    expect(newest.headers['content-type']).toBe('application/schema+json; charset=utf-8')
    expect(newest.json()).toEqual(two['schema'])
    expect((await send('GET', one['location'] as string)).body).toEqual(campaign)
    expect((await send('GET', `/tandem/v1/schema/${one['name']}/3.0`)).status).toBe(404)
    expect((await send('GET', '/tandem/v1/schema/Nothing')).status).toBe(404)
  })

  it('is registered once for each version, also when many do it at once', async () => {
    const answers = await Promise.all([server, other, server, other].map(at => send('POST', SCHEMAS, { name: 'Raced', extends: 'Category', schema: campaign }, { at })))
    expect(answers.map(one => one.status).sort()).toEqual([201, 409, 409, 409])
    expect((await send('POST', SCHEMAS, { name: 'Raced', extends: 'Category', schema: campaign })).body['message']).toContain('Raced')
  })

  it('does not change', async () => {
    const { href } = await register()
    for (const change of [{ schema: { type: 'array' } }, { name: 'Other' }, { version: '9' }, { extends: 'Catalog' }]) expect((await send('PATCH', href, change)).status, JSON.stringify(change)).toBe(400)
    expect((await send('PATCH', href, { description: 'Shown in the shop' })).status).toBe(200)
  })

  const deep = (levels: number): Doc => (levels === 0 ? { type: 'string' } : { type: 'object', properties: { a: deep(levels - 1) } })
  const doubling = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`D${n}`, n === 4 ? { type: 'string' } : { anyOf: Array.from({ length: 7 }, () => ({ $ref: `#/$defs/D${n + 1}` })) }]))
  it.each<[string, unknown, RegExp]>([
    ['is text', 'text', /schema must be object/],
    ['has no attributes', { type: 'object' }, /schema\.properties is required/],
    ['is of no object', { type: 'string', properties: {} }, /schema\.type must be object/],
    ['refers to another place', { type: 'object', properties: { a: { $ref: 'https://example.com/x.json' } } }, /schema\.properties\.a\.\$ref must be #\/\$defs/],
    ['extends by reference', { type: 'object', allOf: [{ $ref: 'ProductOffering.schema.json' }], properties: {} }, /schema\.allOf\[0\]\.\$ref/],
    ['refers to nothing', { type: 'object', properties: { a: { $ref: '#/$defs/Nothing' } } }, /\$ref must be #\/\$defs/],
    ['refers to a file', { type: 'object', properties: { a: { $ref: 'file:///etc/passwd' } } }, /\$ref must be/],
    ['holds itself', { type: 'object', properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { type: 'array', items: { $ref: '#/$defs/A' } } } }, /must not hold itself/],
    ['is too deep', deep(14), /deeper than 12/],
    ['grows by its references', { type: 'object', properties: { a: { $ref: '#/$defs/D0' } }, $defs: doubling }, /more than 2000 parts/],
    ['is too large', { type: 'object', properties: {}, description: 'x'.repeat(70_000) }, /at most 65536 bytes/],
    ['has a back reference', { type: 'object', properties: { a: { type: 'string', pattern: '(a)\\1' } } }, /properties\.a\.pattern must be a regular expression that runs in linear time/],
    ['has a pattern that looks around', { type: 'object', properties: { a: { type: 'string', pattern: '(?=a)b' } } }, /linear time/],
    ['has patterns for names', { type: 'object', properties: {}, patternProperties: { '(a+)+$': {} } }, /patternProperties is not a keyword that is enforced/],
    ['has an unknown type', { type: 'object', properties: { a: { type: 'text' } } }, /properties\.a\.type must be among/],
    ['has an unknown format', { type: 'object', properties: { a: { type: 'string', format: 'regex' } } }, /properties\.a\.format must be one of/],
    ['has an unknown tag', { type: 'object', properties: { a: { type: 'string', 'x-tandem-tag': 'shy' } } }, /x-tandem-tag must be personal or secret/],
    ['is true', { type: 'object', properties: { a: true } }, /properties\.a must be a JSON Schema/],
    ['has a required that is none', { type: 'object', properties: {}, required: 'a' }, /required must be a list/],
  ])('that %s is refused', async (_, schema, message) => {
    const { status, body } = await send('POST', SCHEMAS, { name: 'Refused', extends: 'Category', schema })
    expect(status).toBe(400)
    expect(body['message']).toMatch(message)
  })

  it('tells all that is wrong with it', async () => {
    const { body } = await send('POST', SCHEMAS, { name: 'Refused', extends: 'Category', schema: { type: 'object', properties: { a: { type: 'text' }, b: { minLength: -1 } } } })
    expect(paths(body)).toEqual(['schema.properties.a.type', 'schema.properties.b.minLength'])
  })
})

describe('an object that names a registered schema', () => {
  it('is held against it on create and change, and each fault names its attribute', async () => {
    const { location, name } = await register()
    const made = await create({ '@type': name, '@baseType': 'Category', '@schemaLocation': location, code: 'AB1234', badge: [{ text: 'New', colour: 'red' }] })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    expect(made.body).toMatchObject({ code: 'AB1234', badge: [{ text: 'New', colour: 'red' }] })
    const wrong = await create({ '@type': name, '@baseType': 'Category', '@schemaLocation': location, weight: -1, soldFrom: 'soon', badge: [{ colour: 'blue', size: 1 }], name: 'x'.repeat(21), stranger: 1, version: 5 })
    expect(wrong.status).toBe(400)
    expect(paths(wrong.body)).toEqual(['badge[0].colour', 'badge[0].size', 'badge[0].text', 'code', 'name', 'soldFrom', 'stranger', 'version', 'weight'])
    const href = made.body['href'] as string
    expect(paths((await send('PATCH', href, { code: 'nope' })).body)).toEqual(['code'])
    expect(paths((await send('PATCH', href, { code: null })).body)).toEqual(['code'])
    expect((await send('PATCH', href, { weight: 2 })).body).toMatchObject({ code: 'AB1234', weight: 2 })
  })

  it.each([
    ['its path', (one: Doc) => ({ '@schemaLocation': one['location'] })],
    ['its path without a version', (one: Doc) => ({ '@schemaLocation': `/tandem/v1/schema/${one['name']}` })],
    ['the address of this server', (one: Doc) => ({ '@schemaLocation': `https://tandem.example.com${one['location']}` })],
    ['its type alone', (one: Doc) => ({ '@type': one['name'] })],
    ['its type and class', (one: Doc) => ({ '@type': one['name'], '@baseType': 'Category' })],
  ])('by %s', async (_, naming) => {
    const one = await register()
    expect(paths((await create({ ...naming(one), code: 'wrong' })).body)).toEqual(['code'])
    expect((await create({ ...naming(one), code: 'AB1234' })).status).toBe(201)
  })

  it('at any depth', async () => {
    const { location } = await register({ type: 'object', properties: { floor: { type: 'integer' } } }, { extends: 'RelatedParty' })
    const party = (floor: unknown): Doc => ({ givenName: 'Ann', familyName: 'Berg', relatedParty: [{ id: 'p', role: 'friend', '@referredType': 'Individual', href: 'https://elsewhere.example.com/p', '@type': 'Neighbour', '@baseType': 'RelatedParty', '@schemaLocation': location, floor }] })
    expect(paths((await send('POST', PEOPLE, party('third'))).body)).toEqual(['relatedParty[0].floor'])
    const made = await send('POST', PEOPLE, party(3))
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    const found = await send('GET', `${PEOPLE}?filter=${encodeURIComponent('relatedParty[?(@.floor>=3)]')}`)
    expect((found.body as Doc[]).map(one => one['id'])).toEqual([made.body['id']])
  })

  it('that is not there, or extends another class, is refused and nothing is fetched', async () => {
    for (const location of ['/tandem/v1/schema/Nothing', '/tandem/v1/schema/Nothing/1.0', 'https://tandem.example.com/tandem/v1/schema/Nothing', '/tandem/v1/other', '/tandem/v1/schema/%zz']) {
      const { status, body } = await create({ '@type': 'X', '@baseType': 'Category', '@schemaLocation': location })
      expect([status, paths(body)], location).toEqual([400, ['@schemaLocation']])
    }
    const { location } = await register(campaign, { extends: 'Catalog' })
    const { status, body } = await create({ '@schemaLocation': location, code: 'AB1234' })
    expect([status, body['message']]).toEqual([400, expect.stringContaining('extends Catalog, not Category')])
  })

  it('of another host is stored as it is, and nothing is enforced', async () => {
    const { status, body } = await create({ '@type': 'Foreign', '@baseType': 'Category', '@schemaLocation': 'https://schemas.example.org/tandem/v1/schema/Foreign', anything: { goes: 1 } })
    expect(status).toBe(201)
    expect(body['anything']).toEqual({ goes: 1 })
  })

  it('keeps the schema from being deleted, and lets it go afterwards', async () => {
    const one = await register()
    const made = (await create({ '@schemaLocation': one['location'], code: 'AB1234' })).body
    const refused = await send('DELETE', one['href'] as string)
    expect([refused.status, refused.body['message']]).toEqual([409, expect.stringContaining(made['id'] as string)])
    await send('DELETE', made['href'] as string)
    expect((await send('DELETE', one['href'] as string)).status).toBe(204)
    await eventually(async () => (await create({ '@schemaLocation': one['location'], code: 'AB1234' }, { at: other })).status === 400)
  })

  it('is known in every process: at once where it is named, in a moment by its type', async () => {
    const one = await register()
    expect(paths((await create({ '@schemaLocation': one['location'], code: 'wrong' }, { at: other })).body)).toEqual(['code'])
    const two = await register()
    await eventually(async () => (await create({ '@type': two['name'], '@baseType': 'Category', code: 'wrong' }, { at: other })).status === 400)
  })

  it('is of its brand alone', async () => {
    const { location, name } = await register()
    const elsewhere = { headers: { 'x-tandem-brand': 'elsewhere' } }
    expect((await create({ '@schemaLocation': location, code: 'AB1234' }, elsewhere)).status).toBe(400)
    expect((await send('GET', location as string, undefined, elsewhere)).status).toBe(404)
    expect((await send('GET', `${CATEGORIES}?code=AB1234`, undefined, elsewhere)).status).toBe(400)
    expect((await send('POST', SCHEMAS, { name, extends: 'Category', schema: campaign }, elsewhere)).status).toBe(201)
  })
})

describe('attributes of a registered schema', () => {
  it('can be filtered by, in their types', async () => {
    const { location } = await register()
    const { id } = (await create({ '@schemaLocation': location, code: 'ZZ9999', weight: 7, soldFrom: '2026-01-01T10:00:00Z', badge: [{ text: 'a', colour: 'red' }, { text: 'b', colour: 'green' }] })).body
    for (const query of ['code=ZZ9999', 'code=ZZ9999&weight.gt=6.5', 'code=ZZ9999&soldFrom=2026-01-01T12:00:00%2B02:00', 'badge.text=a&code=ZZ9999', `filter=${encodeURIComponent("badge[?(@.text=='b' && @.colour=='green')]")}&code=ZZ9999`, `filter=${encodeURIComponent("$[?(@.code=='ZZ9999' && @.weight>6)]")}`]) {
      const { status, body, headers } = await send('GET', `${CATEGORIES}?${query}`)
      expect([status, (body as Doc[]).map(one => one['id']), headers['x-total-count']], query).toEqual([200, [id], '1'])
    }
    expect((await send('GET', `${CATEGORIES}?filter=${encodeURIComponent("badge[?(@.text=='a' && @.colour=='green')]")}`)).body).toEqual([])
    expect((await send('GET', `${CATEGORIES}?weight=heavy`)).status).toBe(400)
  })

  it('of none cannot, and the answer says how they are found', async () => {
    const { status, body } = await send('GET', `${CATEGORIES}?unheardOf=1`)
    expect([status, body['message']]).toEqual([400, expect.stringMatching(/unheardOf is not an attribute of category, nor of an extension that is registered for it \(attributes of others can be found by containment/)])
  })

  it('are what a listener can ask for', async () => {
    const { location } = await register()
    const listener = await startListener()
    const hub = await send('POST', '/tmf-api/productCatalogManagement/v4/hub', { callback: listener.url, query: `eventType=CategoryCreateEvent&weight.gt=100&filter=${encodeURIComponent("badge[?(@.text=='hot' && @.colour=='red')]")}` })
    expect(hub.status, JSON.stringify(hub.body)).toBe(201)
    await create({ name: 'light', '@schemaLocation': location, code: 'AB1234', weight: 1, badge: [{ text: 'hot', colour: 'red' }] })
    await create({ name: 'green', '@schemaLocation': location, code: 'AB1234', weight: 101, badge: [{ text: 'hot', colour: 'green' }, { text: 'cold', colour: 'red' }] })
    const wanted = (await create({ name: 'wanted', '@schemaLocation': location, code: 'AB1234', weight: 101, badge: [{ text: 'hot', colour: 'red' }] })).body
    await eventually(() => listener.taken.length > 0)
    expect(listener.taken.map(one => one.event.event.category.id)).toEqual([wanted['id']])
    await send('DELETE', `/tmf-api/productCatalogManagement/v4/hub/${hub.body['id']}`)
    await listener.close()
  })

  it('that are tagged do not leave in events', async () => {
    const { name } = await register({ type: 'object', properties: { nickname: { type: 'string', 'x-tandem-tag': 'personal' }, shoe: { type: 'object', properties: { size: { type: 'number', 'x-tandem-tag': 'secret' }, colour: { type: 'string' } } } } })
    const { withoutTagged } = await import('../../../src/tmf/masking.ts')
    const { category } = await import('../../../src/modules/catalog/category.ts')
    const doc = (await create({ '@type': name, nickname: 'Fizz', shoe: { size: 41, colour: 'red' } })).body
    expect(withoutTagged(category.schema, doc, ['personal', 'secret'])).toEqual({ ...doc, nickname: undefined, shoe: { colour: 'red' } })
    expect(withoutTagged(category.schema, doc, ['secret'])).toEqual({ ...doc, shoe: { colour: 'red' } })
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Catalog, catalogCreate, catalogUpdate } from '../../src/modules/catalog/catalog.schema.ts'
import { Category, categoryCreate } from '../../src/modules/catalog/category.schema.ts'
import { defineApi, defineResource } from '../../src/tmf/resource.ts'
import { createKitApp, type KitApp } from './kit-app.ts'

const api = defineApi({ number: 620, name: 'productCatalogManagement', version: 'v4', release: '4.1.0', title: 'Catalog', description: 'Catalog', slug: 'product-catalog' })
const operations = ['list', 'get', 'create', 'patch', 'delete'] as const
const catalog = defineResource({
  api,
  name: 'catalog',
  type: 'Catalog',
  table: 'catalog',
  description: 'A catalog',
  schema: Catalog,
  operations,
  create: catalogCreate,
  update: catalogUpdate,
  stamps: { onWrite: ['lastUpdate'] },
  filters: { name: 'text', version: 'text', lastUpdate: 'instant', 'validFor.startDateTime': 'instant' },
  references: [{ path: 'category[]', to: 'category' }],
  example: { name: 'Consumer' },
})
const category = defineResource({
  api,
  name: 'category',
  type: 'Category',
  table: 'category',
  description: 'A category',
  schema: Category,
  operations,
  create: categoryCreate,
  filters: { name: 'text' },
  example: { name: 'Mobile' },
})

let t: KitApp
const CATALOG = '/tmf-api/productCatalogManagement/v4/catalog'
const CATEGORY = '/tmf-api/productCatalogManagement/v4/category'

beforeAll(async () => {
  t = await createKitApp([catalog, category])
})
afterAll(async () => {
  await t?.close()
})

const post = (url: string, payload: unknown, headers: Record<string, string> = {}) => t.app.inject({ method: 'POST', url, payload: payload as object, headers })
const events = (id: string) => t.database.query<{ event_type: string; revision: number }>('SELECT event_type, revision FROM event WHERE resource_id = $1 ORDER BY seq', [id])

describe('writing', () => {
  it('stores a create with its event and gives it back as stored', async () => {
    const created = await post(CATALOG, { name: 'Consumer' })
    expect(created.statusCode, created.body).toBe(201)
    const body = created.json()
    expect(body).toMatchObject({ name: 'Consumer', href: `${CATALOG}/${body.id}` })
    expect(created.headers.location).toBe(body.href)
    const read = await t.app.inject(body.href)
    expect(read.json()).toEqual(body)
    expect(read.headers.etag).toBe('"1"')
    expect(await events(body.id)).toEqual([{ event_type: 'CatalogCreateEvent', revision: 1 }])
  })

  it('refuses a local reference to nothing and stores nothing, naming the attribute', async () => {
    const before = await t.database.query('SELECT count(*) AS n FROM category')
    const refused = await post(CATALOG, { name: 'X', category: [{ id: 'nowhere' }] })
    expect(refused.statusCode).toBe(400)
    expect(refused.json()).toMatchObject({ code: 'referenceNotFound', details: [{ path: 'category[0].id', value: 'nowhere' }] })
    expect(await t.database.query('SELECT count(*) AS n FROM category')).toEqual(before)
  })

  it('keeps a reference to another host as it is', async () => {
    const created = await post(CATALOG, { name: 'X', category: [{ id: 'nowhere', href: 'https://other.example.com/category/nowhere' }] })
    expect(created.statusCode, created.body).toBe(201)
  })

  it('answers a delete with 409 while something refers to the resource, and deletes afterwards', async () => {
    const target = (await post(CATEGORY, { name: 'Mobile' })).json()
    const holder = (await post(CATALOG, { name: 'Holder', category: [{ id: target.id }] })).json()
    const refused = await t.app.inject({ method: 'DELETE', url: target.href })
    expect(refused.statusCode).toBe(409)
    expect(refused.json().message).toContain(holder.id)
    const patched = await t.app.inject({ method: 'PATCH', url: holder.href, payload: { category: [] } })
    expect(patched.statusCode, patched.body).toBe(200)
    expect((await t.app.inject({ method: 'DELETE', url: target.href })).statusCode).toBe(204)
    expect((await t.app.inject(target.href)).statusCode).toBe(404)
    expect((await events(target.id)).map(e => e.event_type)).toEqual(['CategoryCreateEvent', 'CategoryDeleteEvent'])
  })

  it('lets exactly one of a delete and a create that refers to it win', async () => {
    for (let i = 0; i < 20; i++) {
      const target = (await post(CATEGORY, { name: `race ${i}` })).json()
      const [created, deleted] = await Promise.all([post(CATALOG, { name: 'r', category: [{ id: target.id }] }), t.app.inject({ method: 'DELETE', url: target.href })])
      const outcome = [created.statusCode, deleted.statusCode]
      expect([[201, 409], [400, 204]]).toContainEqual(outcome)
    }
  })

  it('loses no update when many change one resource at once', async () => {
    const made = (await post(CATALOG, { name: 'n', description: '' })).json()
    const changes = await Promise.all(
      Array.from({ length: 5 }, (_, i) => t.store.update(t.context, catalog, made.id, doc => ({ ...doc, description: `${doc.description ?? ''}${i}` }))),
    )
    expect(changes).toHaveLength(5)
    const after = (await t.app.inject(made.href)).json()
    expect([...after.description].sort().join('')).toBe('01234')
    expect((await events(made.id)).map(e => e.revision)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('honours If-Match and If-None-Match', async () => {
    const made = (await post(CATALOG, { name: 'n' })).json()
    expect((await t.app.inject({ url: made.href, headers: { 'if-none-match': '"1"' } })).statusCode).toBe(304)
    expect((await t.app.inject({ method: 'PATCH', url: made.href, payload: { name: 'm' }, headers: { 'if-match': '"1"' } })).statusCode).toBe(200)
    expect((await t.app.inject({ method: 'PATCH', url: made.href, payload: { name: 'o' }, headers: { 'if-match': '"1"' } })).statusCode).toBe(412)
    expect((await t.app.inject({ url: made.href, headers: { 'if-none-match': '"1"' } })).statusCode).toBe(200)
  })

  it('answers the same idempotency key with the first answer, also when both come at once', async () => {
    const key = { 'idempotency-key': 'k-1' }
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(CATALOG, { name: 'once' }, key)))
    expect(new Set(answers.map(a => a.statusCode))).toEqual(new Set([201]))
    expect(new Set(answers.map(a => a.json().id)).size).toBe(1)
    expect((await post(CATALOG, { name: 'other' }, key)).statusCode).toBe(409)
  })

  it('lists every fault of a body', async () => {
    const refused = await post(CATALOG, { name: 5, validFor: { startDateTime: 'yesterday' }, colour: 'red', id: 'mine' })
    expect(refused.statusCode).toBe(400)
    expect(refused.json().details.map((d: { path: string }) => d.path).sort()).toEqual(['colour', 'id', 'name', 'validFor.startDateTime'])
  })

  it('keeps unknown attributes of a declared extension', async () => {
    const created = await post(CATALOG, { name: 'X', colour: 'red', '@type': 'ColouredCatalog', '@baseType': 'Catalog' })
    expect(created.statusCode, created.body).toBe(201)
    expect(created.json().colour).toBe('red')
  })

  it('changes by merge patch and by JSON Patch', async () => {
    const made = (await post(CATALOG, { name: 'n', description: 'd', version: '1' })).json()
    const merged = await t.app.inject({ method: 'PATCH', url: made.href, payload: JSON.stringify({ description: null, name: 'm' }), headers: { 'content-type': 'application/merge-patch+json' } })
    expect(merged.json()).toMatchObject({ name: 'm' })
    expect(merged.json().description).toBeUndefined()
    const patched = await t.app.inject({ method: 'PATCH', url: made.href, payload: JSON.stringify([{ op: 'replace', path: '/name', value: 'p' }]), headers: { 'content-type': 'application/json-patch+json' } })
    expect(patched.json().name).toBe('p')
    const wrong = await t.app.inject({ method: 'PATCH', url: made.href, payload: JSON.stringify([{ op: 'replace', path: '/nothing/here', value: 'p' }]), headers: { 'content-type': 'application/json-patch+json' } })
    expect(wrong.statusCode).toBe(400)
    expect((await t.app.inject({ method: 'PATCH', url: made.href, payload: { id: 'x' } })).statusCode).toBe(400)
  })
})

describe('reading', () => {
  beforeAll(async () => {
    t.principal.current = { ...t.principal.current, brands: ['other', 'default'] }
    for (let i = 0; i < 25; i++) {
      await post(CATALOG, { name: `N${i % 5}`, version: String(i), description: `number ${i}`, validFor: { startDateTime: `2026-01-${String(i + 1).padStart(2, '0')}T00:00:00Z` }, relatedParty: [{ id: `p${i % 3}`, href: 'https://x.example.com/1', role: 'owner', '@referredType': 'Individual' }] })
    }
  })
  afterAll(() => {
    t.principal.current = { ...t.principal.current, brands: ['default', 'other'] }
  })
  const list = async (query: string) => {
    const answer = await t.app.inject(`${CATALOG}?${query}`)
    return { status: answer.statusCode, total: Number(answer.headers['x-total-count']), items: answer.json(), headers: answer.headers, body: answer.body }
  }

  it.each([
    ['', 25],
    ['name=N1', 5],
    ['name=N1,N2', 10],
    ['name=N1&name=N2', 10],
    ['name.ne=N1', 20],
    ['name=N1&version=1', 1],
    ['version=1,6&name=N1', 2],
    ['description=number%207', 1],
    ['relatedParty.id=p1', 8],
    ['relatedParty.id=p1&name=N1', 2],
    ['validFor.startDateTime.gte=2026-01-20T00:00:00Z', 6],
    ['validFor.startDateTime%3E=2026-01-20T01:00:00%2B01:00', 6],
    ['validFor.startDateTime%3E2026-01-20T00:00:00Z', 5],
    ['validFor.startDateTime=2026-01-20T01:00:00%2B01:00', 1],
    ['name.regex=%5EN%5B12%5D%24', 10],
    ['relatedParty=%7B%22id%22%3A%22p2%22%7D', 8],
  ])('finds by %s', async (query, total) => {
    const { status, body, total: found, items } = await list(query)
    expect(status, body).toBe(200)
    expect(found).toBe(total)
    expect(items).toHaveLength(total)
  })

  it('pages by offset and by key, in the same order', async () => {
    const all = (await list('limit=25')).items.map((c: { id: string }) => c.id)
    const byOffset = [...(await list('limit=10')).items, ...(await list('limit=10&offset=10')).items, ...(await list('limit=10&offset=20')).items].map(c => c.id)
    expect(byOffset).toEqual(all)
    const first = await list('limit=10')
    expect(first.total).toBe(25)
    expect(first.headers['x-result-count']).toBe('10')
    expect(first.headers.link).toContain('rel="next"')
    const next = await list(`limit=10&after=${first.items[9].id}`)
    expect(next.items.map((c: { id: string }) => c.id)).toEqual(all.slice(10, 20))
    expect((await list('limit=10&offset=20')).total).toBe(25)
    expect((await list('limit=10&offset=90')).total).toBe(25)
  })

  it('sorts by declared columns', async () => {
    const names = (await list('sort=-name,id&limit=25')).items.map((c: { name: string }) => c.name)
    expect(names).toEqual([...names].sort().reverse())
    expect((await list('sort=-name&limit=5')).items.map((c: { name: string }) => c.name)).toEqual(['N4', 'N4', 'N4', 'N4', 'N4'])
    expect((await list('sort=nothing')).status).toBe(400)
  })

  it('selects fields', async () => {
    const { items } = await list('fields=name,relatedParty.role&limit=1')
    expect(Object.keys(items[0]).sort()).toEqual(['@type', 'href', 'id', 'name', 'relatedParty'])
    expect(items[0].relatedParty).toEqual([{ role: 'owner' }])
  })

  it('names an attribute that does not exist', async () => {
    const { status, items } = await list('colour=red&validFor.start=1')
    expect(status).toBe(400)
    expect(items.details.map((d: { path: string }) => d.path)).toEqual(['colour', 'validFor.start'])
  })

  it('shows a caller only its own brand', async () => {
    const inDefault = await t.app.inject({ url: `${CATALOG}?limit=1`, headers: { 'x-tandem-brand': 'default' } })
    const ours = (await list('limit=1')).items[0]
    expect(inDefault.json()[0].id).not.toBe(ours.id)
    expect((await t.app.inject({ url: ours.href, headers: { 'x-tandem-brand': 'default' } })).statusCode).toBe(404)
  })
})

it('renders an OpenAPI document for each API', async () => {
  const document = (await t.app.inject('/tmf-api/productCatalogManagement/v4/openapi.json')).json()
  expect(document.paths['/tmf-api/productCatalogManagement/v4/catalog/{id}'].patch.requestBody.content['application/merge-patch+json'].schema).toEqual({ $ref: '#/components/schemas/Catalog_Update' })
  expect(document.paths['/tmf-api/productCatalogManagement/v4/catalog/{id}'].patch.requestBody.content['application/json-patch+json'].schema).toMatchObject({ type: 'array', items: { required: ['op', 'path'] } })
  expect(document.components.schemas.Catalog_Create.required).toEqual(['name'])
  expect((await t.app.inject('/docs')).statusCode).toBeLessThan(400)
})

it('renders what OpenAPI 3.0 allows: no empty list of required attributes, and an example of a change that works when sent', async () => {
  const document = (await t.app.inject('/tmf-api/productCatalogManagement/v4/openapi.json')).json()
  const schemas: Record<string, { required?: string[]; example?: Record<string, unknown> }> = document.components.schemas
  for (const [name, schema] of Object.entries(schemas)) expect(schema.required?.length, name).not.toBe(0)
  const made = (await post(CATALOG, schemas['Catalog_Create']?.example)).json()
  const changed = await t.app.inject({ method: 'PATCH', url: made.href, payload: schemas['Catalog_Update']?.example ?? {} })
  expect(changed.statusCode, changed.body).toBe(200)
  expect(schemas['Catalog_Update']?.example).toEqual({ name: 'Consumer' })
})

describe('a caller confined to one party', () => {
  const all = { id: 'tester', kind: 'open', brands: ['default', 'other'], permissions: ['*:*'] } as const
  const confined = (party: string) => ({ ...all, id: party, scope: { parties: [party] } })

  it('refers to its own, and neither to what is another party\'s nor to what is nobody\'s', async () => {
    const make = async (party: string | undefined, name: string) => {
      t.principal.current = party === undefined ? all : confined(party)
      return (await post(CATEGORY, { name })).json().id as string
    }
    const ids = { nobodys: await make(undefined, 'common'), anns: await make('ann', 'of Ann'), bens: await make('ben', 'of Ben') }
    t.principal.current = confined('ann')
    const made = await post(CATALOG, { name: 'x', category: [{ id: ids.anns }] })
    expect(made.statusCode, made.body).toBe(201)
    const refused = await post(CATALOG, { name: 'x', category: [{ id: ids.anns }, { id: ids.bens }] })
    expect(refused.statusCode, refused.body).toBe(400)
    expect(refused.json()).toMatchObject({ code: 'referenceNotFound', details: [{ path: 'category[1].id', value: ids.bens }] })
    expect((await post(CATALOG, { name: 'x', category: [{ id: ids.nobodys }] })).statusCode).toBe(400)
    const patch = (payload: unknown) => t.app.inject({ method: 'PATCH', url: made.json().href, payload: payload as object })
    expect((await patch({ category: [{ id: ids.bens }] })).statusCode).toBe(400)
    t.principal.current = all
    expect((await patch({ category: [{ id: ids.bens }] })).statusCode).toBe(200)
    t.principal.current = confined('ann')
    expect((await patch({ description: 'the reference that was made for Ann stays' })).statusCode).toBe(200)
    t.principal.current = all
  })
})

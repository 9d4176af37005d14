/** What is held on a person in copies of a row is gone with it: in the event log, on the way to listeners, in kept answers and past revisions. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Type } from 'typebox'
import { defineModule } from '../../../src/tmf/module.ts'
import { defineApi, defineResource } from '../../../src/tmf/resource.ts'
import { eraseCopies } from '../../../src/tmf/events/erase.ts'
import { personal } from '../../../src/tmf/tags.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { startListener, type Listener } from './listener.ts'
import { eventually } from './things.ts'

const api = defineApi({ number: 998, name: 'guestManagement', version: 'v4', release: '4.0.0', title: 'Guests', description: 'Guests for tests.', slug: 'guest' })
const guest = defineResource({
  api,
  name: 'guest',
  type: 'Guest',
  table: 'category',
  description: 'A guest.',
  schema: Type.Object({
    id: Type.String(),
    href: Type.String(),
    name: Type.Optional(personal(Type.String())),
    room: Type.Optional(Type.String()),
    companion: Type.Optional(Type.Array(Type.Object({ name: Type.Optional(personal(Type.String())), role: Type.Optional(Type.String()) }))),
  }),
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  filters: {},
  history: true,
  example: { name: 'Ann' },
})
const BASE = '/tmf-api/guestManagement/v4'

describe('erasing copies', () => {
  let t: TestApp
  let listener: Listener

  beforeAll(async () => {
    t = await createTestApp({ modules: [defineModule({ name: 'guests', dependsOn: [], resources: [guest] })] })
    listener = await startListener()
    const answer = await t.app.inject({ method: 'POST', url: `${BASE}/hub`, headers: { 'content-type': 'application/json' }, payload: JSON.stringify({ callback: listener.url }) })
    expect(answer.statusCode).toBe(201)
  })
  afterAll(async () => {
    await t.close()
    await listener.close()
  })

  let keys = 0
  const make = async (name: string, companion: string): Promise<string> => {
    const answer = await t.app.inject({
      method: 'POST',
      url: `${BASE}/guest`,
      headers: { 'content-type': 'application/json', 'idempotency-key': `key-${(keys += 1)}` },
      payload: JSON.stringify({ name, room: '7', companion: [{ name: companion, role: 'friend' }] }),
    })
    expect(answer.statusCode).toBe(201)
    const { id } = answer.json()
    expect((await t.app.inject({ method: 'PATCH', url: `${BASE}/guest/${id}`, headers: { 'content-type': 'application/json' }, payload: '{"room":"8"}' })).statusCode).toBe(200)
    return id
  }
  const COPIES = ['event', 'hub_delivery', 'idempotency_key', 'resource_revision'] as const
  const copies = async (): Promise<Record<string, string>> =>
    Object.fromEntries(await Promise.all(COPIES.map(async table => [table, (await t.database.query<{ text: string }>(`SELECT coalesce(string_agg(t::text, E'\\n'), '') AS text FROM ${table} t`))[0]!.text] as const)))
  const context = { principal: { id: 'tester', kind: 'system' as const, brands: ['default'], permissions: ['*:*'] }, brand: 'default', channel: 'test', correlationId: 'test' }

  test('redacts those of a row that stays, empties those of a row that goes, and touches no other', async () => {
    const stays = await make('Staying Stella', 'Friend Fay')
    const goes = await make('Going Gus', 'Friend Finn')
    await make('Other Olga', 'Friend Odd')
    // Two delivered, and what comes next waits.
    await eventually(() => listener.taken.length === 6)
    listener.answer = () => 500
    await t.app.inject({ method: 'PATCH', url: `${BASE}/guest/${goes}`, headers: { 'content-type': 'application/json' }, payload: '{"room":"9"}' })
    await eventually(async () => (await t.database.query("SELECT 1 FROM hub_delivery WHERE state = 'due'")).length === 1)
    const before = await copies()
    for (const table of COPIES) expect(before[table], table).toContain('Going Gus')

    const changed = await t.database.transaction(async tx => {
      await t.services.store.update(context, guest, stays, ({ name: _name, companion: _companion, ...kept }) => kept, { tx })
      await t.services.store.remove(context, guest, goes, { tx })
      return eraseCopies(tx, 'default', guest, [stays, goes])
    })
    // Events 2+4 (the delete's too), deliveries 2+3, answers 2, revisions 2+3; the update's own copies held nothing any more.
    expect(changed).toBe(6 + 5 + 2 + 5)
    const after = await copies()
    for (const table of COPIES) {
      for (const gone of ['Staying Stella', 'Friend Fay', 'Going Gus', 'Friend Finn']) expect(after[table], table).not.toContain(gone)
      for (const left of ['Other Olga', 'Friend Odd']) expect(after[table], table).toContain(left)
    }
    const docs = await t.database.query<{ doc: string }>('SELECT doc::text AS doc FROM event WHERE resource_id = ANY($1) ORDER BY seq', [[stays, goes]])
    expect(docs.map(({ doc }) => JSON.parse(doc))).toEqual([
      { id: stays, href: `${BASE}/guest/${stays}`, room: '7', companion: [{ role: 'friend' }] },
      { id: stays, href: `${BASE}/guest/${stays}`, room: '8', companion: [{ role: 'friend' }] },
      ...Array.from({ length: 3 }, () => ({ id: goes, href: `${BASE}/guest/${goes}` })),
      { id: stays, href: `${BASE}/guest/${stays}`, room: '8' },
      { id: goes, href: `${BASE}/guest/${goes}` },
    ])
    const again = await t.app.inject({ method: 'POST', url: `${BASE}/guest`, headers: { 'content-type': 'application/json', 'idempotency-key': 'key-1' }, payload: JSON.stringify({ name: 'Staying Stella', room: '7', companion: [{ name: 'Friend Fay', role: 'friend' }] }) })
    expect(again.json()).toEqual({ id: stays, href: `${BASE}/guest/${stays}`, room: '7', companion: [{ role: 'friend' }] })
  })
})

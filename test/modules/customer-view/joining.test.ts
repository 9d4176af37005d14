import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Type } from 'typebox'
import { checkSections, viewOf } from '../../../src/modules/customer-view/view.ts'
import { modules } from '../../../src/modules/index.ts'
import type { ViewSection } from '../../../src/tmf/contributions.ts'
import { defineModule, type Module } from '../../../src/tmf/module.ts'
import { defineApi, defineResource } from '../../../src/tmf/resource.ts'
import { viewList } from '../../../src/tmf/view-section.ts'
import { createDatabaseUrl } from '../../support/database.ts'
import { createPeopleApp, type Json, type PeopleApp } from './people-app.ts'

const api = defineApi({ name: 'wish', version: 'v1', release: '1.0.0', title: 'Wishes', description: 'What people wish for.', slug: 'wish' })
const wish = defineResource({
  api,
  name: 'wish',
  type: 'Wish',
  // Any table of the usual form does.
  table: 'delivery_target',
  description: 'What somebody wishes for.',
  schema: Type.Object({
    id: Type.String(), href: Type.String(), name: Type.Optional(Type.String()), status: Type.Optional(Type.String()),
    relatedParty: Type.Optional(Type.Array(Type.Object({ id: Type.String(), role: Type.Optional(Type.String()), '@referredType': Type.String() }))),
  }),
  operations: ['list', 'get', 'create'],
  filters: {},
  references: [{ path: 'relatedParty[]' }],
  ownerParty: doc => doc.relatedParty?.[0]?.id,
  example: { name: 'A boat' },
})

/** Without one, and without those that need it; each stands after what it depends on. */
const without = (name: string): Module[] => {
  const gone = new Set([name])
  for (const module of modules) if (module.dependsOn.some(one => gone.has(one))) gone.add(module.name)
  return modules.filter(module => !gone.has(module.name))
}

const withSection = (...view: ViewSection[]): Module[] => [
  ...without('delivery'),
  defineModule({ name: 'wishes', dependsOn: [], resources: [wish], contributions: { view, search: [{ resource: 'wish', idField: 'wishId', terms: doc => [{ kind: 'identifier', field: 'wishName', value: doc.name }] }] } }),
]

let people: PeopleApp
beforeAll(async () => {
  people = await createPeopleApp({ modules: withSection(viewList({ name: 'wishes', resource: 'wish', description: 'Wishes', attributes: 'name text', item: "'name', d.name" })) })
})
afterAll(async () => { await people.close() })

describe('a later module', () => {
  it('joins the view and the search by declaring what it has', async () => {
    const mira = await people.person('Mira', 'Aldenhoven')
    await people.made('/tandem/v1/wish', { name: 'boat-42', relatedParty: [{ id: mira.id, '@referredType': 'Individual' }] })
    await people.settled()
    const { body } = await people.call('GET', `/tandem/v1/customer360/${mira.id}?sections=wishes`)
    expect(body.section.wishes).toMatchObject({ total: 1, item: [{ name: 'boat-42', source: [{ source: 'tandem' }] }] })
    expect((await people.call('GET', '/tandem/v1/customerSearch?q=BOAT%2042')).body.person.map((one: Json) => one.id)).toEqual([mira.id])
    const other = await people.key(['*:read'], { parties: ['somebody-else'] })
    expect((await people.call('GET', '/tandem/v1/customerSearch?q=boat-42', { key: other })).body.person).toEqual([])
    const key = await people.key(['customer360:read', 'individual:read', 'organization:read'])
    expect((await people.call('GET', `/tandem/v1/customer360/${mira.id}`, { key })).body.withheld).toContain('wishes')
  })

  it('finds people from the time before it ran', async () => {
    const { url, drop } = await createDatabaseUrl()
    const before = await createPeopleApp({ databaseUrl: url, modules: modules.filter(module => module.name !== 'customer-view') })
    const person = await before.person('Older', 'Thanthesearch')
    await before.close()
    const after = await createPeopleApp({ databaseUrl: url })
    try {
      await after.settled()
      expect((await after.call('GET', '/tandem/v1/customerSearch?q=older%20thanthesearch')).body.person.map((one: Json) => one.id)).toEqual([person.id])
    } finally {
      await after.close()
      await drop()
    }
  })

  const section = (sql: string): ViewSection => ({ name: 'broken', reads: [], description: 'Broken', sql })
  it.each([
    ['cannot run', section('SELECT nonsense FROM member')],
    ['reads the table of a resource past what the caller may see', section('(SELECT count(*) FROM product WHERE brand = $1)')],
    ['has the name of another', { ...section('SELECT 1'), name: 'products' }],
  ])('stops the start by its name when a section %s', async (_why, added) => {
    const { parts } = people.services
    await expect(checkSections(viewOf({ ...parts, view: [...parts.view, added] }), people.services)).rejects.toThrow(added.name)
  })
})

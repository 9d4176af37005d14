/** An insert with an id that was just made looks for no other row: tables with a further unique index have to say so. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'

let server: TestApp
beforeAll(async () => { server = await createTestApp() })
afterAll(() => server.close())

it('every resource whose table has another unique index says it', async () => {
  const rows = await server.database.query<{ table: string }>(`
    SELECT DISTINCT c.relname AS table FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND (i.indisunique OR i.indisexclusion) AND NOT i.indisprimary`)
  const keyed = new Set(rows.map(row => row.table))
  const { resources } = server.services.parts
  expect(resources.length).toBeGreaterThan(50)
  expect(resources.filter(resource => keyed.has(resource.table)).map(resource => resource.name).sort()).toEqual(resources.filter(resource => resource.otherKey === true).map(resource => resource.name).sort())
})

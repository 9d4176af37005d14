/** The store: how Tandem's own code reads and writes TMF resources, by the same path as HTTP. */
import { attributeAt } from './attributes.ts'
import type { ListQuery, ParsedCondition } from './filter/parse.ts'
import type { Kit } from './kit.ts'
import type { Resource } from './resource.ts'
import type { Condition, FilterCondition, Find, Store } from './services.ts'
import { countRows, findRows, readRevision, readRow, readRows } from './storage/reader.ts'
import { scopeOf } from './storage/scope.ts'
import { createResource, removeResource, updateResource } from './write/pipeline.ts'
import { storedOf } from './write/stored.ts'

const parsed = (resource: Resource<any>, condition: Condition | FilterCondition): ParsedCondition => {
  if ('where' in condition) return { path: 'filter', op: 'where', where: condition.where, values: [] }
  const { path, op = 'eq', value } = condition
  const attribute = attributeAt(resource.schema, path)
  if (!attribute) throw new Error(`${resource.name} has no attribute ${path}`)
  const column = path === 'id' ? 'text' : resource.filters[path]
  return { path, op, values: Array.isArray(value) ? value : [value], attribute, ...(column && { column }) }
}

const queryOf = (resource: Resource<any>, find: Find): ListQuery => ({
  conditions: (find.where ?? []).map(condition => parsed(resource, condition)),
  sort: (find.sort ?? '').split(',').filter(Boolean).map(key => ({ path: key.replace(/^-/, ''), descending: key.startsWith('-') })),
  offset: find.offset ?? 0,
  limit: find.limit ?? 1000,
})

export function createStore(kit: Kit): Store {
  return {
    async get(context, resource, id, options) {
      const row = await readRow(options?.tx ?? kit.database, resource, scopeOf(context, resource), id)
      return row && storedOf(row)
    },
    async getMany(context, resource, ids, options) {
      const rows = ids.length === 0 ? [] : await readRows(options?.tx ?? kit.database, resource, scopeOf(context, resource), [...new Set(ids)])
      return new Map(rows.map(row => [row.id, storedOf(row)]))
    },
    async find(context, resource, find, options) {
      const rows = await findRows(options?.tx ?? kit.database, resource, scopeOf(context, resource), queryOf(resource, find))
      return rows.map(storedOf)
    },
    async count(context, resource, find, options) {
      return await countRows(options?.tx ?? kit.database, resource, scopeOf(context, resource), queryOf(resource, find).conditions)
    },
    async create(context, resource, doc, options) {
      const written = await createResource(kit, context, resource, doc, { by: 'server', sql: options?.tx ?? kit.database, ...(options?.id !== undefined && { id: options.id }) })
      return written!.stored
    },
    async update(context, resource, id, change, options) {
      const written = await updateResource(kit, context, resource, id, change as never, {
        by: 'server',
        sql: options?.tx ?? kit.database,
        ...(options?.expectedRevision !== undefined && { expected: [options.expectedRevision] }),
        ...(options?.restored === true && { imported: true }),
        ...(options?.known && { known: options.known }),
        ...(options?.beside && { beside: options.beside }),
        ...(options?.derived === true && { said: { rows: [], gone: [], derived: true as const } }),
      })
      return written.stored
    },
    async remove(context, resource, id, options) {
      if (options?.tx) return await removeResource(kit, context, resource, id, { by: 'server', tx: options.tx })
      await kit.database.transaction(tx => removeResource(kit, context, resource, id, { by: 'server', tx }))
    },
    async revision(context, resource, id, revision, options) {
      const row = await readRevision(options?.tx ?? kit.database, resource, scopeOf(context, resource), id, revision)
      return row && storedOf(row)
    },
    resource: name => kit.registry.byName(name),
  }
}

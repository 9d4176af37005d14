/** Takes the catalog out as a file, and a file in as changes of a draft: what a review between environments works with. */
import { requirePermission } from '../../platform/auth/permission.ts'
import { Refusal, fault, refuse, type Fault } from '../../platform/errors.ts'
import { parseJson } from '../../platform/http/body.ts'
import type { Context } from '../../platform/principal.ts'
import { changesBetween, fileOf, withDependencies, type FileRecord } from './catalog-file.ts'
import { catalogChange } from './change.ts'
import { catalogChangeSet } from './change-set.ts'
import { changesOf, lockDraft, MOST_CHANGES } from './change-store.ts'
import { dryRun } from './dry-run.ts'
import { readGraph, type Graph } from './graph.ts'
import { keyOf, KIND_NAMES, type KindName } from './kinds.ts'
import type { WorkDeps } from './work.ts'

const isKindName = (name: unknown): name is KindName => (KIND_NAMES as readonly unknown[]).includes(name)

const read = (deps: WorkDeps, brand: string): Promise<Graph> => dryRun(deps, tx => readGraph(deps, tx, brand, []))

/** `productOffering/home-trio`, as the query names what is to be taken out. */
export const startOf = (text: string): { resource: KindName; id: string } => {
  const slash = text.indexOf('/')
  const [resource, id] = [text.slice(0, slash), text.slice(slash + 1)]
  if (slash < 0 || !isKindName(resource) || id === '') throw refuse.invalid([fault('id', `must be a kind and an id, productOffering/home-trio; kinds are ${KIND_NAMES.join(', ')}`, text)])
  return { resource, id }
}

/** The catalog as a file; with `start`, these with all that they need. 404 where one of them does not exist. */
export async function exportCatalog(deps: WorkDeps, context: Context, start: readonly { resource: KindName; id: string }[]): Promise<string> {
  const { docs } = await read(deps, context.brand)
  if (start.length === 0) return fileOf(docs)
  for (const { resource, id } of start) if (!docs.get(resource)?.has(id)) throw refuse.notFound(resource, id)
  return fileOf(withDependencies(docs, start))
}

/** The records of a file. 400 that names every line that is none. */
export const recordsOf = (text: string): FileRecord[] => {
  const faults: Fault[] = []
  const seen = new Set<string>()
  const records = text.split('\n').flatMap((line, index): FileRecord[] => {
    if (line.trim() === '') return []
    const at = `line ${index + 1}`
    let value: unknown
    try {
      value = parseJson(Buffer.from(line))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      faults.push(fault(at, `is not one JSON record: ${error.message}`))
      return []
    }
    const { resource, id, document } = (value ?? {}) as Partial<FileRecord>
    if (!isKindName(resource)) faults.push(fault(`${at}.resource`, `must be one of ${KIND_NAMES.join(', ')}`, resource))
    else if (typeof id !== 'string' || id === '' || id.length > 255) faults.push(fault(`${at}.id`, 'must be 1 to 255 characters', id))
    else if (document === null || typeof document !== 'object' || Array.isArray(document)) faults.push(fault(`${at}.document`, 'must be an object'))
    else if (seen.has(`${resource} ${id}`)) faults.push(fault(`${at}.id`, `is in the file twice`, id))
    else {
      seen.add(`${resource} ${id}`)
      return [{ resource, id, document }]
    }
    return []
  })
  if (faults.length > 0) throw refuse.invalid(faults.slice(0, 100))
  if (records.length === 0) throw refuse.invalid([fault('', 'holds no record')])
  return records
}

export interface Imported {
  create: number
  update: number
  delete: number
  unchanged: number
}

/** Puts the difference between a file and the catalog into a draft, in the place of what the draft says of the same resources. */
export async function importFile(deps: WorkDeps, context: Context, id: string, records: readonly FileRecord[], deleteMissing: boolean): Promise<Imported> {
  if (!(await deps.store.get(context, catalogChangeSet, id))) throw refuse.notFound('catalogChangeSet', id)
  const { docs, revisions } = await read(deps, context.brand)
  const changes = changesBetween(docs, records, deleteMissing)
  for (const { resource, action } of changes) requirePermission(context, resource, action)
  return deps.database.transaction(async tx => {
    await lockDraft(tx, context.brand, id)
    const present = await changesOf(tx, context.brand, id)
    const named = new Set([...records.map(one => `${one.resource} ${one.id}`), ...changes.map(one => `${one.resource} ${one.resourceId}`)])
    const replaced = present.filter(one => named.has(`${one.resource} ${one.resourceId}`))
    if (present.length - replaced.length + changes.length > MOST_CHANGES) throw refuse.conflict('tooManyChanges', `A change set has at most ${MOST_CHANGES} changes; the file makes ${changes.length}`)
    for (const one of replaced) await deps.store.remove(context, catalogChange, one.id, { tx })
    for (const one of changes) await deps.store.create(context, catalogChange, { catalogChangeSet: { id }, resource: one.resource, resourceId: one.resourceId, action: one.action, ...(one.document && { document: one.document }), ...(one.action !== 'create' && { baseRevision: revisions.get(keyOf(one.resource, one.resourceId)) ?? 1 }) }, { tx })
    const count = (action: string): number => changes.filter(one => one.action === action).length
    return { create: count('create'), update: count('update'), delete: count('delete'), unchanged: records.length - count('create') - count('update') }
  })
}

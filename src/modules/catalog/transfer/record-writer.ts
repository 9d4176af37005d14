/**
 * Writes ordered records into the catalog. A record that is there already with the same content is left alone, so an import can be run
 * again, or go on after a kill, and writes only what is missing.
 */
import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../../../platform/errors.ts'
import type { Context } from '../../../platform/principal.ts'
import type { AnyResource } from '../../../tmf/module.ts'
import type { Services } from '../../../tmf/services.ts'
import { collectionNamed } from './collections.ts'
import { keyOf, orderRecords, pointersOf } from './record-order.ts'
import type { CatalogRecord, Doc } from './record-source.ts'

/** What the catalog derives when a document does not say it: no reason to take a document for another one. */
const DERIVED = ['@type', 'lifecycleStatus', 'isBundle', 'isSellable', 'isRoot'] as const

const CHUNK = 500

export interface Written {
  created: number
  changed: number
  unchanged: number
  /** One line for each record that was not written, beginning with what it is. */
  errors: string[]
}

type Store = Services['store']

async function presentIn(store: Store, context: Context, keys: Iterable<string>): Promise<Set<string>> {
  const byName = new Map<string, string[]>()
  for (const key of keys) {
    const [name = ''] = key.split(' ', 1)
    byName.set(name, [...(byName.get(name) ?? []), key.slice(name.length + 1)])
  }
  const present = new Set<string>()
  for (const [name, ids] of byName) {
    const resource = collectionNamed(name)
    for (let at = 0; resource && at < ids.length; at += CHUNK) {
      for (const id of (await store.getMany(context, resource, ids.slice(at, at + CHUNK))).keys()) present.add(`${name} ${id}`)
    }
  }
  return present
}

/** What the record says, laid over what the catalog had derived; the stored document itself when nothing differs. */
function merged(stored: Doc, record: Doc): Doc {
  const target: Doc = { ...record, id: stored['id'], href: stored['href'], lastUpdate: stored['lastUpdate'] }
  for (const name of DERIVED) if (target[name] === undefined && stored[name] !== undefined) target[name] = stored[name]
  return isDeepStrictEqual(target, stored) ? stored : target
}

/**
 * A copy of the record whose references into the catalog are this catalog's own, where they can be: a file that comes from another
 * system carries that system's addresses, and they would be taken for references to it.
 */
function localized(record: CatalogRecord, known: ReadonlySet<string>): Doc {
  const { id: _, href: __, ...rest } = record.doc
  const doc = structuredClone(rest)
  for (const pointer of pointersOf(record.resource.references, doc)) if (known.has(pointer.target)) delete pointer.ref['href']
  return doc
}

const without = (resource: AnyResource, doc: Doc, deferred: ReadonlySet<string>): Doc => {
  if (deferred.size === 0) return doc
  const copy = structuredClone(doc)
  for (const pointer of pointersOf(resource.references, copy)) if (deferred.has(pointer.target)) pointer.remove()
  return copy
}

const inWords = (record: CatalogRecord, error: Refusal): string => `${keyOf(record)} (${record.at}): ${error.message} [${error.status} ${error.code}]`

/** Writes the records. Throws only what is no fault of the file (a lost database); what a record does wrong is an error line. */
export async function writeRecords(store: Store, context: Context, records: readonly CatalogRecord[], proceed: () => void = () => {}): Promise<Written> {
  const written: Written = { created: 0, changed: 0, unchanged: 0, errors: [] }
  const ordered = orderRecords(records)
  const inFile = new Set(records.map(keyOf))
  const outside = new Set(records.flatMap(record => pointersOf(record.resource.references, record.doc).map(pointer => pointer.target)).filter(target => !inFile.has(target)))
  const known = new Set([...inFile, ...(await presentIn(store, context, outside))])
  const present = await presentIn(store, context, inFile)

  const update = async (record: CatalogRecord, doc: Doc): Promise<boolean> => {
    let revision = 0
    const stored = await store.update(context, record.resource, record.id, (now, row) => {
      revision = row.revision
      return merged(now as Doc, doc)
    })
    return stored.revision !== revision
  }
  /** False when somebody else made it meanwhile: another run of the same job whose process was thought dead. */
  const create = async (record: CatalogRecord, doc: Doc): Promise<boolean> => {
    try {
      await store.create(context, record.resource, doc, { id: record.id })
      return true
    } catch (error) {
      if (error instanceof Refusal && error.code === 'alreadyExists') return false
      throw error
    }
  }
  const attempt = async (record: CatalogRecord, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      // 5xx is about this system, not about the record: the job is tried again as a whole.
      if (!(error instanceof Refusal) || error.status >= 500) throw error
      written.errors.push(inWords(record, error))
      return false
    }
  }

  const unfinished: { record: CatalogRecord; doc: Doc }[] = []
  for (const { record, deferred } of ordered) {
    proceed()
    const doc = localized(record, known)
    await attempt(record, async () => {
      if (present.has(keyOf(record))) {
        // What it refers to may still be missing when an earlier run was cut short; the second pass completes it.
        const missing = new Set([...deferred].filter(target => !present.has(target)))
        if (missing.size > 0) unfinished.push({ record, doc })
        else if (await update(record, doc)) written.changed += 1
        else written.unchanged += 1
        return
      }
      const created = await create(record, without(record.resource, doc, deferred))
      present.add(keyOf(record))
      if (created) written.created += 1
      if (deferred.size > 0 || !created) unfinished.push({ record, doc })
    })
  }
  for (const { record, doc } of unfinished) {
    proceed()
    await attempt(record, async () => void (await update(record, doc)))
  }
  return written
}

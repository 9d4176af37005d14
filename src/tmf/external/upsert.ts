/**
 * Brings records of another system here: each is created, changed, or found unchanged or older. What is stored is what survives of all
 * that sources say (provenance/survive.ts); each record is written in one statement, its identity and its words with it, or not at all.
 */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse, Refusal, type Fault } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { Permit } from '../http/routes.ts'
import type { Kit } from '../kit.ts'
import { withoutSecrets } from '../masking.ts'
import { isGiven } from '../provenance/local-edit.ts'
import { readPeerSources } from '../provenance/peers.ts'
import { readRanks, readSources, type SourceRow } from '../provenance/sources.ts'
import { survive, type SourceRank } from '../provenance/survive.ts'
import type { Resource } from '../resource.ts'
import { isBlindTo } from '../secrets.ts'
import { readIds, readRows, type Row } from '../storage/reader.ts'
import { readMarks, writeSaid, type IdentityDraft } from '../storage/said.ts'
import { scopeOf } from '../storage/scope.ts'
import { changeRow, createResource, refuseForeignWrite } from '../write/pipeline.ts'
import { screened } from '../write/screen.ts'
import { erasedAmong, erasedRefusal, recognizedIn, type Hasher, type Known } from './erased.ts'
import { inParallel } from './in-parallel.ts'
import { keyText, noteSeen, readIdentities, type ExternalKey, type Identity, type Seen } from './identity-store.ts'
import { hashOf, isOlder, isOrderedByTime, type Doc, type ExternalRecord } from './record.ts'
import { resolveReferences, unresolvedRefusal } from './resolve.ts'

export type Outcome = 'created' | 'changed' | 'unchanged' | 'older'

/** What became of a record. `refusal` says why it was not taken; `waitsFor` names the records that it refers to and that are not known yet. */
export type Result = { outcome: Outcome; id: string } | { refusal: Refusal; waitsFor?: string[] }

export interface Import {
  kit: Kit
  context: Context
  permit: Permit
  /** Name of the source: `crm`. */
  source: string
  resource: Resource<any>
}

/** When an unchanged record was seen is noted this often at the most: a nightly full load is one write a record, a load a minute is not sixty. */
const NOTE_SEEN_MS = 3_600_000
/** Writes at once: each waits for the database most of the time. */
const PARALLEL = 4
const MAX_ATTEMPTS = 6

export const keyOf = ({ source, resource }: Pick<Import, 'source' | 'resource'>, externalId: string): ExternalKey => ({ source, type: resource.name, externalId })

/** What the source says of each attribute, as rows. What has not changed keeps its time. */
export function rowsOf({ source, resource }: Pick<Import, 'source' | 'resource'>, record: ExternalRecord, doc: Doc, resourceId: string, before: readonly SourceRow[]): { rows: SourceRow[]; gone: SourceRow[]; after: SourceRow[] } {
  const own = new Map(before.filter(row => row.source === source && row.externalId === record.externalId).map(row => [row.attribute, row]))
  const rows: SourceRow[] = []
  for (const [attribute, value] of Object.entries(doc)) {
    if (isGiven(resource, attribute) || value === undefined || value === null) continue
    const held = own.get(attribute)
    own.delete(attribute)
    if (held && isDeepStrictEqual(held.value, value)) continue
    rows.push({ resource: resource.name, resourceId, attribute, source, externalId: record.externalId, value, removed: null, version: record.version, seenAt: record.seenAt })
  }
  const gone = [...own.values()]
  const replaced = new Set([...rows, ...gone].map(row => row.attribute))
  return { rows, gone, after: [...before.filter(row => !(row.source === source && row.externalId === record.externalId && replaced.has(row.attribute))), ...rows] }
}

/**
 * Brings a document from what survived before to what survives now, and touches nothing else: what Tandem derived stays. A state, a class
 * and what every such resource must have stay as they were when no source says them any more.
 */
export function carryOver(resource: Resource<any>, doc: Doc, before: readonly SourceRow[], after: readonly SourceRow[], ranks: readonly SourceRank[]): Doc {
  const join = resource.provenance?.join
  const was = survive(before, ranks, join).attributes
  const is = survive(after, ranks, join).attributes
  const kept = new Set(['@type', resource.lifecycle?.attribute, ...(resource.create?.required ?? [])])
  for (const attribute of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (isDeepStrictEqual(was[attribute], is[attribute])) continue
    if (is[attribute] !== undefined) doc[attribute] = is[attribute]
    else if (!kept.has(attribute)) delete doc[attribute]
  }
  return doc
}

/** Faults of the record by itself: what loses against other sources today may be shown tomorrow. */
function ownFaults({ kit, context, resource }: Import, doc: Doc): Fault[] {
  const required = new Set(resource.create?.required ?? [])
  return kit.validator(resource)(doc, kit.extensions.known(context.brand, resource, doc)).filter(one => !(one.rule === 'is required' && required.has(one.path)))
}

/** Whether the record says something that its sender does not see: that is written each time, so that no answer tells what was there before. */
const saysSecret = ({ context, resource }: Import, { doc }: ExternalRecord): boolean => isBlindTo(context, resource) && !isDeepStrictEqual(withoutSecrets(resource.schema, doc), doc)

interface Work {
  record: ExternalRecord
  /** With references resolved. */
  doc: Doc
  hash: string | null
  identity: Identity | undefined
}

interface Present {
  row: Row | undefined
  said: SourceRow[]
  /** Of other rows whose word shows in this one. */
  peers: readonly SourceRow[]
  mark: string | undefined
}

const isDeadlock = (error: unknown): boolean => ['40P01', '40001'].includes((error as { code?: string }).code ?? '')

const identityDraft = ({ source }: Import, { record, hash, identity }: Work): IdentityDraft => ({
  source,
  externalId: record.externalId,
  version: record.version,
  bodyHash: hash,
  seenAt: record.seenAt,
  ...(identity?.goneAt && { goneVersion: identity.version }),
})

/** undefined: somebody else was faster; look again. */
async function create(run: Import, work: Work): Promise<Result | undefined> {
  const { kit, context, resource, permit } = run
  permit(context, resource.name, 'create')
  refuseForeignWrite(resource, context)
  const id = newId()
  const doc = Object.fromEntries(Object.entries(work.doc).filter(([name, value]) => value !== null && !isGiven(resource, name)))
  const { rows } = rowsOf(run, work.record, doc, id, [])
  const written = await createResource(kit, context, resource, doc, { by: 'server', sql: kit.database, id, said: { identity: identityDraft(run, work), rows, gone: [] } })
  return written && { outcome: 'created', id }
}

async function change(run: Import, work: Work, id: string, { row, said, peers, mark }: Present, ranks: readonly SourceRank[]): Promise<Result | undefined> {
  const { kit, context, resource, permit } = run
  permit(context, resource.name, 'update')
  refuseForeignWrite(resource, context)
  if (!row) throw refuse.forbidden(`The caller may not write a ${resource.name} that belongs to another party`)
  if (mark === undefined) return undefined
  const doc = Object.fromEntries(Object.entries(work.doc).filter(([, value]) => value !== null))
  const faults = ownFaults(run, { id, ...doc })
  if (faults.length > 0) throw refuse.invalid(faults)
  const { rows, gone, after } = rowsOf(run, work.record, doc, id, said)
  const draft = { identity: identityDraft(run, work), rows, gone, mark }
  const written = await changeRow(kit, context, resource, row, previous => carryOver(resource, previous, [...said, ...peers], [...after, ...peers], ranks), { by: 'server', sql: kit.database, said: draft, imported: true, always: () => saysSecret(run, work.record) })
  if (!written) return undefined
  if (written.stored.revision !== row.revision) return { outcome: 'changed', id }
  // Nothing that is shown has changed: its word is kept all the same, without a revision or an event.
  const isNoted = await writeSaid(kit.database, context.brand, resource.name, id, draft)
  return isNoted ? { outcome: rows.length + gone.length > 0 ? 'changed' : 'unchanged', id } : undefined
}

/** What is there of the resources that records are about. Marks first: whatever changes after them is noticed. */
async function presentOf({ kit, context, resource }: Import, ids: readonly string[]): Promise<{ of: (id: string) => Present; ranks: SourceRank[] }> {
  if (ids.length === 0) return { of: () => ({ row: undefined, said: [], peers: [], mark: undefined }), ranks: [] }
  const { database } = kit
  const marks = await readMarks(database, context.brand, resource.name, ids)
  const [said, rows, ranks, peers] = await Promise.all([
    readSources(database, context.brand, resource.name, ids),
    readRows(database, resource, scopeOf(context, resource, 'update'), ids),
    readRanks(database, context.brand),
    readPeerSources(database, kit.services().parts, context.brand, resource.name, ids),
  ])
  const byId = new Map(rows.map(row => [row.id, row]))
  const saidOf = grouped(said)
  return { of: id => ({ row: byId.get(id), said: saidOf.get(id) ?? [], peers: peers.get(id) ?? [], mark: marks.get(id) }), ranks }
}

const grouped = (rows: readonly SourceRow[]): Map<string, SourceRow[]> => {
  const groups = new Map<string, SourceRow[]>()
  for (const row of rows) groups.set(row.resourceId, [...(groups.get(row.resourceId) ?? []), row])
  return groups
}

/**
 * Brings records here that have different external ids. Answers one result for each, in their order; throws only what is no fault of a
 * record. `without`: references to these keys (keyText) are left out where they are not known, and the record is looked at again next time.
 */
export async function upsert(run: Import, records: readonly ExternalRecord[], without?: ReadonlySet<string>): Promise<Result[]> {
  const results = new Map<ExternalRecord, Result>()
  let due = records
  for (let attempt = 0; due.length > 0; attempt++) {
    if (attempt === MAX_ATTEMPTS) {
      for (const record of due) results.set(record, { refusal: refuse.unavailable(`${run.resource.name} ${record.externalId} is being changed by too many at once`) })
      break
    }
    due = await pass(run, due, results, without)
  }
  return records.map(record => results.get(record)!)
}

/** One look at all records that are due; answers those for which somebody else was faster. */
async function pass(run: Import, records: readonly ExternalRecord[], results: Map<ExternalRecord, Result>, without?: ReadonlySet<string>): Promise<ExternalRecord[]> {
  const { kit, context, resource, source, permit } = run
  const { database } = kit
  const [identities, erased] = await Promise.all([readIdentities(database, context.brand, records.map(record => keyOf(run, record.externalId))), erasedRecords(run, records)])
  const visible = isConfined(context.principal) ? await readIds(database, resource, scopeOf(context, resource, 'update'), [...identities.values()].map(one => one.resourceId)) : undefined

  const unchanged: Seen[] = []
  const due: { record: ExternalRecord; identity: Identity | undefined; hash: string }[] = []
  for (const record of records) {
    const identity = identities.get(keyText(keyOf(run, record.externalId)))
    const hash = hashOf(record.doc)
    const erasure = erased.get(record)
    if (erasure !== undefined) results.set(record, { refusal: erasedRefusal(erasure) })
    else if (!identity) due.push({ record, identity, hash })
    else if (visible && identity.goneAt === null && !visible.has(identity.resourceId)) results.set(record, { refusal: refuse.forbidden(`The caller may not write a ${resource.name} that belongs to another party`) })
    else if (isOlder(record, identity)) results.set(record, { outcome: 'older', id: identity.resourceId })
    else if (identity.goneAt !== null || identity.bodyHash !== hash || saysSecret(run, record)) due.push({ record, identity, hash })
    else {
      results.set(record, { outcome: 'unchanged', id: identity.resourceId })
      const moved = record.version !== null && record.version !== identity.version
      if (moved || isOrderedByTime(record, identity) || record.seenAt.getTime() - identity.seenAt.getTime() > NOTE_SEEN_MS) {
        unchanged.push({ ...keyOf(run, record.externalId), version: record.version ?? identity.version, seenAt: record.seenAt, held: identity })
      }
    }
  }
  if (results.size > 0) allowUnchanged(run, records, results, permit)
  await noteSeen(database, context.brand, unchanged)

  const taken = due.filter(({ record }) => isScreened(resource, record, results))
  const resolved = await resolveReferences(kit, database, context.brand, resource, source, taken.map(({ record }) => record.doc), without)
  const works: Work[] = []
  const missing = resolved.flatMap(found => ('unresolved' in found ? found.unresolved.map(one => one.key) : []))
  const forgotten = await erasedAmong(hasherOf(kit), context.brand, missing.map(record => ({ record })))
  const gone = new Map(missing.flatMap((key, place) => (forgotten.has(place) ? [[keyText(key), forgotten.get(place)!] as const] : [])))
  for (const [i, { record, identity, hash }] of taken.entries()) {
    const found = resolved[i]!
    const dead = 'unresolved' in found ? found.unresolved.find(one => gone.has(keyText(one.key))) : undefined
    if ('faults' in found) results.set(record, { refusal: refuse.invalid(found.faults) })
    else if (dead) results.set(record, { refusal: erasedRefusal(gone.get(keyText(dead.key))!, `What ${dead.at} refers to`) })
    else if ('unresolved' in found) results.set(record, { refusal: unresolvedRefusal(found.unresolved), waitsFor: found.unresolved.map(({ key }) => keyText(key)) })
    else works.push({ record, doc: found.doc, hash: without === undefined ? hash : null, identity })
  }
  const present = await presentOf(run, works.flatMap(({ identity }) => (identity && identity.goneAt === null ? [identity.resourceId] : [])))
  const again: ExternalRecord[] = []
  await inParallel(works, PARALLEL, async work => {
    const { record, identity } = work
    try {
      const result = identity && identity.goneAt === null ? await change(run, work, identity.resourceId, present.of(identity.resourceId), present.ranks) : await create(run, work)
      if (result) results.set(record, result)
      else again.push(record)
    } catch (error) {
      if (error instanceof Refusal) results.set(record, { refusal: error })
      else if (isDeadlock(error)) again.push(record)
      else throw error
    }
  })
  return again
}

/** An id is a text as any other: what the resource never keeps in a text, it does not keep there. */
export function refuseScreenedId(resource: Resource<any>, externalId: string): void {
  if ((resource.screen?.({ externalId }) ?? []).length > 0) throw refuse.invalid([fault('externalId', 'holds what this resource never keeps, such as a card number')])
}

/** Refuses what nobody may send before anything else could repeat it. */
function isScreened(resource: Resource<any>, record: ExternalRecord, results: Map<ExternalRecord, Result>): boolean {
  try {
    screened(resource, record.doc)
    refuseScreenedId(resource, record.externalId)
    return true
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    results.set(record, { refusal: error })
    return false
  }
}

const hasherOf = (kit: Kit): Hasher => ({ database: kit.database, secretsKey: kit.services().config.secretsKey })

/** Of the records that are about somebody who was forgotten: the erasure. */
async function erasedRecords(run: Import, records: readonly ExternalRecord[]): Promise<Map<ExternalRecord, string>> {
  const { kit, context, resource } = run
  const known = records.flatMap(record => [{ record, by: { record: keyOf(run, record.externalId) } as Known }, ...recognizedIn(kit.services().parts.recognized, resource.name, record.doc).map(by => ({ record, by }))])
  const erased = await erasedAmong(hasherOf(kit), context.brand, known.map(one => one.by))
  return new Map([...erased].map(([place, erasure]) => [known[place]!.record, erasure]))
}

/** Who may not change a resource is not told that it is unchanged. */
function allowUnchanged({ context, resource }: Import, records: readonly ExternalRecord[], results: Map<ExternalRecord, Result>, permit: Permit): void {
  try {
    permit(context, resource.name, 'update')
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    for (const record of records) if (results.has(record)) results.set(record, { refusal: error })
  }
}

/** A record's identity and document, found in order; otherwise its faults. */
export function documentFaults(doc: unknown, path = ''): Fault[] {
  if (doc === null || typeof doc !== 'object' || Array.isArray(doc)) return [fault(path, 'must be a JSON object')]
  return ['id', 'href'].filter(name => (doc as Doc)[name] !== undefined).map(name => fault(path ? `${path}.${name}` : name, 'is given by the server'))
}

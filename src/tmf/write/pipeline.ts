/**
 * The one way a resource is written, over HTTP or by Tandem's own code: defaults, validation, prepare, check, then the row with its
 * edges and its event. Nothing here waits for anything but the database.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse, Refusal, type Fault } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { actingParty, isConfined, type Context } from '../../platform/principal.ts'
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { actedFor } from '../audit/on-behalf.ts'
import { eventTypeOf, type EventKind } from '../events/event.ts'
import { extensionEdges } from '../extensions/registry.ts'
import { EXTENSION_SCHEMA, type Located } from '../extensions/extension.ts'
import { hrefOf, type Kit } from '../kit.ts'
import { edgesOf, type Edge } from '../references.ts'
import { PrepareAgain, type Beside, type Resource, type Stored, type Work } from '../resource.ts'
import { recordLocalEdit } from '../provenance/local-edit.ts'
import { readRow, readRowToChange, type Row } from '../storage/reader.ts'
import type { SaidDraft } from '../storage/said.ts'
import { scopeOf } from '../storage/scope.ts'
import { deleteRow, insertRow, updateRow, type Actor, type EventDraft, type IdempotencyDraft } from '../storage/writer.ts'
import { edgesOutside } from './confined.ts'
import { checkMove, initialState } from './lifecycle.ts'
import { Outdated, reliance } from './reliance.ts'
import { screenedFrom } from './screen.ts'
import { storedOf } from './stored.ts'

type Doc = Record<string, any>

export interface Written {
  stored: Stored<any>
  /** The document as it is stored, as text. */
  text: string
}

const MAX_ID = 255
/** Twenty at once change one cart: all of them get their turn. */
const MAX_RACES = 24
const LONGEST_PAUSE_MS = 500

/** An id that a key column can hold and a URL can carry. */
export const isPossibleId = (id: string): boolean => id.length > 0 && id.length <= MAX_ID && !id.includes('\0') && id.isWellFormed()

const has = (resource: Resource<any>, attribute: string): boolean => Object.hasOwn(resource.schema.properties, attribute)

const actorOf = (context: Context, ownerParty: string | undefined): Actor => ({
  correlationId: context.correlationId,
  channel: context.channel,
  principal: context.principal.id,
  onBehalfOf: actedFor(context, ownerParty),
})

function eventOf(resource: Resource<any>, context: Context, ownerParty: string | undefined, now: Date, ...kinds: EventKind[]): EventDraft | undefined {
  const defined: readonly EventKind[] = resource.events ?? (resource.lifecycle ? ['create', 'attributeValueChange', 'stateChange', 'delete'] : ['create', 'attributeValueChange', 'delete'])
  const kind = kinds.find(k => k === resource.furtherEvent?.kind || defined.includes(k))
  return kind && { eventId: newId(), eventType: eventTypeOf(resource, kind), eventTime: now.toISOString(), ...actorOf(context, ownerParty) }
}

/** What all of a brand read is written by the brand's own people, and by partners where it is theirs; what is the house's alone by its people. */
export function refuseForeignWrite(resource: Resource<any>, { principal }: Context): void {
  if (isConfined(principal) && (resource.visibility === 'house' || resource.writtenBy === 'house' || (resource.visibility === 'brand' && principal.scope?.partner === undefined))) {
    throw refuse.forbidden(`A caller that is confined to some parties' rows may not write a ${resource.name}`)
  }
}

interface Owned {
  ownerParty: string | undefined
  sharedWith: readonly string[]
}

/**
 * Whose row it is: as its document says, else as it was (Tandem's own work takes nobody's row away), else the caller's party. A caller
 * that is confined writes its own rows and those of parties it may act for; a store or partner writes for anybody, and what it makes is shared with it.
 */
const ownersOf = (resource: Resource<any>, context: Context, doc: Doc, by: 'client' | 'server', before?: Stored<any>): Owned => {
  const { principal } = context
  const seller = principal.scope?.store ?? principal.scope?.partner
  const said = resource.ownerParty?.(doc) ?? before?.ownerParty
  const sharedWith = [...new Set([...(resource.sharedWith?.(doc) ?? []), ...(seller !== undefined && before === undefined ? [seller] : [])])].sort()
  if (!isConfined(principal)) return { ownerParty: said, sharedWith }
  if (by === 'client') refuseForeignWrite(resource, context)
  const ownerParty = said ?? (resource.visibility === 'brand' ? principal.scope?.partner : (actingParty(context) ?? seller))
  const scope = scopeOf(context, resource, before ? 'update' : 'create')
  const mayOwn = ownerParty === before?.ownerParty || (ownerParty !== undefined && (scope.parties?.includes(ownerParty) === true || scope.accounts?.some(one => one.party === ownerParty) === true))
  // A row found by its id was found within the scope.
  if (before !== undefined ? !mayOwn : !(mayOwn || seller !== undefined)) throw refuse.forbidden(`The caller may not write a ${resource.name} that belongs to another party`)
  return { ownerParty, sharedWith }
}

const refuseMissing = (missing: readonly Edge[]): Refusal =>
  new Refusal({
    status: 400,
    code: 'referenceNotFound',
    reason: 'A referenced resource does not exist',
    message: missing.map(edge => `${edge.at}.id refers to ${edge.toResource} ${edge.toId.slice(0, 80)}, which does not exist`).join('; '),
    faults: missing.map(edge => fault(`${edge.at}.id`, `refers to a ${edge.toResource} that does not exist`, edge.toId)),
  })

/** Local references of the document; an id that no row can have is missing before the database is asked. */
function edgesChecked(kit: Kit, resource: Resource<any>, doc: Doc, located: readonly Located[]): Edge[] {
  const edges = [...edgesOf(resource, doc, kit.registry), ...extensionEdges(located)]
  const impossible = edges.filter(edge => edge.require && !isPossibleId(edge.toId))
  if (impossible.length > 0) throw refuseMissing(impossible)
  return edges.filter(edge => isPossibleId(edge.toId))
}

/** Changes and deletes are checked against what the database says now. */
const readAnew = { fresh: true, rely: () => undefined } as const

async function prepared(resource: Resource<any>, draft: Doc, work: Work<any>): Promise<Doc> {
  const doc: Doc = resource.prepare ? ((await resource.prepare(draft, work)) as Doc) : draft
  await resource.check?.(doc, work)
  return doc
}

export interface CreateOptions {
  by: 'client' | 'server'
  sql: Sql
  /** Kept when given (imports, sample data); a client never gives one. */
  id?: string
  idempotency?: IdempotencyDraft
  /** What a source says, written with it. */
  said?: SaidDraft
}

/** Checks what a client may not say in a create, and gives what the server says. */
function draftOf(resource: Resource<any>, input: Doc, id: string, now: Date, by: 'client' | 'server', faults: Fault[]): Doc {
  const draft: Doc = { id, href: hrefOf(resource, id), ...input }
  draft.id = id
  draft.href = hrefOf(resource, id)
  if (by === 'client') {
    const replaced = new Set([...(resource.serverSet ?? []), ...(resource.stamps?.onCreate ?? []), ...(resource.stamps?.onWrite ?? [])])
    for (const name of resource.create?.takesId === true ? [] : ['id', 'href']) if (input[name] !== undefined) faults.push(fault(name, 'is given by the server', input[name]))
    for (const name of replaced) delete draft[name]
    for (const name of resource.create?.omits ?? []) {
      if (name !== 'id' && name !== 'href' && input[name] !== undefined && !replaced.has(name) && name !== resource.lifecycle?.attribute) faults.push(fault(name, 'cannot be given on create', input[name]))
    }
  }
  for (const name of [...(resource.stamps?.onCreate ?? []), ...(resource.stamps?.onWrite ?? [])]) draft[name] ??= now.toISOString()
  // Where a create must say it, it tells kinds apart (TMF670): nothing can be taken for granted.
  if (has(resource, '@type') && resource.create?.required?.includes('@type') !== true) draft['@type'] ??= resource.type
  if (resource.lifecycle) initialState(resource.lifecycle, draft, by, faults)
  return draft
}

/** How often a create is prepared when what it rests on changes under it. */
const MAX_PREPARED = 4

/** Creates a resource. `undefined` when somebody else has used the idempotency key, or made it from the same external identity, meanwhile. */
export async function createResource(kit: Kit, context: Context, resource: Resource<any>, input: Doc, options: CreateOptions): Promise<(Written & { status: number }) | undefined> {
  const { sql } = options
  const given = resource.create?.takesId === true && options.by === 'client' && options.id === undefined && typeof input['id'] === 'string' ? input['id'] : undefined
  const id = options.id ?? given ?? newId()
  screenedFrom(options.by, resource, input)
  for (let attempt = 0; attempt < MAX_PREPARED; attempt++) {
    const now = kit.clock.now()
    const faults: Fault[] = []
    if (!isPossibleId(id)) faults.push(fault('id', `must be 1 to ${MAX_ID} characters`, id))
    const draft = draftOf(resource, input, id, now, options.by, faults)
    // What was said of an attribute is not said again: a state that is none breaks its enumeration too.
    const named = new Set(faults.map(one => one.path))
    const located = await kit.extensions.locate(sql, context.brand, resource, draft)
    faults.push(...kit.validator(resource)(draft, located).filter(one => !named.has(one.path)))
    if (faults.length > 0) throw refuse.invalid(faults)
    const { relied, rely } = reliance()
    const doc = await prepared(resource, draft, { context, now, by: options.by, fresh: attempt > 0, rely, deps: kit.services(), ...(isTransaction(sql) && { tx: sql }) })
    const { ownerParty, sharedWith } = ownersOf(resource, context, doc, options.by)
    const text = JSON.stringify(doc)
    const edges = edgesChecked(kit, resource, doc, located)
    const outside = await edgesOutside(options.sql, context, edges, kit.registry)
    if (outside.length > 0) throw refuseMissing(outside)
    const status = resource.create?.answers?.(doc) ?? 201
    const beside = resource.beside?.(doc, { context, now, by: options.by, deps: kit.services() })
    const row = { brand: context.brand, id, ...(beside && { beside }), isNew: options.id === undefined && given === undefined && resource.otherKey !== true, ownerParty, sharedWith, doc: text, edges, event: eventOf(resource, context, ownerParty, now, 'create'), actor: actorOf(context, ownerParty), relied, ...(options.said && { said: options.said }) }
    const insert = (at: Sql): ReturnType<typeof insertRow> => insertRow(at, resource, row, kit.tableOf, options.idempotency && { ...options.idempotency, status })
    const { consequences } = resource
    const result =
      consequences && (resource.hasConsequences?.(doc) ?? true)
        ? await within(kit, sql, async tx => {
            const inserted = await insert(tx)
            if (inserted.written) await consequences(doc, { context, now, by: options.by, deps: kit.services(), tx })
            return inserted
          }).catch(orAgain(sql))
        : await insert(sql)
    if (result === AGAIN || result.stale) continue
    if (result.missing.length > 0) throw refuseMissing(result.missing)
    if (result.keyTaken) return undefined
    if (!result.written) throw refuse.conflict('alreadyExists', `${resource.name} ${id} exists already`)
    wake(kit, options.sql, resource)
    if (resource.name === EXTENSION_SCHEMA) await kit.extensions.reload()
    const at = new Date()
    return { stored: { id, revision: result.revision ?? 1, brand: context.brand, ownerParty, doc, createdAt: at, updatedAt: at }, text, status }
  }
  throw refuse.unavailable(`What this ${resource.name} rests on is being changed by too many at once`)
}

const isTransaction = (sql: Sql): sql is Transaction => (sql as Partial<Transaction>).kind === 'transaction'

const AGAIN = 'again'

/** Another try, where nothing was written, or the transaction that was rolled back was the write's own. */
const orAgain = (sql: Sql) => (error: unknown): typeof AGAIN => {
  if (error instanceof Outdated || (error instanceof PrepareAgain && !isTransaction(sql))) return AGAIN
  throw error
}

/** In the transaction that is there, else in one of its own: only what is written, so that no connection is held while something is prepared. */
const within = <T>(kit: Kit, sql: Sql, work: (tx: Transaction) => Promise<T>): Promise<T> => (isTransaction(sql) ? work(sql) : kit.database.transaction(work))

const wake = (kit: Kit, sql: Sql, resource: Resource<any>): void => {
  const committed = (): void => {
    kit.wakeRelay()
    resource.afterWrite?.(kit.services())
  }
  if (isTransaction(sql)) sql.afterCommit(committed)
  else committed()
}

/** What a client's change may not touch: id, href and immutable attributes are 400, what the server sets stays. */
function guarded(resource: Resource<any>, previous: Doc, next: Doc): void {
  const faults: Fault[] = []
  for (const name of ['id', 'href', ...(resource.update?.immutable ?? [])]) {
    if (!isDeepStrictEqual(previous[name], next[name])) faults.push(fault(name, 'cannot be changed', next[name] ?? 'nothing'))
  }
  if (faults.length > 0) throw refuse.invalid(faults)
  for (const name of [...(resource.serverSet ?? []), ...(resource.stamps?.onCreate ?? []), ...(resource.stamps?.onWrite ?? [])]) {
    if (previous[name] === undefined) delete next[name]
    else next[name] = previous[name]
  }
  if (previous['@type'] !== undefined) next['@type'] ??= previous['@type']
}

const edgeKey = (e: Edge): string => `${e.path} ${e.toResource} ${e.toId} ${e.weak}`
const edgeKeys = (edges: readonly Edge[]): string[] => edges.map(edgeKey).sort()

export interface UpdateOptions {
  by: 'client' | 'server'
  sql: Sql
  /** The revisions that If-Match names. A race is then 412 instead of another try. */
  expected?: readonly number[]
  /** What a source says: written with it, in place of the record that it was changed here. */
  said?: SaidDraft
  /** It is as another system has it: any state that the lifecycle knows may follow any other. */
  imported?: boolean
  /** What is remembered must not be trusted; true when left out. */
  fresh?: boolean
  /** As it was read a moment ago: what it is changed from, unless it turns out to have changed since. Of use where no source has a word in the resource. */
  known?: Stored<any>
  beside?: readonly Beside[]
  /** Asked once the change is made: true writes it even where nothing is new, so that nobody learns that it is not. */
  always?: () => boolean
}

/** Tells the loser of a race where the resource is now, and what happened meanwhile where the resource knows. */
async function lostRace(kit: Kit, context: Context, resource: Resource<any>, row: Row, expected: readonly number[]): Promise<Refusal> {
  const known = expected.includes(row.revision)
  const refusal = refuse.lostRace(known ? `${resource.name} ${row.id} has changed since revision ${row.revision}` : `${resource.name} ${row.id} has revision ${row.revision}`)
  refusal.faults.push(...((await resource.explainRace?.(storedOf(row), expected, { context, deps: kit.services() })) ?? []))
  return refusal
}

const rowOf = ({ id, revision, brand, ownerParty, doc, createdAt, updatedAt }: Stored<any>): Row => ({ id, revision, brand, owner_party: ownerParty ?? null, doc: JSON.stringify(doc), created_at: createdAt, updated_at: updatedAt })

/** Reads, changes and writes a resource; reads again when it lost a race and nobody asked for a certain revision. */
export async function updateResource(kit: Kit, context: Context, resource: Resource<any>, id: string, change: (doc: Doc, stored: Stored<any>) => Doc, options: UpdateOptions): Promise<Written> {
  if (options.by === 'client') refuseForeignWrite(resource, context)
  for (let attempt = 0; attempt < MAX_RACES; attempt++) {
    const known = attempt === 0 && resource.external === false ? options.known : undefined
    const row = known ? rowOf(known) : isPossibleId(id) ? await readRowToChange(options.sql, resource, scopeOf(context, resource, 'update'), id) : undefined
    if (!row) throw refuse.notFound(resource.name, id)
    if (options.expected && !options.expected.includes(row.revision)) throw await lostRace(kit, context, resource, row, options.expected)
    const written = await changeRow(kit, context, resource, row, change, { ...options, fresh: attempt > 0 || resource.update?.relies !== true }).catch(orAgain(options.sql))
    if (written === AGAIN) continue
    if (written) return written
    if (options.expected) throw await lostRace(kit, context, resource, row, [row.revision])
    // Those who meet at one row would meet there again. A transaction holds rows of others meanwhile: it does not wait.
    if (attempt > 0 && !isTransaction(options.sql)) await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * 2 ** attempt))
  }
  throw refuse.unavailable(`${resource.name} ${id} is being changed by too many at once`)
}

/** Changes a row that was read before. `undefined` when it has changed since. */
export async function changeRow(kit: Kit, context: Context, resource: Resource<any>, row: Row & { sourced?: boolean }, change: (doc: Doc, stored: Stored<any>) => Doc, options: UpdateOptions): Promise<Written | undefined> {
  const now = kit.clock.now()
  const stored = storedOf(row)
  const previous: Doc = stored.doc
  const changed = change(JSON.parse(row.doc), stored)
  screenedFrom(options.by, resource, changed, previous)
  if (options.by === 'client') guarded(resource, previous, changed)
  if (isDeepStrictEqual(changed, previous) && options.always?.() !== true) return { stored, text: row.doc }
  const located = await kit.extensions.locate(options.sql, context.brand, resource, changed)
  const faults = kit.validator(resource)(changed, located)
  if (faults.length > 0) throw refuse.invalid(faults)
  const moved = checkMove(resource, previous, changed, options.imported ? 'import' : options.by)
  for (const name of resource.stamps?.onWrite ?? []) changed[name] = now.toISOString()
  const relied = options.fresh === false ? reliance() : undefined
  const doc = await prepared(resource, changed, { context, now, previous, by: options.by, ...(relied ? { fresh: false, rely: relied.rely } : readAnew), deps: kit.services(), ...(isTransaction(options.sql) && { tx: options.sql }) })
  const { ownerParty, sharedWith } = ownersOf(resource, context, doc, options.by, stored)
  const text = JSON.stringify(doc)
  const edges = edgesChecked(kit, resource, doc, located)
  const declaredBefore = edgeKeys(edgesOf(resource, previous, kit.registry))
  const edgesBefore = new Set([...declaredBefore, ...edgeKeys(extensionEdges(kit.extensions.known(context.brand, resource, previous)))].sort())
  // What the row refers to already cannot have gone, or may have (weak); extensions may have been declared since.
  const stands = new Set(declaredBefore)
  const newEdges = edges.filter(edge => !stands.has(edgeKey(edge)))
  const changedEdges = !isDeepStrictEqual(edgeKeys(edges), [...edgesBefore])
  // What somebody who may has put there stays.
  const outside = await edgesOutside(options.sql, context, edges.filter(edge => !edgesBefore.has(edgeKey(edge))), kit.registry)
  if (outside.length > 0) throw refuseMissing(outside)
  const event = eventOf(resource, context, ownerParty, now, ...(resource.furtherEvent?.when(doc, previous) === true ? [resource.furtherEvent.kind] : []), ...(moved ? (['stateChange'] as const) : []), 'attributeValueChange')
  const said = options.said ?? (row.sourced === true ? await recordLocalEdit(options.sql, context.brand, resource, { id: row.id, previous, changed, doc, now, by: options.by }, kit.services().parts) : undefined)
  const sharedBefore = resource.sharedWith?.(previous) ?? []
  const shares = { sharedWith: sharedWith.filter(party => !sharedBefore.includes(party)), unsharedWith: sharedBefore.filter(party => !sharedWith.includes(party)) }
  const beside = [...(resource.beside?.(doc, { context, now, previous, by: options.by, deps: kit.services() }) ?? []), ...(options.beside ?? [])]
  const write = (at: Sql): ReturnType<typeof updateRow> => updateRow(at, resource, { brand: row.brand, id: row.id, ownerParty, ...shares, doc: text, edges, newEdges, event, actor: actorOf(context, ownerParty), ...(said && { said }), beside, ...(relied && relied.relied.size > 0 && { relied: relied.relied }) }, row.revision, changedEdges, kit.tableOf)
  const { changeConsequences } = resource
  const result = changeConsequences && (resource.hasChangeConsequences?.(doc, previous) ?? true)
    ? await within(kit, options.sql, async tx => {
        const updated = await write(tx)
        if (updated.written) await changeConsequences(doc, { context, now, previous, by: options.by, deps: kit.services(), tx })
        return updated
      })
    : await write(options.sql)
  if (result.stale) throw new Outdated(`${resource.name} ${row.id} was prepared from what has changed`)
  if (result.missing.length > 0) throw refuseMissing(result.missing)
  if (!result.written) return undefined
  wake(kit, options.sql, resource)
  return { stored: { ...stored, doc, ownerParty, revision: row.revision + 1, updatedAt: new Date() }, text }
}

/** Deletes a resource that nothing living refers to. */
export async function removeResource(kit: Kit, context: Context, resource: Resource<any>, id: string, options: { by: 'client' | 'server'; tx: Transaction; expected?: readonly number[] }): Promise<void> {
  if (options.by === 'client') refuseForeignWrite(resource, context)
  const row = isPossibleId(id) ? await readRow(options.tx, resource, scopeOf(context, resource, 'delete'), id) : undefined
  if (!row) throw refuse.notFound(resource.name, id)
  if (options.expected && !options.expected.includes(row.revision)) throw refuse.lostRace(`${resource.name} ${id} has revision ${row.revision}`)
  const now = kit.clock.now()
  const { doc } = storedOf(row)
  await resource.checkDelete?.(doc, { context, now, previous: doc, by: options.by, ...readAnew, deps: kit.services() })
  const { deleted, referrers } = await deleteRow(options.tx, resource, row.brand, id, eventOf(resource, context, row.owner_party ?? undefined, now, 'delete'), actorOf(context, row.owner_party ?? undefined))
  if (referrers.length > 0) {
    // Those may be others' rows: a confined caller is not told of them.
    const named = isConfined(context.principal) ? 'something else' : referrers.map(r => `${r.resource} ${r.id}`).join(', ')
    throw new Refusal({ status: 409, code: 'stillReferenced', reason: 'Other resources refer to this one', message: `${resource.name} ${id} is referred to by ${named}`, faults: [fault('id', `is referred to by ${named}`)] })
  }
  if (!deleted) throw refuse.notFound(resource.name, id)
  await resource.changeConsequences?.(undefined, { context, now, previous: doc, by: options.by, deps: kit.services(), tx: options.tx })
  wake(kit, options.tx, resource)
}

/**
 * Keeps the search up to date: reads events in the order of their positions and, where rows were there before their events were followed,
 * the rows themselves. One process at a time does so, by the lock on search_position; position and entries commit together, so whoever
 * takes over goes on exactly there.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import { readSources } from '../../tmf/provenance/sources.ts'
import { createPump, type Pump } from '../../tmf/events/pump.ts'
import type { Services } from '../../tmf/services.ts'
import { quoted } from '../../tmf/storage/ddl.ts'
import { ENTRY_VERSION, entryOf, runningSources, type Entry, type RunningSource, type SourceRow } from './search-entry.ts'
import { checkWords, lockPosition, movePosition, removeEntries, writeEntries, type GoneRow } from './search-store.ts'

const BATCH = 500
/** Nobody waits for rows of the past, and events come in between. */
const FILL_BATCH = 1_000
const IDLE_MS = 500

type Deps = Pick<Services, 'database' | 'log' | 'positions' | 'parts'>

/** Rows are filled once for each resource; those that are new here, and those whose entries are made by older rules, begin now. */
const beginFill = async ({ database }: Deps, sources: ReadonlyMap<string, RunningSource>): Promise<void> => {
  await database.query('INSERT INTO search_position (id, position) SELECT 1, coalesce(max(position), 0) FROM event ON CONFLICT DO NOTHING')
  await database.query(
    `INSERT INTO search_fill AS f (resource, version) SELECT r, $2 FROM unnest($1::text[]) AS r
     ON CONFLICT (resource) DO UPDATE SET version = excluded.version, after_brand = '', after_id = '', done_at = NULL WHERE f.version <> excluded.version`,
    [[...sources.keys()], ENTRY_VERSION],
  )
}

/** Makes all entries anew, while the search goes on answering. Asking again begins again. */
export const refill = async ({ database }: Pick<Deps, 'database'>): Promise<void> => {
  await database.query("UPDATE search_fill SET after_brand = '', after_id = '', done_at = NULL")
}

interface Changed {
  source: RunningSource
  row: SourceRow
}

/** What each system says of the rows, where several can say something of one: by brand, resource and id. */
const saidOf = async (tx: Transaction, changed: readonly Changed[]): Promise<Map<string, Record<string, unknown>[]>> => {
  const said = new Map<string, Record<string, unknown>[]>()
  const ids = new Map<string, string[]>()
  for (const { source, row } of changed) if (source.served.provenance !== undefined) ids.set(`${row.brand}\n${source.resource}`, [...(ids.get(`${row.brand}\n${source.resource}`) ?? []), row.id])
  for (const [key, list] of ids) {
    const [brand = '', resource = ''] = key.split('\n')
    const docs = new Map<string, Record<string, unknown>>()
    for (const { resourceId, source, externalId, attribute, value } of await readSources(tx, brand, resource, list)) {
      const of = `${key}\n${resourceId}\n${source}\n${externalId}`
      let doc = docs.get(of)
      if (doc === undefined) {
        docs.set(of, (doc = {}))
        said.set(`${key}\n${resourceId}`, [...(said.get(`${key}\n${resourceId}`) ?? []), doc])
      }
      if (value !== null) doc[attribute] = value
    }
  }
  return said
}

const entriesOf = async (tx: Transaction, { log }: Pick<Deps, 'log'>, changed: readonly Changed[]): Promise<Entry[]> => {
  const said = await saidOf(tx, changed)
  return changed.flatMap(({ source, row }) => {
    try {
      return [entryOf(source, row, said.get(`${row.brand}\n${source.resource}\n${row.id}`))]
    } catch (error) {
      // A document that its module cannot read must not keep all others out of the search.
      log.error({ err: error, resource: source.resource, resourceId: row.id }, 'A document cannot be read for the search; it is not found by what it says')
      return []
    }
  })
}

/** Writes what the next events say. Answers whether there were as many as were asked for. */
const followEvents = async (tx: Transaction, deps: Deps, sources: ReadonlyMap<string, RunningSource>, after: number): Promise<'idle' | 'busy'> => {
  const target = deps.positions.current()
  const events = await deps.positions.readAfter(after, { resources: [...sources.keys()], limit: BATCH })
  const last = events.at(-1)
  const next = events.length === BATCH ? last!.position : Math.max(target, last?.position ?? 0)
  if (next <= after) return 'idle'
  // Of several events of one row only the last counts.
  const changed = new Map<string, Changed>()
  const gone = new Map<string, GoneRow>()
  for (const event of events) {
    const source = sources.get(event.resource)
    if (source === undefined) continue
    const key = `${event.brand}\n${event.resource}\n${event.resourceId}`
    changed.delete(key)
    gone.delete(key)
    if (event.eventType === `${source.served.type}DeleteEvent`) gone.set(key, { brand: event.brand, resource: event.resource, id: event.resourceId })
    else changed.set(key, { source, row: { brand: event.brand, id: event.resourceId, revision: event.revision, ownerParty: source.served.ownerParty?.(event.doc), doc: event.doc } })
  }
  await removeEntries(tx, [...gone.values()])
  await writeEntries(tx, await entriesOf(tx, deps, [...changed.values()]))
  await movePosition(tx, next)
  return events.length === BATCH ? 'busy' : 'idle'
}

interface FillRow {
  brand: string
  id: string
  revision: number
  owner_party: string | null
  doc: string
}

/** Reads the next rows of a resource that is not in yet; when there are no more, entries of rows that are gone are taken out. */
const fillNext = async (tx: Transaction, deps: Deps, sources: ReadonlyMap<string, RunningSource>): Promise<'idle' | 'busy'> => {
  const [state] = await tx.query<{ resource: string; after_brand: string; after_id: string }>(
    { name: 'search-fill-next', text: 'SELECT resource, after_brand, after_id FROM search_fill WHERE done_at IS NULL AND resource = ANY($1::text[]) ORDER BY resource LIMIT 1' },
    [[...sources.keys()]],
  )
  const source = state && sources.get(state.resource)
  if (state === undefined || source === undefined) return 'idle'
  const { table } = source.served
  const rows = await tx.query<FillRow>(
    { name: `search-fill-${table}`, text: `SELECT brand, id, revision, owner_party, doc::text AS doc FROM ${quoted(table)} WHERE (brand, id) > ($1, $2) ORDER BY brand, id LIMIT ${FILL_BATCH}` },
    [state.after_brand, state.after_id],
  )
  const changed = rows.map((row): Changed => ({ source, row: { brand: row.brand, id: row.id, revision: row.revision, ownerParty: row.owner_party ?? undefined, doc: JSON.parse(row.doc) } }))
  await writeEntries(tx, await entriesOf(tx, deps, changed))
  const last = rows.at(-1)
  if (rows.length === FILL_BATCH && last !== undefined) {
    await tx.query({ name: 'search-fill-move', text: 'UPDATE search_fill SET after_brand = $2, after_id = $3 WHERE resource = $1' }, [state.resource, last.brand, last.id])
    return 'busy'
  }
  // Once over all entries of the resource, which may take long.
  await tx.query('SET LOCAL statement_timeout = 0; SET LOCAL plan_cache_mode = auto')
  const ghosts = await tx.query<{ brand: string; resource: string; id: string }>(
    `SELECT e.brand, e.resource, e.resource_id AS id FROM search_entry e WHERE e.resource = $1 AND NOT EXISTS (SELECT 1 FROM ${quoted(table)} r WHERE r.brand = e.brand AND r.id = e.resource_id)`,
    [state.resource],
  )
  await removeEntries(tx, ghosts)
  await tx.query('UPDATE search_fill SET done_at = now() WHERE resource = $1', [state.resource])
  return 'busy'
}

export interface SearchIndex {
  stop: (deadlineMs: number) => Promise<unknown>
}

/** Starts the work of this process on the search. */
export const startSearchIndex = async (deps: Deps): Promise<SearchIndex> => {
  const sources = runningSources(deps.parts.search, deps.parts.resources)
  await beginFill(deps, sources)
  const turn = (): Promise<'idle' | 'busy'> =>
    deps.database.transaction(async tx => {
      const position = await lockPosition(tx)
      if (position === undefined) return 'idle'
      const followed = await followEvents(tx, deps, sources, position)
      await checkWords(tx)
      return followed === 'busy' ? followed : await fillNext(tx, deps, sources)
    })
  const pump: Pump = createPump({ name: 'Keeping the search up to date', loops: 1, idleMs: IDLE_MS, log: deps.log, turn })
  const unfollow = deps.positions.onPosition(() => pump.wake())
  pump.start()
  return {
    stop: async deadlineMs => {
      unfollow()
      await pump.stop(deadlineMs)
    },
  }
}

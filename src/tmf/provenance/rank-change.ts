/**
 * When the rank of a source changes, so may what is shown of every resource that it and another source have a word in. The change leaves a
 * row, and a job goes through them, in pages: a process that dies leaves the place it had come to.
 */
import { isDeepStrictEqual } from 'node:util'
import { Type } from 'typebox'
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { Refusal } from '../../platform/errors.ts'
import { systemContext } from '../../platform/principal.ts'
import { inParallel } from '../external/in-parallel.ts'
import type { Kit } from '../kit.ts'
import { defineJob, type AnyJob } from '../module.ts'
import type { Resource } from '../resource.ts'
import type { Services } from '../services.ts'
import { readRowToChange } from '../storage/reader.ts'
import { readMarks } from '../storage/said.ts'
import { scopeOf } from '../storage/scope.ts'
import { changeRow } from '../write/pipeline.ts'
import { removeRank, sourcedAfter, writeRank } from './rank-store.ts'
import { readPeerSources } from './peers.ts'
import { readRanks, readSources, type SourceRow } from './sources.ts'
import { survive, type SourceRank } from './survive.ts'

const PAGE = 500
const PARALLEL = 4
const SWEEP_MS = 60_000
const MAX_RACES = 5

const SCHEMA = Type.Object({})
const NAME = 'provenance.rank-change'

interface Change {
  brand: string
  source: string
  resource: string
  after: string
  /** As text: a Date has no microseconds, by which a newer change is told. */
  changedAt: string
}

const noteChange = (tx: Transaction, brand: string, source: string): Promise<unknown> =>
  tx.query(
    `INSERT INTO source_rank_change (brand, source) VALUES ($1, $2)
     ON CONFLICT (brand, source) DO UPDATE SET resource = '', after = '', changed_at = clock_timestamp()`,
    [brand, source],
  )

/** Sets a rank; what follows from it is worked on. */
export async function setRank(deps: Pick<Services, 'database' | 'jobs'>, brand: string, rank: SourceRank): Promise<void> {
  const isNew = await deps.database.transaction(async tx => {
    const changed = await writeRank(tx, brand, rank)
    if (changed) await noteChange(tx, brand, rank.source)
    return changed
  })
  if (isNew) await deps.jobs.enqueue({ name: NAME, schema: SCHEMA }, {})
}

/** Takes a rank away; false when there was none. */
export async function unsetRank(deps: Pick<Services, 'database' | 'jobs'>, brand: string, of: Omit<SourceRank, 'rank'>): Promise<boolean> {
  const isGone = await deps.database.transaction(async tx => {
    const removed = await removeRank(tx, brand, of)
    if (removed) await noteChange(tx, brand, of.source)
    return removed
  })
  if (isGone) await deps.jobs.enqueue({ name: NAME, schema: SCHEMA }, {})
  return isGone
}

/** Puts what survives where something else is shown. Only where several sources have said something: the rest is shown whatever their ranks. */
function asSurvives(resource: Resource<any>, doc: Record<string, any>, rows: readonly SourceRow[], ranks: readonly SourceRank[]): Record<string, any> {
  const survivors = survive(rows, ranks, resource.provenance?.join)
  for (const [attribute, lost] of survivors.lost) {
    const value = survivors.attributes[attribute]
    if (lost.length === 0 || isDeepStrictEqual(doc[attribute], value)) continue
    if (value !== undefined) doc[attribute] = value
    else if (attribute !== resource.lifecycle?.attribute && !resource.create?.required?.includes(attribute)) delete doc[attribute]
  }
  return doc
}

async function lookAgain(kit: Kit, brand: string, resource: Resource<any>, id: string): Promise<void> {
  const context = systemContext(brand, NAME)
  const sql: Sql = kit.database
  for (let attempt = 0; attempt < MAX_RACES; attempt++) {
    const mark = (await readMarks(sql, brand, resource.name, [id])).get(id)
    const own = await readSources(sql, brand, resource.name, [id])
    const rows = [...own, ...((await readPeerSources(sql, kit.services().parts, brand, resource.name, [id])).get(id) ?? [])]
    const ranks = await readRanks(sql, brand)
    const row = await readRowToChange(sql, resource, scopeOf(context, resource, 'update'), id)
    if (!row) return
    if (await changeRow(kit, context, resource, row, doc => asSurvives(resource, doc, rows, ranks), { by: 'server', sql, imported: true, said: { rows: [], gone: [], ...(mark !== undefined && { mark }) } })) return
  }
  throw new Error(`${resource.name} ${id} is being changed by too many at once`)
}

async function work(kit: Kit, change: Change, log: Services['log']): Promise<void> {
  const names = kit.resources.map(resource => resource.name).sort()
  let { after } = change
  for (const name of names.filter(one => one >= change.resource)) {
    const resource = kit.registry.byName(name)!
    if (name !== change.resource) after = ''
    for (;;) {
      const page = await sourcedAfter(kit.database, change.brand, { source: change.source, resource: name, after, limit: PAGE })
      if (page.length === 0) break
      const peers = await readPeerSources(kit.database, kit.services().parts, change.brand, name, page.map(one => one.id))
      const touched = page.filter(({ id, contested }) => contested || peers.get(id)?.some(row => row.source === change.source)).map(one => one.id)
      await inParallel(touched, PARALLEL, async id => {
        try {
          await lookAgain(kit, change.brand, resource, id)
        } catch (error) {
          // What a source says may not be valid together with the rest; the resource then stays as it is.
          if (!(error instanceof Refusal) || error.status >= 500) throw error
          log.warn({ resource: name, id, code: error.code }, 'a change of source ranks could not be carried over to a resource')
        }
      })
      after = page.at(-1)!.id
      const [standing] = await kit.database.query('UPDATE source_rank_change SET resource = $3, after = $4 WHERE brand = $1 AND source = $2 AND changed_at = $5::timestamptz RETURNING 1', [change.brand, change.source, name, after, change.changedAt])
      // Changed again meanwhile: that one begins at the beginning.
      if (!standing) return
    }
  }
  await kit.database.query('DELETE FROM source_rank_change WHERE brand = $1 AND source = $2 AND changed_at = $3::timestamptz', [change.brand, change.source, change.changedAt])
}

/** Works on changes of ranks, one after the other. */
export const rankChangeJob = (kit: () => Kit): AnyJob =>
  defineJob({
    name: NAME,
    schema: SCHEMA,
    retry: { attempts: 10, backoffMs: 1_000 },
    concurrency: 1,
    every: { intervalMs: SWEEP_MS, data: {} },
    run: async (_data, { log }) => {
      const changes = await kit().database.query<Change>('SELECT brand, source, resource, after, changed_at::text AS "changedAt" FROM source_rank_change ORDER BY changed_at')
      for (const change of changes) await work(kit(), change, log)
    },
  })

/**
 * Puts the sample provider into a database, once: through the store, so that everything is validated and has its event. What is in is
 * noted per kind, so a start that was killed is made up for by the next, and nothing that users changed or removed comes back.
 */
import { systemContext } from '../platform/principal.ts'
import { loadAddresses } from '../modules/place/index.ts'
import { loadCoverage } from '../modules/serviceability/index.ts'
import { brands, ownCoverage, sampleAddresses, sampleRecords, virtualCoverage } from './data/index.ts'
import type { Transaction } from '../platform/database/sql.ts'
import type { AnyResource } from '../tmf/module.ts'
import type { Services } from '../tmf/services.ts'
import type { SampleRecord } from './data/index.ts'

type Deps = Pick<Services, 'store' | 'database' | 'clock' | 'log' | 'config'>

export interface Seeded {
  /** Records written now, by resource name; empty when everything was there. */
  written: Record<string, number>
  milliseconds: number
}

/** Any constant: two processes that start side by side fill one database one after the other. */
const SEED_LOCK = 7_263_370

const correlationId = 'sample-provider'

/** Runs one after another over all processes. Notes are what is in already. */
export const underSeedLock = async <T>(deps: Pick<Services, 'database'>, work: (tx: Transaction, notes: ReadonlyMap<string, Record<string, unknown>>) => Promise<T>): Promise<T> =>
  await deps.database.transaction(async tx => {
    // On a slow machine the sample takes longer than a statement or a resting transaction may, and so does waiting for another process's.
    await tx.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 600000')
    await tx.query('SELECT pg_advisory_xact_lock($1)', [SEED_LOCK])
    const rows = await tx.query<{ name: string; detail: Record<string, unknown> }>('SELECT name, detail FROM sample_seed')
    return await work(tx, new Map(rows.map(row => [row.name, row.detail])))
  })

export const note = async (tx: Transaction, name: string, detail: Record<string, unknown>): Promise<void> => {
  await tx.query('INSERT INTO sample_seed (name, detail) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET detail = excluded.detail, done_at = now()', [name, JSON.stringify(detail)])
}

const groupBy = <T>(records: readonly T[], key: (record: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>()
  for (const record of records) groups.set(key(record), [...(groups.get(key(record)) ?? []), record])
  return groups
}

/** What of the records is not there yet: a start was killed, or somebody made one with the same id before the sample came. */
const missing = async (deps: Deps, resource: AnyResource, records: readonly SampleRecord[]): Promise<SampleRecord[]> => {
  const present = new Set<string>()
  for (const [brand, own] of groupBy(records, record => record.brand)) {
    const found = await deps.store.getMany(systemContext(brand, correlationId), resource, own.map(record => record.id))
    for (const id of found.keys()) present.add(`${brand} ${id}`)
  }
  return records.filter(record => !present.has(`${record.brand} ${record.id}`))
}

/** How many records are on their way at once: what a small database answers side by side. */
const CONCURRENCY = 6

/** Creates records in their order, several at once; one that needs others of its kind waits for them. */
const createAll = async (deps: Deps, resource: AnyResource, records: readonly SampleRecord[]): Promise<void> => {
  const done = new Map<string, Promise<void>>()
  const create = async (record: SampleRecord): Promise<void> => {
    for (const id of record.needs ?? []) await done.get(`${record.brand} ${id}`)
    const context = systemContext(record.brand, correlationId)
    await deps.store.create(context, resource, record.doc, { id: record.id })
    if (record.afterwards) await deps.store.update(context, resource, record.id, doc => ({ ...(doc as Record<string, unknown>), ...record.afterwards }))
  }
  const queue = [...records]
  const work = async (): Promise<void> => {
    for (let record = queue.shift(); record; record = queue.shift()) {
      const created = create(record)
      done.set(`${record.brand} ${record.id}`, created)
      await created
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
}

/**
 * Creates the records that are not there, kind by kind in their order, each in its own transaction: what a record refers to is looked
 * up outside of it. Kinds that no running module serves wait for a start that has the module.
 */
export const seedRecords = async (deps: Deps, tx: Transaction, notes: ReadonlyMap<string, unknown>, records: readonly SampleRecord[]): Promise<Record<string, number>> => {
  const written: Record<string, number> = {}
  for (const [name, group] of groupBy(records, record => record.resource)) {
    const resource = deps.store.resource(name)
    if (!resource || notes.has(name)) continue
    const absent = await missing(deps, resource, group)
    await createAll(deps, resource, absent)
    await note(tx, name, { written: absent.length })
    if (absent.length > 0) written[name] = absent.length
  }
  return written
}

/** Addresses and coverage are loaded in bulk, in transactions of their own; doing it again changes nothing. */
const seedCoverage = async (deps: Deps): Promise<number> => {
  let rows = 0
  for (const [brand, coverage] of [[brands.own, ownCoverage], [brands.virtual, virtualCoverage]] as const) {
    const context = systemContext(brand, correlationId)
    rows += (await loadAddresses(deps, context, sampleAddresses)).created
    rows += (await loadCoverage(deps, context, coverage)).created
  }
  return rows
}

/** Fills an empty database; does nothing on one that has it all. */
export const seedSample = async (deps: Deps): Promise<Seeded> => {
  const started = performance.now()
  const written = await underSeedLock(deps, async (tx, notes) => {
    const records = await seedRecords(deps, tx, notes, sampleRecords)
    if (notes.has('coverage') || !deps.store.resource('checkServiceQualification')) return records
    const rows = await seedCoverage(deps)
    await note(tx, 'coverage', { written: rows })
    return { ...records, coverage: rows }
  })
  return { written, milliseconds: Math.round(performance.now() - started) }
}

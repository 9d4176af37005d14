/**
 * Puts the sample provider into a database, once: through the store, so that everything is validated and has its event. What is in is
 * noted per kind in the same transaction, so a start that was killed is made up for, and nothing that users changed or removed comes back.
 */
import { systemContext } from '../platform/principal.ts'
import { loadAddresses, loadCoverage } from '../modules/serviceability/index.ts'
import { brands, ownCoverage, sampleAddresses, sampleRecords, virtualCoverage } from './data/index.ts'
import type { Transaction } from '../platform/database/sql.ts'
import type { AnyResource } from '../tmf/module.ts'
import type { Services } from '../tmf/services.ts'
import type { SampleRecord } from './data/index.ts'

type Deps = Pick<Services, 'store' | 'database' | 'clock' | 'log'>

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

/** What of the records is not there yet: somebody may have made one with the same id before the sample came. */
const missing = async (deps: Deps, tx: Transaction, resource: AnyResource, records: readonly SampleRecord[]): Promise<Set<SampleRecord>> => {
  const absent = new Set<SampleRecord>()
  for (const [brand, own] of groupBy(records, record => record.brand)) {
    const present = await deps.store.getMany(systemContext(brand, correlationId), resource, own.map(record => record.id), { tx })
    for (const record of own) if (!present.has(record.id)) absent.add(record)
  }
  return absent
}

/** Writes the records in their order; kinds that no running module serves wait for a start that has the module. */
export const seedRecords = async (deps: Deps, tx: Transaction, notes: ReadonlyMap<string, unknown>, records: readonly SampleRecord[]): Promise<Record<string, number>> => {
  const pending = new Map<string, AnyResource>()
  for (const name of new Set(records.map(record => record.resource))) {
    const resource = deps.store.resource(name)
    if (resource && !notes.has(name)) pending.set(name, resource)
  }
  const wanted = records.filter(record => pending.has(record.resource))
  const absent = new Set<SampleRecord>()
  for (const [name, group] of groupBy(wanted, record => record.resource)) {
    for (const record of await missing(deps, tx, pending.get(name) as AnyResource, group)) absent.add(record)
  }
  const written: Record<string, number> = {}
  for (const record of wanted) {
    if (!absent.has(record)) continue
    const resource = pending.get(record.resource) as AnyResource
    const context = systemContext(record.brand, correlationId)
    await deps.store.create(context, resource, record.doc, { tx, id: record.id })
    if (record.then) await deps.store.update(context, resource, record.id, doc => ({ ...doc, ...record.then }), { tx })
    written[record.resource] = (written[record.resource] ?? 0) + 1
  }
  for (const name of pending.keys()) await note(tx, name, { written: written[name] ?? 0 })
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

/**
 * Brings many records of one source here: in batches of a few round trips, one result for each record, and what is wrong with one does not
 * stop the others. Records may refer to others of the same load in any order, and in circles.
 */
import { fault, refuse, Refusal, type Fault } from '../../platform/errors.ts'
import { keyText } from './identity-store.ts'
import { externalIdFaults, freshnessOf, isOlder, type ExternalRecord } from './record.ts'
import { documentFaults, keyOf, upsert, type Import, type Outcome, type Result } from './upsert.ts'
import { withdraw, type Withdrawal } from './withdraw.ts'

/** What came as one record, or why it could not be read. */
export type Entry = { value: unknown } | { refusal: Refusal }

export interface BulkResult {
  /** Place in what was sent, from 0. */
  position: number
  externalId?: string
  outcome: Outcome | Withdrawal['outcome'] | 'failed' | 'erased'
  /** Of the resource. */
  id?: string
  /** Of a record that failed, or is about somebody who was forgotten: what the answer to it alone would have been. */
  status?: number
  code?: string
  message?: string
  details?: Fault[]
}

const BATCH = 250
/** Records that wait for others are kept until the end: this bounds what they take. */
export const MAX_RECORDS = 10_000

interface Due {
  position: number
  record: ExternalRecord
  /** Keys of the records that it waits for. */
  waitsFor?: Set<string>
}

const KNOWN = new Set(['externalId', 'sourceVersion', 'seenAt', 'document', 'withdrawn'])

const externalIdOf = (value: unknown): string | undefined => {
  const given = (value as { externalId?: unknown } | null)?.externalId
  return typeof given === 'string' && externalIdFaults(given).length === 0 ? given : undefined
}

/** Reads one record; throws a Refusal that names what is wrong with it. */
function recordOf(value: unknown, now: Date): { record: ExternalRecord; isWithdrawn: boolean } {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw refuse.invalid([fault('', 'a record is a JSON object with externalId and document')])
  const given = value as Record<string, unknown>
  const faults = [...Object.keys(given).filter(name => !KNOWN.has(name)).map(name => fault(name, 'is not an attribute of a record')), ...externalIdFaults(given['externalId'])]
  const isWithdrawn = given['withdrawn'] === true
  if (given['withdrawn'] !== undefined && typeof given['withdrawn'] !== 'boolean') faults.push(fault('withdrawn', 'must be true or false', given['withdrawn']))
  if (isWithdrawn && given['document'] !== undefined) faults.push(fault('document', 'does not go with withdrawn'))
  const freshness = freshnessOf({ version: given['sourceVersion'], seenAt: given['seenAt'] }, now, faults)
  if (!isWithdrawn) faults.push(...documentFaults(given['document'], 'document'))
  if (faults.length > 0) throw refuse.invalid(faults)
  return { record: { externalId: given['externalId'] as string, ...freshness, doc: (given['document'] ?? {}) as ExternalRecord['doc'] }, isWithdrawn }
}

/** A load under way. */
class Load {
  readonly results: BulkResult[] = []
  private batch = new Map<string, Due>()
  /** By external id: what waits for other records of the load. */
  private readonly waiting = new Map<string, Due>()
  private readonly run: Import

  constructor(run: Import) {
    this.run = run
  }

  fail(position: number, externalId: string | undefined, refusal: Refusal): void {
    this.results[position] = { position, ...(externalId !== undefined && { externalId }), outcome: refusal.code === 'erased' ? 'erased' : 'failed', status: refusal.status, code: refusal.code, message: refusal.message, ...(refusal.faults.length > 0 && { details: refusal.faults }) }
  }

  async take(position: number, entry: Entry): Promise<void> {
    if ('refusal' in entry) return this.fail(position, undefined, entry.refusal)
    try {
      const { record, isWithdrawn } = recordOf(entry.value, this.run.kit.clock.now())
      // What is sent of one record twice is taken in its order.
      if (this.batch.has(record.externalId) || isWithdrawn) await this.flush()
      this.overtake(record)
      if (!isWithdrawn) {
        this.batch.set(record.externalId, { position, record })
        if (this.batch.size >= BATCH) await this.flush()
        return
      }
      const { outcome, id } = await withdraw(this.run, record)
      this.results[position] = { position, externalId: record.externalId, outcome, id }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.fail(position, externalIdOf(entry.value), error)
    }
  }

  /** What still waits of a record is not written over what came of it later. */
  private overtake(record: ExternalRecord): void {
    const earlier = this.waiting.get(record.externalId)
    if (!earlier || isOlder(record, earlier.record)) return
    this.waiting.delete(record.externalId)
    this.results[earlier.position] = { position: earlier.position, externalId: record.externalId, outcome: 'older' }
  }

  async flush(): Promise<void> {
    const due = [...this.batch.values()]
    this.batch = new Map()
    await this.write(due)
  }

  private async write(due: readonly Due[], without?: ReadonlySet<string>): Promise<void> {
    if (due.length === 0) return
    const results = await upsert(this.run, due.map(one => one.record), without)
    for (const [i, result] of results.entries()) this.note(due[i]!, result)
  }

  private note(due: Due, result: Result): void {
    const { position, record } = due
    const { externalId } = record
    if ('outcome' in result) {
      // One that was written in two steps, because it stands in a circle, was created all the same.
      const before = this.results[position]?.outcome
      this.results[position] = { position, externalId, outcome: before === 'created' ? before : result.outcome, id: result.id }
      return
    }
    this.fail(position, externalId, result.refusal)
    if (result.waitsFor) this.waiting.set(externalId, { position, record, waitsFor: new Set(result.waitsFor) })
  }

  /** Writes what waited, each after what it waits for; where that is a circle, one is written without the others first and whole at the end. */
  async finish(): Promise<void> {
    await this.flush()
    const whole: Due[] = []
    const keyOfDue = (due: Due): string => keyText(keyOf(this.run, due.record.externalId))
    while (this.waiting.size > 0) {
      const keys = new Set([...this.waiting.values()].map(keyOfDue))
      const ready = [...this.waiting.values()].filter(due => ![...due.waitsFor!].some(key => keys.has(key)))
      if (ready.length === 0) {
        const [first] = this.waiting.values() as IterableIterator<Due>
        this.waiting.delete(first!.record.externalId)
        await this.write([first!], keys)
        whole.push(first!)
        continue
      }
      for (const due of ready) this.waiting.delete(due.record.externalId)
      for (let at = 0; at < ready.length; at += BATCH) await this.writeReady(ready.slice(at, at + BATCH))
    }
    for (let at = 0; at < whole.length; at += BATCH) await this.writeReady(whole.slice(at, at + BATCH))
  }

  /** Nothing is waited for any more: what is not there will not come with this load. */
  private async writeReady(due: readonly Due[]): Promise<void> {
    await this.write(due)
    for (const { record } of due) this.waiting.delete(record.externalId)
  }
}

/** Takes all entries; answers one result for each, in their order. Throws only what is no fault of a record. */
export async function load(run: Import, entries: AsyncIterable<Entry> | Iterable<Entry>): Promise<BulkResult[]> {
  const loading = new Load(run)
  let position = 0
  for await (const entry of entries) {
    if (position === MAX_RECORDS) throw new Refusal({ status: 413, code: 'tooManyRecords', reason: 'The load has too many records', message: `A load has at most ${MAX_RECORDS} records; those before the limit were taken` })
    await loading.take(position++, entry)
  }
  await loading.finish()
  return loading.results
}

/**
 * The audit: who read personal data, and who was refused. What was written is in the event log, which says by whom (trail.ts brings both
 * together). An answer waits until its record is stored, so that nothing is read unseen; records that come while one statement is under
 * way go together in the next, so that many readers cost few statements.
 */
import { addressWithoutCardNumbers } from '../../platform/card-number.ts'
import type { Database } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { AnyResource } from '../module.ts'
import { collectTags } from '../tags.ts'

/** Reads are audited where the resource has attributes that say something about a person. */
export const isPersonal = (resource: AnyResource): boolean => {
  let known = personal.get(resource)
  if (known === undefined) personal.set(resource, (known = collectTags(resource.schema).some(({ tag }) => tag === 'personal')))
  return known
}
const personal = new WeakMap<AnyResource, boolean>()

export interface AuditEntry {
  /** read: by id or list. refuse: it was not allowed. The others are writes that leave no event. */
  operation: 'read' | 'refuse' | 'create' | 'update' | 'delete'
  /** Resource name, or what else was asked for: `customer360`. */
  resource: string
  /** What was shown or meant. */
  ids?: readonly string[]
  /** The question, where it was one: the text of a query. */
  query?: string
  /** How many answered it in all. */
  count?: number
}

export interface Audit {
  /** Answers once the entry is stored. */
  record(context: Context, entry: AuditEntry): Promise<void>
}

/** More ids than this are not kept one by one: the query and the count say what was seen. */
const MOST_IDS = 100
const MOST_QUERY = 2_000
/** Entries in one statement. */
const BATCH = 500

interface Row {
  brand: string
  principal: string
  on_behalf_of: string | null
  channel: string
  correlation_id: string
  operation: string
  resource: string
  resource_ids: readonly string[] | null
  query: string | null
  count: number | null
}

const rowOf = (context: Context, { operation, resource, ids, query, count }: AuditEntry): Row => ({
  brand: context.brand,
  principal: context.principal.id,
  on_behalf_of: context.onBehalfOf ?? null,
  channel: context.channel,
  correlation_id: context.correlationId,
  operation,
  resource,
  resource_ids: ids === undefined || ids.length > MOST_IDS ? null : ids,
  // What PostgreSQL cannot hold is no part of any question that it answered.
  query: query === undefined || query === '' ? null : addressWithoutCardNumbers(query).slice(0, MOST_QUERY).replaceAll('\0', '').toWellFormed(),
  count: count ?? (ids && ids.length > MOST_IDS ? ids.length : null),
})

const INSERT = {
  name: 'audit-insert',
  text: `INSERT INTO audit_record (at, brand, principal, on_behalf_of, channel, correlation_id, operation, resource, resource_ids, query, count)
    SELECT clock_timestamp(), r.brand, r.principal, r.on_behalf_of, r.channel, r.correlation_id, r.operation, r.resource, r.resource_ids, r.query, r.count
    FROM json_to_recordset($1::json) AS r(brand text, principal text, on_behalf_of text, channel text, correlation_id text, operation text, resource text, resource_ids text[], query text, count int)`,
}

interface Waiting {
  row: Row
  resolve: () => void
  reject: (error: unknown) => void
}

export const createAudit = (database: Pick<Database, 'query'>): Audit => {
  let waiting: Waiting[] = []
  let writing = 0

  const write = async (): Promise<void> => {
    const batch = waiting.slice(0, BATCH)
    waiting = waiting.slice(BATCH)
    try {
      await database.query(INSERT, [JSON.stringify(batch.map(one => one.row))])
      for (const one of batch) one.resolve()
    } catch (error) {
      for (const one of batch) one.reject(error)
    }
  }
  /** Two statements at once: while one waits for the disk the next is on its way. */
  const pump = (): void => {
    if (writing >= 2 || waiting.length === 0) return
    writing += 1
    void write().finally(() => {
      writing -= 1
      pump()
    })
  }
  return {
    record: (context, entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ row: rowOf(context, entry), resolve, reject })
        // What the same turn brings goes along.
        setImmediate(pump)
      }),
  }
}

/**
 * Reads the event log for live streams. All streams of a process that are up to date share one reading of what is new, kept for seconds;
 * one that is behind reads for itself, a window of positions at a time, so that what it does not want costs little either.
 */
import type { Database } from '../../platform/database/sql.ts'
import type { ResourceEvent } from '../module.ts'
import { resourceEvent, type EventRow } from './event.ts'
import type { EventOwner } from './sight.ts'

export interface LoggedEvent extends EventOwner {
  position: number
  eventType: string
  resource: string
  /** Parsed when somebody wants it, once for all who do. */
  event: () => ResourceEvent
}

export interface Stretch {
  events: readonly LoggedEvent[]
  /** Everything up to here has been read. */
  to: number
}

export interface EventLog {
  /** What follows a position, for a brand and some resources (others may come along). `known` is a position that exists. */
  read(after: number, known: number, wanted: { brand: string; resources: readonly string[] }): Promise<Stretch>
  /** Positions up to here are no longer in the log. */
  keptAfter(): Promise<number>
  /** The last position that is given. */
  last(): Promise<number>
  /** Forgets what it keeps: nobody reads. */
  clear(): void
}

/** Positions that one who is behind reads at once, and most events of them. */
const WINDOW = 5_000
const BEHIND = 100
const TOGETHER = 500
/** How far behind the last position one may be and still start with the others. */
const NEAR = 500
const KEPT_MS = 5_000
const KEPT_EVENTS = 2_000
const KEPT_BYTES = 8_388_608

interface Row extends EventRow, EventOwner {
  position: string
}

interface Kept extends LoggedEvent {
  bytes: number
  readAt: number
}

// Ordered by e.position: the name alone would mean the text, by which 10 comes before 9.
const COLUMNS = 'e.position::text AS position, event_id, event_type, event_time, correlation_id, brand, owner_party, shared_with, resource, resource_id, revision, doc::text AS doc'

const loggedOf = (row: Row): Kept => {
  let parsed: ResourceEvent | undefined
  return {
    position: Number(row.position),
    eventType: row.event_type,
    brand: row.brand,
    owner_party: row.owner_party,
    shared_with: row.shared_with,
    resource: row.resource,
    event: () => (parsed ??= resourceEvent(row)),
    bytes: row.doc.length,
    readAt: performance.now(),
  }
}

export const createEventLog = (database: Database): EventLog => {
  /** Without a gap, from after `from` up to `to`. */
  let kept: Kept[] = []
  let bytes = 0
  let from = 0
  let to = 0
  let isKeeping = false
  let filling: Promise<void> | undefined

  const forget = (most: (event: Kept) => boolean): void => {
    let count = 0
    while (count < kept.length && most(kept[count]!)) {
      bytes -= kept[count]!.bytes
      from = kept[count]!.position
      count++
    }
    if (count > 0) kept = kept.slice(count)
  }

  const prune = (): void => {
    const old = performance.now() - KEPT_MS
    forget(event => event.readAt < old)
    let left = kept.length
    forget(() => bytes > KEPT_BYTES || left-- > KEPT_EVENTS)
  }

  const fill = async (known: number): Promise<void> => {
    const rows = await database.query<Row>({ name: 'event-log-new', text: `SELECT ${COLUMNS} FROM event e WHERE e.position > $1 ORDER BY e.position LIMIT ${TOGETHER}` }, [to])
    const events = rows.map(loggedOf)
    kept.push(...events)
    for (const event of events) bytes += event.bytes
    to = events.length === TOGETHER ? events.at(-1)!.position : Math.max(to, known, events.at(-1)?.position ?? 0)
    prune()
    // Also when nobody comes again: erased data must not stay in memory.
    setTimeout(prune, KEPT_MS + 100).unref()
  }

  const readBehind = async (after: number, known: number, { brand, resources }: { brand: string; resources: readonly string[] }): Promise<Stretch> => {
    const end = Math.min(after + WINDOW, known)
    const rows = await database.query<Row>(
      { name: 'event-log-behind', text: `SELECT ${COLUMNS} FROM event e WHERE e.position > $1 AND e.position <= $2 AND brand = $3 AND resource = ANY($4::text[]) ORDER BY e.position LIMIT ${BEHIND}` },
      [after, end, brand, resources],
    )
    return { events: rows.map(loggedOf), to: rows.length === BEHIND ? Number(rows.at(-1)!.position) : end }
  }

  return {
    read: async (after, known, wanted) => {
      if (!isKeeping && known - after <= NEAR) {
        isKeeping = true
        from = after
        to = after
      }
      if (!isKeeping || after < from || after > to) return readBehind(after, known, wanted)
      // A reading that was under way may have begun too early for this one.
      for (let turn = 0; turn < 2 && after === to; turn++) {
        filling ??= fill(known).finally(() => {
          filling = undefined
        })
        await filling
      }
      if (after < from || !isKeeping) return readBehind(after, known, wanted)
      let at = kept.length
      while (at > 0 && kept[at - 1]!.position > after) at--
      return { events: kept.slice(at), to }
    },
    keptAfter: async () => {
      const [row] = await database.query<{ kept_after: string }>({ name: 'event-log-kept', text: 'SELECT kept_after FROM event_log WHERE id = 1' })
      return Number(row?.kept_after ?? 0)
    },
    last: async () => {
      const [row] = await database.query<{ position: string }>({ name: 'positions-last', text: 'SELECT coalesce(max(position), 0)::text AS position FROM event' })
      return Number(row?.position ?? 0)
    },
    clear: () => {
      kept = []
      bytes = 0
      isKeeping = false
    },
  }
}

/** Follows the positions of events: for caches that are refreshed by them, and for the workers that the relay leaves rows for. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '../../platform/database/sql.ts'
import type { ResourceEvent } from '../module.ts'
import { resourceEvent, type EventRow } from './event.ts'
import { POSITION_CHANNEL } from './relay-store.ts'

export interface PositionedEvent extends ResourceEvent {
  position: number
}

export interface Positions {
  /** Reads where events are and follows them; once, however often it is called. */
  start(): Promise<void>
  stop(): Promise<void>
  /** The last position this process knows of. */
  current(): number
  /** Calls back with the last position whenever it grows. Returns the unsubscribe function. */
  onPosition(callback: (position: number) => void): () => void
  /** Events after a position, in their order. */
  readAfter(position: number, query: { resources: readonly string[]; limit: number }): Promise<PositionedEvent[]>
  /**
   * Hands over every event of these resources from now on (or after `after`), in order, in batches. A batch whose handler fails comes
   * again a second later, so a cache never skips one. Returns the unsubscribe function.
   */
  follow(options: { resources: readonly string[]; after?: number; handle: (events: PositionedEvent[]) => Promise<void> | void }): () => void
}

const POLL_MS = 1_000
const BATCH = 500
/** Under load a follower reads at most this often: each time costs, also where nothing is for it. */
const MIN_PAUSE_MS = 50

interface Row extends EventRow {
  position: string
}

export const createPositions = ({ database, log }: { database: Database; log: Logger }): Positions => {
  const callbacks = new Set<(position: number) => void>()
  let known = 0
  let timer: NodeJS.Timeout | undefined
  let unlisten: (() => Promise<void>) | undefined
  let starting: Promise<void> | undefined
  let isStopped = false
  let isAway = false

  const advance = (position: number): void => {
    if (position <= known) return
    known = position
    for (const callback of callbacks) callback(position)
  }

  const poll = async (): Promise<void> => {
    try {
      const [row] = await database.query<{ position: string }>({ name: 'positions-last', text: 'SELECT coalesce(max(position), 0)::text AS position FROM event' })
      isAway = false
      advance(Number(row?.position ?? 0))
    } catch (error) {
      if (!isAway && !isStopped) log.warn({ err: error }, 'The position of events cannot be read')
      isAway = true
    }
  }

  const readAfter: Positions['readAfter'] = async (position, { resources, limit }) => {
    const rows = await database.query<Row>(
      {
        name: 'positions-read',
        text: `SELECT position, event_id, event_type, event_time, correlation_id, brand, resource, resource_id, revision, doc::text AS doc
               FROM event WHERE position > $1 AND resource = ANY($2::text[]) ORDER BY position LIMIT $3`,
      },
      [position, resources, limit],
    )
    return rows.map(row => ({ ...resourceEvent(row), position: Number(row.position) }))
  }

  const onPosition: Positions['onPosition'] = callback => {
    callbacks.add(callback)
    return () => void callbacks.delete(callback)
  }

  const follow: Positions['follow'] = ({ resources, after, handle }) => {
    let at = after ?? known
    let isReading = false
    let isEnded = false
    let retry: NodeJS.Timeout | undefined
    const read = async (): Promise<void> => {
      if (isReading || isEnded) return
      isReading = true
      try {
        while (!isEnded && at < known) {
          const target = known
          const events = await readAfter(at, { resources, limit: BATCH })
          if (events.length > 0) await handle(events)
          // Fewer than asked for means that there are no others up to the position that was known before reading.
          at = events.length === BATCH ? events.at(-1)!.position : Math.max(target, events.at(-1)?.position ?? 0)
          if (events.length < BATCH) await sleep(MIN_PAUSE_MS, undefined, { ref: false })
        }
      } catch (error) {
        log.error({ err: error, resources }, 'A follower of events failed and will read again')
        retry = setTimeout(() => void read(), POLL_MS)
        retry.unref()
      } finally {
        isReading = false
      }
    }
    const unsubscribe = onPosition(() => void read())
    void read()
    return () => {
      isEnded = true
      clearTimeout(retry)
      unsubscribe()
    }
  }

  const begin = async (): Promise<void> => {
    await poll()
    unlisten = await database.listen(POSITION_CHANNEL, payload => advance(Number(payload)))
    timer = setInterval(() => void poll(), POLL_MS)
  }

  return {
    start: async () => {
      starting ??= begin()
      await starting
    },
    stop: async () => {
      isStopped = true
      clearInterval(timer)
      await unlisten?.()
    },
    current: () => known,
    onPosition,
    readAfter,
    follow,
  }
}

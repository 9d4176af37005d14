/** Business time. Its offset lives in the database, so that every process shares it and a test can move a year in a second. */
import type { Database, Sql } from './database/sql.ts'
import { Refusal } from './errors.ts'

export interface Clock {
  /** Business time now. */
  now(): Date
}

/** The clock of a running process: follows the shared offset, and outside production can be moved. */
export interface SharedClock extends Clock {
  /** Milliseconds that business time is ahead of real time. */
  readonly offsetMs: number
  /** Whether `move` is allowed: not in production. */
  readonly movable: boolean
  /** Moves business time forward for all processes, and tells the subscribers of this one before it returns. Throws a Refusal. */
  move(target: { to: Date } | { byMs: number }): Promise<Date>
  /** Called with the new business time after the clock was moved, here or by another process. Returns the unsubscribe function. */
  onMove(listener: (now: Date) => void): () => void
  close(): Promise<void>
}

export interface ClockOptions {
  movable: boolean
  /** How often the offset is read, for processes that missed a notification. */
  pollMs?: number
  /** Told when the offset could not be read; the last one known stays in use. */
  onError?: (error: Error) => void
}

const CHANNEL = 'tandem_clock'
const READ = { name: 'clock-read', text: 'select offset_ms from clock_setting where id = 1' }
const LOCK = 'insert into clock_setting (id, offset_ms) values (1, 0) on conflict (id) do update set offset_ms = clock_setting.offset_ms returning offset_ms'
const WRITE = 'update clock_setting set offset_ms = $1 where id = 1'

/** Far enough for any contract, and inside what dates and their arithmetic carry. */
const FARTHEST_MS = 200 * 366 * 86_400_000

const readOffset = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ offset_ms: string }>(READ, [])
  return Number(row?.offset_ms ?? 0)
}

const fixed = (): Refusal => new Refusal({ status: 403, code: 'clockFixed', reason: 'The clock cannot be moved', message: 'Business time is real time in production' })
const backward = (now: Date): Refusal =>
  new Refusal({ status: 409, code: 'clockBackward', reason: 'The clock only moves forward', message: `Business time is already ${now.toISOString()}` })
const tooFar = (): Refusal => new Refusal({ status: 400, code: 'invalidAttribute', reason: 'The request has attributes that are not valid', message: 'The clock can be at most 200 years ahead' })

/** Reads the offset and follows it until `close`. */
export const createClock = async (database: Database, options: ClockOptions): Promise<SharedClock> => {
  const { movable, pollMs = 1000, onError = () => undefined } = options
  let offsetMs = await readOffset(database)
  const listeners = new Set<(now: Date) => void>()
  const now = (): Date => new Date(Date.now() + offsetMs)

  const adopt = (offset: number): void => {
    if (offset === offsetMs) return
    offsetMs = offset
    for (const listener of listeners) listener(now())
  }
  let reading: Promise<void> | undefined
  const refresh = (): Promise<void> => {
    // One read at a time: an older answer must not overtake a newer one.
    reading ??= readOffset(database)
      .then(adopt, (error: unknown) => { onError(error as Error) })
      .finally(() => { reading = undefined })
    return reading
  }
  // What was notified is the new offset itself; it never goes back, so the largest known is the latest.
  const unlisten = await database.listen(CHANNEL, payload => { adopt(Math.max(offsetMs, Number(payload) || 0)) })
  const timer = setInterval(() => void refresh(), pollMs)
  timer.unref()

  return {
    now,
    get offsetMs() {
      return offsetMs
    },
    movable,
    onMove: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    move: async target => {
      if (!movable) throw fixed()
      const offset = await database.transaction(async tx => {
        const [row] = await tx.query<{ offset_ms: string }>(LOCK, [])
        const current = Number(row?.offset_ms ?? 0)
        const business = new Date(Date.now() + current)
        const ahead = 'to' in target ? target.to.getTime() - business.getTime() : target.byMs
        if (!Number.isFinite(ahead) || current + ahead > FARTHEST_MS) throw tooFar()
        if (ahead < 0) throw backward(business)
        const next = current + Math.round(ahead)
        await tx.query(WRITE, [next])
        await tx.query("select pg_notify($1, $2)", [CHANNEL, String(next)])
        return next
      })
      adopt(offset)
      return now()
    },
    close: async () => {
      clearInterval(timer)
      await unlisten()
      await reading
    },
  }
}

const DURATION = /^P(?!$)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?!$)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/

/** An instant plus an ISO 8601 duration (`P1M`, `P1DT12H`), calendar parts in UTC; the 31st plus a month is the last day of the next. */
export const addDuration = (from: Date, duration: string): Date | undefined => {
  const match = DURATION.exec(duration)
  if (match === null || duration.length > 40) return undefined
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1).map(part => Number(part ?? 0)) as [number, number, number, number, number, number, number]
  const result = new Date(from)
  const day = result.getUTCDate()
  result.setUTCDate(1)
  result.setUTCMonth(result.getUTCMonth() + years * 12 + months)
  const last = new Date(Date.UTC(result.getUTCFullYear(), result.getUTCMonth() + 1, 0)).getUTCDate()
  result.setUTCDate(Math.min(day, last))
  result.setTime(result.getTime() + (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000)
  return Number.isNaN(result.getTime()) ? undefined : result
}

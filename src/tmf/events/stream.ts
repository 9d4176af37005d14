/**
 * One live stream: reads on from a position, shows what its caller may see at that moment, and ends with a word on why. It reads only
 * when its caller has taken what was written before, so that a slow one costs no memory, and gives up on one that does not take it at all.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { Refusal } from '../../platform/errors.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { AnyResource } from '../module.ts'
import { eventPayload, seenAs } from './event.ts'
import type { EventLog, LoggedEvent } from './event-log.ts'
import type { HubFilter } from './hub-query.ts'
import { matches } from './match.ts'
import { sightOf } from './sight.ts'

export interface StreamSettings {
  /** How often something is said when nothing happens, so that nobody in between takes the connection for dead. */
  heartbeatMs: number
  /** How often it is asked whether the caller may still see what it sees. */
  recheckMs: number
  /** How long that may go without an answer. */
  unansweredMs: number
  /** How long a caller may leave what was written untaken. */
  slowMs: number
  /** Bytes that may wait for a caller to take them. */
  waitingBytes: number
}

export const STREAM_SETTINGS: StreamSettings = { heartbeatMs: 15_000, recheckMs: 2_000, unansweredMs: 30_000, slowMs: 20_000, waitingBytes: 262_144 }

/** Why a stream ends, as the caller is told. A new one may be opened after `closing`, `slow` and `unavailable`. */
export type End = { code: string; reason: string }

export interface StreamOptions {
  raw: ServerResponse
  log: Logger
  eventLog: EventLog
  resources: ReadonlyMap<string, AnyResource>
  filter: HubFilter
  after: number
  context: Context
  /** The caller as it is now; throws a Refusal when it would be refused. */
  renew: () => Promise<Context>
  /** The last position known here. */
  known: () => number
  onPosition: (callback: () => void) => () => void
  settings: StreamSettings
}

export interface Stream {
  /** Resolves when the connection is over. */
  ended: Promise<void>
  end: (why: End) => void
}

const RETRY_MS = 1_000
/** A caller that sees some rows only may have lost them a moment ago: it is looked at again before it is told, but once for what comes together. */
const FRESH_MS = 50
/** How long the last words may take. */
const FAREWELL_MS = 1_000

const isBroken = (error: unknown): boolean => !(error instanceof Refusal) || error.status >= 500

export const openStream = (options: StreamOptions): Stream => {
  const { raw, log, eventLog, resources, filter, renew, known, settings } = options
  let { context, after } = options
  let isOver = false
  let rouse: (() => void) | undefined
  let lastSaid = performance.now()
  let lastAnswer = performance.now()
  let lastCheck = performance.now()

  const rest = (ms: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(() => rouse?.(), ms)
      rouse = () => {
        clearTimeout(timer)
        rouse = undefined
        resolve()
      }
    })

  const end = (why: End): void => {
    if (isOver) return
    isOver = true
    if (raw.writable) raw.end(`event: end\ndata: ${JSON.stringify(why)}\n\n`)
    setTimeout(() => raw.destroy(), FAREWELL_MS).unref()
    rouse?.()
  }

  /** Waits until the caller has taken what waits for it. One that takes nothing is cut off; it can go on from the last id that it got. */
  const taken = async (): Promise<void> => {
    if (raw.writableLength <= settings.waitingBytes || isOver) return
    const slow = new AbortController()
    const timer = setTimeout(() => slow.abort(), settings.slowMs)
    try {
      await Promise.race([once(raw, 'drain', { signal: slow.signal }), once(raw, 'close', { signal: slow.signal })])
    } catch (error) {
      if (!slow.signal.aborted) throw error
      log.info('an event stream was cut off: its reader does not take what it is sent')
      isOver = true
      raw.destroy()
    } finally {
      clearTimeout(timer)
      slow.abort()
    }
  }

  const say = (text: string): void => {
    if (isOver) return
    raw.write(text)
    lastSaid = performance.now()
  }

  const messageOf = (logged: LoggedEvent): string | undefined => {
    const interest = filter.get(logged.resource)
    const resource = resources.get(logged.resource)
    if (logged.brand !== context.brand || !resource || !interest?.eventTypes.has(logged.eventType)) return undefined
    const sight = sightOf(context, resource, logged)
    if (sight === 'nothing') return undefined
    const seen = seenAs(logged.event(), resource, sight)
    // What the caller may not see must not show by matching either.
    if (!matches(seen.doc, interest.conditions)) return undefined
    return `id: ${logged.position}\ndata: ${JSON.stringify(eventPayload(seen, resource.api, interest.fields))}\n\n`
  }

  const readOn = async (): Promise<void> => {
    const { events, to } = await eventLog.read(after, known(), { brand: context.brand, resources: [...filter.keys()] })
    if (events.length === 0 && to === after) return rest(RETRY_MS)
    for (const logged of events) {
      let message = messageOf(logged)
      if (message !== undefined && isConfined(context.principal) && performance.now() - lastCheck > FRESH_MS) {
        await recheck()
        if (isOver) return
        message = messageOf(logged)
      }
      after = logged.position
      if (message === undefined) continue
      say(message)
      await taken()
      if (isOver) return
    }
    after = to
  }

  const follow = async (): Promise<void> => {
    // What was committed before the cleaner moved on is read in full or not at all: a gap is never passed over silently.
    let checkedBehind = 0
    while (!isOver) {
      if (after >= known()) {
        await rest(settings.heartbeatMs)
        continue
      }
      try {
        if (known() - after > 10_000 && performance.now() - checkedBehind > 1_000) {
          checkedBehind = performance.now()
          if (after < (await eventLog.keptAfter())) return end({ code: 'positionGone', reason: 'The events that follow are no longer in the log' })
        }
        await readOn()
      } catch (error) {
        log.debug({ err: error }, 'an event stream could not read on; it tries again')
        await rest(RETRY_MS)
      }
    }
  }

  const recheck = async (): Promise<void> => {
    lastCheck = performance.now()
    try {
      context = { ...(await renew()), correlationId: context.correlationId }
      lastAnswer = performance.now()
      if (context.brand !== options.context.brand) end({ code: 'forbidden', reason: 'The caller acts for another brand now' })
    } catch (error) {
      if (!isBroken(error)) return end({ code: (error as Refusal).code, reason: (error as Refusal).message })
      if (performance.now() - lastAnswer > settings.unansweredMs) end({ code: 'unavailable', reason: 'What the caller may see cannot be found out' })
    }
  }

  let isRechecking = false
  const checks = setInterval(() => {
    if (isRechecking || isOver) return
    isRechecking = true
    void recheck().finally(() => {
      isRechecking = false
    })
  }, settings.recheckMs)
  // An id without data moves what a client resumes from, so that it need not read again what it may not see.
  const heartbeat = setInterval(() => {
    if (performance.now() - lastSaid >= settings.heartbeatMs / 2 && raw.writableLength === 0) say(`: still here\nid: ${after}\n\n`)
  }, settings.heartbeatMs / 2)
  const unsubscribe = options.onPosition(() => rouse?.())
  const closed = new Promise<void>(resolve => {
    raw.once('close', () => {
      isOver = true
      rouse?.()
      resolve()
    })
  })
  raw.on('error', error => log.debug({ err: error }, 'the connection of an event stream broke'))

  say(`retry: ${RETRY_MS}\n: after ${after}\nid: ${after}\n\n`)
  const ended = Promise.all([follow(), closed])
    .catch((error: unknown) => {
      log.error({ err: error }, 'an event stream failed')
      raw.destroy()
    })
    .then(() => {
      clearInterval(checks)
      clearInterval(heartbeat)
      unsubscribe()
    })
  return { ended, end }
}

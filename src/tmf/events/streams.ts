/** The live streams of this process: opens them within limits, and ends them all when the process stops. */
import { AsyncResource } from 'node:async_hooks'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Callers } from '../../platform/auth/callers.ts'
import type { Database } from '../../platform/database/sql.ts'
import { fault, refuse, Refusal } from '../../platform/errors.ts'
import type { Extensions } from '../extensions/registry.ts'
import type { AnyResource } from '../module.ts'
import { mayRead } from '../storage/scope.ts'
import { createEventLog } from './event-log.ts'
import { parseHubQuery } from './hub-query.ts'
import type { Positions } from './positions.ts'
import { openStream, STREAM_SETTINGS, type Stream, type StreamSettings } from './stream.ts'

export interface StreamLimits {
  /** Open at once in this process. */
  all: number
  /** Open at once for one caller, in this process. */
  perCaller: number
}

export interface Streams {
  /** Answers a request with a stream of the events of these resources. Throws a Refusal before anything is sent. */
  open(request: FastifyRequest, reply: FastifyReply, resources: readonly AnyResource[]): Promise<void>
  count(): number
  /** Ends all; a client goes on at another process. */
  stop(): Promise<void>
}

export interface StreamsOptions {
  database: Database
  positions: Pick<Positions, 'current' | 'onPosition'>
  callers: Pick<Callers, 'renew'>
  log: Logger
  limits: StreamLimits
  settings?: Partial<StreamSettings>
  extensions?: (() => Pick<Extensions, 'lookup'>) | undefined
}

export const LAST_EVENT_ID = 'last-event-id'

const RETRY_AFTER_S = 10

const rawQueryOf = (request: FastifyRequest): string => {
  const at = request.url.indexOf('?')
  return at < 0 ? '' : request.url.slice(at + 1)
}

/** Takes `after` out of a query string; the rest says which events. */
const splitQuery = (raw: string): { after: string | undefined; rest: string } => {
  const pairs = raw.split('&')
  const isAfter = (pair: string): boolean => pair === 'after' || pair.startsWith('after=')
  return { after: pairs.find(isAfter)?.slice('after='.length), rest: pairs.filter(pair => !isAfter(pair)).join('&') }
}

const positionOf = (name: string, text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw refuse.invalid([fault(name, 'must be the position of an event: a whole number', text)])
  return Number(text)
}

/** Only who asks for a stream gets an answer that does not end. */
const takesStream = (accept: string | undefined): boolean => accept !== undefined && /(^|,)\s*(text\/event-stream|text\/\*|\*\/\*)\s*(;|,|$)/i.test(accept)

export const createStreams = (options: StreamsOptions): Streams => {
  const { database, positions, callers, log, limits } = options
  const settings = { ...STREAM_SETTINGS, ...options.settings }
  const eventLog = createEventLog(database)
  const open = new Map<Stream, string>()
  const perCaller = new Map<string, number>()
  let isStopping = false
  // What a stream does for hours is no part of the request that opened it, nor of its trace.
  const apart = new AsyncResource('event streams')

  const full = (message: string): Refusal => new Refusal({ status: 503, code: 'tooManyStreams', reason: 'No further event stream can be opened', message, headers: { 'retry-after': String(RETRY_AFTER_S) } })

  const count = (caller: string, change: number): void => {
    const left = (perCaller.get(caller) ?? 0) + change
    if (left > 0) perCaller.set(caller, left)
    else perCaller.delete(caller)
  }

  /** Where to go on from: the header of a client that comes back goes before the address that it keeps using. */
  const startOf = async (request: FastifyRequest, after: string | undefined): Promise<number> => {
    const header = request.headers[LAST_EVENT_ID]
    const [name, text] = typeof header === 'string' && header !== '' ? ['Last-Event-ID', header] : ['after', after]
    if (text === undefined) return positions.current()
    const position = positionOf(name, text)
    if (position > positions.current() && position > (await eventLog.last())) throw refuse.invalid([fault(name, 'is ahead of the last event', text)])
    const keptAfter = await eventLog.keptAfter()
    if (position < keptAfter) {
      throw new Refusal({ status: 410, code: 'positionGone', reason: 'The events that follow this position are no longer in the log', message: `${name} ${text} is before ${keptAfter}, which is the first position that can be followed; read the resources anew and follow from there`, faults: [fault(name, `must be ${keptAfter} or later`, text)] })
    }
    return position
  }

  return {
    open: async (request, reply, resources) => {
      const { context } = request
      const readable = resources.filter(resource => mayRead(context, resource.name))
      if (readable.length === 0) throw refuse.forbidden('The permission to read one of the resources is needed, such as ' + resources.slice(0, 3).map(resource => `${resource.name}:read`).join(', '))
      if (!takesStream(request.headers.accept)) throw new Refusal({ status: 406, code: 'notAcceptable', reason: 'The answer has another form', message: 'The answer is a stream that does not end by itself: Accept must allow text/event-stream' })
      const { after, rest } = splitQuery(rawQueryOf(request))
      const filter = parseHubQuery(rest, resources, options.extensions && (resource => options.extensions!().lookup(context.brand, resource)))
      const start = await startOf(request, after)
      if (isStopping) throw refuse.unavailable('This process is stopping')
      const caller = context.principal.id
      if (open.size >= limits.all) throw full('This process serves as many event streams as it can')
      if ((perCaller.get(caller) ?? 0) >= limits.perCaller) throw full(`The caller has ${limits.perCaller} event streams open at this process already`)

      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', connection: 'close', 'x-accel-buffering': 'no' })
      const stream = apart.runInAsyncScope(openStream, undefined, {
        raw,
        log: request.log as Logger,
        eventLog,
        resources: new Map(resources.map(resource => [resource.name, resource])),
        filter,
        after: start,
        context,
        renew: () => callers.renew(request),
        known: positions.current,
        onPosition: positions.onPosition,
        settings,
      })
      open.set(stream, caller)
      count(caller, 1)
      void stream.ended.then(() => {
        open.delete(stream)
        count(caller, -1)
        if (open.size === 0) eventLog.clear()
      })
    },
    count: () => open.size,
    stop: async () => {
      isStopping = true
      const streams = [...open.keys()]
      if (streams.length > 0) log.debug({ streams: streams.length }, 'event streams are ended')
      for (const stream of streams) stream.end({ code: 'closing', reason: 'This process is stopping: connect again' })
      await Promise.all(streams.map(stream => stream.ended))
    },
  }
}

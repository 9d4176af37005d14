/** Builds the context of each request: who asks, for which brand, through which channel, and the correlation id that follows the work. */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { actingFor, noDirectory, withKnown, type Directory } from '../auth/directory.ts'
import { fault, Refusal, refuse } from '../errors.ts'
import { newId } from '../ids.ts'
import { DEFAULT_BRAND, DEFAULT_CHANNEL, type Context, type Principal } from '../principal.ts'
import { parseTraceparent, TRACEPARENT_HEADER } from '../telemetry/traceparent.ts'

/** Finds out who sends a request, or throws a Refusal (401, 503). Answers without a promise when it can: this runs for every request. */
export type Authenticator = (request: FastifyRequest) => Principal | Promise<Principal>

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, and under which circumstances. Set before any other hook runs. */
    context: Context
    /** Ids of what was found or written, where the path does not name them: the audit records them beside those of the path. */
    auditIds?: readonly string[]
    /** The party that all of it belongs to, where an operation knows: a delegate acted for it. */
    auditOwner?: string
    /** What the operation wrote this time has left its event, from which the trail has it. */
    auditedByEvent?: boolean
  }
  interface FastifyContextConfig {
    /** Answered without authentication: health, documents. */
    public?: boolean
    /** An operation of Tandem's own that keeps to the rows of a confined caller by itself; without it such callers are refused. */
    confined?: boolean
    /**
     * false: reads of this operation say nothing about people and are not audited. event: whatever it answers with success has left the event of
     * what it wrote, from which the trail has it.
     */
    audit?: boolean | 'event'
  }
}

export const BRAND_HEADER = 'x-tandem-brand'
export const CHANNEL_HEADER = 'x-tandem-channel'
/** Names the party that the caller acts for. */
export const BEHALF_HEADER = 'x-on-behalf-of'
export const CORRELATION_HEADER = 'x-correlation-id'
export const REQUEST_HEADER = 'x-request-id'

const BRAND = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/
const CHANNEL = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/
/** Printable ASCII without what log lines and header values could be broken with. */
const TRACE_ID = /^[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}$/

/** An id as a header can carry it. */
const isPartyId = (text: string): boolean => /^[\x21-\x7e]{1,255}$/.test(text)

/** Callers of public routes that were not asked who they are. */
const anonymous: Principal = { id: 'anonymous', kind: 'anonymous', brands: [DEFAULT_BRAND], permissions: [] }

const nobody = (request: FastifyRequest): Context => ({ principal: anonymous, brand: DEFAULT_BRAND, channel: DEFAULT_CHANNEL, correlationId: request.id })

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** For Fastify's option `genReqId`: a proxy's request id is kept when it is harmless in a log line. */
export const requestId = (raw: Pick<IncomingMessage, 'headers'>): string => {
  const given = single(raw.headers[REQUEST_HEADER])
  return given !== undefined && TRACE_ID.test(given) ? given : newId()
}

const brandOf = (principal: Principal, asked: string | undefined): string => {
  const all = principal.brands.includes('*')
  if (asked === undefined) {
    const first = principal.brands.find(brand => brand !== '*')
    if (first !== undefined) return first
    if (all) return DEFAULT_BRAND
    throw refuse.forbidden('The caller may not act for any brand')
  }
  if (!BRAND.test(asked)) throw refuse.invalid([fault(BRAND_HEADER, 'must be a brand id (letters, digits, - _ .)', asked)])
  if (!all && !principal.brands.includes(asked)) throw refuse.forbidden(`The caller may not act for brand ${asked}`)
  return asked
}

/**
 * What ties a request to what follows from it: the correlation id that the caller names, else the trace that it continues, else a thread of
 * its own. One that cannot be kept is replaced: tracing never fails a request.
 */
export const correlationOf = (request: FastifyRequest): string => {
  const given = single(request.headers[CORRELATION_HEADER])
  if (given !== undefined && TRACE_ID.test(given)) return given
  return parseTraceparent(request.headers[TRACEPARENT_HEADER])?.traceId ?? request.id
}

/** The context of a request whose principal is known. */
export const contextOf = (request: FastifyRequest, principal: Principal): Context => {
  const { headers } = request
  const channel = single(headers[CHANNEL_HEADER])
  if (channel !== undefined && !CHANNEL.test(channel)) {
    throw refuse.invalid([fault(CHANNEL_HEADER, 'must be a channel name of at most 32 letters, digits, - or _', channel)])
  }
  const language = headers['accept-language']
  return {
    principal,
    brand: brandOf(principal, single(headers[BRAND_HEADER])),
    channel: channel ?? DEFAULT_CHANNEL,
    correlationId: correlationOf(request),
    // Longer than any browser sends: not worth reading.
    ...(language !== undefined && language.length <= 200 && { language }),
  }
}

/**
 * Installs the hook that every request passes first. Unknown routes pass it too, so that what exists is told to nobody
 * who may not know; a route opts out with `config: { public: true }`.
 */
export const installContext = (app: FastifyInstance, authenticate: Authenticator, directory: Directory = noDirectory): void => {
  app.decorateRequest('context')
  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, proceed: (error?: Error) => void) => {
    reply.header(REQUEST_HEADER, request.id)
    const settle = (principal: Principal): void | Promise<void> => {
      // Whoever is refused below is known by name: the audit says who was refused.
      request.context = { ...nobody(request), principal: { ...anonymous, id: principal.id } }
      const context = contextOf(request, principal)
      reply.header(CORRELATION_HEADER, context.correlationId)
      const known = directory.known(principal, context.brand)
      if (known instanceof Promise) return known.then(found => settleFor({ ...context, principal: withKnown(principal, found) }))
      return settleFor({ ...context, principal: withKnown(principal, known) })
    }
    const settleFor = (context: Context): void | Promise<void> => {
      const asked = single(request.headers[BEHALF_HEADER])
      if (asked === undefined) {
        request.context = context
        return
      }
      if (!isPartyId(asked)) throw refuse.invalid([fault(BEHALF_HEADER, 'must be the id of a party', asked)])
      return actingFor(context, asked, directory).then(narrowed => {
        request.context = narrowed
      })
    }
    const fail = (error: unknown): void => {
      // Set also on a refusal, for whatever runs after it (logging, metrics).
      request.context ??= nobody(request)
      proceed(error instanceof Error ? error : new Refusal({ status: 401, code: 'unauthenticated', reason: 'Authentication is required', cause: error }))
    }
    try {
      if (request.routeOptions.config.public === true) {
        // Not contextOf: a brand that a proxy adds to every request must not refuse a probe.
        request.context = nobody(request)
        proceed()
        return
      }
      const principal = authenticate(request)
      if (principal instanceof Promise) {
        principal.then(settle).then(() => { proceed() }, fail)
        return
      }
      const settled = settle(principal)
      if (settled instanceof Promise) {
        settled.then(() => { proceed() }, fail)
        return
      }
    } catch (error) {
      fail(error)
      return
    }
    proceed()
  })
}

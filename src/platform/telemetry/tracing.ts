/**
 * Traces for an OpenTelemetry collector (OTLP over HTTP, JSON). Exists only when one is configured: everybody else is given no `Tracing`
 * and does without. Spans carry names of routes, statements, jobs and reactions, never ids of customers, bodies or query strings.
 *
 * What follows from a request joins its trace by the correlation id, which events, jobs and calls carry anyway: where it has the form
 * of a trace id (ours do, being UUIDs; a request that continues a trace without naming a correlation id takes the trace's id as one), work
 * with it is of that trace. Where a caller's correlation id has another form, the attribute `tandem.correlation_id` ties the traces together.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api'
import type { SpanExporter, Sampler } from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import type { TracingSettings } from './tracing-settings.ts'
import { formatTraceparent, parseTraceparent, traceIdOf } from './traceparent.ts'

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

export interface SpanFacts {
  kind?: 'server' | 'client' | 'consumer'
  /** Ties it to the request that it follows from. */
  correlationId?: string | undefined
  /** W3C traceparent of what it continues. */
  traceparent?: string | undefined
  attributes?: Attributes
}

/** A span that has begun and is ended by whoever holds it. */
export interface OpenSpan {
  /** Runs code whose spans lie inside this one. */
  within: <T>(work: () => T) => T
  /** W3C traceparent, for whom it calls. */
  traceparent: string
  end: (attributes?: Attributes, error?: unknown) => void
}

export interface Tracing {
  /** Whether a span is open around what runs now. */
  isInside: () => boolean
  open: (name: string, facts?: SpanFacts) => OpenSpan
  /** Runs work in a span of its own. */
  span: <T>(name: string, facts: SpanFacts, work: () => Promise<T>) => Promise<T>
  /** The function, which runs inside the present span whenever it is called. */
  bind: <A extends unknown[], R>(work: (...args: A) => R) => (...args: A) => R
  /** traceparent of the present span. */
  traceparent: () => string | undefined
  /** Sends what it has, for a moment at the most. */
  close: () => Promise<void>
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER } as const
const QUEUED = 4_096
const BATCH = 512
const SEND_EACH_MS = 1_000
const EXPORT_TIMEOUT_MS = 5_000
const CLOSE_MS = 1_000

const given = (attributes: Attributes): Record<string, string | number | boolean> => Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined))

/** Name and code of an error; its message may quote what somebody sent. */
const typeOfError = (error: unknown): string => {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'Error'
}

/** Loads the SDK, which takes a moment, and starts sending. `log` hears once that the collector cannot be reached, and once that it can again. */
export const createTracing = async (settings: TracingSettings, log: Logger): Promise<Tracing> => {
  const [{ OTLPTraceExporter }, sdk, { resourceFromAttributes }] = await Promise.all([import('@opentelemetry/exporter-trace-otlp-http'), import('@opentelemetry/sdk-trace'), import('@opentelemetry/resources')])
  const { TracerProvider, BatchSpanProcessor, RandomIdGenerator, AlwaysOnSampler, AlwaysOffSampler, TraceIdRatioBasedSampler, ParentBasedSampler } = sdk
  const sender = new OTLPTraceExporter({ url: `${settings.endpoint.replace(/\/$/, '')}/v1/traces`, headers: { ...settings.headers }, timeoutMillis: EXPORT_TIMEOUT_MS })
  let isAway = false
  const heard = (error: Error | undefined): void => {
    if (error !== undefined && !isAway) log.warn({ err: error }, 'traces cannot be sent to their collector; they are lost until it answers')
    if (error === undefined && isAway) log.info('traces reach their collector again')
    isAway = error !== undefined
  }
  const exporter: SpanExporter = {
    export: (spans, done) => {
      sender.export(spans, result => {
        heard(result.code === 0 ? undefined : (result.error ?? new Error('the collector refused them')))
        done({ code: 0 })
      })
    },
    shutdown: () => sender.shutdown(),
  }

  const byRatio = (): Sampler => new TraceIdRatioBasedSampler(settings.ratio)
  const plain = settings.sampler.endsWith('always_off') ? new AlwaysOffSampler() : settings.sampler.endsWith('traceidratio') ? byRatio() : new AlwaysOnSampler()
  const random = new RandomIdGenerator()
  // Read by the SDK while a root span starts, which it does at once.
  let nextTrace: string | undefined
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.serviceName }),
    sampler: settings.sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root: plain }) : plain,
    idGenerator: { generateTraceId: () => nextTrace ?? random.generateTraceId(), generateSpanId: () => random.generateSpanId() },
    spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: QUEUED, maxExportBatchSize: BATCH, scheduledDelayMillis: SEND_EACH_MS, exportTimeoutMillis: 2 * EXPORT_TIMEOUT_MS })],
  })
  const tracer = provider.getTracer('tandem')
  const present = new AsyncLocalStorage<Span>()

  const begin = (name: string, { kind, correlationId, traceparent, attributes = {} }: SpanFacts): Span => {
    const around = present.getStore()
    const remote = parseTraceparent(traceparent)
    const wanted = traceIdOf(correlationId)
    const parent = remote ? trace.wrapSpanContext({ ...remote, isRemote: true }) : around
    const options = { ...(kind && { kind: KINDS[kind] }), attributes: given({ ...attributes, 'tandem.correlation_id': correlationId }) }
    // Of another trace than what it runs in: it joins its own, and says where it ran.
    if (remote === undefined && wanted !== undefined && around?.spanContext().traceId !== wanted) {
      nextTrace = wanted
      try {
        return tracer.startSpan(name, { ...options, root: true, ...(around && { links: [{ context: around.spanContext() }] }) }, ROOT_CONTEXT)
      } finally {
        nextTrace = undefined
      }
    }
    return tracer.startSpan(name, options, parent ? trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT)
  }

  const open: Tracing['open'] = (name, facts = {}) => {
    const span = begin(name, facts)
    return {
      within: work => present.run(span, work),
      traceparent: formatTraceparent(span.spanContext()),
      end: (attributes, error) => {
        if (attributes) span.setAttributes(given(attributes))
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', typeOfError(error))
        span.end()
      },
    }
  }

  return {
    isInside: () => present.getStore() !== undefined,
    open,
    span: async (name, facts, work) => {
      const span = open(name, facts)
      try {
        const result = await span.within(work)
        span.end()
        return result
      } catch (error) {
        span.end(undefined, error)
        throw error
      }
    },
    bind: work => {
      const span = present.getStore()
      return span === undefined ? work : (...args) => present.run(span, () => work(...args))
    },
    traceparent: () => {
      const span = present.getStore()
      return span && formatTraceparent(span.spanContext())
    },
    close: async () => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>(resolve => {
        timer = setTimeout(resolve, CLOSE_MS)
      })
      await Promise.race([provider.shutdown().catch((error: unknown) => log.debug({ err: error }, 'the last traces could not be sent')), late])
      clearTimeout(timer)
    },
  }
}

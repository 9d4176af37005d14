/** Traces as a collector gets them: over real HTTP, from a request through its write, its reaction, a job and the listener that is told. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request } from 'undici'
import { readConfig } from '../../../src/config.ts'
import { createLogger } from '../../../src/platform/telemetry/logger.ts'
import { createTracing } from '../../../src/platform/telemetry/tracing.ts'
import { parseTraceparent, traceIdOf } from '../../../src/platform/telemetry/traceparent.ts'
import { defineJob, defineModule } from '../../../src/tmf/module.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { startListener, type Listener } from '../../tmf/events/listener.ts'
import { eventually, thing } from '../../tmf/events/things.ts'

interface Span {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  kind: number
  attributes: Record<string, unknown>
  links: { traceId: string }[]
  status: number
}

interface Collector {
  url: string
  spans: Span[]
  /** Everything it was sent, as text. */
  text: () => string
  headers: Record<string, unknown>[]
  service: () => unknown
  close: () => Promise<void>
}

const valueOf = (value: Record<string, unknown>): unknown => Object.values(value)[0]
const attributesOf = (list: { key: string; value: Record<string, unknown> }[] = []): Record<string, unknown> => Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]))

const startCollector = async (): Promise<Collector> => {
  const bodies: string[] = []
  const collector: Collector = { url: '', spans: [], text: () => bodies.join('\n'), headers: [], service: () => undefined, close: async () => {} }
  let service: unknown
  const server: Server = createServer((incoming, answer) => {
    let body = ''
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
    incoming.on('end', () => {
      bodies.push(body)
      collector.headers.push({ path: incoming.url, ...incoming.headers })
      for (const { resource, scopeSpans } of (JSON.parse(body) as any).resourceSpans) {
        service = attributesOf(resource.attributes)['service.name']
        for (const span of scopeSpans.flatMap((scope: any) => scope.spans)) {
          collector.spans.push({ ...span, attributes: attributesOf(span.attributes), links: span.links ?? [], status: span.status?.code ?? 0 })
        }
      }
      answer.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  collector.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  collector.service = () => service
  collector.close = () =>
    new Promise(resolve => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return collector
}

const called: Record<string, unknown>[] = []
let callUrl = ''

const tellJob = defineJob({
  name: 'tracing.tell',
  schema: Type.Object({ id: Type.String(), correlationId: Type.String() }),
  retry: { attempts: 3, backoffMs: 50 },
  concurrency: 1,
  run: async ({ correlationId }) => {
    const answer = await request(`${callUrl}/customers/customer-of-ours?name=Ann`, { headers: { 'x-correlation-id': correlationId } })
    await answer.body.dump()
  },
})
const traced = defineModule({
  name: 'traced',
  dependsOn: [],
  resources: [thing],
  jobs: [tellJob],
  reactions: [
    {
      name: 'traced.follow',
      on: ['ThingCreateEvent'],
      run: async (event, { tx, deps, context, afterCommit }) => {
        await tx.query({ name: 'traced-look', text: 'select 1' })
        afterCommit(() => deps.jobs.enqueue(tellJob, { id: event.resourceId, correlationId: context.correlationId }))
      },
    },
  ],
})
const BASE = '/tmf-api/thingManagement/v4'

describe('traces', () => {
  let collector: Collector
  let listener: Listener
  let backEnd: Server
  let t: TestApp

  beforeAll(async () => {
    collector = await startCollector()
    listener = await startListener()
    backEnd = createServer((incoming, answer) => {
      called.push({ url: incoming.url, ...incoming.headers })
      answer.writeHead(200).end('{}')
    })
    await new Promise<void>(resolve => backEnd.listen(0, '127.0.0.1', resolve))
    callUrl = `http://127.0.0.1:${(backEnd.address() as AddressInfo).port}`
    t = await createTestApp({
      modules: [traced],
      settings: { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b', OTEL_SERVICE_NAME: 'tandem-test' },
    })
    expect((await post('/hub', { callback: listener.url })).statusCode).toBe(201)
  })
  afterAll(async () => {
    await t.close()
    await listener.close()
    await collector.close()
    await new Promise(resolve => backEnd.close(resolve))
  })

  const post = (path: string, payload: unknown, headers: Record<string, string> = {}) => t.app.inject({ method: 'POST', url: `${BASE}${path}`, headers: { 'content-type': 'application/json', ...headers }, payload: JSON.stringify(payload) })
  const named = (traceId: string) => (name: string) => collector.spans.find(span => span.traceId === traceId && span.name === name)

  it('follow a request into its write, its reaction, the job after it, the call of that, and the listener: one trace, by a correlation id that is a UUID', async () => {
    const answer = await post('/thing', { name: 'Personal Paula' }, { 'x-tandem-channel': 'web' })
    expect(answer.statusCode).toBe(201)
    const { id } = answer.json()
    const correlationId = answer.headers['x-correlation-id'] as string
    const trace = traceIdOf(correlationId)!
    expect(trace).toMatch(/^[\da-f]{32}$/)
    const span = named(trace)
    await eventually(() => [`POST ${BASE}/thing`, 'reaction traced.follow', 'sql traced-look', 'job tracing.tell', 'hub delivery', 'GET 127.0.0.1', 'POST 127.0.0.1'].every(name => span(name) !== undefined) && collector.spans.some(one => one.traceId === trace && one.name.startsWith('sql ins_category')))
    const root = span(`POST ${BASE}/thing`)!
    expect(root).toMatchObject({ kind: 2, attributes: { 'http.route': `${BASE}/thing`, 'http.response.status_code': 201, 'tandem.brand': 'default', 'tandem.channel': 'web', 'tandem.correlation_id': correlationId } })
    expect(root.parentSpanId).toBeFalsy()
    const write = collector.spans.find(one => one.traceId === trace && one.name.startsWith('sql ins_category'))!
    expect(write.parentSpanId).toBe(root.spanId)
    const reaction = span('reaction traced.follow')!
    expect(span('sql traced-look')!.parentSpanId).toBe(reaction.spanId)
    const job = span('job tracing.tell')!
    expect(job.parentSpanId).toBe(reaction.spanId)
    const call = span('GET 127.0.0.1')!
    expect(call).toMatchObject({ parentSpanId: job.spanId, kind: 3, attributes: { 'http.response.status_code': 200, 'server.address': '127.0.0.1' } })
    expect(parseTraceparent(called[0]!['traceparent'] as string)).toMatchObject({ traceId: trace, spanId: call.spanId })
    const delivery = span('hub delivery')!
    expect(span('POST 127.0.0.1')!.parentSpanId).toBe(delivery.spanId)
    expect(parseTraceparent(listener.taken.at(-1)!.headers['traceparent'] as string)).toMatchObject({ traceId: trace })
    expect(collector.service()).toBe('tandem-test')
    expect(collector.headers[0]).toMatchObject({ path: '/v1/traces', 'x-tenant': 'a b' })
    // Nothing of a person, no id of a row, no query.
    for (const hidden of ['Paula', id, 'name=Ann', 'customer-of-ours']) expect(collector.text()).not.toContain(hidden)
  })

  it('continue the trace that a caller is in; what follows from the request is of it too', async () => {
    const answer = await post('/thing', { name: 'Stone' }, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    expect(answer.headers['x-correlation-id']).toBe('0af7651916cd43dd8448eb211c80319c')
    const span = named('0af7651916cd43dd8448eb211c80319c')
    await eventually(() => span('reaction traced.follow') !== undefined && span(`POST ${BASE}/thing`) !== undefined)
    expect(span(`POST ${BASE}/thing`)!.parentSpanId).toBe('b7ad6b7169203331')
  })

  it('name routes by their pattern, and are silent on what a trace that is not kept does', async () => {
    await t.app.inject({ url: `${BASE}/thing/no-such-one?name=Ann`, headers: { 'x-correlation-id': 'ticket-0815' } })
    await t.app.inject({ url: '/no/such/path/Ann' })
    await t.app.inject({ url: `${BASE}/thing`, headers: { traceparent: '00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' } })
    await eventually(() => collector.spans.some(span => span.name === 'GET unmatched'))
    expect(collector.spans.find(span => span.name === `GET ${BASE}/thing/:id`)).toMatchObject({ attributes: { 'http.response.status_code': 404, 'tandem.correlation_id': 'ticket-0815' } })
    expect(collector.spans.filter(span => span.traceId === '1af7651916cd43dd8448eb211c80319c')).toEqual([])
    for (const hidden of ['no-such-one', 'Ann']) expect(collector.text()).not.toContain(hidden)
  })

  it('cost a stop next to nothing and one line when the collector is down, and nothing is slower', async () => {
    const lines: string[] = []
    const log = createLogger({ level: 'info', tagged: { personal: [], secret: [] }, destination: { write: line => void lines.push(line) } })
    const settings = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }).tracing!
    const tracing = await createTracing(settings, log)
    const work = async (): Promise<number> => 1
    const before = performance.now()
    for (let i = 0; i < 10_000; i++) await tracing.span('work', { correlationId: 'x' }, work)
    expect(performance.now() - before).toBeLessThan(3_000)
    await eventually(() => lines.length > 0, 15_000)
    for (let i = 0; i < 2_000; i++) await tracing.span('work', {}, work)
    const stopping = performance.now()
    await tracing.close()
    expect(performance.now() - stopping).toBeLessThan(1_500)
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'warn', msg: expect.stringContaining('collector') })
  }, 30_000)

  it('are off unless a collector is named, and refuse settings that are wrong by their name', () => {
    expect(readConfig({}).tracing).toBeUndefined()
    expect(readConfig({ OTEL_TRACES_SAMPLER_ARG: '0.5' }).tracing).toBeUndefined()
    expect(() => readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' })).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT must be/)
    expect(() => readConfig({ OTEL_TRACES_SAMPLER: 'some' })).toThrow(/OTEL_TRACES_SAMPLER must be one of/)
    expect(() => readConfig({ OTEL_TRACES_SAMPLER_ARG: '2' })).toThrow(/OTEL_TRACES_SAMPLER_ARG must be/)
    expect(() => readConfig({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow(/OTEL_EXPORTER_OTLP_PROTOCOL must be/)
    const secret = (): unknown => readConfig({ OTEL_EXPORTER_OTLP_HEADERS: 'hush hush' })
    expect(secret).toThrow(/OTEL_EXPORTER_OTLP_HEADERS must be/)
    expect(secret).not.toThrow(/hush/)
  })
})

describe('parseTraceparent', () => {
  it.each(['', 'nonsense', '00-00000000000000000000000000000000-b7ad6b7169203331-01', '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01', 'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01'])(
    'takes %j as nothing',
    header => expect(parseTraceparent(header)).toBeUndefined(),
  )
})

/** Numbers about this process, in the form that Prometheus reads. Other rooms add theirs through the small port `Metrics`. */
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { requireOperator } from '../auth/permission.ts'

export type Reading = number | readonly { labels: Readonly<Record<string, string>>; value: number }[]

export interface Measured {
  /** `tandem_outbox_waiting`: prefix, what, unit. */
  name: string
  help: string
  /** Names of the labels. Their values must be few: a name from a list, never an id. */
  labels?: readonly string[]
  /** Asked at each scrape; one that fails or takes longer than two seconds is left out of it. */
  read: () => Reading | Promise<Reading>
}

export interface Metrics {
  /** A value that goes up and down: what waits, what is open. */
  gauge(measured: Measured): void
  /** A total that only grows. */
  counter(measured: Measured): void
}

export interface ProcessMetrics extends Metrics {
  observeRequest(method: string, route: string, status: number, seconds: number): void
  render(): Promise<string>
  readonly contentType: string
}

const READ_TIMEOUT_MS = 2000
/** From a cached read to a request that ran into its time-outs. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Process metrics belong to the process, not to an app: they are made once. */
let ofProcess: Registry | undefined
const processRegistry = (): Registry => {
  if (ofProcess === undefined) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  return ofProcess
}

const withinTime = async (read: Measured['read']): Promise<Reading> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new Error(`took longer than ${String(READ_TIMEOUT_MS)} ms`)) }, READ_TIMEOUT_MS)
  })
  try {
    return await Promise.race([Promise.resolve().then(read), late])
  } finally {
    clearTimeout(timer)
  }
}

export const createMetrics = (onError: (error: Error) => void): ProcessMetrics => {
  const registry = new Registry()
  const requests = new Histogram({ name: 'tandem_http_request_duration_seconds', help: 'Time to answer a request', labelNames: ['method', 'route', 'status'], buckets: BUCKETS, registers: [registry] })
  const failures = new Counter({ name: 'tandem_metric_read_failures_total', help: 'Measurements that were left out of a scrape because they failed', labelNames: ['metric'], registers: [registry] })
  // prom-client hashes label values on each lookup; routes are few, so their series are kept.
  const series = new Map<string, { observe(value: number): void }>()

  const collect = async (measured: Measured, set: (labels: Record<string, string>, value: number) => void, leaveOut: () => void): Promise<void> => {
    try {
      const reading = await withinTime(measured.read)
      if (typeof reading === 'number') set({}, reading)
      else for (const { labels, value } of reading) set(labels, value)
    } catch (error) {
      // A reset series without labels stands at 0, which would be a lie.
      leaveOut()
      failures.inc({ metric: measured.name })
      onError(new Error(`Metric ${measured.name} could not be read`, { cause: error }))
    }
  }
  const shape = (measured: Measured) => ({ name: measured.name, help: measured.help, labelNames: [...(measured.labels ?? [])], registers: [registry] })
  return {
    contentType: registry.contentType,
    gauge: measured => {
      new Gauge({
        ...shape(measured),
        async collect() {
          this.reset()
          await collect(measured, (labels, value) => { this.set(labels, value) }, () => { if (measured.labels === undefined) this.remove() })
        },
      })
    },
    counter: measured => {
      new Counter({
        ...shape(measured),
        async collect() {
          this.reset()
          await collect(measured, (labels, value) => { this.inc(labels, value) }, () => { if (measured.labels === undefined) this.remove() })
        },
      })
    },
    observeRequest: (method, route, status, seconds) => {
      const key = `${method} ${route} ${String(status)}`
      let one = series.get(key)
      if (one === undefined) {
        one = requests.labels(method, route, String(status))
        series.set(key, one)
      }
      one.observe(seconds)
    },
    render: async () => `${await registry.metrics()}\n${await processRegistry().metrics()}`,
  }
}

/** GET /metrics, for callers with the permission metrics:read who act for all brands, and the time of every request. */
export const installMetrics = (app: FastifyInstance, metrics: ProcessMetrics): void => {
  app.addHook('onResponse', (request, reply, done) => {
    // A path that nobody serves must not become a label: there is no end of them.
    metrics.observeRequest(request.method, request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched'), reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
  app.get('/metrics', { schema: { hide: true } as object }, async (request, reply) => {
    requireOperator(request.context, 'metrics', 'read')
    return reply.type(metrics.contentType).send(await metrics.render())
  })
}

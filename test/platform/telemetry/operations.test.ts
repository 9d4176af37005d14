import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { installContext } from '../../../src/platform/http/context.ts'
import { installErrorHandlers } from '../../../src/platform/http/errors.ts'
import { installHealth, type Health, type HealthCheck } from '../../../src/platform/telemetry/health.ts'
import { createMetrics, installMetrics, type ProcessMetrics } from '../../../src/platform/telemetry/metrics.ts'

let app: FastifyInstance
let health: Health
let metrics: ProcessMetrics
const failures: string[] = []

const build = (checks: Record<string, HealthCheck> = {}, permissions = ['*:*']): void => {
  failures.length = 0
  app = Fastify()
  installErrorHandlers(app)
  installContext(app, request => {
    if (request.headers.authorization === 'none') throw new Error('nobody is asked on public routes')
    return { id: 'k', kind: 'key', brands: ['*'], permissions }
  })
  health = installHealth(app, { checks, timeoutMs: 100, onFailure: (check, error) => failures.push(`${check}: ${error.message}`) })
  metrics = createMetrics(error => failures.push(error.message))
  installMetrics(app, metrics)
  app.get('/thing/:id', () => ({}))
}
const fine: HealthCheck = { needed: true, run: async () => undefined }
const broken = (needed: boolean): HealthCheck => ({ needed, run: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7')) })
afterEach(async () => { await app.close() })

describe('health', () => {
  it('is alive whatever is broken around it, and asks nobody who they are', async () => {
    build({ database: broken(true) })
    expect((await app.inject({ url: '/health/live', headers: { authorization: 'none' } })).statusCode).toBe(200)
  })

  it('is ready when everything answers', async () => {
    build({ database: fine, redis: fine })
    const answer = await app.inject({ url: '/health/ready', headers: { authorization: 'none' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ status: 'ready', checks: { database: 'up', redis: 'up' } })
  })

  it('is not ready without what it needs, and does not say more than that', async () => {
    build({ database: broken(true), redis: fine })
    const answer = await app.inject('/health/ready')
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBeTruthy()
    expect(answer.json()).toEqual({ status: 'unavailable', checks: { database: 'down', redis: 'up' } })
    expect(failures).toEqual(['database: connect ECONNREFUSED 10.0.0.7'])
  })

  it('is degraded without what it can do without', async () => {
    build({ database: fine, redis: broken(false) })
    const answer = await app.inject('/health/ready')
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ status: 'degraded', checks: { redis: 'down' } })
  })

  it('does not wait for a check that hangs', async () => {
    build({ database: { needed: true, run: () => new Promise(() => undefined) } })
    const begin = Date.now()
    expect((await app.inject('/health/ready')).statusCode).toBe(503)
    expect(Date.now() - begin).toBeLessThan(2000)
    expect(failures[0]).toMatch(/no answer within 100 ms/)
  })

  it('asks once for many probes', async () => {
    let asked = 0
    build({ database: { needed: true, run: async () => { asked += 1 } } })
    await Promise.all(Array.from({ length: 20 }, () => app.inject('/health/ready')))
    expect(asked).toBe(1)
  })

  it('is not ready while it drains', async () => {
    build({ database: fine })
    health.drain()
    const answer = await app.inject('/health/ready')
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ status: 'draining' })
    expect((await app.inject('/health/live')).statusCode).toBe(200)
  })
})

describe('metrics', () => {
  const scrape = async (): Promise<string> => (await app.inject('/metrics')).body

  it('time requests by route pattern, with bounded labels', async () => {
    build()
    for (let id = 0; id < 50; id += 1) {
      await app.inject(`/thing/${String(id)}`)
      await app.inject(`/nothing/${String(id)}`)
    }
    const text = await scrape()
    expect(text).toContain('tandem_http_request_duration_seconds_count{method="GET",route="/thing/:id",status="200"} 50')
    expect(text).toContain('tandem_http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 50')
    expect(text).not.toContain('/nothing/')
  })

  it('ask the gauges and counters of other rooms, labels included', async () => {
    build()
    let done = 3
    metrics.gauge({ name: 'tandem_outbox_waiting', help: 'x', read: async () => 7 })
    metrics.gauge({ name: 'tandem_hub_waiting', help: 'x', labels: ['state'], read: () => [{ labels: { state: 'due' }, value: 2 }] })
    metrics.counter({ name: 'tandem_jobs_completed_total', help: 'x', read: () => done })
    expect(await scrape()).toMatch(/tandem_outbox_waiting 7\n[^]*tandem_hub_waiting\{state="due"\} 2\n[^]*tandem_jobs_completed_total 3\n/)
    done = 5
    expect(await scrape()).toContain('tandem_jobs_completed_total 5')
  })

  it('leave out what cannot be read, and count it', async () => {
    build()
    metrics.gauge({ name: 'tandem_broken', help: 'x', read: () => { throw new Error('no database') } })
    metrics.gauge({ name: 'tandem_broken_by_state', help: 'x', labels: ['state'], read: () => { throw new Error('no database') } })
    metrics.gauge({ name: 'tandem_fine', help: 'x', read: () => 1 })
    const text = await scrape()
    expect(text).toContain('tandem_fine 1')
    expect(text).not.toMatch(/^tandem_broken\S* \d/m)
    expect(await scrape()).toContain('tandem_metric_read_failures_total{metric="tandem_broken"}')
    expect(failures[0]).toContain('tandem_broken')
  })

  it('show the process, once, however many apps it holds', async () => {
    build()
    const other = createMetrics(() => undefined)
    expect(await scrape()).toContain('nodejs_eventloop_lag_seconds')
    expect((await other.render()).match(/^# TYPE process_resident_memory_bytes/gm)).toHaveLength(1)
  })

  it('are for those who may read them', async () => {
    build({}, ['productOrder:read'])
    expect((await app.inject('/metrics')).statusCode).toBe(403)
  })
})

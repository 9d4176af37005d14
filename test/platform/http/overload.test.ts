import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { installErrorHandlers } from '../../../src/platform/http/errors.ts'
import { installOverload } from '../../../src/platform/http/overload.ts'

let app: FastifyInstance
let waiting = 0

const build = (lagMs: number): FastifyInstance => {
  waiting = 0
  app = Fastify()
  installErrorHandlers(app)
  installOverload(app, { lagMs, waiting: () => waiting, mostWaiting: 10 })
  for (const url of ['/work', '/health/ready', '/metrics']) app.get(url, () => ({ ok: true }))
  return app
}
const block = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}
const status = async (url = '/work'): Promise<number> => (await app.inject(url)).statusCode
afterEach(async () => { await app.close() })

describe('a process that is behind', () => {
  it('refuses with Retry-After while its event loop lags, except probes, and recovers', async () => {
    build(500)
    await sleep(120)
    for (let times = 0; times < 2; times += 1) {
      block(800)
      // Lets the late timer run, and nothing else.
      await sleep(0)
    }
    const answer = await app.inject('/work')
    expect(answer.statusCode).toBe(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.json()).toMatchObject({ '@type': 'Error', code: 'unavailable' })
    expect(await status('/health/ready')).toBe(200)
    expect(await status('/metrics')).toBe(200)
    await vi.waitFor(async () => { expect(await status()).toBe(200) }, 5000)
  })

  it('does not refuse after one pause', async () => {
    build(500)
    await sleep(250)
    block(900)
    await sleep(0)
    expect(await status()).toBe(200)
  })

  it('refuses what would wait behind too many for a database connection', async () => {
    build(60_000)
    waiting = 10
    expect(await status()).toBe(200)
    waiting = 11
    expect(await status()).toBe(503)
    expect(await status('/health/ready')).toBe(200)
  })
})

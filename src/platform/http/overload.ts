/** Refuses what cannot be answered in time: a process that is behind says 503 and when to come again, instead of collapsing. */
import type { FastifyInstance } from 'fastify'
import { refuse } from '../errors.ts'

export interface OverloadOptions {
  /** Longest lag of the event loop, in milliseconds. */
  lagMs: number
  /** Requests that wait for a database connection now. */
  waiting: () => number
  /** Most of them: behind these a further one would only time out. */
  mostWaiting: number
}

/** Probes and metrics are answered whatever happens: they are how somebody finds out. */
const isExempt = (url: string): boolean => url.startsWith('/health/') || url === '/metrics'

/** As a lag that is too long: refuse never. */
const NEVER_MS = 60_000
const TICK_MS = 100

export interface LagMeter {
  isBehind(): boolean
  stop(): void
}

/**
 * Measures how late a timer is. Behind is who was late twice in a row: one pause (a collection of garbage, a machine busy with others) is over
 * when it is seen, and refusing afterwards would only add to it. @fastify/under-pressure does: an interval without a sample is an endless lag to it.
 */
export const measureLag = (lagMs: number): LagMeter => {
  let previous = 0
  let last = 0
  let due = performance.now() + TICK_MS
  const timer = setInterval(() => {
    const now = performance.now()
    previous = last
    last = now - due
    due = now + TICK_MS
  }, TICK_MS)
  timer.unref()
  return {
    isBehind: () => last > lagMs && previous > lagMs,
    stop: () => { clearInterval(timer) },
  }
}

/** Install it before the context, so that refusing costs next to nothing. */
export const installOverload = (app: FastifyInstance, { lagMs, waiting, mostWaiting }: OverloadOptions): void => {
  const meter = lagMs < NEVER_MS ? measureLag(lagMs) : undefined
  app.addHook('onClose', async () => { meter?.stop() })
  app.addHook('onRequest', (request, _reply, done) => {
    if (meter?.isBehind() === true && !isExempt(request.url)) done(refuse.unavailable('The server has more to do than it can do now'))
    else if (waiting() > mostWaiting && !isExempt(request.url)) done(refuse.unavailable('The database has more to do than it can do now'))
    else done()
  })
}

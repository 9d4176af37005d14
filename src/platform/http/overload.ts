/** Refuses what cannot be answered in time: a process that is behind says 503 and when to come again, instead of collapsing. */
import underPressure from '@fastify/under-pressure'
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

/** Install it before the context, so that refusing costs next to nothing. */
export const installOverload = async (app: FastifyInstance, { lagMs, waiting, mostWaiting }: OverloadOptions): Promise<void> => {
  await app.register(underPressure, {
    // The longest setting means never.
    maxEventLoopDelay: lagMs >= NEVER_MS ? 0 : lagMs,
    // An interval without a sample counts as an endless lag, so none is shorter than the lag that is allowed.
    sampleInterval: Math.max(1000, lagMs),
    pressureHandler: (request, reply) => {
      if (isExempt(request.url)) return
      void reply.send(refuse.unavailable('The server has more to do than it can do now'))
    },
  })
  app.addHook('onRequest', (request, _reply, done) => {
    done(waiting() > mostWaiting && !isExempt(request.url) ? refuse.unavailable('The database has more to do than it can do now') : undefined)
  })
}

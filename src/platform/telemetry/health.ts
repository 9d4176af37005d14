/**
 * What an orchestrator asks: is the process alive (else restart it), is it ready (else send it no requests). Both are public and tell no more
 * than names and states; why a check failed is in the log.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'

export interface HealthCheck {
  /** Without it no request can be answered. One that is not needed makes the process `degraded`, which still is ready. */
  needed: boolean
  /** Throws, or takes longer than the time-out, when something is wrong. */
  run: () => Promise<void>
}

export interface HealthOptions {
  checks: Readonly<Record<string, HealthCheck>>
  timeoutMs?: number
  onFailure: (check: string, error: Error) => void
}

export interface Health {
  /** From now on not ready: nothing new is sent here while what is in hand is finished. */
  drain(): void
}

type State = 'up' | 'down'
interface Report {
  status: 'ready' | 'degraded' | 'unavailable'
  checks: Record<string, State>
}

/** Probes of several balancers share one answer. */
const FRESH_MS = 500

const runOne = async (check: HealthCheck, timeoutMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new Error(`no answer within ${String(timeoutMs)} ms`)) }, timeoutMs)
  })
  try {
    await Promise.race([check.run(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** GET /health/live and /health/ready. */
export const installHealth = (app: FastifyInstance, options: HealthOptions): Health => {
  const { checks, timeoutMs = 2000, onFailure } = options
  let draining = false
  let last: { at: number; report: Promise<Report> } | undefined

  const examine = async (): Promise<Report> => {
    const states = await Promise.all(
      Object.entries(checks).map(async ([name, check]): Promise<[string, State, boolean]> => {
        try {
          await runOne(check, timeoutMs)
          return [name, 'up', check.needed]
        } catch (error) {
          onFailure(name, error as Error)
          return [name, 'down', check.needed]
        }
      }),
    )
    const down = states.filter(([, state]) => state === 'down')
    const status = down.some(([, , needed]) => needed) ? 'unavailable' : down.length > 0 ? 'degraded' : 'ready'
    return { status, checks: Object.fromEntries(states.map(([name, state]) => [name, state])) }
  }
  const report = (): Promise<Report> => {
    if (last === undefined || Date.now() - last.at > FRESH_MS) last = { at: Date.now(), report: examine() }
    return last.report
  }
  const unready = (reply: FastifyReply, body: object): FastifyReply => reply.code(503).header('retry-after', '2').send(body)

  const config = { public: true }
  const schema = { hide: true } as object
  app.get('/health/live', { config, schema }, (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'alive' }))
  app.get('/health/ready', { config, schema }, async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    if (draining) return unready(reply, { status: 'draining', checks: {} })
    const found = await report()
    return found.status === 'unavailable' ? unready(reply, found) : reply.send(found)
  })
  return { drain: () => { draining = true } }
}

/**
 * The talking of all adapters: undici with a time-out, no surprises in the answer, and a circuit breaker per target, so that a system
 * that is down costs one probe now and then instead of a time-out for each task.
 */
import { Agent, request } from 'undici'
import { TargetUnreachable, type HttpAnswer, type Send, type Target } from './target.ts'

export interface BreakerSettings {
  /** Failures in a row that open it. */
  failures: number
  /** How long it stays open before one request may try. */
  openMs: number
}

interface Breaker {
  failures: number
  openUntil: number
}

export interface Transport {
  send: Send
  close(): Promise<void>
  /** For operations: which targets are not called at present. */
  open(): Array<{ system: string; until: Date }>
}

const longestAnswer = 1_048_576

const readAnswer = async (status: number, body: AsyncIterable<Buffer>): Promise<HttpAnswer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > longestAnswer) throw new TargetUnreachable('unreachable', 'the answer is longer than 1 MiB')
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  try {
    return { status, body: text === '' ? undefined : JSON.parse(text) }
  } catch {
    // Not JSON: the adapter says what it misses, and the text is kept for whoever looks at the task.
    return { status, body: text.slice(0, 2_000) }
  }
}

/** `settings` gives a target's breaker settings; real time throughout. */
export const createTransport = (settings: (system: string) => BreakerSettings): Transport => {
  const agent = new Agent({ connections: 64, keepAliveTimeout: 10_000 })
  const breakers = new Map<string, Breaker>()

  const succeed = (system: string): void => void breakers.delete(system)
  const fail = (system: string): void => {
    const { failures, openMs } = settings(system)
    const breaker = breakers.get(system) ?? { failures: 0, openUntil: 0 }
    breaker.failures += 1
    if (breaker.failures >= failures) breaker.openUntil = Date.now() + openMs
    breakers.set(system, breaker)
  }

  const send: Send = async (target: Target, { method, path, body, headers }) => {
    const breaker = breakers.get(target.system)
    if (breaker && breaker.openUntil > Date.now()) throw new TargetUnreachable('breakerOpen', `${target.system} does not answer; no request is sent until it may have recovered`, new Date(breaker.openUntil))
    // Half open: this one probes, the others wait for what becomes of it.
    if (breaker && breaker.openUntil > 0) breaker.openUntil = Date.now() + target.timeoutMs
    try {
      const answer = await request(`${target.baseUrl.replace(/\/$/, '')}${path}`, {
        dispatcher: agent,
        method,
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...target.headers, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(target.timeoutMs),
      })
      const read = await readAnswer(answer.statusCode, answer.body)
      if (read.status === 502 || read.status === 504) fail(target.system)
      else succeed(target.system)
      return read
    } catch (error) {
      fail(target.system)
      if (error instanceof TargetUnreachable) throw error
      const timedOut = (error as Error).name === 'TimeoutError' || (error as Error).name === 'AbortError'
      throw new TargetUnreachable(timedOut ? 'timeout' : 'unreachable', timedOut ? `${target.system} did not answer within ${target.timeoutMs} ms` : `${target.system} cannot be reached`, undefined, error)
    }
  }

  return {
    send,
    close: () => agent.close(),
    open: () => [...breakers].filter(([, breaker]) => breaker.openUntil > Date.now()).map(([system, breaker]) => ({ system, until: new Date(breaker.openUntil) })),
  }
}

/** A way to other systems for each running server in this process, made when it is first needed. */
export const transportEach = (settings: BreakerSettings): { of: (deps: object) => Transport; close: (deps: object) => Promise<void> } => {
  const transports = new WeakMap<object, Transport>()
  return {
    of: deps => {
      const known = transports.get(deps)
      if (known) return known
      const made = createTransport(() => settings)
      transports.set(deps, made)
      return made
    },
    close: async deps => {
      await transports.get(deps)?.close()
      transports.delete(deps)
    },
  }
}

/** How the story is told: HTTP with promises on the answers, and one line a step with its time. */

/** A step was not as promised. The message says what was promised and what came. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise'
}

/** Any JSON: the story looks at answers, it does not own their types. */
export type Json = any

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === undefined ? 'nothing' : text.length > 400 ? `${text.slice(0, 397)}...` : text
}

export const promised = (condition: boolean, what: string, came: unknown): void => {
  if (!condition) throw new BrokenPromise(`promised: ${what}\n     came: ${shown(came)}`)
}

export interface Answer {
  status: number
  body: Json
  headers: Headers
}

export interface Client {
  /** Sends a request and breaks the promise when the answer has another status. */
  send(method: string, path: string, expected: number | readonly number[], body?: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string): Promise<Json>
}

export const client = (baseUrl: string, more: Record<string, string> = {}): Client => {
  const send: Client['send'] = async (method, path, expected, body, headers = {}) => {
    const answer = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }), ...more, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    const text = await answer.text()
    const read: Json = text === '' ? undefined : JSON.parse(text)
    const fine = typeof expected === 'number' ? [expected] : expected
    promised(fine.includes(answer.status), `${method} ${path} answers ${fine.join(' or ')}`, `${answer.status} ${text}`)
    return { status: answer.status, body: read, headers: answer.headers }
  }
  return { send, get: async path => (await send('GET', path, 200)).body }
}

/** Looks until `look` gives something, or breaks the promise. */
export const until = async <T>(what: string, seconds: number, look: () => Promise<T | undefined>, last: () => unknown = () => 'it did not happen'): Promise<T> => {
  const deadline = Date.now() + seconds * 1_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new BrokenPromise(`promised: ${what} within ${seconds} s\n     came: ${shown(last())}`)
    await new Promise(tick => setTimeout(tick, 40))
  }
}

export interface Teller {
  /** Runs a step and tells it in one line: what, what came of it, how long it took. */
  step<T extends { told: string }>(what: string, work: () => Promise<T>): Promise<T>
}

/** Where what came of a step begins. */
const COLUMN = 40

export const createTeller = (write: (line: string) => void): Teller => {
  let number = 0
  return {
    step: async (what, work) => {
      number += 1
      const started = performance.now()
      const result = await work()
      const took = performance.now() - started
      const time = took < 1_000 ? `${Math.round(took)} ms` : `${(took / 1_000).toFixed(1)} s`
      write(`${String(number).padStart(2)}  ${what.padEnd(COLUMN)} ${result.told.replaceAll('\n', `\n${' '.repeat(COLUMN + 5)}`)}  [${time}]`)
      return result
    },
  }
}

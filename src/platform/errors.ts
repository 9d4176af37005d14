/**
 * The one error type. A refusal carries what the caller may read (status, code, reason, message) and,
 * apart from it, what only the log may carry. Anything that is not a Refusal is a 500 that reveals nothing.
 */
import { withoutCardNumbers } from './card-number.ts'

/** One fault of an input: where it is, which rule it breaks, and a shortened copy of the value. */
export interface Fault {
  /** Dotted path of the attribute, arrays by index: `productOrderItem[0].action`. Empty for the whole body. */
  path: string
  /** The rule that is broken, in words: `must be string`. */
  rule: string
  /** The offending value, at most 80 characters. */
  value?: string
}

export interface RefusalOptions {
  /** HTTP status. */
  status: number
  /** Stable machine-readable code, camelCase: `invalidAttribute`, `referenceNotFound`. */
  code: string
  /** Short public text, the same for every refusal with this code. */
  reason: string
  /** Public text about this very case; names the attribute. */
  message?: string
  faults?: Fault[]
  /** For the log alone. */
  internal?: string
  headers?: Record<string, string>
  cause?: unknown
}

/** A request that is refused, with everything that the answer says (TMF630 Error: code, reason, message, status). */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly reason: string
  readonly faults: Fault[]
  readonly internal: string | undefined
  readonly headers: Record<string, string>

  constructor(options: RefusalOptions) {
    super(options.message ?? options.reason, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Refusal'
    this.status = options.status
    this.code = options.code
    this.reason = options.reason
    this.faults = options.faults ?? []
    this.internal = options.internal
    this.headers = options.headers ?? {}
  }
}

const shorten = (value: unknown): string => {
  const text = withoutCardNumbers(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)))
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

/** A fault with its value shortened for the answer. */
export const fault = (path: string, rule: string, value?: unknown): Fault =>
  value === undefined ? { path, rule } : { path, rule, value: shorten(value) }

/** The refusals that every room may need. Resources add theirs with `new Refusal`. */
export const refuse = {
  invalid: (faults: Fault[]): Refusal =>
    new Refusal({
      status: 400,
      code: 'invalidAttribute',
      reason: 'The request has attributes that are not valid',
      message: faults.map(f => (f.path ? `${f.path} ${f.rule}` : f.rule)).join('; '),
      faults,
    }),
  notFound: (what: string, id: string): Refusal =>
    new Refusal({ status: 404, code: 'notFound', reason: 'Resource not found', message: `${what} ${shorten(id)} does not exist` }),
  /** `faults` name the attributes it is about, where it is about some. */
  conflict: (code: string, message: string, faults: Fault[] = []): Refusal =>
    new Refusal({ status: 409, code, reason: 'The request conflicts with the state of the resource', message, faults }),
  lostRace: (message: string): Refusal =>
    new Refusal({ status: 412, code: 'revisionMismatch', reason: 'The resource has changed since it was read', message }),
  unauthenticated: (message: string): Refusal =>
    new Refusal({ status: 401, code: 'unauthenticated', reason: 'Authentication is required', message, headers: { 'www-authenticate': 'Bearer' } }),
  forbidden: (message: string): Refusal =>
    new Refusal({ status: 403, code: 'forbidden', reason: 'The caller may not do this', message }),
  unavailable: (message: string, retryAfterSeconds = 2): Refusal =>
    new Refusal({ status: 503, code: 'unavailable', reason: 'The service cannot answer now', message, headers: { 'retry-after': String(retryAfterSeconds) } }),
} as const

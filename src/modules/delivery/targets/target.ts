/**
 * What an adapter to a kind of back-office system is: how a task is handed over, asked for, understood when the system calls back, and undone.
 * An adapter holds no state. It maps; http.ts does the talking, run-task.ts the rest.
 */

/** A configured system, as adapters need it. */
export interface Target {
  system: string
  baseUrl: string
  timeoutMs: number
  /** Sent with every request: credentials, resolved from where the target's secret reference points. */
  headers: Record<string, string>
}

/** What a system is asked to do: everything a repeat needs, so that it says the same. */
export interface DeliveryRequest {
  targetType: string
  action: string
  itemAction: 'add' | 'modify' | 'delete'
  characteristic: Record<string, unknown>
  specification: { id?: string; name: string }
  place?: Record<string, unknown>
  relatedParty?: Array<Record<string, unknown>>
  /** The system's id of what exists already (modify, delete). */
  existingId?: string
}

/** One task on its way to its system. */
export interface Call {
  /** The same for every try: the task's id. */
  idempotencyKey: string
  /** `<order>/<item>/<task>` */
  workReference: string
  correlationId: string
  callbackUrl: string
  request: DeliveryRequest
  /** The system's id of the work, once it has given one. */
  externalId?: string
}

export type Outcome =
  | { status: 'completed'; externalId?: string; realized: Realized; answer: unknown }
  | { status: 'waiting'; externalId?: string; answer: unknown; note?: string; /** Nobody is asked how it stands, and it is never given up: a person will say. */ byPerson?: true }
  | { status: 'failed'; code: string; message: string; /** Worth another try. */ retryable: boolean; /** It never reached the system, or was refused before any effect. */ untouched?: boolean; answer?: unknown }

/** What the system made or changed. */
export interface Realized {
  /** The system's id of the service or resource. */
  id?: string
  characteristic: Record<string, unknown>
  /** Resources that it runs on: a number, a port. */
  resource: Array<{ id: string; type: string; value: string }>
}

export interface HttpAnswer {
  status: number
  body: unknown
}

/** Sends one request to the target within its time-out. Throws TargetUnreachable when there was no answer. */
export type Send = (target: Target, request: { method: 'GET' | 'POST'; path: string; body?: unknown; headers?: Record<string, string> }) => Promise<HttpAnswer>

export interface Adapter {
  kind: string
  execute(target: Target, call: Call, send: Send): Promise<Outcome>
  /** Asks how the work stands. Undefined when the system does not know it: then it is handed over again. */
  poll(target: Target, call: Call, send: Send): Promise<Outcome | undefined>
  /** Undefined when the call-back says nothing about the end of the work. Throws on one that is malformed. */
  parseCallback(body: unknown): { outcome: Outcome; compensation: boolean } | undefined
  /** Undoes the work, or makes sure that a try which is still under way will do nothing. */
  compensate(target: Target, call: Call, send: Send): Promise<Outcome>
  /** Asks how an undoing that answers later stands; for systems that undo at once it is never asked. */
  pollCompensation?(target: Target, call: Call, send: Send): Promise<Outcome | undefined>
}

/** No answer: refused connection, time-out, a breaker that is open. */
export class TargetUnreachable extends Error {
  override readonly name = 'TargetUnreachable'
  readonly code: 'timeout' | 'unreachable' | 'breakerOpen'
  /** When the breaker lets the next try through. */
  readonly retryAt: Date | undefined
  constructor(code: 'timeout' | 'unreachable' | 'breakerOpen', message: string, retryAt?: Date, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retryAt = retryAt
  }
}

/** Reads an attribute of an answer that may be anything. */
export const at = (value: unknown, ...path: Array<string | number>): unknown =>
  path.reduce<unknown>((here, key) => (typeof here === 'object' && here !== null ? (here as Record<string | number, unknown>)[key] : undefined), value)

export const textAt = (value: unknown, ...path: Array<string | number>): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {})
export { record }

/** An answer that is an error, as an outcome: what the system calls permanent is not tried again. */
export const refusal = ({ status, body }: HttpAnswer): Outcome & { status: 'failed' } => ({
  status: 'failed',
  code: textAt(body, 'code') ?? `http${status}`,
  message: textAt(body, 'message') ?? textAt(body, 'reason') ?? `the system answered ${status}`,
  retryable: status >= 500 || status === 408 || status === 429 || (at(body, 'permanent') === false && status !== 400),
  untouched: status >= 400 && status < 500,
  answer: body,
})

/** An answer that is not what the system's interface promises. Worth asking again: the same key gives the first answer. */
export const wrongAnswer = (what: string, answer: unknown): Outcome & { status: 'failed' } => ({ status: 'failed', code: 'wrongAnswer', message: `the system's answer has no ${what}`, retryable: true, answer })

/** The headers of every request that starts or undoes work. */
export const workHeaders = (call: Call, key = call.idempotencyKey): Record<string, string> => ({
  'idempotency-key': key,
  'x-callback-url': call.callbackUrl,
  'x-work-reference': call.workReference,
  'x-correlation-id': call.correlationId,
})

/** Undoing by key, for systems that offer it: works also where the first answer was lost, and blocks a try that is still under way. */
export const cancelByKey = async (target: Target, call: Call, send: Send, path: string): Promise<Outcome | { status: 'refused'; code: string; answer: HttpAnswer }> => {
  const answer = await send(target, { method: 'POST', path: `${path}/by-key/${encodeURIComponent(call.idempotencyKey)}/cancel`, body: {}, headers: workHeaders(call) })
  if (answer.status < 300) return { status: 'completed', realized: { characteristic: {}, resource: [] }, answer: answer.body }
  if (answer.status === 409) return { status: 'refused', code: textAt(answer.body, 'code') ?? '', answer }
  return refusal(answer)
}

/** How a simulated stack says no. */

export class StackRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly permanent: boolean

  constructor(status: number, code: string, message: string, permanent: boolean) {
    super(message)
    this.name = 'StackRefusal'
    this.status = status
    this.code = code
    this.permanent = permanent
  }
}

const reasons: Record<string, string> = {
  invalidRequest: 'The request is not valid',
  missingKey: 'The Idempotency-Key header is missing',
  notFound: 'There is no such resource',
  keyReused: 'The key was used for another request',
  keyCancelled: 'The key was cancelled before the request arrived',
  alreadyShipped: 'The shipment has left, it can only be returned',
  notCancellable: 'It cannot be cancelled in its state',
  outOfStock: 'There is not enough stock',
  unknownService: 'There is no such service',
  refusedByStack: 'The stack refuses this for good',
  temporarilyUnavailable: 'The stack cannot answer now',
}

/** A refusal; 4xx are permanent (the same request will never succeed), 5xx are worth a retry. */
export const refused = (status: number, code: string, message: string): StackRefusal => new StackRefusal(status, code, message, status < 500)

export const refusalBody = (refusal: StackRefusal): Record<string, unknown> => ({
  code: refusal.code,
  reason: reasons[refusal.code] ?? refusal.code,
  message: refusal.message,
  status: String(refusal.status),
  permanent: refusal.permanent,
})

/** What a checkout asks of other systems, over HTTP: every request that holds something carries a key, so that a repeat holds nothing twice and undoing works without an answer. */
import { at, ownAddress, TargetUnreachable, textAt, transportEach, type HttpAnswer, type Target } from '../delivery/index.ts'
import type { Services } from '../../tmf/services.ts'
import type { Amount, CheckoutRow, DeskAnswer } from './checkout-types.ts'

const transport = transportEach({ failures: 20, openMs: 1_000 })

export const closePorts = (deps: Services): Promise<void> => transport.close(deps)

/** No answer, or none that can be understood: worth another try under the same key. */
export class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable'
}

export const keyOf = (row: Pick<CheckoutRow, 'id' | 'attempt'>, port: string): string => `${row.id}.${row.attempt}.${port}`

/** Another means of payment for the same order is another payment. */
const meansOf = ({ progress }: CheckoutRow, back = 0): string => ((progress.means ?? 1) - back > 1 ? `payment.${(progress.means ?? 1) - back}` : 'payment')

const callbackOf = (deps: Services, row: CheckoutRow): string => `${ownAddress(deps)}/tandem/v1/checkoutCallback/${row.id}?token=${row.callbackToken}`

interface Request {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
  key?: string
}

const ask = async (deps: Services, target: Target, row: CheckoutRow, { method, path, body, key }: Request): Promise<HttpAnswer> => {
  let answer: HttpAnswer
  try {
    answer = await transport.of(deps).send(target, {
      method,
      path,
      ...(body === undefined ? {} : { body }),
      headers: { 'x-work-reference': row.cartId, 'x-correlation-id': row.request.correlationId, ...(key === undefined ? {} : { 'idempotency-key': key, 'x-callback-url': callbackOf(deps, row) }) },
    })
  } catch (error) {
    if (error instanceof TargetUnreachable) throw new PortUnavailable(error.message, { cause: error })
    throw error
  }
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new PortUnavailable(`${target.system} answered ${answer.status}`)
  return answer
}

const OUTCOMES: readonly string[] = ['accept', 'refer', 'decline', 'deposit']

const amountAt = (value: unknown, ...path: string[]): Amount | undefined => {
  const [unit, amount] = [textAt(value, ...path, 'unit'), at(value, ...path, 'value')]
  return unit !== undefined && typeof amount === 'number' ? { unit, value: amount } : undefined
}

/** Asks a desk; asked again under the same key it tells what has been decided since. */
export const askDesk = async (deps: Services, target: Target, row: CheckoutRow, desk: string, body: Record<string, unknown>): Promise<DeskAnswer> => {
  const answer = await ask(deps, target, row, { method: 'POST', path: '/check', body, key: keyOf(row, desk) })
  if (answer.status >= 400) return { outcome: 'decline', reason: textAt(answer.body, 'message') ?? `answered ${answer.status}` }
  const outcome = textAt(answer.body, 'outcome')
  if (outcome === undefined || !OUTCOMES.includes(outcome)) throw new PortUnavailable(`${target.system} answered without an outcome`)
  const [deposit, reason] = [amountAt(answer.body, 'deposit'), textAt(answer.body, 'reason')]
  return { outcome: outcome as DeskAnswer['outcome'], ...(deposit && { deposit }), ...(reason !== undefined && { reason }) }
}

/** Holds goods for the order. Answers why not; undefined when they are held. */
export const holdStock = async (deps: Services, target: Target, row: CheckoutRow, item: readonly { id: string; sku: string; quantity: number }[]): Promise<string | undefined> => {
  const answer = await ask(deps, target, row, { method: 'POST', path: '/reservation', body: { item, order: row.orderId }, key: keyOf(row, 'stock') })
  if (answer.status >= 400) return textAt(answer.body, 'message') ?? `answered ${answer.status}`
  if (textAt(answer.body, 'id') === undefined) throw new PortUnavailable(`${target.system} answered without an id`)
  return undefined
}

export interface PaymentAnswer {
  id?: string
  state: 'authorised' | 'actionRequired' | 'declined'
  redirectUrl?: string
  reason?: string
}

/** Holds the money; asked again under the same key it tells where the payment is now. */
export const authorise = async (deps: Services, target: Target, row: CheckoutRow, amount: Amount, token: string): Promise<PaymentAnswer> => {
  const answer = await ask(deps, target, row, { method: 'POST', path: '/authorisation', body: { amount, token, order: row.orderId }, key: keyOf(row, meansOf(row)) })
  if (answer.status >= 400) return { state: 'declined', reason: textAt(answer.body, 'message') ?? `answered ${answer.status}` }
  const [id, state] = [textAt(answer.body, 'id'), textAt(answer.body, 'state')]
  if (id === undefined || state === undefined) throw new PortUnavailable(`${target.system} answered without id or state`)
  if (state === 'actionRequired') {
    const redirect = textAt(answer.body, 'redirect')
    return { id, state, ...(redirect !== undefined && { redirectUrl: new URL(redirect, target.baseUrl).href }) }
  }
  if (state !== 'authorised') return { id, state: 'declined', reason: `the payment is ${state}` }
  // Another amount than was asked for is not what is due.
  const held = amountAt(answer.body, 'amount')
  if (held !== undefined && (held.unit !== amount.unit || held.value !== amount.value)) return { id, state: 'declined', reason: `${held.value} ${held.unit} were authorised instead of ${amount.value} ${amount.unit}` }
  return { id, state }
}

/** Takes the money that is held. False when the gateway refuses for good. */
export const capture = async (deps: Services, target: Target, row: CheckoutRow, paymentId: string, amount: Amount): Promise<boolean> => {
  const answer = await ask(deps, target, row, { method: 'POST', path: `/authorisation/${encodeURIComponent(paymentId)}/capture`, body: { amount } })
  if (answer.status >= 400) return false
  if (textAt(answer.body, 'state') !== 'captured') throw new PortUnavailable(`${target.system} answered without a state`)
  return true
}

/** Lets go what is held under the key, answered or not; what comes late under it is refused there. */
export const letGo = async (deps: Services, target: Target, row: CheckoutRow, port: 'stock' | 'payment', before = false): Promise<void> => {
  const answer = await ask(deps, target, row, { method: 'POST', path: `/by-key/${encodeURIComponent(keyOf(row, port === 'payment' ? meansOf(row, before ? 1 : 0) : port))}/cancel`, body: {} })
  if (answer.status >= 400) throw new PortUnavailable(`${target.system} did not let go (${answer.status})`)
  if (textAt(answer.body, 'state') !== 'cancelled') throw new PortUnavailable(`${target.system} answered without a state`)
}

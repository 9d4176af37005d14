/**
 * A warehouse that ships goods and reports tracking (the contract is in src/demo/back-ends/README.md, "warehouse"). The goods are
 * delivered when the parcel is; before it leaves a shipment is cancelled, afterwards it is undone by a return.
 */
import { at, cancelByKey, refusal, textAt, workHeaders, wrongAnswer, type Adapter, type HttpAnswer, type Outcome } from './target.ts'

const outcomeOf = (shipment: unknown): Outcome => {
  const externalId = textAt(shipment, 'id')
  if (!externalId) return wrongAnswer('id', shipment)
  const state = at(shipment, 'state')
  if (state === 'failed' || state === 'cancelled') return { status: 'failed', code: textAt(shipment, 'code') ?? String(state), message: textAt(shipment, 'message') ?? `the shipment ended ${String(state)}`, retryable: false, untouched: true, answer: shipment }
  const trackingNumber = textAt(shipment, 'trackingNumber')
  if (state !== 'delivered') return { status: 'waiting', externalId, answer: shipment, ...(trackingNumber ? { note: `shipped, tracking ${trackingNumber}` } : {}) }
  const serial = textAt(shipment, 'shipmentItem', 0, 'serialNumber', 0)
  const carrier = textAt(shipment, 'carrier')
  return {
    status: 'completed',
    externalId,
    realized: {
      ...(serial ? { id: serial } : {}),
      characteristic: { ...(trackingNumber ? { trackingNumber } : {}), ...(carrier ? { carrier } : {}), ...(serial ? { serialNumber: serial } : {}) },
      resource: [],
    },
    answer: shipment,
  }
}

const understood = (answer: HttpAnswer): Outcome => (answer.status >= 300 ? refusal(answer) : outcomeOf(answer.body))

const returnOutcome = (body: unknown): Outcome => {
  const externalId = textAt(body, 'id')
  if (!externalId) return wrongAnswer('id of the return', body)
  return at(body, 'state') === 'received'
    ? { status: 'completed', externalId, realized: { characteristic: {}, resource: [] }, answer: body }
    : { status: 'waiting', externalId, answer: body, note: 'on its way back' }
}

const returnKey = (call: { idempotencyKey: string }): string => `${call.idempotencyKey}:return`

/** What left under the key, where the answer that named it was lost or wrong. */
const shipmentByKey: (...asked: Parameters<Adapter['poll']>) => Promise<string | undefined> = async (target, call, send) => {
  const answer = await send(target, { method: 'GET', path: `/by-key/${encodeURIComponent(call.idempotencyKey)}` })
  return answer.status < 300 ? textAt(answer.body, 'id') : undefined
}

export const warehouseShipment: Adapter = {
  kind: 'shipment',
  execute: async (target, call, send) => {
    const { sku, quantity, ...rest } = call.request.characteristic
    return understood(
      await send(target, {
        method: 'POST',
        path: '/shipment',
        headers: workHeaders(call),
        body: {
          externalId: call.idempotencyKey,
          callback: call.callbackUrl,
          shipmentItem: [{ id: '1', sku: sku ?? call.request.targetType, quantity: typeof quantity === 'number' ? quantity : 1, ...(Object.keys(rest).length > 0 ? { characteristic: rest } : {}) }],
          ...(call.request.place ? { placeTo: call.request.place } : {}),
          ...(call.request.relatedParty ? { relatedParty: call.request.relatedParty } : {}),
        },
      }),
    )
  },
  poll: async (target, call, send) => {
    const answer = await send(target, { method: 'GET', path: `/by-key/${encodeURIComponent(call.idempotencyKey)}` })
    return answer.status === 404 ? undefined : understood(answer)
  },
  parseCallback: body => {
    const returned = at(body, 'event', 'return')
    if (returned !== undefined) return { outcome: returnOutcome(returned), compensation: true }
    const shipment = at(body, 'event', 'shipment')
    return shipment === undefined ? undefined : { outcome: outcomeOf(shipment), compensation: false }
  },
  compensate: async (target, call, send) => {
    const outcome = await cancelByKey(target, call, send, '')
    if (outcome.status !== 'refused') return outcome
    if (outcome.code !== 'alreadyShipped') return refusal(outcome.answer)
    const shipment = call.externalId ?? (await shipmentByKey(target, call, send))
    if (shipment === undefined) return wrongAnswer('id of the shipment', outcome.answer.body)
    const answer = await send(target, { method: 'POST', path: '/return', headers: workHeaders(call, returnKey(call)), body: { shipment: { id: shipment }, reason: 'order cancelled', callback: call.callbackUrl } })
    return answer.status >= 300 ? refusal(answer) : returnOutcome(answer.body)
  },
  pollCompensation: async (target, call, send) => {
    const answer = await send(target, { method: 'GET', path: `/by-key/${encodeURIComponent(returnKey(call))}` })
    if (answer.status === 404) return undefined
    return answer.status >= 300 ? refusal(answer) : returnOutcome(answer.body)
  },
}

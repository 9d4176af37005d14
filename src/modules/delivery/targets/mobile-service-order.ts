/** A mobile stack that takes TMF641 service orders and calls back (the contract is in src/demo/back-ends/README.md, "mobile"). */
import { at, cancelByKey, refusal, textAt, workHeaders, wrongAnswer, type Adapter, type HttpAnswer, type Outcome } from './target.ts'

const serviceOrders = '/tmf-api/serviceOrdering/v4/serviceOrder'

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** A service order, from the answer to a request or from a call-back. */
const outcomeOf = (order: unknown): Outcome => {
  const externalId = textAt(order, 'id')
  if (!externalId) return wrongAnswer('id', order)
  const state = at(order, 'state')
  if (state === 'failed' || state === 'cancelled') {
    const error = list(at(order, 'errorMessage'))[0]
    return { status: 'failed', code: textAt(error, 'code') ?? String(state), message: textAt(error, 'message') ?? textAt(error, 'reason') ?? `the service order ended ${String(state)}`, retryable: false, untouched: true, answer: order }
  }
  if (state !== 'completed') return { status: 'waiting', externalId, answer: order }
  const service = at(order, 'serviceOrderItem', 0, 'service')
  const id = textAt(service, 'id')
  if (!id) return wrongAnswer('service', order)
  return {
    status: 'completed',
    externalId,
    realized: {
      id,
      characteristic: Object.fromEntries(list(at(service, 'serviceCharacteristic')).flatMap(one => { const name = textAt(one, 'name'); return name ? [[name, at(one, 'value')]] : [] })),
      resource: list(at(service, 'supportingResource')).flatMap(one => {
        const resourceId = textAt(one, 'id')
        return resourceId ? [{ id: resourceId, type: textAt(one, '@referredType') ?? 'resource', value: textAt(one, 'name') ?? resourceId }] : []
      }),
    },
    answer: order,
  }
}

const understood = (answer: HttpAnswer): Outcome => (answer.status >= 300 ? refusal(answer) : outcomeOf(answer.body))

export const mobileServiceOrder: Adapter = {
  kind: 'tmf641',
  execute: async (target, call, send) => {
    const { request } = call
    return understood(
      await send(target, {
        method: 'POST',
        path: serviceOrders,
        headers: workHeaders(call),
        body: {
          externalId: call.idempotencyKey,
          callback: call.callbackUrl,
          serviceOrderItem: [{
            id: '1',
            action: request.action,
            service: {
              ...(request.existingId ? { id: request.existingId } : {}),
              serviceType: request.targetType,
              serviceSpecification: request.specification,
              serviceCharacteristic: Object.entries(request.characteristic).map(([name, value]) => ({ name, value })),
            },
          }],
        },
      }),
    )
  },
  poll: async (target, call, send) => {
    const answer = await send(target, { method: 'GET', path: `/by-key/${encodeURIComponent(call.idempotencyKey)}` })
    return answer.status === 404 ? undefined : understood(answer)
  },
  parseCallback: body => {
    const order = at(body, 'event', 'serviceOrder')
    return order === undefined ? undefined : { outcome: outcomeOf(order), compensation: false }
  },
  compensate: async (target, call, send) => {
    const outcome = await cancelByKey(target, call, send, '')
    return outcome.status === 'refused' ? refusal(outcome.answer) : outcome
  },
}

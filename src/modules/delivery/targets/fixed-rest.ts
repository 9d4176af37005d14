/** A network stack with a REST interface of its own that answers at once (the contract is in src/demo/back-ends/README.md, "fixed"). */
import { at, cancelByKey, record, refusal, textAt, workHeaders, wrongAnswer, type Adapter, type HttpAnswer, type Outcome } from './target.ts'

const understood = (answer: HttpAnswer): Outcome => {
  if (answer.status >= 300) return refusal(answer)
  const { body } = answer
  const externalId = textAt(body, 'orderId')
  const serviceId = textAt(body, 'service', 'id')
  if (!externalId || !serviceId) return wrongAnswer('orderId and service', body)
  if (at(body, 'state') === 'failed') return { status: 'failed', code: textAt(body, 'errorCode') ?? 'failed', message: textAt(body, 'message') ?? 'the stack failed the order', retryable: false, answer: body }
  if (at(body, 'state') !== 'completed') return wrongAnswer('state completed', body)
  const resources = at(body, 'resources')
  return {
    status: 'completed',
    externalId,
    realized: {
      id: serviceId,
      characteristic: record(at(body, 'service', 'characteristics')),
      resource: (Array.isArray(resources) ? resources : []).flatMap(one => {
        const id = textAt(one, 'id')
        return id ? [{ id, type: textAt(one, 'type') ?? 'resource', value: textAt(one, 'value') ?? id }] : []
      }),
    },
    answer: body,
  }
}

export const fixedRest: Adapter = {
  kind: 'fixed-rest',
  execute: async (target, call, send) => {
    const { request } = call
    return understood(
      await send(target, {
        method: 'POST',
        path: '/orders',
        headers: workHeaders(call),
        body: {
          serviceType: request.targetType,
          action: request.action,
          ...(request.existingId ? { serviceId: request.existingId } : {}),
          characteristics: request.characteristic,
          ...(request.place ? { place: request.place } : {}),
        },
      }),
    )
  },
  poll: async (target, call, send) => {
    const answer = await send(target, { method: 'GET', path: `/by-key/${encodeURIComponent(call.idempotencyKey)}` })
    return answer.status === 404 ? undefined : understood(answer)
  },
  parseCallback: () => undefined,
  compensate: async (target, call, send) => {
    const outcome = await cancelByKey(target, call, send, '')
    return outcome.status === 'refused' ? refusal(outcome.answer) : outcome
  },
}

/** The payment gateway: holds money, takes it or lets it go. Some cards are declined, some want their owner to confirm first (3-D Secure). */
import { ruleFor, setAnswers } from './desk.ts'
import { failsFor, faultsOf } from './faults.ts'
import { refused } from './refused.ts'
import { callbackChanges, isRecord, ledgerChange, nextId, takeIn, textOf } from './work.ts'
import type { Amount, WorkRow } from './rows.ts'
import type { Floor, Reply, Stack, StackRequest } from './work.ts'

const amountIn = (body: Record<string, unknown>): Amount => {
  const amount = body['amount']
  if (!isRecord(amount) || typeof amount['unit'] !== 'string' || typeof amount['value'] !== 'number' || !(amount['value'] > 0)) throw refused(400, 'invalidRequest', 'amount must have a unit and a value above 0')
  return { unit: amount['unit'], value: amount['value'] }
}

/** Cards that anybody may try. */
const byToken = (token: string): 'authorised' | 'declined' | 'actionRequired' => (token.startsWith('tok-declined') ? 'declined' : token.startsWith('tok-3ds') ? 'actionRequired' : 'authorised')

export const paymentStack = (floor: Floor): Stack => {
  const { books } = floor

  const make = (request: StackRequest, common: Parameters<Parameters<typeof takeIn>[3]['make']>[0]): WorkRow => {
    const amount = amountIn(request.body)
    const token = textOf(request.body, 'token')
    const asked = { ...request.body, token, value: amount.value, key: common.key, reference: common.reference }
    if (failsFor(faultsOf(books, 'payments', floor.settings.seed), asked)) throw refused(422, 'refusedByStack', 'The payment is not possible')
    const state = (ruleFor(floor, 'payments', asked)?.outcome ?? byToken(token)) as 'authorised' | 'declined' | 'actionRequired'
    const [id, used] = nextId(floor, 'pay')
    const work: WorkRow = { ...common, id, kind: 'authorisation', action: 'authorise', state, characteristics: {}, amount }
    books.write([used, ['work', id, work], ledgerChange(floor, work, state === 'authorised' ? { executions: 1 } : {})])
    return work
  }

  const view = (work: WorkRow): Record<string, unknown> => ({
    id: work.id,
    state: work.state,
    amount: work.amount,
    ...(work.reference === undefined ? {} : { reference: work.reference }),
    ...(work.state === 'actionRequired' ? { redirect: `/payments/challenge/${work.id}` } : {}),
  })

  const paymentOf = (id: string | undefined): WorkRow => {
    const work = books.get('work', id ?? '')
    if (work?.kind !== 'authorisation') throw refused(404, 'notFound', `There is no authorisation ${id ?? ''}`)
    return work
  }

  /** Lets the money go: held money is released, taken money given back. */
  const cancel = (work: WorkRow): void => {
    if (work.state === 'cancelled' || work.state === 'refunded' || work.state === 'declined') return
    const held = work.state === 'authorised' || work.state === 'captured'
    books.write([['work', work.id, { ...work, state: work.state === 'captured' ? 'refunded' : 'cancelled' }], ledgerChange(floor, work, held ? { compensations: 1 } : {})])
  }

  const capture = (work: WorkRow, body: Record<string, unknown>): Reply => {
    const amount = amountIn(body)
    if (work.state === 'captured') return { status: 200, body: view(work) }
    if (work.state !== 'authorised') throw refused(409, 'notCancellable', `${work.id} is ${work.state}`)
    if (amount.unit !== work.amount?.unit || amount.value > work.amount.value) throw refused(422, 'refusedByStack', 'More than was authorised')
    const captured: WorkRow = { ...work, state: 'captured', amount }
    books.write([['work', work.id, captured]])
    return { status: 200, body: view(captured) }
  }

  /** What the owner of the card does in the bank's page. */
  const challenge = (work: WorkRow, body: Record<string, unknown>): Reply => {
    const outcome = body['outcome'] ?? 'authorised'
    if (outcome !== 'authorised' && outcome !== 'declined') throw refused(400, 'invalidRequest', 'outcome must be authorised or declined')
    if (work.state !== 'actionRequired') return { status: 200, body: view(work) }
    const settled: WorkRow = { ...work, state: outcome }
    books.write([['work', work.id, settled], ledgerChange(floor, work, outcome === 'authorised' ? { executions: 1 } : {}), ...callbackChanges(floor, settled, 'PaymentStateChangeEvent', { payment: view(settled) })])
    return { status: 200, body: view(settled) }
  }

  const stack: Stack = {
    system: 'payments',
    view,
    cancel,
    step: work => {
      throw new Error(`Payment ${work.id} has nothing left to do`)
    },
    handle: request => {
      const [, collection, id, task] = request.path.split('/')
      const route = `${request.method} ${collection ?? ''}${id === undefined ? '' : '/:id'}${task === undefined ? '' : `/${task}`}`
      switch (route) {
        case 'POST authorisation':
          return takeIn(floor, request, stack, { status: 201, make: common => make(request, common) })
        case 'GET authorisation': {
          const reference = request.query.get('reference')
          return { status: 200, body: books.rows('work').flatMap(([, work]) => (work.kind === 'authorisation' && (reference === null || work.reference === reference) ? [view(work)] : [])) }
        }
        case 'GET authorisation/:id':
          return { status: 200, body: view(paymentOf(id)) }
        case 'POST authorisation/:id/capture':
          return capture(paymentOf(id), request.body)
        case 'POST authorisation/:id/void':
          cancel(paymentOf(id))
          return { status: 200, body: view(paymentOf(id)) }
        case 'POST challenge/:id':
          return challenge(paymentOf(id), request.body)
        case 'PUT answers':
          return setAnswers(floor, 'payments', request.body)
        default:
          return undefined
      }
    },
  }
  return stack
}

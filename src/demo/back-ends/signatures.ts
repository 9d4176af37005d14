/** The signature service: keeps envelopes that a person signs or declines on its page. It can be late, lapse, answer twice and sign something else than was sent. */
import { setAnswers, ruleFor } from './desk.ts'
import { failsFor, faultsOf } from './faults.ts'
import { refused } from './refused.ts'
import { callbackChanges, dueIn, given, isRecord, ledgerChange, nextId, takeIn } from './work.ts'
import type { Change } from './books.ts'
import type { SigningOutcome, WorkRow } from './rows.ts'
import type { Floor, Reply, Stack, StackRequest } from './work.ts'

const outcomes: readonly unknown[] = ['signed', 'declined', 'expired', 'wrongHash']

const textIn = (value: unknown, name: string): string => {
  const found = isRecord(value) ? value[name] : undefined
  if (typeof found !== 'string' || found === '' || found.length > 500) throw refused(400, 'invalidRequest', `${name} must be a text`)
  return found
}

/** Another document than the one that was sent. */
const otherHash = (hash: string): string => `${hash.slice(0, -1)}${hash.endsWith('0') ? '1' : '0'}`

export const signatureStack = (floor: Floor): Stack => {
  const { books } = floor

  const view = (work: WorkRow): Record<string, unknown> => ({
    id: work.id,
    state: work.state,
    document: { hash: work.envelope?.hash },
    ...(work.state === 'pending' && { signUrl: `/signature/sign/${work.id}` }),
    ...(work.envelope?.signature && { signature: work.envelope.signature }),
  })

  /** What the envelope becomes; an outcome that is there does not change. */
  const settled = (work: WorkRow, outcome: SigningOutcome): Change[] => {
    const hash = work.envelope?.hash ?? ''
    const signature = outcome === 'signed' || outcome === 'wrongHash' ? { id: `sig-${work.id}`, time: floor.now().toISOString(), signer: work.envelope?.signer ?? '', hash: outcome === 'wrongHash' ? otherHash(hash) : hash, evidence: `audit-trail/${work.id}` } : undefined
    const after: WorkRow = { ...work, state: outcome === 'wrongHash' ? 'signed' : outcome, endedAt: floor.now().toISOString(), envelope: { hash, signer: work.envelope?.signer ?? '', ...given({ signature }) } }
    return [['work', work.id, after], ...(signature ? [ledgerChange(floor, work, { executions: 1 })] : []), ...callbackChanges(floor, after, 'EnvelopeStateChangeEvent', { envelope: { id: work.id } })]
  }

  const make = (request: StackRequest, common: Parameters<Parameters<typeof takeIn>[3]['make']>[0]): WorkRow => {
    const hash = textIn(request.body['document'], 'hash')
    const signer = textIn(request.body['signer'], 'name')
    const asked = { ...request.body, signer, key: common.key, reference: common.reference }
    if (failsFor(faultsOf(books, 'signature', floor.settings.seed), asked)) throw refused(422, 'refusedByStack', 'This cannot be signed here')
    const rule = ruleFor(floor, 'signature', asked)
    const outcome = rule?.outcome as SigningOutcome | 'pending' | undefined
    const [id, used] = nextId(floor, 'env')
    const work: WorkRow = { ...common, id, kind: 'envelope', action: 'sign', state: 'pending', characteristics: {}, envelope: { hash, signer, ...given({ later: outcome === 'pending' ? undefined : outcome }) } }
    books.write([used, ['work', id, work], ledgerChange(floor, work, {})])
    if (outcome !== undefined && outcome !== 'pending') books.write(rule?.afterMs === undefined ? settled(work, outcome) : [dueIn(floor, id, 'sign', rule.afterMs)])
    return books.get('work', id) ?? work
  }

  const envelopeOf = (id: string | undefined): WorkRow => {
    const work = books.get('work', id ?? '')
    if (work?.kind !== 'envelope') throw refused(404, 'notFound', `There is no envelope ${id ?? ''}`)
    return work
  }

  /** What the signer does on the page. */
  const sign = (work: WorkRow, body: Record<string, unknown>): Reply => {
    const outcome = body['outcome'] ?? 'signed'
    if (!outcomes.includes(outcome)) throw refused(400, 'invalidRequest', 'outcome must be signed, declined, expired or wrongHash')
    if (work.state === 'cancelled') throw refused(409, 'notCancellable', `${work.id} was taken back`)
    if (work.state === 'pending') books.write(settled(work, outcome as SigningOutcome))
    return { status: 200, body: view(envelopeOf(work.id)) }
  }

  const stack: Stack = {
    system: 'signature',
    view,
    // What is signed stays signed.
    cancel: work => {
      if (work.state === 'pending') books.write([['work', work.id, { ...work, state: 'cancelled' }], ['due', work.id, null]])
    },
    step: work => books.write([['due', work.id, null], ...(work.state === 'pending' ? settled(work, work.envelope?.later ?? 'signed') : [])]),
    handle: request => {
      const [, collection, id] = request.path.split('/')
      const route = `${request.method} ${collection ?? ''}${id === undefined ? '' : '/:id'}`
      switch (route) {
        case 'POST envelope':
          return takeIn(floor, request, stack, { status: 201, make: common => make(request, common) })
        case 'GET envelope':
          return { status: 200, body: books.rows('work').flatMap(([, work]) => (work.kind === 'envelope' && work.reference === request.query.get('reference') ? [view(work)] : [])) }
        case 'GET envelope/:id':
          return { status: 200, body: view(envelopeOf(id)) }
        case 'POST sign/:id':
          return sign(envelopeOf(id), request.body)
        case 'PUT answers':
          return setAnswers(floor, 'signature', request.body)
        default:
          return undefined
      }
    },
  }
  return stack
}

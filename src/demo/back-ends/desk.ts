/** Desks that decide: credit, identity, fraud. Each accepts, refers to a person, declines, or (credit) asks for a deposit; who gets which answer is set by rules. */
import { refused } from './refused.ts'
import { callbackChanges, given, isRecord, ledgerChange, nextId, takeIn } from './work.ts'
import { failsFor, faultsOf } from './faults.ts'
import type { Amount, AnswerRule, Outcome, SystemName, WorkRow } from './rows.ts'
import type { Floor, Reply, Stack, StackRequest } from './work.ts'

const outcomes = ['accept', 'refer', 'decline', 'deposit', 'authorised', 'actionRequired', 'declined', 'signed', 'expired', 'wrongHash', 'pending'] as const

const amountOf = (value: unknown): Amount | undefined => (isRecord(value) && typeof value['unit'] === 'string' && typeof value['value'] === 'number' ? { unit: value['unit'], value: value['value'] } : undefined)

/** PUT /{system}/answers { "rule": [{ "match": {…}, "outcome": "refer" }] }: replaces the rules. */
export const setAnswers = (floor: Floor, system: SystemName, body: Record<string, unknown>): Reply => {
  const rules = body['rule']
  if (!Array.isArray(rules)) throw refused(400, 'invalidRequest', 'rule must be a list')
  const read = rules.map((rule: unknown, index): AnswerRule => {
    const outcome = isRecord(rule) ? rule['outcome'] : undefined
    if (!isRecord(rule) || !isRecord(rule['match']) || !(outcomes as readonly unknown[]).includes(outcome)) throw refused(400, 'invalidRequest', `rule[${index}] must have match and outcome`)
    return { match: rule['match'], outcome: outcome as AnswerRule['outcome'], ...given({ deposit: amountOf(rule['deposit']), reason: typeof rule['reason'] === 'string' ? rule['reason'] : undefined, afterMs: typeof rule['afterMs'] === 'number' && rule['afterMs'] >= 0 ? rule['afterMs'] : undefined }) }
  })
  floor.books.write([['answers', system, read]])
  return { status: 200, body: { rule: read } }
}

/** The first rule all of whose attributes the request has. */
export const ruleFor = (floor: Floor, system: SystemName, asked: Record<string, unknown>): AnswerRule | undefined =>
  (floor.books.get('answers', system) ?? []).find(rule => Object.entries(rule.match).every(([name, value]) => asked[name] === value))

export const deskStack = (floor: Floor, system: 'credit' | 'identity' | 'fraud'): Stack => {
  const { books } = floor

  const make = (request: StackRequest, common: Parameters<Parameters<typeof takeIn>[3]['make']>[0]): WorkRow => {
    const asked = { ...request.body, key: common.key, reference: common.reference }
    if (failsFor(faultsOf(books, system, floor.settings.seed), asked)) throw refused(422, 'refusedByStack', `${system} does not answer for this`)
    const rule = ruleFor(floor, system, asked)
    // Nobody is known by a name alone.
    const unproven = system === 'identity' && request.body['proof'] === undefined
    const outcome = (rule?.outcome ?? (unproven ? 'decline' : 'accept')) as Outcome
    const [id, used] = nextId(floor, system)
    const work: WorkRow = {
      ...common, id, kind: 'decision', action: 'decide', state: outcome, characteristics: {},
      decision: given({ deposit: rule?.deposit, reason: rule?.reason ?? (unproven ? 'No document was shown' : undefined) }),
    }
    books.write([used, ['work', id, work], ledgerChange(floor, work, { executions: 1 })])
    return work
  }

  const view = (work: WorkRow): Record<string, unknown> => ({ id: work.id, outcome: work.state, ...work.decision })

  /** A person decides what was referred. */
  const decide = (id: string, body: Record<string, unknown>): Reply => {
    const work = books.get('work', id)
    if (work?.kind !== 'decision') throw refused(404, 'notFound', `There is no decision ${id}`)
    const outcome = body['outcome']
    if (outcome !== 'accept' && outcome !== 'decline' && outcome !== 'deposit') throw refused(400, 'invalidRequest', 'outcome must be accept, decline or deposit')
    if (work.state !== 'refer') return { status: 200, body: view(work) }
    const decided: WorkRow = { ...work, state: outcome, decision: { ...work.decision, ...given({ deposit: amountOf(body['deposit']) }) } }
    books.write([['work', id, decided], ...callbackChanges(floor, decided, 'DecisionEvent', { decision: view(decided) })])
    return { status: 200, body: view(decided) }
  }

  const stack: Stack = {
    system,
    view,
    cancel: work => {
      if (work.state !== 'cancelled') books.write([['work', work.id, { ...work, state: 'cancelled' }], ledgerChange(floor, work, { compensations: 1 })])
    },
    step: work => {
      throw new Error(`Decision ${work.id} has nothing left to do`)
    },
    handle: request => {
      const [, collection, id] = request.path.split('/')
      if (request.method === 'POST' && collection === 'check' && id === undefined) return takeIn(floor, request, stack, { status: 201, make: common => make(request, common) })
      if (request.method === 'POST' && collection === 'decide' && id !== undefined) return decide(id, request.body)
      if (request.method === 'PUT' && collection === 'answers' && id === undefined) return setAnswers(floor, system, request.body)
      return undefined
    },
  }
  return stack
}

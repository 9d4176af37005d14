/**
 * The steps of a journey from all that is known of it, whatever order it came in: the same facts give the same steps. A step is what was
 * done in one place of the way through one channel; going on in another channel is another step. Pure.
 */
import type { Fact, Party } from './fact.ts'

export type FlowState = 'active' | 'hold' | 'cancelled' | 'completed'
export type TaskState = 'new' | FlowState

export type Place = 'cart' | 'qualification' | 'checkout' | 'order' | 'delivery' | 'cancellation' | 'milestone' | 'merge'

export interface Entity {
  id: string
  role: string
  '@referredType': string
}

export interface Step {
  /** Tells steps of a journey apart, the same whenever it is computed: place and the event that began it. */
  key: string
  place: Place
  name?: string
  channel?: string
  party: readonly Party[]
  entity: readonly Entity[]
  state: TaskState
  start?: string
  /** The last thing that was done in it. */
  last?: string
  waited?: number
  outcome?: string
}

export interface Journey {
  state: FlowState
  start: string
  last: string
  channel: readonly string[]
  party: readonly Party[]
  entity: readonly Entity[]
  step: readonly Step[]
  stoppedAt?: { taskFlowSpecification: string; channel?: string; reason?: string }
}

const RANK = { cart: 0, order: 1 } as const

/** By time; of one moment the cart before the order that it became, and revisions in turn. */
export const inOrder = (facts: readonly Fact[]): Fact[] => facts.toSorted((a, b) => a.at.localeCompare(b.at) || RANK[a.subject] - RANK[b.subject] || a.subjectId.localeCompare(b.subjectId) || a.revision - b.revision)

export const secondsBetween = (from: string, to: string): number => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000)

const cartEntity = (id: string, role = 'cart'): Entity => ({ id, role, '@referredType': 'ShoppingCart' })
const orderEntity = (id: string): Entity => ({ id, role: 'order', '@referredType': 'ProductOrder' })

interface Way {
  steps: Step[]
  /** What is being done now. */
  current: Step | undefined
  state: FlowState
  stopped: Journey['stoppedAt']
  seen: Set<string>
}

const begin = (way: Way, fact: Fact, place: Place, entity: Entity): Step => {
  const before = way.current ?? way.steps.at(-1)
  const channel = fact.channel ?? before?.channel
  const step: Step = {
    key: `${place} ${fact.eventId}`, place, party: fact.party.filter(party => party.role !== 'customer'), entity: [entity], state: 'active', start: fact.at, last: fact.at,
    ...(channel !== undefined && { channel }),
    ...(before?.last !== undefined && { waited: secondsBetween(before.last, fact.at) }),
  }
  way.steps.push(step)
  way.current = step
  return step
}

const end = (way: Way, state: TaskState, outcome?: string): void => {
  if (!way.current) return
  way.current.state = state
  if (outcome !== undefined) way.current.outcome = outcome
  way.current = undefined
}

const touch = (step: Step, fact: Fact): void => {
  step.last = fact.at
  step.party = [...new Map([...step.party, ...fact.party.filter(party => party.role !== 'customer')].map(party => [party.id, party])).values()]
}

const stopsAt = (way: Way, step: Step | undefined, reason?: string): void => {
  const at = step ?? way.steps.at(-1)
  if (at) way.stopped = { taskFlowSpecification: at.place, ...(at.channel !== undefined && { channel: at.channel }), ...(reason !== undefined && { reason }) }
}

/** Goes on in the same step where place and channel are the same, else in a new one. */
const goOn = (way: Way, fact: Fact, place: Place, entity: Entity): Step => {
  const { current } = way
  const same = current?.place === place && (fact.channel === undefined || current.channel === undefined || current.channel === fact.channel)
  if (!same) {
    end(way, 'completed')
    return begin(way, fact, place, entity)
  }
  touch(current, fact)
  current.state = 'active'
  return current
}

/** Qualifications that lines rest on from now on: each is a step that is done at once, beside the cart's. */
const qualified = (way: Way, fact: Fact): void => {
  for (const id of fact.qualification ?? []) {
    if (way.seen.has(id)) continue
    way.seen.add(id)
    const { channel } = way.current ?? fact
    way.steps.push({
      key: `qualification ${id}`, place: 'qualification', party: [], entity: [{ id, role: 'qualification', '@referredType': 'ProductOfferingQualification' }], state: 'completed', start: fact.at, last: fact.at,
      ...(channel !== undefined && { channel }),
    })
  }
}

const onCart = (way: Way, fact: Fact): void => {
  const entity = cartEntity(fact.subjectId)
  switch (fact.state) {
    case 'takenOver':
      // Of a cart that is being filled: one that rests, or is being bought, goes on where it is.
      if (way.current?.place === 'cart' && way.current.state === 'active') goOn(way, fact, 'cart', entity)
      return
    case 'abandoned':
      // The step ended when it was last touched, not when that was noticed.
      if (way.current) way.current.state = 'hold'
      stopsAt(way, way.current, 'abandoned')
      way.state = 'hold'
      return
    case 'deleted':
      stopsAt(way, way.current, 'deleted')
      end(way, 'cancelled', 'deleted')
      way.state = 'cancelled'
      return
    case 'checkingOut':
      goOn(way, fact, 'checkout', entity)
      way.state = 'active'
      way.stopped = undefined
      return
    case 'merged':
      stopsAt(way, way.current, 'merged')
      end(way, 'completed', 'merged')
      way.state = 'completed'
      return
    case 'completed':
      // Of one moment the order may come first: what goes on then is the order's.
      if (way.current?.place === 'checkout' || way.current?.place === 'cart') {
        // One that nobody had to wait for is over as it begins.
        if (way.current.place === 'cart') goOn(way, fact, 'checkout', entity)
        else touch(way.current, fact)
        end(way, 'completed')
        way.state = 'active'
        way.stopped = undefined
      }
      return
    default:
      if (way.current?.place === 'checkout') {
        // Given back by the checkout: whoever wants to buy has to put something right.
        touch(way.current, fact)
        stopsAt(way, way.current, 'refused')
        end(way, 'cancelled', 'refused')
        return
      }
      goOn(way, fact, 'cart', entity)
      qualified(way, fact)
      way.state = 'active'
      way.stopped = undefined
  }
}

const FAILED: readonly string[] = ['rejected', 'cancelled', 'failed']

const onOrder = (way: Way, fact: Fact): void => {
  const entity = orderEntity(fact.subjectId)
  const { state } = fact
  if (state === 'acknowledged') goOn(way, fact, 'order', entity)
  else if (state === 'rejected') {
    stopsAt(way, goOn(way, fact, 'order', entity), fact.reason ?? 'rejected')
    end(way, 'cancelled', 'rejected')
  } else if (state === 'assessingCancellation' || state === 'pendingCancellation') goOn(way, fact, 'cancellation', entity)
  else if (state === 'pending' && way.current?.place === 'order') touch(way.current, fact)
  else {
    const step = way.current?.place === 'cancellation' && FAILED.includes(state) ? way.current : goOn(way, { ...fact, channel: way.current?.channel ?? fact.channel } as Fact, 'delivery', entity)
    touch(step, fact)
    if (FAILED.includes(state)) {
      stopsAt(way, step, state)
      end(way, step.place === 'cancellation' ? 'completed' : 'cancelled', state)
    } else if (state === 'completed' || state === 'partial') end(way, 'completed', state)
  }
  const held = state === 'held' || state === 'pending'
  if (held && way.current) way.current.state = 'hold'
  way.state = FAILED.includes(state) ? 'cancelled' : state === 'completed' || state === 'partial' ? 'completed' : held ? 'hold' : 'active'
  if (held) stopsAt(way, way.current, state)
  else if (!FAILED.includes(state)) way.stopped = undefined
}

/** What was promised to the customer and what was reached, as the newest word has it. */
const milestones = (facts: readonly Fact[]): Step[] =>
  [...new Map(facts.filter(fact => fact.subject === 'order').map(fact => [fact.subjectId, fact])).values()].flatMap(fact =>
    (fact.milestone ?? []).map(({ id, name, status, achieved }): Step => ({
      key: `milestone ${fact.subjectId} ${id}`, place: 'milestone', name, party: [], entity: [orderEntity(fact.subjectId)],
      state: status === 'achieved' ? 'completed' : status === 'cancelled' ? 'cancelled' : 'new',
      ...(achieved !== undefined && { start: achieved, last: achieved }),
    })),
  )

const lastOf = (steps: readonly Step[], otherwise: string): string => steps.reduce((last, step) => (step.last !== undefined && step.last > last ? step.last : last), otherwise)

/** All of a journey. `facts` has at least one. */
export const journeyOf = (facts: readonly Fact[]): Journey => {
  const sorted = inOrder(facts)
  const way: Way = { steps: [], current: undefined, state: 'active', stopped: undefined, seen: new Set() }
  for (const fact of sorted) (fact.subject === 'cart' ? onCart : onOrder)(way, fact)
  const steps = [...way.steps, ...milestones(sorted)]
  const start = sorted[0]!.at
  const entity = [
    ...sorted.flatMap(fact => [fact.subject === 'cart' ? cartEntity(fact.subjectId) : orderEntity(fact.subjectId), ...(fact.order === undefined ? [] : [orderEntity(fact.order)]), ...(fact.mergedInto === undefined ? [] : [cartEntity(fact.mergedInto, 'continuedIn')])]),
    ...steps.flatMap(step => step.entity),
  ]
  return {
    state: way.state,
    start,
    last: lastOf(steps, start),
    channel: [...new Set(steps.flatMap(step => step.channel ?? []))],
    // The newest customer is the customer; whoever sold anything of it is among the others.
    party: partyOf(sorted),
    entity: [...new Map(entity.map(one => [`${one['@referredType']} ${one.id}`, one])).values()],
    step: steps,
    ...(way.stopped && { stoppedAt: way.stopped }),
  }
}

const partyOf = (sorted: readonly Fact[]): Party[] => {
  const all = sorted.flatMap(fact => fact.party)
  const customer = all.filter(party => party.role === 'customer').at(-1)
  return [...(customer ? [customer] : []), ...new Map(all.filter(party => party.role !== 'customer' && party.id !== customer?.id).map(party => [party.id, party])).values()]
}

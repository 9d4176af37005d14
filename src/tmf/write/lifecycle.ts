/** The states of a resource: what a create may begin with, and which moves a write may make. */
import { fault, refuse, Refusal, type Fault } from '../../platform/errors.ts'
import type { Lifecycle, Resource } from '../resource.ts'

type Doc = Record<string, unknown>

/** The state as the lifecycle spells it: the definitions leave some states to free text, and clients write `Active` and `active`. */
const spelled = (lifecycle: Lifecycle, asked: unknown): unknown => (typeof asked === 'string' ? (lifecycle.states.find(state => state === asked) ?? lifecycle.states.find(state => state.toLowerCase() === asked.toLowerCase()) ?? asked) : asked)

/** The state that a create begins with; a state that it may not ask for is a fault. */
export function initialState(lifecycle: Lifecycle, draft: Doc, by: 'client' | 'server', faults: Fault[]): void {
  if (lifecycle.open) return
  const asked = spelled(lifecycle, draft[lifecycle.attribute])
  draft[lifecycle.attribute] = asked === undefined ? lifecycle.initial[0] : asked
  if (typeof asked === 'string' && !(by === 'server' ? lifecycle.states : lifecycle.initial).includes(asked)) {
    faults.push(fault(lifecycle.attribute, `must be one of ${lifecycle.initial.join(', ')} at the start`, asked))
  }
}

/** Refuses a move that the lifecycle does not have; names the moves that it has. An import may go to any state. Returns whether the state changed. */
export function checkMove(resource: Resource<any>, previous: Doc, next: Doc, by: 'client' | 'server' | 'import'): boolean {
  const lifecycle = resource.lifecycle
  if (!lifecycle) return false
  const from = previous[lifecycle.attribute]
  if (!lifecycle.open) next[lifecycle.attribute] = spelled(lifecycle, next[lifecycle.attribute])
  const to = next[lifecycle.attribute]
  if (from === to) return false
  if (lifecycle.open) return true
  if (typeof to !== 'string' || !lifecycle.states.includes(to)) {
    throw refuse.invalid([fault(lifecycle.attribute, `must be one of ${lifecycle.states.join(', ')}`, to ?? 'nothing')])
  }
  if (by === 'import') return true
  const allowed = lifecycle.moves[String(from)] ?? []
  const named = allowed.length > 0 ? `allowed from ${String(from)}: ${allowed.join(', ')}` : `${String(from)} is final`
  if (by === 'client' && lifecycle.movedBy === 'server') throw moveRefused(lifecycle.attribute, `is moved by the work itself, not by a change of the attribute (${named})`)
  if (!allowed.includes(to)) throw moveRefused(lifecycle.attribute, `cannot go from ${String(from)} to ${to} (${named})`)
  return true
}

const moveRefused = (attribute: string, rule: string): Refusal =>
  new Refusal({ status: 409, code: 'stateMoveNotAllowed', reason: 'The lifecycle does not allow this move', message: `${attribute} ${rule}`, faults: [fault(attribute, rule)] })

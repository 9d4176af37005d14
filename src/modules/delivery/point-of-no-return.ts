/**
 * What cancelling costs now, and whether it is still possible. A point of no return is reached when its task starts; everything upstream of
 * that task is then past it, and its reach says what else of the bundle is (DOMAIN.md, "Point of no return"). Pure.
 */
import type { Ponr, PonrReach } from './rule-document.ts'

export type TaskState = 'pending' | 'ready' | 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'compensating' | 'compensated' | 'compensationFailed'

/** What the assessment looks at; the rows of a plan have more. */
export interface AssessedTask {
  id: string
  name: string
  itemId: string
  rootItemId: string
  state: TaskState
  /** It was handed to its target at least once. */
  started: boolean
  ponr: Ponr
  ponrReach: PonrReach
  fee?: { unit: string; value: number } | undefined
  dependsOn: readonly string[]
}

export interface CancellationAssessment {
  possible: boolean
  /** Started tasks with a hard point of no return, which stand in the way. */
  lockedBy: Array<{ taskId: string; name: string; orderItemId: string }>
  /** Items that those tasks have locked. */
  lockedItems: string[]
  /** Fees of the soft ones that were passed, one line a task. */
  fees: Array<{ taskId: string; name: string; orderItemId: string; unit: string; value: number }>
  /** Ids of tasks that would be undone. */
  toCompensate: string[]
  /** Ids of tasks that would never run. */
  toSkip: string[]
}

const inReach = (of: AssessedTask, other: AssessedTask): boolean => {
  switch (of.ponrReach) {
    case 'task': return other.id === of.id
    case 'item': return other.itemId === of.itemId
    case 'bundle': return other.rootItemId === of.rootItemId
    case 'order': return true
  }
}

const upstream = (task: AssessedTask, byId: ReadonlyMap<string, AssessedTask>, into = new Set<string>()): Set<string> => {
  for (const id of task.dependsOn) {
    const before = byId.get(id)
    if (before && !into.has(id)) {
      into.add(id)
      upstream(before, byId, into)
    }
  }
  return into
}

/** A task whose target may have done something that is not undone yet. A failed one may have: its last answer could have been lost. */
const standing = (task: AssessedTask): boolean => task.started && !['skipped', 'compensated', 'pending'].includes(task.state)

/** Tasks that are past a hard point of no return, with the task that put them there. */
export const lockedTasks = (tasks: readonly AssessedTask[]): Map<string, AssessedTask> => {
  const byId = new Map(tasks.map(task => [task.id, task]))
  const locked = new Map<string, AssessedTask>()
  for (const task of tasks) {
    if (task.ponr !== 'hard' || !standing(task) || task.state === 'failed') continue
    const before = upstream(task, byId)
    for (const other of tasks) if (other.id === task.id || before.has(other.id) || inReach(task, other)) if (!locked.has(other.id)) locked.set(other.id, task)
  }
  return locked
}

/** What cancelling these items (default: all) means now. */
export const assessCancellation = (tasks: readonly AssessedTask[], items?: ReadonlySet<string>): CancellationAssessment => {
  const asked = items === undefined ? tasks : tasks.filter(task => items.has(task.itemId))
  const locked = lockedTasks(tasks)
  const barriers = new Map(asked.flatMap(task => { const by = locked.get(task.id); return by ? [[by.id, by] as const] : [] }))
  return {
    possible: barriers.size === 0,
    lockedBy: [...barriers.values()].map(task => ({ taskId: task.id, name: task.name, orderItemId: task.itemId })),
    lockedItems: [...new Set(tasks.filter(task => locked.has(task.id)).map(task => task.itemId))],
    fees: asked.filter(task => task.ponr === 'soft' && task.fee !== undefined && standing(task)).map(task => ({ taskId: task.id, name: task.name, orderItemId: task.itemId, ...task.fee! })),
    toCompensate: asked.filter(standing).map(task => task.id),
    toSkip: asked.filter(task => !task.started && (task.state === 'pending' || task.state === 'ready')).map(task => task.id),
  }
}

/** The work queue: what a person can do with a task that failed for good, or that waits for a person. */
import { refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { advance } from './advance.ts'
import type { TaskRow } from './plan-rows.ts'
import { closePlan, openPlanOfTask, touch, type PlanWork } from './plan-work.ts'
import { lockedTasks } from './point-of-no-return.ts'
import { settleIn } from './settle.ts'
import { startUndo } from './undo.ts'

export const falloutActions = ['retry', 'editAndRetry', 'skip', 'compensate', 'handOver', 'complete'] as const
export type FalloutAction = (typeof falloutActions)[number]

export interface FalloutRequest {
  /** editAndRetry: attributes that the target is told, over those that it was told. null takes one out. */
  characteristic?: Record<string, unknown>
  /** handOver: who takes it. */
  handTo?: string
  /** Kept with the task. */
  note?: string
}

/** The task as the work queue shows it. */
export type FalloutTask = Pick<TaskRow, 'id' | 'orderId' | 'itemId' | 'name' | 'target' | 'state' | 'error' | 'handedTo' | 'note' | 'attempts'>

const need = (task: TaskRow, action: FalloutAction, states: readonly TaskRow['state'][]): void => {
  if (!states.includes(task.state)) throw refuse.conflict('taskStateNotAllowed', `task ${task.id} is ${task.state}; ${action} needs one that is ${states.join(' or ')}`)
}

const again = (work: PlanWork, task: TaskRow): void => {
  touch(work, task)
  task.state = task.state === 'compensationFailed' ? 'compensating' : 'ready'
  task.attempts = 0
  task.dueAt = new Date()
  task.leaseOwner = null
  task.waitingSince = null
  task.error = null
  work.wake.add(task.id)
}

/** Everything that the bundle of the task stands or falls with: its own items, and those that wait for one of them. */
const scopeOf = (work: PlanWork, task: TaskRow): Set<string> => {
  const roots = new Set([task.rootItemId])
  for (let before = -1; before !== roots.size; ) {
    before = roots.size
    const within = new Set(work.tasks.filter(one => roots.has(one.rootItemId)).map(one => one.id))
    for (const other of work.tasks) if (other.dependsOn.some(id => within.has(id))) roots.add(other.rootItemId)
  }
  return new Set(work.plan.products.filter(product => roots.has(product.rootItemId)).map(product => product.itemId))
}

/** Gives the bundle of the task up: its items are undone and end as failed, the rest of the order goes on. */
const compensate = (work: PlanWork, task: TaskRow): void => {
  if (work.plan.undo) throw refuse.conflict('undoInProgress', 'a part of the order is being undone already')
  const items = scopeOf(work, task)
  const locked = lockedTasks(work.tasks.map(one => ({ ...one, started: one.executionSeq !== null, fee: one.fee ?? undefined })))
  const barrier = work.tasks.find(one => items.has(one.itemId) && locked.has(one.id))
  if (barrier) {
    const by = locked.get(barrier.id)!
    throw refuse.conflict('pointOfNoReturn', `task ${by.name} (item ${by.itemId}) has passed its point of no return`)
  }
  startUndo(work, { items: [...items], to: 'failed' })
}

const act = async (work: PlanWork, task: TaskRow, action: FalloutAction, request: FalloutRequest): Promise<void> => {
  switch (action) {
    case 'retry':
      need(task, action, ['failed', 'compensationFailed'])
      again(work, task)
      break
    case 'editAndRetry': {
      need(task, action, ['failed'])
      const characteristic = Object.fromEntries(Object.entries({ ...task.request.characteristic, ...request.characteristic }).filter(([, value]) => value !== null))
      task.request = { ...task.request, characteristic }
      again(work, task)
      break
    }
    case 'skip':
      need(task, action, ['failed', 'compensationFailed'])
      touch(work, task)
      task.state = task.state === 'failed' ? 'skipped' : 'compensated'
      task.dueAt = null
      task.finishedAt = work.now
      break
    case 'compensate':
      need(task, action, ['failed'])
      compensate(work, task)
      break
    case 'handOver':
      need(task, action, ['failed', 'compensationFailed', 'waiting'])
      if (request.handTo === undefined) throw refuse.invalid([{ path: 'handTo', rule: 'is required' }])
      touch(work, task).handedTo = request.handTo
      break
    case 'complete':
      need(task, action, ['failed', 'waiting'])
      await settleIn(work, task.id, { compensation: false, outcome: { status: 'completed', realized: { characteristic: request.characteristic ?? {}, resource: [] }, answer: { completedBy: work.context.principal.id } } })
      break
  }
  if (request.note !== undefined) touch(work, task).note = request.note
}

/** Does what an operator asks for, in one transaction. Throws a Refusal where the task's state does not allow it. */
export const actOnTask = async (deps: Services, context: Context, taskId: string, action: FalloutAction, request: FalloutRequest): Promise<FalloutTask> =>
  await deps.database.transaction(async tx => {
    const work = await openPlanOfTask(tx, deps, taskId)
    const task = work?.plan.brand === context.brand ? work.tasks.find(one => one.id === taskId) : undefined
    if (!work || !task) throw refuse.notFound('delivery task', taskId)
    await act(work, task, action, request)
    await advance(work)
    await closePlan(work)
    deps.log.info({ task: taskId, order: task.orderId, action, by: context.principal.id }, 'a delivery task was handled by a person')
    return task
  })

/**
 * What a target has answered, by whichever way it came (answer, call-back, poll), becomes the task's state and what follows from it, in one
 * transaction. An answer that was applied before, or that comes too late to matter, changes nothing.
 */
import { newId } from '../../platform/ids.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Services } from '../../tmf/services.ts'
import { recordInstances } from '../inventory/index.ts'
import { advance } from './advance.ts'
import type { TaskState } from './point-of-no-return.ts'
import type { TaskRow } from './plan-rows.ts'
import { closePlan, openPlanOfTask, touch, type PlanWork } from './plan-work.ts'
import { instanceCount, instancesOfTask } from './realized.ts'
import type { Outcome } from './targets/target.ts'
import { endInstancesOfTask, toUndo, underUndo } from './undo.ts'
import { wakeTasks } from './wake.ts'

export interface Answer {
  outcome: Outcome
  /** About undoing the task, not about doing it. */
  compensation: boolean
  /** When a target that is not called at present may be called again: such a try does not count. */
  retryAt?: Date | undefined
}

const longestWait = 300_000
/** A system that cannot be reached at all is an outage, not a fault of the work: about half an hour of tries, whatever the rule says. */
const triesOfOutage = 15
/** How often work that a person does is looked at: only to find that it still waits. */
const personPause = 24 * 3_600_000

/** Doubles with each try, at most five minutes, between half and all of it: many that fail together do not come back together. */
const backoff = (task: TaskRow): number => Math.round(Math.min(task.backoffMs * 2 ** Math.min(Math.max(task.attempts - 1, 0), 20), longestWait) * (0.5 + Math.random() / 2))

const later = (work: PlanWork, task: TaskRow, at: Date): void => {
  task.dueAt = at
  task.leaseOwner = null
  work.tx.afterCommit(() => wakeTasks(work.deps, [task.id], Math.max(0, at.getTime() - Date.now())))
}

const waits = (work: PlanWork, task: TaskRow, outcome: Extract<Outcome, { status: 'waiting' }>): void => {
  task.answer = outcome.answer ?? null
  if (outcome.externalId !== undefined && task.state !== 'compensating') task.externalId = outcome.externalId
  if (outcome.note !== undefined) task.note = outcome.note
  task.waitingSince ??= new Date()
  if (!outcome.byPerson && Date.now() - task.waitingSince.getTime() > task.giveUpAfterMs) {
    fails(work, task, { status: 'failed', code: 'noAnswer', message: `the target has the work since ${task.waitingSince.toISOString()} and has not finished it`, retryable: false })
    return
  }
  if (task.state !== 'compensating') task.state = 'waiting'
  if (outcome.byPerson) {
    task.dueAt = new Date(Date.now() + personPause)
    task.leaseOwner = null
  } else later(work, task, new Date(Date.now() + task.pollAfterMs))
}

const fails = (work: PlanWork, task: TaskRow, outcome: Extract<Outcome, { status: 'failed' }>, retryAt?: Date): void => {
  const isUndo = task.state === 'compensating'
  task.error = { code: outcome.code, message: outcome.message }
  if (outcome.answer !== undefined) task.answer = outcome.answer
  if (retryAt) task.attempts = Math.max(0, task.attempts - 1)
  if (!isUndo && underUndo(work.plan, task.itemId)) {
    // Nobody knows whether a try without an answer did something: it is undone by its key, which also stops it if it is still on its way.
    toUndo(work, task)
    return
  }
  const most = outcome.code === 'unreachable' ? Math.max(task.maxAttempts, triesOfOutage) : task.maxAttempts
  if (outcome.retryable && (retryAt !== undefined || task.attempts < most)) {
    if (!isUndo) task.state = 'ready'
    later(work, task, retryAt ?? new Date(Date.now() + backoff(task)))
    return
  }
  task.state = isUndo ? 'compensationFailed' : 'failed'
  task.dueAt = null
  task.leaseOwner = null
  work.deps.log.warn({ task: task.id, order: task.orderId, target: task.target, code: outcome.code }, 'a delivery task failed for good and waits in the work queue')
}

const completes = async (work: PlanWork, task: TaskRow, outcome: Extract<Outcome, { status: 'completed' }>): Promise<void> => {
  const { tx, context, deps, now } = work
  if (outcome.externalId !== undefined) task.externalId = outcome.externalId
  const id = outcome.realized.id ?? task.realized?.id
  task.realized = { ...outcome.realized, ...(id === undefined ? {} : { id }) }
  task.answer = outcome.answer ?? null
  task.error = null
  task.dueAt = null
  task.leaseOwner = null
  task.finishedAt = now
  task.state = 'completed'
  if (task.productId !== null && task.itemAction !== 'delete') {
    const existing = new Set(task.instanceIds)
    while (task.instanceIds.length < instanceCount(task.realized)) task.instanceIds.push(newId())
    await recordInstances({ tx, context, deps }, task.productId, instancesOfTask(task), existing, now)
  }
  if (underUndo(work.plan, task.itemId)) toUndo(work, task)
}

const undone = async (work: PlanWork, task: TaskRow, outcome: Extract<Outcome, { status: 'completed' }>): Promise<void> => {
  task.state = 'compensated'
  task.answer = outcome.answer ?? null
  task.error = null
  task.dueAt = null
  task.leaseOwner = null
  task.finishedAt = work.now
  await endInstancesOfTask(work, task)
}

/** States in which an answer about doing the work still matters. A failed task too: its target may have finished late. */
const awaitsWork: readonly TaskState[] = ['ready', 'running', 'waiting', 'failed']

const applies = (task: TaskRow, { outcome, compensation }: Answer): boolean => {
  if (compensation) return task.state === 'compensating' || (task.state === 'compensationFailed' && outcome.status === 'completed')
  if (!awaitsWork.includes(task.state) || task.executionSeq === null) return false
  // Only good news changes what was given up or is about to be tried again.
  return task.state === 'running' || task.state === 'waiting' || outcome.status === 'completed'
}

/** Applies an answer to a task inside the caller's transaction. */
export const settleIn = async (work: PlanWork, taskId: string, answer: Answer): Promise<TaskState | undefined> => {
  const task = work.tasks.find(one => one.id === taskId)
  if (!task || !applies(task, answer)) return task?.state
  touch(work, task)
  const { outcome } = answer
  if (outcome.status === 'waiting') waits(work, task, outcome)
  else if (outcome.status === 'failed') fails(work, task, outcome, answer.retryAt)
  else if (answer.compensation) await undone(work, task, outcome)
  else await completes(work, task, outcome)
  await advance(work)
  return task.state
}

/** Applies an answer in a transaction of its own. Answers the task's state then; undefined when there is no such task. */
export const settleTask = async (deps: Services, taskId: string, answer: Answer): Promise<TaskState | undefined> =>
  await deps.database.transaction(async (tx: Transaction) => {
    const work = await openPlanOfTask(tx, deps, taskId)
    if (!work) return undefined
    const state = await settleIn(work, taskId, answer)
    await closePlan(work)
    return state
  })

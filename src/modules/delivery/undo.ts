/**
 * Undoing what was delivered, in reverse order of execution: for a cancelled order, or for a part of one that an operator gives up.
 * One task at a time, so that what was built on another goes first.
 */
import { changeProduct, endInstances } from '../inventory/index.ts'
import { moveCancellation, type ItemState } from '../ordering/index.ts'
import { chargeCancellation } from './cancellation-fee.ts'
import type { PlanRow, TaskRow, Undo } from './plan-rows.ts'
import { touch, type PlanWork } from './plan-work.ts'
import { instancesOfTask } from './realized.ts'

/** Whether an item is being undone. */
export const underUndo = (plan: Pick<PlanRow, 'undo'>, itemId: string): boolean => plan.undo !== null && (plan.undo.items === undefined || plan.undo.items.includes(itemId))

const inScope = (work: PlanWork): TaskRow[] => work.tasks.filter(task => underUndo(work.plan, task.itemId))

/** Sets a task to be undone, in its turn. Somebody has to do it by hand where its target cannot. */
export const toUndo = (work: PlanWork, task: TaskRow): void => {
  touch(work, task)
  task.attempts = 0
  task.dueAt = null
  task.leaseOwner = null
  task.waitingSince = null
  task.error = null
  task.note = null
  if (task.compensation === 'none') task.state = 'compensated'
  else if (task.compensation === 'manual') {
    task.state = 'compensationFailed'
    task.error = { code: 'manualCompensation', message: 'a person has to undo this work' }
  } else task.state = 'compensating'
}

/** What has not begun never runs; what its target may have done is undone. What its target is being asked at this moment is waited for. */
const takeIntoUndo = (work: PlanWork): void => {
  for (const task of inScope(work)) {
    const wasHanded = task.executionSeq !== null
    if (task.state === 'pending' || (task.state === 'ready' && !wasHanded)) {
      touch(work, task)
      task.state = 'skipped'
      task.dueAt = null
    } else if (task.state === 'ready' || task.state === 'waiting' || task.state === 'completed' || task.state === 'failed') toUndo(work, task)
  }
}

/** Begins to undo; `advance` goes on with it. */
export const startUndo = (work: PlanWork, undo: Undo): void => {
  work.plan.undo = undo
  work.planChanged = true
}

const undoProducts = async (work: PlanWork): Promise<void> => {
  const { tx, context, deps, now } = work
  const inventory = { tx, context, deps }
  // Bundles before their parts, as they were made after them.
  for (const product of [...work.plan.products].reverse()) {
    if (!underUndo(work.plan, product.itemId) || product.state === 'undone') continue
    if (product.action === 'add') {
      // What was active and is undone was never sold, so it ends as it began and nothing is charged for it; its services keep their real dates.
      await changeProduct(inventory, product.productId, product.state === 'done' ? { status: 'aborted', amend: doc => ({ terminationDate: doc.startDate ?? now.toISOString() }) } : { status: 'cancelled', doc: { terminationDate: now.toISOString() } })
      await endInstances(inventory, product.productId, now)
    } else if (product.action === 'delete') await changeProduct(inventory, product.productId, { status: 'active' })
    else if (product.action === 'modify' && product.before) {
      const before = Object.fromEntries(Object.entries(product.before).map(([name, value]) => [name, value ?? undefined]))
      await changeProduct(inventory, product.productId, { doc: before })
    }
    product.state = 'undone'
    work.planChanged = true
  }
}

const finishUndo = async (work: PlanWork, undo: Undo): Promise<void> => {
  const { tx, context, deps } = work
  const scope = inScope(work)
  const broken = scope.filter(task => task.state === 'compensationFailed')
  const itemIds = [...new Set(work.plan.products.filter(product => underUndo(work.plan, product.itemId) && product.state !== 'undone').map(product => product.itemId))]
  const states = new Map<string, ItemState>(itemIds.map(id => [id, broken.some(task => task.itemId === id) ? 'failed' : undo.to]))
  for (const [id, state] of states) work.items.set(id, state)
  await undoProducts(work)
  work.orderChanges.push(order =>
    order.milestone?.some(one => states.has(one.orderItemId) && one.status === 'planned')
      ? { ...order, milestone: order.milestone.map(one => (states.has(one.orderItemId) && one.status === 'planned' ? { ...one, status: 'cancelled' } : one)) }
      : order,
  )
  if (undo.cancellationId !== undefined) {
    // What could not be undone for good is nobody's fee.
    const fee = undo.fees?.length && broken.length === 0 ? await chargeCancellation({ tx, context, deps }, undo.cancellationId, work.plan.orderId, undo.fees) : undefined
    await moveCancellation({ tx, context, deps }, undo.cancellationId, {
      state: broken.length > 0 ? 'terminatedWithError' : 'done',
      ...(broken.length > 0 ? { statusReason: `could not be undone: ${broken.map(task => `${task.name} (item ${task.itemId})`).join(', ')}` } : {}),
      cancelledOrderItem: [...states].map(([id, state]) => ({ id, state })),
      ...(undo.fees?.length ? { cancellationFee: undo.fees, feeState: fee?.feeState ?? 'notBilled' } : {}),
      ...(fee?.problem === undefined ? {} : { statusReason: `the fee is on no bill: ${fee.problem}` }),
    })
  }
  work.plan.undo = null
  work.planChanged = true
}

/** Wakes the task whose turn it is to be undone: the last that was handed to a target. Ends the undoing when none is left. */
export const progressUndo = async (work: PlanWork): Promise<void> => {
  const { undo } = work.plan
  if (undo === null) return
  // Also what has come of a request that was under way when the undoing began, whatever the target answered.
  takeIntoUndo(work)
  const scope = inScope(work)
  // What runs now may still do something; its answer is waited for (its lease ends in any case).
  if (scope.some(task => task.state === 'running')) return
  const turn = scope.filter(task => task.state === 'compensating').sort((a, b) => Number(BigInt(b.executionSeq ?? 0) - BigInt(a.executionSeq ?? 0)))[0]
  if (turn) {
    if (turn.dueAt === null) {
      touch(work, turn).dueAt = new Date()
      work.wake.add(turn.id)
    }
    return
  }
  await finishUndo(work, undo)
}

/** The instances of a task that was undone have ended. */
export const endInstancesOfTask = async (work: PlanWork, task: TaskRow): Promise<void> => {
  if (task.itemAction !== 'add' || task.productId === null) return
  const externalIds = instancesOfTask(task).map(one => one.externalId)
  if (externalIds.length > 0) await endInstances({ tx: work.tx, context: work.context, deps: work.deps }, task.productId, work.now, { system: task.target, externalIds })
}

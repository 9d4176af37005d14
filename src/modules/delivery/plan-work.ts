/**
 * One change of one plan: its row and its tasks locked and in hand, what changes of them, of the order and of the inventory collected,
 * written together at the end. Task rows are this transaction's own and are changed in place.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { isFinal, moveOrder, type ItemState, type ProductOrderDocument } from '../ordering/index.ts'
import { lockPlanOfOrder, lockPlanOfTask, lockTasks, updatePlan, updateTasks } from './delivery-store.ts'
import type { PlanRow, PlanState, TaskRow } from './plan-rows.ts'
import { wakeTasks } from './wake.ts'

export interface PlanWork {
  tx: Transaction
  context: Context
  deps: Services
  plan: PlanRow
  tasks: TaskRow[]
  /** Business time. */
  now: Date
  changed: Set<TaskRow>
  planChanged: boolean
  /** Tasks to run once this has committed. */
  wake: Set<string>
  /** Where items shall be. */
  items: Map<string, ItemState>
  /** What else changes on the order. */
  orderChanges: Array<(order: ProductOrderDocument) => ProductOrderDocument>
}

const open = async (tx: Transaction, deps: Services, plan: PlanRow | undefined): Promise<PlanWork | undefined> =>
  plan && { tx, context: systemContext(plan.brand, plan.correlationId), deps, plan, tasks: await lockTasks(tx, plan.id), now: deps.clock.now(), changed: new Set(), planChanged: false, wake: new Set(), items: new Map(), orderChanges: [] }

export const openPlanOfTask = async (tx: Transaction, deps: Services, taskId: string): Promise<PlanWork | undefined> => await open(tx, deps, await lockPlanOfTask(tx, taskId))

export const openPlanOfOrder = async (tx: Transaction, deps: Services, brand: string, orderId: string): Promise<PlanWork | undefined> => await open(tx, deps, await lockPlanOfOrder(tx, brand, orderId))

/** Marks a task as changed and answers it, for changes in place. */
export const touch = (work: PlanWork, task: TaskRow): TaskRow => {
  work.changed.add(task)
  return task
}

/** Writes what was collected. */
export const closePlan = async (work: PlanWork): Promise<void> => {
  const { tx, context, deps, plan } = work
  if (work.items.size > 0 || work.orderChanges.length > 0) {
    const changes = work.orderChanges
    const order = await moveOrder({ tx, context, deps }, plan.orderId, { items: work.items, change: doc => changes.reduce((at, change) => change(at), doc) })
    const state: PlanState = isFinal(order.state) ? (order.state as PlanState) : plan.state
    if (state !== plan.state) {
      plan.state = state
      work.planChanged = true
    }
  }
  await updateTasks(tx, [...work.changed])
  if (work.planChanged) await updatePlan(tx, plan)
  const ids = [...work.wake]
  if (ids.length > 0) tx.afterCommit(() => wakeTasks(deps, ids))
}

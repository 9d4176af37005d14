/** The sweeper: finds work that nobody was woken for, starts orders whose date has come, and marks promises that are about to be missed. */
import { Type } from 'typebox'
import { defineJob } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { cancelDueOrders } from './cancel-order.ts'
import { findDueTasks, findPlansToStart, markJeopardy } from './delivery-store.ts'
import { startScheduledPlan } from './plan-order.ts'
import { runTasks } from './run-tasks.ts'
import { wakeTasks } from './wake.ts'

const batch = 20
const mostAtOnce = 500

export const sweep = async (deps: Services): Promise<void> => {
  const now = deps.clock.now()
  const due = await findDueTasks(deps.database, mostAtOnce)
  // The first ones are done here, so that work goes on even when no wake-up gets through.
  const [own, others] = [due.slice(0, batch), due.slice(batch)]
  for (let from = 0; from < others.length; from += batch) wakeTasks(deps, others.slice(from, from + batch))
  for (const { brand, orderId } of await findPlansToStart(deps.database, now)) {
    try {
      await startScheduledPlan(deps, brand, orderId)
    } catch (error) {
      // One order that cannot start must not keep the others from starting.
      deps.log.error({ err: error, order: orderId }, 'an order whose date has come could not be started')
    }
  }
  await cancelDueOrders(deps)
  const late = await markJeopardy(deps.database, now)
  if (late > 0) deps.log.warn({ tasks: late }, 'delivery tasks are about to miss their promise, or have')
  if (own.length > 0) await runTasks(deps, own)
}

export const sweepJob = defineJob({
  name: 'delivery.sweep',
  schema: Type.Object({}),
  run: async (_: object, deps: Services) => await sweep(deps),
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 1_000, data: {} },
})

/** Wake-ups: the jobs that look at task rows. Losing one only delays: the sweeper finds rows whose time has come. */
import { Type } from 'typebox'
import type { Services } from '../../tmf/services.ts'

export const runTasksSchema = Type.Object({ taskIds: Type.Array(Type.String(), { maxItems: 200 }) })
export const runTasksName = 'delivery.run-tasks'

const enqueue = (deps: Services, taskIds: string[], delayMs?: number): void => {
  deps.jobs.enqueue({ name: runTasksName, schema: runTasksSchema }, { taskIds }, delayMs === undefined ? {} : { delayMs }).catch((error: unknown) => {
    deps.log.warn({ err: error, taskIds }, 'a wake-up for delivery tasks was lost; the sweeper finds them')
  })
}

/** Asks a worker to look at these tasks, now or later. */
export const wakeTasks = (deps: Services, taskIds: string[], delayMs?: number): void => {
  if (taskIds.length > 0) enqueue(deps, taskIds, delayMs)
}

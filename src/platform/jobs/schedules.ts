/**
 * Jobs that run by themselves, once per interval over all processes. The queue holds the schedule; because the queue may be emptied
 * at any time, every process looks every few seconds whether it is still there.
 */
import { isDeepStrictEqual } from 'node:util'
import type { JobQueue } from './backend.ts'

export interface Schedule {
  /** Name of the job; its schedule has the same. */
  name: string
  intervalMs: number
  data: unknown
}

/** How far behind its time a schedule may be before it counts as dead: a worker took its turn and vanished without leaving the next one. */
const SLACK_MS = 15_000

/** Puts the schedule into the queue when it is missing, differs or is dead. An intact one is left alone, so that no turn is run twice. */
export const ensureSchedule = async (queue: JobQueue, schedule: Schedule, options: { attempts: number }): Promise<void> => {
  const existing = await queue.getJobScheduler(schedule.name)
  const isDead = (existing?.next ?? 0) + SLACK_MS < Date.now()
  const isSame = existing?.every === schedule.intervalMs && isDeepStrictEqual(existing.template?.data, { data: schedule.data })
  if (isSame && !isDead) return
  await queue.upsertJobScheduler(
    schedule.name,
    { every: schedule.intervalMs },
    { name: schedule.name, data: { data: schedule.data }, opts: { attempts: options.attempts, backoff: { type: 'tandem' } } },
  )
}

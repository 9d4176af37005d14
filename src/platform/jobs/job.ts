/**
 * Durable jobs behind one small port. A job is only a wake-up for rows that have a state, a lease and an idempotency key:
 * losing a job delays work until the sweeper finds the row, running one twice changes nothing.
 */
import type { Static, TSchema } from 'typebox'

export interface RetryPolicy {
  /** How often the job is run before it goes to the dead-letter list. */
  attempts: number
  /** First delay in milliseconds; doubles each time, with jitter. */
  backoffMs: number
}

/** A kind of job. `Deps` is what the composition root hands to `run` (see tmf/module.ts, Services). */
export interface Job<Schema extends TSchema = TSchema, Deps = never> {
  name: string
  schema: Schema
  run: (data: Static<Schema>, deps: Deps) => Promise<void>
  retry: RetryPolicy
  /** How many run at once in one process. */
  concurrency: number
  /** Runs without being asked, once per interval over all processes: sweepers, schedules. */
  every?: { intervalMs: number; data: Static<Schema> }
}

export interface EnqueueOptions {
  delayMs?: number
  /** While a job with this id waits or runs, another one with the same id is not added. */
  id?: string
}

/** What code that makes work sees. */
export interface Jobs {
  enqueue<Schema extends TSchema>(job: { name: string; schema: Schema }, data: Static<Schema>, options?: EnqueueOptions): Promise<void>
}

/**
 * Runs jobs: checks their data, retries with growing pauses, puts what is exhausted on the dead-letter list, keeps schedules alive.
 * Queues are wake-ups, rows are the truth: an enqueue that does not reach the queue is logged and counted, and a sweeper finds the row.
 */
import { randomUUID } from 'node:crypto'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { DelayedError, type Job as BullJob } from 'bullmq'
import type { Logger } from 'pino'
import { isDatabaseAway } from '../database/away.ts'
import type { Database } from '../database/sql.ts'
import { Refusal, refuse } from '../errors.ts'
import { openJobBackend, type Envelope, type JobBackendSettings, type JobQueue, type JobWorker } from './backend.ts'
import { clearDeadLetter, countDeadLetters, discardDeadLetter, listDeadLetters, recordDeadLetter, takeDeadLetter, type DeadLetter } from './dead-letters.ts'
import type { EnqueueOptions, Job, Jobs } from './job.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { ensureSchedule } from './schedules.ts'

export interface JobRunnerOptions<Deps> {
  /** Jobs of all modules. `any`: a list of jobs of different schemas has no other common type. */
  jobs: readonly Job<any, Deps>[]
  backend: JobBackendSettings
  database: Database
  log: Logger
  /** What `run` gets; asked for at each run, because services exist only after the runner does. */
  deps: () => Deps
  /** Gives each run a span of its own, in the trace of who enqueued it. */
  tracing?: Tracing | undefined
}

export interface DeadLetters {
  list: (page: { limit: number; offset: number }) => Promise<DeadLetter[]>
  count: () => Promise<number>
  /** Enqueues it again and takes it off the list; a second replay of the same entry is a 404. */
  replay: (id: string) => Promise<void>
  discard: (id: string) => Promise<void>
}

export interface JobCounts {
  completed: number
  /** Runs that failed, whether they are tried again or not. */
  failed: number
  dead: number
  /** Wake-ups that did not reach the queue. */
  enqueueFailed: number
}

export interface JobRunner extends Jobs {
  /** Makes the queues usable for enqueue; `start` does it too. */
  prepare(): Promise<void>
  /** Starts working on jobs. A process that only enqueues never calls it. */
  start(): Promise<void>
  /** Takes nothing new, finishes what is in hand within the deadline; what is still running then comes back through its lock. */
  stop(deadlineMs?: number): Promise<void>
  deadLetters: DeadLetters
  counts(): JobCounts
  /** The same for each kind of job: what this process did of the work that several share. */
  countsByJob(): ReadonlyMap<string, Readonly<JobCounts>>
  /** Whether the queue can be reached now. */
  reachable(): Promise<boolean>
}

const ENQUEUE_TIMEOUT_MS = 2_000
const SCHEDULE_CHECK_MS = 5_000
const MAX_BACKOFF_MS = 300_000
const RECORD_RETRY_MS = 5_000
const AWAY_RETRY_MS = 1_000

/** Doubles from `backoffMs`, at most five minutes, between half and all of it: many that fail together do not return together. */
export const backoffDelay = (backoffMs: number, attemptsMade: number): number => {
  const full = Math.min(backoffMs * 2 ** Math.min(attemptsMade - 1, 30), MAX_BACKOFF_MS)
  return Math.round(full * (0.5 + Math.random() / 2))
}

const within = async <T>(work: Promise<T>, ms: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

const queueName = (jobName: string): string => jobName.replaceAll(':', '.')
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replaceAll('\0', '')

export const createJobRunner = <Deps>(options: JobRunnerOptions<Deps>): JobRunner => {
  const { database, log, deps, tracing } = options
  const backend = openJobBackend(options.backend, log)
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }))
  const jobs = new Map<string, { job: Job<any, Deps>; isValid: ValidateFunction }>()
  for (const job of options.jobs) {
    if (jobs.has(job.name)) throw new Error(`Two jobs are named ${job.name}`)
    jobs.set(job.name, { job, isValid: ajv.compile(job.schema) })
  }
  const queues = new Map<string, JobQueue>()
  const workers: JobWorker[] = []
  const noCounts = (): JobCounts => ({ completed: 0, failed: 0, dead: 0, enqueueFailed: 0 })
  const countsByJob = new Map([...jobs.keys()].map(name => [name, noCounts()]))
  const count = (name: string, what: keyof JobCounts): void => {
    const counts = countsByJob.get(name)
    if (counts) counts[what] += 1
  }
  let prepared: Promise<void> | undefined
  let scheduleTimer: NodeJS.Timeout | undefined
  let scheduling: Promise<void> = Promise.resolve()
  let isStopping = false

  const prepare = (): Promise<void> => {
    prepared ??= backend.prepare().catch(error => {
      prepared = undefined
      throw error
    })
    return prepared
  }

  const queueOf = (name: string): JobQueue => {
    let queue = queues.get(name)
    if (!queue) {
      queue = backend.queue(queueName(name))
      queues.set(name, queue)
    }
    return queue
  }

  const known = (name: string) => {
    const entry = jobs.get(name)
    if (!entry) throw new Error(`No job is named ${name}`)
    return entry
  }

  const add = async (name: string, data: unknown, how: EnqueueOptions): Promise<void> => {
    const { job } = known(name)
    await prepare()
    if (!(await backend.reachable())) throw new Error('The queue cannot be reached')
    const trace = tracing?.traceparent()
    const adding = queueOf(name).add(
      name,
      { id: randomUUID(), data, ...(trace !== undefined && { trace }) },
      {
        attempts: job.retry.attempts,
        backoff: { type: 'tandem' },
        ...(how.delayMs ? { delay: how.delayMs } : {}),
        ...(how.id === undefined ? {} : { deduplication: { id: how.id } }),
      },
    )
    await within(adding, ENQUEUE_TIMEOUT_MS, `Enqueueing ${name}`)
  }

  const enqueue: Jobs['enqueue'] = async (job, data, how = {}) => {
    const { isValid } = known(job.name)
    // The caller's mistake, not the queue's: this one throws.
    if (!isValid(data)) throw new Error(`The data of job ${job.name} is not valid: ${ajv.errorsText(isValid.errors)}`)
    try {
      await add(job.name, data, how)
    } catch (error) {
      count(job.name, 'enqueueFailed')
      log.error({ err: error, job: job.name }, 'A job could not be enqueued; its sweeper will find the work')
    }
  }

  const letterId = (bull: BullJob<Envelope, void, string>): string => {
    // A scheduled job that fails at every turn is one entry, not one per turn.
    if (bull.repeatJobKey) return `every:${bull.name}`
    return bull.data.id ?? `${bull.name}:${bull.id}:${bull.timestamp}`
  }

  const bury = async (bull: BullJob<Envelope, void, string>, error: unknown): Promise<void> => {
    await recordDeadLetter(database, { id: letterId(bull), name: bull.name, data: bull.data.data, error: textOf(error), attempts: bull.attemptsMade + 1 })
    count(bull.name, 'dead')
    log.error({ err: error, job: bull.name, letter: letterId(bull) }, 'A job has used up its attempts')
  }

  /** A turn that succeeds makes up for those that failed before it: operators are shown schedules that still fail, not every short outage. */
  const settle = async (bull: BullJob<Envelope, void, string>): Promise<void> => {
    try {
      await clearDeadLetter(database, letterId(bull))
    } catch (error) {
      log.warn({ err: error, job: bull.name }, 'The dead-letter list cannot be written; the next turn settles it')
    }
  }

  const processJob = async (bull: BullJob<Envelope, void, string>, token: string | undefined): Promise<void> => {
    const { job, isValid } = known(bull.name)
    let failure: unknown
    try {
      if (!isValid(bull.data.data)) {
        failure = new Error(`The data of job ${job.name} is not valid: ${ajv.errorsText(isValid.errors)}`)
      } else {
        if (tracing) await tracing.span(`job ${job.name}`, { kind: 'consumer', traceparent: bull.data.trace }, () => job.run(bull.data.data, deps()))
        else await job.run(bull.data.data, deps())
        count(job.name, 'completed')
        if (bull.repeatJobKey) await settle(bull)
        return
      }
    } catch (error) {
      count(job.name, 'failed')
      // It says nothing of the job: it comes back, however often. What runs by itself has its next turn.
      if (isDatabaseAway(error) && !bull.repeatJobKey) {
        log.warn({ err: error, job: job.name }, 'A job found no database and comes back')
        await bull.moveToDelayed(Date.now() + AWAY_RETRY_MS, token)
        throw new DelayedError()
      }
      if (bull.attemptsMade + 1 < job.retry.attempts) {
        log.warn({ err: error, job: job.name, attempt: bull.attemptsMade + 1 }, 'A job failed and will be tried again')
        throw error
      }
      failure = error
    }
    try {
      await bury(bull, failure)
    } catch (error) {
      log.error({ err: error, job: job.name }, 'The dead-letter list cannot be written; the job comes back')
      await bull.moveToDelayed(Date.now() + RECORD_RETRY_MS, token)
      throw new DelayedError()
    }
  }

  const keepSchedules = async (): Promise<void> => {
    if (isStopping || !(await backend.reachable())) return
    for (const { job } of jobs.values()) {
      if (!job.every || isStopping) continue
      try {
        const schedule = { name: job.name, intervalMs: job.every.intervalMs, data: job.every.data }
        await within(ensureSchedule(queueOf(job.name), schedule, { attempts: job.retry.attempts }), ENQUEUE_TIMEOUT_MS, `Scheduling ${job.name}`)
      } catch (error) {
        log.warn({ err: error, job: job.name }, 'A schedule could not be checked')
      }
    }
  }

  const startWorker = (job: Job<any, Deps>): void => {
    const worker = backend.worker(queueName(job.name), processJob, { concurrency: job.concurrency, backoff: attempts => backoffDelay(job.retry.backoffMs, attempts) })
    worker.on('failed', (bull, error) => {
      // Only a job that BullMQ itself gives up (its workers died again and again) comes here without having been buried.
      if (!bull || !/allowable limit/.test(error.message)) return
      bury(bull, error).catch(problem => log.error({ err: problem, job: bull.name }, 'The dead-letter list cannot be written'))
    })
    workers.push(worker)
  }

  const start = async (): Promise<void> => {
    await prepare()
    for (const { job } of jobs.values()) startWorker(job)
    scheduling = keepSchedules()
    scheduleTimer = setInterval(() => {
      scheduling = scheduling.then(keepSchedules)
    }, SCHEDULE_CHECK_MS)
    scheduleTimer.unref()
    // Redis may be away; then the timer schedules later, and start does not wait for it.
    await Promise.race([scheduling, new Promise(resolve => setTimeout(resolve, ENQUEUE_TIMEOUT_MS).unref())])
  }

  const stop = async (deadlineMs = 8_000): Promise<void> => {
    if (isStopping) return
    isStopping = true
    clearInterval(scheduleTimer)
    const close = async (): Promise<void> => {
      await Promise.all(workers.map(worker => worker.close()))
      await scheduling
      await Promise.all([...queues.values()].map(queue => queue.close()))
      await backend.close()
    }
    try {
      await within(close(), deadlineMs, 'Finishing the jobs in hand')
    } catch (error) {
      log.warn({ err: error }, 'Jobs were still running at the deadline; they come back when their locks run out')
    }
  }

  const deadLetters: DeadLetters = {
    list: page => listDeadLetters(database, page),
    count: () => countDeadLetters(database),
    replay: async id => {
      await database.transaction(async tx => {
        const letter = await takeDeadLetter(tx, id)
        if (!letter) throw refuse.notFound('Dead letter', id)
        if (!jobs.has(letter.name)) throw refuse.conflict('unknownJob', `No running module has a job named ${letter.name}`)
        // The one enqueue inside a transaction: the entry leaves the list only when the queue has the job. The id makes a retried transaction add it once.
        try {
          await add(letter.name, letter.data, { id: `replay:${id}` })
        } catch (cause) {
          throw new Refusal({ status: 503, code: 'unavailable', reason: 'The service cannot answer now', message: 'The job queue cannot be reached', cause, headers: { 'retry-after': '5' } })
        }
      })
    },
    discard: async id => {
      if (!(await discardDeadLetter(database, id))) throw refuse.notFound('Dead letter', id)
    },
  }

  const sum = (): JobCounts => {
    const total = noCounts()
    for (const counts of countsByJob.values()) for (const what of Object.keys(total) as (keyof JobCounts)[]) total[what] += counts[what]
    return total
  }

  return { enqueue, prepare, start, stop, deadLetters, counts: sum, countsByJob: () => countsByJob, reachable: () => backend.reachable() }
}


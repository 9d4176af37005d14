/**
 * Where BullMQ keeps its queues: Redis/Valkey for scale-out, PostgreSQL when nothing else is installed.
 * Nothing above this file knows which one it is.
 */
import { PostgresConnection, PostgresQueueBackend, Queue, Worker, createRedisBackend, runMigrations, type BackendFactory, type IQueueBackend, type Job as BullJob, type PgPool } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Logger } from 'pino'

export type JobBackendSettings =
  | {
      kind: 'redis'
      url: string
      /** First part of every key; two installations on one Redis need two. */
      prefix?: string
    }
  | {
      kind: 'postgres'
      connectionString: string
      /** Schema that holds the queues, apart from Tandem's own tables. */
      schema?: string
    }

/** The wake-up as it lies in the queue. `id` names it in the dead-letter list; scheduled ones have none. */
export interface Envelope {
  id?: string
  data: unknown
  /** W3C traceparent of who enqueued it, where there are traces. */
  trace?: string
}

export type JobQueue = Queue<Envelope, void, string>
export type JobWorker = Worker<Envelope, void, string, IQueueBackend>

export interface WorkerSettings {
  concurrency: number
  backoff: (attemptsMade: number) => number
}

export interface JobBackend {
  kind: 'redis' | 'postgres'
  /** Creates what the queues need; fails when PostgreSQL cannot be reached, never because of Redis. */
  prepare(): Promise<void>
  /** Whether an enqueue has a chance now. Waits a little for the first connection, never for a lost one. */
  reachable(): Promise<boolean>
  queue(name: string): JobQueue
  worker(name: string, process: (job: BullJob<Envelope, void, string>, token: string | undefined) => Promise<void>, settings: WorkerSettings): JobWorker
  close(): Promise<void>
}

// A killed worker's job is picked up after its lock and two checks. A job may be stalled by many deploys and kills: rows decide what is left to do.
const WORKER = { lockDuration: 3_000, stalledInterval: 1_500, maxStalledCount: 50, runRetryDelay: 1_000, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } }
const QUEUE = { streams: { events: { maxLen: 100 } } }

type Factory = BackendFactory<IQueueBackend, any>

/** BullMQ is generic over its backend and its connection's type; here they are one queue interface. */
const open = (factory: Factory, connection: unknown, drainDelay: number, prefix: string, log: Logger) => {
  const complain = (what: string) => {
    let last = 0
    return (error: Error): void => {
      // A server that is away raises an error per attempt and queue; one line every few seconds says it.
      if (Date.now() - last < 5_000) return
      last = Date.now()
      log.warn({ err: error }, `${what} has a problem`)
    }
  }
  return {
    queue: (name: string): JobQueue => {
      const queue = new Queue<Envelope, void, string>(name, { ...QUEUE, connection: connection as object, prefix }, factory as never)
      queue.on('error', complain(`Job queue ${name}`))
      return queue
    },
    worker: (name: string, process: (job: BullJob<Envelope, void, string>, token: string | undefined) => Promise<void>, settings: WorkerSettings): JobWorker => {
      const worker = new Worker<Envelope, void, string, IQueueBackend>(
        name,
        process,
        { ...WORKER, connection: connection as object, prefix, drainDelay, concurrency: settings.concurrency, settings: { backoffStrategy: settings.backoff } },
        factory,
      )
      worker.on('error', complain(`Job worker ${name}`))
      return worker
    },
  }
}

const openRedis = (url: string, prefix: string, log: Logger): JobBackend => {
  const client = new Redis(url, { maxRetriesPerRequest: null, connectionName: 'tandem', retryStrategy: times => Math.min(100 * times, 2_000) })
  let wasReady = false
  let lastComplaint = 0
  client.on('ready', () => {
    if (wasReady) log.info('Redis is back')
    wasReady = true
  })
  client.on('error', error => {
    if (Date.now() - lastComplaint < 5_000) return
    lastComplaint = Date.now()
    log.warn({ err: error }, 'Redis cannot be reached; work waits in the database')
  })
  // Each worker adds listeners to the client that all of them share.
  client.setMaxListeners(0)
  return {
    kind: 'redis',
    prepare: async () => {},
    reachable: async () => {
      if (client.status === 'ready') return true
      if (wasReady) return false
      return new Promise(resolve => {
        const timer = setTimeout(() => done(false), 2_000)
        const ready = (): void => done(true)
        const done = (result: boolean): void => {
          clearTimeout(timer)
          client.off('ready', ready)
          resolve(result)
        }
        client.once('ready', ready)
      })
    },
    ...open(createRedisBackend as unknown as Factory, client, 5, prefix, log),
    close: async () => {
      client.disconnect()
    },
  }
}

/**
 * One pool and one listening connection for all queues of the process: BullMQ would open a listening connection for each worker.
 * Queues and workers close their connection when they close; this one closes when the backend does.
 */
class SharedConnection extends PostgresConnection {
  #ready: Promise<void> | undefined
  #isLast = false
  #listenClient: object | undefined

  override waitUntilReady(): Promise<void> {
    // The base class would remember a failed first attempt for ever.
    this.#ready ??= this.pool.query('SELECT 1').then(
      () => undefined,
      (error: unknown) => {
        this.#ready = undefined
        throw error
      },
    )
    return this.#ready
  }

  override async getListenClient(): ReturnType<PostgresConnection['getListenClient']> {
    const client = await super.getListenClient()
    if (this.#listenClient === client) return client
    this.#listenClient = client
    const emitter = client as unknown as { setMaxListeners(count: number): void }
    emitter.setMaxListeners(0)
    // Many queues listen through one connection, which takes one statement at a time.
    const query = client.query.bind(client)
    let last: Promise<unknown> = Promise.resolve()
    client.query = <Row>(text: string, parameters?: readonly unknown[]) => {
      const next = last.then(() => query<Row>(text, parameters))
      // Who asked gets the error; who asks next does not.
      last = next.catch(() => undefined)
      return next
    }
    return client
  }

  override async close(): Promise<void> {
    if (this.#isLast) await super.close()
  }

  async closeAtLast(): Promise<void> {
    this.#isLast = true
    await this.close()
  }
}

const openPostgres = (connectionString: string, schema: string, log: Logger): JobBackend => {
  const pool = new pg.Pool({ connectionString, max: 6, keepAlive: true, application_name: 'tandem-jobs', options: `-c search_path=${schema}` })
  pool.on('error', error => log.warn({ err: error }, 'A connection of the job queues was lost'))
  // Between its rest and its work nobody listens to a connection; what was in hand fails by itself.
  pool.on('connect', client => void client.on('error', () => undefined))
  // pg allows more shapes of query than BullMQ asks for, which its types do not express as a subtype.
  const connection = new SharedConnection(pool as unknown as PgPool)
  connection.setMaxListeners(0)
  const factory = (name: string, options: never): IQueueBackend => new PostgresQueueBackend(connection, name, options)
  return {
    kind: 'postgres',
    prepare: async () => {
      const client = await pool.connect()
      try {
        await runMigrations(client, schema)
      } finally {
        client.release()
      }
    },
    reachable: async () => true,
    // Work is announced by NOTIFY; the wait is only cut short for delayed jobs and lost connections.
    ...open(factory as unknown as Factory, pool, 20, schema, log),
    close: async () => {
      await connection.closeAtLast()
      await pool.end()
    },
  }
}

export const openJobBackend = (settings: JobBackendSettings, log: Logger): JobBackend =>
  settings.kind === 'redis' ? openRedis(settings.url, settings.prefix ?? 'tandem', log) : openPostgres(settings.connectionString, settings.schema ?? 'bullmq', log)

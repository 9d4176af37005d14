/** The connections, and `Database` on them: named statements, transactions that are run again when they lose a race, LISTEN. */
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { from as copyInto } from 'pg-copy-streams'
import { StartError } from '../start-error.ts'
import { ofDatabase } from './away.ts'
import type { Database, Sql, Statement, Transaction } from './sql.ts'

export interface DatabaseOptions {
  url: string
  /** Shown in pg_stat_activity. */
  applicationName?: string
  /** Most connections at once. */
  connections?: number
  /** A statement that runs longer is cancelled; work that may take longer says `set local statement_timeout`. */
  statementTimeoutMs?: number
  /** Told what happens to connections outside any request: a server that restarts, a listener that is lost. */
  onError?: (error: Error) => void
}

/** A Database that also owns its connections. Everything but Prisma and migrations uses the statements. */
export interface PooledDatabase extends Database {
  /** Its connections plan a prepared statement once, whatever its values: planning an order's insert anew takes as long as running it. */
  readonly pool: pg.Pool
  /** Where statements run whose plan depends on their values, and those without a name. */
  readonly custom: pg.Pool
  readonly url: string
  close(): Promise<void>
}

const OID = { int8: 20, json: 114, date: 1082, timestamp: 1114, numeric: 1700, int8Array: 1016, jsonArray: 199, numericArray: 1231, textArray: 1009 }
const asText = (value: string): string => value
const textArray = pg.types.getTypeParser(OID.textArray, 'text') as (value: string) => unknown

/**
 * int8 and numeric stay strings (a double cannot carry them), json stays text (documents go to the socket unparsed),
 * dates stay local dates. jsonb is parsed, timestamptz is a Date.
 */
const parsers = new Map<number, (value: string) => unknown>([
  [OID.int8, asText],
  [OID.numeric, asText],
  [OID.json, asText],
  [OID.date, asText],
  [OID.timestamp, asText],
  [OID.int8Array, textArray],
  [OID.numericArray, textArray],
  [OID.jsonArray, textArray],
])

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
}

/** A deadlock or a serialization failure: the transaction is rolled back and may be run again. */
const isLostRace = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code
  return code === '40001' || code === '40P01'
}
const MOST_ATTEMPTS = 5
/** How long a stop waits for statements in hand, and then for the connections that it ends. */
const CLOSE_MS = 500

/** PostgreSQL cuts names after 63 bytes without a word, and two that start alike would run each other's statement. */
const LONGEST_NAME = 63
const shortNames = new Map<string, string>()
const fitting = (name: string): string => {
  let short = shortNames.get(name)
  if (short === undefined) {
    short = `${name.slice(0, 30)}_${createHash('sha256').update(name).digest('hex').slice(0, 32)}`
    shortNames.set(name, short)
  }
  return short
}

const configOf = (statement: Statement | string): Statement => {
  if (typeof statement === 'string') return { text: statement }
  return statement.name !== undefined && statement.name.length > LONGEST_NAME ? { ...statement, name: fitting(statement.name) } : statement
}

/** `custom`: what statements run on that are planned for their values. */
const sqlOn = (client: pg.Pool | pg.PoolClient, custom: pg.Pool | pg.PoolClient = client): Sql => ({
  query: async <Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> => {
    const { plan, ...config } = configOf(statement)
    // pg takes undefined for "no parameters", which lets several commands travel in one string.
    const result = await ofDatabase<pg.QueryResult>((plan === 'custom' || (values && config.name === undefined) ? custom : client).query(values ? { ...config, values: values as unknown[] } : config))
    return (Array.isArray(result) ? (result.at(-1) as pg.QueryResult).rows : result.rows) as Row[]
  },
})

const copyFrom = (client: pg.PoolClient): Transaction['copyFrom'] => async (statement, pieces) => {
  const copy = client.query(copyInto(statement))
  await pipeline(Readable.from(pieces, { objectMode: false }), copy)
  return copy.rowCount
}

/** The socket below a connection: what is written to it while it is corked travels in one packet. */
const socketOf = (client: pg.PoolClient): Socket => (client as unknown as { connection: { stream: Socket } }).connection.stream

/** Statements behind a BEGIN that travels with the first of them: one round trip less. `begun` tells whether there was one. */
const beginning = (client: pg.PoolClient): { begun: () => boolean; query: Sql['query'] } => {
  const sql = sqlOn(client)
  let begun: Promise<unknown> | undefined
  return {
    begun: () => begun !== undefined,
    query: async <Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> => {
      if (begun !== undefined) return await sql.query<Row>(statement, values)
      const socket = socketOf(client)
      socket.cork()
      begun = ofDatabase(client.query('BEGIN'))
      const first = sql.query<Row>(statement, values)
      socket.uncork()
      const [, rows] = await Promise.all([begun, first])
      return rows
    },
  }
}

const runTransaction = async <T>(pool: pg.Pool, work: (tx: Transaction) => Promise<T>): Promise<T> => {
  const client = await ofDatabase(pool.connect())
  let broken: Error | undefined
  // Without a listener a connection that dies in the middle would end the process; the statement in hand fails by itself.
  const onError = (error: Error): void => void (broken = error)
  client.on('error', onError)
  const sql = beginning(client)
  try {
    const wakes: (() => void)[] = []
    const result = await work({ kind: 'transaction', query: (statement, values) => sql.query(statement, values), copyFrom: copyFrom(client), afterCommit: wake => void wakes.push(wake) })
    if (sql.begun()) await ofDatabase(client.query('COMMIT'))
    for (const wake of wakes) wake()
    return result
  } catch (error) {
    try {
      if (sql.begun()) await client.query('ROLLBACK')
    } catch (rollbackError) {
      broken = rollbackError as Error
    }
    throw error
  } finally {
    client.removeListener('error', onError)
    client.release(broken)
  }
}

/** Opens the pool. Nothing connects before the first statement. */
export const openDatabase = (options: DatabaseOptions): PooledDatabase => {
  const { url, applicationName = 'tandem', onError = () => undefined } = options
  const connections = options.connections ?? 20
  const settings: pg.PoolConfig = {
    connectionString: url,
    application_name: applicationName,
    max: connections,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    // What a process that froze in the middle of its work holds is free again after this. Nothing of ours rests so long inside a transaction.
    idle_in_transaction_session_timeout: 20_000,
    keepAlive: true,
    types,
  }
  // Statements that need not wait for each other travel together (pipeline); COPY needs a connection to itself, and has `custom`.
  // A plan that is kept must stay good while its tables grow: on an empty one reading all of it looks as cheap as any index.
  const pool = new pg.Pool({ ...settings, options: '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off', pipeline: true })
  const custom = new pg.Pool({ ...settings, max: Math.ceil(connections / 2) })
  const clients = new Set<pg.PoolClient>()
  for (const one of [pool, custom]) {
    one.on('error', onError)
    one.on('connect', client => {
      clients.add(client)
      // The pool listens while it rests, and who works with it then; in between nobody would. What was in hand fails by itself.
      client.on('error', () => undefined)
    })
    one.on('remove', client => clients.delete(client))
  }

  const listeners = new Map<string, Set<(payload: string) => void>>()
  let listening: Promise<pg.Client> | undefined
  let closed = false

  const connectListener = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url, application_name: `${applicationName} listener`, keepAlive: true })
    client.on('error', onError)
    client.on('notification', ({ channel, payload }) => {
      for (const wake of listeners.get(channel) ?? []) wake(payload ?? '')
    })
    await client.connect()
    client.once('end', () => {
      listening = undefined
      if (!closed && listeners.size > 0) void relisten()
    })
    for (const channel of listeners.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    return client
  }

  /** One statement at a time on the listener: pg's client has no queue of its own. */
  let turn: Promise<unknown> = Promise.resolve()
  const onListener = (client: pg.Client, command: 'LISTEN' | 'UNLISTEN', channel: string): Promise<unknown> => {
    const result = turn.then(() => client.query(`${command} ${pg.escapeIdentifier(channel)}`))
    turn = result.catch(() => undefined)
    return result
  }

  const listener = (): Promise<pg.Client> => {
    listening ??= connectListener().catch((error: unknown) => {
      listening = undefined
      throw error
    })
    return listening
  }

  const relisten = async (): Promise<void> => {
    while (!closed && listeners.size > 0) {
      try {
        await listener()
        // What was said meanwhile went by.
        for (const wakes of listeners.values()) for (const wake of wakes) wake('')
        return
      } catch (error) {
        onError(error as Error)
        await sleep(500, undefined, { ref: false })
      }
    }
  }

  return {
    pool,
    custom,
    url,
    ...sqlOn(pool, custom),
    transaction: async (work, { plan } = {}) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await runTransaction(plan === 'custom' ? custom : pool, work)
        } catch (error) {
          if (attempt === MOST_ATTEMPTS || !isLostRace(error)) throw error
          await sleep(Math.random() * 10 * 2 ** attempt)
        }
      }
    },
    listen: async (channel, wake) => {
      const wakes = listeners.get(channel) ?? new Set()
      wakes.add(wake)
      listeners.set(channel, wakes)
      const client = await listener()
      await onListener(client, 'LISTEN', channel)
      return async () => {
        wakes.delete(wake)
        if (wakes.size > 0 || closed || listeners.get(channel) !== wakes) return
        listeners.delete(channel)
        const current = await listening
        if (current) await onListener(current, 'UNLISTEN', channel)
      }
    },
    close: async () => {
      closed = true
      const client = await listening?.catch(() => undefined)
      await client?.end()
      const ended = Promise.all([pool.end(), custom.end()])
      if (await Promise.race([ended.then(() => true), sleep(CLOSE_MS, false)])) return
      // What still works now is rolled back, and whoever finds it next does it again.
      for (const one of clients) (one as unknown as pg.Client).end().catch(onError)
      await Promise.race([ended, sleep(CLOSE_MS)])
    },
  }
}

/** A server that is there and says that it starts, stops or recovers. */
const CANNOT_CONNECT_NOW = '57P03'
const START_DEADLINE_MS = 60_000

/** Fails with one clear line when the database cannot be reached. One that is starting, or recovers after it was killed, is waited for. */
export const assertReachable = async (database: PooledDatabase): Promise<void> => {
  try {
    for (const until = Date.now() + START_DEADLINE_MS; ; await sleep(200)) {
      try {
        await database.query('select 1')
        return
      } catch (error) {
        if ((error as { code?: unknown }).code !== CANNOT_CONNECT_NOW || Date.now() > until) throw error
      }
    }
  } catch (error) {
    const target = new URL(database.url)
    const reason = error instanceof AggregateError ? error.errors.map(e => (e as Error).message).join(', ') : (error as Error).message
    throw new StartError(`The database at ${target.hostname}:${target.port || '5432'}${target.pathname} (DATABASE_URL) cannot be reached: ${reason}`, { cause: error })
  }
}

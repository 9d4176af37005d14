/** What code may ask of the database: named statements, and transactions of them. */

/**
 * A statement of a fixed shape. `name` makes it a prepared statement per connection, planned once for all values; leave it out for shapes
 * that are rarely used.
 */
export interface Statement {
  name?: string
  text: string
  /** `custom`: PostgreSQL may plan it anew for its values, since a rare value wants another plan than a common one. Not inside a transaction. */
  plan?: 'custom'
}

/** Runs statements, on the pool or inside a transaction. Rows are plain objects; int8 and numeric come as strings. */
export interface Sql {
  query<Row extends object = Record<string, unknown>>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]>
}

/** Statements between BEGIN and COMMIT on one connection. */
export interface Transaction extends Sql {
  readonly kind: 'transaction'
  /** Sends pieces in COPY's text form to a `COPY … FROM STDIN`, no faster than they are taken, and answers how many rows there were. In a transaction of plan `custom` only. */
  copyFrom(statement: string, pieces: Iterable<string | Buffer> | AsyncIterable<string | Buffer>): Promise<number>
  /** Runs after the COMMIT, never after a rollback: wake-ups only, since a process that dies in between runs it not at all. */
  afterCommit(wake: () => void): void
}

export interface Database extends Sql {
  /**
   * Runs `work` in one READ COMMITTED transaction. A deadlock or serialization failure runs it again (at most five times),
   * so `work` holds no state of its own and does nothing outside the database: no HTTP, no queue, no waiting. `custom`: on a connection
   * that plans for values and that COPY can have to itself, for loads.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: { plan?: 'custom' }): Promise<T>
  /** Calls `wake` for each NOTIFY on the channel, and after a lost connection, when some may have gone by. Returns the unsubscribe function. */
  listen(channel: string, wake: (payload: string) => void): Promise<() => Promise<void>>
}

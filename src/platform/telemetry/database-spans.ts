/** Spans for statements and transactions that run inside another span, named by the statement's name: never its values. */
import type { PooledDatabase } from '../database/database.ts'
import type { Sql } from '../database/sql.ts'
import type { Tracing } from './tracing.ts'

const SYSTEM = { 'db.system.name': 'postgresql' }

const traced = (sql: Sql, tracing: Tracing): Sql => ({
  query: (statement, values) => {
    if (!tracing.isInside()) return sql.query(statement, values)
    const name = (typeof statement === 'string' ? undefined : statement.name) ?? 'statement'
    return tracing.span(`sql ${name}`, { kind: 'client', attributes: SYSTEM }, () => sql.query(statement, values))
  },
})

/** The same database; what polls outside of any span stays unseen. */
export const tracedDatabase = (database: PooledDatabase, tracing: Tracing): PooledDatabase => ({
  ...database,
  ...traced(database, tracing),
  transaction: (work, options) => {
    const run = () => database.transaction(tx => work({ ...tx, ...traced(tx, tracing) }), options)
    return tracing.isInside() ? tracing.span('transaction', { kind: 'client', attributes: SYSTEM }, run) : run()
  },
})

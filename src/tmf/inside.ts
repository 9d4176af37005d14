/** Services whose reads see what a transaction has written, for what is decided inside it. */
import type { Transaction } from '../platform/database/sql.ts'
import type { Services } from './services.ts'

export const insideOf = <Deps extends Pick<Services, 'database' | 'store'>>(tx: Transaction, deps: Deps): Deps => ({
  ...deps,
  database: { query: (statement, values) => tx.query(statement, values), transaction: work => work(tx), listen: (channel, wake) => deps.database.listen(channel, wake) } satisfies Services['database'],
  store: {
    ...deps.store,
    get: (context, resource, id) => deps.store.get(context, resource, id, { tx }),
    getMany: (context, resource, ids) => deps.store.getMany(context, resource, ids, { tx }),
    find: (context, resource, query) => deps.store.find(context, resource, query, { tx }),
    count: (context, resource, query) => deps.store.count(context, resource, query, { tx }),
    revision: (context, resource, id, revision) => deps.store.revision(context, resource, id, revision, { tx }),
  } satisfies Services['store'],
})

/** Services whose reads see what a transaction has written, for what is decided inside it. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Services } from '../../tmf/services.ts'

export const inside = (tx: Transaction, deps: Services): Services => ({
  ...deps,
  database: { query: (statement, values) => tx.query(statement, values), transaction: work => work(tx), listen: (channel, wake) => deps.database.listen(channel, wake) },
  store: {
    ...deps.store,
    get: (context, resource, id) => deps.store.get(context, resource, id, { tx }),
    getMany: (context, resource, ids) => deps.store.getMany(context, resource, ids, { tx }),
    find: (context, resource, query) => deps.store.find(context, resource, query, { tx }),
    count: (context, resource, query) => deps.store.count(context, resource, query, { tx }),
  },
})

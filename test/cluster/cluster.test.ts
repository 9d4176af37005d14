/** Two processes on one database, as the compose file has them: the short form of what `npm run soak` does for longer. */
import { describe, expect, it } from 'vitest'
import { clusterSoak, rolesSoak } from '../soak/cluster.ts'
import { createDatabaseUrl } from '../support/database.ts'
import { redisUrl } from '../support/redis.ts'

/** Some 30 s on a quiet machine, most of it starts; several times that where everything else runs beside it. */
const TIMEOUT_MS = 240_000

const onEmptyDatabase = async <T>(work: (databaseUrl: string) => Promise<T>): Promise<T> => {
  const { url, drop } = await createDatabaseUrl({ empty: true })
  try {
    return await work(url)
  } finally {
    await drop()
  }
}

const quiet = (): void => undefined
/** On Redis in a database of this file's own: other files work beside it. */
const backends: { name: string; url?: string }[] = [{ name: 'PostgreSQL' }, ...(redisUrl === undefined ? [] : [{ name: 'Redis', url: `${redisUrl}/60` }])]

describe.each(backends)('two processes with their jobs on $name', ({ url }) => {
  it(
    'share the work, lose nothing when one is killed, bill once, and tell of it in the order of commits',
    async () => {
      const report = await onEmptyDatabase(databaseUrl => clusterSoak({ seed: 1, databaseUrl, ...(url !== undefined && { redisUrl: url }), orders: 20, kills: 1, say: quiet }))
      expect(report.completed + report.cancelled).toBe(20)
      expect(report.bills).toBeGreaterThan(0)
      expect(report.billRuns).toBeGreaterThan(0)
      // Of few orders one may get all the work of a kind, while the other is held up; never all of all kinds.
      const shares = JSON.stringify(report.shares)
      for (const { orders, tasks, reactions, deliveries } of report.shares) {
        expect(orders, shares).toBeGreaterThan(0)
        expect([tasks, reactions, deliveries].filter(share => share > 0).length, shares).toBeGreaterThanOrEqual(2)
      }
    },
    TIMEOUT_MS,
  )
})

it(
  'a process that only answers leaves the work to one that only works',
  async () => {
    const [api, worker] = await onEmptyDatabase(databaseUrl => rolesSoak({ seed: 1, databaseUrl, say: quiet }))
    expect(api).toMatchObject({ orders: 4, tasks: 0, jobs: 0, reactions: 0, deliveries: 0 })
    expect(Math.min(worker!.tasks, worker!.jobs, worker!.reactions)).toBeGreaterThan(0)
  },
  TIMEOUT_MS,
)

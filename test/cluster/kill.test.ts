/** One process that is killed at random moments with everything it has: the short form of what `npm run soak` does for longer. */
import { describe, expect, it } from 'vitest'
import { killSoak } from '../soak/kill.ts'
import { redisUrl } from '../support/redis.ts'

/** On Redis in a database of this file's own: other files work beside it. */
const backends: { name: string; url?: string }[] = [{ name: 'PostgreSQL' }, ...(redisUrl === undefined ? [] : [{ name: 'Redis', url: `${redisUrl}/61` }])]

describe.each(backends)('Tandem with its jobs on $name, killed again and again', ({ url }) => {
  it(
    'ends every order right, does nothing twice and makes the bills that were foretold',
    async () => {
      const report = await killSoak({ seed: 1, orders: 12, kills: 2, ...(url !== undefined && { redisUrl: url }), say: () => undefined })
      expect(report).toMatchObject({ orders: 12, kills: 3 })
      expect(report.completed + report.cancelled).toBe(12)
      expect(report.bills).toBeGreaterThan(0)
    },
    240_000,
  )
})

/** What operators do about work that got stuck: jobs and reactions whose attempts are used up, listeners that keep failing. */
import type { Database, Sql } from '../../platform/database/sql.ts'
import { refuse } from '../../platform/errors.ts'
import type { DeadLetters } from '../../platform/jobs/runner.ts'
import { countPausedHubs, listPausedHubs, resumeHub, type PausedHub } from './delivery-store.ts'
import { discardReaction, replayReaction } from './reaction-store.ts'

export interface Page {
  limit: number
  offset: number
}

export interface StuckWork {
  /** `job.<id>` or `reaction.<name>:<seq>` */
  id: string
  kind: 'job' | 'reaction'
  name: string
  /** Data of the job; event and resource of the reaction. */
  data: unknown
  error: string
  attempts: number
  failedAt: Date
}

export interface Operations {
  listStuck(page: Page): Promise<{ items: StuckWork[]; total: number }>
  /** Runs it again with all its attempts. Of two who ask, the second gets a 404. */
  replay(id: string): Promise<void>
  discard(id: string): Promise<void>
  listPaused(page: Page): Promise<{ items: PausedHub[]; total: number }>
  resume(id: string): Promise<void>
}

const STUCK = `
  SELECT 'job.' || id AS id, 'job' AS kind, name, data, error, attempts, failed_at AS "failedAt" FROM dead_job
  UNION ALL
  SELECT 'reaction.' || r.reaction || ':' || r.event_seq, 'reaction', r.reaction,
    jsonb_build_object('eventType', e.event_type, 'brand', r.brand, 'resource', r.resource, 'resourceId', r.resource_id, 'revision', e.revision), coalesce(r.error, ''), r.attempts, r.due_at
  FROM event_reaction r JOIN event e ON e.seq = r.event_seq WHERE r.state = 'dead'`

const countStuck = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ count: number }>("SELECT ((SELECT count(*) FROM dead_job) + (SELECT count(*) FROM event_reaction WHERE state = 'dead'))::int AS count")
  return row?.count ?? 0
}

export const createOperations = (options: { database: Database; deadLetters: DeadLetters; wakeReactions: () => void; wakeDeliveries: () => void }): Operations => {
  const { database, deadLetters, wakeReactions, wakeDeliveries } = options
  /** Sends an id to where it belongs; ids of neither kind are nobody's. */
  const byKind = async (id: string, ofJob: (id: string) => Promise<void>, ofReaction: (id: string) => Promise<boolean>): Promise<void> => {
    if (id.startsWith('job.')) return ofJob(id.slice('job.'.length))
    if (!id.startsWith('reaction.') || !(await ofReaction(id.slice('reaction.'.length)))) throw refuse.notFound('Dead letter', id)
  }
  return {
    listStuck: async page => {
      const [items, total] = await Promise.all([database.query<StuckWork>(`${STUCK} ORDER BY "failedAt" DESC, id LIMIT $1 OFFSET $2`, [page.limit, page.offset]), countStuck(database)])
      return { items, total }
    },
    replay: async id => {
      await byKind(id, deadLetters.replay, key => replayReaction(database, key))
      wakeReactions()
    },
    discard: id => byKind(id, deadLetters.discard, key => discardReaction(database, key)),
    listPaused: async page => {
      const [items, total] = await Promise.all([listPausedHubs(database, page), countPausedHubs(database)])
      return { items, total }
    },
    resume: async id => {
      if (!(await resumeHub(database, id))) throw refuse.notFound('Paused listener', id)
      wakeDeliveries()
    },
  }
}

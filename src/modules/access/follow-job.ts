/** Keeps the audit trail near the event log, so that a search finds little left to copy. */
import { Type } from 'typebox'
import { followLog } from '../../tmf/audit/trail.ts'
import { defineJob } from '../../tmf/module.ts'

export const auditFollowJob = defineJob({
  name: 'access.follow-audit',
  schema: Type.Object({}),
  retry: { attempts: 3, backoffMs: 5_000 },
  concurrency: 1,
  every: { intervalMs: 15_000, data: {} },
  run: async (_data, { database }) => {
    await followLog(database)
  },
})

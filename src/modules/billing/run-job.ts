/** The jobs of billing: a run that somebody asked for, and the schedule that bills whatever business time has made due. */
import { Type } from 'typebox'
import { defineJob } from '../../tmf/module.ts'
import { billAllDue, billDue } from './run.ts'

/** Works on the due runs of a brand. Any number of processes may do so at once. */
export const billRunJob = defineJob({
  name: 'billing.run',
  schema: Type.Object({ brand: Type.String(), through: Type.String(), requestedBy: Type.String() }),
  run: ({ brand, through, requestedBy }, deps) => billDue(deps, brand, { through, requestedBy }),
  retry: { attempts: 5, backoffMs: 1_000 },
  concurrency: 2,
})

/** Bills what is due and takes up what a dead process left. Often, so that a moved clock bills a year in seconds; a look costs two statements. */
export const billScheduleJob = defineJob({
  name: 'billing.schedule',
  schema: Type.Object({}),
  run: (_data, deps) => billAllDue(deps),
  retry: { attempts: 3, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 5_000, data: {} },
})

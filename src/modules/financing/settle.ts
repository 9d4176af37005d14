/** Plans whose last instalment is due are settled: nothing comes after it. */
import { Type } from 'typebox'
import { newId } from '../../platform/ids.ts'
import { systemContext } from '../../platform/principal.ts'
import { defineJob } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { financingPlan } from './financing-plan.ts'
import { findEnded } from './plan-store.ts'

export const settlePlans = async (deps: Services): Promise<void> => {
  for (const { brand, id } of await findEnded(deps.database, deps.clock.now())) {
    await deps.store.update(systemContext(brand, newId()), financingPlan, id, doc => (doc.state === 'active' ? { ...doc, state: 'settled' as const } : doc))
  }
}

export const settlePlansJob = defineJob({
  name: 'financing.settle',
  schema: Type.Object({}),
  run: async (_: object, deps: Services) => await settlePlans(deps),
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 60_000, data: {} },
})

/** Answers questions about many sites, some at a time; what is answered is kept at once, so that a killed process loses little and nothing is answered twice. */
import { Type } from 'typebox'
import { systemContext, type Context } from '../../../platform/principal.ts'
import { defineJob } from '../../../tmf/module.ts'
import type { Services } from '../../../tmf/services.ts'
import { checkedItem, foundItems } from '../answer.ts'
import { answerTo } from '../ask.ts'
import { readService, type AskedService } from '../requirement.ts'
import { getBatch, idleBatches, keepResults, openSites, REMOVED_AT_ONCE, removeOldBatches, type Batch, type BatchQuestion, type BatchSite } from './batch-store.ts'

const AT_ONCE = 8
const CHUNK = 40
/** Its answers hold for thirty days; what nobody fetched in three times as long nobody will. */
const KEPT_MS = 90 * 86_400_000

const BatchData = Type.Object({ brand: Type.String(), id: Type.String() })

/** What is asked of one site: its own wishes before those of all. */
export const serviceOf = (question: BatchQuestion, site: Pick<BatchSite, 'place' | 'serviceCharacteristic'>): AskedService & { place: Readonly<Record<string, unknown>>[] } => {
  const own = site.serviceCharacteristic ?? []
  const named = new Set(own.map(one => one.name))
  return {
    place: [site.place],
    serviceCharacteristic: [...own, ...(question.serviceCharacteristic ?? []).filter(one => !named.has(one.name))],
    ...(question.serviceSpecification !== undefined && { serviceSpecification: question.serviceSpecification }),
  }
}

const resultOf = async (deps: Services, context: Context, batch: Batch, site: BatchSite): Promise<object> => {
  const service = serviceOf(batch.question, site)
  const now = deps.clock.now()
  const verdict = await answerTo(deps, context, readService(service, 'site'), batch.question.serviceSpecification?.id, now)
  const flags = { alternatives: batch.question.provideAlternative !== false, reasons: true }
  const item = checkedItem({ id: site.id, service: service as never }, verdict, now, flags)
  return batch.mode === 'check' ? item : { ...item, serviceQualificationItem: foundItems({ service: service as never }, verdict, now) }
}

const runBatch = async (deps: Services, brand: string, id: string): Promise<void> => {
  const batch = await getBatch(deps.database, brand, id)
  if (batch === undefined || batch.state === 'done') return
  const context = systemContext(brand, id)
  for (;;) {
    const sites = await openSites(deps.database, brand, id, CHUNK)
    if (sites.length === 0) return
    const waiting = [...sites]
    const results: { seq: number; result: string }[] = []
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.push({ seq: next.seq, result: JSON.stringify(await resultOf(deps, context, batch, next.site)) })
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    await keepResults(deps.database, brand, id, results)
  }
}

export const qualificationBatchRun = defineJob({
  name: 'qualification-batch',
  schema: BatchData,
  run: ({ brand, id }, deps) => runBatch(deps, brand, id),
  retry: { attempts: 5, backoffMs: 1000 },
  concurrency: 2,
})

export const startBatch = (deps: Pick<Services, 'jobs'>, brand: string, id: string): Promise<void> => deps.jobs.enqueue(qualificationBatchRun, { brand, id }, { id: `qualification-batch-${brand}-${id}` })

export const qualificationBatchSweep = defineJob({
  name: 'qualification-batch-sweep',
  schema: Type.Object({}),
  run: async (_, deps) => {
    for (const { brand, id } of await idleBatches(deps.database)) await startBatch(deps, brand, id)
    const before = new Date(deps.clock.now().getTime() - KEPT_MS)
    while ((await removeOldBatches(deps.database, before)) === REMOVED_AT_ONCE);
  },
  retry: { attempts: 1, backoffMs: 1000 },
  concurrency: 1,
  every: { intervalMs: 10_000, data: {} },
})

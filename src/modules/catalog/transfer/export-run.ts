/** Carries out export jobs: writes the catalog into pieces, and puts them at the job's URL. */
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { request } from 'undici'
import { systemContext, type Context } from '../../../platform/principal.ts'
import { defineJob, type AnyResource, type Reaction } from '../../../tmf/module.ts'
import type { Condition, FilterCondition, Services } from '../../../tmf/services.ts'
import { exportJob } from '../export-job.ts'
import { formatOf, mediaTypeOf, type FileFormat } from './collections.ts'
import { exportPlan } from './export-plan.ts'
import { dropPieces, readPieces, writePiece } from './export-store.ts'
import { JobFailure, outboundOf, runBetweenStates, unfinishedJobs, urlFaults } from './job-state.ts'

const PAGE = 500
const PUT_TIMEOUT_MS = 120_000
const PUT_ATTEMPTS = 3
const PAUSE_MS = 500

const JobData = Type.Object({ brand: Type.String(), id: Type.String() })

async function* pagesOf(deps: Services, context: Context, resource: AnyResource, where: readonly (Condition | FilterCondition)[]): AsyncGenerator<Record<string, unknown>[]> {
  for (let after = ''; ; ) {
    const rows = await deps.store.find(context, resource, { where: [...where, ...(after === '' ? [] : [{ path: 'id', op: 'gt' as const, value: after }])], sort: 'id', limit: PAGE })
    if (rows.length > 0) yield rows.map(row => row.doc as Record<string, unknown>)
    if (rows.length < PAGE) return
    after = rows.at(-1)!.id
  }
}

/** The file as text, a page at a time: one list for each collection, or a resource a line. */
async function* textOf(deps: Services, context: Context, plan: ReturnType<typeof exportPlan>, format: FileFormat): AsyncGenerator<string> {
  for (const [index, { resource, where }] of plan.entries()) {
    if (format === 'json') yield `${index === 0 ? '{' : ','}${JSON.stringify(resource.name)}:[`
    let first = true
    for await (const page of pagesOf(deps, context, resource, where)) {
      const docs = page.map(doc => JSON.stringify(doc))
      yield format === 'json' ? `${first ? '' : ','}${docs.join(',')}` : `${docs.join('\n')}\n`
      first = false
    }
    if (format === 'json') yield ']'
  }
  if (format === 'json') yield '}'
}

async function put(deps: Services, brand: string, id: string, url: string, contentType: string): Promise<void> {
  const [objection] = urlFaults(deps, url)
  if (objection) throw new JobFailure([`url ${objection.rule}`])
  for (let attempt = 1; ; attempt++) {
    let problem: string
    try {
      const answer = await request(url, {
        dispatcher: outboundOf(deps).dispatcher,
        method: 'PUT',
        signal: AbortSignal.timeout(PUT_TIMEOUT_MS),
        headers: { 'content-type': contentType, 'user-agent': 'tandem' },
        body: Readable.from(readPieces(deps.database, brand, id), { objectMode: false }),
      })
      await answer.body.dump()
      if (answer.statusCode >= 200 && answer.statusCode < 300) return
      problem = `${url} answered ${answer.statusCode} to PUT`
      if (answer.statusCode < 500 && answer.statusCode !== 429) throw new JobFailure([problem])
    } catch (error) {
      if (error instanceof JobFailure) throw error
      problem = `${url} could not be written: ${(error as Error).message}`
      if ((error as { code?: unknown }).code === 'OUTBOUND_BLOCKED') throw new JobFailure([problem])
    }
    if (attempt === PUT_ATTEMPTS) throw new JobFailure([problem])
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS * attempt))
  }
}

async function exportFile(deps: Services, brand: string, id: string): Promise<void> {
  const context = systemContext(brand, id)
  await runBetweenStates(deps, context, exportJob, id, async job => {
    const { url, contentType, path, query } = job
    // A create requires it.
    if (url === undefined) throw new JobFailure(['url is required'])
    const format = formatOf(contentType) ?? 'json'
    let seq = 0
    for await (const text of textOf(deps, context, exportPlan(path, query), format)) await writePiece(deps.database, brand, id, seq++, text)
    await dropPieces(deps.database, brand, id, seq)
    await put(deps, brand, id, url, mediaTypeOf(format))
    return []
  })
}

export const exportRun = defineJob({
  name: 'catalog-export',
  schema: JobData,
  run: ({ brand, id }, deps) => exportFile(deps, brand, id),
  retry: { attempts: 5, backoffMs: 1000 },
  concurrency: 1,
})

export const exportSweep = defineJob({
  name: 'catalog-export-sweep',
  schema: Type.Object({}),
  run: async (_, deps) => {
    for (const job of await unfinishedJobs(deps, 'export_job')) await deps.jobs.enqueue(exportRun, job, { id: `export-${job.brand}-${job.id}` })
  },
  retry: { attempts: 1, backoffMs: 1000 },
  concurrency: 1,
  every: { intervalMs: 30_000, data: {} },
})

export const startExport: Reaction = {
  name: 'catalog.start-export',
  on: ['ExportJobCreateEvent'],
  run: async ({ brand, resourceId }, { afterCommit, deps }) => {
    afterCommit(() => deps.jobs.enqueue(exportRun, { brand, id: resourceId }, { id: `export-${brand}-${resourceId}` }))
  },
}

/** What was exported goes with its job. */
export const dropExport: Reaction = {
  name: 'catalog.drop-export',
  on: ['ExportJobDeleteEvent'],
  run: async ({ brand, resourceId }, { tx }) => {
    await dropPieces(tx, brand, resourceId)
  },
}

/** What import and export jobs have in common: their states, where their URL may point, and the sweep for jobs that nobody works on. */
import type { Static } from 'typebox'
import { createOutbound, type Outbound } from '../../../platform/http/outbound.ts'
import { Refusal, fault, refuse, type Fault } from '../../../platform/errors.ts'
import type { Context } from '../../../platform/principal.ts'
import type { Lifecycle, Resource } from '../../../tmf/resource.ts'
import type { Services } from '../../../tmf/services.ts'
import type { ExportJob } from '../export-job.schema.ts'
import type { ImportJob } from '../import-job.schema.ts'
import { formatOf } from './collections.ts'

const jobLifecycle: Lifecycle = {
  attribute: 'status',
  states: ['Not Started', 'Running', 'Succeeded', 'Failed'],
  initial: ['Not Started'],
  moves: { 'Not Started': ['Running', 'Failed'], Running: ['Succeeded', 'Failed'] },
  movedBy: 'server',
}

/** What both kinds of job declare alike. */
export const jobDeclaration = {
  // It loads and reads in the name of the house.
  visibility: 'house',
  operations: ['list', 'get', 'create', 'delete'],
  serverSet: ['status', 'creationDate', 'completionDate', 'errorLog'],
  lifecycle: jobLifecycle,
  stamps: { onCreate: ['creationDate'] },
  events: ['create', 'stateChange', 'delete'],
  filters: { status: 'text', creationDate: 'instant', completionDate: 'instant' },
} satisfies Partial<Resource<any>>

/** A line for each record; past these, how many more there are. */
const MAX_LINES = 500

export const logText = (errors: readonly string[]): string =>
  [...errors.slice(0, MAX_LINES), ...(errors.length > MAX_LINES ? [`… and ${errors.length - MAX_LINES} more`] : [])].join('\n')

/** Not the process's fault: the other side did not answer, or what it sent is of no use. The job ends as Failed with this text. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure'
  readonly errors: readonly string[]
  constructor(errors: readonly string[]) {
    super(errors.join('\n'))
    this.errors = errors
  }
}

const guards = new WeakMap<object, Outbound>()

/** Requests to the URLs that jobs name: public hosts, and private ones that the settings allow. */
export const outboundOf = (deps: Pick<Services, 'config'>): Outbound => {
  let outbound = guards.get(deps.config)
  if (!outbound) guards.set(deps.config, (outbound = createOutbound(deps.config.hubAllowedHosts)))
  return outbound
}

export async function closeOutbound(deps: Pick<Services, 'config'>): Promise<void> {
  await guards.get(deps.config)?.close()
  guards.delete(deps.config)
}

export const urlFaults = (deps: Pick<Services, 'config'>, url: string | undefined): Fault[] => {
  const objection = url === undefined ? undefined : outboundOf(deps).objection(url)
  return objection === undefined ? [] : [fault('url', objection, url)]
}

/** Refuses a URL that may not be asked, and a form of file that is neither read nor written here. */
export const checkFile = (deps: Pick<Services, 'config'>, { url, contentType }: Pick<Static<typeof ImportJob>, 'url' | 'contentType'>): void => {
  const faults = urlFaults(deps, url)
  if (formatOf(contentType) === undefined) faults.push(fault('contentType', 'must be application/json or application/x-ndjson', contentType))
  if (faults.length > 0) throw refuse.invalid(faults)
}

/**
 * Runs a job's work between its states. Starts over a job that was cut short, leaves a finished one alone, and gives up quietly when it
 * was deleted meanwhile. Any error but JobFailure is thrown on, so that the queue tries again.
 */
export async function runBetweenStates<S extends typeof ImportJob | typeof ExportJob>(deps: Services, context: Context, resource: Resource<S>, id: string, work: (doc: Static<S>) => Promise<readonly string[]>): Promise<void> {
  const ended = (status: string | undefined): boolean => status === 'Succeeded' || status === 'Failed'
  const job = (await deps.store.get(context, resource, id))?.doc
  if (!job || ended(job.status)) return
  try {
    if (job.status === 'Not Started') await deps.store.update(context, resource, id, doc => (doc.status === 'Not Started' ? { ...doc, status: 'Running' } : doc))
    let errors: readonly string[]
    try {
      errors = await work(job)
    } catch (error) {
      if (!(error instanceof JobFailure)) throw error
      errors = error.errors
    }
    const completionDate = deps.clock.now().toISOString()
    // A second run of the same job (its first process was thought dead) may have ended it meanwhile: the first word stands.
    await deps.store.update(context, resource, id, doc =>
      ended(doc.status) ? doc : { ...doc, status: errors.length === 0 ? 'Succeeded' : 'Failed', completionDate, ...(errors.length > 0 && { errorLog: logText(errors) }) },
    )
  } catch (error) {
    if (error instanceof Refusal && error.status === 404 && !(await deps.store.get(context, resource, id))) return
    throw error
  }
}

/**
 * Jobs of any brand that were not finished a while after their last change: their wake-up was lost, or their process died. One that has
 * not ended within a day fails each time it is tried: the dead-letter list has it.
 */
export async function unfinishedJobs(deps: Pick<Services, 'database'>, table: 'import_job' | 'export_job'): Promise<{ brand: string; id: string }[]> {
  return await deps.database.query({
    name: `catalog_unfinished_${table}`,
    text: `SELECT brand, id FROM ${table} WHERE doc->>'status' IN ('Not Started', 'Running') AND updated_at < now() - interval '20 seconds' AND created_at > now() - interval '1 day' ORDER BY updated_at LIMIT 100`,
  })
}

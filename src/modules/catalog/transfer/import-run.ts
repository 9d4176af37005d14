/** Carries out import jobs: fetches the file, reads its records, writes them into the catalog. */
import { Type } from 'typebox'
import { request } from 'undici'
import { systemContext } from '../../../platform/principal.ts'
import { defineJob, type Reaction } from '../../../tmf/module.ts'
import type { Services } from '../../../tmf/services.ts'
import { importJob } from '../import-job.ts'
import { collectionOfPath, formatOf, type FileFormat } from './collections.ts'
import { JobFailure, outboundOf, runBetweenStates, unfinishedJobs, urlFaults } from './job-state.ts'
import { readRecords, UnreadableFile, type ReadFile } from './record-source.ts'
import { writeRecords } from './record-writer.ts'

const MAX_BYTES = 64 * 1024 * 1024
const FETCH_TIMEOUT_MS = 60_000
const FETCH_ATTEMPTS = 3
const PAUSE_MS = 500

const JobData = Type.Object({ brand: Type.String(), id: Type.String() })

/** Another try may help: no answer, too busy, an error of the other side. */
class Transient extends Error {}

async function fetchOnce(deps: Services, url: string): Promise<{ text: string; contentType: string | undefined }> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS)
  const answer = await request(url, { dispatcher: outboundOf(deps).dispatcher, signal, headers: { accept: 'application/json, application/x-ndjson', 'user-agent': 'tandem' } })
  if (answer.statusCode !== 200) {
    await answer.body.dump()
    const text = `${url} answered ${answer.statusCode}`
    throw answer.statusCode >= 500 || answer.statusCode === 429 ? new Transient(text) : new JobFailure([text])
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BYTES) {
      answer.body.destroy()
      throw new JobFailure([`The file is longer than ${MAX_BYTES} bytes`])
    }
    chunks.push(chunk)
  }
  const type = answer.headers['content-type']
  return { text: Buffer.concat(chunks).toString('utf8'), contentType: Array.isArray(type) ? type[0] : type }
}

async function fetchFile(deps: Services, url: string): Promise<{ text: string; contentType: string | undefined }> {
  const [objection] = urlFaults(deps, url)
  if (objection) throw new JobFailure([`url ${objection.rule}`])
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchOnce(deps, url)
    } catch (error) {
      const blocked = (error as { code?: unknown }).code === 'OUTBOUND_BLOCKED'
      if (error instanceof JobFailure) throw error
      const text = error instanceof Transient || blocked ? (error as Error).message : `${url} could not be read: ${(error as Error).message}`
      if (blocked || attempt === FETCH_ATTEMPTS) throw new JobFailure([text])
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS * attempt))
    }
  }
}

const readFile = (text: string, format: FileFormat, path: string | undefined): ReadFile => {
  try {
    return readRecords(text, format, collectionOfPath(path))
  } catch (error) {
    if (error instanceof UnreadableFile) throw new JobFailure([error.message])
    throw error
  }
}

async function importFile(deps: Services, brand: string, id: string): Promise<void> {
  // The job's own id is the thread that ties the events of its records together.
  const context = systemContext(brand, id)
  await runBetweenStates(deps, context, importJob, id, async job => {
    const { url, contentType, path } = job
    // A create requires it.
    if (url === undefined) throw new JobFailure(['url is required'])
    const file = await fetchFile(deps, url)
    const format = formatOf(contentType ?? file.contentType) ?? 'json'
    const { records, errors } = readFile(file.text, format, path)
    const written = await writeRecords(deps.store, context, records)
    deps.log.info({ importJob: id, created: written.created, changed: written.changed, unchanged: written.unchanged, errors: errors.length + written.errors.length }, 'catalog import done')
    return [...errors, ...written.errors]
  })
}

export const importRun = defineJob({
  name: 'catalog-import',
  schema: JobData,
  run: ({ brand, id }, deps) => importFile(deps, brand, id),
  retry: { attempts: 5, backoffMs: 1000 },
  concurrency: 1,
})

export const importSweep = defineJob({
  name: 'catalog-import-sweep',
  schema: Type.Object({}),
  run: async (_, deps) => {
    for (const job of await unfinishedJobs(deps, 'import_job')) await deps.jobs.enqueue(importRun, job, { id: `import-${job.brand}-${job.id}` })
  },
  retry: { attempts: 1, backoffMs: 1000 },
  concurrency: 1,
  every: { intervalMs: 30_000, data: {} },
})

export const startImport: Reaction = {
  name: 'catalog.start-import',
  on: ['ImportJobCreateEvent'],
  run: async ({ brand, resourceId }, { afterCommit, deps }) => {
    afterCommit(() => deps.jobs.enqueue(importRun, { brand, id: resourceId }, { id: `import-${brand}-${resourceId}` }))
  },
}

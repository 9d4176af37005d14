/** Carries out imports: fetches what has an address, builds a version of the source aside, switches the source to it. Also drops what nobody reads any more. */
import { Type } from 'typebox'
import { defineJob } from '../../../tmf/module.ts'
import type { Services } from '../../../tmf/services.ts'
import { getSource } from '../coverage-source-store.ts'
import { dropOldAnswers } from '../live/live-store.ts'
import { addressLink } from './address-link.ts'
import { abandonedUploads, beat, claimImport, failImport, getImport, idleImports, markReceived, readPieces, releaseImport, switchVersion, type CoverageImport } from './import-store.ts'
import { fetchPieces } from './receive.ts'
import { rejections } from './rejected.ts'
import { stagedLines, type Reading } from './staged-lines.ts'
import { blocksOf, unpacked, UnusableFile } from './unpack.ts'
import { attachVersion, buildVersion, dropOldVersions, nextVersion } from './version-store.ts'

const BEAT_MS = 1000
const MAX_REJECTED_SHARE = 0.05
/** The source this file is about names addresses by the FCC's location ids unless it says otherwise. */
const ADDRESS_SOURCE = 'fcc'

const ImportData = Type.Object({ brand: Type.String(), id: Type.String() })

/** A process that dies of a file each time must not be started on it for ever. */
const MOST_ATTEMPTS = 10

/** Somebody else works on the import, or it was ended: this attempt stops and changes nothing. */
class Overtaken extends Error {}

/** Classes of PostgreSQL's errors that the same file meets again: data that it cannot hold, constraints, limits of its own. */
const OF_THE_DATA = /^(22|23|54)[0-9A-Z]{3}$/

const willNotGoAway = (error: unknown): boolean => {
  if (error instanceof TypeError || error instanceof RangeError) return true
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && OF_THE_DATA.test(code)
}

const enqueueImport = (deps: Pick<Services, 'jobs'>, brand: string, id: string): Promise<void> => deps.jobs.enqueue(coverageImportRun, { brand, id }, { id: `coverage-import-${brand}-${id}` })

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

const shareFault = (reading: Reading, most: number): string | undefined => {
  const { linesRead, rowsAccepted } = reading.counts
  const { count } = reading.rejected
  if (rowsAccepted === 0) return count === 0 ? 'The file has no row' : `None of ${linesRead} lines or features could be taken: nothing was changed`
  return count > linesRead * most ? `${count} of ${linesRead} lines or features were rejected, more than ${percent(most)}: nothing was changed` : undefined
}

const load = async (deps: Services, brand: string, imported: CoverageImport, version: number, alive: (reading: Reading) => Promise<void>): Promise<Reading & { stored: number }> => {
  const source = await getSource(deps.database, brand, imported.sourceId)
  if (source === undefined) throw new UnusableFile('The source was removed')
  const { settings, provider } = source
  const addressesOf = await addressLink(deps.database, brand, settings.addressSource ?? ADDRESS_SOURCE)
  let reading: Reading | undefined
  // One after the other: two on the way at once could arrive the older one last.
  let telling: Promise<void> = Promise.resolve()
  const tell = (now: Reading): Promise<void> => (telling = telling.catch(() => undefined).then(() => alive(now)))
  const lines = async function* (): AsyncGenerator<string> {
    const now: Reading = { format: imported.format, settings, sourceName: source.name, provider, now: deps.clock.now(), rejected: rejections(), addressesOf, counts: { linesRead: 0, rowsAccepted: 0 } }
    reading = now
    let told = Date.now()
    for await (const text of stagedLines(now, blocksOf(unpacked(readPieces(deps.database, brand, imported.id))))) {
      yield text
      if (Date.now() - told < BEAT_MS) continue
      told = Date.now()
      await tell(now)
    }
    await tell(now)
    const wrong = shareFault(now, settings.maxRejectedShare ?? MAX_REJECTED_SHARE)
    if (wrong !== undefined) throw new UnusableFile(wrong)
  }
  // While rows are sorted and indexed no line comes by: somebody has to say that this attempt is alive.
  const timer = setInterval(() => {
    // One that does not get through is made up by the next; an attempt that was overtaken is stopped by the switch.
    if (reading !== undefined) tell(reading).catch((error: unknown) => { deps.log.debug({ err: error, coverageImport: imported.id }, 'an import could not say that it is alive') })
  }, BEAT_MS)
  try {
    const stored = await buildVersion(deps.database, version, imported.format === 'fcc' ? 'slowest' : 'last', lines)
    if (reading === undefined) throw new Error('nothing was read')
    return { ...reading, stored }
  } finally {
    clearInterval(timer)
  }
}

const runImport = async (deps: Services, brand: string, id: string): Promise<void> => {
  const version = await nextVersion(deps.database)
  const imported = await claimImport(deps.database, brand, id, version)
  if (imported === undefined) return
  const { attempt } = imported
  const nothing = { linesRead: 0, rowsAccepted: 0, linesRejected: 0, rejected: [] }
  const listened = (isOurs: boolean): void => {
    if (!isOurs) throw new Overtaken()
  }
  try {
    if (attempt > MOST_ATTEMPTS) throw new UnusableFile(`The import was begun ${MOST_ATTEMPTS} times and never came to an end`)
    if (!imported.received) {
      if (imported.url === null) throw new UnusableFile('The file was not received')
      const bytes = await fetchPieces(deps, brand, id, imported.url, async so => listened(await beat(deps.database, brand, id, attempt, nothing, so)))
      listened(await beat(deps.database, brand, id, attempt, nothing, bytes))
      await markReceived(deps.database, brand, id, bytes)
    }
    const { stored } = await load(deps, brand, imported, version, async reading =>
      listened(await beat(deps.database, brand, id, attempt, { ...reading.counts, linesRejected: reading.rejected.count, rejected: reading.rejected.shown })),
    )
    await attachVersion(deps.database, version)
    await switchVersion(deps.database, brand, imported, version, stored, tx => tx.afterCommit(() => void deps.jobs.enqueue(coverageVersionDrop, {})))
    deps.log.info({ coverageImport: id, version, rows: stored }, 'coverage import done')
  } catch (error) {
    if (error instanceof Overtaken) return
    if (error instanceof UnusableFile) {
      await failImport(deps.database, brand, id, attempt, error.message)
      return
    }
    if (willNotGoAway(error)) {
      deps.log.error({ err: error, coverageImport: id }, 'a coverage import failed for good')
      await failImport(deps.database, brand, id, attempt, `The file cannot be taken in: ${(error as Error).message.slice(0, 300)}`)
      return
    }
    await releaseImport(deps.database, brand, id, attempt)
    throw error
  }
}

export const coverageImportRun = defineJob({
  name: 'coverage-import',
  schema: ImportData,
  run: ({ brand, id }, deps) => runImport(deps, brand, id),
  retry: { attempts: 5, backoffMs: 1000 },
  // Of a source one is under way at a time; a long file of one must not keep the others waiting.
  concurrency: 3,
})

/** Wakes an import whose row has been committed. */
export const startImport = enqueueImport

export const coverageImportSweep = defineJob({
  name: 'coverage-import-sweep',
  schema: Type.Object({}),
  run: async (_, deps) => {
    for (const { brand, id } of await abandonedUploads(deps.database)) {
      const found = await getImport(deps.database, brand, id)
      if (found?.state === 'receiving') await failImport(deps.database, brand, id, undefined, 'The upload was broken off: send the file again')
    }
    for (const { brand, id } of await idleImports(deps.database)) await enqueueImport(deps, brand, id)
    await dropOldVersions(deps.database)
    await dropOldAnswers(deps.database)
  },
  retry: { attempts: 1, backoffMs: 1000 },
  concurrency: 1,
  every: { intervalMs: 5000, data: {} },
})

export const coverageVersionDrop = defineJob({
  name: 'coverage-version-drop',
  schema: Type.Object({}),
  run: async (_, deps) => {
    await dropOldVersions(deps.database)
  },
  retry: { attempts: 3, backoffMs: 1000 },
  concurrency: 1,
})

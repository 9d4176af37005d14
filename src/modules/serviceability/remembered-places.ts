/**
 * What sources say of places that pages ask for again and again, kept until coverage, its sources or addresses change. What this process
 * changes counts at once; what others change is announced by the database when it is committed (prisma/schema/serviceability.sql).
 * Places where a source has to be asked live are not kept here, nor how many ports are left.
 */
import type { Database } from '../../platform/database/sql.ts'
import type { Services } from '../../tmf/services.ts'
import { addressChanges } from '../place/index.ts'
import { coverageChanges } from './coverage-changed.ts'
import { coverageAt, type Known } from './place-check.ts'

const CHANNEL = 'tandem_coverage'
const KNOWN_MS = 60_000
const MOST_PLACES = 10_000

interface Memory {
  /** Changes that the database has announced. */
  heard: number
  places: Map<string, { known: Known; at: number; until: number }>
  unlisten: () => Promise<void>
}

const memories = new WeakMap<Database, Memory>()
export const startRemembering = async ({ database }: Pick<Services, 'database'>): Promise<void> => {
  const memory: Memory = { heard: 0, places: new Map(), unlisten: () => Promise.resolve() }
  memory.unlisten = await database.listen(CHANNEL, () => void (memory.heard += 1))
  memories.set(database, memory)
}

export const stopRemembering = async ({ database }: Pick<Services, 'database'>): Promise<void> => {
  const memory = memories.get(database)
  memories.delete(database)
  await memory?.unlisten()
}

/** All that can change only grows, so one number says whether anything did. */
const momentOf = (memory: Memory): number => memory.heard + coverageChanges() + addressChanges()

/** As coverageAt; what it found a moment ago is not read again. */
export const rememberedCoverageAt: typeof coverageAt = async (deps, context, query, providers) => {
  const memory = memories.get(deps.database as Database)
  if (memory === undefined || query === undefined) return coverageAt(deps, context, query, providers)
  const key = JSON.stringify([context.brand, query, providers])
  const at = momentOf(memory)
  const kept = memory.places.get(key)
  if (kept !== undefined && kept.at === at && kept.until > performance.now()) return kept.known
  const known = await coverageAt(deps, context, query, providers)
  memory.places.delete(key)
  // What was changed between the question and now must not be kept.
  if ('code' in known || known.asked.length > 0 || at !== momentOf(memory)) return known
  if (memory.places.size >= MOST_PLACES) memory.places.delete(memory.places.keys().next().value!)
  memory.places.set(key, { known, at, until: performance.now() + KNOWN_MS })
  return known
}

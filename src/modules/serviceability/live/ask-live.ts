/**
 * Asks the live sources of a brand about a place, all at once and under one deadline, and puts what they say among what is known. What
 * cannot be reached falls back as its source says; it never becomes available by that.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Services } from '../../../tmf/services.ts'
import { ADDRESS_SPECIFICITY, type LiveSource } from '../coverage-at-place-store.ts'
import { outboundOf } from '../import/outbound.ts'
import type { AskedSource, Coverage } from '../qualification.ts'
import { countFailure, keepAnswer, mayProbe } from './live-store.ts'
import { canAsk, linesOf, requestFor, type LivePlace, type LiveRow } from './mapping.ts'

const TIMEOUT_MS = 1000
const CACHE_SECONDS = 300
const MAX_AGE_SECONDS = 86_400
const BREAKER_FAILURES = 3
const BREAKER_OPEN_MS = 30_000
/** For all of them together, whatever each may take by itself. */
const DEADLINE_MS = 3000
const MAX_ANSWER_BYTES = 262_144

type Deps = Pick<Services, 'database' | 'config' | 'log'>

/** What counts of one source. */
interface Heard {
  asked: AskedSource
  rows: { lines: LiveRow[]; at: Date; how: 'asked' | 'cached' } | undefined
}

const ageOf = (at: Date): number => Math.max(0, Math.round((Date.now() - at.getTime()) / 1000))

const inWords = (error: unknown): string => {
  const { name, code, message } = error as { name?: string; code?: string; message?: string }
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer in time'
  if (code === 'OUTBOUND_BLOCKED') return 'its address may not be reached'
  return code === undefined ? (message ?? 'no answer').slice(0, 200) : `connection failed (${code})`
}

const ask = async (deps: Deps, source: LiveSource, place: LivePlace, deadline: AbortSignal): Promise<LiveRow[]> => {
  const { live } = source
  const { url, method, body } = requestFor(live, place)
  const secret = live.secret === undefined ? {} : { [live.secret.header]: (await readFile(path.join(deps.config.dataDir, 'secrets', live.secret.name), 'utf8')).trim() }
  const answer = await outboundOf(deps).send(url, {
    method,
    headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...secret },
    ...(body !== undefined && { body }),
    timeoutMs: live.timeoutMs ?? TIMEOUT_MS,
    maxBytes: MAX_ANSWER_BYTES,
    signal: deadline,
  })
  if (answer.status < 200 || answer.status > 299) throw new Error(`it answered ${answer.status}`)
  let parsed: unknown
  try {
    parsed = JSON.parse(answer.body)
  } catch {
    throw new Error('its answer is not JSON')
  }
  return linesOf(live, parsed)
}

const fallBack = (source: LiveSource, why: string): Heard => {
  const { live, kept, name, provider } = source
  if (live.fallback === 'cache' && kept !== undefined && ageOf(kept.askedAt) <= (live.maxAgeSeconds ?? MAX_AGE_SECONDS)) {
    return { asked: { source: name, state: 'unreachable', fallback: 'cache', ageSeconds: ageOf(kept.askedAt), why }, rows: { lines: kept.rows, at: kept.askedAt, how: 'cached' } }
  }
  return { asked: { source: name, state: 'unreachable', ...(live.fallback === 'imported' ? { fallback: 'imported', provider } : { fallback: 'unknown' }), why }, rows: undefined }
}

const hear = async (deps: Deps, brand: string, source: LiveSource, placeKey: string, place: LivePlace, deadline: AbortSignal, isWished: boolean): Promise<Heard> => {
  const { live, kept, breaker, name } = source
  if (!canAsk(live, place)) return { asked: { source: name, state: 'notAsked', why: 'the place does not say what it asks for' }, rows: undefined }
  if (kept !== undefined && ageOf(kept.askedAt) < (live.cacheSeconds ?? CACHE_SECONDS)) {
    return { asked: { source: name, state: 'cached', ageSeconds: ageOf(kept.askedAt) }, rows: { lines: kept.rows, at: kept.askedAt, how: 'cached' } }
  }
  if (!isWished) return { asked: { source: name, state: 'notAsked', why: 'another provider is wished' }, rows: undefined }
  if (breaker.openUntil !== undefined && (breaker.openUntil.getTime() > Date.now() || !(await mayProbe(deps.database, brand, source.id, live.timeoutMs ?? TIMEOUT_MS)))) {
    return fallBack(source, 'it failed too often and is left alone for a while')
  }
  try {
    const lines = await ask(deps, source, place, deadline)
    await keepAnswer(deps.database, brand, source.id, placeKey, lines, breaker.failures > 0 || breaker.openUntil !== undefined)
    return { asked: { source: name, state: 'asked', ageSeconds: 0 }, rows: { lines, at: new Date(), how: 'asked' } }
  } catch (error) {
    const why = inWords(error)
    deps.log.warn({ coverageSource: source.id, why }, 'a live source of coverage could not be asked')
    await countFailure(deps.database, brand, source.id, live.breakerFailures ?? BREAKER_FAILURES, live.breakerOpenMs ?? BREAKER_OPEN_MS)
    return fallBack(source, why)
  }
}

/** What its lines are of, so that ports of them can be held: the address that it was asked about, else the cell. */
const placeOf = (placeKey: string): NonNullable<Coverage['place']> => (placeKey.startsWith('@') ? { kind: 'address', id: placeKey.slice(1) } : { kind: 'cell', id: placeKey })

const coverageOf = (source: LiveSource, line: LiveRow, index: number, placeKey: string, at: Date, how: 'asked' | 'cached'): Coverage => ({
  id: `${source.id}-${index + 1}`,
  provider: source.provider,
  technology: line.technology,
  maxDownload: line.maxDownload,
  maxUpload: line.maxUpload,
  latencyClass: line.latencyClass,
  marketSegment: line.marketSegment,
  // It was asked about this very place.
  specificity: ADDRESS_SPECIFICITY,
  since: line.since === undefined ? undefined : new Date(line.since),
  until: line.until === undefined ? undefined : new Date(line.until),
  capacity: line.capacity,
  ...(placeKey !== '' && { place: placeOf(placeKey) }),
  source: source.name,
  asOf: at,
  priority: source.priority,
  heard: how,
})

/**
 * What is known of the place with the live sources heard. What a source says replaces what is known otherwise of its provider: a no of
 * the stack itself is not outvoted by an old file. Where `providers` are wished, only their sources are asked. Where it cannot be heard and falls back to nothing, nothing is known of that provider.
 */
export const withLive = async (deps: Deps, brand: string, live: readonly LiveSource[], placeKey: string, place: LivePlace, known: readonly Coverage[], providers?: readonly string[]): Promise<{ rows: Coverage[]; asked: AskedSource[] }> => {
  const deadline = AbortSignal.timeout(DEADLINE_MS)
  const heard = await Promise.all(live.map(source => hear(deps, brand, source, placeKey, place, deadline, providers?.includes(source.provider) ?? true)))
  const replaced = new Set(live.flatMap((source, index) => {
    const one = heard[index]
    return one?.rows !== undefined || one?.asked.fallback === 'unknown' ? [source.provider] : []
  }))
  const rows = known.filter(row => !replaced.has(row.provider))
  for (const [index, source] of live.entries()) {
    const said = heard[index]?.rows
    if (said !== undefined) rows.push(...said.lines.map((line, number) => coverageOf(source, line, number, placeKey, said.at, said.how)))
  }
  return { rows, asked: heard.map(one => one.asked) }
}

/**
 * Can it be delivered? Coverage rows of one place and what is asked of them give a verdict with reasons and alternatives. Pure.
 * Rules: DOMAIN "Qualification"; TMF645 CheckServiceQualificationItem.
 */

export type LatencyClass = 'low' | 'standard'
export type MarketSegment = 'business' | 'residential'
export type Result = 'qualified' | 'alternate' | 'unqualified'

/** One coverage row as the domain sees it. Speeds in Mbit/s. */
export interface Coverage {
  id: string
  provider: string
  technology: string
  maxDownload: number | undefined
  maxUpload: number | undefined
  latencyClass: LatencyClass
  marketSegment: MarketSegment | 'both'
  /** How closely the row names the place: 16 for the address itself, else the resolution of the cell. */
  specificity: number
  since: Date | undefined
  until: Date | undefined
  capacity: number | undefined
  /** Ports that its source counts, where some of them are held here. */
  counted?: number
  /** What the row is of; missing where no place of coverage has it (a source that was asked). */
  place?: { kind: 'address' | 'cell'; id: string }
  source: string
  asOf: Date
  /** Of two rows that name the place as closely, the one whose source has more of it counts; 0 when left out. */
  priority?: number
  /** Of a source that is asked: whether it was asked now, or what it said before counts. */
  heard?: 'asked' | 'cached'
}

/** What became of a source that is asked at the time of a check. */
export interface AskedSource {
  source: string
  /** asked: it answered. cached: its last answer is young enough. unreachable: it did not answer. notAsked: the place does not say what it needs to know. */
  state: 'asked' | 'cached' | 'unreachable' | 'notAsked'
  /** Of the answer that counts, where one does. */
  ageSeconds?: number
  /** What counts instead, where it was unreachable. Unknown is never available. */
  fallback?: 'cache' | 'imported' | 'unknown'
  /** Whose imported rows count instead. */
  provider?: string
  /** Why it was not reached. */
  why?: string
}

/** What a service asks of a line. What is left out does not matter to it. */
export interface Requirement {
  /** One of these. */
  technologies?: readonly string[]
  providers?: readonly string[]
  /** Mbit/s, at least. */
  download?: number
  upload?: number
  latencyClass?: LatencyClass
  marketSegment?: MarketSegment
  /** What rules have against a line; a line that they refuse is no alternative either. */
  objections?: (row: Coverage) => Reason[]
}

export interface Reason {
  /** One of ours, or that of a rule. */
  code: ReasonCode | (string & Record<never, never>)
  label: string
}

/** Why something cannot be delivered; the codes are stable, the words are for people. */
export type ReasonCode =
  | 'addressUnknown'
  | 'addressAmbiguous'
  | 'addressIncomplete'
  | 'placeMissing'
  | 'siteUnknown'
  | 'siteWithoutPlace'
  | 'noCoverage'
  | 'coordinatesLookSwapped'
  | 'segmentNotServed'
  | 'notYetAvailable'
  | 'noLongerAvailable'
  | 'providerNotAvailable'
  | 'technologyNotAvailable'
  | 'downloadTooSlow'
  | 'uploadTooSlow'
  | 'latencyTooHigh'
  | 'noCapacity'
  | 'sourceUnreachable'

export interface Proposal {
  line: Coverage
  /** What of the question it does not meet; empty when it meets all, only later. */
  misses: Reason['code'][]
  /** From when, where it cannot be had at the date asked for. */
  availableFrom: Date | undefined
}

export interface Verdict {
  result: Result
  /** Lines that meet all, the best first. Empty unless qualified. */
  lines: Coverage[]
  /** Best fit first. Empty unless alternate. */
  proposals: Proposal[]
  /** Empty when qualified, else at least one. */
  reasons: Reason[]
  /** Sources that were asked for this answer; missing where there are none to ask. */
  asked?: AskedSource[]
}

/** More would be a list nobody reads. */
const MAX_PROPOSALS = 5
const DAY_MS = 86_400_000

const inForce = (row: Coverage, at: Date): boolean => (row.since === undefined || row.since <= at) && (row.until === undefined || at < row.until)
const serves = (row: Coverage, segment: MarketSegment | undefined): boolean => segment === undefined || row.marketSegment === 'both' || row.marketSegment === segment
const mbit = (speed: number): string => `${speed} Mbit/s`

/** Does `a` say more about the place than `b`, or the same but newer? */
const overrides = (a: Coverage, b: Coverage): boolean => {
  if (a.specificity !== b.specificity) return a.specificity > b.specificity
  if ((a.priority ?? 0) !== (b.priority ?? 0)) return (a.priority ?? 0) > (b.priority ?? 0)
  const [sinceA, sinceB] = [a.since?.getTime() ?? 0, b.since?.getTime() ?? 0]
  if (sinceA !== sinceB) return sinceA > sinceB
  if (a.asOf.getTime() !== b.asOf.getTime()) return a.asOf > b.asOf
  return a.id < b.id
}

/**
 * What holds at a place: for each kind of customer, of each provider and technology, the row that names the place most closely. A row on
 * the address with no port left hides the same provider's promise for the whole cell, for the customers it is about.
 */
export const closest = (rows: readonly Coverage[], segment: MarketSegment | undefined): Coverage[] => {
  const kept = new Map<string, Coverage>()
  for (const one of segment === undefined ? (['business', 'residential'] as const) : [segment]) {
    for (const row of rows) {
      if (!serves(row, one)) continue
      const key = JSON.stringify([row.provider, row.technology, one])
      const held = kept.get(key)
      if (held === undefined || overrides(row, held)) kept.set(key, row)
    }
  }
  return [...new Set(kept.values())]
}

/** What of the requirement a row does not meet, with the words for it. */
const missesOf = (row: Coverage, need: Requirement): Reason[] => {
  const misses: Reason[] = []
  if (need.providers !== undefined && !need.providers.includes(row.provider)) {
    misses.push({ code: 'providerNotAvailable', label: `${need.providers.join(' or ') || 'A provider that can deliver this'} does not deliver here` })
  }
  if (need.technologies !== undefined && !need.technologies.includes(row.technology)) {
    misses.push({ code: 'technologyNotAvailable', label: `${need.technologies.join(' or ') || 'A technology that can carry this'} is not available here` })
  }
  if (need.download !== undefined && (row.maxDownload ?? 0) < need.download) {
    misses.push({ code: 'downloadTooSlow', label: `${mbit(need.download)} down was asked for, ${row.technology} gives ${mbit(row.maxDownload ?? 0)} here` })
  }
  if (need.upload !== undefined && (row.maxUpload ?? 0) < need.upload) {
    misses.push({ code: 'uploadTooSlow', label: `${mbit(need.upload)} up was asked for, ${row.technology} gives ${mbit(row.maxUpload ?? 0)} here` })
  }
  if (need.latencyClass === 'low' && row.latencyClass !== 'low') {
    misses.push({ code: 'latencyTooHigh', label: `${row.technology} does not reach a low latency here` })
  }
  if (row.capacity !== undefined && row.capacity <= 0) misses.push({ code: 'noCapacity', label: `${row.technology} of ${row.provider} has no port left here` })
  if (need.objections !== undefined) misses.push(...need.objections(row))
  return misses
}

const shortfall = (have: number | undefined, want: number | undefined): number => (want === undefined || want <= 0 ? 0 : Math.max(0, (want - (have ?? 0)) / want))

/**
 * How far a row is from what was asked, 0 at best: the missing parts of the speeds, 0.3 for another technology, 0.2 for another provider,
 * 0.3 for the latency, and for a later start 0.1 and a year's part of the wait. So the same technology a little slower comes before another
 * technology at full speed, and that before half the speed.
 */
const distance = (row: Coverage, need: Requirement, waitDays: number): number =>
  shortfall(row.maxDownload, need.download) +
  shortfall(row.maxUpload, need.upload) +
  (need.technologies !== undefined && !need.technologies.includes(row.technology) ? 0.3 : 0) +
  (need.providers !== undefined && !need.providers.includes(row.provider) ? 0.2 : 0) +
  (need.latencyClass === 'low' && row.latencyClass !== 'low' ? 0.3 : 0) +
  (waitDays > 0 ? 0.1 + Math.min(1, waitDays / 365) : 0)

/** The best line first: faster, then low latency, then known more closely; the id settles the rest, so that an answer never wavers. */
const better = (a: Coverage, b: Coverage): number =>
  (b.maxDownload ?? 0) - (a.maxDownload ?? 0) ||
  (b.maxUpload ?? 0) - (a.maxUpload ?? 0) ||
  Number(b.latencyClass === 'low') - Number(a.latencyClass === 'low') ||
  b.specificity - a.specificity ||
  (a.id < b.id ? -1 : Number(a.id > b.id))

const proposalsFrom = (now: readonly Coverage[], later: readonly Coverage[], need: Requirement, at: Date): Proposal[] => {
  const ranked: { proposal: Proposal; distance: number }[] = []
  for (const line of now) {
    const misses = missesOf(line, need).map(miss => miss.code)
    if (!misses.includes('noCapacity') && (need.objections?.(line) ?? []).length === 0) ranked.push({ proposal: { line, misses, availableFrom: undefined }, distance: distance(line, need, 0) })
  }
  for (const line of later) {
    if (line.since === undefined) continue
    ranked.push({ proposal: { line, misses: [], availableFrom: line.since }, distance: distance(line, need, (line.since.getTime() - at.getTime()) / DAY_MS) })
  }
  return ranked
    .sort((a, b) => a.distance - b.distance || better(a.proposal.line, b.proposal.line))
    .slice(0, MAX_PROPOSALS)
    .map(entry => entry.proposal)
}

/**
 * What can be had later: for each date after `at` on which something starts, the lines that hold then, start then and meet the need.
 * Asked per date, because what starts later may still be hidden by a row that names the place more closely.
 */
const startingLater = (served: readonly Coverage[], need: Requirement, at: Date): Coverage[] => {
  const starts = [...new Set(served.flatMap(row => (row.since !== undefined && row.since > at ? [row.since.getTime()] : [])))].sort((a, b) => a - b)
  const first = new Map<string, Coverage>()
  for (const start of starts) {
    const date = new Date(start)
    for (const row of closest(served.filter(candidate => inForce(candidate, date)), need.marketSegment).sort(better)) {
      const key = JSON.stringify([row.provider, row.technology, row.marketSegment])
      if (row.since?.getTime() === start && !first.has(key) && missesOf(row, need).length === 0) first.set(key, row)
    }
  }
  return [...first.values()]
}

const availableFrom = (row: Coverage): Reason[] =>
  row.since === undefined ? [] : [{ code: 'notYetAvailable', label: `${row.technology} is available here from ${row.since.toISOString().slice(0, 10)}` }]

/** Why nothing here meets the need: what the nearest row lacks, looking first at the technologies that were asked for. */
const reasonsOf = (rows: readonly Coverage[], served: readonly Coverage[], now: readonly Coverage[], later: readonly Coverage[], need: Requirement): Reason[] => {
  if (rows.length === 0) return [{ code: 'noCoverage', label: 'Nothing is delivered at this place' }]
  if (served.length === 0) return [{ code: 'segmentNotServed', label: `${need.marketSegment ?? 'These'} customers are not served at this place` }]
  const asked = now.filter(row => need.technologies?.includes(row.technology) ?? true)
  const nearest = (asked.length > 0 ? asked : now)
    .map(row => ({ row, misses: missesOf(row, need) }))
    .sort((a, b) => a.misses.length - b.misses.length || distance(a.row, need, 0) - distance(b.row, need, 0) || better(a.row, b.row))[0]
  const reasons = [...(nearest?.misses ?? []), ...later.slice(0, 1).flatMap(availableFrom)]
  return reasons.length > 0 ? reasons : [{ code: 'noLongerAvailable', label: 'What is or will be delivered at this place is not available at the date asked for' }]
}

/**
 * The verdict for one place.
 * @param rows every coverage row that names the place, whenever it is in force
 * @param at the date the service is wanted for, in business time
 */
export const assess = (rows: readonly Coverage[], need: Requirement, at: Date): Verdict => {
  const served = rows.filter(row => serves(row, need.marketSegment))
  const now = closest(served.filter(row => inForce(row, at)), need.marketSegment)
  const lines = now.filter(row => missesOf(row, need).length === 0).sort(better)
  if (lines.length > 0) return { result: 'qualified', lines, proposals: [], reasons: [] }
  const later = startingLater(served, need, at)
  const proposals = proposalsFrom(now, later, need, at)
  return { result: proposals.length > 0 ? 'alternate' : 'unqualified', lines: [], proposals, reasons: reasonsOf(rows, served, now, later, need) }
}

/** A verdict where the place itself is the trouble. */
export const refusedPlace = (code: ReasonCode, label: string): Verdict => ({ result: 'unqualified', lines: [], proposals: [], reasons: [{ code, label }] })

/** The whole from its items: any unqualified makes it unqualified, else any alternate makes it alternate, else it is qualified. */
export const overall = (results: readonly Result[]): Result => {
  if (results.includes('unqualified')) return 'unqualified'
  return results.includes('alternate') ? 'alternate' : 'qualified'
}

/** How long an answer holds when coverage does not end sooner. */
export const ANSWER_HOLDS_DAYS = 30

/** How long one holds that is no because a source could not be reached. */
const UNHEARD_HOLDS_MS = 300_000

/**
 * A verdict with what became of the sources that were asked. What could not be reached is a reason where the answer is no, and the only
 * one where nothing else is known of the place.
 */
export const withAsked = (verdict: Verdict, asked: AskedSource[]): Verdict => {
  if (asked.length === 0) return verdict
  const unheard = asked.filter(one => one.state === 'unreachable' && one.fallback === 'unknown')
  if (verdict.result === 'qualified' || unheard.length === 0) return { ...verdict, asked }
  const reasons = unheard.map((one): Reason => ({ code: 'sourceUnreachable', label: `${one.source} could not be asked (${one.why ?? 'no answer'}): whether it delivers here is not known` }))
  return { ...verdict, asked, reasons: [...verdict.reasons.filter(reason => reason.code !== 'noCoverage'), ...reasons] }
}

/** When an answer given at `now` expires: after the days above, or when a line it rests on ends. */
export const expiryOf = (verdict: Verdict, now: Date): Date => {
  const latest = new Date(now.getTime() + ANSWER_HOLDS_DAYS * DAY_MS)
  const [line] = verdict.lines
  // A no that only means that somebody did not answer is asked again soon, and so is a yes that rests on what stands in for a source that fell silent.
  const isUnheard = verdict.asked?.some(one => one.state === 'unreachable' && (verdict.result !== 'qualified' || (one.fallback === 'cache' && line?.heard !== undefined && line.source === one.source) || (one.fallback === 'imported' && line?.heard === undefined && line?.provider === one.provider)))
  const ends = [line?.until, isUnheard === true ? new Date(now.getTime() + UNHEARD_HOLDS_MS) : undefined].filter(end => end !== undefined)
  return ends.reduce((soonest, end) => (end < soonest && end > now ? end : soonest), latest)
}

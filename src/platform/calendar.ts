/**
 * Bill dates: local dates of an IANA zone, cycle days that clamp at month ends and come back, and the first instant of a local day.
 * A local date is the text `2027-02-28`; nothing here depends on the server's own zone.
 */

export { isTimeZone } from './time-zone.ts'

/** A calendar date without a zone, `YYYY-MM-DD`. Compares as text. */
export type LocalDate = string

const DAY_MS = 86_400_000
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/

const epochDay = (date: LocalDate): number => {
  const match = DATE.exec(date)
  if (!match) throw new RangeError(`not a date: ${date}`)
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY_MS
  if (fromEpochDay(day) !== date) throw new RangeError(`not a date: ${date}`)
  return day
}

const fromEpochDay = (day: number): LocalDate => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** Whether the text is a date that exists: `2027-02-30` does not. */
export const isLocalDate = (text: string): boolean => {
  try {
    epochDay(text)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Days from one date to another; negative when `to` is earlier. Daylight saving has no part in it. */
export const daysBetween = (from: LocalDate, to: LocalDate): number => epochDay(to) - epochDay(from)

export const addDays = (date: LocalDate, days: number): LocalDate => fromEpochDay(epochDay(date) + days)

export const earlier = (a: LocalDate, b: LocalDate): LocalDate => (a < b ? a : b)
export const later = (a: LocalDate, b: LocalDate): LocalDate => (a > b ? a : b)

export const dayOfMonth = (date: LocalDate): number => Number(date.slice(8))

/** Months since year 0: the unit in which cycles are counted. */
const monthIndex = (date: LocalDate): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1

const lastDayOf = (index: number): number => new Date(Date.UTC(Math.floor(index / 12), (index % 12) + 1, 0)).getUTCDate()

/** The cycle day in one month, clamped to its last day: 31 gives 30 April, 28 or 29 February, and 31 again in May. */
const cycleDateIn = (index: number, cycleDay: number): LocalDate => {
  const day = Math.min(cycleDay, lastDayOf(index))
  const year = String(Math.floor(index / 12)).padStart(4, '0')
  return `${year}-${String((index % 12) + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The same day some months later, clamped to the month's end. */
export const addMonths = (date: LocalDate, months: number): LocalDate => cycleDateIn(monthIndex(date) + months, dayOfMonth(date))

/** From one cycle date to the next: `start` belongs to it, `end` does not. */
export interface CycleWindow {
  start: LocalDate
  end: LocalDate
}

/**
 * The cycle that a date lies in, for cycles of `months` months. Longer cycles than a month are counted from the first cycle date
 * on or after `anchor`, so that a yearly price keeps its month.
 */
export const cycleWindow = (date: LocalDate, cycleDay: number, months = 1, anchor: LocalDate = date): CycleWindow => {
  const anchored = monthIndex(anchor)
  const first = cycleDateIn(anchored, cycleDay) >= anchor ? anchored : anchored + 1
  const here = monthIndex(date)
  const reached = cycleDateIn(here, cycleDay) <= date ? here : here - 1
  const behind = (((reached - first) % months) + months) % months
  const start = reached - behind
  return { start: cycleDateIn(start, cycleDay), end: cycleDateIn(start + months, cycleDay) }
}

/**
 * The date of the bill after a date. From any date it is the first cycle date after it; from a cycle date it lies as many months further as
 * the account is billed every.
 */
export const nextCycleDate = (date: LocalDate, cycleDay: number, months = 1): LocalDate => cycleWindow(date, cycleDay, months).end

/** The window of a price that is charged every so many days, counted from its start. */
export const dayWindow = (date: LocalDate, days: number, anchor: LocalDate): CycleWindow => {
  const start = addDays(anchor, Math.floor(daysBetween(anchor, date) / days) * days)
  return { start, end: addDays(start, days) }
}

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (zone: string): Intl.DateTimeFormat => {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, calendar: 'iso8601', numberingSystem: 'latn', year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(zone, format)
  }
  return format
}

/** The date that a wall calendar in the zone shows at an instant. */
export const localDate = (instant: Date, zone: string): LocalDate => {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const part of formatOf(zone).formatToParts(instant)) parts[part.type] = part.value
  return `${(parts.year ?? '').padStart(4, '0')}-${parts.month}-${parts.day}`
}

const starts = new Map<string, number>()

/**
 * The first instant of a local day. Where daylight saving skips midnight it is the first instant after the gap. Found by halving
 * the 32 hours around midnight UTC, down to a second: offsets are between −12 and +14 hours, and no transition is finer.
 */
export const startOfDay = (date: LocalDate, zone: string): Date => {
  const key = `${zone}|${date}`
  const known = starts.get(key)
  if (known !== undefined) return new Date(known)
  const midnight = epochDay(date) * 86_400
  let before = midnight - 16 * 3600
  let at = midnight + 16 * 3600
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2)
    if (localDate(new Date(middle * 1000), zone) >= date) at = middle
    else before = middle
  }
  if (starts.size > 10_000) starts.clear()
  starts.set(key, at * 1000)
  return new Date(at * 1000)
}

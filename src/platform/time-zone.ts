/** IANA time zones: whether one exists, and what its wall clock shows. */

const clocks = new Map<string, Intl.DateTimeFormat>()

const clockOf = (zone: string): Intl.DateTimeFormat => {
  let clock = clocks.get(zone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, calendar: 'iso8601', numberingSystem: 'latn', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    clocks.set(zone, clock)
  }
  return clock
}

/** Whether this machine knows the IANA zone. */
export const isTimeZone = (zone: string): boolean => {
  try {
    clockOf(zone)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** What a clock on the wall shows at an instant: the day of the week, and the minutes since midnight (0 to 1439). */
export const wallClock = (instant: Date, zone: string): { weekday: Weekday; minute: number } => {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const part of clockOf(zone).formatToParts(instant)) parts[part.type] = part.value
  const weekday = WEEKDAYS.find(day => day === parts.weekday)
  if (weekday === undefined) throw new Error(`no day of the week in ${zone}`)
  return { weekday, minute: Number(parts.hour) * 60 + Number(parts.minute) }
}

const fulls = new Map<string, Intl.DateTimeFormat>()

/** How far a zone's wall clock is ahead of UTC at an instant, in milliseconds. */
const offsetAt = (instant: number, zone: string): number => {
  let full = fulls.get(zone)
  if (!full) {
    full = new Intl.DateTimeFormat('en-GB', { timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
    fulls.set(zone, full)
  }
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const part of full.formatToParts(new Date(instant))) parts[part.type] = part.value
  const shown = Date.UTC(Number(parts.year), Number(parts.month) - 1, Number(parts.day), Number(parts.hour), Number(parts.minute), Number(parts.second))
  return shown - Math.floor(instant / 1000) * 1000
}

/** The local date (`2027-03-28`) that a zone's calendar shows at an instant. */
export const localDateAt = (instant: Date, zone: string): string => new Date(instant.getTime() + offsetAt(instant.getTime(), zone)).toISOString().slice(0, 10)

const DAY_MS = 86_400_000

/**
 * The instant at which a zone's clocks show a local date and time of day. A time that a change of the clocks leaves out is as much later as the
 * clocks were put forward; one that comes twice is the first.
 */
export const instantAtLocal = (date: string, minute: number, zone: string): Date => {
  const shown = Date.parse(`${date}T00:00:00Z`) + minute * 60_000
  const before = offsetAt(shown - DAY_MS, zone)
  if (offsetAt(shown - before, zone) === before) return new Date(shown - before)
  const after = offsetAt(shown + DAY_MS, zone)
  return new Date(offsetAt(shown - after, zone) === after ? shown - after : shown - before)
}

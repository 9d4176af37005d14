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

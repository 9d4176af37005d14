/** When somebody who wants to be left alone may be contacted again. Pure. */
import { wallClock, type Weekday } from '../../platform/time-zone.ts'
import type { QuietHours } from './contact-preference.ts'

const DAY = 1440
const MINUTE_MS = 60_000
const BEFORE: Readonly<Record<Weekday, Weekday>> = { Mon: 'Sun', Tue: 'Mon', Wed: 'Tue', Thu: 'Wed', Fri: 'Thu', Sat: 'Fri', Sun: 'Sat' }
/** Windows that follow each other without a gap are gone through one by one; whoever has no other time in this many is asked again then. */
const MOST_WINDOWS = 50

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** Minutes until the window ends; undefined when it is not on. A window past midnight belongs to the day on which it began. */
const minutesLeft = (hours: QuietHours, weekday: Weekday, minute: number): number | undefined => {
  const [from, to] = [minuteOf(hours.from), minuteOf(hours.to)]
  const isOn = (day: Weekday): boolean => hours.weekday === undefined || hours.weekday.includes(day)
  if (from < to) return minute >= from && minute < to && isOn(weekday) ? to - minute : undefined
  if (minute >= from && isOn(weekday)) return DAY - minute + to
  return minute < to && isOn(BEFORE[weekday]) ? to - minute : undefined
}

/** The first instant from `now` on that is in no quiet hours: `now` itself when none are on. */
export const afterQuietHours = (hours: readonly QuietHours[], zone: string, now: Date): Date => {
  let at = now
  for (let step = 0; step < MOST_WINDOWS; step += 1) {
    const { weekday, minute } = wallClock(at, zone)
    const left = Math.max(0, ...hours.map(one => minutesLeft(one, weekday, minute) ?? 0))
    if (left === 0) return at
    // On the full minute. Where the clock is changed on the way, the next round sees what it shows then.
    at = new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS + left * MINUTE_MS)
  }
  return at
}

/** The slots of a calendar as instants: its local working hours on each day, without holidays, over changes of the clocks. Pure. */
import { instantAtLocal, localDateAt } from '../../platform/time-zone.ts'

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
export type Day = (typeof WEEKDAYS)[number]

/** A stretch of a local day in which technicians work. Times of day as `08:00`; `24:00` is the end of the day. */
export interface Hours {
  from: string
  to: string
  /** How many appointments at once. */
  capacity: number
  /** Minutes of one slot; the whole stretch is one when left out. */
  slotMinutes?: number
}

export interface CalendarHours {
  id: string
  /** IANA zone of the area. */
  timeZone: string
  workingHours: readonly (Hours & { day: readonly Day[] })[]
  /** Local dates on which nobody works. */
  holiday: readonly string[]
  /** Local dates with hours of their own, instead of those of the week and also on holidays. */
  exception: readonly { date: string; hours: readonly Hours[] }[]
  minimumNoticeMinutes: number
  horizonDays: number
}

export interface Slot {
  /** Of the calendar and the start: what an appointment may name. */
  id: string
  calendarId: string
  start: Date
  end: Date
  capacity: number
}

const DAY_MS = 86_400_000
const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/

/** Minutes since midnight; undefined when it is no time of day. */
export const minuteOf = (time: string): number | undefined => {
  const match = TIME.exec(time)
  if (!match) return undefined
  return match[1] === undefined ? 1440 : Number(match[1]) * 60 + Number(match[2])
}

const weekdayOf = (date: string): Day => WEEKDAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'Mon'
const nextDate = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)

export const slotId = (calendarId: string, start: Date): string => `${calendarId}~${start.toISOString()}`

/** The calendar and start that a slot's id names. */
export const readSlotId = (id: string): { calendarId: string; start: Date } | undefined => {
  const at = id.lastIndexOf('~')
  const start = new Date(at < 0 ? Number.NaN : id.slice(at + 1))
  return at < 1 || Number.isNaN(start.getTime()) ? undefined : { calendarId: id.slice(0, at), start }
}

const pieces = (hours: Hours): { from: number; to: number; capacity: number }[] => {
  const [from, to] = [minuteOf(hours.from) ?? 0, minuteOf(hours.to) ?? 0]
  const length = hours.slotMinutes ?? to - from
  const found: { from: number; to: number; capacity: number }[] = []
  for (let at = from; at + length <= to; at += length) found.push({ from: at, to: at + length, capacity: hours.capacity })
  return found
}

/** The slots of one local day. One that a change of the clocks leaves no time is none. */
export const slotsOn = (calendar: CalendarHours, date: string): Slot[] => {
  const own = calendar.exception.find(one => one.date === date)
  const weekday = weekdayOf(date)
  const hours = own?.hours ?? (calendar.holiday.includes(date) ? [] : calendar.workingHours.filter(one => one.day.includes(weekday)))
  const slots = hours.flatMap(pieces).flatMap(({ from, to, capacity }): Slot[] => {
    const [start, end] = [instantAtLocal(date, from, calendar.timeZone), instantAtLocal(date, to, calendar.timeZone)]
    return start < end && capacity > 0 ? [{ id: slotId(calendar.id, start), calendarId: calendar.id, start, end, capacity }] : []
  })
  return slots.sort((a, b) => a.start.getTime() - b.start.getTime())
}

/** From when, and until when, a calendar can be booked. */
export const bookable = (calendar: CalendarHours, now: Date): { from: Date; until: Date } => ({
  from: new Date(now.getTime() + calendar.minimumNoticeMinutes * 60_000),
  until: new Date(now.getTime() + calendar.horizonDays * DAY_MS),
})

/** The slots that lie wholly within a time and can still be booked, the earliest first. */
export const slotsWithin = (calendar: CalendarHours, from: Date, to: Date, now: Date): Slot[] => {
  const { from: earliest, until } = bookable(calendar, now)
  const [first, last] = [from > earliest ? from : earliest, to < until ? to : until]
  if (first >= last) return []
  const found: Slot[] = []
  const end = localDateAt(last, calendar.timeZone)
  for (let date = localDateAt(first, calendar.timeZone); date <= end; date = nextDate(date)) {
    found.push(...slotsOn(calendar, date).filter(slot => slot.start >= first && slot.start > now && slot.end <= last))
  }
  return found
}

/** The slot that begins at an instant, bookable or not. */
export const slotAt = (calendar: CalendarHours, start: Date): Slot | undefined =>
  slotsOn(calendar, localDateAt(start, calendar.timeZone)).find(slot => slot.start.getTime() === start.getTime())

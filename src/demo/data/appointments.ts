/** Who comes to Doggerhaven when: technicians of the provider by quarter and skill, as calendars. */
import { holidaysOf } from './holidays.ts'
import { brands, type SampleRecord } from './record.ts'

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']
/** Years of holidays that a calendar is loaded with, this one first. */
const YEARS = 10
const thisYear = new Date().getUTCFullYear()
const holidays = Array.from({ length: YEARS }, (_, index) => holidaysOf(thisYear + index)).flat()

const calendar = (id: string, name: string, postcode: readonly string[], skill: readonly string[], hours: readonly Record<string, unknown>[]): SampleRecord => ({
  brand: brands.own,
  resource: 'technicianCalendar',
  id,
  doc: { name, timeZone: 'Europe/London', postcode, skill, workingHours: hours, holiday: holidays, minimumNoticeMinutes: 240, horizonDays: 60 },
})

export const appointmentRecords: SampleRecord[] = [
  calendar('cal-old-town', 'Old town, lines and homes', ['ZD1 1AA', 'ZD1 1AB', 'ZD1 1AC', 'ZD1 1AD', 'ZD1 2AE'], ['fibre', 'cable', 'copper', 'homeNetwork'], [
    { day: weekdays, from: '08:00', to: '18:00', slotMinutes: 120, capacity: 3 },
    { day: ['Sat'], from: '09:00', to: '13:00', slotMinutes: 120, capacity: 1 },
  ]),
  calendar('cal-around', 'Around the town, lines', ['ZD2 1AA', 'ZD2 1AB', 'ZD2 2AC', 'ZD3 1AA', 'ZD3 1AB', 'ZD3 2AC'], ['fibre', 'copper'], [{ day: weekdays, from: '08:00', to: '16:00', slotMinutes: 240, capacity: 2 }]),
  calendar('cal-skerry', 'Far Skerry, by boat', ['ZD4 1AA'], ['copper', 'homeNetwork'], [{ day: ['Wed'], from: '10:00', to: '14:00', capacity: 1 }]),
]

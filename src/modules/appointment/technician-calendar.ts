/** When technicians with which skills can come to which area, and how many at once (Tandem's own): what slots are made of. */
import { isValidCell } from 'h3-js'
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { isTimeZone } from '../../platform/time-zone.ts'
import { defineResource } from '../../tmf/resource.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { workforceApi } from './appointment-api.ts'
import { isBooked } from './slot-store.ts'
import { minuteOf, WEEKDAYS, type CalendarHours, type Hours } from './slots.ts'

const hours = {
  from: Type.String({ description: 'Local time of day at which it begins: 08:00' }),
  to: Type.String({ description: 'Local time of day at which it ends; 24:00 is the end of the day' }),
  capacity: Type.Integer({ minimum: 0, maximum: 10_000, description: 'How many appointments at once' }),
  slotMinutes: Type.Optional(Type.Integer({ minimum: 5, maximum: 1440, description: 'Minutes of one slot; the whole stretch is one when left out' })),
}
const LocalDate = (description: string) => Type.String({ format: 'date', description })

export const TechnicianCalendar = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    timeZone: Type.Optional(Type.String({ description: 'IANA time zone of the area, in which all its times are: Europe/Berlin' })),
    postcode: Type.Optional(Type.Array(Type.String({ maxLength: 20 }), { maxItems: 5000, description: 'Postcodes of the area' })),
    cell: Type.Optional(Type.Array(Type.String({ maxLength: 20 }), { maxItems: 5000, description: 'H3 cells of the area, of any resolution' })),
    skill: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100, description: 'What its technicians can do' })),
    workingHours: Type.Optional(
      Type.Array(Type.Object({ day: Type.Array(Type.Enum([...WEEKDAYS], { type: 'string' }), { minItems: 1, maxItems: 7, description: 'Days of the week' }), ...hours }), { maxItems: 100, description: 'Hours of a usual week' }),
    ),
    holiday: Type.Optional(Type.Array(LocalDate('A day on which nobody works'), { maxItems: 1000, description: 'Days on which nobody works' })),
    exception: Type.Optional(
      Type.Array(Type.Object({ date: LocalDate('The day'), hours: Type.Array(Type.Object(hours), { maxItems: 50, description: 'Its hours; none when empty' }) }), { maxItems: 1000, description: 'Days with hours of their own, also where they are holidays' }),
    ),
    minimumNoticeMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 525_600, description: 'How long before its start a slot can be booked at the latest' })),
    horizonDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 730, description: 'How far ahead slots can be booked; 90 when left out' })),
    ...extensible,
  },
  { description: 'When technicians can come to an area' },
)
export type TechnicianCalendar = Static<typeof TechnicianCalendar>

/** As postcodes are compared: in upper case, without spaces and punctuation. */
export const plainPostcode = (postcode: string): string => postcode.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

const hourFaults = (list: readonly Hours[], path: string): Fault[] => {
  const faults: Fault[] = []
  for (const [index, { from, to }] of list.entries()) {
    const [begin, end] = [minuteOf(from), minuteOf(to)]
    if (begin === undefined) faults.push(fault(`${path}[${index}].from`, 'must be a time of day such as 08:00', from))
    if (end === undefined) faults.push(fault(`${path}[${index}].to`, 'must be a time of day such as 17:30, or 24:00', to))
    if (begin !== undefined && end !== undefined && begin >= end) faults.push(fault(`${path}[${index}].to`, 'must be after from', to))
  }
  return faults
}

/** Two stretches of one day must not overlap: a slot is told by its start. */
const overlaps = (list: readonly Hours[]): boolean => {
  const sorted = list.map(one => [minuteOf(one.from) ?? 0, minuteOf(one.to) ?? 0] as const).sort((a, b) => a[0] - b[0])
  return sorted.some(([from], index) => index > 0 && from < (sorted[index - 1]?.[1] ?? 0))
}

export const technicianCalendar = defineResource({
  api: workforceApi,
  name: 'technicianCalendar',
  type: 'TechnicianCalendar',
  table: 'technician_calendar',
  description: 'Working hours, holidays and capacity of technicians with certain skills in an area. All its times are local to the area; slots are made of them.',
  schema: TechnicianCalendar,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['timeZone', 'workingHours'] },
  filters: { name: 'text', timeZone: 'text' },
  visibility: 'brand',
  writtenBy: 'house',
  external: false,
  prepare: draft => ({
    ...draft,
    ...(draft.postcode !== undefined && { postcode: [...new Set(draft.postcode.map(plainPostcode))] }),
    ...(draft.cell !== undefined && { cell: [...new Set(draft.cell.map(cell => cell.trim().toLowerCase()))] }),
  }),
  check(doc) {
    const faults: Fault[] = []
    if (doc.timeZone === undefined || !isTimeZone(doc.timeZone)) faults.push(fault('timeZone', 'must be an IANA time zone such as Europe/Berlin', doc.timeZone))
    for (const [index, cell] of (doc.cell ?? []).entries()) if (!isValidCell(cell)) faults.push(fault(`cell[${index}]`, 'must be an H3 cell index', cell))
    faults.push(...hourFaults(doc.workingHours ?? [], 'workingHours'))
    for (const day of WEEKDAYS) if (overlaps((doc.workingHours ?? []).filter(one => one.day.includes(day)))) faults.push(fault('workingHours', `has stretches that overlap on ${day}`))
    for (const [index, { hours: own }] of (doc.exception ?? []).entries()) {
      faults.push(...hourFaults(own, `exception[${index}].hours`))
      if (overlaps(own)) faults.push(fault(`exception[${index}].hours`, 'has stretches that overlap'))
    }
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  async checkDelete(doc, { context, now, deps }) {
    if (await isBooked(deps.database, context.brand, doc.id, now)) throw refuse.conflict('calendarBooked', `technicianCalendar ${doc.id} has appointments that are still to come: move or cancel them`)
  },
  example: {
    name: 'Harbour quarter, lines',
    timeZone: 'Europe/London',
    postcode: ['ZD1 1AA'],
    skill: ['fibre'],
    workingHours: [{ day: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'], from: '08:00', to: '16:00', slotMinutes: 120, capacity: 3 }],
    holiday: ['2027-12-25'],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'the time zone is none, or a cell is none', attribute: 'timeZone' },
    { status: 400, code: 'invalidAttribute', when: 'hours are no times of day, end before they begin, or overlap', attribute: 'workingHours' },
    { status: 409, code: 'calendarBooked', when: 'a calendar is deleted that has appointments to come' },
  ],
})

const HORIZON_DAYS = 90

export const hoursOf = (doc: TechnicianCalendar): CalendarHours => ({
  id: doc.id,
  timeZone: doc.timeZone ?? 'UTC',
  workingHours: doc.workingHours ?? [],
  holiday: doc.holiday ?? [],
  exception: doc.exception ?? [],
  minimumNoticeMinutes: doc.minimumNoticeMinutes ?? 0,
  horizonDays: doc.horizonDays ?? HORIZON_DAYS,
})

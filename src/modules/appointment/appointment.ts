/** TMF646 appointment. One at a place takes a technician's slot, and with it a place in the slot's count; moving, cancelling and deleting it give that back. */
import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../platform/database/sql.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { defineResource, PrepareAgain, type Work } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { appointmentApi } from './appointment-api.ts'
import { Appointment, appointmentCreate, appointmentUpdate } from './appointment.schema.ts'
import { calendarById, calendarsFor, inside, noSlot, skillsOf, slotsFor, type FreeSlot, type Wanted } from './free-slots.ts'
import { freeSlot, takeSlot } from './slot-store.ts'
import { readSlotId, slotAt, type CalendarHours } from './slots.ts'

const SLOT = 'TimeSlot'

interface Period {
  start: Date
  end: Date | undefined
}

const periodOf = ({ validFor }: Appointment, now: Date): Period | undefined => {
  const faults: Fault[] = []
  const { startDateTime, endDateTime } = validFor ?? {}
  if (startDateTime === undefined) faults.push(fault('validFor.startDateTime', 'is required'))
  const [start, end] = [startDateTime === undefined ? undefined : new Date(startDateTime), endDateTime === undefined ? undefined : new Date(endDateTime)]
  if (start !== undefined && start <= now) faults.push(fault('validFor.startDateTime', 'must be in the future', startDateTime))
  if (start !== undefined && end !== undefined && end <= start) faults.push(fault('validFor.endDateTime', 'must be after startDateTime', endDateTime))
  if (faults.length > 0) throw refuse.invalid(faults)
  return start === undefined ? undefined : { start, end }
}

/** The slot that an appointment has, or that it names. */
const slotOf = (doc: Appointment | undefined): ReturnType<typeof readSlotId> => (doc?.calendarEvent?.id === undefined ? undefined : readSlotId(doc.calendarEvent.id))
/** A cancelled one has given its slot back. */
const holds = (doc: Appointment | undefined): string | undefined => (doc === undefined || doc.status === 'cancelled' || slotOf(doc) === undefined ? undefined : doc.calendarEvent?.id)

const eventOf = (slot: FreeSlot): NonNullable<Appointment['calendarEvent']> => ({ id: slot.id, href: `/tandem/v1/technicianCalendar/${encodeURIComponent(slot.calendarId)}`, '@referredType': SLOT })

/** An event that is named must be a slot: one that nobody keeps would be ignored, and taken for booked. */
const refuseUnknownEvent = (doc: Appointment, previous: Appointment | undefined): void => {
  const id = doc.calendarEvent?.id
  if (id !== undefined && id !== previous?.calendarEvent?.id && readSlotId(id) === undefined) throw refuse.invalid([fault('calendarEvent.id', 'names no slot: take the id of an availableTimeSlot of a searchTimeSlot', id)])
}

/** Calendars that may serve it: the one that a named slot is of, else those of the place. */
const calendarsOf = async (deps: Services, context: Context, doc: Appointment, named: string | undefined): Promise<CalendarHours[]> => {
  if (named === undefined) return await calendarsFor(deps, context, doc as Wanted)
  const calendar = await calendarById(deps, context, named)
  if (calendar === undefined) throw refuse.invalid([fault('calendarEvent.id', 'names a slot of a calendar that does not exist', doc.calendarEvent?.id)])
  return [calendar]
}

/** Gives the appointment its slot in the document; the count follows when it is written. */
const withSlot = async (doc: Appointment, { context, now, deps }: Work<Appointment>, previous: Appointment | undefined): Promise<Appointment> => {
  const period = periodOf(doc, now)
  const named = slotOf(doc)
  const isNamed = named !== undefined && doc.calendarEvent?.id !== previous?.calendarEvent?.id
  // Without a place it stays with the calendar that it has a slot of, if any.
  const calendarId = isNamed || doc.relatedPlace === undefined ? named?.calendarId : undefined
  if (period === undefined || (doc.relatedPlace === undefined && calendarId === undefined)) return doc
  if (isNamed && named.start.getTime() !== period.start.getTime()) throw refuse.invalid([fault('calendarEvent.id', 'names a slot that begins at another time than validFor', doc.calendarEvent?.id)])
  const calendars = await calendarsOf(deps, context, doc, calendarId)
  if (calendars.length === 0) {
    const skills = skillsOf(doc)
    throw refuse.conflict('noTechnician', `No technicians${skills.length > 0 ? ` for ${skills.join(', ')}` : ''} come to this place (relatedPlace)`)
  }
  const slots = await slotsFor(deps, context, calendars, period.start, period.end, now)
  if (slots.length === 0) throw await noSlot(deps, context, calendars, period.start, now, 'noSuchSlot', 'validFor is no slot that can be booked at this place')
  const free = slots.find(slot => slot.id === holds(previous)) ?? slots.find(slot => slot.free > 0)
  if (free === undefined) throw await noSlot(deps, context, calendars, period.start, now, 'slotTaken', 'The slot that validFor names is taken')
  return { ...doc, validFor: { ...doc.validFor, startDateTime: free.start.toISOString(), endDateTime: free.end.toISOString() }, calendarEvent: eventOf(free), status: 'confirmed' }
}

/** Counts the appointment in its slot. When the last place went meanwhile, it is prepared again: another team has the time, or what is free is told. */
const take = async (doc: Appointment, { context, deps, tx }: { context: Context; deps: Services; tx: Transaction }): Promise<void> => {
  const named = slotOf(doc)
  if (named === undefined) return
  const calendar = await calendarById(inside(deps, tx), context, named.calendarId)
  const slot = calendar && slotAt(calendar, named.start)
  if (slot === undefined || !(await takeSlot(tx, context.brand, doc.id, slot))) throw new PrepareAgain('The slot that validFor names was taken meanwhile')
}

const OPEN = ['initialized', 'confirmed']
const SLOT_ATTRIBUTES = ['validFor', 'relatedPlace', 'calendarEvent'] as const

const owners = ['customer', 'owner', 'requester', 'subscriber']

export const appointment = defineResource({
  api: appointmentApi,
  name: 'appointment',
  type: 'Appointment',
  table: 'appointment',
  description:
    'When somebody comes, or calls. An appointment at a place takes a slot of the technicians who come there (validFor is a slot as searchTimeSlot gives it) and is confirmed; one without a place is only kept. A PATCH of validFor moves it, status cancelled frees its slot.',
  schema: Appointment,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: appointmentCreate,
  update: appointmentUpdate,
  stamps: { onCreate: ['creationDate'], onWrite: ['lastUpdate'] },
  lifecycle: {
    attribute: 'status',
    states: ['initialized', 'confirmed', 'cancelled', 'completed', 'failed'],
    initial: ['initialized'],
    moves: { initialized: ['confirmed', 'cancelled', 'failed'], confirmed: ['cancelled', 'completed', 'failed'] },
    movedBy: 'client',
  },
  filters: { status: 'text', category: 'text', externalId: 'text', creationDate: 'instant', lastUpdate: 'instant', 'validFor.startDateTime': 'instant', 'validFor.endDateTime': 'instant' },
  references: [{ path: 'relatedParty[]' }, { path: 'relatedEntity[]', onMissing: 'record', weak: true }],
  ownerParty: doc => (doc.relatedParty ?? []).find(party => owners.includes((party.role ?? '').toLowerCase()))?.id,
  external: false,
  async prepare(draft, work) {
    const { previous } = work
    refuseUnknownEvent(draft, previous)
    if (previous === undefined) return await withSlot(draft, work, undefined)
    if (previous.relatedPlace !== undefined && draft.relatedPlace === undefined && OPEN.includes(draft.status ?? '') && holds(previous) !== undefined) {
      throw refuse.conflict('placeNeeded', 'relatedPlace cannot be taken away: the appointment has a slot there. Cancel it, or name another place', [fault('relatedPlace', 'is needed while the appointment has a slot')])
    }
    const moved = SLOT_ATTRIBUTES.some(name => !isDeepStrictEqual(draft[name], previous[name])) || !isDeepStrictEqual(skillsOf(draft), skillsOf(previous))
    if (!moved || !OPEN.includes(previous.status ?? '')) return draft
    return OPEN.includes(draft.status ?? '') ? await withSlot(draft, work, previous) : draft
  },
  check(doc, { previous, now }) {
    const start = doc.validFor?.startDateTime
    if (previous !== undefined && doc.status === 'completed' && previous.status !== 'completed' && start !== undefined && new Date(start) > now) {
      throw refuse.conflict('notYetBegun', `status cannot be completed: the appointment begins at ${start}`, [fault('status', 'cannot be completed before the appointment begins', doc.status)])
    }
    if (previous === undefined || OPEN.includes(previous.status ?? '')) return
    const changed = SLOT_ATTRIBUTES.filter(name => !isDeepStrictEqual(doc[name], previous[name]))
    if (changed.length > 0) throw refuse.conflict('appointmentEnded', `${changed.join(', ')} cannot change: the appointment is ${previous.status ?? ''}`)
  },
  consequences: (doc, work) => take(doc, work),
  hasConsequences: doc => doc.relatedPlace !== undefined || slotOf(doc) !== undefined,
  async changeConsequences(doc, { previous, ...work }) {
    const [before, after] = [holds(previous), holds(doc)]
    if (before === after) return
    if (before !== undefined) await freeSlot(work.tx, work.context.brand, previous.id)
    if (doc !== undefined && after !== undefined) await take(doc, work)
  },
  example: {
    category: 'callBack',
    description: 'Please call about the move',
    validFor: { startDateTime: '2035-03-05T09:00:00.000Z', endDateTime: '2035-03-05T09:30:00.000Z' },
    contactMedium: [{ mediumType: 'phone', preferred: true, characteristic: { phoneNumber: '+44 1632 960017' } }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'the time is past, or ends before it begins', attribute: 'validFor' },
    { status: 400, code: 'invalidAttribute', when: 'the place names an address or a site that is not known', attribute: 'relatedPlace' },
    { status: 400, code: 'invalidAttribute', when: 'the named slot is none, or begins at another time', attribute: 'calendarEvent' },
    { status: 409, code: 'noTechnician', when: 'nobody who has the skills comes to the place', attribute: 'relatedPlace' },
    { status: 409, code: 'noSuchSlot', when: 'the time is no slot at the place; free ones near it are named', attribute: 'validFor' },
    { status: 409, code: 'slotTaken', when: 'the slot is full; free ones near it are named', attribute: 'validFor' },
    { status: 409, code: 'placeNeeded', when: 'the place of an appointment that has a slot is taken away', attribute: 'relatedPlace' },
    { status: 409, code: 'notYetBegun', when: 'an appointment is completed that is still to come', attribute: 'status' },
    { status: 409, code: 'appointmentEnded', when: 'an appointment that has ended is moved', attribute: 'validFor' },
  ],
})

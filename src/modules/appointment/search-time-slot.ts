/** TMF646 searchTimeSlot: when can somebody come? Answered in the request; a later booking asks again. */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { appointmentApi } from './appointment-api.ts'
import { calendarsFor, freeWithin, type FreeSlot, type Wanted } from './free-slots.ts'
import { SearchTimeSlot, searchTimeSlotCreate, searchTimeSlotUpdate } from './search-time-slot.schema.ts'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 14
const MOST_DAYS = 62
const MOST_PERIODS = 20
const MOST_SLOTS = 200

interface Span {
  from: Date
  to: Date
}

/** The times that are asked for; what is open ends two weeks after it begins. */
const spansOf = (doc: SearchTimeSlot, now: Date): Span[] => {
  const requested = doc.requestedTimeSlot ?? []
  if (requested.length === 0) return [{ from: now, to: new Date(now.getTime() + DEFAULT_DAYS * DAY_MS) }]
  const faults: Fault[] = []
  if (requested.length > MOST_PERIODS) faults.push(fault('requestedTimeSlot', `must have at most ${MOST_PERIODS} times`))
  const spans = requested.map(({ validFor }, index): Span => {
    const from = validFor.startDateTime === undefined ? now : new Date(validFor.startDateTime)
    const to = validFor.endDateTime === undefined ? new Date(from.getTime() + DEFAULT_DAYS * DAY_MS) : new Date(validFor.endDateTime)
    if (to <= from) faults.push(fault(`requestedTimeSlot[${index}].validFor.endDateTime`, 'must be after startDateTime', validFor.endDateTime))
    else if (to.getTime() - from.getTime() > MOST_DAYS * DAY_MS) faults.push(fault(`requestedTimeSlot[${index}].validFor`, `must be at most ${MOST_DAYS} days`))
    return { from, to }
  })
  if (faults.length > 0) throw refuse.invalid(faults)
  return spans
}

const shown = (slot: FreeSlot): NonNullable<SearchTimeSlot['availableTimeSlot']>[number] => ({
  id: slot.id,
  href: `/tandem/v1/technicianCalendar/${encodeURIComponent(slot.calendarId)}`,
  validFor: { startDateTime: slot.start.toISOString(), endDateTime: slot.end.toISOString() },
})

const PINNED = ['relatedEntity', 'relatedPlace', 'requestedTimeSlot', 'availableTimeSlot'] as const satisfies readonly (keyof SearchTimeSlot)[]

export const searchTimeSlot = defineResource({
  api: appointmentApi,
  name: 'searchTimeSlot',
  type: 'SearchTimeSlot',
  table: 'search_time_slot',
  description: 'Finds free slots of the technicians who come to a place and have the needed skills (relatedEntity with @referredType Skill), and answers at once.',
  schema: SearchTimeSlot,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: searchTimeSlotCreate,
  update: searchTimeSlotUpdate,
  stamps: { onCreate: ['searchDate'] },
  lifecycle: { attribute: 'status', states: ['inProgress', 'done', 'rejected', 'terminatedWithError'], initial: ['inProgress'], moves: { inProgress: ['done', 'rejected', 'terminatedWithError'] }, movedBy: 'server' },
  filters: { status: 'text', searchDate: 'instant', searchResult: 'text' },
  references: [{ path: 'relatedParty' }, { path: 'relatedEntity[]', onMissing: 'record', weak: true }],
  ownerParty: doc => doc.relatedParty?.id,
  external: false,
  async prepare(draft, { context, now, previous, deps }) {
    if (previous !== undefined) return draft
    const spans = spansOf(draft, now)
    const answer = (status: NonNullable<SearchTimeSlot['status']>, searchResult: string, slots: readonly FreeSlot[] = []): SearchTimeSlot => ({ ...draft, status, searchResult, availableTimeSlot: slots.map(shown) })
    if (draft.relatedPlace === undefined) return answer('terminatedWithError', 'A place is needed (relatedPlace)')
    if (spans.every(span => span.to <= now)) return answer('rejected', 'The requested time is past')
    const calendars = await calendarsFor(deps, context, draft as Wanted)
    if (calendars.length === 0) return answer('done', 'Nobody who can do this comes to this place')
    const found = new Map<string, FreeSlot>()
    for (const { from, to } of spans) for (const slot of await freeWithin(deps, context, calendars, from, to, now)) found.set(slot.id, slot)
    const slots = [...found.values()].sort((a, b) => a.start.getTime() - b.start.getTime()).slice(0, MOST_SLOTS)
    return answer('done', slots.length > 0 ? 'success' : 'Nothing is free in the requested time', slots)
  },
  check(doc, { previous, by }) {
    if (previous === undefined || by === 'server') return
    const changed = PINNED.filter(name => !isDeepStrictEqual(doc[name], previous[name]))
    if (changed.length > 0) throw refuse.conflict('searchAnswered', `${changed.join(', ')} cannot change once the search is answered: search again with a new one`, changed.map(path => fault(path, `cannot change once the search is answered`)))
  },
  example: {
    relatedPlace: { id: 'adr-quay-street-7', role: 'installationAddress', '@referredType': 'GeographicAddress' },
    relatedEntity: [{ id: 'fibre', role: 'neededSkill', '@referredType': 'Skill' }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a requested time ends before it begins, or is too long', attribute: 'requestedTimeSlot[].validFor' },
    { status: 400, code: 'invalidAttribute', when: 'the place names an address or a site that is not known', attribute: 'relatedPlace' },
    { status: 409, code: 'searchAnswered', when: 'a PATCH changes the question or the answer', attribute: 'requestedTimeSlot' },
  ],
})

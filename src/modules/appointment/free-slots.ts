/** From a place and the skills that are needed to the calendars that serve it, and to their slots with what is free of them. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { whereIs } from '../serviceability/index.ts'
import { takenSlots } from './slot-store.ts'
import { slotAt, slotsWithin, type CalendarHours, type Slot } from './slots.ts'
import { hoursOf, plainPostcode, technicianCalendar } from './technician-calendar.ts'

/** Where it is read: inside a transaction everything goes over its connection. */
export interface Deps {
  store: Services['store']
  database: Sql
  tx?: Transaction
}

/** The same, inside a transaction. */
export const inside = ({ store }: Pick<Services, 'store'>, tx: Transaction): Deps => ({ store, database: tx, tx })
const at = ({ tx }: Deps): { tx?: Transaction } => (tx === undefined ? {} : { tx })

/** What an appointment or a search says of where and by whom. */
export interface Wanted {
  relatedPlace?: Readonly<Record<string, unknown>>
  relatedEntity?: readonly { id: string; '@referredType': string }[]
}

/** No place has more teams than this in earnest. */
const MOST_CALENDARS = 100

export const skillsOf = (wanted: Wanted): string[] => (wanted.relatedEntity ?? []).flatMap(entity => (entity['@referredType'] === 'Skill' ? [entity.id] : []))

/** The calendars whose area holds the place and whose technicians can do all that is needed, in an order that does not waver. */
export const calendarsFor = async (deps: Deps, context: Context, wanted: Wanted): Promise<CalendarHours[]> => {
  if (wanted.relatedPlace === undefined) return []
  const { postcode, cells } = await whereIs(deps, context, wanted.relatedPlace, 'relatedPlace')
  const [byPostcode, byCell] = await Promise.all([
    postcode === undefined ? [] : deps.store.find(context, technicianCalendar, { where: [{ path: 'postcode', value: plainPostcode(postcode) }], limit: MOST_CALENDARS }, at(deps)),
    cells.length === 0 ? [] : deps.store.find(context, technicianCalendar, { where: [{ path: 'cell', value: [...cells] }], limit: MOST_CALENDARS }, at(deps)),
  ])
  const skills = skillsOf(wanted)
  const able = [...byPostcode, ...byCell].filter(({ doc }) => skills.every(skill => doc.skill?.includes(skill) === true))
  return [...new Map(able.map(({ id, doc }) => [id, hoursOf(doc)])).values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** One calendar by its id. */
export const calendarById = async (deps: Deps, context: Context, id: string): Promise<CalendarHours | undefined> => {
  const found = await deps.store.get(context, technicianCalendar, id, at(deps))
  return found === undefined ? undefined : hoursOf(found.doc)
}

export interface FreeSlot extends Slot {
  free: number
}

const withFree = async (deps: Deps, context: Context, slots: readonly Slot[]): Promise<FreeSlot[]> => {
  const [first] = slots
  if (first === undefined) return []
  const starts = slots.map(slot => slot.start.getTime())
  const taken = await takenSlots(deps.database, context.brand, [...new Set(slots.map(slot => slot.calendarId))], new Date(Math.min(...starts)), new Date(Math.max(...starts)))
  return slots.map(slot => ({ ...slot, free: slot.capacity - (taken.get(slot.id) ?? 0) }))
}

/** Free slots within a time, the earliest first; of calendars that have the same slot, the one with the most left. */
export const freeWithin = async (deps: Deps, context: Context, calendars: readonly CalendarHours[], from: Date, to: Date, now: Date): Promise<FreeSlot[]> => {
  const free = (await withFree(deps, context, calendars.flatMap(calendar => slotsWithin(calendar, from, to, now)))).filter(slot => slot.free > 0)
  const best = new Map<string, FreeSlot>()
  for (const slot of free) {
    const key = `${slot.start.getTime()} ${slot.end.getTime()}`
    const held = best.get(key)
    if (held === undefined || slot.free > held.free) best.set(key, slot)
  }
  return [...best.values()].sort((a, b) => a.start.getTime() - b.start.getTime() || a.end.getTime() - b.end.getTime())
}

/** The slots of these calendars that begin and end so, bookable now, those with the most left first. */
export const slotsFor = async (deps: Deps, context: Context, calendars: readonly CalendarHours[], start: Date, end: Date | undefined, now: Date): Promise<FreeSlot[]> => {
  const slots = calendars.flatMap(calendar => {
    const slot = slotAt(calendar, start)
    if (slot === undefined || (end !== undefined && slot.end.getTime() !== end.getTime())) return []
    return slotsWithin(calendar, slot.start, slot.end, now).filter(one => one.id === slot.id)
  })
  return (await withFree(deps, context, slots)).sort((a, b) => b.free - a.free || (a.calendarId < b.calendarId ? -1 : 1))
}

const DAY_MS = 86_400_000
const MOST_ALTERNATIVES = 5

/** 409 that names what could be had instead. */
export const noSlot = async (deps: Deps, context: Context, calendars: readonly CalendarHours[], wanted: Date, now: Date, code: 'slotTaken' | 'noSuchSlot', message: string): Promise<Error> => {
  const around = await freeWithin(deps, context, calendars, new Date(Math.max(now.getTime(), wanted.getTime() - 7 * DAY_MS)), new Date(wanted.getTime() + 14 * DAY_MS), now)
  const nearest = around.sort((a, b) => Math.abs(a.start.getTime() - wanted.getTime()) - Math.abs(b.start.getTime() - wanted.getTime())).slice(0, MOST_ALTERNATIVES)
  const list = nearest.map(slot => `${slot.start.toISOString()}/${slot.end.toISOString()}`)
  const refusal = refuse.conflict(code, `${message}${list.length > 0 ? `; free are ${list.join(', ')}` : '; nothing is free near it'}`)
  refusal.faults.push(...list.map(value => ({ path: 'validFor', rule: 'is free', value })))
  return refusal
}

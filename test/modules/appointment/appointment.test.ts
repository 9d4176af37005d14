import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instantAtLocal, localDateAt } from '../../../src/platform/time-zone.ts'
import { slotsOn, type CalendarHours } from '../../../src/modules/appointment/slots.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const API = '/tmf-api/appointment/v4'
const ZONE = 'Europe/Berlin'
const HOME = { latitude: 52.5201, longitude: 13.4049 }
const DAY = 86_400_000

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
  const answer = await server.app.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
}
const place = { id: 'home', role: 'installation', '@referredType': 'GeographicAddress' }
const skill = (id: string) => ({ id, role: 'neededSkill', '@referredType': 'Skill' })
const search = (more: object = {}) => call('POST', `${API}/searchTimeSlot`, { relatedPlace: place, relatedEntity: [skill('fibre')], ...more })
const between = (from: Date, to: Date) => ({ requestedTimeSlot: [{ validFor: { startDateTime: from.toISOString(), endDateTime: to.toISOString() } }] })
const book = (validFor: object, more: object = {}) => call('POST', `${API}/appointment`, { relatedPlace: place, relatedEntity: [skill('fibre')], validFor, ...more })
const daysOn = (days: number): string => localDateAt(new Date(Date.now() + days * DAY), ZONE)
const at = (date: string, hour: number): Date => instantAtLocal(date, hour * 60, ZONE)
const slot = (date: string, hour: number) => ({ startDateTime: at(date, hour).toISOString(), endDateTime: at(date, hour + 2).toISOString() })
const taken = async (validFor: { startDateTime: string }): Promise<number> => {
  const rows = await server.database.query<{ taken: number }>('SELECT taken FROM appointment_slot WHERE starts_at = $1', [validFor.startDateTime])
  return rows.reduce((sum, row) => sum + row.taken, 0)
}

const everyDay = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const holiday = daysOn(5)
const shortDay = daysOn(6)
let calendarId = ''
beforeAll(async () => {
  server = await createTestApp({ settings: { ROLES: 'api' } })
  const addresses = [
    { id: 'home', street: 'Lindenstraße', streetNumber: '12', postcode: '10 115', city: 'Neustadt', ...HOME },
    { id: 'far', street: 'Am Rand', streetNumber: '1', postcode: '99999', city: 'Neustadt' },
  ]
  expect((await call('POST', '/tandem/v1/address/bulk', addresses)).status).toBe(200)
  const made = await call('POST', '/tandem/v1/technicianCalendar', {
    name: 'Lines', timeZone: ZONE, postcode: ['10115'], skill: ['fibre', 'copper'],
    workingHours: [{ day: everyDay, from: '08:00', to: '16:00', slotMinutes: 120, capacity: 3 }],
    holiday: [holiday], exception: [{ date: shortDay, hours: [{ from: '10:00', to: '12:00', capacity: 1 }] }], horizonDays: 60,
  })
  expect(made.status).toBe(201)
  calendarId = made.body.id
})
afterAll(() => server.close())

describe('searchTimeSlot', () => {
  test('answers the free slots of the place in local hours, without holidays, with the hours of special days', async () => {
    const from = at(daysOn(4), 0)
    const { status, body } = await search(between(from, at(daysOn(7), 0)))
    expect(status).toBe(201)
    expect(body).toMatchObject({ status: 'done', searchResult: 'success' })
    const starts = body.availableTimeSlot.map((one: any) => one.validFor.startDateTime)
    expect(starts).toEqual([8, 10, 12, 14].map(hour => at(daysOn(4), hour).toISOString()).concat(at(shortDay, 10).toISOString()))
    expect((await call('GET', body.href)).body).toEqual(body)
  })

  test('comes to a site where its own address is; a place that is not known is named', async () => {
    const site = await call('POST', '/tmf-api/geographicSiteManagement/v4/geographicSite', { name: 'Office', place: [{ id: 'home', '@type': 'GeographicAddress', '@referredType': 'GeographicAddress' }] })
    const there = { id: site.body.id, role: 'installation', '@referredType': 'GeographicSite' }
    expect((await search({ relatedPlace: there })).body.searchResult).toBe('success')
    for (const unknown of [{ ...place, id: 'nowhere' }, { ...there, id: 'nowhere' }]) {
      const { status, body } = await search({ relatedPlace: unknown })
      expect([status, body.details[0].path, body.details[0].value]).toEqual([400, 'relatedPlace.id', 'nowhere'])
    }
  })

  test('says why nothing is found: no team there, no such skill, nothing free, past', async () => {
    expect((await search({ relatedPlace: { ...place, id: 'far' } })).body).toMatchObject({ status: 'done', availableTimeSlot: [] })
    expect((await search({ relatedEntity: [skill('satellite')] })).body.searchResult).toContain('Nobody')
    expect((await search(between(at(holiday, 0), at(holiday, 23)))).body.searchResult).toContain('Nothing is free')
    expect((await search(between(new Date(0), new Date(DAY)))).body).toMatchObject({ status: 'rejected' })
    expect((await search({ relatedPlace: undefined })).body).toMatchObject({ status: 'terminatedWithError' })
    expect((await search(between(new Date(Date.now() + DAY), new Date(Date.now())))).status).toBe(400)
  })
})

describe('appointment', () => {
  test('is confirmed in its slot; moving, cancelling and deleting give the slot back', async () => {
    const [first, second] = [slot(daysOn(10), 8), slot(daysOn(10), 12)]
    const made = await book(first)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ status: 'confirmed', validFor: first, calendarEvent: { id: `${calendarId}~${first.startDateTime}` } })
    expect(await taken(first)).toBe(1)
    const moved = await call('PATCH', made.body.href, { validFor: second })
    expect(moved.status).toBe(200)
    expect(moved.body).toMatchObject({ status: 'confirmed', validFor: second, calendarEvent: { id: `${calendarId}~${second.startDateTime}` } })
    expect([await taken(first), await taken(second)]).toEqual([0, 1])
    expect((await call('PATCH', made.body.href, { status: 'cancelled' })).body.status).toBe('cancelled')
    expect(await taken(second)).toBe(0)
    const again = await call('PATCH', made.body.href, { validFor: first })
    expect([again.status, again.body.code]).toEqual([409, 'appointmentEnded'])
    const other = await book(second)
    expect(await taken(second)).toBe(1)
    expect((await call('DELETE', other.body.href)).status).toBe(204)
    expect(await taken(second)).toBe(0)
  })

  test('keeps its place while it has a slot; is not completed before it begins; an event that is no slot is refused', async () => {
    const when = slot(daysOn(12), 8)
    const { body } = await book(when)
    const placeless = await call('PATCH', body.href, { relatedPlace: null })
    expect([placeless.status, placeless.body.code, placeless.body.details[0].path]).toEqual([409, 'placeNeeded', 'relatedPlace'])
    const early = await call('PATCH', body.href, { status: 'completed' })
    expect([early.status, early.body.code, early.body.details[0].path]).toEqual([409, 'notYetBegun', 'status'])
    expect((await call('GET', body.href)).body).toMatchObject({ status: 'confirmed', relatedPlace: { id: 'home' } })
    expect(await taken(when)).toBe(1)
    expect((await call('PATCH', body.href, { status: 'cancelled', relatedPlace: null })).status).toBe(200)
    for (const more of [{}, { relatedPlace: undefined }]) {
      const unknown = await book(when, { calendarEvent: { id: 'nope' }, ...more })
      expect([unknown.status, unknown.body.details[0].path, unknown.body.details[0].value]).toEqual([400, 'calendarEvent.id', 'nope'])
    }
    expect(await taken(when)).toBe(0)
  })

  test('takes the slot that was chosen in the search by its id, without a place', async () => {
    const { body } = await search(between(at(daysOn(11), 0), at(daysOn(12), 0)))
    const chosen = body.availableTimeSlot[0]
    const made = await call('POST', `${API}/appointment`, { validFor: { startDateTime: chosen.validFor.startDateTime }, calendarEvent: { id: chosen.id } })
    expect(made.body).toMatchObject({ status: 'confirmed', validFor: chosen.validFor })
    expect(await taken(chosen.validFor)).toBe(1)
    const wrong = await call('POST', `${API}/appointment`, { validFor: slot(daysOn(11), 10), calendarEvent: { id: chosen.id } })
    expect([wrong.status, wrong.body.details[0].path]).toEqual([400, 'calendarEvent.id'])
  })

  test('is refused in the past, outside the slots, where nobody comes; free slots are named', async () => {
    const past = await book({ startDateTime: '2020-01-01T08:00:00Z', endDateTime: '2020-01-01T10:00:00Z' })
    expect([past.status, past.body.details[0].path]).toEqual([400, 'validFor.startDateTime'])
    const between = await book({ startDateTime: at(daysOn(12), 9).toISOString(), endDateTime: at(daysOn(12), 10).toISOString() })
    expect([between.status, between.body.code]).toEqual([409, 'noSuchSlot'])
    expect(between.body.details).toHaveLength(5)
    const late = await book(slot(daysOn(70), 8))
    expect([late.status, late.body.code]).toEqual([409, 'noSuchSlot'])
    const closed = await book(slot(holiday, 8))
    expect([closed.status, closed.body.code]).toEqual([409, 'noSuchSlot'])
    const nobody = await book(slot(daysOn(12), 8), { relatedPlace: { ...place, id: 'far' } })
    expect([nobody.status, nobody.body.code]).toEqual([409, 'noTechnician'])
  })

  test('of a hundred who want one slot of three at once, three get it, and the others are told what is free', async () => {
    const wanted = slot(daysOn(13), 14)
    const answers = await Promise.all(Array.from({ length: 100 }, () => book(wanted)))
    expect(answers.filter(one => one.status === 201)).toHaveLength(3)
    const refused = answers.filter(one => one.status === 409)
    expect(refused).toHaveLength(97)
    expect(refused.every(one => one.body.code === 'slotTaken' && one.body.details.length > 0)).toBe(true)
    expect(await taken(wanted)).toBe(3)
    const [count] = await server.database.query<{ n: string }>('SELECT count(*) AS n FROM appointment_booking WHERE starts_at = $1', [wanted.startDateTime])
    expect(Number(count?.n)).toBe(3)
    const { body } = await search(between(at(daysOn(13), 0), at(daysOn(14), 0)))
    expect(body.availableTimeSlot.map((one: any) => one.validFor.startDateTime)).not.toContain(wanted.startDateTime)
  })

  test('movers into the same full slot at once keep what they had', async () => {
    const [from, to] = [slot(daysOn(14), 8), slot(shortDay, 10)]
    const mine = await Promise.all([book(from), book(from), book(from)])
    const answers = await Promise.all(mine.map(one => call('PATCH', one.body.href, { validFor: to })))
    expect(answers.map(one => one.status).sort()).toEqual([409, 409, 200].sort((a, b) => a - b))
    expect([await taken(from), await taken(to)]).toEqual([2, 1])
  })

  test('two teams with the same hours share what comes', async () => {
    const day = daysOn(20)
    const second = await call('POST', '/tandem/v1/technicianCalendar', { timeZone: ZONE, postcode: ['10115'], skill: ['fibre'], workingHours: [], exception: [{ date: day, hours: [{ from: '08:00', to: '10:00', capacity: 2 }] }] })
    const answers = await Promise.all(Array.from({ length: 12 }, () => book(slot(day, 8))))
    const held = answers.filter(one => one.status === 201)
    expect(held).toHaveLength(5)
    const now = await Promise.all(held.map(one => call('GET', one.body.href)))
    expect(now.filter(one => one.body.calendarEvent.id.startsWith(second.body.id))).toHaveLength(2)
    const rows = await server.database.query<{ calendar_id: string; taken: number }>('SELECT calendar_id, taken FROM appointment_slot WHERE starts_at = $1 ORDER BY taken', [at(day, 8).toISOString()])
    expect(rows.map(row => row.taken)).toEqual([2, 3])
  })

  test('the database itself refuses an overbooked slot', async () => {
    await book(slot(daysOn(15), 8))
    await expect(server.database.query('UPDATE appointment_slot SET taken = capacity + 1')).rejects.toThrow(/not_overbooked/)
  })

  test('a calendar with appointments to come stays', async () => {
    const { status, body } = await call('DELETE', `/tandem/v1/technicianCalendar/${calendarId}`)
    expect([status, body.code]).toEqual([409, 'calendarBooked'])
  })

  test('one without a place is kept as it is', async () => {
    const { body } = await call('POST', `${API}/appointment`, { validFor: { startDateTime: new Date(Date.now() + 3600_000).toISOString() }, contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '+441632960017' } }] })
    expect(body).toMatchObject({ status: 'initialized' })
    expect(body.calendarEvent).toBeUndefined()
  })
})

describe('slots are local', () => {
  const calendar = (timeZone: string, hours: { from: string; to: string; slotMinutes?: number }): CalendarHours => ({
    id: 'c', timeZone, workingHours: [{ day: ['Sun'], capacity: 1, ...hours }], holiday: [], exception: [], minimumNoticeMinutes: 0, horizonDays: 900,
  })
  test('on the days when clocks change, and in zones east and west', () => {
    const starts = (timeZone: string, date: string, hours: { from: string; to: string; slotMinutes?: number }) => slotsOn(calendar(timeZone, hours), date).map(one => `${one.start.toISOString().slice(0, 16)}/${one.end.toISOString().slice(11, 16)}`)
    // Berlin: 28 March 2027 has no 02:30; 31 October 2027 has it twice.
    expect(starts(ZONE, '2027-03-28', { from: '08:00', to: '10:00' })).toEqual(['2027-03-28T06:00/08:00'])
    expect(starts(ZONE, '2027-10-31', { from: '08:00', to: '10:00' })).toEqual(['2027-10-31T07:00/09:00'])
    expect(starts(ZONE, '2027-03-28', { from: '00:00', to: '04:00', slotMinutes: 60 })).toEqual(['2027-03-27T23:00/00:00', '2027-03-28T00:00/01:00', '2027-03-28T01:00/02:00'])
    expect(starts(ZONE, '2027-10-31', { from: '01:00', to: '04:00', slotMinutes: 60 })).toEqual(['2027-10-30T23:00/00:00', '2027-10-31T00:00/02:00', '2027-10-31T02:00/03:00'])
    expect(starts('America/New_York', '2027-03-14', { from: '08:00', to: '12:00' })).toEqual(['2027-03-14T12:00/16:00'])
    expect(starts('Pacific/Auckland', '2027-04-04', { from: '08:00', to: '24:00' })).toEqual(['2027-04-03T20:00/12:00'])
    expect(starts('Asia/Kolkata', '2027-04-04', { from: '00:00', to: '01:00' })).toEqual(['2027-04-03T18:30/19:30'])
  })
})

test('calendars with wrong hours, zones and cells are refused, each named', async () => {
  const wrong = await call('POST', '/tandem/v1/technicianCalendar', { timeZone: 'Moon/Base', cell: ['zz'], workingHours: [{ day: ['Mon'], from: '9', to: '08:00', capacity: 1 }] })
  expect(wrong.status).toBe(400)
  expect(wrong.body.details.map((one: any) => one.path)).toEqual(['timeZone', 'cell[0]', 'workingHours[0].from'])
  const overlap = await call('POST', '/tandem/v1/technicianCalendar', { timeZone: ZONE, workingHours: [{ day: ['Mon'], from: '08:00', to: '12:00', capacity: 1 }, { day: ['Mon', 'Tue'], from: '11:00', to: '13:00', capacity: 1 }] })
  expect([overlap.status, overlap.body.details[0].path]).toEqual([400, 'workingHours'])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, addMonths, cycleWindow, daysBetween, dayWindow, isLocalDate, isTimeZone, localDate, nextCycleDate, startOfDay } from '../../src/platform/calendar.ts'

const dates = fc.integer({ min: 0, max: 40_000 }).map(days => addDays('1990-01-01', days))
const cycleDays = fc.integer({ min: 1, max: 31 })
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Chatham', 'Pacific/Auckland', 'America/Sao_Paulo', 'Asia/Beirut', 'Australia/Lord_Howe')

describe('cycle dates', () => {
  it('clamp day 31 at each month end and come back', () => {
    const seen: string[] = []
    let date = '2027-01-31'
    for (let month = 0; month < 12; month++) seen.push((date = nextCycleDate(date, 31)))
    expect(seen).toEqual([
      '2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31', '2027-06-30', '2027-07-31',
      '2027-08-31', '2027-09-30', '2027-10-31', '2027-11-30', '2027-12-31', '2028-01-31',
    ])
  })

  it('give days 29 and 30 the 29th of February in a leap year and the 28th in another', () => {
    expect(nextCycleDate('2028-01-30', 30)).toBe('2028-02-29')
    expect(nextCycleDate('2028-02-29', 30)).toBe('2028-03-30')
    expect(nextCycleDate('2027-01-29', 29)).toBe('2027-02-28')
    expect(nextCycleDate('2027-02-28', 29)).toBe('2027-03-29')
  })

  it('lie around every date, and the windows follow each other without gap or overlap', () => {
    fc.assert(
      fc.property(dates, cycleDays, fc.constantFrom(1, 2, 3, 6, 12), (date, day, months) => {
        const window = cycleWindow(date, day, months, '1999-05-17')
        expect(window.start <= date && date < window.end).toBe(true)
        expect(cycleWindow(window.end, day, months, '1999-05-17').start).toBe(window.end)
        expect(cycleWindow(addDays(window.start, -1), day, months, '1999-05-17').end).toBe(window.start)
      }),
    )
  })

  it('count longer cycles from the first cycle date on or after the anchor', () => {
    expect(cycleWindow('2027-06-20', 15, 12, '2027-03-20')).toEqual({ start: '2027-04-15', end: '2028-04-15' })
    expect(cycleWindow('2027-03-20', 15, 12, '2027-03-20')).toEqual({ start: '2026-04-15', end: '2027-04-15' })
    expect(cycleWindow('2027-03-15', 15, 3, '2027-03-15')).toEqual({ start: '2027-03-15', end: '2027-06-15' })
  })

  it('count windows of days from the anchor, before it too', () => {
    expect(dayWindow('2027-03-10', 7, '2027-03-01')).toEqual({ start: '2027-03-08', end: '2027-03-15' })
    expect(dayWindow('2027-02-27', 7, '2027-03-01')).toEqual({ start: '2027-02-22', end: '2027-03-01' })
  })
})

describe('local dates', () => {
  it('are refused when they do not exist', () => {
    expect(['2027-02-28', '2028-02-29'].every(isLocalDate)).toBe(true)
    expect(['2027-02-29', '2027-13-01', '2027-1-1', 'tomorrow', ''].some(isLocalDate)).toBe(false)
    expect(() => daysBetween('2027-02-30', '2027-03-01')).toThrow(RangeError)
  })

  it('clamp when months are added', () => {
    expect(addMonths('2027-01-31', 1)).toBe('2027-02-28')
    expect(addMonths('2027-12-31', 14)).toBe('2029-02-28')
  })

  it('are those of the zone, not of the server', () => {
    const instant = new Date('2027-03-31T22:30:00Z')
    expect(localDate(instant, 'Europe/Berlin')).toBe('2027-04-01')
    expect(localDate(instant, 'America/New_York')).toBe('2027-03-31')
    expect(isTimeZone('Europe/Berlin')).toBe(true)
    expect(isTimeZone('Europe/Nowhere')).toBe(false)
  })

  it('begin at the first instant of the local day', () => {
    expect(startOfDay('2027-03-28', 'Europe/Berlin').toISOString()).toBe('2027-03-27T23:00:00.000Z')
    expect(startOfDay('2027-03-29', 'Europe/Berlin').toISOString()).toBe('2027-03-28T22:00:00.000Z')
    // Midnight did not exist in São Paulo on this day: the clocks went from 24:00 to 01:00.
    expect(startOfDay('2018-11-04', 'America/Sao_Paulo').toISOString()).toBe('2018-11-04T03:00:00.000Z')
  })

  it('have a first instant that is on the date, and an instant before that is not', () => {
    fc.assert(
      fc.property(dates, zones, (date, zone) => {
        const start = startOfDay(date, zone)
        expect(localDate(start, zone)).toBe(date)
        expect(localDate(new Date(start.getTime() - 1), zone) < date).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('are as many days apart whatever daylight saving does', () => {
    expect(daysBetween('2027-03-27', '2027-03-29')).toBe(2)
    expect(daysBetween('2027-10-30', '2027-11-01')).toBe(2)
    expect(daysBetween('2028-02-01', '2028-03-01')).toBe(29)
  })
})

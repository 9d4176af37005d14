import { expect, test } from 'vitest'
import { appointmentRecords } from '../../src/demo/data/appointments.ts'
import { holidaysOf } from '../../src/demo/data/holidays.ts'

test('the town rests on its holidays of any year, and on a working day for one that falls on a weekend', () => {
  expect(holidaysOf(2026)).toEqual(['2026-01-01', '2026-04-03', '2026-04-06', '2026-05-04', '2026-05-25', '2026-08-31', '2026-12-25', '2026-12-26', '2026-12-28'])
  expect(holidaysOf(2027)).toEqual(['2027-01-01', '2027-03-26', '2027-03-29', '2027-05-03', '2027-05-31', '2027-08-30', '2027-12-25', '2027-12-26', '2027-12-27', '2027-12-28'])
  expect(holidaysOf(2033)).toEqual(['2033-01-01', '2033-01-03', '2033-04-15', '2033-04-18', '2033-05-02', '2033-05-30', '2033-08-29', '2033-12-25', '2033-12-26', '2033-12-27'])
})

test('every calendar of the sample has those of this year and the next', () => {
  const year = new Date().getUTCFullYear()
  for (const { doc } of appointmentRecords) expect((doc as { holiday: string[] }).holiday).toEqual(expect.arrayContaining([...holidaysOf(year), ...holidaysOf(year + 1)]))
})

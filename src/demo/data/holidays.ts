/** The days on which Doggerhaven rests, of any year: those of England and Wales, computed. Pure. */

const DAY_MS = 86_400_000
const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10)
/** 0 is Sunday. */
const weekday = (instant: number): number => new Date(instant).getUTCDay()

/** Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher). */
const easter = (year: number): number => {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100]
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  return Date.UTC(year, month - 1, ((h + l - 7 * m + 114) % 31) + 1)
}

const firstMonday = (year: number, month: number): number => {
  const first = Date.UTC(year, month - 1, 1)
  return first + ((8 - weekday(first)) % 7) * DAY_MS
}
const lastMonday = (year: number, month: number): number => {
  const last = Date.UTC(year, month, 0)
  return last - ((weekday(last) + 6) % 7) * DAY_MS
}

/** The holidays of a year in order: those on a weekend rest on their own day, and on the next working day that is free as well. */
export const holidaysOf = (year: number): string[] => {
  const sunday = easter(year)
  const days = new Set([sunday - 2 * DAY_MS, sunday + DAY_MS, firstMonday(year, 5), lastMonday(year, 5), lastMonday(year, 8)])
  const fixed = [Date.UTC(year, 0, 1), Date.UTC(year, 11, 25), Date.UTC(year, 11, 26)]
  for (const day of fixed) days.add(day)
  for (const day of fixed) {
    if (weekday(day) % 6 !== 0) continue
    let instead = day
    while (weekday(instead) % 6 === 0 || days.has(instead)) instead += DAY_MS
    days.add(instead)
  }
  return [...days].sort((a, b) => a - b).map(dateOf)
}

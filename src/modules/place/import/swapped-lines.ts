/**
 * Lines of a list whose latitude and longitude are swapped though both are on earth. Told by their neighbours: other addresses of the postcode,
 * or of the street and town, lie where the line would lie the other way round, and none lies where it says.
 */
import type { Sql } from '../../../platform/database/sql.ts'
import type { AddressRecord } from '../address-form.ts'
import { anyNear, MOST_NEIGHBOURS, pointsOfNeighbours } from '../address-store.ts'
import { cellsNear, kilometres, swapped, type Point } from '../coordinates.ts'

/** Kilometres. Neighbours lie within the one; a line beyond the other is not merely surveyed badly. */
const NEAR = 50
const FAR = 100
/** Of a list's own lines so many are compared: a postcode of a city has thousands. */
const MOST_COMPARED = 20
/** Of the list's own lines fewer could be those that are wrong. */
const LEAST_WITNESSES = 2
/** Of one chunk so many places are looked up; a list that lies all over the earth is compared with itself alone beyond. */
const MOST_PLACES = 200

const canBeSwapped = (point: Point): boolean => Math.abs(point.longitude) <= 90 && kilometres(point, swapped(point)) > FAR

/** What a line is a neighbour of others by. */
const areaOf = ({ keys }: AddressRecord): string | undefined => (keys.postcode !== '' ? `${keys.postcode}|${keys.city}` : keys.city !== '' ? `|${keys.city}|${keys.street}` : undefined)

const few = <T>(all: readonly T[]): readonly T[] => (all.length <= MOST_COMPARED ? all : Array.from({ length: MOST_COMPARED }, (_, index) => all[Math.floor((index * all.length) / MOST_COMPARED)] as T))

/** Which of the records look swapped, by their place in the list. */
export const swappedLines = async (sql: Sql, brand: string, records: readonly AddressRecord[]): Promise<Set<number>> => {
  const areas = new Map<string, { index: number; point: Point }[]>()
  for (const [index, record] of records.entries()) {
    const area = areaOf(record)
    if (record.point === undefined || area === undefined) continue
    const held = areas.get(area)
    if (held === undefined) areas.set(area, [{ index, point: record.point }])
    else held.push({ index, point: record.point })
  }
  // Where addresses are known around a line nothing is asked of its neighbours: most lines of most lists.
  const suspicious = new Map<string, AddressRecord>()
  const places = new Map<string, Promise<boolean>>()
  for (const [area, lines] of areas) {
    const first = lines.find(({ point }) => canBeSwapped(point))
    const record = first && records[first.index]
    if (first === undefined || record === undefined) continue
    const [place] = cellsNear(first.point)
    if (places.size >= MOST_PLACES && !places.has(place)) continue
    const isKnown = places.get(place) ?? anyNear(sql, brand, first.point)
    places.set(place, isKnown)
    if (!(await isKnown)) suspicious.set(area, record)
  }
  const known = await pointsOfNeighbours(sql, brand, [...suspicious.values()])
  const stored = new Map([...suspicious.keys()].map((area, at) => [area, known.get(at) ?? []]))
  const found = new Set<number>()
  for (const [area, lines] of areas) {
    const witnesses = few(lines)
    const neighbours = stored.get(area) ?? []
    for (const { index, point } of lines) {
      if (!canBeSwapped(point)) continue
      const otherWay = swapped(point)
      const isOtherWay = (one: Point): boolean => kilometres(one, otherWay) <= NEAR
      const others = witnesses.filter(one => one.index !== index).map(one => one.point)
      const agree = others.some(one => kilometres(one, point) <= FAR)
      // Lines that agree with each other are wrong together only where all that is known says so, and more than a slip of before.
      const byKnown = neighbours.length >= (agree ? MOST_NEIGHBOURS : 1) && neighbours.every(isOtherWay)
      if (byKnown || (!agree && others.filter(isOtherWay).length >= LEAST_WITNESSES)) found.add(index)
    }
  }
  return found
}

/**
 * Whether the rings of a polygon can be turned into cells: on earth, closed, not crossing themselves or each other, not round a pole.
 * Longitudes are unrolled on the way, so that a ring over the antimeridian is one shape. Pure; answers the reason in words.
 */

/** [longitude, latitude] */
export type Position = readonly [number, number]

interface Segment {
  a: Position
  b: Position
  ring: number
  index: number
  minX: number
  maxX: number
}

/** Checking each pair of a polygon beyond this would take seconds. */
const MOST_POSITIONS = 50_000

const positionOf = (given: unknown): Position | string => {
  if (!Array.isArray(given) || typeof given[0] !== 'number' || typeof given[1] !== 'number') return 'has a position that is no pair of numbers'
  const [longitude, latitude] = given as [number, number]
  if (Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90) return [longitude, latitude]
  const isSwapped = Math.abs(latitude) > 91 && Math.abs(longitude) <= 90 && Math.abs(latitude) <= 180
  return `has a position off the earth (longitude ${longitude}, latitude ${latitude})${isSwapped ? '; longitude and latitude look swapped: GeoJSON has the longitude first' : ''}`
}

/** The ring with longitudes that go on past 180 instead of jumping; a text when it cannot be told which way it goes. */
const unrolled = (ring: readonly Position[]): Position[] | string => {
  const result: Position[] = []
  let shift = 0
  for (const [index, [longitude, latitude]] of ring.entries()) {
    const before = ring[index - 1]
    if (before !== undefined) {
      const step = longitude - before[0]
      if (Math.abs(step) === 180 || Math.abs(step) === 360) return 'has an edge half way or all the way round the earth: add positions between'
      if (step > 180) shift -= 360
      else if (step < -180) shift += 360
    }
    result.push([longitude + shift, latitude])
  }
  return shift === 0 ? result : 'goes round a pole: cut it at the antimeridian, short of the pole'
}

const side = (a: Position, b: Position, c: Position): number => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
const isOn = (a: Position, b: Position, c: Position): boolean => Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1])
const isSame = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1]

/** Do they cross or lie on each other? Rings may touch in a point that both name. */
const meet = (one: Segment, other: Segment): boolean => {
  const [s1, s2] = [side(one.a, one.b, other.a), side(one.a, one.b, other.b)]
  const [s3, s4] = [side(other.a, other.b, one.a), side(other.a, other.b, one.b)]
  if (s1 * s2 < 0 && s3 * s4 < 0) return true
  if (s1 === 0 && s2 === 0) {
    // On one line: an overlap is more than an end that both share.
    const inside = [other.a, other.b].filter(end => isOn(one.a, one.b, end)).length + [one.a, one.b].filter(end => isOn(other.a, other.b, end)).length
    return inside > 2 || (inside === 2 && ![one.a, one.b].some(end => isSame(end, other.a) || isSame(end, other.b)))
  }
  if (one.ring !== other.ring) return false
  return [[s1, other.a, one], [s2, other.b, one], [s3, one.a, other], [s4, one.b, other]].some(([s, end, segment]) => s === 0 && isOn((segment as Segment).a, (segment as Segment).b, end as Position))
}

const crossing = (rings: readonly (readonly Position[])[]): Position | undefined => {
  const segments = rings.flatMap((ring, number) =>
    ring.slice(1).map((b, index): Segment => {
      const a = ring[index] ?? b
      return { a, b, ring: number, index, minX: Math.min(a[0], b[0]), maxX: Math.max(a[0], b[0]) }
    }),
  )
  segments.sort((one, other) => one.minX - other.minX)
  for (const [place, one] of segments.entries()) {
    for (let next = place + 1; next < segments.length; next += 1) {
      const other = segments[next]
      if (other === undefined || other.minX > one.maxX) break
      if (Math.max(one.a[1], one.b[1]) < Math.min(other.a[1], other.b[1]) || Math.max(other.a[1], other.b[1]) < Math.min(one.a[1], one.b[1])) continue
      if (one.ring === other.ring) {
        const last = (rings[one.ring]?.length ?? 0) - 2
        const apart = Math.abs(one.index - other.index)
        const isNeighbour = apart === 1 || apart === last
        // Neighbours share an end; they must not lie on each other.
        if (isNeighbour && !(side(one.a, one.b, other.a) === 0 && side(one.a, one.b, other.b) === 0 && meet(one, other))) continue
      }
      if (meet(one, other)) return one.a
    }
  }
  return undefined
}

const withoutRepeats = (ring: readonly Position[]): Position[] => ring.filter((position, index) => index === 0 || !isSame(position, ring[index - 1] ?? position))

/** The rings of a polygon as they may be used, longitudes unrolled, or why not. */
export const checkedRings = (coordinates: unknown): Position[][] | string => {
  if (!Array.isArray(coordinates) || coordinates.length === 0) return 'has no ring'
  const rings: Position[][] = []
  let positions = 0
  for (const given of coordinates as unknown[]) {
    if (!Array.isArray(given)) return 'has a ring that is no list of positions'
    positions += given.length
    if (positions > MOST_POSITIONS) return `has more than ${MOST_POSITIONS} positions: cut it into several`
    const read: Position[] = []
    for (const one of given as unknown[]) {
      const position = positionOf(one)
      if (typeof position === 'string') return position
      read.push(position)
    }
    const ring = withoutRepeats(read)
    const [first, last] = [ring[0], ring.at(-1)]
    if (first === undefined || last === undefined || ring.length < 4) return 'has a ring of fewer than four different positions'
    if (!isSame(first, last)) return 'has a ring that does not end where it begins'
    if (ring.some(position => Math.abs(position[1]) === 90)) return 'touches a pole: stay short of it'
    const flat = unrolled(ring)
    if (typeof flat === 'string') return flat
    rings.push(flat)
  }
  // A hole may be written on the other side of the antimeridian than its shell.
  const shell = rings[0] ?? []
  const middle = (ring: readonly Position[]): number => (Math.min(...extent(ring)) + Math.max(...extent(ring))) / 2
  const aligned = rings.map(ring => {
    const turns = Math.round((middle(shell) - middle(ring)) / 360) * 360
    return turns === 0 ? ring : ring.map(([x, y]): Position => [x + turns, y])
  })
  const [west, east] = extent(shell)
  if (east - west >= 180) return 'is wider than half the earth: cut it into several'
  const where = crossing(aligned)
  if (where === undefined) return aligned.slice(1).some(hole => hole.every(position => !isWithin(shell, position))) ? 'has a hole that lies outside its shell' : aligned
  return `crosses itself, or its rings each other, near longitude ${where[0]}, latitude ${where[1]}`
}

/** By counting the edges to the east of it. */
const isWithin = (ring: readonly Position[], [x, y]: Position): boolean => {
  let within = false
  for (const [index, [bx, by]] of ring.entries()) {
    const [ax, ay] = ring[index - 1] ?? [bx, by]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within
  }
  return within
}

const extent = (ring: readonly Position[]): [number, number] => {
  let [west, east] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [x] of ring) {
    if (x < west) west = x
    if (x > east) east = x
  }
  return [west, east]
}

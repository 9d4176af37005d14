/** Turns a GeoJSON Polygon or MultiPolygon into H3 cells: those whose centre lies in it, put together into larger ones where they fill them. */
import { getHexagonAreaAvg, polygonToCells, UNITS } from 'h3-js'
import { putTogether } from './compaction.ts'
import { checkedRings, type Position } from './ring-check.ts'

export const DEFAULT_RESOLUTION = 9
/** A small polygon gets finer cells, so that it has any. */
const FINEST = 13
/** Cells of one feature, before they are put together: more block the process for too long. */
const MOST_CELLS = 500_000

/** Square kilometres of the box around a ring, roughly. */
const boxArea = (ring: readonly Position[]): number => {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)]
  const [south, north] = [ys.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.max(a, b))]
  const width = xs.reduce((a, b) => Math.max(a, b)) - xs.reduce((a, b) => Math.min(a, b))
  const sines = Math.sin((north * Math.PI) / 180) - Math.sin((south * Math.PI) / 180)
  return 6371 ** 2 * ((width * Math.PI) / 180) * sines
}

/** H3 takes an edge of more than half the earth as one over the antimeridian: longitudes back within 180 say that. */
const rolled = ([x, y]: Position): [number, number] => [((((x + 180) % 360) + 360) % 360) - 180, y]

const cellsAt = (rings: readonly (readonly Position[])[], resolution: number): string[] => polygonToCells(rings.map(ring => ring.map(rolled)), resolution, true)

/** The cells of one polygon, all of one resolution, or why it has none. */
const cellsOfPolygon = (coordinates: unknown, resolution: number): { cells: string[]; resolution: number } | string => {
  const rings = checkedRings(coordinates)
  if (typeof rings === 'string') return rings
  const area = boxArea(rings[0] ?? [])
  for (let finer = resolution; finer <= Math.max(FINEST, resolution); finer += 1) {
    if (area / getHexagonAreaAvg(finer, UNITS.km2) > MOST_CELLS) return `has some ${Math.round(area)} km² around it, more than ${MOST_CELLS} cells of resolution ${finer}: cut it, or take a coarser resolution`
    const cells = cellsAt(rings, finer)
    if (cells.length > 0) return { cells, resolution: finer }
  }
  return 'is too small to hold the centre of any cell'
}

/** The cells of a geometry, of several resolutions; or why it cannot be turned into cells. */
export const cellsOf = (geometry: unknown, resolution: number): string[] | string => {
  const { type, coordinates } = (geometry ?? {}) as { type?: unknown; coordinates?: unknown }
  if (type !== 'Polygon' && type !== 'MultiPolygon') return `is no Polygon or MultiPolygon${typeof type === 'string' ? ` but a ${type.slice(0, 30)}` : ''}`
  const polygons = type === 'Polygon' ? [coordinates] : coordinates
  if (!Array.isArray(polygons) || polygons.length === 0) return 'has no polygon'
  const byResolution = new Map<number, Set<string>>()
  for (const polygon of polygons as unknown[]) {
    const found = cellsOfPolygon(polygon, resolution)
    if (typeof found === 'string') return found
    const held = byResolution.get(found.resolution) ?? new Set<string>()
    for (const cell of found.cells) held.add(cell)
    if (held.size > MOST_CELLS) return `has more than ${MOST_CELLS} cells: cut it, or take a coarser resolution`
    byResolution.set(found.resolution, held)
  }
  return [...byResolution].flatMap(([finer, cells]) => putTogether([...cells], finer))
}

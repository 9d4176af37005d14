import { cellToParent, latLngToCell, polygonToCells } from 'h3-js'
import { describe, expect, test } from 'vitest'
import { cellsOf } from '../../../src/modules/serviceability/import/polygon-cells.ts'
import { cellChain } from '../../../src/modules/serviceability/place.ts'

const box = (west: number, south: number, east: number, north: number): [number, number][] => [[west, south], [east, south], [east, north], [west, north], [west, south]]

/** Points that are always the same, all over the box. */
const points = (west: number, south: number, east: number, north: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ latitude: south + (((index + 1) * 0.754877666) % 1) * (north - south), longitude: west + (((index + 1) * 0.569840291) % 1) * (east - west) }))

describe('the cells of a polygon', () => {
  test.each([
    ['in one country', 5, 50, 5.4, 50.3, 9],
    ['at a coarse resolution, over a continent', -110, 30, -90, 45, 5],
    ['near a pole', 20, 84, 60, 88, 6],
  ])('%s hold each point of a cell of the polygon and no other, however they were put together', (_, west, south, east, north, resolution) => {
    const all = new Set(polygonToCells([box(west, south, east, north)], resolution, true))
    const cells = cellsOf({ type: 'Polygon', coordinates: [box(west, south, east, north)] }, resolution)
    const held = new Set(cells)
    expect(held.size).toBe(cells.length)
    expect(held.size).toBeLessThan(all.size / 3)
    const margin = (east - west) / 20
    const wrong = points(west - margin, south, east + margin, Math.min(north + margin, 89), 20_000).filter(point => cellChain({ point }).some(cell => held.has(cell)) !== all.has(latLngToCell(point.latitude, point.longitude, resolution)))
    expect(wrong).toEqual([])
    // Who asks by a cell goes by descent.
    const missed = [...all].filter(cell => !Array.from({ length: resolution + 1 }, (__, coarser) => cellToParent(cell, coarser)).some(parent => held.has(parent)))
    expect(missed).toEqual([])
  })
})

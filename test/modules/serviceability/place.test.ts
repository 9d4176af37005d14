import { cellToParent, getResolution, latLngToCell } from 'h3-js'
import { describe, expect, test } from 'vitest'
import { cellChain, normaliseCell, readPlace } from '../../../src/modules/serviceability/place.ts'

const berlin = { latitude: 52.52, longitude: 13.4 }

describe('a place is read from', () => {
  test.each([
    ['GeoJSON', { geoJson: { type: 'Point', coordinates: [13.4, 52.52] } }],
    ['GeoJSON as geometry', { geometry: { type: 'Point', coordinates: [13.4, 52.52] } }],
    ['points with x and y', { geometry: [{ x: '13.4', y: '52.52' }] }],
    ['the location of an address', { geographicLocation: { geometry: [{ x: 13.4, y: 52.52 }] } }],
    ['latitude and longitude', { latitude: 52.52, longitude: '13.4' }],
  ])('%s', (_name, place) => {
    expect(readPlace(place, 'place[0]')).toEqual({ query: { point: berlin }, faults: [] })
  })

  test('an id, address attributes, or both', () => {
    expect(readPlace({ id: 'a-1', '@referredType': 'GeographicAddress' }, '').query).toEqual({ addressId: 'a-1' })
    expect(readPlace({ streetName: 'Linden', streetType: 'Straße', streetNr: '12', streetNrSuffix: 'b', postcode: '10115', city: 'Berlin' }, '').query).toEqual({
      address: { street: 'Linden Straße', streetNumber: '12b', postcode: '10115', city: 'Berlin' },
    })
    expect(readPlace({ city: 'Berlin' }, '').query).toEqual({ incompleteAddress: true })
  })

  test('an H3 cell, by its own attribute or as the id of a place of that type', () => {
    const cell = latLngToCell(52.52, 13.4, 8)
    expect(readPlace({ h3Cell: cell.toUpperCase() }, '').query).toEqual({ cell })
    expect(readPlace({ id: `0x${cell}`, '@type': 'H3Cell' }, '').query).toEqual({ cell })
    expect(readPlace({ h3Cell: '88zz' }, 'place[0]').faults).toEqual([{ path: 'place[0].h3Cell', rule: 'must be an H3 cell index', value: '88zz' }])
  })
})

describe('coordinates are refused', () => {
  test('when they are off the earth', () => {
    const { faults } = readPlace({ latitude: 95, longitude: 200 }, 'place[0]')
    expect(faults[0]?.rule).toContain('must be on earth')
    expect(faults[0]?.rule).not.toContain('swapped')
  })
  test('with a hint when latitude and longitude are swapped', () => {
    const { faults } = readPlace({ geoJson: { type: 'Point', coordinates: [-33.87, 151.21] } }, 'place[0]')
    expect(faults).toHaveLength(1)
    expect(faults[0]?.path).toBe('place[0].geoJson.coordinates')
    expect(faults[0]?.rule).toContain('look swapped')
  })
  test.each([[{ latitude: 52 }], [{ latitude: 'north', longitude: 13 }], [{ geometry: [{ x: 1 }] }], [{ geometry: [] }], [{ geoJson: { type: 'Polygon', coordinates: [] } }]])('when they are incomplete or none: %j', place => {
    expect(readPlace(place, 'p').faults).toHaveLength(1)
  })
})

describe('the cells that hold a place', () => {
  test('of a point: one of each resolution, finest first, each holding the point', () => {
    const chain = cellChain({ point: berlin })
    expect(chain.map(getResolution)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    for (const cell of chain) expect(cell).toBe(latLngToCell(berlin.latitude, berlin.longitude, getResolution(cell)))
  })
  test('of a cell: itself and its parents', () => {
    const cell = latLngToCell(52.52, 13.4, 3)
    expect(cellChain({ cell })).toEqual([cell, cellToParent(cell, 2), cellToParent(cell, 1), cellToParent(cell, 0)])
  })
  test('of nothing: none', () => expect(cellChain({})).toEqual([]))
})

test('a cell is known with and without prefix, leading zeros and capitals', () => {
  const cell = latLngToCell(52.52, 13.4, 8)
  for (const form of [cell, `0${cell}`, `0x0${cell}`, ` ${cell.toUpperCase()} `]) expect(normaliseCell(form)).toBe(cell)
  for (const form of ['', '8', 'ffffffffffffffff', 'hello']) expect(normaliseCell(form)).toBeUndefined()
})

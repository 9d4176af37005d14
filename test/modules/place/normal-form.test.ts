import { cellToParent, latLngToCell } from 'h3-js'
import { describe, expect, test } from 'vitest'
import { cellsNear } from '../../../src/modules/place/coordinates.ts'
import { keysOf, numberKey, streetOf, streetTypeOf } from '../../../src/modules/place/normal-form.ts'

const street = (text: string): string => keysOf({ street: text }).street

describe('streets have one key', () => {
  test.each([
    ['Lindenstraße', ['lindenstrasse', 'Linden Straße', 'LINDENSTR.', 'Linden-Str.']],
    ['Straße des Friedens', ['Str. des Friedens', 'STRASSE DES FRIEDENS']],
    ['Main Street', ['main st', 'Main St.', 'MAIN  STREET']],
    ['Fifth Avenue', ['Fifth Ave', 'fifth av.']],
    ['Müllerweg', ['Muellerweg', 'MULLERWEG']],
    ['Marktplatz', ['Marktpl.', 'marktplatz']],
    ["Queen's Gardens", ['Queens Gdns', 'Queen’s gardens']],
    ['North Boulevard', ['N Blvd', 'n. boulevard']],
  ])('%s', (one, others) => {
    for (const other of others) expect(street(other), other).toBe(street(one))
  })
  test('and different ones have two', () => {
    for (const [one, other] of [['Main Street', 'Main Road'], ['Lindenstraße', 'Lindenweg'], ['Avenue', 'Ave Maria']] as const) expect(street(one)).not.toBe(street(other))
  })
})

test.each([['12 b', '12b'], ['12B', '12b'], ['12 - 14', '12-14'], ['12–14', '12-14'], ['12/14', '12-14'], ['12 1/2', '12-1-2'], ['007', '7'], ['No. 7', '7'], ['1214', '1214']])('house number %s is %s', (text, key) => expect(numberKey(text)).toBe(key))

test('the whole address: postcodes without spaces, ZIP+4 in its ZIP', () => {
  expect(keysOf({ street: 'Quay Street', streetNumber: '7', postcode: 'zd1 1aa', city: 'Saint-Étienne' })).toEqual({ street: 'quayst', number: '7', postcode: 'zd11aa', city: 'stetienne' })
  expect(keysOf({ postcode: '12345-6789' }).postcode).toBe('12345')
})

test('the kind of a street is read from its name, and said once', () => {
  expect(streetTypeOf('Quay Street')).toBe('Street')
  expect(streetTypeOf('Far Skerry')).toBeUndefined()
  expect(streetOf('Quay Street', 'St')).toBe('Quay Street')
  expect(streetOf('Quay', 'Street')).toBe('Quay Street')
})

test('what is near a point lies between two cells: everything in its cell of resolution 4, nothing outside', () => {
  for (const [latitude, longitude] of [[54.7, 2.7], [-33.8, 151.2], [89.9, 10], [0.01, -179.99]] as const) {
    const [from, to] = cellsNear({ latitude, longitude })
    for (const [dy, dx] of [[0, 0], [0.05, 0.05], [-0.02, 0.01], [1, 0], [0, 3], [-0.9, -0.9]] as const) {
      const cell = latLngToCell(latitude + dy, longitude + dx, 15)
      expect(cell >= from && cell <= to).toBe(cellToParent(cell, 4) === latLngToCell(latitude, longitude, 4))
    }
  }
})

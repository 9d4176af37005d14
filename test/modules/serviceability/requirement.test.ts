import { describe, expect, test } from 'vitest'
import { readService, speedOf, stricter } from '../../../src/modules/serviceability/requirement.ts'
import { technologyOf } from '../../../src/modules/serviceability/technology.ts'

const characteristics = (values: Record<string, unknown>) => ({ serviceCharacteristic: Object.entries(values).map(([name, value]) => ({ name, value })) })

test('characteristics become a requirement; those that ask nothing of a line are left alone', () => {
  const { need, faults } = readService(characteristics({ technology: 'FTTH', downloadSpeed: '1 Gbit/s', uploadSpeed: 500, latencyClass: 'low', marketSegment: 'B', provider: 'own', colour: 'red' }), 's')
  expect(faults).toEqual([])
  expect(need).toEqual({ technologies: ['fibre'], download: 1000, upload: 500, latencyClass: 'low', marketSegment: 'business', providers: ['own'] })
})

test('every value that cannot be understood is named', () => {
  const { faults } = readService(characteristics({ technology: {}, downloadSpeed: 'fast', uploadSpeed: -1, latencyClass: 'quick', marketSegment: 'all', provider: 7, h3Cell: 'x' }), 's')
  expect(faults.map(one => one.path)).toEqual([0, 1, 2, 3, 4, 5, 6].map(index => `s.serviceCharacteristic[${index}].value`))
})

test('the first place that can be located counts; a cell may come as a characteristic', () => {
  const { place } = readService({ place: [{ role: 'billing' }, { role: 'installation', id: 'a-1' }, { role: 'other', id: 'a-2' }] }, 's')
  expect(place).toEqual({ addressId: 'a-1' })
  expect(readService(characteristics({ h3Cell: '8828308281fffff' }), 's').place).toEqual({ cell: '8828308281fffff' })
  expect(readService({}, 's').place).toBeUndefined()
})

describe('speeds', () => {
  test.each([[100, 100], ['100', 100], ['100 Mbit/s', 100], ['1Gbps', 1000], ['2.5 G', 2500], ['512 kbit/s', 0.512], ['fast', undefined], [-5, undefined], ['1e9', undefined], [null, undefined]])('%j is %j Mbit/s', (given, expected) => {
    expect(speedOf(given)).toBe(expected)
  })
})

test('technologies are known by FCC code, by spelling and by name', () => {
  expect([50, '50', 'Fiber', 'FTTP', 'dsl', '71', '5G', 'mobile5g', 'Fixed Wireless'].map(given => technologyOf(given))).toEqual(['fibre', 'fibre', 'fibre', 'fibre', 'copper', 'licensedFixedWireless', 'mobile5g', 'mobile5g', 'fixedWireless'])
  expect(technologyOf('constructor')).toBe('constructor')
  expect(technologyOf('50%')).toBeUndefined()
})

test('the stricter of what is asked and what the kind of service needs', () => {
  expect(stricter({ download: 100, technologies: ['fibre', 'cable'], latencyClass: 'standard' }, { download: 500, technologies: ['fibre', 'copper'], latencyClass: 'low', upload: 10 })).toEqual({
    download: 500,
    technologies: ['fibre'],
    latencyClass: 'low',
    upload: 10,
  })
  expect(stricter({}, {})).toEqual({})
})

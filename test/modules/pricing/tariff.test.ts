import { describe, expect, test } from 'vitest'
import { usageCharge } from '../../../src/modules/pricing/index.ts'
import type { Tariff } from '../../../src/modules/pricing/priced.ts'

const voice = (mode: Tariff['mode'], allowance?: string): Tariff => ({ per: { amount: 10, units: 'minute' }, mode, tiers: [{ from: '0', price: '1' }, { from: '101', price: '0.5' }], ...(allowance !== undefined && { allowance }) })
const data = (mode: Tariff['mode']): Tariff => ({ per: { amount: 1, units: 'MB' }, mode, tiers: [{ from: '0', price: '0.5' }, { from: '1025', price: '0.1' }] })

describe('what usage costs', () => {
  test('follows the vectors of the domain rules: 739.4 graduated, 279.8 by volume', () => {
    expect(Number(usageCharge(voice('graduated'), 1500)) + Number(usageCharge(data('graduated'), 2048))).toBeCloseTo(739.4, 9)
    expect(Number(usageCharge(voice('volume'), 1500)) + Number(usageCharge(data('volume'), 2048))).toBeCloseTo(279.8, 9)
  })

  test.each([
    ['graduated', 0, '0'], ['graduated', 1, '1'], ['graduated', 10, '1'], ['graduated', 11, '2'], ['graduated', 1000, '100'], ['graduated', 1001, '100.5'], ['volume', 1000, '100'], ['volume', 1001, '50.5'],
  ] as const)('%s: %d minutes cost %s, begun blocks count whole', (mode, minutes, cost) => {
    expect(usageCharge(voice(mode), minutes)).toBe(cost)
  })

  test.each([[100, '0'], [101, '1'], [1100, '100'], [1110, '100.5']])('%d minutes with 100 free ones cost %s', (minutes, cost) => {
    expect(usageCharge(voice('graduated', '100'), minutes)).toBe(cost)
  })

  test('a tariff without tiers costs nothing', () => {
    expect(usageCharge({ per: { amount: 1, units: 'GB' }, mode: 'volume', tiers: [] }, 5)).toBe('0')
  })
})

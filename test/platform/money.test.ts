import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, jsonNumber, minorUnits, money, moneyFrom, sum } from '../../src/platform/money.ts'

describe('money', () => {
  it('adds decimals that binary floats cannot', () => {
    expect(money(0.1, 'EUR').plus(money('0.2', 'EUR')).toJSON()).toEqual({ unit: 'EUR', value: 0.3 })
    expect(money('1.005', 'EUR').rounded().toString()).toBe('1.01')
  })

  it('rounds half away from zero to the minor unit of the currency', () => {
    expect(money('2.345', 'EUR').rounded().toString()).toBe('2.35')
    expect(money('-2.345', 'EUR').rounded().toString()).toBe('-2.35')
    expect(money('2.5', 'JPY').rounded().toString()).toBe('3')
    expect(money('1.0005', 'KWD').rounded().toString()).toBe('1.001')
    expect(money('1.00005', 'CLF').rounded().toString()).toBe('1.0001')
    expect([minorUnits('EUR'), minorUnits('JPY'), minorUnits('BHD')]).toEqual([2, 0, 3])
  })

  it('keeps every digit until it is rounded', () => {
    const net = money('9.99', 'EUR').times('0.333').percent(19)
    expect(net.toString()).toBe('0.6320673')
    expect(net.rounded().toString()).toBe('0.63')
  })

  it('does not combine two currencies', () => {
    expect(() => money(1, 'EUR').plus(money(1, 'USD'))).toThrow(/EUR and USD/)
    expect(() => money(1, 'EUR').compare(money(1, 'USD'))).toThrow(/EUR and USD/)
    expect(() => money(1, 'euro')).toThrow(/not an ISO 4217/)
    expect(() => money(1, 'constructor')).toThrow(/not an ISO 4217/)
  })

  it('reads decimals only: no exponents, words or infinities', () => {
    for (const text of ['', '1e3', 'NaN', 'Infinity', '0x10', '1,5', ' 1', '1'.repeat(61)]) expect(() => money(text, 'EUR'), text).toThrow(/decimal/)
    expect(() => money(Number.NaN, 'EUR')).toThrow(/finite/)
    expect(moneyFrom({ unit: 'EUR', value: 12.5 }).toString()).toBe('12.50')
    expect(() => moneyFrom({ value: 12.5 })).toThrow(/unit/)
    expect(() => moneyFrom({ unit: 'EUR' })).toThrow(/value/)
  })

  it('refuses to become a JSON number that would lose digits', () => {
    expect(() => money('9007199254740993', 'JPY').toJSON()).toThrow(/exactly/)
    expect(() => money(1, 'EUR').over(3).toJSON()).toThrow(/exactly/)
    expect(money('9007199254740.99', 'EUR').toJSON().value).toBe(9007199254740.99)
    expect(Object.is(money(0, 'EUR').negated().toJSON().value, 0)).toBe(true)
  })

  it('does not depend on the order in which amounts are added', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })), cents => {
      const amounts = cents.map(cent => money(cent, 'EUR').over(100))
      const expected = cents.reduce((all, cent) => all + cent, 0)
      expect(sum(amounts, 'EUR').times(100).amount.toNumber()).toBe(expected)
      expect(sum(amounts.toReversed(), 'EUR').equals(sum(amounts, 'EUR'))).toBe(true)
    }))
  })

  it('reads back from JSON what it wrote', () => {
    fc.assert(fc.property(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), cents => {
      const amount = money(cents, 'EUR').over(100)
      expect(moneyFrom(JSON.parse(JSON.stringify(amount)) as { unit: string; value: number }).equals(amount)).toBe(true)
      expect(jsonNumber(amount.toString())).toBe(amount.toJSON().value)
    }))
  })

  it('allocates so that the parts add up to the whole', () => {
    expect(allocate(money(10, 'EUR'), [1, 1, 1]).map(String)).toEqual(['3.34', '3.33', '3.33'])
    expect(allocate(money(-10, 'EUR'), [1, 1, 1]).map(String)).toEqual(['-3.33', '-3.33', '-3.34'])
    expect(() => allocate(money(1, 'EUR'), [0, 0])).toThrow(/weights/)
    fc.assert(fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 }), (cents, weights) => {
      fc.pre(weights.some(weight => weight > 0))
      const whole = money(cents, 'EUR').over(100)
      expect(sum(allocate(whole, weights), 'EUR').equals(whole)).toBe(true)
    }))
  })
})

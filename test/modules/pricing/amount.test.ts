/** Small sums are those of the platform's decimals, whatever their size: in a double's digits, at the edge of them, and beyond. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocate, Exact, exact, money } from '../../../src/platform/money.ts'
import { amountOf, amountText, compare, exactOf, minus, plainText, plus, rounded, share, split, times } from '../../../src/modules/pricing/amount.ts'

const whole = fc.oneof(fc.integer({ min: 0, max: 99_999 }).map(String), fc.bigInt({ min: 0n, max: 10n ** 22n }).map(String), fc.constantFrom('0', '9007199254740991', '9007199254740992', '90071992547409', '10000000', '100000000000000'))
const part = fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 99 }).map(cents => `.${String(cents).padStart(2, '0')}`), fc.bigInt({ min: 0n, max: 10n ** 18n }).map(digits => `.${digits}`), fc.constantFrom('.0000001', '.00000000000001', '.000000000000000001', '.5', '.4999999'))
const decimals = fc.tuple(whole, part).map(([a, b]) => a + b)
const signed = fc.tuple(fc.boolean(), decimals).map(([below, text]) => (below ? `-${text}` : text))

const RUNS = { numRuns: 3000 }
const of = (text: string) => amountOf(exact(text))

test('an amount is the decimal that it was made from, and so is its text', () => {
  fc.assert(
    fc.property(signed, text => {
      expect(exactOf(of(text)).equals(text)).toBe(true)
      expect(plainText(of(text))).toBe(exact(text).toString())
      expect(amountText(of(text), 'EUR')).toBe(money(text, 'EUR').toString())
      expect(amountText(of(text), 'JPY')).toBe(money(text, 'JPY').toString())
    }),
    RUNS,
  )
})

test('sums, differences, products and comparisons are those of decimals', () => {
  fc.assert(
    fc.property(signed, signed, (a, b) => {
      expect(plainText(plus(of(a), of(b)))).toBe(exact(a).plus(b).toString())
      expect(plainText(minus(of(a), of(b)))).toBe(exact(a).minus(b).toString())
      expect(plainText(times(of(a), of(b)))).toBe(exact(a).times(b).toString())
      expect(Math.sign(compare(of(a), of(b)))).toBe(exact(a).comparedTo(b))
      // What was computed is as good as what was read.
      expect(plainText(plus(times(of(a), of('0.1')), of(b)))).toBe(exact(a).times('0.1').plus(b).toString())
    }),
    RUNS,
  )
})

test('rounding and shares are those of decimals, half away from zero', () => {
  const rates = fc.constantFrom('19', '7', '8.875', '100', '0.5', '33.333333')
  fc.assert(
    fc.property(signed, rates, fc.constantFrom(0, 2, 3), (a, rate, places) => {
      expect(plainText(rounded(of(a), places))).toBe(exact(a).toDecimalPlaces(places).toString())
      const all = new Exact(rate).plus(100)
      const stated = rounded(of(a), places)
      expect(plainText(share(stated, of(rate), amountOf(all), places))).toBe(exactOf(stated).times(rate).dividedBy(all).toDecimalPlaces(places).toString())
    }),
    RUNS,
  )
})

test('a split is the allocation of the platform', () => {
  const weights = fc.array(fc.oneof(decimals, fc.constantFrom('10', '10.00', '20', '3.3333', '0')), { minLength: 1, maxLength: 8 }).filter(list => list.some(one => !exact(one).isZero()))
  fc.assert(
    fc.property(decimals, weights, fc.constantFrom('EUR', 'JPY', 'KWD'), (total, list, currency) => {
      expect(split(of(total), list.map(of), currency).map(plainText)).toEqual(allocate(money(total, currency), list).map(one => one.amount.toString()))
    }),
    RUNS,
  )
})

/** Priced cases of in-life sales and instalments, computed by hand: what goes in, what comes out, and why. */
import { expect, test } from 'vitest'
import { feesOf } from '../../../src/modules/in-life/fees.ts'
import type { Fee } from '../../../src/modules/in-life/in-life-rule.ts'
import { monthsUntil, presentOf } from '../../../src/modules/in-life/present.ts'
import { datedFrom, remainderAt, scheduleOf } from '../../../src/modules/financing/schedule.ts'
import { money } from '../../../src/platform/money.ts'

type Product = Parameters<typeof presentOf>[0]
const EUR = (value: number): { unit: string; value: number } => ({ unit: 'EUR', value })

/** A line of 30.00 net, 20 % tax, 24 months from 15 January 2026, 10 % off for the first 12 of them. */
const line = (more: object = {}): Product =>
  ({
    id: 'p', href: '', startDate: '2026-01-15T09:00:00Z',
    productPrice: [{ priceType: 'recurring', recurringChargePeriod: 'month', price: { taxRate: 20, dutyFreeAmount: EUR(30) }, productPriceAlteration: [{ name: 'Welcome', priceType: 'discount', applicationDuration: 12, price: { percentage: 10 } }] }],
    productTerm: [{ name: '24 months', duration: { amount: 24, units: 'month' } }],
    ...more,
  }) as unknown as Product

test.each<[string, string, Fee, number | undefined, string]>([
  ['half of what is left', '2027-03-01T00:00:00Z', { method: 'remainingMonths', percentage: 50 }, 165, '1 March 2027 to 15 January 2028: 11 months, the last one begun; 11 × 30.00 × 50 %'],
  ['the same while the discount runs', '2026-07-15T00:00:00Z', { method: 'remainingMonths', percentage: 50 }, 243, '18 months; 18 × 27.00 × 50 %: what the customer pays now'],
  ['the same on the last day', '2028-01-14T00:00:00Z', { method: 'remainingMonths', percentage: 50 }, 15, 'a day of a month is a month'],
  ['the same once the term is over', '2028-01-15T00:00:00Z', { method: 'remainingMonths', percentage: 50 }, undefined, 'nothing is left, so nothing is owed'],
  ['with tax in it', '2027-03-01T00:00:00Z', { method: 'remainingMonths', percentage: 50, taxIncluded: true }, 198, '11 × 36.00 × 50 %'],
  ['an amount that declines', '2027-03-01T00:00:00Z', { method: 'declining', amount: EUR(240) }, 110, '240.00 × 11 / 24'],
  ['an amount that declines, rounded once', '2027-03-01T00:00:00Z', { method: 'declining', amount: EUR(100) }, 45.83, '100.00 × 11 / 24 = 45.8333…'],
  ['a fixed amount for leaving', '2027-03-01T00:00:00Z', { method: 'fixed', amount: EUR(99) }, 99, 'within the term'],
  ['a fixed amount for leaving, after the term', '2028-02-01T00:00:00Z', { method: 'fixed', amount: EUR(99) }, undefined, 'a termination fee is for terms that run'],
  ['a fee whatever the term', '2028-02-01T00:00:00Z', { kind: 'fee', method: 'fixed', amount: EUR(50) }, 50, 'moving costs the same after the term'],
])('%s on %s', (_name, instant, fee, expected, _why) => {
  const at = new Date(instant)
  const present = presentOf(line(), at, 'UTC')
  const [found] = feesOf([fee], { present, monthsLeft: monthsUntil(instant.slice(0, 10), present.term!.end) })
  expect(found?.amount.toJSON().value).toBe(expected)
})

test('what is kept of a discount lasts for what is left of it', () => {
  expect(presentOf(line(), new Date('2026-07-15T12:00:00Z'), 'UTC').discounts.map(one => one.adjustment)).toEqual([{ id: 'kept-1-1', name: 'Welcome', on: 'recurring', percentage: 10, duration: { amount: 6, units: 'month' } }])
  expect(presentOf(line(), new Date('2027-01-15T12:00:00Z'), 'UTC').discounts).toEqual([])
  expect(presentOf(line(), new Date('2026-07-15T12:00:00Z'), 'UTC').monthly).toEqual({ taxExcluded: EUR(27), taxIncluded: EUR(32.4) })
})

test.each<[string, string, number, number, number[], string]>([
  ['EUR', '100', 3, 0, [33.34, 33.33, 33.33], 'a cent is left over: the first one has it'],
  ['EUR', '600', 24, 0, Array.from({ length: 24 }, () => 25), 'nothing is left over'],
  ['JPY', '100000', 3, 0, [33334, 33333, 33333], 'no minor unit: whole yen'],
  ['KWD', '100', 3, 0, [33.334, 33.333, 33.333], 'three decimals'],
  // 1 % a month on 300.00: 300 × 0.01 × 1.01³ / (1.01³ − 1) = 102.0066… → 102.01; interest 3.00, 2.01, 1.01; what is left is paid last.
  ['EUR', '300', 3, 12, [102.01, 102.01, 102], 'an annuity whose last payment takes what rounding has left'],
])('%s %s in %i instalments at %i %%: %j', (currency, amount, count, rate, expected, _why) => {
  const schedule = scheduleOf(money(amount, currency), count, rate)
  expect(schedule.map(one => one.amount.value)).toEqual(expected)
  const principal = schedule.reduce((sum, one) => sum.plus(money(one.principal.value, currency)), money(0, currency))
  expect(principal.equals(money(amount, currency))).toBe(true)
  expect(schedule.at(-1)?.remainder.value).toBe(0)
})

test('any amount in any number of instalments adds up, in currencies with 0, 2 and 3 decimals', () => {
  for (const currency of ['JPY', 'EUR', 'KWD']) {
    for (let seed = 1; seed < 200; seed++) {
      const amount = money((seed * 7919) % 100_003, currency)
      const count = 2 + (seed % 47)
      const schedule = scheduleOf(amount, count, seed % 3 === 0 ? 0 : (seed % 25) + 0.9)
      const principal = schedule.reduce((sum, one) => sum.plus(money(one.principal.value, currency)), money(0, currency))
      expect(principal.equals(amount), `${amount.toString()} ${currency} in ${count}`).toBe(true)
      expect(schedule.every(one => one.principal.value >= 0 && one.interest.value >= 0)).toBe(true)
    }
  }
})

test('what is owed falls with each date, whose month ends clamp and come back', () => {
  const schedule = datedFrom(scheduleOf(money(300, 'EUR'), 3, 12), new Date('2027-01-31T12:00:00Z'), 'Europe/Berlin')
  expect(schedule.map(one => one.dueDate)).toEqual(['2027-02-27T23:00:00.000Z', '2027-03-30T22:00:00.000Z', '2027-04-29T22:00:00.000Z'])
  const at = (instant: string): [number, number, number] => {
    const { remainder, interestSaved, open } = remainderAt(EUR(300), schedule, new Date(instant))
    return [remainder.value, interestSaved.value, open]
  }
  expect(at('2027-01-31T13:00:00Z')).toEqual([300, 6.02, 3])
  expect(at('2027-02-27T23:00:00Z')).toEqual([200.99, 3.02, 2])
  expect(at('2027-05-01T00:00:00Z')).toEqual([0, 0, 0])
})

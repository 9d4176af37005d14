import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, cycleWindow, daysBetween } from '../../../src/platform/calendar.ts'
import { chargesOfPrice } from '../../../src/modules/billing/charges.ts'
import { Decimal, prorate, roundMoney, sharesOf } from '../../../src/modules/billing/proration.ts'
import { monthly, onTheBooks } from './sample-prices.ts'

const dates = fc.integer({ min: 0, max: 4000 }).map(days => addDays('2024-01-01', days))
const cycleDays = fc.integer({ min: 1, max: 31 })
// From 1.00 on every day of a month costs something: a part that costs nothing has no line.
const amounts = fc.integer({ min: 100, max: 99_999 }).map(cents => new Decimal(cents).div(100).toFixed(2))
const total = (lines: readonly { amount: string }[]): string => lines.reduce((sum, line) => sum.plus(line.amount), new Decimal(0)).toFixed(2)

describe('proration', () => {
  it('has nine digits, half up', () => {
    expect(prorate('2027-01-20', '2027-02-01', { start: '2027-01-01', end: '2027-02-01' }).factor.toFixed(9)).toBe('0.387096774')
    expect(prorate('2027-02-01', '2027-02-03', { start: '2027-02-01', end: '2027-02-04' }).factor.toFixed(9)).toBe('0.666666667')
  })

  it('rounds half cents away from zero, once', () => {
    expect(roundMoney(new Decimal('10.005'), 'EUR').toFixed()).toBe('10.01')
    expect(roundMoney(new Decimal('-10.005'), 'EUR').toFixed()).toBe('-10.01')
    expect(roundMoney(new Decimal('10.5'), 'JPY').toFixed()).toBe('11')
  })

  it('gives shares that add up to the whole', () => {
    fc.assert(
      fc.property(amounts, fc.array(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 12 }), (amount, days) => {
        const all = days.reduce((sum, part) => sum + part, 0)
        let reached = 0
        const parts = sharesOf(days.map(part => new Decimal(amount).times((reached += part)).div(all)), 'EUR')
        expect(total(parts.map(part => ({ amount: part.toFixed(2) })))).toBe(new Decimal(amount).toFixed(2))
      }),
    )
  })
})

describe('recurring charges', () => {
  it('upgrade in the middle of a period: 15.00 for the new price, 10.00 back for the old one', () => {
    const first = chargesOfPrice(monthly(), 11, '2027-04-11', [])
    expect(first.lines.map(line => [line.amount, line.periodStart, line.periodEnd])).toEqual([['20.00', '2027-04-11', '2027-05-11']])
    const old = monthly({ endedOn: '2027-04-26', chargedThrough: first.chargedThrough })
    const repair = chargesOfPrice(old, 11, '2027-04-26', onTheBooks(first.lines))
    expect(repair.lines.map(line => [line.kind, line.amount, line.periodStart, line.periodEnd, line.days, line.ofDays, line.factor])).toEqual([
      ['repair', '-10.00', '2027-04-26', '2027-05-11', 15, 30, '0.500000000'],
    ])
    const upgraded = chargesOfPrice(monthly({ id: 'price-2', amount: '30.00', startedOn: '2027-04-26' }), 11, '2027-04-26', [])
    expect(upgraded.lines.map(line => [line.kind, line.amount, line.factor])).toEqual([['recurring', '15.00', '0.500000000']])
  })

  it('in advance: the leading part and the coming period on the first cycle bill', () => {
    const { lines, chargedThrough } = chargesOfPrice(monthly({ startedOn: '2027-04-26' }), 11, '2027-05-11', [])
    expect(lines.map(line => [line.amount, line.periodStart, line.periodEnd])).toEqual([
      ['10.00', '2027-04-26', '2027-05-11'],
      ['20.00', '2027-05-11', '2027-06-11'],
    ])
    expect(chargedThrough).toBe('2027-06-11')
  })

  it('in arrears: only periods that are over, and the trailing part once it has ended', () => {
    const price = monthly({ timing: 'arrears', startedOn: '2027-04-26' })
    expect(chargesOfPrice(price, 11, '2027-05-10', []).lines).toEqual([])
    const first = chargesOfPrice(price, 11, '2027-05-11', [])
    expect(total(first.lines)).toBe('10.00')
    const last = chargesOfPrice({ ...price, chargedThrough: first.chargedThrough, endedOn: '2027-05-21' }, 11, '2027-06-11', [])
    expect(last.lines.map(line => [line.amount, line.periodEnd, line.days, line.ofDays])).toEqual([['6.45', '2027-05-21', 10, 31]])
  })

  it('charge nothing twice, whatever the bill dates are', () => {
    fc.assert(
      fc.property(dates, cycleDays, fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 10 }), amounts, (startedOn, day, steps, amount) => {
        let price = monthly({ startedOn, amount })
        let date = startedOn
        const lines = steps.flatMap(step => {
          date = addDays(date, step)
          const charges = chargesOfPrice(price, day, date, [])
          price = { ...price, chargedThrough: charges.chargedThrough }
          return charges.lines
        })
        lines.forEach((line, index) => expect(line.periodStart).toBe(index === 0 ? startedOn : lines[index - 1]?.periodEnd))
        expect(lines.map(line => line.amount)).toEqual(chargesOfPrice(monthly({ startedOn, amount }), day, date, []).lines.map(line => line.amount))
        expect(chargesOfPrice(price, day, date, []).lines).toEqual([])
      }),
    )
  })

  it('kept part and repair add up to the whole, and the kept part is what an end known beforehand costs', () => {
    fc.assert(
      fc.property(dates, cycleDays, amounts, fc.nat(40), fc.constantFrom([], [{ name: 'Half', percentage: '50', periods: 1 }, { name: 'Off', amount: '1.11' }]), (startedOn, day, amount, after, alterations) => {
        const price = monthly({ startedOn, amount, alterations })
        const charged = chargesOfPrice(price, day, startedOn, [])
        const end = addDays(startedOn, Math.min(after, daysBetween(startedOn, charged.chargedThrough ?? startedOn)))
        const repair = chargesOfPrice({ ...price, chargedThrough: charged.chargedThrough, endedOn: end }, day, end, onTheBooks(charged.lines))
        const known = chargesOfPrice({ ...price, endedOn: end }, day, startedOn, [])
        expect(new Decimal(total(charged.lines)).plus(total(repair.lines)).toFixed(2)).toBe(total(known.lines))
        expect(chargesOfPrice({ ...price, chargedThrough: repair.chargedThrough, endedOn: end }, day, addDays(end, 60), onTheBooks(charged.lines)).lines.filter(line => line.kind !== 'repair')).toEqual([])
      }),
    )
  })

  it('clamp at month ends: 31 gives whole periods from 28 February on', () => {
    const { lines } = chargesOfPrice(monthly({ startedOn: '2027-01-31' }), 31, '2027-04-30', [])
    expect(lines.map(line => [line.periodStart, line.amount, line.factor])).toEqual([
      ['2027-01-31', '20.00', '1.000000000'],
      ['2027-02-28', '20.00', '1.000000000'],
      ['2027-03-31', '20.00', '1.000000000'],
      ['2027-04-30', '20.00', '1.000000000'],
    ])
  })

  it('are prorated to the new cycle day when the account moves it', () => {
    const first = chargesOfPrice(monthly({ startedOn: '2027-04-01' }), 1, '2027-04-01', [])
    const moved = chargesOfPrice(monthly({ startedOn: '2027-04-01', chargedThrough: first.chargedThrough }), 16, '2027-05-16', [])
    expect(moved.lines.map(line => [line.amount, line.periodStart, line.periodEnd])).toEqual([
      ['10.00', '2027-05-01', '2027-05-16'],
      ['20.00', '2027-05-16', '2027-06-16'],
    ])
  })

  it('of a year are charged once a year on the cycle day', () => {
    const price = monthly({ periodCount: 12, amount: '365.00', startedOn: '2027-04-26' })
    const { lines } = chargesOfPrice(price, 11, '2028-05-11', [])
    expect(lines.map(line => [line.periodStart, line.periodEnd, line.amount])).toEqual([
      ['2027-04-26', '2027-05-11', '15.00'],
      ['2027-05-11', '2028-05-11', '365.00'],
      ['2028-05-11', '2029-05-11', '365.00'],
    ])
  })

  it('of a week are charged week by week from the start', () => {
    const { lines } = chargesOfPrice(monthly({ periodUnit: 'day', periodCount: 7, amount: '7.00' }), 11, '2027-04-25', [])
    expect(lines.map(line => line.periodStart)).toEqual(['2027-04-11', '2027-04-18', '2027-04-25'])
  })
})

describe('discounts', () => {
  it('last as many periods as sold, a part of one where they end inside it', () => {
    const price = monthly({ startedOn: '2027-04-26', alterations: [{ name: 'Two months half price', percentage: '50', periods: 2 }] })
    const { lines } = chargesOfPrice(price, 11, '2027-07-11', [])
    const discount = lines.filter(line => line.kind === 'discount')
    expect(discount.map(line => [line.periodStart, line.periodEnd, line.amount])).toEqual([
      ['2027-04-26', '2027-05-11', '-5.00'],
      ['2027-05-11', '2027-06-11', '-10.00'],
      ['2027-06-11', '2027-06-26', '-5.00'],
    ])
  })

  it('apply in their order to what is left, and never below nothing', () => {
    const alterations = [{ name: 'Ten percent', percentage: '10' }, { name: 'Fifteen off', amount: '15.00' }, { name: 'Ten off', amount: '10.00' }]
    const { lines } = chargesOfPrice(monthly({ alterations }), 11, '2027-04-11', [])
    expect(lines.map(line => line.amount)).toEqual(['20.00', '-2.00', '-15.00', '-3.00'])
    expect(total(lines)).toBe('0.00')
  })

  it('go back with the price when it ends early', () => {
    const price = monthly({ alterations: [{ name: 'Half', percentage: '50' }] })
    const charged = chargesOfPrice(price, 11, '2027-04-11', [])
    const repair = chargesOfPrice({ ...price, chargedThrough: charged.chargedThrough, endedOn: '2027-04-26' }, 11, '2027-05-11', onTheBooks(charged.lines))
    expect(repair.lines.map(line => line.amount)).toEqual(['-10.00', '5.00'])
  })
})

describe('one-time charges', () => {
  it('are charged whole and once', () => {
    const price = monthly({ kind: 'oneTime', amount: '49.90', startedOn: '2027-04-26', alterations: [{ name: 'Welcome', percentage: '100', periods: 1 }] })
    const charges = chargesOfPrice(price, 11, '2027-05-11', [])
    expect(charges.lines.map(line => [line.kind, line.amount, line.periodStart])).toEqual([
      ['oneTime', '49.90', '2027-04-26'],
      ['discount', '-49.90', '2027-04-26'],
    ])
    expect(chargesOfPrice({ ...price, chargedThrough: charges.chargedThrough }, 11, '2027-06-11', []).lines).toEqual([])
    expect(chargesOfPrice(price, 11, '2027-04-25', []).lines).toEqual([])
  })
})

describe('every line', () => {
  it('says how it came about', () => {
    const [leading] = chargesOfPrice(monthly({ startedOn: '2027-04-26', quantity: '2' }), 11, '2027-04-26', []).lines
    expect(leading?.explanation).toBe('Monthly fee, 2027-04-26 to 2027-05-11: 2 × 20.00 × 15/30 days = 20.00 EUR')
    expect(cycleWindow('2027-04-26', 11)).toEqual({ start: '2027-04-11', end: '2027-05-11' })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { billAccount, type BilledAccount, type BillInput } from '../../../src/modules/billing/bill.ts'
import { Decimal } from '../../../src/modules/billing/proration.ts'
import type { TaxBasis } from '../../../src/modules/billing/tax.ts'
import { rateFor } from '../../../src/modules/tax/index.ts'
import { monthly, onTheBooks } from './sample-prices.ts'

const account: BilledAccount = {
  id: 'account-1',
  name: 'Ada',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  cycleDay: 11,
  cycleMonths: 1,
  nextCycleDate: '2027-05-11',
  lastCycleDate: '2027-04-11',
  creditBalance: '0',
  paymentDueDays: 14,
  relatedParty: [{ id: 'party-1', role: 'customer' }],
}
const german = { category: 'standard', jurisdiction: 'DE', rate: '19', from: undefined, until: undefined }
const tax: BillInput['tax'] = { jurisdiction: 'DE', rows: [german], exempt: false }
const input = (more: Partial<BillInput> = {}): BillInput => ({
  account,
  billDate: '2027-05-11',
  cutOff: new Date('2027-05-10T22:00:00Z'),
  runType: 'onCycle',
  prices: [monthly({ startedOn: '2027-05-11' })],
  charged: [],
  tax,
  ...more,
})

describe('a bill', () => {
  it('adds tax to net prices and dates itself', () => {
    const { draft } = billAccount(input())
    expect(draft).toMatchObject({
      taxExcluded: '20.00',
      taxAmount: '3.80',
      taxIncluded: '23.80',
      amountDue: '23.80',
      category: 'normal',
      nextBillDate: '2027-06-11',
      paymentDueDate: '2027-05-25',
      taxes: [{ category: 'standard', rate: '19', taxable: '20.00', amount: '3.80' }],
    })
  })

  it('takes the tax out of gross prices', () => {
    const { draft } = billAccount(input({ prices: [monthly({ startedOn: '2027-05-11', amount: '19.99', taxInclusive: true })] }))
    expect(draft).toMatchObject({ taxExcluded: '16.80', taxAmount: '3.19', taxIncluded: '19.99', amountDue: '19.99' })
  })

  it('is absent when nothing is owed', () => {
    expect(billAccount(input({ prices: [] })).draft).toBeUndefined()
    expect(billAccount(input({ prices: [monthly({ startedOn: '2027-06-01' })] })).draft).toBeUndefined()
  })

  it('is never negative: what is left over becomes credit, and the next bill consumes it', () => {
    const past = onTheBooks(billAccount(input()).draft?.lines ?? [])
    const ended = monthly({ startedOn: '2027-05-11', endedOn: '2027-05-26', chargedThrough: '2027-06-11' })
    const back = billAccount(input({ billDate: '2027-06-11', prices: [ended], charged: past })).draft
    expect(back).toMatchObject({ taxIncluded: '-12.28', amountDue: '0.00', creditCreated: '12.28', creditBalanceAfter: '12.28', category: 'creditNote' })
    const next = billAccount(input({ account: { ...account, creditBalance: '12.28' } })).draft
    expect(next).toMatchObject({ taxIncluded: '23.80', creditApplied: '12.28', creditBalanceAfter: '0.00', amountDue: '11.52' })
  })

  it('gives back at the rate that was charged, whatever the rate is today', () => {
    const past = onTheBooks(billAccount(input()).draft?.lines ?? [])
    const ended = monthly({ startedOn: '2027-05-11', endedOn: '2027-05-26', chargedThrough: '2027-06-11' })
    const rows = [german, { ...german, rate: '25', from: new Date('2027-06-01T00:00:00Z') }]
    const { draft } = billAccount(input({ billDate: '2027-06-11', cutOff: new Date('2027-06-10T22:00:00Z'), prices: [ended], charged: past, tax: { ...tax, rows } }))
    expect(draft?.taxes.map(total => total.rate)).toEqual(['19'])
  })

  it('adds up: lines to totals, taxes to totals, due plus credit to the sum', () => {
    const price = fc.record({ amount: fc.integer({ min: 0, max: 50_000 }), inclusive: fc.boolean(), category: fc.constantFrom('standard', 'reduced', 'unknown'), start: fc.integer({ min: 10, max: 28 }), percentage: fc.integer({ min: 0, max: 100 }) })
    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 30_000 }), (prices, credit) => {
        const rows = [german, { ...german, category: 'reduced', rate: '7' }]
        const creditBalance = new Decimal(credit).div(100).toFixed(2)
        const schedules = prices.map(({ amount, inclusive, category, start, percentage }, index) =>
          monthly({ id: `price-${index}`, amount: new Decimal(amount).div(100).toFixed(2), taxInclusive: inclusive, taxCategory: category, startedOn: `2027-04-${start}`, alterations: [{ name: 'Off', percentage: String(percentage) }] }),
        )
        const make = () => billAccount(input({ account: { ...account, creditBalance }, prices: schedules, tax: { ...tax, rows } }))
        const { draft } = make()
        if (!draft) return
        const sum = (values: readonly string[]): string => values.reduce((total, value) => total.plus(value), new Decimal(0)).toFixed(2)
        expect(sum(draft.lines.map(line => line.taxExcluded))).toBe(draft.taxExcluded)
        expect(sum(draft.lines.map(line => line.taxAmount))).toBe(draft.taxAmount)
        expect(sum(draft.lines.map(line => line.taxIncluded))).toBe(draft.taxIncluded)
        expect(sum(draft.taxes.map(total => total.amount))).toBe(draft.taxAmount)
        expect(sum([draft.amountDue, draft.creditApplied])).toBe(draft.taxIncluded)
        for (const line of draft.lines) if (line.taxInclusive) expect(line.taxIncluded).toBe(line.amount)
        expect(JSON.stringify(make())).toBe(JSON.stringify({ ...make(), draft }))
      }),
    )
  })

  it('is the same whatever order its prices are read in', () => {
    const prices = ['c', 'a', 'b'].map(id => monthly({ id, productId: `product-${id}`, startedOn: '2027-05-11' }))
    expect(JSON.stringify(billAccount(input({ prices })))).toBe(JSON.stringify(billAccount(input({ prices: prices.toReversed() }))))
  })
})

describe('tax rates', () => {
  const basis = (at: string): TaxBasis => ({
    jurisdiction: 'DE',
    at: new Date(at),
    exempt: false,
    rows: [
      { ...german, until: new Date('2027-07-01T00:00:00Z') },
      { ...german, rate: '16', from: new Date('2027-07-01T00:00:00Z') },
      { ...german, jurisdiction: 'AT', rate: '20' },
    ],
  })

  it('hold from their first instant to before their end', () => {
    expect(rateFor(basis('2027-06-30T23:59:59Z'), 'standard')).toBe('19')
    expect(rateFor(basis('2027-07-01T00:00:00Z'), 'standard')).toBe('16')
    expect(rateFor(basis('2027-07-01T00:00:00Z'), 'reduced')).toBeUndefined()
  })

  it('fall back on the rate frozen at sale, and are nothing for the exempt', () => {
    const frozen = monthly({ startedOn: '2027-05-11', taxCategory: 'other', taxRate: '7' })
    expect(billAccount(input({ prices: [frozen] })).draft?.taxAmount).toBe('1.40')
    expect(billAccount(input({ tax: { ...tax, exempt: true } })).draft?.taxes).toEqual([{ category: 'exempt', rate: '0', taxable: '20.00', amount: '0.00' }])
  })
})

import { describe, expect, it } from 'vitest'
import { readPeriod, readPrices } from '../../../src/modules/billing/product-prices.ts'

const eur = (value: number) => ({ unit: 'EUR', value })

describe('frozen prices', () => {
  it('are read in every spelling of one-time and recurring', () => {
    const { terms } = readPrices(
      {
        id: 'p',
        productPrice: [
          { name: 'Set-up', priceType: 'one time', price: { taxIncludedAmount: eur(49) } },
          { name: 'Fee', priceType: 'Recurring', recurringChargePeriod: 'monthly', price: { dutyFreeAmount: eur(20), taxIncludedAmount: eur(23.8), taxRate: 19 } },
          { name: 'Data', priceType: 'usage', price: { dutyFreeAmount: eur(0.01) } },
        ],
      },
      'advance',
    )
    expect(terms.map(({ name, kind, amount, taxInclusive, taxRate }) => ({ name, kind, amount, taxInclusive, taxRate }))).toEqual([
      { name: 'Set-up', kind: 'oneTime', amount: '49', taxInclusive: true, taxRate: null },
      { name: 'Fee', kind: 'recurring', amount: '20', taxInclusive: false, taxRate: '19' },
    ])
  })

  it('say which period they recur in', () => {
    expect(['month', 'monthly', '3 months', 'P1Y', '2 weeks', 'quarter', undefined].map(readPeriod)).toEqual([
      { unit: 'month', count: 1 },
      { unit: 'month', count: 1 },
      { unit: 'month', count: 3 },
      { unit: 'month', count: 12 },
      { unit: 'day', count: 14 },
      { unit: 'month', count: 3 },
      { unit: 'month', count: 1 },
    ])
    expect(['fortnight', '0 months', 'P1H', 'once in a blue moon'].map(readPeriod)).toEqual([undefined, undefined, undefined, undefined])
  })

  it('carry their discounts in order, with their duration in periods', () => {
    const [fee] = readPrices(
      {
        id: 'p',
        productPrice: [
          {
            name: 'Fee',
            priceType: 'recurring',
            price: { dutyFreeAmount: eur(20) },
            productPriceAlteration: [
              { name: 'Loyal', priority: 2, price: { dutyFreeAmount: eur(2) } },
              { name: 'Start', priority: 1, applicationDuration: 3, price: { percentage: 50 } },
            ],
          },
          { name: 'Family', priceType: 'discount', price: { percentage: 10 } },
        ],
      },
      'arrears',
    ).terms
    expect(fee).toMatchObject({ timing: 'arrears', alterations: [{ name: 'Start', percentage: '50', periods: 3 }, { name: 'Loyal', amount: '2' }, { name: 'Family', percentage: '10' }] })
  })

  it('keep their identity while their terms stay, and name what cannot be charged', () => {
    const product = (value: number) => ({ id: 'p', productPrice: [{ name: 'Fee', priceType: 'recurring', price: { dutyFreeAmount: eur(value) }, productOfferingPrice: { id: 'pop-1' } }] })
    const [before] = readPrices(product(20), 'advance').terms
    const [same] = readPrices(product(20), 'advance').terms
    const [after] = readPrices(product(30), 'advance').terms
    expect(same?.hash).toBe(before?.hash)
    expect(after?.key).toBe(before?.key)
    expect(after?.hash).not.toBe(before?.hash)
    const { terms, problems } = readPrices({ id: 'p', productPrice: [{ name: 'Odd', priceType: 'recurring', recurringChargePeriod: 'fortnight', price: { dutyFreeAmount: eur(1) } }, { name: 'None', priceType: 'oneTime', price: {} }] }, 'advance')
    expect(terms).toEqual([])
    expect(problems).toHaveLength(2)
  })
})

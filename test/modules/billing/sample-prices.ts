/** Price schedules and charged periods for the tests of pure billing functions. */
import type { Charged, ChargeLine, PriceSchedule } from '../../../src/modules/billing/charges.ts'

export const monthly = (more: Partial<PriceSchedule> = {}): PriceSchedule => ({
  id: 'price-1',
  productId: 'product-1',
  productName: 'Fibre 100',
  name: 'Monthly fee',
  kind: 'recurring',
  timing: 'advance',
  amount: '20.00',
  currency: 'EUR',
  quantity: '1',
  taxCategory: 'standard',
  taxInclusive: false,
  taxRate: null,
  periodUnit: 'month',
  periodCount: 1,
  startedOn: '2027-04-11',
  endedOn: null,
  chargedThrough: null,
  alterations: [],
  ...more,
})

/** Lines as they are found on the books later. */
export const onTheBooks = (lines: readonly ChargeLine[]): Charged[] =>
  lines
    .filter(line => line.kind !== 'repair')
    .map(line => ({
      priceId: line.priceId,
      component: line.component,
      cycleStart: line.cycleStart,
      cycleEnd: line.cycleEnd,
      periodStart: line.periodStart,
      periodEnd: line.periodEnd,
      amount: line.amount,
      taxCategory: line.taxCategory,
      taxRate: '19',
      taxInclusive: line.taxInclusive,
    }))

/** How commitments stand, computed by hand: what falls due in a period, and where periods begin. */
import { expect, test } from 'vitest'
import { commitmentsAt, periodAt, type CommittedProduct } from '../../../src/modules/agreement/commitment.ts'

const now = new Date('2026-05-20T00:00:00Z')
const monthly = (value: number) => ({ priceType: 'recurring', recurringChargePeriod: 'month', price: { dutyFreeAmount: { unit: 'EUR', value } } })
const once = (value: number) => ({ priceType: 'oneTime', price: { taxIncludedAmount: { unit: 'EUR', value }, taxRate: 20 } })

const products: CommittedProduct[] = [
  // 15 January, February, … May: in the quarter from 15 April the charges of 15 April and 15 May; the set-up was before it.
  { id: '1', status: 'active', startDate: '2026-01-15T00:00:00Z', productOffering: { id: 'a' }, productPrice: [monthly(10), once(60)] },
  // Ended on 1 May: the charge of 20 April counts.
  { id: '2', status: 'terminated', startDate: '2026-02-20T00:00:00Z', terminationDate: '2026-05-01T00:00:00Z', productOffering: { id: 'a' }, productPrice: [monthly(7)] },
  // Begun in the period: 12.00 with 20 % tax is 10.00 without, and one month.
  { id: '3', status: 'active', startDate: '2026-05-01T00:00:00Z', productOffering: { id: 'a' }, productPrice: [monthly(5), once(12)] },
  { id: '4', status: 'active', startDate: '2026-05-01T00:00:00Z', productOffering: { id: 'b' }, productPrice: [monthly(500)] },
]

test('revenue of the present period: 2 x 10 + 7 + 5 + 10 = 42 of 100', () => {
  const [state] = commitmentsAt({ from: '2026-01-15T00:00:00Z', commitment: [{ kind: 'revenue', revenue: { unit: 'EUR', value: 100 }, period: 'quarter', offeringIds: ['a'] }] }, products, now)
  expect(state).toMatchObject({ promised: { revenue: { unit: 'EUR', value: 100 }, period: 'quarter' }, reached: { revenue: { unit: 'EUR', value: 42 }, from: '2026-04-15T00:00:00.000Z', until: '2026-07-15T00:00:00.000Z' }, missing: { revenue: { unit: 'EUR', value: 58 } }, isKept: false })
})

test('a quantity counts what lives, of the offerings that it is about', () => {
  expect(commitmentsAt({ commitment: [{ kind: 'quantity', quantity: 2, offeringIds: ['a'] }, { kind: 'quantity', quantity: 4, offeringIds: [] }] }, products, now).map(one => [one.reached.quantity, one.isKept])).toEqual([[2, true], [3, false]])
})

test('a term is kept at its end, not a moment before', () => {
  const term = (at: string): boolean | undefined => commitmentsAt({ from: '2024-02-29T00:00:00Z', commitment: [{ kind: 'term', duration: { amount: 24, units: 'month' }, offeringIds: [] }] }, [], new Date(at))[0]?.isKept
  expect([term('2026-02-27T23:59:59Z'), term('2026-02-28T00:00:00Z')]).toEqual([false, true])
})

test('periods begin on the day of the agreement, at the end of shorter months', () => {
  expect(periodAt(new Date('2026-01-31T00:00:00Z'), 'month', new Date('2026-02-28T00:00:00Z'))).toEqual({ from: new Date('2026-02-28T00:00:00Z'), until: new Date('2026-03-31T00:00:00Z') })
  expect(periodAt(new Date('2026-01-31T00:00:00Z'), 'month', new Date('2026-02-27T00:00:00Z')).from).toEqual(new Date('2026-01-31T00:00:00Z'))
  expect(periodAt(new Date('2026-03-01T00:00:00Z'), 'year', new Date('2028-02-29T00:00:00Z'))).toEqual({ from: new Date('2027-03-01T00:00:00Z'), until: new Date('2028-03-01T00:00:00Z') })
})

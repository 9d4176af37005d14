/** What must hold of every price, on baskets and shops made at random. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Exact, minorUnits } from '../../../src/platform/money.ts'
import type { PricingItem } from '../../../src/modules/pricing/price-request.ts'
import { price } from '../../../src/modules/pricing/price.ts'
import { circumstancesOf, snapshotOf, type PromotionSketch, type Shop } from './case-book.ts'

const RUNS = 150
const ids = ['a', 'b', 'c', 'd', 'e']
const CHANNELS = ['web', 'app', 'store', 'care']

interface Plan {
  currency: string
  amounts: number[]
  kinds: string[]
  lists: { type: 'OVERRIDE' | 'SALE'; about: 'segment' | 'place' | 'customer' | undefined; offering: number; amount: number }[]
  promotions: { off: number; share: number; priority: number; exclusive: boolean; segment: boolean }[]
  taxed: boolean
  included: boolean
}

const plans: fc.Arbitrary<Plan> = fc.record({
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  amounts: fc.array(fc.integer({ min: 0, max: 99_999 }), { minLength: 5, maxLength: 5 }),
  kinds: fc.array(fc.constantFrom('oneTime', 'recurring', 'deposit'), { minLength: 5, maxLength: 5 }),
  lists: fc.array(fc.record({ type: fc.constantFrom('OVERRIDE' as const, 'SALE' as const), about: fc.constantFrom('segment' as const, 'place' as const, 'customer' as const, undefined), offering: fc.nat({ max: 4 }), amount: fc.integer({ min: 0, max: 99_999 }) }), { maxLength: 8 }),
  promotions: fc.array(fc.record({ off: fc.nat({ max: 4 }), share: fc.integer({ min: 1, max: 100 }), priority: fc.integer({ min: 1, max: 3 }), exclusive: fc.boolean(), segment: fc.boolean() }), { maxLength: 6 }),
  taxed: fc.boolean(),
  included: fc.boolean(),
})

const VALUES = { segment: 'vip', place: 'north', customer: 'ada' } as const

const shopOf = (plan: Plan, order: (names: string[]) => string[] = names => names): Shop => {
  const amount = (minor: number): string => `${plan.currency} ${new Exact(minor).dividedBy(new Exact(10).pow(minorUnits(plan.currency))).toString()}`
  const ordered = <T>(entries: [string, T][]): Record<string, T> => {
    const by = new Map(entries)
    return Object.fromEntries(order([...by.keys()]).map(key => [key, by.get(key)!]))
  }
  return {
    offerings: Object.fromEntries(ids.map(id => [id, { prices: [`p-${id}`], category: ['all'] }])),
    prices: Object.fromEntries(ids.map((id, index) => [`p-${id}`, { priceType: plan.kinds[index], price: amount(plan.amounts[index] ?? 0), taxIncluded: plan.included, tax: [{ taxCategory: 'standard' }] }])),
    lists: ordered(plan.lists.map((list, index) => [`l${index}`, { listType: list.type, taxIncluded: plan.included, rule: list.about === undefined ? [] : [{ about: list.about, value: [VALUES[list.about]] }] }])),
    entries: ordered(plan.lists.map((list, index) => [`e${index}`, { list: `l${index}`, offering: ids[list.offering], kind: plan.kinds[list.offering], price: amount(list.amount) }])),
    promotions: ordered(plan.promotions.map((one, index): [string, PromotionSketch] => [`x${index}`, { value: String(one.share), priority: one.priority, exclusive: one.exclusive, when: [['productOffering', '=', ids[one.off] ?? 'a'], ...(one.segment ? [['segment', '=', 'vip'] as [string, string, string]] : [])] }])),
    ...(plan.taxed && { taxes: [['standard', 'DE', '19']] as Shop['taxes'] & object }),
  }
}

const baskets = fc.array(fc.record({ offeringId: fc.constantFrom(...ids), quantity: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 8 }).map(items => items.map((item, index): PricingItem => ({ ...item, id: `i${index}` })))
const buyers = fc.record({ segment: fc.subarray(['vip', 'rural']), place: fc.subarray(['north', 'south']), customer: fc.constantFrom('ada', 'bob'), country: fc.constant('DE') })

const reversed = <T>(list: T[]): T[] => list.toReversed()

describe('a price', () => {
  test('does not depend on the order of the items', () => {
    fc.assert(
      fc.property(plans, baskets, buyers, fc.infiniteStream(fc.nat()), (plan, items, buyer, noise) => {
        const snapshot = snapshotOf(shopOf(plan))
        const shuffled = items.map(item => ({ item, at: noise.next().value as number })).sort((a, b) => a.at - b.at).map(one => one.item)
        const [one, other] = [price(snapshot, circumstancesOf(buyer), items), price(snapshot, circumstancesOf(buyer), shuffled)]
        expect(new Map(other.line.map(line => [line.id, line]))).toEqual(new Map(one.line.map(line => [line.id, line])))
        expect(other.total).toEqual(one.total)
        expect(other.promotion).toEqual(one.promotion)
      }),
      { numRuns: RUNS },
    )
  })

  test('does not depend on the order of lists, entries, rules and promotions', () => {
    fc.assert(
      fc.property(plans, baskets, buyers, (plan, items, buyer) => {
        expect(price(snapshotOf(shopOf(plan, reversed)), circumstancesOf(buyer), items)).toEqual(price(snapshotOf(shopOf(plan)), circumstancesOf(buyer), items))
      }),
      { numRuns: RUNS },
    )
  })

  test('of a line is not changed by another item that nothing connects with it', () => {
    fc.assert(
      fc.property(plans, baskets, buyers, fc.constantFrom(...ids), (plan, items, buyer, more) => {
        const snapshot = snapshotOf(shopOf(plan))
        const before = price(snapshot, circumstancesOf(buyer), items).line
        expect(price(snapshot, circumstancesOf(buyer), [...items, { id: 'more', offeringId: more }]).line.slice(0, -1)).toEqual(before)
      }),
      { numRuns: RUNS },
    )
  })

  test('adds up: totals are the sums of what is on the lines, in whole minor units, with tax and without', () => {
    fc.assert(
      fc.property(plans, baskets, buyers, (plan, items, buyer) => {
        const answer = price(snapshotOf(shopOf(plan)), circumstancesOf(buyer), items)
        const components = answer.line.flatMap(line => line.component)
        for (const total of answer.total) {
          const own = components.filter(one => one.kind === total.kind && one.recurring?.unit === total.recurring?.unit && one.currency === total.currency)
          for (const name of ['taxExcludedAmount', 'taxAmount', 'taxIncludedAmount'] as const) {
            expect(own.reduce((sum, one) => sum.plus(one[name]), new Exact(0)).equals(total[name])).toBe(true)
            expect(new Exact(total[name]).decimalPlaces()).toBeLessThanOrEqual(minorUnits(total.currency))
          }
          expect(new Exact(total.taxExcludedAmount).plus(total.taxAmount).equals(total.taxIncludedAmount)).toBe(true)
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('is never negative, and never above what it was', () => {
    fc.assert(
      fc.property(plans, baskets, buyers, (plan, items, buyer) => {
        for (const one of price(snapshotOf(shopOf(plan)), circumstancesOf(buyer), items).line.flatMap(line => line.component)) {
          expect(new Exact(one.net).isNegative()).toBe(false)
          if (one.was !== undefined) expect(new Exact(one.unitAmount).lessThanOrEqualTo(one.was)).toBe(true)
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('is the same in every channel when no price names one', () => {
    fc.assert(
      fc.property(plans, baskets, buyers, (plan, items, buyer) => {
        const snapshot = snapshotOf(shopOf(plan))
        const [web, ...others] = CHANNELS.map(channel => price(snapshot, circumstancesOf({ ...buyer, channel }), items))
        for (const other of others) expect(other).toEqual(web)
      }),
      { numRuns: RUNS },
    )
  })
})

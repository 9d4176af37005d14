import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { priceOffering, PricingFault } from '../../../src/modules/catalog/pricing.ts'
import { bundleChoiceReasons, isSellable } from '../../../src/modules/catalog/sellable.ts'
import type { LoadedOffering, LoadedPrice } from '../../../src/modules/catalog/offering-loader.ts'

const at = new Date('2026-06-01T12:00:00Z')
const eur = (value: number) => ({ unit: 'EUR', value })

const price = (id: string, doc: Partial<LoadedPrice['doc']>, more: Partial<LoadedPrice> = {}): LoadedPrice => ({
  pin: { id, revision: 3, name: id },
  doc: { id, href: `/${id}`, name: id, lifecycleStatus: 'Launched', ...doc },
  related: [],
  parts: [],
  ...more,
})
const monthly = (id: string, value: number, more: Partial<LoadedPrice> = {}): LoadedPrice => price(id, { priceType: 'recurring', recurringChargePeriodType: 'month', price: eur(value) }, more)
const once = (id: string, value: number, doc: Partial<LoadedPrice['doc']> = {}): LoadedPrice => price(id, { priceType: 'oneTime', price: eur(value), ...doc })
const discount = (id: string, doc: Partial<LoadedPrice['doc']>): LoadedPrice => price(id, { priceType: 'discount', ...doc })

const offering = (prices: (LoadedPrice | LoadedOffering['prices'][number])[], more: Partial<LoadedOffering> = {}, doc: Partial<LoadedOffering['doc']> = {}): LoadedOffering => ({
  pin: { id: 'o', revision: 7, version: '1.0', name: 'Fibre' },
  doc: { id: 'o', href: '/o', name: 'Fibre', lifecycleStatus: 'Launched', ...doc },
  prices: prices.map(one => ('kind' in one ? one : { kind: 'reference', price: one, alterations: [] })),
  children: [],
  ...more,
})
const fault = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof PricingFault ? error.code : String(error)
  }
}

describe('charges', () => {
  test('come in the order of the offering, exact, with where they come from', () => {
    const components = priceOffering(offering([monthly('m', 39.9), once('s', 49)]), { at, quantity: 3 })
    expect(components).toEqual([
      expect.objectContaining({ kind: 'recurring', unitAmount: '39.90', quantity: '3', amount: '119.70', net: '119.70', currency: 'EUR', recurring: { unit: 'month', count: 1 }, taxIncluded: false }),
      expect.objectContaining({ kind: 'oneTime', amount: '147.00' }),
    ])
    expect(components[0]?.source).toEqual({ offering: { id: 'o', revision: 7, version: '1.0', name: 'Fibre' }, price: { id: 'm', revision: 3, name: 'm' }, path: 'productOfferingPrice[0]' })
  })

  test.each(['one time', 'oneTime', 'One-Time', 'nonRecurring', 'setup fee'])('of type %j are one-time', priceType => {
    expect(priceOffering(offering([price('p', { priceType, price: eur(1) })]), { at })[0]?.kind).toBe('oneTime')
  })

  test('apply while valid: the start belongs to the time, the end does not', () => {
    const bounded = offering([once('p', 5, { validFor: { startDateTime: '2026-06-01T12:00:00Z', endDateTime: '2026-07-01T00:00:00Z' } })])
    expect(priceOffering(bounded, { at })).toHaveLength(1)
    expect(priceOffering(bounded, { at: new Date('2026-07-01T00:00:00Z') })).toEqual([])
    expect(priceOffering(bounded, { at: new Date('2026-06-01T11:59:59Z') })).toEqual([])
  })

  test.each([['In study', 0], ['In test', 0], ['Active', 1], ['Launched', 1], ['Retired', 0], ['Rejected', 0]])('in state %s: %i', (lifecycleStatus, count) => {
    expect(priceOffering(offering([once('p', 5, { lifecycleStatus })]), { at })).toHaveLength(count)
  })

  test('can be meant for some values of a characteristic', () => {
    const forSpeed = (id: string, value: number, speeds: object[]) => once(id, value, { prodSpecCharValueUse: [{ name: 'speed', productSpecCharacteristicValue: speeds }] })
    const two = offering([forSpeed('slow', 10, [{ value: 250 }]), forSpeed('fast', 20, [{ value: 500 }, { valueFrom: 600, valueTo: 1000 }])])
    const net = (speed: unknown) => priceOffering(two, { at, characteristics: { speed } }).map(component => component.net)
    expect(net(250)).toEqual(['10.00'])
    expect(net('500')).toEqual(['20.00'])
    expect(net(800)).toEqual(['20.00'])
    expect(net(300)).toEqual([])
  })

  test('of usage say what they are per, and need no amount', () => {
    const [component] = priceOffering(offering([price('u', { priceType: 'usage', price: eur(0.05), unitOfMeasure: { amount: 1, units: 'GB' } }), price('algorithm', { priceType: 'usage' })]), { at })
    expect(component).toMatchObject({ kind: 'usage', unitAmount: '0.05', per: { amount: 1, units: 'GB' } })
  })

  test('given by value are read with or without tax, never both', () => {
    const value = (price: object) => offering([{ kind: 'value', value: { priceType: 'oneTime', name: 'v', price } }])
    expect(priceOffering(value({ dutyFreeAmount: eur(10), taxIncludedAmount: eur(11.9), taxRate: 19 }), { at })[0]).toMatchObject({ net: '10.00', taxIncluded: false, tax: [{ rate: '19' }] })
    expect(priceOffering(value({ taxIncludedAmount: eur(11.9) }), { at })[0]).toMatchObject({ net: '11.90', taxIncluded: true })
  })

  test('of a bundled price are those that it is made of, unless it has an amount of its own', () => {
    const parts = [monthly('a', 5), monthly('b', 6)]
    expect(priceOffering(offering([price('bundle', { priceType: 'recurring', isBundle: true }, { parts })]), { at }).map(component => component.net)).toEqual(['5.00', '6.00'])
    expect(priceOffering(offering([price('bundle', { priceType: 'recurring', price: eur(9) }, { parts })]), { at }).map(component => component.net)).toEqual(['9.00'])
  })

  test('without an amount are an error, not zero', () => {
    expect(fault(() => priceOffering(offering([price('p', { priceType: 'oneTime' })]), { at }))).toBe('priceIncomplete')
  })

  test('cannot be for nothing or less', () => {
    expect(fault(() => priceOffering(offering([]), { at, quantity: 0 }))).toBe('invalidQuantity')
    expect(fault(() => priceOffering(offering([]), { at, quantity: -1 }))).toBe('invalidQuantity')
  })
})

describe('currency', () => {
  const two = offering([monthly('e', 10), price('d', { priceType: 'recurring', price: { unit: 'USD', value: 12 } })])
  test('is never guessed', () => {
    expect(fault(() => priceOffering(two, { at }))).toBe('currencyAmbiguous')
  })
  test('chooses the charges', () => {
    expect(priceOffering(two, { at, currency: 'USD' }).map(component => component.net)).toEqual(['12.00'])
  })
  test('that no charge has is an error', () => {
    expect(fault(() => priceOffering(two, { at, currency: 'GBP' }))).toBe('noPriceInCurrency')
    expect(priceOffering(offering([]), { at, currency: 'GBP' })).toEqual([])
  })
})

describe('discounts', () => {
  const related = (...prices: LoadedPrice[]) => prices.map(other => ({ relationshipType: 'discount', price: other }))

  test('apply one after the other, each to what is left, and say how long', () => {
    const charge = monthly('m', 100, { related: related(discount('ten', { percentage: 10, productOfferingTerm: [{ duration: { amount: 6, units: 'month' } }] }), discount('five', { price: eur(5) })) })
    const [component] = priceOffering(offering([charge]), { at, quantity: 2 })
    expect(component?.alterations).toEqual([
      expect.objectContaining({ name: 'ten', percentage: '10', reduction: '20.00', duration: { amount: 6, units: 'month' } }),
      expect.objectContaining({ name: 'five', amount: '10.00', reduction: '10.00' }),
    ])
    expect(component?.alterations[0]?.source.price).toEqual({ id: 'ten', revision: 3, name: 'ten' })
    expect(component?.net).toBe('170.00')
  })

  test('in an offering’s price entry follow their priority', () => {
    const entry: LoadedOffering['prices'][number] = {
      kind: 'reference',
      price: monthly('m', 100),
      alterations: [
        { name: 'second', priceType: 'recurring', priority: 2, price: { percentage: 50 } },
        { name: 'first', priceType: 'recurring', priority: 1, price: { dutyFreeAmount: eur(20) }, applicationDuration: { amount: 3, units: 'month' } },
      ],
    }
    const [component] = priceOffering(offering([entry]), { at })
    expect(component?.alterations.map(alteration => [alteration.name, alteration.reduction])).toEqual([['first', '20.00'], ['second', '40.00']])
    expect(component?.net).toBe('40.00')
  })

  test('that an offering lists: with a period on recurring charges, a share on all, an amount once', () => {
    const charges = [monthly('m', 100), once('s', 50), once('t', 30)]
    const nets = (doc: Partial<LoadedPrice['doc']>) => priceOffering(offering([...charges, discount('d', doc)]), { at }).map(component => component.net)
    expect(nets({ percentage: 10, recurringChargePeriodType: 'month' })).toEqual(['90.00', '50.00', '30.00'])
    expect(nets({ percentage: 10 })).toEqual(['90.00', '45.00', '27.00'])
    expect(nets({ price: eur(20) })).toEqual(['100.00', '30.00', '30.00'])
  })

  test('that are not in force, or in another currency, are left out', () => {
    const charge = monthly('m', 100, { related: related(discount('study', { percentage: 10, lifecycleStatus: 'In study' }), discount('over', { percentage: 10, validFor: { endDateTime: '2026-01-01T00:00:00Z' } }), discount('usd', { price: { unit: 'USD', value: 5 } })) })
    expect(priceOffering(offering([charge]), { at })[0]).toMatchObject({ net: '100.00', alterations: [] })
  })

  test('never take more than there is, and what is taken and what is left is the whole', () => {
    const share = fc.record({ percentage: fc.integer({ min: 0, max: 100 }) })
    const amount = fc.integer({ min: 0, max: 100_000 }).map(cents => ({ price: eur(cents / 100) }))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 50 }), fc.array(fc.oneof(share, amount), { maxLength: 6 }), (cents, quantity, docs) => {
        const charge = monthly('m', cents / 100, { related: related(...docs.map((doc, index) => discount(String(index), doc))) })
        const [component] = priceOffering(offering([charge]), { at, quantity })
        const exactly = (text: string) => BigInt(text.replace('.', '').padEnd(text.indexOf('.') + 40, '0'))
        const taken = component!.alterations.reduce((sum, alteration) => sum + exactly(alteration.reduction), 0n)
        expect(exactly(component!.net) >= 0n).toBe(true)
        expect(taken + exactly(component!.net)).toBe(exactly(component!.amount))
      }),
      { numRuns: 300 },
    )
  })
})

test('children of a bundle are priced as often as the bundle presets', () => {
  const child = offering([once('c', 2)], { pin: { id: 'c', revision: 1 } })
  const spare = offering([once('x', 9)], { pin: { id: 'x', revision: 1 } })
  const bundle = offering([monthly('m', 10)], { children: [{ offering: child, lower: 1, upper: 5, preset: 3 }, { offering: spare, lower: 0, upper: 1, preset: 0 }] })
  expect(priceOffering(bundle, { at, quantity: 2, withChildren: true }).map(component => component.amount)).toEqual(['20.00', '12.00'])
  expect(priceOffering(bundle, { at, quantity: 2 })).toHaveLength(1)
})

describe('an offering', () => {
  const codes = (one: LoadedOffering, options?: { insideBundle?: boolean }) => isSellable(one, at, options).map(reason => reason.code)

  test('is on sale while Launched and valid', () => {
    expect(codes(offering([]))).toEqual([])
    expect(codes(offering([], {}, { lifecycleStatus: 'Active' }))).toEqual(['notLaunched'])
    expect(codes(offering([], {}, { validFor: { startDateTime: '2026-06-02T00:00:00Z' } }))).toEqual(['notYetValid'])
    expect(codes(offering([], {}, { validFor: { endDateTime: at.toISOString() }, lifecycleStatus: 'Retired' }))).toEqual(['notLaunched', 'noLongerValid'])
  })

  test('may be for bundles only', () => {
    const part = offering([], {}, { isSellable: false })
    expect(codes(part)).toEqual(['onlyInBundle'])
    expect(codes(part, { insideBundle: true })).toEqual([])
  })

  test('whose prices are all over is not on sale; one without prices is free', () => {
    expect(codes(offering([once('p', 1, { lifecycleStatus: 'Retired' })]))).toEqual(['noValidPrice'])
    expect(codes(offering([discount('d', { percentage: 10 })]))).toEqual([])
  })

  test('with children needs those that it cannot do without', () => {
    const gone = offering([], { pin: { id: 'gone', revision: 1 } }, { lifecycleStatus: 'Obsolete', isSellable: false })
    const bundle = (lower: number) => offering([], { children: [{ offering: gone, lower, upper: 2, preset: lower }] })
    expect(isSellable(bundle(1), at)).toEqual([expect.objectContaining({ code: 'childNotSellable', offeringId: 'gone' })])
    expect(isSellable(bundle(0), at)).toEqual([])
    expect(bundleChoiceReasons(bundle(1), []).map(reason => reason.code)).toEqual(['quantityOutOfLimits'])
    expect(bundleChoiceReasons(bundle(1), [{ offeringId: 'gone', quantity: 1 }, { offeringId: 'gone', quantity: 2 }]).map(reason => reason.code)).toEqual(['quantityOutOfLimits'])
    expect(bundleChoiceReasons(bundle(0), [{ offeringId: 'other', quantity: 1 }]).map(reason => reason.code)).toEqual(['notInBundle'])
    expect(bundleChoiceReasons(bundle(1), [{ offeringId: 'gone', quantity: 2 }])).toEqual([])
  })
})

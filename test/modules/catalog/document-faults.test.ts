import { describe, expect, test } from 'vitest'
import { bundleFaults } from '../../../src/modules/catalog/bundle-faults.ts'
import { childLimits } from '../../../src/modules/catalog/bundle-limits.ts'
import { amountFaults, characteristicFaults, embeddedPriceFaults, offeringPriceFaults, periodFaults } from '../../../src/modules/catalog/document-faults.ts'

const paths = (faults: { path: string }[]): string[] => faults.map(fault => fault.path)

describe('periods', () => {
  test('must not end before they begin, wherever they stand', () => {
    const wrong = { startDateTime: '2026-02-01T00:00:00Z', endDateTime: '2026-01-01T00:00:00Z' }
    expect(paths(periodFaults({ validFor: wrong, productOfferingTerm: [{ validFor: { startDateTime: '2026-01-01T00:00:00Z' } }, { validFor: wrong }] }))).toEqual([
      'validFor.endDateTime',
      'productOfferingTerm[1].validFor.endDateTime',
    ])
  })

  test('are compared as instants, not as text', () => {
    expect(periodFaults({ validFor: { startDateTime: '2026-01-01T01:00:00+02:00', endDateTime: '2026-01-01T00:00:00Z' } })).toEqual([])
    expect(periodFaults({ validFor: { startDateTime: '2026-01-01T00:00:00-02:00', endDateTime: '2026-01-01T01:00:00Z' } })).toHaveLength(1)
  })

  test('inside a characteristic value are none of ours', () => {
    expect(periodFaults({ value: { validFor: { startDateTime: '2026-02-01T00:00:00Z', endDateTime: '2026-01-01T00:00:00Z' } } })).toEqual([])
  })
})

describe('amounts', () => {
  test('need both parts, a real currency and no minus', () => {
    expect(paths(amountFaults({ value: 1 }, 'price'))).toEqual(['price.unit'])
    expect(paths(amountFaults({ unit: 'EUR' }, 'price'))).toEqual(['price.value'])
    expect(paths(amountFaults({ unit: 'euro', value: -1 }, 'price'))).toEqual(['price.value', 'price.unit'])
    expect(amountFaults({ unit: 'EUR', value: 0.000001 }, 'price')).toEqual([])
    expect(amountFaults(undefined, 'price')).toEqual([])
  })

  test('of a price: tax in the currency of the price, share up to 100, at least one period', () => {
    expect(paths(offeringPriceFaults({ price: { unit: 'EUR', value: 1 }, percentage: 101, recurringChargePeriodLength: 0, tax: [{ taxRate: -1, taxAmount: { unit: 'USD', value: 1 } }] }))).toEqual([
      'percentage',
      'recurringChargePeriodLength',
      'tax[0].taxRate',
      'tax[0].taxAmount.unit',
    ])
  })

  test('of a price by value, its alterations included', () => {
    expect(paths(embeddedPriceFaults({ price: { dutyFreeAmount: { unit: 'EUR', value: 1 }, taxIncludedAmount: { unit: 'USD', value: 2 } }, priceAlteration: [{ price: { percentage: -5 } }] }, 'productOfferingPrice[0]'))).toEqual([
      'productOfferingPrice[0].price.taxIncludedAmount.unit',
      'productOfferingPrice[0].priceAlteration[0].price.percentage',
    ])
  })
})

describe('bundles', () => {
  const child = (id: string, lower?: number, preset?: number, upper?: number) => ({
    id,
    bundledProductOfferingOption: {
      ...(lower !== undefined && { numberRelOfferLowerLimit: lower }),
      ...(preset !== undefined && { numberRelOfferDefault: preset }),
      ...(upper !== undefined && { numberRelOfferUpperLimit: upper }),
    },
  })

  test('hold lower ≤ default ≤ upper', () => {
    expect(bundleFaults({ isBundle: true, bundledProductOffering: [child('a', 0, 1, 2), child('b', 1, 1, 1)] })).toEqual([])
    expect(paths(bundleFaults({ isBundle: true, bundledProductOffering: [child('a', 2, 1, 3)] }))).toEqual(['bundledProductOffering[0].bundledProductOfferingOption.numberRelOfferDefault'])
    expect(paths(bundleFaults({ isBundle: true, bundledProductOffering: [child('a', 0, 4, 3)] }))).toEqual(['bundledProductOffering[0].bundledProductOfferingOption.numberRelOfferDefault'])
    expect(paths(bundleFaults({ isBundle: true, bundledProductOffering: [child('a', 3, undefined, 2)] }))).toEqual(['bundledProductOffering[0].bundledProductOfferingOption.numberRelOfferUpperLimit'])
    expect(paths(bundleFaults({ isBundle: true, bundledProductOffering: [child('a', -1)] }))).toEqual(['bundledProductOffering[0].bundledProductOfferingOption.numberRelOfferLowerLimit'])
  })

  test('name each child once, with its id, and not themselves', () => {
    expect(paths(bundleFaults({ id: 'x', isBundle: true, bundledProductOffering: [{ id: 'a' }, { id: 'a' }, {}, { id: 'x' }] }))).toEqual(['bundledProductOffering[1].id', 'bundledProductOffering[2].id', 'bundledProductOffering[3].id'])
  })

  test('say that they are bundles, and are not empty once on sale', () => {
    expect(paths(bundleFaults({ isBundle: false, bundledProductOffering: [{ id: 'a' }] }))).toEqual(['isBundle'])
    expect(bundleFaults({ isBundle: true, lifecycleStatus: 'In design' })).toEqual([])
    expect(paths(bundleFaults({ isBundle: true, lifecycleStatus: 'Launched' }))).toEqual(['bundledProductOffering'])
  })

  test('limits that are left out fit to those that are given', () => {
    expect(childLimits({})).toEqual({ lower: 1, upper: Number.MAX_SAFE_INTEGER, preset: 1 })
    expect(childLimits(child('a', undefined, 0))).toMatchObject({ lower: 0, preset: 0 })
    expect(childLimits(child('a', 2))).toMatchObject({ lower: 2, preset: 2 })
    expect(childLimits(child('a', undefined, undefined, 0))).toEqual({ lower: 0, upper: 0, preset: 0 })
  })
})

test('characteristics: names once, cardinalities and ranges the right way round', () => {
  expect(paths(characteristicFaults([{ name: 'speed', minCardinality: 2, maxCardinality: 1 }, { name: 'speed', productSpecCharacteristicValue: [{ valueFrom: 5, valueTo: 1 }] }], 'productSpecCharacteristic'))).toEqual([
    'productSpecCharacteristic[0].maxCardinality',
    'productSpecCharacteristic[1].name',
    'productSpecCharacteristic[1].productSpecCharacteristicValue[0].valueTo',
  ])
})

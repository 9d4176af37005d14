import { describe, expect, test } from 'vitest'
import { configure } from '../../../src/modules/catalog/configuration.ts'
import type { LoadedOffering } from '../../../src/modules/catalog/offering-loader.ts'

type Characteristics = NonNullable<NonNullable<LoadedOffering['specification']>['doc']['productSpecCharacteristic']>
type Uses = NonNullable<LoadedOffering['doc']['prodSpecCharValueUse']>

const offering = (characteristics: Characteristics, uses: Uses = []): LoadedOffering => ({
  pin: { id: 'o', revision: 1 },
  doc: { id: 'o', href: '/o', name: 'Fibre', prodSpecCharValueUse: uses },
  specification: { pin: { id: 's', revision: 1 }, doc: { id: 's', href: '/s', productSpecCharacteristic: characteristics } },
  prices: [],
  children: [],
  groups: [],
})
const speed = { name: 'speed', valueType: 'number', minCardinality: 1, maxCardinality: 1, productSpecCharacteristicValue: [{ value: 250, isDefault: true }, { value: 1000 }] }
const codes = (one: LoadedOffering, chosen: { name: string; value: unknown }[]) => configure(one, chosen).reasons.map(reason => reason.code)

describe('a configuration', () => {
  test('keeps what was chosen and what the product has already, and adds the defaults', () => {
    const keepNumber = { name: 'keepNumber', value: '+49 30 1' }
    const characteristics = [keepNumber, { name: 'speed', value: 250, valueType: 'number' }]
    expect(configure(offering([speed]), [keepNumber], ['keepNumber'])).toEqual({ characteristics, reasons: [] })
    expect(configure(offering([speed], [{ name: 'keepNumber' }]), [keepNumber]).reasons).toEqual([])
    expect(configure(offering([]), [keepNumber])).toEqual({ characteristics: [keepNumber], reasons: [] })
    expect(configure(offering([speed]), [{ name: 'speed', value: 1000 }]).characteristics).toEqual([{ name: 'speed', value: 1000 }])
  })

  test('tells a name that the specification does not have, unless that is made of others', () => {
    const [unknown] = configure(offering([speed]), [{ name: 'Speed', value: 1000 }]).reasons
    expect(unknown).toEqual({ code: 'characteristicUnknown', message: 'Fibre (o) has no characteristic Speed, but speed; it has: speed', offeringId: 'o', attribute: 'productCharacteristic[0].name' })
    const made = offering([speed])
    made.specification!.doc.bundledProductSpecification = [{ id: 'part' }]
    expect(codes(made, [{ name: 'Speed', value: 1000 }])).toEqual([])
  })

  test('takes what the offering fixes before what the specification presets', () => {
    const fixed = offering([speed], [{ name: 'speed', productSpecCharacteristicValue: [{ value: 1000, isDefault: true }] }])
    expect(configure(fixed, []).characteristics).toEqual([{ name: 'speed', value: 1000, valueType: 'number' }])
    expect(codes(fixed, [{ name: 'speed', value: 250 }])).toEqual(['valueNotAllowed'])
  })

  test('refuses values that are not offered, of another type, or too many', () => {
    expect(codes(offering([speed]), [{ name: 'speed', value: 300 }])).toEqual(['valueNotAllowed'])
    expect(codes(offering([speed]), [{ name: 'speed', value: 'fast' }])).toEqual(['valueNotAllowed'])
    expect(codes(offering([speed]), [{ name: 'speed', value: '1000' }])).toEqual([])
    expect(codes(offering([speed]), [{ name: 'speed', value: 250 }, { name: 'speed', value: 1000 }])).toEqual(['valueNotAllowed'])
    expect(codes(offering([{ ...speed, configurable: false }]), [{ name: 'speed', value: 1000 }])).toEqual(['valueNotAllowed'])
    expect(codes(offering([{ ...speed, extensible: true }]), [{ name: 'speed', value: 300 }])).toEqual([])
  })

  test('takes values within a range, its ends as the interval says', () => {
    const range = (rangeInterval?: string) => offering([{ name: 'length', valueType: 'number', productSpecCharacteristicValue: [{ valueFrom: 1, valueTo: 5, ...(rangeInterval && { rangeInterval }) }] }])
    expect(codes(range(), [{ name: 'length', value: 5 }])).toEqual([])
    expect(codes(range('open'), [{ name: 'length', value: 5 }])).toEqual(['valueNotAllowed'])
    expect(codes(range('closedTop'), [{ name: 'length', value: 5 }])).toEqual([])
    expect(codes(range('closedTop'), [{ name: 'length', value: 1 }])).toEqual(['valueNotAllowed'])
    expect(codes(range(), [{ name: 'length', value: 6 }])).toEqual(['valueNotAllowed'])
  })

  test('tells objects apart by what they hold', () => {
    const size = offering([{ name: 'size', productSpecCharacteristicValue: [{ value: { width: 1, height: 2 } }] }])
    expect(codes(size, [{ name: 'size', value: { height: 2, width: 1 } }])).toEqual([])
    expect(codes(size, [{ name: 'size', value: { height: 3, width: 1 } }])).toEqual(['valueNotAllowed'])
  })

  test('misses what has to be chosen and has no default', () => {
    const colour = { name: 'colour', minCardinality: 1, productSpecCharacteristicValue: [{ value: 'red' }, { value: 'blue' }] }
    expect(codes(offering([colour]), [])).toEqual(['valueMissing'])
    expect(codes(offering([{ ...colour, minCardinality: 0 }]), [])).toEqual([])
    expect(configure(offering([{ ...colour, productSpecCharacteristicValue: [{ value: 'red' }] }]), []).characteristics).toEqual([{ name: 'colour', value: 'red' }])
  })
})

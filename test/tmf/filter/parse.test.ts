import { describe, expect, it } from 'vitest'
import { ProductSpecification } from '../../../src/modules/catalog/product-specification.schema.ts'
import { parseListQuery } from '../../../src/tmf/filter/parse.ts'
import { instantOf } from '../../../src/tmf/filter/values.ts'
import { defineApi, defineResource } from '../../../src/tmf/resource.ts'

const specification = defineResource({
  api: defineApi({ number: 620, name: 'productCatalogManagement', version: 'v4', release: '4.1.0', title: 'Catalog', description: 'Catalog', slug: 'product-catalog' }),
  name: 'productSpecification',
  type: 'ProductSpecification',
  table: 'product_specification',
  description: 'A specification',
  schema: ProductSpecification,
  operations: ['list'],
  filters: { name: 'text', lastUpdate: 'instant' },
  example: { name: 'Line' },
})
const conditionsOf = (query: string) => parseListQuery(specification, query, { defaultLimit: 10, maxLimit: 10, maxOffset: 0 }).conditions.map(({ path, op, values }) => ({ path, op, values }))

describe('instants', () => {
  it.each([
    ['2020-02-29T10:00:00Z', '2020-02-29T10:00:00.000Z'],
    ['2000-02-29T10:00Z', '2000-02-29T10:00:00.000Z'],
    ['0004-02-29T00:00:00Z', '0004-02-29T00:00:00.000Z'],
    ['2020-02-01T00:00:00+14:00', '2020-01-31T10:00:00.000Z'],
    ['2020-02-01T00:00:00-0530', '2020-02-01T05:30:00.000Z'],
    ['2020-02-01', '2020-02-01T00:00:00.000Z'],
    ['2020-02-01T00:00:00.5Z', '2020-02-01T00:00:00.500Z'],
  ])('reads %s', (text, iso) => expect(instantOf(text)?.toISOString()).toBe(iso))

  it('keeps the digits after the milliseconds for the database', () => {
    expect(instantOf('2020-02-01T02:00:00.123456+02:00')?.toISOString()).toBe('2020-02-01T00:00:00.123456Z')
  })

  it.each(['2020-02-30T00:00:00Z', '2021-02-29T00:00:00Z', '1900-02-29T00:00:00Z', '2020-04-31', '2020-01-01T00:00:00+16:00', '2020-01-01T00:00:00-23:59', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00', '0000-01-01T00:00:00Z', '2020-01-01T25:00:00Z', '2020-01-01T00:00:00'])(
    'refuses %s, which Postgres could not read or would read as something else',
    text => expect(instantOf(text)).toBeUndefined(),
  )
})

describe('names and operators', () => {
  it('takes an attribute that is called like an operator for what it is', () => {
    expect(conditionsOf('productSpecCharacteristic.regex=%5Ea')).toEqual([{ path: 'productSpecCharacteristic.regex', op: 'eq', values: ['^a'] }])
    expect(conditionsOf('productSpecCharacteristic.regex.regex=%5Ea')).toEqual([{ path: 'productSpecCharacteristic.regex', op: 'regex', values: ['^a'] }])
    expect(conditionsOf('productSpecCharacteristic.name.regex=%5Ea')).toEqual([{ path: 'productSpecCharacteristic.name', op: 'regex', values: ['^a'] }])
    // The value of a characteristic may be anything, so a path below it cannot be told from an operator.
    expect(conditionsOf('productSpecCharacteristic.productSpecCharacteristicValue.value.gt=5')).toMatchObject([{ path: 'productSpecCharacteristic.productSpecCharacteristicValue.value', op: 'gt' }])
  })

  it('reads != raw and percent-encoded', () => {
    const unlike = [{ path: 'name', op: 'ne', values: ['a'] }]
    expect(conditionsOf('name!=a')).toEqual(unlike)
    expect(conditionsOf('name%21%3Da')).toEqual(unlike)
  })

  it('reads the offset of a date-time whose plus sign came raw', () => {
    expect(conditionsOf('lastUpdate.gt=2020-01-01T02:00:00+02:00')).toEqual([{ path: 'lastUpdate', op: 'gt', values: [new Date('2020-01-01T00:00:00Z')] }])
  })
})

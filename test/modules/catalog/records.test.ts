import { describe, expect, test } from 'vitest'
import { catalogModule } from '../../../src/modules/catalog/index.ts'
import { orderRecords } from '../../../src/modules/catalog/transfer/record-order.ts'
import { readRecords, UnreadableFile } from '../../../src/modules/catalog/transfer/record-source.ts'

const resource = (name: string) => catalogModule.resources!.find(one => one.name === name)!
const read = (value: unknown, only?: string) => readRecords(JSON.stringify(value), 'json', only === undefined ? undefined : resource(only))
const keys = (value: unknown, only?: string) => read(value, only).records.map(record => `${record.resource.name} ${record.id}`)

describe('a file', () => {
  test('may be a list, an object of lists, one resource, or a resource a line', () => {
    expect(keys([{ '@type': 'Category', id: 'c' }])).toEqual(['category c'])
    expect(keys({ productOffering: [{ id: 'o' }], category: [{ id: 'c' }], other: 1 })).toEqual(['productOffering o', 'category c'])
    expect(keys({ '@type': 'Catalog', id: 'k', category: [{ id: 'c' }] })).toEqual(['catalog k'])
    const lines = '{"@type":"Category","id":"c"}\n\n{"@type":"Catalog","id":"k"}\n'
    expect(readRecords(lines, 'ndjson', undefined).records).toHaveLength(2)
    expect(readRecords(lines, 'json', undefined).records).toHaveLength(2)
    expect(readRecords('\uFEFF[]', 'json', undefined)).toEqual({ records: [], errors: [] })
  })

  test('tells what a record is by its class, the class that it extends, or the path of the job', () => {
    expect(keys([{ '@type': 'MobileOffering', '@baseType': 'ProductOffering', id: 'm' }])).toEqual(['productOffering m'])
    expect(keys([{ id: 'c' }], 'category')).toEqual(['category c'])
    expect(keys({ productOffering: [{ id: 'o' }], category: [{ id: 'c' }] }, 'category')).toEqual(['category c'])
  })

  test('has an error for each record that is none', () => {
    const { records, errors } = read([{ id: 'x' }, 5, { '@type': 'Category' }, { '@type': 'Category', id: 'c' }, { '@type': 'Category', id: 'c' }])
    expect(records).toHaveLength(1)
    expect(errors).toEqual([expect.stringMatching(/^\[0\]: does not say/), '[1]: is not an object', '[2]: category has no id', '[4]: category c is in the file twice'])
  })

  test('that cannot be read says so', () => {
    expect(() => readRecords('{"a":', 'json', undefined)).toThrow(UnreadableFile)
    expect(() => readRecords('5', 'json', undefined)).toThrow(UnreadableFile)
    expect(() => readRecords('{}\nnot json', 'ndjson', undefined)).toThrow(UnreadableFile)
  })
})

describe('the order of records', () => {
  const order = (value: unknown) => orderRecords(read(value).records).map(({ record, deferred }) => [`${record.resource.name} ${record.id}`, [...deferred]])

  test('puts what is referred to first', () => {
    const file = {
      catalog: [{ id: 'k', category: [{ id: 'c' }] }],
      category: [{ id: 'c', productOffering: [{ id: 'bundle' }] }],
      productOffering: [{ id: 'bundle', bundledProductOffering: [{ id: 'part' }] }, { id: 'part', productSpecification: { id: 's' }, productOfferingPrice: [{ id: 'p' }, { name: 'by value' }] }],
      productOfferingPrice: [{ id: 'p' }],
      productSpecification: [{ id: 's' }],
    }
    expect(order(file)).toEqual([
      ['productOfferingPrice p', []],
      ['productSpecification s', []],
      ['productOffering part', []],
      ['productOffering bundle', []],
      ['category c', []],
      ['catalog k', []],
    ])
  })

  test('puts off what closes a circle', () => {
    expect(order({ category: [{ id: 'c', productOffering: [{ id: 'o' }] }], productOffering: [{ id: 'o', category: [{ id: 'c' }] }] })).toEqual([
      ['productOffering o', ['category c']],
      ['category c', []],
    ])
  })

  test('follows a chain as long as the file', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => ({ id: String(index), ...(index < 19_999 && { subCategory: [{ id: String(index + 1) }] }) }))
    const ordered = order({ category: chain })
    expect(ordered[0]).toEqual(['category 19999', []])
    expect(ordered).toHaveLength(20_000)
  })
})

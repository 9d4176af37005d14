import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Individual } from '../../../src/modules/customer/individual.schema.ts'
import { ProductOrder } from '../../../src/modules/ordering/product-order.schema.ts'
import { ProductOffering } from '../../../src/modules/catalog/product-offering.schema.ts'
import { collectTags, personal, secret } from '../../../src/tmf/tags.ts'

const paths = (schema: Parameters<typeof collectTags>[0]): string[] => collectTags(schema).map(tagged => tagged.path)

describe('collectTags', () => {
  test('finds tagged attributes through objects and lists, optional or not', () => {
    const schema = Type.Object({
      key: secret(Type.String()),
      contact: Type.Optional(Type.Array(Type.Object({ email: Type.Optional(personal(Type.String())), kind: Type.String() }))),
    })
    expect(collectTags(schema)).toEqual([
      { path: 'key', tag: 'secret' },
      { path: 'contact[].email', tag: 'personal' },
    ])
  })

  test('enters a definition that holds its own kind once', () => {
    const found = paths(ProductOrder)
    expect(found).toContain('relatedParty[].name')
    expect(found).toContain('productOrderItem[].product.relatedParty[].name')
    expect(found.filter(path => path.includes('productOrderItem[].productOrderItem[]'))).toEqual([])
  })

  test('covers what says something about a person, and nothing of the catalog', () => {
    expect(paths(Individual)).toEqual(expect.arrayContaining(['givenName', 'familyName', 'birthDate', 'contactMedium[].characteristic.emailAddress', 'individualIdentification[].identificationId', 'otherName[].familyName']))
    expect(paths(ProductOffering)).toEqual([])
  })
})

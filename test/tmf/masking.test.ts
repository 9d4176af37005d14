import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Individual } from '../../src/modules/customer/individual.schema.ts'
import { Product } from '../../src/modules/inventory/product.schema.ts'
import { ProductOffering } from '../../src/modules/catalog/product-offering.schema.ts'
import { withoutTagged } from '../../src/tmf/masking.ts'
import { personal, secret } from '../../src/tmf/tags.ts'
import { definition } from '../../src/tmf/types/attributes.ts'

describe('withoutTagged', () => {
  const schema = Type.Object({
    id: Type.String(),
    key: secret(Type.String()),
    contact: Type.Optional(Type.Array(Type.Object({ email: Type.Optional(personal(Type.String())), kind: Type.String() }))),
    plain: Type.Object({ a: Type.Number() }),
  })
  const doc = { id: '1', key: 'k', contact: [{ email: 'a@example.com', kind: 'mail' }, { kind: 'none' }], plain: { a: 1, b: 2 } }

  test('takes out attributes with the tags asked for, and leaves the given document alone', () => {
    const before = structuredClone(doc)
    expect(withoutTagged(schema, doc, ['personal'])).toEqual({ id: '1', key: 'k', contact: [{ kind: 'mail' }, { kind: 'none' }], plain: { a: 1, b: 2 } })
    expect(withoutTagged(schema, doc, ['secret'])).toEqual({ id: '1', contact: doc.contact, plain: { a: 1, b: 2 } })
    expect(withoutTagged(schema, doc, ['personal', 'secret'])).toEqual({ id: '1', contact: [{ kind: 'mail' }, { kind: 'none' }], plain: { a: 1, b: 2 } })
    expect(doc).toEqual(before)
  })

  test('in an object that holds what is tagged, what the schema does not know goes too', () => {
    expect(withoutTagged(Individual, { id: '1', href: '/1', givenName: 'Ann', '@type': 'Athlete', '@baseType': 'Individual', shoeSize: 41 }, ['personal'])).toEqual({ id: '1', href: '/1', '@type': 'Athlete', '@baseType': 'Individual' })
  })

  test('follows definitions that hold their own kind to any depth', () => {
    const leaf = { id: '3', relatedParty: [{ id: 'p', name: 'Ann', role: 'user' }] }
    const masked = withoutTagged(Product, { id: '1', href: '/1', product: [{ id: '2', product: [{ ...leaf, product: [leaf] }] }] }, ['personal'])
    expect(JSON.stringify(masked)).not.toContain('Ann')
    expect(masked).toMatchObject({ product: [{ product: [{ relatedParty: [{ id: 'p', role: 'user' }], product: [{ id: '3' }] }] }] })
  })

  test('goes through variants, and definitions of each other', () => {
    const tree = {
      ...Type.Object({ node: definition('A') }),
      $defs: { A: Type.Object({ b: Type.Optional(definition('B')), n: Type.Optional(Type.Number()) }), B: Type.Union([Type.Object({ a: definition('A') }), Type.Object({ name: personal(Type.String()) })]) },
    }
    expect(withoutTagged(tree as never, { node: { n: 1, b: { a: { b: { name: 'Ann' } } } } }, ['personal'])).toEqual({ node: { n: 1, b: { a: { b: {} } } } })
  })

  test('gives the same document back where there is nothing to take out', () => {
    const offering = { id: '1', href: '/1', name: 'Fibre', bundledProductOffering: [{ id: '2', unheardOf: true }] }
    expect(withoutTagged(ProductOffering, offering, ['personal', 'secret'])).toBe(offering)
  })
})

import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { Product } from '../../../src/modules/inventory/product.schema.ts'
import { ProductOrder } from '../../../src/modules/ordering/product-order.schema.ts'
import { CheckServiceQualification } from '../../../src/modules/serviceability/check-service-qualification.schema.ts'
import type { Static } from 'typebox'

const compiled = (schema: object) => {
  const ajv = new Ajv({ allErrors: true, strict: false })
  formats.default(ajv)
  return ajv.compile(schema)
}

const nested = (depth: number, innermost: object): object => (depth === 0 ? innermost : { id: String(depth), action: 'add', productOrderItem: [nested(depth - 1, innermost)] })

describe('objects that hold their own kind', () => {
  test('are validated at any depth', () => {
    const validate = compiled(ProductOrder)
    expect(validate({ id: '1', href: '/x', productOrderItem: [nested(30, { id: '0', action: 'add' })] })).toBe(true)
    expect(validate({ id: '1', href: '/x', productOrderItem: [nested(30, { id: '0', action: 'sell' })] })).toBe(false)
    expect(validate.errors?.[0]?.instancePath).toMatch(/^(\/productOrderItem\/0){31}\/action$/)
  })

  test('reach each other: a product inside a relation of a product inside an order item', () => {
    const validate = compiled(ProductOrder)
    const order = (status: string) => ({ id: '1', href: '/x', productOrderItem: [{ id: '1', action: 'add', product: { productRelationship: [{ relationshipType: 'reliesOn', product: { product: [{ status }] } }] } }] })
    expect(validate(order('active'))).toBe(true)
    expect(validate(order('asleep'))).toBe(false)
  })

  test('carry their definitions in every resource that uses them', () => {
    expect(compiled(Product)({ id: '1', href: '/x', product: [{ product: [{ isBundle: 'yes' }] }] })).toBe(false)
    const service = (state: string) => ({ id: '1', href: '/x', serviceQualificationItem: [{ service: { supportingService: [{ state }] } }] })
    expect(compiled(CheckServiceQualification)(service('active'))).toBe(true)
    expect(compiled(CheckServiceQualification)(service('asleep'))).toBe(false)
  })

  test('have a type that follows the recursion', () => {
    const order: Static<typeof ProductOrder> = { id: '1', href: '/x', productOrderItem: [{ id: '1', action: 'add', productOrderItem: [{ id: '2', action: 'delete', product: { product: [{ name: 'inner' }] } }] }] }
    expect(order.productOrderItem?.[0]?.productOrderItem?.[0]?.product?.product?.[0]?.name).toBe('inner')
  })
})

describe('the product status that the definition spells with a space', () => {
  test.each(['aborted ', 'aborted'])('is read as %j', status => {
    expect(compiled(Product)({ id: '1', href: '/x', status })).toBe(true)
  })
})

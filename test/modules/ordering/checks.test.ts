import { describe, expect, it } from 'vitest'
import { businessReasons, completeBundles, currencyReasons, type OfferingFacts } from '../../../src/modules/ordering/business-check.ts'
import { messageFaults } from '../../../src/modules/ordering/message-check.ts'
import { placeItems, type OrderItem } from '../../../src/modules/ordering/order-document.ts'

const add = (id: string, offering: string, more: Partial<OrderItem> = {}): OrderItem => ({ id, action: 'add', productOffering: { id: offering }, ...more })

describe('the message of an order', () => {
  const faultsOf = (items: OrderItem[]) => messageFaults(items).map(one => `${one.path} ${one.rule}`)

  it('has items', () => expect(faultsOf([])).toEqual(['productOrderItem must have at least one item']))

  it('may nest items and name bundles by relationship', () => {
    expect(faultsOf([add('1', 'b', { productOrderItem: [add('1.1', 'a')] }), add('2', 'c', { productOrderItemRelationship: [{ id: '1', relationshipType: 'reliesOn' }] })])).toEqual([])
  })

  it('gives each item an id of its own, nested ones too', () => {
    expect(faultsOf([add('1', 'a', { productOrderItem: [add('1', 'b')] })])).toEqual(['productOrderItem[0].productOrderItem[0].id is the id of another item too'])
  })

  it('relates items only to others that are there', () => {
    expect(faultsOf([add('1', 'a', { productOrderItemRelationship: [{ id: '9', relationshipType: 'reliesOn' }, { id: '1', relationshipType: 'reliesOn' }] })])).toEqual([
      'productOrderItem[0].productOrderItemRelationship[0].id must be the id of an item of this order',
      'productOrderItem[0].productOrderItemRelationship[1].id must not be the item itself',
    ])
  })

  it('has no circle of dependencies, and none of bundles', () => {
    const after = (id: string, other: string, relationshipType: string) => add(id, 'a', { productOrderItemRelationship: [{ id: other, relationshipType }] })
    expect(faultsOf([after('1', '2', 'reliesOn'), after('2', '3', 'reliesOn'), after('3', '1', 'reliesOn')])).toEqual(['productOrderItem has items that wait for each other in a circle: 1 → 2 → 3 → 1'])
    expect(faultsOf([after('1', '2', 'bundles'), after('2', '1', 'bundles')])).toHaveLength(1)
    // A part that relies on another part of its bundle is no circle.
    expect(faultsOf([after('1', '2', 'bundles'), after('2', '3', 'reliesOn'), after('3', '1', 'bundledBy')])).toEqual([])
  })

  it('is checked without exhausting the stack, however long its chain of items', () => {
    const items = Array.from({ length: 1_900 }, (_, n) => add(String(n), 'a', n === 0 ? {} : { productOrderItemRelationship: [{ id: String(n - 1), relationshipType: 'reliesOn' }] }))
    expect(faultsOf(items)).toEqual([])
  })
})

const facts = (id: string, more: Partial<OfferingFacts> = {}): OfferingFacts => ({ id, name: id.toUpperCase(), isBundle: false, notSellable: undefined, notSellableInBundle: undefined, bundled: [], ...more })

const offerings = new Map(
  [
    facts('a'),
    facts('gone', { notSellable: 'is Retired', notSellableInBundle: 'is Retired' }),
    facts('part', { notSellable: 'is sold inside a bundle only' }),
    facts('pack', { isBundle: true, bundled: [{ id: 'part', name: 'PART', lower: 1, upper: 2, default: 1 }, { id: 'a', name: 'A', lower: 0, upper: undefined, default: 0 }] }),
  ].map(one => [one.id, one]),
)
const products = new Map([['p1', { id: 'p1', status: 'active' }], ['p2', { id: 'p2', status: 'terminated' }]])
const reasonsOf = (items: OrderItem[]) => businessReasons(items, offerings, products).map(one => `${one.orderItemId} ${one.code}`)

describe('the business content of an order', () => {
  it('is sound', () => expect(reasonsOf([add('1', 'a'), { id: '2', action: 'modify', product: { id: 'p1' } }])).toEqual([]))

  it('names offerings that exist and are on sale', () => {
    expect(reasonsOf([add('1', 'nowhere'), add('2', 'gone'), { id: '3', action: 'add' }])).toEqual(['1 offeringUnknown', '2 offeringNotSellable', '3 offeringMissing'])
  })

  it('has what is sold in bundles only inside one', () => {
    expect(reasonsOf([add('1', 'part')])).toEqual(['1 offeringNotSellable'])
    expect(reasonsOf([add('1', 'pack', { productOrderItem: [add('2', 'part')] })])).toEqual([])
  })

  it('keeps the limits of bundles, per bundle', () => {
    expect(reasonsOf([add('1', 'pack')])).toEqual(['1 bundleLimit'])
    expect(reasonsOf([add('1', 'pack', { productOrderItem: [add('2', 'part', { quantity: 3 })] })])).toEqual(['1 bundleLimit'])
    expect(reasonsOf([add('1', 'pack', { quantity: 2, productOrderItem: [add('2', 'part', { quantity: 4 })] })])).toEqual([])
    expect(reasonsOf([add('1', 'pack', { productOrderItem: [add('2', 'part'), add('3', 'gone')] })])).toEqual(['1 notInBundle', '3 offeringNotSellable'].map(one => one.replace('1 not', '3 not')))
  })

  it('changes and ends products that are there and in a state for it, each once', () => {
    expect(reasonsOf([{ id: '1', action: 'delete' }, { id: '2', action: 'modify', product: { id: 'p9' } }, { id: '3', action: 'delete', product: { id: 'p2' } }])).toEqual(['1 productMissing', '2 productUnknown', '3 productState'])
    expect(reasonsOf([{ id: '1', action: 'delete', product: { id: 'p1' } }, { id: '2', action: 'modify', product: { id: 'p1' } }])).toEqual(['2 productTwice'])
  })

  it('has quantities that can be delivered', () => expect(reasonsOf([add('1', 'a', { quantity: 0 }), add('2', 'a', { quantity: 101 })])).toEqual(['1 quantity', '2 quantity']))

  it('has one currency', () => {
    expect(currencyReasons(new Set(['EUR']))).toEqual([])
    expect(currencyReasons(new Set(['GBP', 'EUR'])).map(one => one.message)).toEqual(["the order's prices are in EUR and GBP; an order has one currency"])
  })

  it('completes a bundle that is ordered by its name alone, and no other', () => {
    const [whole] = completeBundles([add('1', 'pack', { quantity: 2 })], offerings)
    expect(whole?.productOrderItem).toEqual([{ id: '1.1', action: 'add', quantity: 2, productOffering: { id: 'part', name: 'PART' } }])
    const chosen = [add('1', 'pack', { productOrderItem: [add('2', 'a')] })]
    expect(completeBundles(chosen, offerings)).toEqual(chosen)
  })
})

describe('the place of items', () => {
  it('finds parents and roots, nested and by relationship', () => {
    const items = [add('1', 'pack', { productOrderItemRelationship: [{ id: '3', relationshipType: 'bundles' }], productOrderItem: [add('2', 'a')] }), add('3', 'part'), add('4', 'a')]
    expect(placeItems(items).map(({ item, parent, root }) => [item.id, parent?.id, root.id])).toEqual([['1', undefined, '1'], ['2', '1', '1'], ['3', '1', '1'], ['4', undefined, '4']])
  })
})

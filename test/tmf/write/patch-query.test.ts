import { describe, expect, it } from 'vitest'
import { patchByQuery } from '../../../src/tmf/write/patch-query.ts'

type Doc = Record<string, any>

const order = (): Doc => ({
  id: '1',
  state: 'new',
  note: [
    { id: '1', author: 'Arthur Evans', text: 'Called' },
    { id: '2', author: 'John Doe', text: 'a/b & c' },
    { id: '3', author: 'John Doe' },
  ],
  tag: ['x', 'y'],
  orderItem: [
    { id: 'a', quantity: 1, isGift: true, productOffering: { id: '1513' }, product: { relatedParty: [{ name: 'Mary', role: 'customer' }, { name: 'John', role: 'user' }] } },
    { id: 'b', quantity: 2, productOffering: { id: '1513' }, product: { relatedParty: [{ name: 'John', role: 'customer' }, { name: 'Mary', role: 'user' }] } },
  ],
  productOfferingPrice: [{ name: 'Monthly', price: { amount: 12 } }, { name: 'Setup', price: { amount: 30 } }],
})

const changed = (...operations: Doc[]): Doc => patchByQuery(order(), operations) as Doc

describe('TMF630 part 5: elements chosen by conditions', () => {
  it('adds an attribute to each element that matches', () => {
    const { note } = changed({ op: 'add', path: '/note/text?note.author=John Doe', value: 'Informed' })
    expect(note.map((one: Doc) => one['text'])).toEqual(['Called', 'Informed', 'Informed'])
  })

  it.each([
    ['the condition at the end', '/productOfferingPrice/price/amount?productOfferingPrice.name=Setup'],
    ['the condition where it belongs', '/productOfferingPrice?productOfferingPrice.name=Setup/price/amount'],
    ["without the list's name", '/productOfferingPrice/price/amount?name=Setup'],
    ['with slashes for dots', '/productOfferingPrice/price/amount?/productOfferingPrice/name=Setup'],
    ['with a slash before it', '/productOfferingPrice/price/amount?/productOfferingPrice.name=Setup'],
    ['in quotes', "/productOfferingPrice?name=='Setup'/price/amount"],
    ['with several conditions', '/productOfferingPrice/price/amount?productOfferingPrice.name=Setup&productOfferingPrice.price.amount=30'],
    ['as JSONPath', "$.productOfferingPrice[?(@.name=='Setup')].price.amount"],
    ['as JSONPath without $', "productOfferingPrice[?(@.name=='Setup' && @.price.amount>20)].price.amount"],
  ])('replaces an attribute, %s', (_, path) => {
    expect(changed({ op: 'test', path, value: 30 }, { op: 'replace', path, value: 40 })).toEqual({ ...order(), productOfferingPrice: [{ name: 'Monthly', price: { amount: 12 } }, { name: 'Setup', price: { amount: 40 } }] })
  })

  it('removes each element that matches, and keeps the others in their order', () => {
    expect(changed({ op: 'remove', path: '/note?note.author=John Doe' })['note'].map((one: Doc) => one['id'])).toEqual(['1'])
    expect(changed({ op: 'remove', path: "note[?(@.id=='1' || @.id=='3')]" })['note'].map((one: Doc) => one['id'])).toEqual(['2'])
    expect(changed({ op: 'remove', path: '/tag?tag=x' })['tag']).toEqual(['y'])
  })

  it('removes an attribute of an element', () => {
    expect(changed({ op: 'remove', path: '/note/text?note.id=1' })['note'][0]).toEqual({ id: '1', author: 'Arthur Evans' })
  })

  it('replaces an element as a whole', () => {
    expect(changed({ op: 'replace', path: '/note?id=2', value: { id: '2', text: 'new' } })['note'][1]).toEqual({ id: '2', text: 'new' })
  })

  it('looks through deeper lists', () => {
    const { orderItem } = changed({ op: 'replace', path: '/orderItem/quantity?orderItem.productOffering.id=1513&orderItem.product.relatedParty.name=Mary', value: 25 })
    expect(orderItem.map((one: Doc) => one['quantity'])).toEqual([25, 25])
    const tied = changed({ op: 'replace', path: "orderItem[?(@.product.relatedParty[?(@.name=='Mary' && @.role=='customer')])].quantity", value: 25 })
    expect(tied['orderItem'].map((one: Doc) => one['quantity'])).toEqual([25, 2])
  })

  it('chooses in lists inside of chosen elements', () => {
    for (const path of [
      '/orderItem/product/relatedParty/name?orderItem.id=b&orderItem.product.relatedParty.role=user',
      '/orderItem?id=b/product/relatedParty?role=user/name',
      '/orderItem?orderItem.id=b/product/relatedParty?relatedParty.role=user/name',
      "orderItem[?(@.id=='b')].product.relatedParty[?(@.role=='user')].name",
      '/orderItem/1/product/relatedParty?role=user/name',
    ]) {
      const { orderItem } = changed({ op: 'replace', path, value: 'Ann' })
      expect(orderItem.flatMap((one: Doc) => one['product'].relatedParty.map((party: Doc) => party['name'])), path).toEqual(['Mary', 'John', 'John', 'Ann'])
    }
  })

  it('reads numbers and true as what the resource holds', () => {
    expect(changed({ op: 'replace', path: '/orderItem/id?quantity=2', value: 'c' })['orderItem'][1].id).toBe('c')
    expect(changed({ op: 'replace', path: '/orderItem/id?isGift=true', value: 'c' })['orderItem'][0].id).toBe('c')
  })

  it('takes values with slashes and ampersands in quotes', () => {
    expect(changed({ op: 'replace', path: "/note/author?text='a/b & c'", value: 'Ann' })['note'][1].author).toBe('Ann')
    expect(changed({ op: 'replace', path: '/note?text="a/b & c"&author=John Doe/author', value: 'Ann' })['note'][1].author).toBe('Ann')
  })

  it('is guarded by what the resource itself says', () => {
    expect(changed({ op: 'replace', path: '/state?state=new', value: 'done' })['state']).toBe('done')
    expect(() => changed({ op: 'replace', path: '/state?state=old', value: 'done' })).toThrow(/\[0\]\.path matches nothing/)
  })

  it('adds to a list, and attributes to an element', () => {
    expect(changed({ op: 'add', path: '/note', value: { id: '4' } })['note']).toHaveLength(4)
    expect(changed({ op: 'add', path: '/note', value: [{ id: '4' }] })['note']).toEqual([{ id: '4' }])
    expect(changed({ op: 'add', path: '/orderItem/product/relatedParty?orderItem.id=a', value: { name: 'Eve' } })['orderItem'][0].product.relatedParty).toHaveLength(3)
    expect(changed({ op: 'add', path: "note[?(@.id=='3')]", value: { text: 'Informed' } })['note'][2]).toEqual({ id: '3', author: 'John Doe', text: 'Informed' })
  })

  it('is JSON Patch where no condition stands', () => {
    expect(changed({ op: 'move', from: '/tag/0', path: '/tag/1' }, { op: 'copy', from: '/state', path: '/note/0/text' }, { op: 'remove', path: '/note/2' })).toMatchObject({ tag: ['y', 'x'], note: [{ text: 'new' }, { id: '2' }] })
  })

  it('goes from one operation to the next', () => {
    const { note } = changed({ op: 'replace', path: '/note/author?id=1', value: 'John Doe' }, { op: 'remove', path: '/note?author=John Doe' }, { op: 'add', path: '/note', value: { id: '9' } })
    expect(note).toEqual([{ id: '9' }])
  })

  it.each([
    [{ op: 'replace', path: '/note/text?note.author=Nobody', value: 'x' }, /\[0\]\.path matches nothing/],
    [{ op: 'remove', path: '/nothing?id=1' }, /matches nothing/],
    [{ op: 'test', path: '/note/text?id=9', value: 'x' }, /matches nothing/],
    [{ op: 'test', path: '/note/text?id=1', value: 'x' }, /is not what the test says/],
    [{ op: 'replace', path: '/note/nothing?id=1', value: 'x' }, /note\[0\]\.nothing cannot be changed by replace/],
    [{ op: 'replace', path: '/orderItem/product/relatedParty/name?orderItem.id=a', value: 'x' }, /leads through the list orderItem\[0\]\.product\.relatedParty/],
    [{ op: 'replace', path: 'note.text', value: 'x' }, /leads through the list note/],
    [{ op: 'replace', path: '/note/text', value: 'x' }, /must name a position of the list note/],
    [{ op: 'remove', path: '/note?note.text=a/b' }, /matches nothing/],
    [{ op: 'remove', path: '/note?' }, /has a condition that is not name=value/],
    [{ op: 'remove', path: '/note?id' }, /has a condition that is not name=value/],
    [{ op: 'remove', path: "/note?id='1" }, /quoted value without an end/],
    [{ op: 'remove', path: "/note?id='1'x" }, /something after a quoted value/],
    [{ op: 'remove', path: '/note~2?id=1' }, /tilde/],
    [{ op: 'remove', path: "note[?(@.id=1)]" }, /\[0\]\.path cannot be read at character 12: equality is written ==/],
    [{ op: 'remove', path: 'note[?(@.id=~/a/)]' }, /patterns \(=~\) cannot be used/],
    [{ op: 'remove', path: "note[?(@.id=='1')],tag" }, /must be one path/],
    [{ op: 'move', from: '/tag', path: '/note?id=1' }, /has conditions, which move cannot have/],
    [{ op: 'add', path: '/note?id=1', value: 'text' }, /an object of attributes/],
    [{ op: 'add', path: '/__proto__/x?a=1', value: 1 }, /is not an attribute|matches nothing/],
    [{ op: 'add', path: '/note?note.__proto__.x=1', value: {} }, /is not an attribute/],
    [{ op: 'add', path: 'note.__proto__', value: {} }, /is not an attribute/],
    [{ op: 'add', path: "note[?(@.id=='1')]", value: JSON.parse('{"__proto__":1}') as Doc }, /is not an attribute/],
    [{ op: 'replace', path: 5, value: 1 }, /\[0\]\.path must be text/],
    [{ op: 'invent', path: '/a' }, /\[0\]\.op must be one of/],
    [{ op: 'add', path: '/a?b=1' }, /\[0\]\.value is required/],
  ] as [Doc, RegExp][])('%j is refused', (operation, message) => {
    expect(() => changed(operation)).toThrow(message)
  })

  it('bounds what it does', () => {
    expect(() => patchByQuery({}, {})).toThrow(/list of operations/)
    expect(() => patchByQuery({}, Array.from({ length: 101 }, () => ({ op: 'remove', path: '/a' })))).toThrow(/at most 100/)
    expect(() => changed({ op: 'remove', path: `/note?${Array.from({ length: 30 }, (_, n) => `id=${n}`).join('&')}` })).toThrow(/more than 20 conditions/)
    expect(() => patchByQuery(order(), [{ op: 'replace', path: '', value: 5 }, { op: 'remove', path: '/a' }])).toThrow(/no object left/)
  })
})

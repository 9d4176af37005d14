/** Sales rules as data: what is written is checked and tried, and only what does what its examples say is in force. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileSalesRule } from '../../../src/modules/sales-rule/compile-sales-rule.ts'
import type { SalesRule } from '../../../src/modules/sales-rule/sales-rule-types.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

type Json = Record<string, any>
const RULE = '/tandem/v1/salesRule'

let server: TestApp
beforeAll(async () => {
  server = await createTestApp({ settings: { ROLES: 'api' } })
}, 60_000)
afterAll(() => server?.close())

const call = async (method: 'POST' | 'PATCH' | 'GET', url: string, payload?: Json, status = method === 'POST' ? 201 : 200): Promise<any> => {
  const answer = await server.app.inject({ method, url, ...(payload && { payload }) })
  expect(answer.statusCode, answer.body).toBe(status)
  return answer.json()
}
const rule = (more: Json): Json => ({ name: 'Rule', kind: 'eligibility', message: [{ language: 'en', text: 'No' }], ...more })
const faults = (answer: Json): string[] => (answer['details'] ?? answer['fault'] ?? []).map((one: Json) => one['path'] ?? one['attribute'])

describe('a sales rule', () => {
  test('is tried with its examples when it is written, and is active only while all of them hold', async () => {
    const doc = await call('POST', RULE, rule({
      condition: 'customer.creditClass <= 3',
      example: [
        { name: 'good', given: { customer: { creditClass: 2 }, item: [{ offering: 'x' }] }, expect: 'allowed' },
        { name: 'bad', given: { customer: { creditClass: 4 }, item: [{ offering: 'x' }] }, expect: 'refused' },
        { name: 'nobody knows', given: { item: [{ offering: 'x' }] }, expect: 'allowed' },
      ],
    }))
    expect(doc.lifecycleStatus).toBe('draft')
    expect(doc.exampleResult).toMatchObject([{ passed: true, outcome: 'allowed' }, { passed: true, outcome: 'refused' }, { passed: false, outcome: 'unknown', detail: expect.stringContaining('creditClass') }])
    const refused = await call('PATCH', `${RULE}/${doc.id}`, { lifecycleStatus: 'active' }, 409)
    expect(refused.code).toBe('examplesFailed')
    expect(JSON.stringify(refused)).toContain('nobody knows: says unknown, not allowed')
    const right = doc.example.map((one: Json) => (one['name'] === 'nobody knows' ? { ...one, expect: 'unknown' } : one))
    expect((await call('PATCH', `${RULE}/${doc.id}`, { lifecycleStatus: 'active', example: right })).lifecycleStatus).toBe('active')
    // What is in force cannot be made to say something else than its examples.
    expect((await call('PATCH', `${RULE}/${doc.id}`, { condition: 'customer.creditClass <= 5' }, 409)).code).toBe('examplesFailed')
    await call('PATCH', `${RULE}/${doc.id}`, { lifecycleStatus: 'retired' })
    expect((await call('PATCH', `${RULE}/${doc.id}`, { lifecycleStatus: 'active' }, 409)).code).toBe('stateMoveNotAllowed')
  })

  test('cannot be active without an example', async () => {
    expect((await call('POST', RULE, rule({ condition: 'true', lifecycleStatus: 'active' }), 409)).code).toBe('examplesMissing')
  })

  test.each([
    ['a condition that is none', { condition: 'customer.' }],
    ['an attribute that nothing has', { condition: 'customer.shoeSize > 3.0' }],
    ['an answer that is not yes or no', { condition: 'item.quantity' }],
    ['no condition', {}],
    ['something of another kind', { condition: 'true', limit: { quantity: 1, per: 'order' } }],
    ['a limit without one', { kind: 'limit' }],
    ['an addition that names nothing', { kind: 'requiredAddition', addition: {} }],
    ['two messages of one language', { condition: 'true', message: [{ language: 'de', text: 'a' }, { language: 'DE', text: 'b' }] }],
    ['a fallback without words', { condition: 'true', fallbackLanguage: 'fr' }],
    ['an example that its kind cannot answer', { condition: 'true', example: [{ name: 'a', given: {}, expect: 'advised' }] }],
  ])('is refused with %s', async (_, more) => {
    const answer = await call('POST', RULE, rule(more), 400)
    expect(faults(answer).length, JSON.stringify(answer)).toBeGreaterThan(0)
  })

  test('each kind says in examples what it would say of a sale', async () => {
    const item = (offering: string, more: Json = {}): Json => ({ offering, ...more })
    const cases: [Json, Json, string][] = [
      [{ kind: 'limit', limit: { quantity: 2, per: 'customer' } }, { item: [item('x', { quantity: 2 })] }, 'allowed'],
      [{ kind: 'limit', limit: { quantity: 2, per: 'customer' } }, { item: [item('x', { quantity: 2 })], had: 1 }, 'refused'],
      [{ kind: 'requiredAddition', addition: { category: [{ id: 'routers' }] }, condition: "item.offering == 'fibre'" }, { item: [item('fibre')] }, 'refused'],
      [{ kind: 'requiredAddition', addition: { category: [{ id: 'routers' }] }, condition: "item.offering == 'fibre'" }, { item: [item('fibre'), item('box', { category: ['routers'] })] }, 'allowed'],
      [{ kind: 'requiredAddition', addition: { category: [{ id: 'routers' }] }, condition: "item.offering == 'fibre'" }, { item: [item('fibre')], product: [{ offering: 'old', category: ['routers'] }] }, 'allowed'],
      [{ kind: 'creditClass', condition: 'customer.creditClass < 4', deposit: { unit: 'EUR', value: 50 } }, { customer: { creditClass: 4 }, item: [item('phone')] }, 'deposit'],
      [{ kind: 'eligibility', condition: 'cart.due <= 100000000' }, { cart: { due: 100.01 }, item: [item('x')] }, 'refused'],
      [{ kind: 'compatibility', condition: "!('a' in cart.offering && 'b' in cart.offering)" }, { item: [item('a'), item('b')] }, 'refused'],
      [{ kind: 'crossSell', offer: [{ id: 'case' }], condition: "'phone' in cart.offering", channel: ['store'] }, { item: [item('phone')] }, 'advised'],
      [{ kind: 'crossSell', offer: [{ id: 'case' }], condition: "'phone' in cart.offering", channel: ['store'] }, { channel: 'web', item: [item('phone')] }, 'silent'],
    ]
    await server.app.inject({ method: 'POST', url: '/tmf-api/productCatalogManagement/v4/category', payload: { name: 'Routers' } })
    for (const [more, given, expected] of cases) {
      const { offer, addition, ...rest } = more
      // What a rule names has to be there.
      const named = offer && (await call('POST', '/tmf-api/productCatalogManagement/v4/productOffering', { name: 'Case' })).id
      const within = addition && (await call('POST', '/tmf-api/productCatalogManagement/v4/category', { name: 'Kind' })).id
      const text = JSON.stringify({ ...given }).replaceAll('"routers"', JSON.stringify(within ?? 'routers'))
      const doc = await call('POST', RULE, rule({ ...rest, ...(offer && { offer: [{ id: named }] }), ...(addition && { addition: { category: [{ id: within }] } }), example: [{ name: 'case', given: JSON.parse(text), expect: expected }] }))
      expect(doc.exampleResult, JSON.stringify([more, given])).toMatchObject([{ passed: true, outcome: expected }])
    }
  })
})

describe('a condition', () => {
  const item = Array.from({ length: 100 }, (_, index) => ({ id: String(index + 1), offering: 'x', category: [], specification: '', quantity: index, characteristic: {}, termMonths: 0, partOf: '', action: 'add' }))
  const facts = { customer: {}, product: [], channel: 'web', market: '', place: { id: [], country: '' }, currency: '', at: new Date(0), total: {}, item }
  const compiled = (condition: string) => compileSalesRule({ id: 'r', href: '', kind: 'eligibility', condition } as SalesRule)
  const cost = (work: () => void): number => {
    const began = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(began)
    return (user + system) / 1000
  }

  test('that is too much work is not tried again with every item, and one that asks for no item is asked once', () => {
    const heavy = 'cart.item.all(a, cart.item.all(b, cart.item.all(c, a.offering + b.offering + c.offering != "q")))'
    for (const condition of [`item.quantity < 0.0 || ${heavy}`, heavy]) {
      const rule = compiled(condition)
      const first = cost(() => expect(rule.holds(facts, item[0])).toContain('more work'))
      expect(cost(() => expect(item.slice(1).map(one => rule.holds(facts, one)).every(one => typeof one === 'string')).toBe(true))).toBeLessThan(first * 3 + 10)
    }
  })

  test('that asks for the item is asked of each', () => {
    const few = { ...facts, item: item.slice(0, 3) }
    const said = (condition: string): unknown[] => few.item.map(one => compiled(condition).holds(few, one))
    const rule = compiled('item.quantity in [1.0]')
    expect(few.item.map(one => rule.holds(few, one))).toEqual([false, true, false])
    expect(few.item.map(one => compiled('[1.0].exists(n, n in [ item .quantity])').holds(few, one))).toEqual([false, true, false])
    const cart = compiled('cart . item.size() == 3')
    expect(few.item.map(one => cart.holds(few, one))).toEqual([true, true, true])
    expect(said('channel == "web"')).toEqual([true, true, true])
  })
})

import { describe, expect, it } from 'vitest'
import { money } from '../../../src/platform/money.ts'
import { fromMicros, toMicros } from '../../../src/platform/rules/micros.ts'
import { compileRule, type RuleShape } from '../../../src/platform/rules/rule.ts'
import { RuleError } from '../../../src/platform/rules/rule-error.ts'

const shape: RuleShape = { variables: { order: 'map', items: 'list<map>', total: 'int', channel: 'string', now: 'timestamp' }, returns: 'bool' }
const given = {
  order: { priority: '1', relatedParty: [{ id: '7', role: 'customer' }] },
  items: [{ id: 'a', quantity: 2, tags: ['x', 'y'] }, { id: 'b', quantity: 1, tags: [] }],
  total: 49_990_000n,
  channel: 'web',
  now: new Date('2026-12-24T18:00:00Z'),
}
const evaluate = (expression: string, more: Partial<RuleShape> = {}, variables: Record<string, unknown> = given): unknown => compileRule(expression, { ...shape, ...more }).evaluate(variables)
const errorOf = (work: () => unknown): RuleError => {
  try {
    work()
  } catch (error) {
    if (error instanceof RuleError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('rules', () => {
  it.each([
    ['channel in ["web", "app"] && total > 10000000', true],
    ['items.exists(i, i.quantity > 1 && "x" in i.tags)', true],
    ['items.all(i, i.quantity == 1)', false],
    ['order.relatedParty.exists_one(p, p.role == "customer")', true],
    ['has(order.description) && order.description == "x"', false],
    ['now > timestamp("2026-12-01T00:00:00Z")', true],
    ['size(items.filter(i, i.quantity > 1)) == 1', true],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression)).toBe(expected)
  })

  it('answer the type they are asked for', () => {
    expect(evaluate('total / 2', { returns: 'int' })).toBe(24_995_000n)
    expect(evaluate('items.map(i, i.id)', { returns: 'list<string>' })).toEqual(['a', 'b'])
    expect(evaluate('channel + "!"', { returns: 'string' })).toBe('web!')
    expect(evaluate('{"a": total}', { returns: 'map' })).toEqual({ a: 49_990_000n })
    expect(errorOf(() => evaluate('total + 1'))).toMatchObject({ code: 'type', message: 'The rule must answer bool, not int' })
    expect(errorOf(() => evaluate('order.priority'))).toMatchObject({ code: 'evaluation' })
    expect(errorOf(() => evaluate('items.map(i, i.id)', { returns: 'list<int>' }))).toBeInstanceOf(RuleError)
  })

  it('take integers as numbers and refuse what is none', () => {
    expect(evaluate('total == 5', {}, { ...given, total: 5 })).toBe(true)
    expect(errorOf(() => evaluate('total == 5', {}, { ...given, total: 5.5 }))).toMatchObject({ code: 'evaluation' })
    expect(errorOf(() => evaluate('total == 5', {}, { ...given, total: undefined })).message).toContain('total')
  })

  it('calculate with money exactly, as micro-units', () => {
    const discounted = evaluate('price * 85 / 100', { variables: { price: 'int' }, returns: 'int' }, { price: toMicros(money('19.99', 'EUR')) }) as bigint
    expect(fromMicros(discounted, 'EUR').toString()).toBe('16.9915')
    expect(fromMicros(discounted, 'EUR').rounded().toString()).toBe('16.99')
    expect(toMicros(money('-0.1', 'EUR'))).toBe(-100_000n)
    expect(() => toMicros(money('0.0000001', 'EUR'))).toThrow(/six decimals/)
    expect(() => toMicros(money('99999999999999', 'EUR'))).toThrow(/too large/)
  })

  it('see no prototypes', () => {
    for (const expression of ['order.constructor == null', 'order["__proto__"] == null', 'order.toString == null']) expect(errorOf(() => evaluate(expression))).toMatchObject({ code: 'evaluation' })
    expect(errorOf(() => compileRule('constructor == 1', shape))).toMatchObject({ code: 'type' })
  })

  it('are compiled once', () => {
    expect(compileRule('total > 1', shape)).toBe(compileRule('total > 1', { ...shape, variables: Object.fromEntries(Object.entries(shape.variables).reverse()) }))
    expect(compileRule('total > 1', shape)).not.toBe(compileRule('total > 1', { ...shape, variables: { total: 'int' } }))
  })
})

describe('errors', () => {
  it('name the place', () => {
    expect(errorOf(() => compileRule('total > 1 &&\n  chanel == "web"', shape))).toMatchObject({ code: 'type', position: { line: 2, column: 3 }, message: expect.stringContaining('chanel') as string })
    expect(errorOf(() => compileRule('total >', shape))).toMatchObject({ code: 'syntax', position: { line: 1 } })
    expect(errorOf(() => evaluate('channel == "web" &&\n order.missing == 1'))).toMatchObject({ code: 'evaluation', position: { line: 2 }, message: expect.stringContaining('missing') as string })
    expect(errorOf(() => evaluate('total * 9223372036854775807 > 0'))).toMatchObject({ code: 'evaluation' })
    expect(errorOf(() => evaluate('total / 0 > 0'))).toMatchObject({ code: 'evaluation' })
  })
})

describe('what costs too much', () => {
  it.each([
    ['a regular expression', 'channel.matches("(a+)+$")', 'notAllowed'],
    ['one with a wrong type', 'total.matches("a")', 'notAllowed'],
    ['one inside a macro', 'items.exists(i, i.id.matches("a"))', 'notAllowed'],
    ['names for values', 'cel.bind(a, channel + channel, a + a == "")', 'notAllowed'],
    ['deep macros', 'items.all(a, items.all(b, items.all(c, items.all(d, true))))', 'notAllowed'],
    ['a long text', `channel == "${'x'.repeat(5000)}"`, 'tooLarge'],
    ['many nodes', `total > ${Array.from({ length: 300 }, () => '1').join(' + ')}`, 'syntax'],
    ['many parentheses', `${'('.repeat(200)}true${')'.repeat(200)}`, 'syntax'],
    ['a long list', `total in [${'1,'.repeat(300)}1]`, 'syntax'],
  ])('is refused when it is written: %s', (_what, expression, code) => {
    expect(errorOf(() => compileRule(expression, shape))).toMatchObject({ code })
  })

  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ id: String(index), quantity: index }))
  const texts = Array.from({ length: 300 }, () => 'x'.repeat(1000))
  const listShape: RuleShape = { variables: { l: 'list', s: 'list<string>' }, returns: 'bool' }

  it.each([
    'l.all(a, l.all(b, l.all(c, true)))',
    'l.all(a, l.all(b, a != b || true))',
    'l.exists(a, l.exists(b, l.exists(c, false)))',
    'l.map(a, l.map(b, l.map(c, c))).size() > 0',
    'l.exists(a, l.map(b, b + 1.0) == [1.0])',
    'l.all(a, l.filter(b, b != a) != l)',
    'l.exists_one(a, l.all(b, l == l))',
    '[1,2,3].map(a, l + l + l + l + l + l).map(b, b + b + b + b).all(c, c.all(d, c.all(e, d != e || true)))',
    's.all(a, s.all(b, (a + b + a + b).contains("y") == false))',
    's.map(a, s.join(a)).size() > 0',
    's.map(a, a.split("")).map(b, b.map(c, b)).size() > 0',
    's.all(a, s.join("").split("").all(c, c == "x"))',
    '["2026-01-01T00:00:00Z"].all(t, l.all(a, l.all(b, timestamp(t).getHours("Europe/Berlin") < 24)))',
    'true || l.all(a, l.all(b, l.all(c, true)))',
    'l.all(a, l.all(b, l.all(c, false) || true)) || true',
  ])('is stopped while it runs: %s', expression => {
    const rule = compileRule(expression, listShape)
    // Processor time: the tests' machine does other things beside.
    const begin = process.cpuUsage()
    try {
      // Short-circuited or cheap ones may answer; what counts is the time.
      rule.evaluate({ l: Array.from({ length: 1000 }, (_, index) => index), s: texts })
    } catch (error) {
      expect(error).toBeInstanceOf(RuleError)
    }
    const { user, system } = process.cpuUsage(begin)
    expect((user + system) / 1000).toBeLessThan(150)
  })

  it('is an error even where the expression goes on after errors', () => {
    const l = Array.from({ length: 1000 }, (_, index) => index)
    for (const expression of ['l.all(a, l.all(b, true)) || true', 'l.exists(a, l.all(b, true) && a > 2000.0)']) {
      expect(errorOf(() => compileRule(expression, listShape).evaluate({ l, s: [] }))).toMatchObject({ code: 'budget' })
    }
  })

  it('leaves the rule usable for the next one', () => {
    const rule = compileRule('l.all(a, l.all(b, true))', listShape)
    expect(() => rule.evaluate({ l: many(1000), s: [] })).toThrow(RuleError)
    expect(rule.evaluate({ l: many(100), s: [] })).toBe(true)
    expect(rule.evaluate({ l: many(100), s: [] })).toBe(true)
  })

  it('is refused when the variables are too large', () => {
    const rule = compileRule('l.size() > 0', listShape)
    expect(errorOf(() => rule.evaluate({ l: many(10_000), s: [] }))).toMatchObject({ code: 'tooLarge' })
    expect(errorOf(() => rule.evaluate({ l: ['x'.repeat(600_000)], s: [] }))).toMatchObject({ code: 'tooLarge' })
    const cyclic: unknown[] = []
    cyclic.push(cyclic)
    expect(errorOf(() => rule.evaluate({ l: cyclic, s: [] }))).toMatchObject({ code: 'tooLarge' })
  })
})

import { gzipSync } from 'node:zlib'
import Fastify, { type FastifyInstance } from 'fastify'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Refusal } from '../../../src/platform/errors.ts'
import { installBodyParser, JSON_TYPES, parseJson } from '../../../src/platform/http/body.ts'
import { installErrorHandlers } from '../../../src/platform/http/errors.ts'
import { faultsOfParameters } from '../../../src/platform/text.ts'

const parse = (text: string | Buffer) => parseJson(Buffer.from(text as string))
const faultsOf = (text: string | Buffer): { path: string; rule: string; value?: string }[] => {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof Refusal && error.status === 400) return error.faults
    throw error
  }
  return []
}
const paths = (text: string): string[] => faultsOf(text).map(one => one.path)

describe('what is read', () => {
  it('is what JSON.parse reads, wherever every number is exact', () => {
    fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 6 }), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      const unsafe = JSON.stringify(value, (_key, one: unknown) => (typeof one === 'number' && Number.isInteger(one) && !Number.isSafeInteger(one) ? 'UNSAFE' : one)).includes('UNSAFE')
      fc.pre(!unsafe && !/\\u0000|\\ud[89a-f]/.test(text) && !text.includes('__proto__'))
      expect(parse(text)).toEqual(JSON.parse(text))
    }), { numRuns: 500 })
  })

  it('keeps braces, colons, quotes and digits inside strings apart from structure', () => {
    const value = { 'a":{"b': '}{][:,"\\', 'n\\"': '12345678901234567890e5', c: ['\\u0000', { 'é': '😀' }] }
    expect(parse(JSON.stringify(value))).toEqual(value)
  })

  it('is a value of its own right beside an object', () => {
    expect(parse(' [1, "x", null, true, -0.5e2] ')).toEqual([1, 'x', null, true, -50])
  })
})

describe('what is refused', () => {
  it.each(['', '{', '{"a":1,}', "{'a':1}", '{"a":"\n"}', 'nope', '\ufeff{}'])('malformed JSON %j', text => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ status: 400, code: 'malformedJson' }) as Error)
  })

  it('tells the place of a syntax error but does not repeat the body', () => {
    expect(() => parse('{\n "secret" 1}')).toThrow(/^Unexpected character at line 2, column 11$/)
    expect(() => parse('{"a": secret}')).toThrow(/^(?!.*secret)/)
  })

  it('bytes that are not UTF-8', () => {
    expect(() => parse(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow(/UTF-8/)
  })

  it('NUL and half surrogate pairs, in values and names, with their path', () => {
    expect(faultsOf('{"a":[{"b":"x\\u0000y"}]}')).toEqual([{ path: 'a[0].b', rule: 'must not contain the character U+0000', value: 'x\\u0000y' }])
    expect(paths('{"a":"\\ud800"}')).toEqual(['a'])
    expect(paths('{"a":{"k\\udc00":1}}')).toEqual(['a.k\\udc00'])
    expect(parse('{"a":"\\ud83d\\ude00"}')).toEqual({ a: '😀' })
  })

  it.each(['9007199254740992', '-9007199254740993', '0.1234567890123456789', '1e999', '1e-400', '12345678901234567.5', '1e300', '100000000000000000000'])('the number %s, which a double does not carry', text => {
    expect(faultsOf(`{"price":[{"value": ${text} }]}`)).toEqual([{ path: 'price[0].value', rule: expect.stringMatching(/exactly/) as string, value: text }])
  })

  it.each(['9007199254740991', '0.1', '1.50000000000000000000', '1e3', '0.000000000000000000', '0e5', '123456789012.345', '1E-7'])('not the number %s', text => {
    expect(parse(`{"n":${text}}`)).toEqual({ n: Number(text) })
  })

  it('a key given twice, at any level, also when escaped differently', () => {
    expect(paths('{"a":1,"b":{"c":1,"d":2,"c":3}}')).toEqual(['b.c'])
    expect(paths('{"a":{"x":[{"y":1}]},"a":{}}')).toEqual(['a'])
    expect(paths('{"ab":1,"\\u0061b":2}')).toEqual(['ab'])
    expect(paths('[{"__proto__":1,"__proto__":2}]')).toContain('__proto__')
  })

  it('names that reach a prototype', () => {
    expect(paths('{"a":[{"__proto__":{"admin":true}}]}')).toEqual(['__proto__'])
    expect(paths('{"constructor":{"prototype":{"admin":true}}}')).toEqual(['constructor'])
    expect(parse('{"constructor":"Smith Ltd"}')).toEqual({ constructor: 'Smith Ltd' })
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it('bodies that are too deep or hold too much, before they are parsed', () => {
    expect(faultsOf(`${'['.repeat(33)}${']'.repeat(33)}`)[0]?.rule).toMatch(/deeper than 32/)
    expect(faultsOf('['.repeat(500_000))[0]?.rule).toMatch(/deeper than 32/)
    expect(parse(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeTruthy()
    expect(faultsOf(`[${'0,'.repeat(50_001)}0]`)[0]?.rule).toMatch(/more than 50000/)
  })

  it('hostile bodies of 1 MiB quickly', () => {
    const hostile = ['"\\u0000",', '1e5,', '{"a":1,"a":2},', '1.234567890123456789,'].map(part => `[${part.repeat(Math.min(12_000, 1_000_000 / part.length))}0]`)
    hostile.push(`[${'9'.repeat(1_000_000)}]`, `["${'\\u0061'.repeat(160_000)}"]`, `[1e${'9'.repeat(900_000)}]`)
    for (const text of hostile) {
      // Processor time: the tests' machine does other things beside.
      const begin = process.cpuUsage()
      try { parse(text) } catch (error) { expect(error).toBeInstanceOf(Refusal) }
      const { user, system } = process.cpuUsage(begin)
      expect((user + system) / 1000, text.slice(0, 20)).toBeLessThan(500)
    }
  })
})

describe('over HTTP', () => {
  let app: FastifyInstance
  const build = (): FastifyInstance => {
    app = Fastify()
    installErrorHandlers(app)
    installBodyParser(app)
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE'] as const) app.route({ method, url: '/x', handler: request => ({ got: request.body ?? null }) })
    return app
  }
  const send = (type: string, payload: string, url = '/x') => build().inject({ method: 'POST', url, payload, headers: { 'content-type': type } })
  afterEach(async () => { await app.close() })

  it.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])('takes %s', async type => {
    expect((await send(type, '{"a":1}')).json()).toEqual({ got: { a: 1 } })
  })

  it.each([...JSON_TYPES])('takes %s for a PATCH, and forms of a change for nothing else', async type => {
    const { statusCode, body } = await build().inject({ method: 'PATCH', url: '/x', payload: '{"a":1}', headers: { 'content-type': type } })
    expect([statusCode, body]).toEqual([200, '{"got":{"a":1}}'])
    if (type === 'application/json') return
    for (const method of ['POST', 'PUT'] as const) {
      const answer = await app.inject({ method, url: '/x', payload: '{"a":1}', headers: { 'content-type': `${type}; charset=utf-8` } })
      expect(answer.statusCode).toBe(415)
      expect((answer.json() as { message: string }).message).toContain(type)
    }
  })

  it.each(['gzip', 'br', 'GZIP, identity'])('answers 415 to a body in the encoding %s, and says what it takes', async encoding => {
    const answer = await build().inject({ method: 'POST', url: '/x', payload: gzipSync('{"a":1}'), headers: { 'content-type': 'application/json', 'content-encoding': encoding } })
    expect(answer.statusCode).toBe(415)
    expect((answer.json() as { message: string }).message).toContain(encoding)
    expect(answer.headers['accept-encoding']).toBe('identity')
    expect((await app.inject({ method: 'POST', url: '/x', payload: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'identity' } })).statusCode).toBe(200)
  })

  it.each(['text/plain', 'application/xml', 'application/json; charset=iso-8859-1', 'application/x-www-form-urlencoded'])('answers 415 to %s', async type => {
    expect((await send(type, '{"a":1}')).statusCode).toBe(415)
  })

  it('answers 400 to a POST with an empty body and lets an empty DELETE with the header pass', async () => {
    expect((await send('application/json', '')).json()).toMatchObject({ status: '400', code: 'malformedJson' })
    expect((await app.inject({ method: 'DELETE', url: '/x', headers: { 'content-type': 'application/json' } })).statusCode).toBe(200)
  })

  it('answers 404 to an unknown route whatever its body is', async () => {
    expect((await send('application/json', '{"a"', '/nothing')).statusCode).toBe(404)
    await app.close()
    expect((await send('text/plain', 'x', '/nothing')).statusCode).toBe(404)
  })

  it('names the attribute of a text that cannot be stored', async () => {
    const answer = await send('application/json', '{"name":"a\\u0000"}')
    expect(answer.json()).toMatchObject({ status: '400', details: [{ path: 'name' }] })
  })
})

describe('query values and path parameters', () => {
  it('are refused when they cannot be stored or are too long, and otherwise pass', () => {
    expect(faultsOfParameters({ id: 'a\0b', name: ['ok', '\ud800'], note: 'x'.repeat(1001) }).map(one => one.path)).toEqual(['id', 'name', 'note'])
    expect(faultsOfParameters({ id: '42', name: ['ä', '😀'], 'k\0': 'x' }).map(one => one.path)).toEqual(['k\\u0000'])
  })
})

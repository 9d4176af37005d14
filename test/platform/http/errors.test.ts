import { connect, type AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { fault, Refusal, refuse } from '../../../src/platform/errors.ts'
import { installContext, requestId } from '../../../src/platform/http/context.ts'
import { handleClientError, handleFrameworkError, installErrorHandlers } from '../../../src/platform/http/errors.ts'
import type { Principal } from '../../../src/platform/principal.ts'

const someone: Principal = { id: 'key-1', kind: 'key', brands: ['red', 'blue'], permissions: ['*:*'] }

const lines: Record<string, unknown>[] = []
let app: FastifyInstance

const build = (principal: Principal | Error = someone): FastifyInstance => {
  lines.length = 0
  app = Fastify({
    genReqId: requestId,
    frameworkErrors: handleFrameworkError,
    clientErrorHandler: handleClientError,
    bodyLimit: 1000,
    routerOptions: { maxParamLength: 60 },
    ajv: { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false } },
    logger: { level: 'info', stream: { write: line => { lines.push(JSON.parse(line) as Record<string, unknown>) } } },
  })
  installErrorHandlers(app)
  installContext(app, async () => {
    await Promise.resolve()
    if (principal instanceof Error) throw principal
    return principal
  })
  app.get('/order/:id', request => request.context)
  app.delete('/order/:id', request => request.context)
  app.get('/health', { config: { public: true } }, () => ({ up: true }))
  app.post('/order', { schema: { body: {
    type: 'object',
    required: ['externalId', 'item'],
    additionalProperties: false,
    properties: {
      externalId: { type: 'string' },
      priority: { enum: ['low', 'high'] },
      item: { type: 'array', items: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, action: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } } } },
    },
  } } }, () => ({}))
  return app
}

const failing = (error: unknown): FastifyInstance => {
  build().get('/fails', () => { throw error })
  return app
}

afterEach(async () => { await app.close() })

describe('refusals', () => {
  it('become a TMF Error body with every fault in details', async () => {
    const answer = await failing(refuse.invalid([fault('name', 'must be string', 5), fault('item[0].id', 'is required')])).inject('/fails')
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(answer.json()).toEqual({
      '@type': 'Error',
      code: 'invalidAttribute',
      reason: 'The request has attributes that are not valid',
      message: 'name must be string; item[0].id is required',
      status: '400',
      details: [{ path: 'name', rule: 'must be string', value: '5' }, { path: 'item[0].id', rule: 'is required' }],
    })
  })

  it('carry their own headers and keep their internal text for the log', async () => {
    const answer = await failing(new Refusal({ status: 503, code: 'unavailable', reason: 'Later', internal: 'host db-7 is down', headers: { 'retry-after': '7' } })).inject('/fails')
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('7')
    expect(answer.body).not.toContain('db-7')
    expect(JSON.stringify(lines)).toContain('host db-7 is down')
  })
})

describe('unexpected errors', () => {
  it('are a 500 that reveals nothing, and whose request id is in the log line', async () => {
    const answer = await failing(new Error('password=hunter2 in /srv/app/secret.ts')).inject({ url: '/fails', headers: { 'x-request-id': 'trace-77' } })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('hunter2')
    expect(answer.json()).toMatchObject({ '@type': 'Error', code: 'internalError', status: '500' })
    expect(answer.headers['x-request-id']).toBe('trace-77')
    expect(lines.some(line => line['reqId'] === 'trace-77' && JSON.stringify(line).includes('hunter2'))).toBe(true)
  })

  it('are not taken for the caller\'s because they carry a status code', async () => {
    const answer = await failing(Object.assign(new Error('inner'), { statusCode: 400, code: 'SOMETHING' })).inject('/fails')
    expect(answer.statusCode).toBe(500)
  })

  it('stay a 500 for SQL that is our mistake', async () => {
    const answer = await failing(Object.assign(new Error('syntax error'), { code: '42601' })).inject('/fails')
    expect(answer.statusCode).toBe(500)
  })
})

describe('errors of the database', () => {
  it.each(['22021', '22P05', '54000', '22003'])('%s is the caller\'s: 400', async code => {
    const answer = await failing(Object.assign(new Error('x'), { code })).inject('/fails')
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'valueNotStorable' })
  })

  it.each(['57P01', '53300', '57014', '08006', '40001', 'ECONNREFUSED', 'P1001'])('%s passes: 503 with Retry-After', async code => {
    const answer = await failing(Object.assign(new Error('x'), { code })).inject('/fails')
    expect(answer.statusCode).toBe(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })

  it('are recognised as the cause of another error and inside an AggregateError', async () => {
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
    expect((await failing(new Error('query failed', { cause: new AggregateError([refused]) })).inject('/fails')).statusCode).toBe(503)
    await app.close()
    expect((await failing(new Error('timeout exceeded when trying to connect')).inject('/fails')).statusCode).toBe(503)
  })
})

describe('what Fastify refuses', () => {
  const send = (payload: string, type = 'application/json') => build().inject({ method: 'POST', url: '/order', payload, headers: { 'content-type': type } })

  it('lists every fault of a body with array indexes, rule and value', async () => {
    const answer = await send(JSON.stringify({ item: [{ id: 'a' }, { action: 5, quantity: 0 }], priority: 'medium', colour: 'red' }))
    expect(answer.statusCode).toBe(400)
    expect(answer.json<{ details: object[] }>().details).toEqual(expect.arrayContaining([
      { path: 'externalId', rule: 'is required' },
      { path: 'colour', rule: 'is not an attribute of this resource' },
      { path: 'priority', rule: 'must be one of low, high', value: 'medium' },
      { path: 'item[1].id', rule: 'is required' },
      { path: 'item[1].action', rule: 'must be string', value: '5' },
      { path: 'item[1].quantity', rule: 'must be >= 1', value: '0' },
    ]))
    expect(answer.json<{ details: object[] }>().details).toHaveLength(6)
  })

  it('answers 413, 415 and 400 for bodies it cannot take', async () => {
    expect((await send(JSON.stringify({ a: 'x'.repeat(2000) }))).json()).toMatchObject({ status: '413', code: 'bodyTooLarge' })
    await app.close()
    expect((await send('<a/>', 'application/xml')).json()).toMatchObject({ status: '415', code: 'unsupportedMediaType' })
    await app.close()
    expect((await send('{"a":')).json()).toMatchObject({ status: '400', code: 'malformedJson' })
  })

  it('answers 404 for an unknown route and 405 with Allow for a known path', async () => {
    build()
    const unknown = await app.inject('/nothing?secret=1')
    expect(unknown.json()).toMatchObject({ status: '404', code: 'unknownRoute', message: 'There is nothing at /nothing' })
    const wrong = await app.inject({ method: 'PATCH', url: '/order/77?x=1' })
    expect(wrong.statusCode).toBe(405)
    expect(wrong.headers['allow']).toBe('GET, HEAD, DELETE')
    expect(wrong.json()).toMatchObject({ code: 'methodNotAllowed', status: '405' })
  })

  it('answers in the same form for a path that cannot be decoded or is too long', async () => {
    build()
    const bad = await app.inject('/order/%zz')
    expect(bad.json()).toMatchObject({ status: '400', code: 'malformedUrl', '@type': 'Error' })
    expect(bad.headers['x-request-id']).toBeTruthy()
    expect((await app.inject(`/order/${'a'.repeat(100)}`)).json()).toMatchObject({ status: '414', code: 'pathTooLong' })
  })

  it('answers bytes that are not HTTP with an Error body too', async () => {
    await build().listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const text = await new Promise<string>((resolve, reject) => {
      let got = ''
      const socket = connect(port, '127.0.0.1', () => { socket.write('nonsense\r\n\r\n') })
      socket.setEncoding('utf8').on('data', (part: string) => { got += part }).on('close', () => { resolve(got) }).on('error', reject)
    })
    expect(text).toMatch(/^HTTP\/1.1 400 Bad Request/)
    expect(text).toContain('"@type":"Error"')
  })
})

describe('request context', () => {
  it('takes brand, channel and correlation id from the headers', async () => {
    const answer = await build().inject({ url: '/order/1', headers: { 'x-tandem-brand': 'blue', 'x-tandem-channel': 'care', 'x-correlation-id': 'c-1' } })
    expect(answer.json()).toEqual({ principal: someone, brand: 'blue', channel: 'care', correlationId: 'c-1' })
    expect(answer.headers['x-correlation-id']).toBe('c-1')
  })

  it('defaults to the first brand and makes a correlation id', async () => {
    const answer = await build().inject('/order/1')
    expect(answer.json()).toMatchObject({ brand: 'red', channel: 'api' })
    expect(answer.json<{ correlationId: string }>().correlationId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('refuses a brand that is not the principal\'s and takes any for a principal of all brands', async () => {
    expect((await build().inject({ url: '/order/1', headers: { 'x-tandem-brand': 'green' } })).statusCode).toBe(403)
    await app.close()
    build({ ...someone, brands: ['*'] })
    expect((await app.inject({ url: '/order/1', headers: { 'x-tandem-brand': 'green' } })).json()).toMatchObject({ brand: 'green' })
    expect((await app.inject('/order/1')).json()).toMatchObject({ brand: 'default' })
    expect((await app.inject({ url: '/order/1', headers: { 'x-tandem-brand': "x'; drop" } })).statusCode).toBe(400)
  })

  it('replaces ids that would break log lines, and refuses a channel that is no name', async () => {
    build()
    const answer = await app.inject({ url: '/order/1', headers: { 'x-correlation-id': 'a b"c', 'x-request-id': 'x'.repeat(500) } })
    expect(answer.headers['x-correlation-id']).not.toContain(' ')
    expect(String(answer.headers['x-request-id']).length).toBeLessThan(100)
    expect((await app.inject({ url: '/order/1', headers: { 'x-tandem-channel': 'a b' } })).statusCode).toBe(400)
  })

  it('lets a public route through without asking, and nothing else', async () => {
    build(refuse.unauthenticated('no key'))
    expect((await app.inject({ url: '/health', headers: { 'x-tandem-brand': 'red' } })).statusCode).toBe(200)
    const answer = await app.inject('/order/1')
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect((await app.inject('/nothing')).statusCode).toBe(401)
  })
})

import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { refuse } from '../../../src/platform/errors.ts'
import { installContext, requestId } from '../../../src/platform/http/context.ts'
import { installErrorHandlers } from '../../../src/platform/http/errors.ts'
import { createLogger, passwordOf } from '../../../src/platform/telemetry/logger.ts'
import { installRequestLog, RequestLogController } from '../../../src/platform/telemetry/request-log.ts'

const build = (level: 'trace' | 'info' = 'info') => {
  const lines: string[] = []
  const log = createLogger({
    level,
    tagged: { secret: ['puk'], personal: ['familyName', 'emailAddress', 'name'] },
    secrets: ['bootstrap-key-1234567890', passwordOf('postgres://u:s3cr%40t-pw@db/x'), undefined],
    destination: { write: line => { lines.push(line) } },
  })
  return { log, lines, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

describe('the log', () => {
  it('hides what schemas tag, at any depth, and keeps the rest', () => {
    const { log, last } = build()
    log.info({ name: 'billing.run', doc: { id: '7', name: 'Erika', individual: [{ familyName: 'Mustermann', contact: { emailAddress: 'e@x.example' } }], puk: '123' }, puk: '456' }, 'written')
    expect(last()).toMatchObject({
      level: 'info',
      msg: 'written',
      name: 'billing.run',
      puk: '[redacted]',
      doc: { id: '7', name: '[redacted]', individual: [{ familyName: '[redacted]', contact: { emailAddress: '[redacted]' } }], puk: '[redacted]' },
    })
  })

  it('hides credentials by name and by form, wherever they stand', () => {
    const { log, text } = build()
    log.info({ headers: { Authorization: 'Bearer abcdefghijkl', 'x-api-key': 'k-1', accept: 'application/json' }, config: { databaseUrl: 'x' } })
    log.error(new Error('cannot connect to postgres://tandem:hunter2@db:5432/tandem'))
    log.error({ err: new Error('refused: Bearer eyJhbGciOi.J9.abc', { cause: new Error('key tdm_abcdefghijklmnopqrstuvwxyz') }) }, 'sent bootstrap-key-1234567890')
    log.warn('driver said s3cr@t-pw')
    for (const leaked of ['abcdefghijkl', 'k-1', 'hunter2', 'eyJhbGciOi', 'bootstrap-key', 's3cr@t']) expect(text()).not.toContain(leaked)
    expect(text()).toContain('db:5432')
    expect(text()).toContain('application/json')
  })

  it('describes errors without the values that a database quotes', () => {
    const { log, last, text } = build()
    log.error({ err: Object.assign(new Error('duplicate key'), { code: '23505', constraint: 'party_pkey', detail: 'Key (email)=(e@x.example) already exists', where: 'row e@x.example', parameters: ['e@x.example'] }) })
    expect(last()).toMatchObject({ err: { message: 'duplicate key', code: '23505', constraint: 'party_pkey', stack: expect.stringContaining('at ') as string } })
    expect(text()).not.toContain('e@x.example')
  })

  it('does not trip over cycles, long lists or strange values', () => {
    const { log, last } = build()
    const cyclic: Record<string, unknown> = { when: new Date(0), big: undefined, list: Array.from({ length: 500 }, (_, index) => index) }
    cyclic['self'] = cyclic
    log.info({ cyclic })
    expect((last()['cyclic'] as { list: unknown[] }).list).toHaveLength(51)
    expect((last()['cyclic'] as { when: string }).when).toBe('1970-01-01T00:00:00.000Z')
  })
})

describe('request lines', () => {
  let app: FastifyInstance
  const serve = (level: 'trace' | 'info' = 'info') => {
    const made = build(level)
    app = Fastify({ loggerInstance: made.log, genReqId: requestId, logController: new RequestLogController() }) as unknown as FastifyInstance
    installErrorHandlers(app)
    installContext(app, () => ({ id: 'key-1', kind: 'key', brands: ['red'], permissions: ['*:*'] }))
    installRequestLog(app)
    app.get('/party/:id', request => {
      if ((request.params as { id: string }).id === 'bad') throw new Error('broken')
      if ((request.params as { id: string }).id === 'gone') throw refuse.notFound('party', 'gone')
      return {}
    })
    app.post('/party', () => ({}))
    app.get('/health/live', { config: { public: true } }, () => ({}))
    return made
  }
  afterEach(async () => { await app.close() })

  it('say who did what, once, without query or body', async () => {
    const { lines, last, text } = serve()
    await app.inject({ method: 'POST', url: '/party?familyName=Mustermann', payload: { familyName: 'Mustermann' }, headers: { 'x-correlation-id': 'c-9', 'x-request-id': 'r-9', 'x-tandem-channel': 'care', authorization: 'Bearer abcdefghijkl' } })
    expect(lines).toHaveLength(1)
    expect(last()).toMatchObject({ msg: 'request', reqId: 'r-9', correlationId: 'c-9', principal: 'key-1', brand: 'red', channel: 'care', method: 'POST', path: '/party', route: '/party', status: 200 })
    expect(typeof last()['ms']).toBe('number')
    expect(text()).not.toMatch(/Mustermann|abcdefghijkl/)
  })

  it('show ids that Tandem gave, and nobody by what else stands in a path', async () => {
    const { last, text } = serve()
    app.get('/external/:source/individual/:externalId', () => ({}))
    await app.inject('/party/01a20172-546e-72c4-acec-7b6ee16f7ea1')
    expect(last()).toMatchObject({ path: '/party/01a20172-546e-72c4-acec-7b6ee16f7ea1', route: '/party/:id' })
    await app.inject('/party/email:mira.aldenhoven@example.com')
    expect(last()).toMatchObject({ path: '/party/:id', route: '/party/:id', status: 200 })
    for (const url of ['/party/gone', '/party/phone:%2B491701234567', '/external/crm/individual/mira-1988', '/nothing/mira.aldenhoven@example.com', '/party/bad?name=mira']) await app.inject(url)
    expect(last()).toMatchObject({ path: '/party/:id', status: 500 })
    expect(text()).not.toMatch(/mira|1701234567|crm/)
    expect(text()).toContain('"path":"unmatched"')
  })

  it('are warnings for a 5xx, beside the line that says why, and normal for a 4xx', async () => {
    const { lines, last } = serve()
    await app.inject('/party/bad')
    expect(lines.map(line => (JSON.parse(line) as { level: string }).level)).toEqual(['error', 'warn'])
    await app.inject('/party/gone')
    expect(last()).toMatchObject({ level: 'info', status: 404 })
  })

  it('leave probes out unless everything is wanted', async () => {
    const quiet = serve()
    await app.inject('/health/live')
    expect(quiet.lines).toHaveLength(0)
    await app.close()
    const all = serve('trace')
    await app.inject('/health/live')
    expect(all.lines).toHaveLength(1)
  })
})

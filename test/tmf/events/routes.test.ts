import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineModule } from '../../../src/tmf/module.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { quickest } from '../../support/quickest.ts'
import { startListener, type Listener } from './listener.ts'
import { eventually, thing } from './things.ts'

const reacted: string[] = []
let cupboardIsBare = true
const things = defineModule({
  name: 'things',
  dependsOn: [],
  resources: [thing],
  reactions: [
    { name: 'things.record', on: ['ThingCreateEvent'], run: async event => void reacted.push(event.resourceId) },
    {
      name: 'things.fragile',
      on: ['ThingDeleteEvent'],
      run: async () => {
        if (cupboardIsBare) throw new Error('bare')
      },
    },
  ],
})

const BASE = '/tmf-api/thingManagement/v4'

describe('events over HTTP', () => {
  // One process answers requests, the other works.
  let api: TestApp
  let worker: TestApp
  let listener: Listener

  beforeAll(async () => {
    api = await createTestApp({ modules: [things], settings: { ROLES: 'api' } })
    worker = await createTestApp({ modules: [things], settings: { ROLES: 'worker' }, databaseUrl: api.databaseUrl })
    listener = await startListener()
  })
  afterAll(async () => {
    await worker.close()
    await api.close()
    await listener.close()
  })

  const post = (url: string, payload: unknown) => api.app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload: JSON.stringify(payload) })

  it('POST /hub subscribes, refuses the same again, and DELETE ends it', async () => {
    const body = { callback: listener.url, query: 'eventType=ThingCreateEvent&name=Once' }
    const created = await post(`${BASE}/hub`, body)
    expect(created.statusCode).toBe(201)
    const subscription = created.json()
    expect(subscription).toEqual({ id: expect.any(String), ...body })
    expect(created.headers.location).toBe(`${BASE}/hub/${subscription.id}`)
    const again = await post(`${BASE}/hub`, body)
    expect(again.statusCode).toBe(409)
    expect(again.json()).toMatchObject({ code: 'duplicateHub', status: '409' })
    expect((await api.app.inject({ method: 'DELETE', url: `${BASE}/hub/${subscription.id}` })).statusCode).toBe(204)
    expect((await api.app.inject({ method: 'DELETE', url: `${BASE}/hub/${subscription.id}` })).statusCode).toBe(404)
  })

  it.each([
    ['no callback', 'callback', {}],
    ['a number', 'callback', { callback: 5 }],
    ['no URL', 'callback', { callback: 'not a url' }],
    ['another protocol', 'callback', { callback: 'ftp://listener.example.com/' }],
    ['localhost', 'callback', { callback: 'http://localhost/events' }],
    ['a private address', 'callback', { callback: 'http://10.1.2.3/events' }],
    ["a cloud's metadata", 'callback', { callback: 'http://169.254.169.254/latest/meta-data' }],
    ['IPv6 loopback', 'callback', { callback: 'http://[::1]/events' }],
    ['a mapped loopback', 'callback', { callback: 'http://[::ffff:127.0.0.2]/events' }],
    ['a loopback in hexadecimal', 'callback', { callback: 'http://0x7f.0.0.2/events' }],
    ['a password', 'callback', { callback: 'http://user:pass@listener.example.com/' }],
    ['a very long callback', 'callback', { callback: `https://listener.example.com/${'x'.repeat(2_000)}` }],
    ['an unknown attribute in the query', 'colour', { callback: 'https://listener.example.com/', query: 'colour=red' }],
    ['an unknown event type', 'query.eventType', { callback: 'https://listener.example.com/', query: 'eventType=NoSuchEvent' }],
    ['a query that is no text', 'query', { callback: 'https://listener.example.com/', query: 7 }],
    ['a short secret', 'secret', { callback: 'https://listener.example.com/', secret: 'short' }],
    ['an id', 'id', { callback: 'https://listener.example.com/', id: 'mine' }],
  ])('POST /hub with %s is a 400 that names %s', async (_case, path, body) => {
    const answer = await post(`${BASE}/hub`, body)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().details.map((one: { path: string }) => one.path)).toContain(path)
  })

  it.each(['https://listener.example.com/\u0000', 'https://listener.example.com/\ud800'])('POST /hub with text that cannot be stored is a 400', async callback => {
    expect((await post(`${BASE}/hub`, { callback })).statusCode).toBe(400)
  })

  it('a write over HTTP reaches reactions and listeners through the worker, promptly', async () => {
    const { id: hubId } = (await post(`${BASE}/hub`, { callback: listener.url, query: 'name=Stone' })).json()
    const wait = async (): Promise<number> => {
      const name = 'Stone'
      const before = performance.now()
      const created = await post(`${BASE}/thing`, { name })
      expect(created.statusCode).toBe(201)
      const { id, href } = created.json()
      await eventually(() => reacted.includes(id))
      await eventually(() => listener.taken.some(taken => taken.event.event.thing.id === id))
      const { event } = listener.taken.find(taken => taken.event.event.thing.id === id)!
      expect(event).toMatchObject({ eventType: 'ThingCreateEvent', event: { thing: { id, href, name } } })
      return performance.now() - before
    }
    expect(await quickest(500, wait)).toBeLessThan(500)
    await api.app.inject({ method: 'DELETE', url: `${BASE}/hub/${hubId}` })
  })

  it('an operator sees stuck reactions and jobs, replays and discards them', async () => {
    await api.database.query("insert into dead_job (id, name, data, error, attempts) values ('j1', 'no.such-job', '{\"a\":1}', 'it broke', 3)")
    await api.database.query(
      `with e as (insert into event (position, event_id, event_type, event_time, correlation_id, brand, resource, resource_id, revision, doc)
         values (1000000, 'x', 'ThingDeleteEvent', now(), 'test', 'default', 'thing', 'x', 2, '{}') returning seq)
       insert into event_reaction (event_seq, reaction, position, brand, resource, resource_id, state, attempts, error) select seq, 'things.fragile', 1000000, 'default', 'thing', 'x', 'dead', 10, 'bare' from e`,
    )
    const list = async () => (await api.app.inject('/tandem/v1/deadLetter')).json() as { id: string; kind: string }[]
    const items = await list()
    expect(items).toHaveLength(2)
    expect(items).toContainEqual(expect.objectContaining({ id: 'job.j1', kind: 'job', name: 'no.such-job', data: { a: 1 }, error: 'it broke', attempts: 3 }))
    const reaction = items.find(item => item.kind === 'reaction')!
    cupboardIsBare = false
    expect((await api.app.inject({ method: 'POST', url: `/tandem/v1/deadLetter/${reaction.id}/replay` })).statusCode).toBe(204)
    expect((await api.app.inject({ method: 'POST', url: `/tandem/v1/deadLetter/${reaction.id}/replay` })).statusCode).toBe(404)
    await eventually(async () => (await api.database.query("select 1 from event_reaction where resource_id = 'x' and state = 'done'")).length === 1)
    expect((await api.app.inject({ method: 'POST', url: '/tandem/v1/deadLetter/job.j1/replay' })).statusCode).toBe(409)
    expect((await api.app.inject({ method: 'DELETE', url: '/tandem/v1/deadLetter/job.j1' })).statusCode).toBe(204)
    expect((await api.app.inject({ method: 'DELETE', url: '/tandem/v1/deadLetter/job.j1' })).statusCode).toBe(404)
    expect((await api.app.inject({ method: 'DELETE', url: '/tandem/v1/deadLetter/nothing' })).statusCode).toBe(404)
    expect(await list()).toEqual([])
    expect((await api.app.inject('/tandem/v1/deadLetter?limit=0')).statusCode).toBe(400)
  })

  it('an operator sees paused listeners and resumes them', async () => {
    await api.database.query(
      `insert into hub (id, brand, api, principal, callback, state, error, paused_at) values ('h1', 'default', '${BASE}', 'someone', '${listener.url}', 'paused', 'The listener answered 500', now())`,
    )
    const listed = await api.app.inject('/tandem/v1/pausedHub')
    expect(listed.headers['x-total-count']).toBe('1')
    expect(listed.json()).toMatchObject([{ id: 'h1', callback: listener.url, error: 'The listener answered 500', waiting: 0 }])
    expect(listed.body).not.toContain('secret')
    expect((await api.app.inject({ method: 'POST', url: '/tandem/v1/pausedHub/h1/resume' })).statusCode).toBe(204)
    expect((await api.app.inject({ method: 'POST', url: '/tandem/v1/pausedHub/h1/resume' })).statusCode).toBe(404)
    expect((await api.app.inject('/tandem/v1/pausedHub')).json()).toEqual([])
  })

  it('the documents describe it', async () => {
    const own = (await api.app.inject('/tandem/v1/openapi.json')).json()
    expect(Object.keys(own.paths)).toEqual(expect.arrayContaining(['/tandem/v1/deadLetter', '/tandem/v1/deadLetter/{id}/replay', '/tandem/v1/pausedHub']))
    const document = (await api.app.inject(`${BASE}/openapi.json`)).json()
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining([`${BASE}/hub`, `${BASE}/hub/{id}`]))
  })
})

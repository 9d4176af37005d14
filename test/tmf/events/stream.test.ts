/** The live stream over real HTTP, of two processes on one database. */
import { createHmac } from 'node:crypto'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../../src/platform/database/database.ts'
import { defineModule } from '../../../src/tmf/module.ts'
import { defineApi, defineResource } from '../../../src/tmf/resource.ts'
import { personal, secret } from '../../../src/tmf/tags.ts'
import { removeOldEvents } from '../../../src/tmf/events/cleaner.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { connect, type EventSource } from './event-source.ts'
import { startListener } from './listener.ts'
import { eventually } from './things.ts'

const api = defineApi({ number: 997, name: 'visitManagement', version: 'v4', release: '4.0.0', title: 'Visits', description: 'Visits for tests.', slug: 'visit' })
const visit = defineResource({
  api,
  name: 'visit',
  type: 'Visit',
  table: 'category',
  description: 'A visit.',
  schema: Type.Object({
    id: Type.String(),
    href: Type.String(),
    guest: Type.Optional(personal(Type.String())),
    badge: Type.Optional(secret(Type.String())),
    room: Type.Optional(Type.String()),
    floor: Type.Optional(Type.Number()),
    host: Type.Optional(Type.String()),
    padding: Type.Optional(Type.String()),
  }),
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  filters: { room: 'text' },
  ownerParty: doc => doc.host as string | undefined,
  example: { room: '7' },
})
const note = defineResource({ ...visit, name: 'note', type: 'Note', table: 'catalog', filters: {} } as typeof visit)
const modules = [defineModule({ name: 'visits', dependsOn: [], resources: [visit, note] })]
const BASE = '/tmf-api/visitManagement/v4'
const BOOTSTRAP = 'bootstrap-key-of-the-tests-of-streams'

describe('the live stream', () => {
  let one: TestApp
  let other: TestApp
  let oneUrl: string
  let otherUrl: string
  const open: EventSource[] = []

  beforeAll(async () => {
    const settings = { AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP, EVENT_STREAMS_PER_CALLER: '4', SECRETS_KEY: 'the-key-that-seals-in-tests-of-streams' } as const
    one = await createTestApp({ modules, settings })
    other = await createTestApp({ modules, settings, databaseUrl: one.databaseUrl })
    oneUrl = await one.listen()
    otherUrl = await other.listen()
  })
  afterAll(async () => {
    for (const source of open) source.close()
    await other.close()
    await one.close()
  })

  const asBootstrap = { authorization: `Bearer ${BOOTSTRAP}` }
  const send = (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload?: unknown, headers: Record<string, string> = {}) =>
    one.app.inject({ method, url, headers: { ...asBootstrap, ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(payload !== undefined && { payload: JSON.stringify(payload) }) })
  const make = async (doc: Record<string, unknown>, headers: Record<string, string> = {}, name = 'visit'): Promise<string> => {
    const answer = await send('POST', `${BASE}/${name}`, doc, headers)
    expect(answer.statusCode, answer.body).toBe(201)
    return answer.json().id
  }
  const newKey = async (permissions: string[], more: Record<string, unknown> = {}): Promise<{ id: string; headers: Record<string, string> }> => {
    const answer = await send('POST', '/tandem/v1/apiKey', { name: 'test', brands: ['default'], permissions, ...more })
    expect(answer.statusCode, answer.body).toBe(201)
    const { id, key } = answer.json()
    return { id, headers: { authorization: `Bearer ${key}` } }
  }
  const listen = async (url: string, headers: Record<string, string> = asBootstrap): Promise<EventSource> => {
    const source = await connect(url, headers)
    open.push(source)
    return source
  }
  const stop = async (...sources: EventSource[]): Promise<void> => {
    for (const source of sources) source.close()
    await eventually(() => sources.every(source => source.isOver()))
    await sleep(20)
  }
  const docs = (source: EventSource): any[] => source.messages.map(({ data }) => Object.values(data.event)[0])
  const rooms = (source: EventSource): string[] => docs(source).map(doc => doc.room)

  it('shows every event in the order of positions, of one API and of all, whichever process is asked, promptly', async () => {
    const sources = await Promise.all([listen(`${oneUrl}/events`), listen(`${otherUrl}/events`), listen(`${otherUrl}${BASE}/events`)])
    for (const source of sources) expect(source).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' } })
    const before = performance.now()
    const id = await make({ room: 'a', guest: 'Ann', badge: 'hush' })
    await send('PATCH', `${BASE}/visit/${id}`, { room: 'b' })
    await send('DELETE', `${BASE}/visit/${id}`)
    await eventually(() => sources.every(source => source.messages.length === 3))
    expect(performance.now() - before).toBeLessThan(2_000)
    for (const source of sources) {
      expect(source.messages.map(({ data }) => data.eventType)).toEqual(['VisitCreateEvent', 'VisitAttributeValueChangeEvent', 'VisitDeleteEvent'])
      expect(source.messages[0]).toMatchObject({ type: 'message', data: { domain: 'visitManagement', eventId: expect.any(String), event: { visit: { id, room: 'a', guest: 'Ann' } } } })
      const positions = source.messages.map(message => Number(message.id))
      expect(positions).toEqual([...positions].sort((a, b) => a - b))
      // Nobody gets a secret, whatever they may do.
      expect(source.text()).not.toContain('hush')
    }
    await stop(...sources)
  })

  it('goes on where it was cut, at another process, without loss or repetition', async () => {
    const first = await listen(`${oneUrl}/events`)
    const written: string[] = []
    const writing = (async () => {
      for (let i = 0; i < 60; i++) {
        written.push(`r${i}`)
        await make({ room: `r${i}` })
      }
    })()
    await eventually(() => first.messages.length > 10)
    await stop(first)
    const second = await listen(`${otherUrl}/events?after=0`, { ...asBootstrap, 'last-event-id': first.lastId() })
    await eventually(() => second.messages.length > 5)
    await stop(second)
    await writing
    const third = await listen(`${oneUrl}/events?after=${second.lastId()}`)
    await eventually(() => first.messages.length + second.messages.length + third.messages.length >= 60)
    await sleep(50)
    expect([first, second, third].flatMap(rooms)).toEqual(written)
    await stop(third)
    // From the very beginning, through the log.
    const all = await listen(`${oneUrl}/events?after=0`)
    await eventually(() => rooms(all).includes('r59'))
    expect(rooms(all).filter(room => room.startsWith('r'))).toEqual(written)
    await stop(all)
  })

  it('keeps to event types, filters and fields', async () => {
    const [created, filtered, fields] = await Promise.all([listen(`${oneUrl}/events?eventType=VisitDeleteEvent,NoteCreateEvent`), listen(`${oneUrl}${BASE}/events?floor.gt=2&room=x,y`), listen(`${oneUrl}/events?fields=room&eventType=VisitCreateEvent`)])
    const id = await make({ room: 'x', floor: 1 })
    await make({ room: 'x', floor: 3 })
    await make({ room: 'y', floor: 4 })
    await make({ room: 'z', floor: 5 })
    await make({ room: 'n' }, {}, 'note')
    await send('DELETE', `${BASE}/visit/${id}`)
    await eventually(() => created!.messages.length === 2 && filtered!.messages.length === 2 && fields!.messages.length === 4)
    expect(created!.messages.map(({ data }) => data.eventType)).toEqual(['NoteCreateEvent', 'VisitDeleteEvent'])
    expect(docs(filtered!).map(doc => doc.floor)).toEqual([3, 4])
    expect(docs(fields!)[0]).toEqual({ id, href: `${BASE}/visit/${id}`, room: 'x' })
    await stop(created!, filtered!, fields!)
  })

  it('shows a caller its brand, the resources it may read, its own rows, and people only with the permission for that', async () => {
    const reader = await newKey(['visit:read'])
    const people = await newKey(['visit:read', 'personalData:read'])
    const host = await newKey(['*:read'], { parties: ['host-1'] })
    const elsewhere = await newKey(['*:*'], { brands: ['other'] })
    const [ofReader, ofPeople, ofHost, ofOther] = await Promise.all([reader, people, host, elsewhere].map(key => listen(`${otherUrl}/events`, key.headers)))
    // What a caller may not see must not show by matching.
    const guessing = await listen(`${otherUrl}/events?guest=Mona`, reader.headers)
    await make({ room: 'mine', guest: 'Mona', host: 'host-1' })
    await make({ room: 'theirs', guest: 'Otto', host: 'host-2' })
    await make({ room: 'nobodys' })
    await make({ room: 'note' }, {}, 'note')
    await make({ room: 'abroad' }, { 'x-tandem-brand': 'other' })
    await make({ room: 'last', host: 'host-1' })
    await eventually(() => rooms(ofReader!).includes('last') && rooms(ofPeople!).includes('last') && rooms(ofHost!).includes('last') && rooms(ofOther!).includes('abroad'))
    expect(rooms(ofReader!)).toEqual(['mine', 'theirs', 'nobodys', 'last'])
    expect(ofReader!.text()).not.toMatch(/Mona|Otto/)
    expect(docs(ofPeople!)[0]).toMatchObject({ room: 'mine', guest: 'Mona' })
    expect(rooms(ofHost!)).toEqual(['mine', 'last'])
    expect(rooms(ofOther!)).toEqual(['abroad'])
    expect(guessing.messages).toEqual([])
    await stop(ofReader!, ofPeople!, ofHost!, ofOther!, guessing)
    const nothing = await newKey(['somethingElse:read'])
    expect(await listen(`${oneUrl}/events`, nothing.headers)).toMatchObject({ status: 403 })
  })

  it('ends when the access of its caller does', async () => {
    const soon = new Date(Date.now() + 1_500).toISOString()
    const [revoked, expiring] = [await newKey(['*:read']), await newKey(['*:read'], { expiresAt: soon })]
    const sources = await Promise.all([listen(`${oneUrl}/events`, revoked.headers), listen(`${otherUrl}/events`, expiring.headers)])
    await send('DELETE', `/tandem/v1/apiKey/${revoked.id}`)
    await eventually(() => sources.every(source => source.isOver()), 8_000)
    for (const source of sources) expect(source.messages).toEqual([{ id: expect.any(String), type: 'end', data: { code: 'unauthenticated', reason: expect.any(String) } }])
    expect((await listen(`${oneUrl}/events`, revoked.headers)).status).toBe(401)
  })

  it.each([
    ['after=abc', {}, 400, 'after'],
    ['after=-1', {}, 400, 'after'],
    ['', { 'last-event-id': 'x' }, 400, 'Last-Event-ID'],
    ['after=99999999', {}, 400, 'after'],
    ['colour=red', {}, 400, 'colour'],
    ['eventType=NoSuchEvent', {}, 400, 'eventType'],
    ['limit=5', {}, 400, 'limit'],
    ['', { accept: 'application/json' }, 406, 'Accept'],
  ])('refuses ?%s %j with %i and names %s', async (query, headers, status, named) => {
    const source = await listen(`${oneUrl}/events?${query}`, { ...asBootstrap, ...headers })
    expect(source.status).toBe(status)
    expect(JSON.stringify(source.error())).toContain(named)
  })

  it('bounds the streams of a caller: one more is a 503 that says when to come again; a place that is left can be taken', async () => {
    const key = await newKey(['*:read'])
    const sources = await Promise.all(Array.from({ length: 4 }, () => listen(`${oneUrl}/events`, key.headers)))
    const refused = await listen(`${oneUrl}/events`, key.headers)
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
    expect(refused.error()).toMatchObject({ code: 'tooManyStreams' })
    await stop(sources[0]!)
    const taken = await listen(`${oneUrl}/events`, key.headers)
    expect(taken.status).toBe(200)
    await stop(...sources.slice(1), taken)
  })

  it('keeps nothing for a reader that is slow, which gets everything once it reads', async () => {
    const slow = await listen(`${oneUrl}/events?eventType=VisitCreateEvent`)
    slow.pause()
    const padding = 'x'.repeat(200_000)
    for (let i = 0; i < 60; i++) await make({ room: `p${i}`, padding })
    await sleep(200)
    // 12 MB were written meanwhile: what waits for it is the sockets' buffers and little more.
    expect(slow.text().length).toBeLessThan(2_000_000)
    slow.resume()
    await eventually(() => slow.messages.length === 60, 15_000)
    expect(rooms(slow)).toEqual(Array.from({ length: 60 }, (_, i) => `p${i}`))
    await stop(slow)
  }, 40_000)

  it('survives the loss of its database connections', async () => {
    const source = await listen(`${otherUrl}/events`)
    const admin = openDatabase({ url: one.databaseUrl, connections: 1, applicationName: 'the test' })
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
    await admin.close()
    await eventually(async () => {
      const answer = await send('POST', `${BASE}/visit`, { room: 'after the loss' })
      return answer.statusCode === 201
    })
    await eventually(() => rooms(source).includes('after the loss'))
    expect(source.isOver()).toBe(false)
    await stop(source)
  })

  it('says so when a position is no longer in the log', async () => {
    for (const room of ['old', 'older']) await make({ room })
    const live = await listen(`${oneUrl}/events`)
    await make({ room: 'present' })
    await eventually(() => rooms(live).includes('present'))
    const last = Number(live.lastId())
    await one.database.transaction(async tx => {
      await tx.query("SELECT set_config('tandem.audit', 'erasing', true)")
      await tx.query("UPDATE event SET created_at = now() - interval '40 days' WHERE position < $1", [last])
    })
    // The audit has not copied them yet.
    expect(await removeOldEvents(one.database, 30)).toBe(0)
    await one.database.query('UPDATE audit_cursor SET position = $1', [last])
    expect(await removeOldEvents(one.database, 30)).toBeGreaterThan(100)
    expect(await removeOldEvents(one.database, 30)).toBe(0)
    const gone = await listen(`${oneUrl}/events?after=1`)
    expect(gone.status).toBe(410)
    expect(gone.error()).toMatchObject({ code: 'positionGone', message: expect.stringContaining(String(last - 1)) })
    const kept = await listen(`${oneUrl}/events?after=${last - 1}`)
    await eventually(() => kept.messages.length > 0)
    expect(rooms(kept)).toEqual(['present'])
    await make({ room: 'next' })
    await eventually(() => rooms(kept).includes('next'))
    expect(Number(kept.lastId())).toBe(last + 1)
    await stop(live, kept)
  })

  it('ends in good order when its process stops, and goes on at another', async () => {
    const third = await createTestApp({ modules, settings: { AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP }, databaseUrl: one.databaseUrl })
    const source = await listen(`${await third.listen()}/events`)
    await make({ room: 'before the stop' })
    await eventually(() => rooms(source).includes('before the stop'))
    const before = performance.now()
    await third.close()
    expect(performance.now() - before).toBeLessThan(3_000)
    expect(source.isOver()).toBe(true)
    expect(source.messages.at(-1)).toMatchObject({ type: 'end', data: { code: 'closing' } })
    await make({ room: 'after the stop' })
    const next = await listen(`${oneUrl}/events`, { ...asBootstrap, 'last-event-id': source.lastId() })
    await eventually(() => rooms(next).includes('after the stop'))
    expect(rooms(next)).toEqual(['after the stop'])
    await stop(next)
  })

  it('is in the documents', async () => {
    const own = (await one.app.inject('/tandem/v1/openapi.json')).json()
    expect(own.paths['/events'].get.responses['200'].content).toHaveProperty('text/event-stream')
    const document = (await one.app.inject(`${BASE}/openapi.json`)).json()
    expect(document.paths).toHaveProperty([`${BASE}/events`])
  })

  describe('listeners', () => {
    it('are sent what whoever registered them may see at that moment, and are paused when that has ended', async () => {
      const listener = await startListener()
      const key = await newKey(['visit:read', 'hub:create'], { parties: ['host-9'] })
      const registered = await send('POST', `${BASE}/hub`, { callback: listener.url, secret: 'what-it-is-signed-with' }, key.headers)
      expect(registered.statusCode, registered.body).toBe(201)
      await make({ room: 'own', guest: 'Gerd', badge: 'hush', host: 'host-9' })
      await make({ room: 'foreign', host: 'host-8' })
      await make({ room: 'hidden', host: 'host-9' }, {}, 'note')
      await make({ room: 'second', host: 'host-9' })
      await eventually(() => listener.taken.length === 2)
      expect(listener.taken.map(({ event }) => event.event.visit.room).sort()).toEqual(['own', 'second'])
      for (const { body, headers } of listener.taken) expect(headers['x-tandem-signature']).toBe(`sha256=${createHmac('sha256', 'what-it-is-signed-with').update(body).digest('hex')}`)
      expect((await one.database.query<{ secret: string }>('SELECT secret FROM hub WHERE id = $1', [registered.json().id]))[0]!.secret).toMatch(/^sealed:/)
      expect(listener.taken.map(({ body }) => body).join()).not.toMatch(/Gerd|hush/)
      await send('DELETE', `/tandem/v1/apiKey/${key.id}`)
      await sleep(300)
      await make({ room: 'too late', host: 'host-9' })
      const paused = async (): Promise<any[]> => (await one.app.inject({ url: '/tandem/v1/pausedHub', headers: asBootstrap })).json()
      await eventually(async () => (await paused()).some(hub => hub.id === registered.json().id), 15_000)
      expect((await paused())[0].error).toContain('Whoever registered it')
      expect(listener.taken).toHaveLength(2)
      await listener.close()
    }, 30_000)
  })
})

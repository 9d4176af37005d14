import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createOutbound, type Outbound } from '../../../src/platform/http/outbound.ts'
import type { DeadLetters } from '../../../src/platform/jobs/runner.ts'
import { systemContext, type Context } from '../../../src/platform/principal.ts'
import type { DeliverySettings } from '../../../src/tmf/events/deliveries.ts'
import { createEventing, type Eventing } from '../../../src/tmf/events/eventing.ts'
import type { Services } from '../../../src/tmf/services.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { startListener, type Listener } from './listener.ts'
import { callers, eventually, insertEvent, thing, thingApi } from './things.ts'

const log = pino({ level: 'silent' })
const quick: Partial<DeliverySettings> = { timeoutMs: 400, leaseMs: 1_000, backoffMs: 20, maxBackoffMs: 100 }

describe('deliveries to listeners', () => {
  let database: TestDatabase
  let outbound: Outbound
  let listener: Listener
  const running: Eventing[] = []
  const context = systemContext('default', 'test')

  beforeAll(async () => {
    database = await createDatabase({ connections: 15 })
    outbound = createOutbound(['127.0.0.1'])
  })
  beforeEach(async () => {
    await database.query('truncate event, event_reaction, hub, hub_delivery')
    listener = await startListener()
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map(eventing => eventing.stop(1_000)))
    await listener.close()
  })
  afterAll(async () => {
    await outbound.close()
    await database.close()
  })

  const make = (settings: Partial<DeliverySettings> = {}, through = outbound): Eventing => {
    const eventing = createEventing({ databaseUrl: database.url, database, resources: [thing], reactions: [], outbound: through, callers, log, deps: () => ({}) as Services, deliverySettings: { ...quick, ...settings } })
    running.push(eventing)
    return eventing
  }
  const start = async (settings: Partial<DeliverySettings> = {}, through = outbound): Promise<Eventing> => {
    const eventing = make(settings, through)
    await eventing.start({ worker: true })
    await eventually(() => running.some(one => one.isRelaying()))
    return eventing
  }
  const publish = async (eventing: Eventing, ...events: Parameters<typeof insertEvent>[1][]): Promise<void> => {
    for (const event of events) await insertEvent(database, event)
    eventing.wakeRelay()
  }
  const hubState = async () => (await database.query<{ state: string; error: string | null; failures: number }>('select state, error, failures from hub'))[0]

  it('carry the event in the TM Forum form, as it was when it happened', async () => {
    const eventing = await start()
    await eventing.hub.register(context, thingApi, { callback: listener.url })
    await publish(eventing, { resourceId: '7', doc: { name: 'Stone' } })
    await eventually(() => listener.taken.length === 1)
    expect(listener.taken[0]!.event).toEqual({
      eventId: expect.any(String),
      eventTime: expect.stringMatching(/^\d{4}-.*Z$/),
      eventType: 'ThingCreateEvent',
      correlationId: 'test',
      domain: 'thingManagement',
      title: 'ThingCreateEvent',
      timeOccurred: expect.stringMatching(/Z$/),
      event: { thing: { id: '7', name: 'Stone' } },
    })
    expect(listener.taken[0]!.headers['content-type']).toContain('application/json')
    expect(listener.taken[0]!.headers['x-tandem-signature']).toBeUndefined()
  })

  it('follow the query: event types, filters on the payload, fields', async () => {
    const eventing = await start()
    await eventing.hub.register(context, thingApi, { callback: listener.url, query: 'eventType=ThingCreateEvent&weight.gt=5&fields=name' })
    await publish(
      eventing,
      { resourceId: 'light', doc: { name: 'Feather', weight: 1 } },
      { resourceId: 'heavy', doc: { name: 'Stone', weight: 9 } },
      { resourceId: 'heavy', eventType: 'ThingDeleteEvent', revision: 2, doc: { name: 'Stone', weight: 9 } },
      { resourceId: 'heavier', doc: { name: 'Rock', weight: 10 } },
    )
    await eventually(() => listener.taken.length === 2)
    await sleep(100)
    expect(listener.taken.map(taken => taken.event.event.thing)).toEqual([
      { id: 'heavy', name: 'Stone' },
      { id: 'heavier', name: 'Rock' },
    ])
  })

  it('stay inside the brand and, for a party, to what belongs to it', async () => {
    const eventing = await start()
    const partner: Context = { ...context, principal: { id: 'partner', kind: 'key', brands: ['default'], permissions: ['*:*'], scope: { parties: ['p1'] } } }
    await eventing.hub.register(partner, thingApi, { callback: listener.url })
    await publish(eventing, { resourceId: 'nobody' }, { resourceId: 'other', ownerParty: 'p2' }, { resourceId: 'elsewhere', ownerParty: 'p1', brand: 'other' }, { resourceId: 'mine', ownerParty: 'p1' })
    await eventually(() => listener.taken.length === 1)
    await sleep(100)
    expect(listener.taken.map(taken => taken.event.event.thing.id)).toEqual(['mine'])
  })

  it('are signed with the secret that the listener gave', async () => {
    const eventing = await start()
    const secret = 'a secret of some length'
    const answer = await eventing.hub.register(context, thingApi, { callback: listener.url, secret })
    expect(answer).not.toHaveProperty('secret')
    await publish(eventing, { resourceId: '1', doc: { name: 'Größe' } })
    await eventually(() => listener.taken.length === 1)
    const { body, headers } = listener.taken[0]!
    expect(headers['x-tandem-signature']).toBe(`sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`)
  })

  it('keep the order of each resource while the listener fails now and then, from two processes', async () => {
    const eventing = await start({ pauseAfter: 1_000 })
    await start({ pauseAfter: 1_000 })
    let asked = 0
    listener.answer = async () => {
      await sleep(asked % 5)
      return ++asked % 3 === 0 ? 503 : 204
    }
    await eventing.hub.register(context, thingApi, { callback: listener.url })
    const ids = ['a', 'b', 'c', 'd']
    for (let revision = 1; revision <= 10; revision++) await publish(eventing, ...ids.map(resourceId => ({ resourceId, revision, doc: { weight: revision } })))
    await eventually(() => listener.taken.length >= 40, 19_000)
    await sleep(200)
    expect(listener.taken).toHaveLength(40)
    for (const id of ids) expect(listener.taken.filter(taken => taken.event.event.thing.id === id).map(taken => taken.event.event.thing.weight)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(await database.query("select 1 from hub_delivery where state <> 'delivered'")).toEqual([])
  }, 30_000)

  it('of different resources do not wait for each other', async () => {
    const eventing = await start({ timeoutMs: 10_000, leaseMs: 15_000 })
    let release = (): void => undefined
    const released = new Promise<void>(resolve => (release = resolve))
    listener.answer = async ({ event }) => {
      if (event.event.thing.id === 'slow') await released
      return 200
    }
    await eventing.hub.register(context, thingApi, { callback: listener.url })
    await publish(eventing, { resourceId: 'slow' }, { resourceId: 'slow', revision: 2 }, { resourceId: 'quick' })
    await eventually(() => listener.taken.length === 1)
    expect(listener.taken[0]!.event.event.thing.id).toBe('quick')
    expect(listener.asked.filter(asked => asked.event.event.thing.id === 'slow')).toHaveLength(1)
    release()
    await eventually(() => listener.taken.length === 3)
  })

  it('that are never taken pause the listener, which shows why; resumed, it gets everything', async () => {
    const eventing = await start({ pauseAfter: 4 })
    listener.answer = () => 500
    await eventing.hub.register(context, thingApi, { callback: listener.url })
    await publish(eventing, { resourceId: '1' }, { resourceId: '2' })
    await eventually(async () => (await hubState())?.state === 'paused')
    const operations = eventing.operations({} as DeadLetters)
    const paused = await operations.listPaused({ limit: 10, offset: 0 })
    expect(paused).toMatchObject({ total: 1, items: [{ callback: listener.url, error: 'The listener answered 500', waiting: 2, api: '/tmf-api/thingManagement/v4', pausedAt: expect.any(Date) }] })
    const before = listener.asked.length
    await publish(eventing, { resourceId: '3' })
    await sleep(300)
    expect(listener.asked.length).toBe(before)
    listener.answer = () => 201
    await operations.resume(paused.items[0]!.id)
    await eventually(() => listener.taken.length === 3)
    expect(await hubState()).toMatchObject({ state: 'active', failures: 0, error: null })
    await expect(operations.resume(paused.items[0]!.id)).rejects.toMatchObject({ status: 404 })
  })

  it('that fail together count as one failure of the listener', async () => {
    const eventing = await start({ pauseAfter: 100, backoffMs: 5_000, maxBackoffMs: 5_000 })
    listener.answer = async () => {
      await sleep(50)
      return 500
    }
    await eventing.hub.register(context, thingApi, { callback: listener.url })
    await publish(eventing, ...Array.from({ length: 6 }, (_, i) => ({ resourceId: String(i) })))
    await eventually(() => listener.asked.length === 6)
    await sleep(200)
    expect(await hubState()).toMatchObject({ state: 'active', failures: 1 })
  })

  it('follow no redirect, and time out', async () => {
    const eventing = await start({ pauseAfter: 100 })
    let asked = 0
    listener.answer = async () => {
      asked += 1
      if (asked === 1) return 307
      if (asked === 2) await sleep(1_500)
      return 200
    }
    await eventing.hub.register(context, thingApi, { callback: listener.url })
    await publish(eventing, { resourceId: '1' })
    await eventually(async () => (await hubState())?.error === 'The listener answered 307')
    await eventually(async () => (await hubState())?.error === 'The listener did not answer in time')
    await eventually(() => listener.taken.length >= 1)
  })

  it('of a process that vanished come back when its lease runs out', async () => {
    const eventing = make()
    await eventing.hub.register(context, thingApi, { callback: listener.url })
    await insertEvent(database, { resourceId: '1' })
    await eventing.start({ worker: false })
    await eventually(async () => (await database.query('select 1 from hub_delivery')).length === 1)
    const before = Date.now()
    await database.query("update hub_delivery set lease_until = now() + interval '1 second', attempts = 1")
    await start()
    await eventually(() => listener.taken.length === 1)
    expect(Date.now() - before).toBeGreaterThan(800)
  })

  it('do not go to a private address, also when the name turned to one after it was registered', async () => {
    const strict = createOutbound([])
    const eventing = await start({ pauseAfter: 2 }, strict)
    await eventing.hub.register(context, thingApi, { callback: 'https://listener.example.com/events' })
    // What registration would refuse stands for a name that resolves differently by now.
    await database.query('update hub set callback = $1', [listener.url])
    await publish(eventing, { resourceId: '1' })
    await eventually(async () => (await hubState())?.state === 'paused')
    expect((await hubState())?.error).toMatch(/loopback|public/)
    expect(listener.asked).toEqual([])
    await strict.close()
  })

  it('end when the subscription does', async () => {
    const eventing = await start()
    const { id } = await eventing.hub.register(context, thingApi, { callback: listener.url })
    await publish(eventing, { resourceId: '1' })
    await eventually(() => listener.taken.length === 1)
    await eventing.hub.remove(context, thingApi, id)
    await publish(eventing, { resourceId: '2' })
    await sleep(300)
    expect(listener.asked).toHaveLength(1)
    expect(await database.query('select 1 from hub_delivery')).toEqual([])
  })
})

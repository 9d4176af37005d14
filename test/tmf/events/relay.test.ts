import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPositions, type Positions } from '../../../src/tmf/events/positions.ts'
import { createRelay, type Relay } from '../../../src/tmf/events/relay.ts'
import type { Reaction } from '../../../src/tmf/module.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { quickest } from '../../support/quickest.ts'
import { eventually, insertEvent, thing } from './things.ts'

const log = pino({ level: 'silent' })

describe('the relay', () => {
  let database: TestDatabase
  let positions: Positions
  const relays: Relay[] = []
  const children: ChildProcess[] = []

  beforeAll(async () => {
    database = await createDatabase({ connections: 10 })
  })
  beforeEach(async () => {
    await database.query('truncate event, event_reaction, hub, hub_delivery')
    positions = createPositions({ database, log })
    await positions.start()
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await positions.stop()
    await Promise.all(relays.splice(0).map(relay => relay.stop()))
  })
  afterAll(() => database.close())

  const relay = (reactions: Reaction[] = []): Relay => {
    const made = createRelay({ url: database.url, database, resources: [thing], reactions, log })
    relays.push(made)
    made.start()
    return made
  }
  const positioned = async (): Promise<string[]> => (await database.query<{ resource_id: string }>('select resource_id from event where position is not null order by position')).map(row => row.resource_id)

  it('gives an event its position within 50 ms of being woken', async () => {
    const one = relay()
    await eventually(() => one.isHolder())
    await insertEvent(database, { resourceId: 'warm' })
    one.wake()
    await eventually(async () => (await positioned()).length === 1)
    await sleep(100)
    let seen = 0
    positions.onPosition(() => (seen = performance.now()))
    const wait = async (turn: number): Promise<number> => {
      await insertEvent(database, { resourceId: `fast ${turn}` })
      seen = 0
      const before = performance.now()
      one.wake()
      await eventually(() => seen > 0)
      return seen - before
    }
    expect(await quickest(50, wait)).toBeLessThan(50)
  })

  it('is woken from a process that does not relay', async () => {
    const one = relay()
    await eventually(() => one.isHolder())
    const other = relay()
    await sleep(50)
    expect(other.isHolder()).toBe(false)
    await eventually(async () => (await positions.readAfter(0, { resources: ['thing'], limit: 1 })).length === 0)
    await sleep(200)
    const wait = async (turn: number): Promise<number> => {
      await insertEvent(database, { resourceId: String(turn) })
      const before = performance.now()
      other.wake()
      await eventually(async () => (await positioned()).length === turn + 1)
      return performance.now() - before
    }
    expect(await quickest(300, wait)).toBeLessThan(300)
  })

  it('finds an event that nobody woke it for', async () => {
    relay()
    await insertEvent(database, { resourceId: 'silent' })
    await eventually(async () => (await positioned()).length === 1, 3_000)
  })

  it('gives positions in the order of commits: who took its seq early and commits late comes later, and no follower misses it', async () => {
    const one = relay()
    const followed: string[] = []
    positions.follow({ resources: ['thing'], after: 0, handle: events => void followed.push(...events.map(event => event.resourceId)) })
    await eventually(() => one.isHolder())
    const slow = new pg.Client({ connectionString: database.url })
    await slow.connect()
    await slow.query('begin')
    await insertEvent({ query: async (text, values) => (await slow.query(text as string, values as unknown[])).rows }, { resourceId: 'early seq, late commit' })
    await insertEvent(database, { resourceId: 'first' })
    one.wake()
    await eventually(() => followed.length === 1)
    await insertEvent(database, { resourceId: 'second' })
    one.wake()
    await eventually(() => followed.length === 2)
    await slow.query('commit')
    await slow.end()
    one.wake()
    await eventually(() => followed.length === 3)
    expect(followed).toEqual(['first', 'second', 'early seq, late commit'])
    expect(await positioned()).toEqual(followed)
  })

  it('has one relay at a time, and another takes over when its process is killed', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'relay-process.ts'), database.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    await new Promise(resolve => child.stdout.once('data', resolve))
    const two = [relay(), relay()]
    await sleep(700)
    expect(two.some(one => one.isHolder())).toBe(false)
    let written = 0
    const write = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await insertEvent(database, { resourceId: String(++written) })
      two[0]!.wake()
    }
    await write(50)
    await eventually(async () => (await positioned()).length === 50)
    const writing = write(300)
    await sleep(30)
    child.kill('SIGKILL')
    await writing
    await eventually(async () => (await positioned()).length === 350)
    expect(two.filter(one => one.isHolder())).toHaveLength(1)
    expect(await positioned()).toEqual(Array.from({ length: 350 }, (_, i) => String(i + 1)))
    const [spread] = await database.query<{ last: string; distinct: string }>('select max(position) as last, count(distinct position) as distinct from event')
    expect(spread).toEqual({ last: '350', distinct: '350' })
  })

  it('carries on when its connection is cut', async () => {
    const one = relay()
    await eventually(() => one.isHolder())
    await database.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tandem relay' and datname = current_database()")
    await eventually(() => !one.isHolder())
    await eventually(() => one.isHolder())
    await insertEvent(database, { resourceId: 'after the cut' })
    one.wake()
    await eventually(async () => (await positioned()).length === 1)
  })

  it('leaves a row for each reaction to the event type, and none for others', async () => {
    const run = async (): Promise<void> => {}
    relay([
      { name: 'a.on-create', on: ['ThingCreateEvent'], run },
      { name: 'b.on-both', on: ['ThingCreateEvent', 'ThingDeleteEvent'], run },
      { name: 'c.on-other', on: ['OtherCreateEvent'], run },
    ])
    await insertEvent(database, { resourceId: '1' })
    await insertEvent(database, { resourceId: '1', eventType: 'ThingDeleteEvent', revision: 2 })
    await eventually(async () => (await positioned()).length === 2)
    const rows = await database.query('select reaction, position, resource_id, state from event_reaction order by position, reaction')
    expect(rows).toEqual([
      { reaction: 'a.on-create', position: '1', resource_id: '1', state: 'due' },
      { reaction: 'b.on-both', position: '1', resource_id: '1', state: 'due' },
      { reaction: 'b.on-both', position: '2', resource_id: '1', state: 'due' },
    ])
  })

  it('relays a backlog of ten thousand', async () => {
    await database.query(
      `insert into event (event_id, event_type, event_time, correlation_id, brand, resource, resource_id, revision, doc)
       select 'e' || n, 'ThingCreateEvent', now(), 'test', 'default', 'thing', n::text, 1, json_build_object('id', n::text, 'text', repeat('x', 1500)) from generate_series(1, 10000) n`,
    )
    const one = relay([{ name: 'a', on: ['ThingCreateEvent'], run: async () => {} }])
    one.wake()
    await eventually(async () => (await database.query('select 1 from event where position = 10000')).length === 1, 15_000)
  })
})

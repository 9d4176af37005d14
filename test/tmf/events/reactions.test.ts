import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Outbound } from '../../../src/platform/http/outbound.ts'
import type { DeadLetters } from '../../../src/platform/jobs/runner.ts'
import { createEventing, type Eventing } from '../../../src/tmf/events/eventing.ts'
import type { Reaction } from '../../../src/tmf/module.ts'
import type { Services } from '../../../src/tmf/services.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { quickest } from '../../support/quickest.ts'
import { callers, eventually, insertEvent, thing } from './things.ts'

const log = pino({ level: 'silent' })

describe('reactions', () => {
  let database: TestDatabase
  const running: Eventing[] = []
  const children: ChildProcess[] = []

  beforeAll(async () => {
    database = await createDatabase({ connections: 20 })
    await database.query('create table applied (seq bigint generated always as identity, reaction text, resource_id text, revision int, pid int)')
  })
  beforeEach(async () => {
    await database.query('truncate event, event_reaction, hub, hub_delivery, applied')
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await Promise.all(running.splice(0).map(eventing => eventing.stop(2_000)))
  })
  afterAll(() => database.close())

  const start = async (reactions: Reaction[], settings = {}): Promise<Eventing> => {
    // No listener is registered here, so nothing is sent.
    const outbound = {} as Outbound
    const eventing = createEventing({ databaseUrl: database.url, database, resources: [thing], reactions, outbound, callers, log, deps: () => ({ database, log }) as unknown as Services, reactionSettings: settings })
    running.push(eventing)
    await eventing.start({ worker: true })
    await eventually(() => running.some(one => one.isRelaying()))
    return eventing
  }
  const record: Reaction = {
    name: 'test.record',
    on: ['ThingCreateEvent'],
    run: async (event, { tx }) => {
      await tx.query('insert into applied (reaction, resource_id, revision, pid) values ($1, $2, $3, $4)', ['test.record', event.resourceId, event.revision, process.pid])
    },
  }
  const applied = () => database.query<{ resource_id: string; revision: number; pid: number }>('select resource_id, revision, pid from applied order by seq')
  const state = async (resourceId: string) => (await database.query<{ state: string; attempts: number; error: string | null }>('select state, attempts, error from event_reaction where resource_id = $1', [resourceId]))[0]

  it('see the event with its document, the brand, and the correlation id', async () => {
    let seen: unknown
    const eventing = await start([
      {
        name: 'test.see',
        on: ['ThingCreateEvent'],
        run: async (event, { context, tx, deps }) => {
          seen = { event, context, kind: tx.kind, hasDatabase: deps.database !== undefined }
        },
      },
    ])
    await insertEvent(database, { resourceId: 's', doc: { name: 'Stone' }, brand: 'other' })
    eventing.wakeRelay()
    await eventually(() => seen !== undefined)
    expect(seen).toMatchObject({
      event: { eventType: 'ThingCreateEvent', resource: 'thing', resourceId: 's', revision: 1, brand: 'other', correlationId: 'test', eventTime: expect.any(Date), doc: { id: 's', name: 'Stone' } },
      context: { brand: 'other', correlationId: 'test', principal: { kind: 'system' } },
      kind: 'transaction',
      hasDatabase: true,
    })
  })

  it('start within 100 ms of the commit', async () => {
    let at = 0
    const eventing = await start([{ name: 'test.clock', on: ['ThingCreateEvent'], run: async () => void (at = performance.now()) }])
    await insertEvent(database, { resourceId: 'warm' })
    eventing.wakeRelay()
    await eventually(() => at > 0)
    const wait = async (turn: number): Promise<number> => {
      await sleep(60)
      at = 0
      await insertEvent(database, { resourceId: `fast ${turn}` })
      const before = performance.now()
      eventing.wakeRelay()
      await eventually(() => at > 0)
      return at - before
    }
    expect(await quickest(100, wait)).toBeLessThan(100)
  })

  it('are applied in order per resource over two processes, each exactly once', async () => {
    await Promise.all([start([record]), start([record])])
    for (let revision = 1; revision <= 20; revision++) for (const id of ['a', 'b', 'c', 'd', 'e']) await insertEvent(database, { resourceId: id, revision })
    running[0]!.wakeRelay()
    await eventually(async () => (await applied()).length >= 100)
    await sleep(100)
    const rows = await applied()
    expect(rows).toHaveLength(100)
    for (const id of ['a', 'b', 'c', 'd', 'e']) expect(rows.filter(row => row.resource_id === id).map(row => row.revision)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  it('that fail take nothing of the others back, come again, and hold up only their own resource', async () => {
    let failures = 0
    const picky: Reaction = {
      ...record,
      run: async (event, work) => {
        await record.run(event, work)
        if (event.resourceId === 'bad' && event.revision === 1 && failures++ < 2) throw new Error('not yet')
      },
    }
    const eventing = await start([picky], { backoffMs: 50 })
    await insertEvent(database, { resourceId: 'good' })
    await insertEvent(database, { resourceId: 'bad' })
    await insertEvent(database, { resourceId: 'bad', revision: 2 })
    await insertEvent(database, { resourceId: 'better' })
    eventing.wakeRelay()
    await eventually(async () => (await applied()).length === 4)
    await sleep(100)
    const rows = await applied()
    expect(rows.map(row => `${row.resource_id} ${row.revision}`)).toEqual(['good 1', 'better 1', 'bad 1', 'bad 2'])
    expect(failures).toBe(3)
  })

  it('that fail in SQL do not spoil the transaction of the others', async () => {
    const broken: Reaction = {
      ...record,
      run: async (event, work) => {
        await record.run(event, work)
        if (event.resourceId === 'broken') await work.tx.query('select 1/0')
      },
    }
    const eventing = await start([broken], { attempts: 1 })
    await insertEvent(database, { resourceId: 'broken' })
    await insertEvent(database, { resourceId: 'whole' })
    eventing.wakeRelay()
    await eventually(async () => (await state('broken'))?.state === 'dead' && (await state('whole'))?.state === 'done')
    expect((await applied()).map(row => row.resource_id)).toEqual(['whole'])
  })

  it('whose attempts are used up are listed, and replayed exactly once', async () => {
    let isBroken = true
    const fragile: Reaction = {
      ...record,
      run: async (event, work) => {
        if (isBroken) throw new Error('the cupboard is bare')
        await record.run(event, work)
      },
    }
    const eventing = await start([fragile], { attempts: 2, backoffMs: 20 })
    await insertEvent(database, { resourceId: 'dead' })
    eventing.wakeRelay()
    await eventually(async () => (await state('dead'))?.state === 'dead')
    const operations = eventing.operations({} as DeadLetters)
    const { items, total } = await operations.listStuck({ limit: 10, offset: 0 })
    expect(total).toBe(1)
    expect(items[0]).toMatchObject({ kind: 'reaction', name: 'test.record', attempts: 2, error: 'Error: the cupboard is bare', data: { eventType: 'ThingCreateEvent', resource: 'thing', resourceId: 'dead' } })
    isBroken = false
    const replays = await Promise.allSettled([operations.replay(items[0]!.id), operations.replay(items[0]!.id)])
    expect(replays.map(replay => replay.status).sort()).toEqual(['fulfilled', 'rejected'])
    await eventually(async () => (await applied()).length === 1)
    expect(await operations.listStuck({ limit: 10, offset: 0 })).toEqual({ items: [], total: 0 })
  })

  it('run their wakes after the commit, and only where they succeeded', async () => {
    const woken: string[] = []
    const waking: Reaction = {
      ...record,
      run: async (event, { afterCommit }) => {
        afterCommit(async () => {
          // The record that it ran is committed by now.
          woken.push(`${event.resourceId} ${(await state(event.resourceId))?.state}`)
        })
        if (event.resourceId === 'fails') throw new Error('told to')
      },
    }
    const eventing = await start([waking], { attempts: 1 })
    await insertEvent(database, { resourceId: 'fails' })
    await insertEvent(database, { resourceId: 'works' })
    eventing.wakeRelay()
    await eventually(() => woken.length === 1)
    await sleep(50)
    expect(woken).toEqual(['works done'])
  })

  it('of a process that is killed between their writes and the record are applied once, by another', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'reaction-process.ts'), database.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    await new Promise(resolve => child.stdout.once('data', resolve))
    await insertEvent(database, { resourceId: 'between' })
    // The child has written and now waits before it returns.
    await new Promise(resolve => child.stdout.once('data', resolve))
    expect(await applied()).toEqual([])
    child.kill('SIGKILL')
    await start([record])
    await eventually(async () => (await applied()).length > 0)
    await sleep(200)
    expect(await applied()).toEqual([{ resource_id: 'between', revision: 1, pid: process.pid }])
    expect(await state('between')).toMatchObject({ state: 'done', attempts: 0 })
  })
})

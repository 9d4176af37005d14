import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { removeStale } from '../../../src/tmf/events/cleaner.ts'
import { createPositions, type Positions } from '../../../src/tmf/events/positions.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { eventually, insertEvent } from './things.ts'

const log = pino({ level: 'silent' })

describe('following positions', () => {
  let database: TestDatabase
  let positions: Positions
  let last = 0

  beforeAll(async () => {
    database = await createDatabase()
  })
  afterEach(() => positions.stop())
  afterAll(() => database.close())

  const place = async (resource: string, announce: boolean): Promise<number> => {
    const seq = await insertEvent(database, { resourceId: 'x', resource })
    last += 1
    await database.query('update event set position = $1 where seq = $2', [last, seq])
    if (announce) await database.query(`select pg_notify('tandem_position', '${last}')`)
    return last
  }

  it('hands over the events of the wanted resources, announced or not', async () => {
    positions = createPositions({ database, log })
    await positions.start()
    const seen: number[] = []
    const end = positions.follow({ resources: ['thing'], handle: events => void seen.push(...events.map(event => event.position)) })
    const first = await place('thing', true)
    await eventually(() => seen.length === 1, 500)
    await place('other', true)
    const third = await place('thing', false)
    await eventually(() => seen.length === 2, 3_000)
    expect(seen).toEqual([first, third])
    await eventually(() => positions.current() === third, 3_000)
    end()
    await place('thing', true)
    await sleep(100)
    expect(seen).toHaveLength(2)
  })

  it('hands a batch over again when its handler failed', async () => {
    positions = createPositions({ database, log })
    await positions.start()
    const seen: number[] = []
    let failures = 0
    positions.follow({
      resources: ['thing'],
      handle: events => {
        if (failures++ === 0) throw new Error('not now')
        seen.push(...events.map(event => event.position))
      },
    })
    const one = await place('thing', true)
    await eventually(() => seen.length === 1, 3_000)
    expect(seen).toEqual([one])
  })

  it('starts where it is told to', async () => {
    positions = createPositions({ database, log })
    await positions.start()
    const seen: number[] = []
    positions.follow({ resources: ['thing', 'other'], after: 1, handle: events => void seen.push(...events.map(event => event.position)) })
    await eventually(() => seen.length === last - 1)
    expect(seen).toEqual(Array.from({ length: last - 1 }, (_, i) => i + 2))
  })
})

describe('cleaning', () => {
  it('removes what was done more than a day ago, and nothing that is due, dead or fresh', async () => {
    const database = await createDatabase()
    try {
      const reaction = 'insert into event_reaction (event_seq, reaction, position, brand, resource, resource_id, state, done_at) values'
      await database.query(`${reaction} (1, 'r', 1, 'b', 't', 'old done', 'done', now() - interval '25 hours'), (2, 'r', 2, 'b', 't', 'fresh done', 'done', now()),
        (3, 'r', 3, 'b', 't', 'due', 'due', null), (4, 'r', 4, 'b', 't', 'dead', 'dead', null)`)
      await database.query("insert into hub (id, brand, api, principal, callback) values ('h', 'b', 'a', 'p', 'c')")
      await database.query(`insert into hub_delivery (hub_id, position, resource, resource_id, payload, state, done_at) values
        ('h', 1, 't', 'old', '{}', 'delivered', now() - interval '25 hours'), ('h', 2, 't', 'fresh', '{}', 'delivered', now()), ('h', 3, 't', 'due', '{}', 'due', null), ('gone', 4, 't', 'orphan', '{}', 'due', null)`)
      await database.query(`insert into idempotency_key (principal, brand, method, path, key, body_hash, status, resource, resource_id, revision, created_at) values
        ('p', 'b', 'POST', '/', 'old', 'h', 201, 't', '1', 1, now() - interval '25 hours'), ('p', 'b', 'POST', '/', 'fresh', 'h', 201, 't', '2', 1, now())`)
      expect(await removeStale(database)).toBe(4)
      expect((await database.query('select resource_id from event_reaction order by 1')).map(row => row['resource_id'])).toEqual(['dead', 'due', 'fresh done'])
      expect((await database.query('select resource_id from hub_delivery order by 1')).map(row => row['resource_id'])).toEqual(['due', 'fresh'])
      expect((await database.query('select key from idempotency_key')).map(row => row['key'])).toEqual(['fresh'])
    } finally {
      await database.close()
    }
  })
})

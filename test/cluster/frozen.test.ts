/** A process that neither works nor dies (its machine is paused, its container frozen) must not hold up the others. */
import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRelay, type Relay } from '../../src/tmf/events/relay.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { insertEvent, thing } from '../tmf/events/things.ts'

let database: TestDatabase
let frozen: ChildProcess | undefined
let relay: Relay

const positions = async (): Promise<(string | null)[]> => (await database.query<{ position: string | null }>('select position from event order by position nulls last')).map(row => row.position)

beforeAll(async () => {
  database = await createDatabase({ resources: [thing] })
})
afterAll(async () => {
  frozen?.kill('SIGKILL')
  await relay.stop()
  await database.close()
})

it('events get their positions from another process soon after the one that gave them froze, and from one only when it thaws', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, '../tmf/events/relay-process.ts'), database.url], { stdio: ['ignore', 'pipe', 'inherit'] })
  frozen = child
  await new Promise(resolve => child.stdout.once('data', resolve))
  relay = createRelay({ url: database.url, database, resources: [thing], reactions: [], log: pino({ level: 'silent' }) })
  relay.start()
  await insertEvent(database, { resourceId: 'before' })
  relay.wake()
  await expect.poll(positions, { timeout: 5_000 }).toEqual(['1'])

  child.kill('SIGSTOP')
  await insertEvent(database, { resourceId: 'meanwhile' })
  await expect.poll(positions, { timeout: 20_000 }).toEqual(['1', '2'])
  expect(relay.isHolder()).toBe(true)

  child.kill('SIGCONT')
  for (let i = 0; i < 20; i++) await insertEvent(database, { resourceId: `after ${i}` })
  relay.wake()
  await expect.poll(positions, { timeout: 5_000 }).toEqual(Array.from({ length: 22 }, (_, i) => String(i + 1)))
  expect(relay.isHolder()).toBe(true)
}, 60_000)

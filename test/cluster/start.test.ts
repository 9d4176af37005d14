/** What two processes that start side by side wait for: each other, however long it takes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { underSeedLock } from '../../src/demo/seed.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase({ statementTimeoutMs: 200 })
})
afterAll(() => database.close())

it('the sample of one process is waited for longer than any statement may take', async () => {
  const order: string[] = []
  const first = underSeedLock({ database }, async () => {
    order.push('first')
    await sleep(800)
    order.push('first is done')
  })
  await expect.poll(() => order).toEqual(['first'])
  await underSeedLock({ database }, async () => void order.push('second'))
  await first
  expect(order).toEqual(['first', 'first is done', 'second'])
})

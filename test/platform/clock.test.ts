import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { addDuration, createClock, type SharedClock } from '../../src/platform/clock.ts'
import { clockRoutes } from '../../src/platform/clock-routes.ts'
import { installBodyParser } from '../../src/platform/http/body.ts'
import { installContext } from '../../src/platform/http/context.ts'
import { installErrorHandlers } from '../../src/platform/http/errors.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const DAY = 86_400_000

describe('durations', () => {
  it.each([
    ['2026-01-31T10:00:00.000Z', 'P1M', '2026-02-28T10:00:00.000Z'],
    ['2024-02-29T00:00:00.000Z', 'P1Y', '2025-02-28T00:00:00.000Z'],
    ['2026-11-30T00:00:00.000Z', 'P1Y2M3W4DT5H6M7.5S', '2028-02-24T05:06:07.500Z'],
    ['2026-01-01T00:00:00.000Z', 'PT90M', '2026-01-01T01:30:00.000Z'],
  ])('%s + %s', (from, duration, expected) => {
    expect(addDuration(new Date(from), duration)?.toISOString()).toBe(expected)
  })

  it.each(['', 'P', 'PT', 'P1H', '1D', 'P-1D', 'P1.5D', 'P999999999999999999Y'])('%j is none', duration => {
    expect(addDuration(new Date(0), duration)).toBeUndefined()
  })
})

describe('the shared clock', () => {
  let database: TestDatabase
  let clocks: SharedClock[] = []
  const make = async (movable = true, pollMs = 60_000): Promise<SharedClock> => {
    const clock = await createClock(database, { movable, pollMs })
    clocks.push(clock)
    return clock
  }
  beforeAll(async () => { database = await createDatabase() })
  beforeEach(async () => { await database.query('delete from clock_setting') })
  afterEach(async () => {
    for (const clock of clocks) await clock.close()
    clocks = []
  })
  afterAll(async () => { await database.close() })

  it('is real time until it is moved', async () => {
    const clock = await make()
    const before = Date.now()
    const now = clock.now().getTime()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  it('moves all processes and tells their subscribers', async () => {
    const [one, two] = [await make(), await make()]
    const heard: Date[] = []
    two.onMove(now => heard.push(now))
    const moved = await one.move({ byMs: 365 * DAY })
    expect(Math.abs(moved.getTime() - Date.now() - 365 * DAY)).toBeLessThan(1000)
    await vi.waitFor(() => { expect(heard).toHaveLength(1) })
    expect(two.offsetMs).toBe(one.offsetMs)
    expect((await make()).offsetMs).toBe(one.offsetMs)
  })

  it('is followed by the poll when a notification is missed', async () => {
    const clock = await make(true, 30)
    await database.query('insert into clock_setting (id, offset_ms) values (1, 5000)')
    await vi.waitFor(() => { expect(clock.offsetMs).toBe(5000) })
  })

  it('adds up moves that are made at once', async () => {
    const [one, two] = [await make(), await make()]
    await Promise.all([one, two, one, two].map(clock => clock.move({ byMs: DAY })))
    await vi.waitFor(() => { expect([one.offsetMs, two.offsetMs]).toEqual([4 * DAY, 4 * DAY]) })
  })

  it('moves to an instant, but never back and not past its bounds', async () => {
    const clock = await make()
    const target = new Date(Date.now() + 30 * DAY)
    expect(Math.abs((await clock.move({ to: target })).getTime() - target.getTime())).toBeLessThan(1000)
    await expect(clock.move({ to: new Date() })).rejects.toMatchObject({ status: 409, code: 'clockBackward' })
    await expect(clock.move({ byMs: -1 })).rejects.toMatchObject({ status: 409 })
    await expect(clock.move({ byMs: 300 * 366 * DAY })).rejects.toMatchObject({ status: 400 })
    await expect(clock.move({ to: new Date(Number.NaN) })).rejects.toMatchObject({ status: 400 })
  })

  it('cannot be moved in production', async () => {
    const clock = await make(false)
    await expect(clock.move({ byMs: 1000 })).rejects.toMatchObject({ status: 403, code: 'clockFixed' })
    expect(clock.offsetMs).toBe(0)
  })

  describe('over HTTP', () => {
    let app: FastifyInstance
    const build = async (permissions = ['*:*'], brands = ['*']): Promise<SharedClock> => {
      const clock = await make()
      app = Fastify({ ajv: { customOptions: { removeAdditional: false } } })
      installErrorHandlers(app)
      installContext(app, () => ({ id: 'k', kind: 'key', brands, permissions }))
      installBodyParser(app)
      clockRoutes(clock)(app)
      return clock
    }
    const post = (payload: object) => app.inject({ method: 'POST', url: '/tandem/v1/clock', payload })
    afterEach(async () => { await app.close() })

    it('is read and advanced by a calendar month', async () => {
      const clock = await build()
      const before = (await app.inject('/tandem/v1/clock')).json<{ now: string; offsetMs: number; movable: boolean }>()
      expect(before).toMatchObject({ offsetMs: 0, movable: true })
      const answer = await post({ advance: 'P1M' })
      expect(answer.statusCode).toBe(200)
      expect(Math.abs(Date.parse(answer.json<{ now: string }>().now) - (addDuration(new Date(before.now), 'P1M') as Date).getTime())).toBeLessThan(2000)
      expect(clock.offsetMs).toBeGreaterThan(27 * DAY)
    })

    it.each([{}, { advance: 'P1D', to: '2030-01-01T00:00:00Z' }, { advance: 'tomorrow' }, { to: '2030' }, { advance: 'P1D', extra: 1 }])('refuses %j', async payload => {
      await build()
      expect((await post(payload)).statusCode).toBe(400)
    })

    it('is moved by those who act for all brands', async () => {
      await build(['*:*'], ['default'])
      expect((await app.inject('/tandem/v1/clock')).statusCode).toBe(200)
      expect((await post({ advance: 'P1D' })).statusCode).toBe(403)
    })

    it('needs the permission operations', async () => {
      await build(['operations:read'])
      expect((await app.inject('/tandem/v1/clock')).statusCode).toBe(200)
      expect((await post({ advance: 'P1D' })).statusCode).toBe(403)
    })
  })
})

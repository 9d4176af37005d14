/** What jobs promise, whatever holds their queues: run against each backend with a real server. */
import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JobBackendSettings } from '../../../src/platform/jobs/backend.ts'
import type { Job } from '../../../src/platform/jobs/job.ts'
import { createJobRunner, type JobRunner } from '../../../src/platform/jobs/runner.ts'
import { FAILURES_TABLE, RUNS_TABLE, WORK_TABLE, deserted, failing, faltering, plain, ticking, working, type JobDeps } from './contract-jobs.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { quickest } from '../../support/quickest.ts'
import { startOwnRedis, type OwnRedis } from './redis-server.ts'

const log = pino({ level: 'silent' })

export const describeJobs = (kind: JobBackendSettings['kind']): void => {
  describe(`jobs on ${kind}`, () => {
    let database: TestDatabase
    let redis: OwnRedis | undefined
    let backend: JobBackendSettings
    const runners: JobRunner[] = []
    const children: ChildProcess[] = []

    beforeAll(async () => {
      database = await createDatabase()
      await database.query(RUNS_TABLE)
      await database.query(FAILURES_TABLE)
      await database.query(WORK_TABLE)
      if (kind === 'redis') redis = await startOwnRedis()
      backend = redis ? { kind: 'redis', url: redis.url } : { kind: 'postgres', connectionString: database.url }
    })
    afterEach(async () => {
      for (const child of children.splice(0)) child.kill('SIGKILL')
      await Promise.all(runners.splice(0).map(runner => runner.stop()))
      await database.query('truncate test_run, test_failures, test_work, dead_job')
      await emptyQueue()
    })
    afterAll(async () => {
      await database.close()
      await redis?.kill()
    })

    const runner = (jobs: Job<any, JobDeps>[]): JobRunner => {
      const made = createJobRunner({ jobs, backend, database, log, deps: () => ({ database }) })
      runners.push(made)
      return made
    }
    const emptyQueue = async (): Promise<void> => {
      if (redis) await redis.flush()
      else {
        const [made] = await database.query<{ there: boolean }>("select to_regclass('bullmq.job') is not null as there")
        if (made?.there) await database.query('delete from bullmq.job; delete from bullmq.scheduler; delete from bullmq.meta')
      }
    }
    const runs = (mark: string, phase = 'start') =>
      database.query<{ pid: number; at: Date }>('select pid, at from test_run where mark = $1 and phase = $2 order by seq', [mark, phase])
    const eventually = async (what: () => Promise<boolean>, ms = 10_000): Promise<void> => {
      const deadline = Date.now() + ms
      while (!(await what())) {
        if (Date.now() > deadline) throw new Error(`Not within ${ms} ms: ${String(what)}`)
        await sleep(20)
      }
    }
    const startChild = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'worker-process.ts'), database.url, JSON.stringify(backend)], { stdio: ['ignore', 'pipe', 'inherit'] })
      children.push(child)
      await new Promise((resolve, reject) => {
        child.stdout!.once('data', resolve)
        child.once('exit', code => reject(new Error(`The worker ended with ${code}`)))
      })
      return child
    }

    it('runs a job once', async () => {
      const one = runner([plain])
      await one.start()
      await one.enqueue(plain, { mark: 'once' })
      await eventually(async () => (await runs('once', 'end')).length === 1)
      await sleep(300)
      expect(await runs('once')).toHaveLength(1)
    })

    it('starts a job within 100 ms on an idle queue', async () => {
      const one = runner([plain])
      await one.start()
      await one.enqueue(plain, { mark: 'warm' })
      await eventually(async () => (await runs('warm', 'end')).length === 1)
      await sleep(200)
      const wait = async (turn: number): Promise<number> => {
        const before = Date.now()
        await one.enqueue(plain, { mark: `fast ${turn}` })
        await eventually(async () => (await runs(`fast ${turn}`, 'end')).length === 1)
        return (await runs(`fast ${turn}`))[0]!.at.getTime() - before
      }
      expect(await quickest(100, wait)).toBeLessThan(100)
    })

    it('refuses data that breaks the schema, where it is enqueued', async () => {
      const one = runner([plain])
      await expect(one.enqueue(plain, { mark: 5 } as never)).rejects.toThrow(/mark must be string/)
    })

    it('runs a job again after growing pauses until it succeeds', async () => {
      const one = runner([failing])
      await database.query("insert into test_failures values ('twice', 2)")
      await one.start()
      await one.enqueue(failing, { mark: 'twice' })
      await eventually(async () => (await runs('twice', 'end')).length === 1)
      const starts = (await runs('twice')).map(run => run.at.getTime())
      expect(starts).toHaveLength(3)
      expect(starts[1]! - starts[0]!).toBeGreaterThanOrEqual(50)
      expect(starts[2]! - starts[1]!).toBeGreaterThanOrEqual(100)
      expect(await one.deadLetters.count()).toBe(0)
    })

    it('gives no job up because the database was away', async () => {
      const one = runner([deserted])
      await one.start()
      await one.enqueue(deserted, { mark: 'alone' })
      await eventually(async () => (await runs('alone', 'end')).length === 1, 15_000)
      expect(await runs('alone')).toHaveLength(4)
      expect(await one.deadLetters.count()).toBe(0)
    })

    it('lists an exhausted job as a dead letter that outlives the queue and is replayed exactly once', async () => {
      const one = runner([failing])
      await database.query("insert into test_failures values ('dead', 3)")
      await one.start()
      await one.enqueue(failing, { mark: 'dead' })
      await eventually(async () => (await one.deadLetters.count()) === 1)
      await emptyQueue()
      const [letter] = await one.deadLetters.list({ limit: 10, offset: 0 })
      expect(letter).toMatchObject({ name: 'contract.failing', data: { mark: 'dead' }, attempts: 3 })
      expect(letter!.error).toContain('told to fail')
      const replays = await Promise.allSettled([one.deadLetters.replay(letter!.id), one.deadLetters.replay(letter!.id)])
      expect(replays.map(replay => replay.status).sort()).toEqual(['fulfilled', 'rejected'])
      await eventually(async () => (await runs('dead', 'end')).length === 1)
      await sleep(200)
      expect(await runs('dead')).toHaveLength(4)
      expect(await one.deadLetters.count()).toBe(0)
      await expect(one.deadLetters.replay(letter!.id)).rejects.toMatchObject({ status: 404 })
    })

    it('discards a dead letter', async () => {
      const one = runner([failing])
      await database.query("insert into test_failures values ('gone', 99)")
      await one.start()
      await one.enqueue(failing, { mark: 'gone' })
      await eventually(async () => (await one.deadLetters.count()) === 1)
      const [letter] = await one.deadLetters.list({ limit: 10, offset: 0 })
      await one.deadLetters.discard(letter!.id)
      expect(await one.deadLetters.count()).toBe(0)
      await expect(one.deadLetters.discard(letter!.id)).rejects.toMatchObject({ status: 404 })
    })

    it('waits as long as it is told to', async () => {
      const one = runner([plain])
      await one.start()
      const before = Date.now()
      await one.enqueue(plain, { mark: 'later' }, { delayMs: 700 })
      await eventually(async () => (await runs('later')).length === 1)
      const waited = (await runs('later'))[0]!.at.getTime() - before
      expect(waited).toBeGreaterThanOrEqual(690)
      expect(waited).toBeLessThan(5_000)
    })

    it('adds no second job with an id while the first waits or runs, and one afterwards', async () => {
      const one = runner([plain])
      await one.enqueue(plain, { mark: 'same', ms: 300 }, { id: 'a' })
      await one.enqueue(plain, { mark: 'same', ms: 300 }, { id: 'a' })
      await one.start()
      await eventually(async () => (await runs('same')).length === 1)
      await one.enqueue(plain, { mark: 'same', ms: 300 }, { id: 'a' })
      await eventually(async () => (await runs('same', 'end')).length === 1)
      await sleep(300)
      expect(await runs('same')).toHaveLength(1)
      await one.enqueue(plain, { mark: 'same' }, { id: 'a' })
      await eventually(async () => (await runs('same', 'end')).length === 2)
    })

    it('runs as many at once as the job allows, and not more', async () => {
      const one = runner([plain])
      for (let i = 0; i < 8; i++) await one.enqueue(plain, { mark: 'many', ms: 250 })
      await one.start()
      await eventually(async () => (await runs('many', 'end')).length === 8)
      const rows = await database.query<{ phase: string }>("select phase from test_run where mark = 'many' order by seq")
      let running = 0
      let most = 0
      for (const { phase } of rows) most = Math.max(most, (running += phase === 'start' ? 1 : -1))
      expect(most).toBe(4)
    })

    it('runs scheduled work once per interval over two runners', async () => {
      const two = [runner([ticking]), runner([ticking])]
      await Promise.all(two.map(one => one.start()))
      await eventually(async () => (await runs('tick')).length >= 10)
      const ticks = (await runs('tick')).map(run => run.at.getTime())
      // Nine intervals, less what the first was late by; two runners that each kept their own time would need half of them.
      expect(ticks[9]! - ticks[0]!).toBeGreaterThan(6 * 400)
    })

    it('lists scheduled work as a dead letter while it fails, and no longer once it succeeds', async () => {
      const one = runner([faltering])
      await database.query("insert into test_failures values ('falter', 2)")
      await one.start()
      await eventually(async () => (await one.deadLetters.count()) === 1)
      expect(await one.deadLetters.list({ limit: 10, offset: 0 })).toMatchObject([{ id: 'every:contract.faltering', name: 'contract.faltering' }])
      await eventually(async () => (await runs('falter', 'end')).length > 0 && (await one.deadLetters.count()) === 0)
    })

    it('keeps scheduled work going when the queue is emptied', async () => {
      const one = runner([ticking])
      await one.start()
      await eventually(async () => (await runs('tick')).length >= 2)
      await emptyQueue()
      const before = (await runs('tick')).length
      await eventually(async () => (await runs('tick')).length >= before + 3, 12_000)
    })

    it('gives a killed process its jobs back to another one', async () => {
      const child = await startChild()
      const one = runner([plain, working])
      await one.enqueue(plain, { mark: 'killed', ms: 60_000 })
      await eventually(async () => (await runs('killed')).length === 1)
      child.kill('SIGKILL')
      const killedAt = Date.now()
      await one.start()
      await eventually(async () => (await runs('killed')).length === 2)
      expect(Date.now() - killedAt).toBeLessThan(9_000)
      expect((await runs('killed'))[1]!.pid).toBe(process.pid)
      // The second run would take a minute: the runner's stop does not wait for it beyond its deadline.
      const stopping = Date.now()
      await one.stop(500)
      expect(Date.now() - stopping).toBeLessThan(1_500)
    }, 20_000)

    it('loses no row when the queue is emptied and the worker killed under way', async () => {
      const one = runner([working])
      await database.query("insert into test_work (id) select 'w' || n from generate_series(1, 60) n")
      const enqueueDue = async (): Promise<void> => {
        for (const row of await database.query<{ id: string }>("select id from test_work where state = 'due'")) await one.enqueue(working, { mark: row.id, ms: 40 }, { id: row.id })
      }
      const done = async (): Promise<number> => Number((await database.query<{ n: string }>("select count(*) as n from test_work where state = 'done'"))[0]!.n)
      let child = await startChild()
      await enqueueDue()
      await eventually(async () => (await done()) >= 10)
      await emptyQueue()
      child.kill('SIGKILL')
      child = await startChild()
      const left = 60 - (await done())
      expect(left).toBeGreaterThan(0)
      await enqueueDue()
      await eventually(async () => (await done()) === 60, 15_000)
      const [{ most } = { most: 0 }] = await database.query<{ most: number }>('select max(runs) as most from test_work')
      expect(most).toBe(1)
    }, 30_000)

    it('finishes what is in hand when it is told to stop', async () => {
      const child = await startChild()
      const one = runner([plain])
      await one.enqueue(plain, { mark: 'in hand', ms: 800 })
      await eventually(async () => (await runs('in hand')).length === 1)
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGTERM')
      expect(await gone).toBe(0)
      expect(await runs('in hand', 'end')).toHaveLength(1)
    }, 15_000)

    // PostgreSQL holds rows and queue, which are away together.
    if (kind === 'postgres') return

    it('writes down a wake-up that the queue did not take, and carries on when it is back', async () => {
      const one = runner([plain])
      await one.start()
      await one.enqueue(plain, { mark: 'before' })
      await eventually(async () => (await runs('before', 'end')).length === 1)
      await redis!.kill()
      await sleep(100)
      const before = Date.now()
      await one.enqueue(plain, { mark: 'lost' })
      expect(Date.now() - before).toBeLessThan(2_500)
      expect(one.counts().enqueueFailed).toBe(1)
      await redis!.start()
      await sleep(2_500)
      await one.enqueue(plain, { mark: 'after' })
      await eventually(async () => (await runs('after', 'end')).length === 1, 12_000)
    }, 30_000)

    it('starts without its queue and works when that appears', async () => {
      await redis!.kill()
      const one = runner([plain, ticking])
      await one.start()
      await redis!.start()
      await sleep(2_500)
      await one.enqueue(plain, { mark: 'appeared' })
      await eventually(async () => (await runs('appeared', 'end')).length === 1, 12_000)
      await eventually(async () => (await runs('tick')).length >= 1, 12_000)
    }, 40_000)
  })
}

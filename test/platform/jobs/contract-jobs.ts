/** The jobs of the contract tests. What they did is written to a table, so that a process that was killed cannot lie about it. */
import { Type } from 'typebox'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../../src/platform/database/database.ts'
import type { Database } from '../../../src/platform/database/sql.ts'
import type { Job } from '../../../src/platform/jobs/job.ts'

export interface JobDeps {
  database: Database
}

export const RUNS_TABLE = `create table if not exists test_run (seq bigint generated always as identity, job text, mark text, pid int, phase text, at timestamptz default clock_timestamp())`

const record = (database: Database, job: string, mark: string, phase: string): Promise<unknown> =>
  database.query('insert into test_run (job, mark, pid, phase) values ($1, $2, $3, $4)', [job, mark, process.pid, phase])

const Marked = Type.Object({ mark: Type.String(), ms: Type.Optional(Type.Number()) }, { additionalProperties: false })

const define = (job: Job<typeof Marked, JobDeps>): Job<typeof Marked, JobDeps> => job

/** Starts, waits `ms`, ends. */
export const plain = define({
  name: 'contract.plain',
  schema: Marked,
  retry: { attempts: 3, backoffMs: 50 },
  concurrency: 4,
  run: async ({ mark, ms }, { database }) => {
    await record(database, 'plain', mark, 'start')
    await sleep(ms ?? 0)
    await record(database, 'plain', mark, 'end')
  },
})

/** Fails as often as its row in test_failures says. */
export const failing = define({
  name: 'contract.failing',
  schema: Marked,
  retry: { attempts: 3, backoffMs: 100 },
  concurrency: 2,
  run: async ({ mark }, { database }) => {
    await record(database, 'failing', mark, 'start')
    const [row] = await database.query<{ left: number }>('update test_failures set left_over = left_over - 1 where mark = $1 and left_over > 0 returning left_over as left', [mark])
    if (row) throw new Error(`told to fail, ${row.left} more to come`)
    await record(database, 'failing', mark, 'end')
  },
})

export const FAILURES_TABLE = 'create table if not exists test_failures (mark text primary key, left_over int)'

/** Finds no database at its first three runs. */
export const deserted = define({
  name: 'contract.deserted',
  schema: Marked,
  retry: { attempts: 2, backoffMs: 50 },
  concurrency: 1,
  run: async ({ mark }, { database }) => {
    await record(database, 'deserted', mark, 'start')
    const [row] = await database.query<{ runs: number }>("select count(*)::int as runs from test_run where mark = $1 and phase = 'start'", [mark])
    if (row!.runs <= 3) {
      const nowhere = openDatabase({ url: 'postgresql://nobody:x@127.0.0.1:9/nothing' })
      try {
        await nowhere.transaction(tx => tx.query('select 1'))
      } finally {
        await nowhere.close()
      }
    }
    await record(database, 'deserted', mark, 'end')
  },
})

/** Runs by itself every 400 ms. */
export const ticking = define({
  name: 'contract.ticking',
  schema: Marked,
  retry: { attempts: 1, backoffMs: 100 },
  concurrency: 1,
  every: { intervalMs: 400, data: { mark: 'tick' } },
  run: async ({ mark }, { database }) => {
    await record(database, 'ticking', mark, 'start')
  },
})

/** Runs by itself every 400 ms, and fails as often as its row in test_failures says. */
export const faltering = define({
  name: 'contract.faltering',
  schema: Marked,
  retry: { attempts: 1, backoffMs: 100 },
  concurrency: 1,
  every: { intervalMs: 400, data: { mark: 'falter' } },
  run: async (data, deps) => await failing.run(data, deps),
})

/** A row that somebody works on; the sweeper enqueues what nobody does, as every module does it. */
export const WORK_TABLE = 'create table if not exists test_work (id text primary key, state text not null default \'due\', runs int not null default 0)'

export const working = define({
  name: 'contract.working',
  schema: Marked,
  retry: { attempts: 5, backoffMs: 50 },
  concurrency: 4,
  run: async ({ mark, ms }, { database }) => {
    await sleep(ms ?? 0)
    await database.query("update test_work set state = 'done', runs = runs + 1 where id = $1 and state = 'due'", [mark])
  },
})

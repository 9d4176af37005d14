/** What the database itself must say after processes shared it: one migration, one sample, positions without gaps and in the order of commits. */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { readMigrations } from '../../src/platform/database/migrate.ts'
import { sampleRecords } from '../../src/demo/data/index.ts'
import type { PlacedOrder } from './orders.ts'

const expectNone = (rows: readonly unknown[], what: string): void => {
  if (rows.length > 0) throw new Error(`${what}: ${JSON.stringify(rows.slice(0, 5))}`)
}

/** Each migration was applied once, and each record of the sample was made once, whoever of the processes came first. */
export async function verifyStart(sql: pg.Pool): Promise<{ migrations: number; records: number }> {
  const { rows: applied } = await sql.query<{ migration_name: string }>('select migration_name from _prisma_migrations order by 1')
  const names = readMigrations().map(migration => migration.name)
  if (JSON.stringify(applied.map(row => row.migration_name)) !== JSON.stringify(names)) throw new Error(`Applied were ${JSON.stringify(applied)}, not ${JSON.stringify(names)}`)
  const { rows: twice } = await sql.query("select resource, resource_id, count(*) from event where event_type like '%CreateEvent' group by brand, resource, resource_id having count(*) > 1")
  expectNone(twice, 'made twice')
  const { rows: made } = await sql.query<{ key: string }>("select resource || ' ' || brand || ' ' || resource_id as key from event where event_type like '%CreateEvent'")
  const keys = new Set(made.map(row => row.key))
  expectNone(sampleRecords.filter(record => !keys.has(`${record.resource} ${record.brand} ${record.id}`)).map(record => record.id), 'missing of the sample')
  return { migrations: applied.length, records: sampleRecords.length }
}

export interface PositionWatch {
  /** Ends the watch; throws when a position was skipped or came late. Answers the last position seen. */
  end: () => Promise<number>
}

/** Reads positions as a stream does, each once and from where the last read ended: none may be missing, and none may appear behind. */
export function watchPositions(sql: pg.Pool): PositionWatch {
  let isEnding = false
  let last = 0
  const watch = async (): Promise<void> => {
    for (;;) {
      const wasEnding = isEnding
      const { rows } = await sql.query<{ position: string }>('select position from event where position > $1 order by position', [last])
      for (const { position } of rows) {
        if (Number(position) !== last + 1) throw new Error(`After position ${last} a reader saw ${position}`)
        last++
      }
      if (wasEnding) return
      await sleep(20)
    }
  }
  const watching = watch()
  // Looked at when the watch ends.
  watching.catch(() => undefined)
  return {
    end: async () => {
      isEnding = true
      await watching
      return last
    },
  }
}

/** Waits until the events have gone where they go: positions, reactions, listeners. */
export async function waitForEvents(sql: pg.Pool, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1000
  for (;;) {
    const { rows } = await sql.query<Record<string, number>>(
      `select (select count(*)::int from event where position is null) as events, (select count(*)::int from event_reaction where state <> 'done') as reactions,
         (select count(*)::int from hub_delivery where state = 'due') as deliveries`,
    )
    if (Object.values(rows[0]!).every(waiting => waiting === 0)) return
    if (Date.now() > until) throw new Error(`After ${seconds} s there wait ${JSON.stringify(rows[0])}`)
    await sleep(200)
  }
}

/** Positions have no gap; each resource's revisions follow each other; what was answered before the next request was sent comes before it. */
export async function verifyOrder(sql: pg.Pool, placed: readonly PlacedOrder[]): Promise<number> {
  const { rows } = await sql.query<{ events: number; last: string; unplaced: number }>('select count(*)::int as events, max(position) as last, count(*) filter (where position is null)::int as unplaced from event')
  const { events, last, unplaced } = rows[0]!
  if (unplaced > 0 || Number(last) !== events) throw new Error(`${events} events have positions up to ${last}, ${unplaced} have none`)
  const { rows: disordered } = await sql.query(
    `select * from (select resource, resource_id, revision, position, lag(revision) over (partition by brand, resource, resource_id order by position) as before from event) e where revision <= before`,
  )
  expectNone(disordered, 'revisions not in the order of positions')
  const { rows: created } = await sql.query<{ resource_id: string; position: string }>("select resource_id, position from event where event_type in ('IndividualCreateEvent', 'CustomerCreateEvent', 'ProductOrderCreateEvent')")
  const positions = new Map(created.map(row => [row.resource_id, Number(row.position)]))
  for (const { number, individualId, customerId, orderId } of placed) {
    const steps = [individualId, customerId, orderId].map(id => positions.get(id) ?? Number.NaN)
    if (!(steps[0]! < steps[1]! && steps[1]! < steps[2]!)) throw new Error(`Person, customer and order ${number} were made one after the other and have positions ${steps.join(', ')}`)
  }
  return events
}

/** Each account was billed once for each cycle, and each brand's date had one run, whoever's schedule began it. */
export async function verifyRuns(sql: pg.Pool): Promise<number> {
  // The last bill is there a moment before its run is closed.
  for (let i = 0; i < 150 && (await sql.query("select 1 from bill_run where state <> 'done'")).rows.length > 0; i++) await sleep(100)
  const { rows: repeated } = await sql.query('select brand, cycle_date, count(*)::int as runs from bill_run group by 1, 2 having count(*) > 1')
  expectNone(repeated, 'more than one bill run for a date')
  const { rows: twice } = await sql.query('select brand, account_id, cycle_date, count(*)::int as bills from bill where cycle_date is not null group by 1, 2, 3 having count(*) > 1')
  expectNone(twice, 'billed twice')
  const { rows } = await sql.query<{ runs: number; open: number; failed: number }>(
    `select (select count(*)::int from bill_run) as runs, (select count(*)::int from bill_run where state <> 'done') as open, (select count(*)::int from bill_run_account where state = 'failed') as failed`,
  )
  const { runs, open, failed } = rows[0]!
  if (open > 0 || failed > 0) throw new Error(`${open} bill runs are not done, ${failed} accounts were put aside`)
  return runs
}

/** Nothing was given up: no job, no reaction, no listener. */
export async function verifyNothingGivenUp(sql: pg.Pool): Promise<void> {
  const { rows: jobs } = await sql.query('select name, error from dead_job')
  expectNone(jobs, 'jobs given up')
  const { rows: paused } = await sql.query("select callback, error from hub where state <> 'active'")
  expectNone(paused, 'listeners paused')
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../../src/platform/database/database.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
const uncaught: unknown[] = []
const onUncaught = (error: unknown): void => void uncaught.push(error)

beforeAll(async () => {
  database = await createDatabase()
  await database.query('create table counter (id int primary key, value int not null)')
  await database.query('insert into counter values (1, 0), (2, 0)')
  process.on('uncaughtException', onUncaught)
})
afterAll(async () => {
  process.removeListener('uncaughtException', onUncaught)
  await database.close()
})

describe('statements', () => {
  it('answers what JavaScript cannot carry as text, and documents unparsed', async () => {
    const [row] = await database.query(`select 9007199254740993::int8 as big, 0.10::numeric as exact, '{"b": 1,  "a": 2}'::json as doc,
      '{"b": 1}'::jsonb as parsed, date '2024-02-29' as day, array[1.10]::numeric[] as list, timestamptz '2024-01-01T00:00:00Z' as instant`)
    expect(row).toEqual({ big: '9007199254740993', exact: '0.10', doc: '{"b": 1,  "a": 2}', parsed: { b: 1 }, day: '2024-02-29', list: ['1.10'], instant: new Date('2024-01-01T00:00:00Z') })
  })

  it('prepares a named statement once per connection', async () => {
    await database.transaction(async tx => {
      await tx.query({ name: 'named-probe', text: 'select $1::int as n' }, [1])
      await tx.query({ name: 'named-probe', text: 'select $1::int as n' }, [2])
      expect(await tx.query(`select name from pg_prepared_statements where name = 'named-probe'`)).toEqual([{ name: 'named-probe' }])
    })
  })
})

describe('names of statements', () => {
  it('may be longer than PostgreSQL keeps them, without one running the other', async () => {
    const name = 'n'.repeat(70)
    await database.transaction(async tx => {
      expect(await tx.query({ name: `${name}a`, text: 'select 1 as n' }, [])).toEqual([{ n: 1 }])
      expect(await tx.query({ name: `${name}b`, text: 'select 2 as n' }, [])).toEqual([{ n: 2 }])
    })
  })
})

describe('transactions', () => {
  it('leave nothing when the work throws', async () => {
    const work = database.transaction(async tx => {
      await tx.query('update counter set value = 99 where id = 1')
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await database.query('select value from counter where id = 1')).toEqual([{ value: 0 }])
  })

  it('run again after a deadlock, so that both of two crossing transactions succeed', async () => {
    const cross = (first: number, second: number): Promise<void> =>
      database.transaction(async tx => {
        await tx.query('update counter set value = value + 1 where id = $1', [first])
        await sleep(100)
        await tx.query('update counter set value = value + 1 where id = $1', [second])
      })
    await Promise.all([cross(1, 2), cross(2, 1)])
    expect(await database.query('select value from counter order by id')).toEqual([{ value: 2 }, { value: 2 }])
  })

  it('fail when the server cuts the connection, and the next one works', async () => {
    const work = database.transaction(async tx => {
      await tx.query('select pg_terminate_backend(pg_backend_pid())')
      await tx.query('select 1')
    })
    await expect(work).rejects.toThrow()
    expect(await database.transaction(tx => tx.query('select 1 as one'))).toEqual([{ one: 1 }])
    expect(uncaught).toEqual([])
  })
})

describe('listen', () => {
  it('hears notifications, listens again after its connection was cut, and stops when told', async () => {
    const heard: string[] = []
    const stop = await database.listen('probe', payload => heard.push(payload))
    const says = async (text: string): Promise<void> => {
      await database.query('select pg_notify($1, $2)', ['probe', text])
    }
    await says('first')
    await expect.poll(() => heard).toEqual(['first'])

    const [listener] = await database.query<{ pid: number }>(`select pid from pg_stat_activity where application_name = 'tandem listener' and datname = current_database()`)
    await database.query('select pg_terminate_backend($1)', [listener?.pid])
    await expect.poll(async () => {
      await says('again')
      return heard.at(-1)
    }, { timeout: 5_000, interval: 100 }).toBe('again')

    await stop()
    const before = heard.length
    await says('unheard')
    await sleep(100)
    expect(heard.length).toBe(before)
    expect(uncaught).toEqual([])
  })
})

describe('settings of a connection', () => {
  it('cancels a statement that takes too long, and ends a transaction that idles', async () => {
    const impatient = await createDatabase({ statementTimeoutMs: 100 })
    await expect(impatient.query('select pg_sleep(5)')).rejects.toThrow(/statement timeout/)
    const [idle] = await impatient.query<{ value: string }>(`select current_setting('idle_in_transaction_session_timeout') as value`)
    expect(idle?.value).toBe('20s')
    await impatient.close()
  })
})

describe('closing', () => {
  it('does not wait for a statement that will not end', async () => {
    const other = openDatabase({ url: database.url })
    const stuck = expect(other.transaction(tx => tx.query('select pg_sleep(6)'))).rejects.toThrow()
    await sleep(200)
    const since = performance.now()
    await other.close()
    expect(performance.now() - since).toBeLessThan(5_000)
    await stuck
  })
})

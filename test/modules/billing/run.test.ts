import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { billAllDue } from '../../../src/modules/billing/run.ts'
import { createTestApp } from '../../support/app.ts'
import { createDatabaseUrl } from '../../support/database.ts'
import { ACCOUNT, createBillingApp, party, PRODUCT, recurring, type BillingApp, type Json } from './billing-app.ts'

const ACCOUNTS = 40
const BILLS = (ACCOUNTS - ACCOUNTS / 10) * 2

/** Everything that a bill run makes, as text. */
const booksOf = async (url: string): Promise<Json> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const rows = async (sql: string): Promise<string> => JSON.stringify((await client.query({ text: sql, rowMode: 'array' })).rows)
  try {
    return {
      bills: await rows('select id, doc::text from customer_bill order by id'),
      rates: await rows('select id, doc::text from applied_customer_billing_rate order by id'),
      lines: await rows('select * from bill_line order by bill_id, line_no'),
      ledger: await rows('select * from ledger_entry order by transaction_id, entry_no'),
      accounts: await rows('select account_id, next_cycle_date, last_cycle_date, credit_balance from billing_account_state order by account_id'),
      numbers: await rows('select number, account_id, cycle_date from bill order by number'),
    }
  } finally {
    await client.end()
  }
}

const copyDatabase = async (url: string, name: string): Promise<string> => {
  const target = new URL(url)
  const original = target.pathname.slice(1)
  target.pathname = '/postgres'
  const client = new pg.Client({ connectionString: target.href })
  await client.connect()
  await client.query(`create database ${name} template ${original} strategy file_copy`)
  await client.end()
  target.pathname = `/${name}`
  return target.href
}

const startRun = (url: string): ChildProcess => spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'run-process.ts'), url], { stdio: ['ignore', 'pipe', 'inherit'] })

/** The same in this process: nobody kills it. */
const runHere = async (databaseUrl: string): Promise<void> => {
  const here = await createTestApp({ databaseUrl, settings: { ROLES: 'api' } })
  await billAllDue(here.services)
  await here.close()
}

const ended = async (child: ChildProcess): Promise<void> => {
  const [code] = (await once(child, 'exit')) as [number | null]
  expect(code).toBe(0)
}

describe('a bill run', () => {
  let url: string
  let copyUrl: string | undefined
  let app: BillingApp
  let rehearsal: Json
  let drop: () => Promise<void>
  const processes: ChildProcess[] = []

  beforeAll(async () => {
    const database = await createDatabaseUrl()
    url = database.url
    drop = database.drop
    const setup = await createBillingApp({ databaseUrl: url })
    await setup.moveTo('2027-01-20T08:00:00Z')
    await setup.post('/tandem/v1/taxRate', { category: 'standard', jurisdiction: 'DE', rate: 19 })
    for (let index = 0; index < ACCOUNTS; index++) {
      const account = await setup.post(ACCOUNT, { name: `Account ${index}`, relatedParty: [party(`party-${index}`)], billCycleDay: 31, currency: 'EUR', timeZone: 'Europe/Berlin', taxJurisdiction: 'DE' })
      // Every tenth account owes nothing: it gets no bill and takes no number.
      const value = index % 10 === 0 ? 0 : Math.round(1000 + index * 37) / 100
      const product = await setup.post(PRODUCT, {
        name: 'Fibre',
        status: 'active',
        relatedParty: [party(`party-${index}`)],
        billingAccount: { id: account['id'] },
        productPrice: [recurring(value)],
      })
      await setup.followed(product['id'], 1)
    }
    await setup.close()
    // Only now is anything due, and nobody works on jobs.
    app = await createBillingApp({ databaseUrl: url, settings: { ROLES: 'api' } })
    await app.moveTo('2027-03-01T08:00:00Z')
    rehearsal = await app.post('/tandem/v1/billRun', { dryRun: true }, 200)
    await app.close()
    copyUrl = await copyDatabase(url, `copy_of_${new URL(url).pathname.slice(1)}`)
  }, 120_000)

  afterAll(async () => {
    for (const child of processes) child.kill('SIGKILL')
    if (copyUrl === undefined) return await drop()
    const target = new URL(copyUrl)
    const name = target.pathname.slice(1)
    target.pathname = '/postgres'
    const client = new pg.Client({ connectionString: target.href })
    await client.connect()
    await client.query(`drop database if exists ${name} with (force)`)
    await client.end()
    await drop()
  })

  it('rehearses without writing anything', async () => {
    expect(rehearsal).toMatchObject({ dryRun: true, accounts: ACCOUNTS * 2, truncated: false })
    expect(rehearsal['bill']).toHaveLength(BILLS)
    const books = await booksOf(url)
    expect([books['bills'], books['lines'], books['ledger'], books['numbers']]).toEqual(['[]', '[]', '[]', '[]'])
  })

  it('is killed in the middle, again and again, and bills each account once per cycle all the same', async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const made = async (): Promise<number> => Number((await client.query('select count(*) from bill')).rows[0].count)
    let kills = 0
    for (const most of [1, ACCOUNTS + 5]) {
      const child = startRun(url)
      processes.push(child)
      const exit = once(child, 'exit')
      while (child.exitCode === null && (await made()) < most) await new Promise(resolve => setTimeout(resolve, 2))
      if (child.kill('SIGKILL')) kills += 1
      await exit
      // The unfinished state is a real one: nothing is half written.
      const halves = await client.query('select b.id from bill b left join customer_bill d on d.brand = b.brand and d.id = b.id where d.id is null')
      expect(halves.rows).toEqual([])
    }
    expect(kills).toBeGreaterThan(0)
    expect(await made()).toBeLessThan(BILLS)
    const workers = [startRun(url), startRun(url)]
    processes.push(...workers)
    await Promise.all(workers.map(ended))
    // What one process had in hand when the other looked last is taken up by the next look.
    await runHere(url)
    const perCycle = await client.query('select account_id, cycle_date from bill group by 1, 2 having count(*) > 1')
    const unfinished = await client.query(`select 1 from bill_run_account where state <> 'done'`)
    const lopsided = await client.query('select 1 from ledger_entry group by transaction_id having sum(amount) <> 0')
    await client.end()
    expect([perCycle.rows, unfinished.rows, lopsided.rows]).toEqual([[], [], []])
  }, 120_000)

  it('makes the bills that its rehearsal showed, numbers and ids included', async () => {
    const books = await booksOf(url)
    const stored = (JSON.parse(books['bills']) as [string, string][]).map(([id, doc]) => ({ ...(JSON.parse(doc) as Json), id }))
    const shown = (rehearsal['bill'] as Json[]).map(bill => Object.fromEntries(Object.entries(bill).filter(([name]) => name !== 'line')))
    const byNumber = (a: Json, b: Json): number => (a['billNo'] < b['billNo'] ? -1 : 1)
    expect(stored.map(({ href: _h, '@type': _t, ...bill }: Json) => bill).sort(byNumber)).toEqual(shown)
    const numbers = (JSON.parse(books['numbers']) as [string][]).map(([number]) => Number(number))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  it('makes the same books, byte for byte, from the same data, undisturbed and by one process', async () => {
    await runHere(copyUrl ?? '')
    expect(await booksOf(copyUrl ?? '')).toEqual(await booksOf(url))
  }, 120_000)

  it('clamps day 31, and comes back', async () => {
    const books = await booksOf(url)
    const dates = new Set((JSON.parse(books['numbers']) as [string, string, string][]).map(([, , date]) => date))
    expect([...dates].map(date => new Date(date)).map(date => `${date.getMonth() + 1}-${date.getDate()}`).sort()).toEqual(['1-31', '2-28'])
    expect(new Set((JSON.parse(books['accounts']) as [string, string][]).map(([, next]) => new Date(next).getDate()))).toEqual(new Set([31]))
  })
})

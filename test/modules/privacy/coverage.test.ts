/**
 * Completeness by construction: whatever modules declare and the database has is held against the holdings. A new resource with personal
 * attributes, or a new table, makes this fail until somebody says what it holds on people, or that it holds nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modules } from '../../../src/modules/index.ts'
import { kitHoldings } from '../../../src/tmf/events/holdings.ts'
import { collectTags } from '../../../src/tmf/tags.ts'
import { createWorld, type World } from './people.ts'

const resources = modules.flatMap(module => module.resources ?? [])
const holdings = [...kitHoldings, ...modules.flatMap(module => module.contributions?.personal ?? [])]
const names = new Set(resources.map(resource => resource.name))
const ofResources = new Set(holdings.filter(holding => names.has(holding.name)).map(holding => holding.name))

/** Tables that hold nothing on people, each with the reason. */
const NOTHING: Readonly<Record<string, string>> = {
  _prisma_migrations: 'which migrations ran',
  appointment_booking: 'which appointment has which slot, by id',
  appointment_slot: 'how many appointments a slot has',
  address_import: 'which address lists were read, and how far',
  address_import_fault: 'lines of address lists that were rejected, without their content',
  address_import_piece: 'address lists, without who lives there, until they are read',
  bill_number: 'the last number of a series',
  bill_run: 'plans of accounts, without the accounts',
  capacity_line: 'how many ports of a line are held',
  capacity_settled: 'which reservations took a port for good, by id',
  catalog_change_effect: 'what the catalog was before a change',
  clock_setting: 'an offset',
  contract_signature_work: 'when a signature is looked at again, by id',
  coverage: 'what can be delivered at places',
  coverage_import: 'how imports of coverage went',
  coverage_import_piece: 'files of coverage',
  coverage_imported: 'what can be delivered at places',
  coverage_live_answer: 'what stacks said can be delivered at places, without who asked',
  coverage_source: 'where coverage comes from',
  delivery_cancellation_due: 'which cancellation begins when, by id',
  dead_job: 'wake-ups, which name rows by id',
  erased_record: 'hashes of what other systems call forgotten records, which nobody can read back',
  erased_record_key: 'what those are hashed with',
  event_log: 'how far the log of events was cut',
  export_piece: 'the catalog',
  geographic_street: 'streets',
  in_life_change: 'which order changes which product, by id',
  financial_account_member: 'which account is in which group, by id',
  promotion_counter: 'how much of promotions has been used',
  promotion_use: 'which order used which promotion, by id',
  qualification_batch: 'what is asked of many places, without who asked',
  qualification_batch_site: 'places and what can be delivered there, without who asked',
  retained_redacted: 'ids of redacted rows',
  retention_run: 'how many rows a rule dealt with',
  sample_seed: 'which sample data were put in',
  search_fill: 'how far the search has come',
  search_position: 'how far the search has come',
  source_rank: 'which system counts before which',
  source_rank_change: 'which ranks have changed',
}

let world: World
beforeAll(async () => {
  world = await createWorld({ ROLES: 'api' })
})
afterAll(() => world.server.close())

describe('what is held on people', () => {
  test('is declared for every resource that belongs to a party, or says something about a person beside naming one', () => {
    const missing = resources.flatMap(resource => {
      if (ofResources.has(resource.name)) return []
      const references = (resource.references ?? []).map(reference => reference.path)
      const own = collectTags(resource.schema).filter(({ tag, path }) => tag === 'personal' && !references.some(reference => path.startsWith(`${reference}.`)))
      const owned = resource.ownerParty?.({} as never) !== undefined || (resource.ownerParty !== undefined && resource.visibility !== 'brand')
      return own.length > 0 || owned ? [`${resource.name}: ${own.map(one => one.path).join(', ') || 'has an owner'}`] : []
    })
    expect(missing).toEqual([])
  })

  test('is declared for every table that is no resource, or the table holds nothing on anybody', async () => {
    const tables = await world.server.database.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`)
    const known = new Set([...resources.map(resource => resource.table), ...holdings.flatMap(holding => holding.tables ?? []), ...Object.keys(NOTHING)])
    expect(tables.map(table => table.name).filter(name => !known.has(name))).toEqual([])
    const columns = await world.server.database.query<{ name: string }>(
      `select distinct table_name as name from information_schema.columns where table_schema = 'public' and (column_name ~ '(^|_)(party|party_id|owner_party|parties|person)$') order by 1`,
    )
    const silent = columns.map(column => column.name).filter(name => name in NOTHING)
    expect(silent, 'tables with a party that are said to hold nothing').toEqual([])
  })

  test('has a purpose, a reason where it stays, and a statement where it is no resource', () => {
    for (const holding of holdings) {
      expect(holding.purpose.length, holding.name).toBeGreaterThan(10)
      if (holding.onErasure === 'keep') expect(holding, holding.name).toMatchObject({ because: expect.stringMatching(/\S{3}/), days: expect.any(Number) })
      if (names.has(holding.name)) continue
      expect(holding.exportSql ?? holding.eraseSql, holding.name).toBeTypeOf('string')
      expect(holding.tables ?? [], holding.name).toEqual(expect.any(Array))
    }
    const twice = holdings.map(holding => holding.name).filter((name, index, all) => all.indexOf(name) !== index)
    expect(twice).toEqual([])
  })

  test('can be asked for, erased and let go: every statement runs', async () => {
    for (const { name, exportSql, eraseSql, livingSql, expireSql } of holdings) {
      for (const [kind, sql] of Object.entries({ exportSql, eraseSql, livingSql, expireSql })) {
        if (sql === undefined || names.has(name)) continue
        const values = kind === 'expireSql' ? ['nowhere', new Date(0), 1] : ['nowhere', ['nobody'], ['individual/nobody'], ['nobody@example.org']]
        const used = [...new Set([...sql.matchAll(/\$([1234])\b/g)].map(match => Number(match[1])))].toSorted()
        const text = sql.replace(/\$([1234])\b/g, (_, number: string) => `$${used.indexOf(Number(number)) + 1}`)
        await world.server.database
          .transaction(async tx => {
            await tx.query(`select set_config('tandem.retention', 'on', true)`)
            await tx.query(text, used.map(number => values[number - 1]))
          })
          .catch((error: unknown) => {
            throw new Error(`${kind} of ${name}: ${(error as Error).message}`)
          })
      }
    }
  })
})

/**
 * The simulators' memory: tables of small JSON rows, kept in one append-only file. A line of the file is one set of changes that
 * takes effect whole or not at all, so a process that is killed while writing has either done a thing or not.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { AnswerRule, CallbackRow, DueRow, Faults, LedgerRow, ServiceRow, StockRow, SystemName, WorkRow } from './rows.ts'

export interface Tables {
  /** Orders, shipments and returns by their id. */
  work: WorkRow
  /** `<system>|<key>` → what was done under the key. */
  ledger: LedgerRow
  /** Services of the fixed and mobile stacks by id. */
  service: ServiceRow
  stock: StockRow
  /** Call-backs that are not delivered yet, by event id. */
  callback: CallbackRow
  /** What happens to a work item later, by its id. */
  due: DueRow
  faults: Faults
  /** What a desk or the gateway answers to whom, by system. */
  answers: AnswerRule[]
  /** `<system>|<key>` that were cancelled before they arrived. */
  blocked: true
  /** Phone numbers in use → service id. */
  number: string
  counter: number
}

export type Change = { [T in keyof Tables]: readonly [table: T, key: string, row: Tables[T] | null] }[keyof Tables]

export interface Books {
  get<T extends keyof Tables>(table: T, key: string): Tables[T] | undefined
  rows<T extends keyof Tables>(table: T): [string, Tables[T]][]
  size(table: keyof Tables): number
  /** Writes all changes as one line, then applies them. */
  write(changes: readonly Change[]): void
  close(): void
}

const tableNames = ['work', 'ledger', 'service', 'stock', 'callback', 'due', 'faults', 'answers', 'blocked', 'number', 'counter'] as const satisfies (keyof Tables)[]

export const ledgerKey = (system: SystemName, key: string): string => `${system}|${key}`

/** Opens the books of a folder, replaying what was written. A torn last line (the process died while writing it) is cut off; any other broken line is an error. */
export const openBooks = (dataDir: string): Books => {
  mkdirSync(dataDir, { recursive: true })
  const path = join(dataDir, 'journal.jsonl')
  const file = openSync(path, 'a+')
  const tables = Object.fromEntries(tableNames.map(name => [name, new Map()])) as { [T in keyof Tables]: Map<string, Tables[T]> }
  const apply = (changes: readonly Change[]): void => {
    for (const [table, key, row] of changes) {
      if (row === null) tables[table].delete(key)
      else (tables[table] as Map<string, unknown>).set(key, row)
    }
  }

  const text = readFileSync(path, 'utf8')
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  if (complete.length < text.length) ftruncateSync(file, Buffer.byteLength(complete))
  complete.split('\n').forEach((line, index) => {
    if (line === '') return
    try {
      apply(JSON.parse(line) as Change[])
    } catch (cause) {
      throw new Error(`${path}:${index + 1} cannot be read`, { cause })
    }
  })

  return {
    get: (table, key) => tables[table].get(key),
    rows: table => [...tables[table].entries()],
    size: table => tables[table].size,
    write: changes => {
      // One write call: on a local file system, a process that dies leaves all of it or a prefix, which replay cuts off.
      writeSync(file, `${JSON.stringify(changes)}\n`)
      apply(changes)
    },
    close: () => closeSync(file),
  }
}

/** The next number of a series, and the change that uses it up. */
export const nextNumber = (books: Books, series: string): [number, Change] => {
  const next = (books.get('counter', series) ?? 0) + 1
  return [next, ['counter', series, next]]
}

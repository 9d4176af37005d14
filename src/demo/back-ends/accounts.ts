/** What the books say to tests, operators and the demo: one row a key, and whatever was done twice. */
import type { Books } from './books.ts'
import { systemNames } from './rows.ts'
import type { BackEndSettings } from './settings.ts'
import type { LedgerRow, SystemName } from './rows.ts'

export interface KeyAccount {
  key: string
  reference?: string
  requests: number
  executions: number
  compensations: number
  state?: string
  /** Of the order, shipment or return. */
  id?: string
  action?: string
  at: string
  correlationId?: string
}

export interface SystemSummary {
  keys: number
  requests: number
  executions: number
  compensations: number
  /** Executions that were not compensated; returns are not counted. */
  standing: number
}

export interface Twice {
  system: SystemName
  key?: string
  reference?: string
  executions: number
}

export interface BooksSummary {
  systems: Record<SystemName, SystemSummary>
  /** Keys executed more than once, and references with more than one living execution. */
  executedTwice: Twice[]
  compensatedTwice: { system: SystemName; key: string; compensations: number }[]
  pendingCallbacks: number
  pool: { total: number; inUse: number; free: number }
  stock: { sku: string; onHand: number; reserved: number; shipped: number }[]
}

const ledgerOf = (books: Books, system: SystemName): LedgerRow[] => books.rows('ledger').map(([, row]) => row).filter(row => row.system === system)

export const keyAccounts = (books: Books, system: SystemName, filter: { key?: string; reference?: string }): KeyAccount[] =>
  ledgerOf(books, system)
    .filter(row => (filter.key === undefined || row.key === filter.key) && (filter.reference === undefined || row.reference === filter.reference))
    .map(({ system: _system, workId, ...row }) => {
      const work = workId === undefined ? undefined : books.get('work', workId)
      return { ...row, ...(work ? { id: work.id, state: work.state, action: work.action } : {}) }
    })

const standing = (books: Books, row: LedgerRow): number =>
  books.get('work', row.workId ?? '')?.kind === 'return' ? 0 : Math.max(0, row.executions - row.compensations)

export const summary = (books: Books, settings: BackEndSettings): BooksSummary => {
  const systems = {} as Record<SystemName, SystemSummary>
  const executedTwice: Twice[] = []
  const compensatedTwice: BooksSummary['compensatedTwice'] = []
  for (const system of systemNames) {
    const rows = ledgerOf(books, system)
    const sum = (pick: (row: LedgerRow) => number): number => rows.reduce((total, row) => total + pick(row), 0)
    systems[system] = { keys: rows.length, requests: sum(row => row.requests), executions: sum(row => row.executions), compensations: sum(row => row.compensations), standing: sum(row => standing(books, row)) }
    const living = new Map<string, number>()
    for (const row of rows) {
      if (row.executions > 1) executedTwice.push({ system, key: row.key, executions: row.executions })
      if (row.compensations > 1) compensatedTwice.push({ system, key: row.key, compensations: row.compensations })
      if (row.reference !== undefined && standing(books, row) > 0) living.set(row.reference, (living.get(row.reference) ?? 0) + 1)
    }
    for (const [reference, executions] of living) if (executions > 1) executedTwice.push({ system, reference, executions })
  }
  const inUse = books.size('number')
  return {
    systems,
    executedTwice,
    compensatedTwice,
    pendingCallbacks: books.size('callback'),
    pool: { total: settings.pool, inUse, free: settings.pool - inUse },
    stock: books.rows('stock').map(([, row]) => row),
  }
}

/** What the three stacks share: taking work in once for each key, keeping the ledger, leaving call-backs. */
import { createHash, randomUUID } from 'node:crypto'
import { ledgerKey, nextNumber } from './books.ts'
import { callbackFate, faultsOf } from './faults.ts'
import { refused } from './refused.ts'
import type { Books, Change } from './books.ts'
import type { BackEndSettings } from './settings.ts'
import type { DueRow, LedgerRow, SystemName, WorkRow } from './rows.ts'

/** A request as a stack sees it. */
export interface StackRequest {
  system: SystemName
  method: string
  /** Path below the system's prefix. */
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
  key?: string
  reference?: string
  correlationId?: string
  callback?: string
}

export interface Reply {
  status: number
  body: unknown
}

export interface Floor {
  books: Books
  settings: BackEndSettings
  /** Real time: the simulators have their own clock. */
  now(): Date
}

export interface Stack {
  system: SystemName
  /** Undefined when the path is not one of the stack's. */
  handle(request: StackRequest): Reply | undefined
  /** What the POST answered, at the present state. */
  view(work: WorkRow): unknown
  /** Undoes the work; throws where that is not possible. Repeats change nothing. */
  cancel(work: WorkRow): void
  /** A step that was due: the order completes, the parcel leaves. */
  step(work: WorkRow, step: DueRow['step']): void
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.keys(value).sort().map(name => [name, sorted(value[name])]))
}

/** Equal for bodies that mean the same; where to call back is not part of what is asked for. */
export const bodyHash = (body: Record<string, unknown>): string => {
  const { callback: _callback, ...rest } = body
  return createHash('sha256').update(JSON.stringify(sorted(rest))).digest('hex').slice(0, 32)
}

/** A row with only the given attributes that are set: absent and undefined are the same in the journal. */
export const given = <T extends object>(attributes: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }

const ledgerRow = (floor: Floor, request: StackRequest, key: string): LedgerRow =>
  floor.books.get('ledger', ledgerKey(request.system, key)) ?? {
    system: request.system,
    key,
    ...given({ reference: request.reference, correlationId: request.correlationId }),
    requests: 0,
    executions: 0,
    compensations: 0,
    at: floor.now().toISOString(),
  }

/** Counts a request that arrived with a key, whatever becomes of it. */
export const countRequest = (floor: Floor, request: StackRequest): void => {
  if (request.key === undefined) return
  const row = ledgerRow(floor, request, request.key)
  floor.books.write([['ledger', ledgerKey(request.system, request.key), { ...row, requests: row.requests + 1 }]])
}

/** The change that books one more execution or compensation under the work's key. */
export const ledgerChange = (floor: Floor, work: WorkRow, what: Partial<Record<'executions' | 'compensations', 1>>): Change => {
  const name = ledgerKey(work.system, work.key)
  const row = floor.books.get('ledger', name)
  if (!row) throw new Error(`No ledger row for ${name}`)
  return ['ledger', name, { ...row, workId: work.id, executions: row.executions + (what.executions ?? 0), compensations: row.compensations + (what.compensations ?? 0) }]
}

/**
 * Takes a request in: a key that already made work answers with that work, everything else is handed to `make`,
 * which returns the new work after writing it.
 */
export const takeIn = (floor: Floor, request: StackRequest, stack: Stack, create: { status: number; make: (common: Pick<WorkRow, 'system' | 'key' | 'bodyHash' | 'reference' | 'correlationId' | 'callback' | 'createdAt'>) => WorkRow }): Reply => {
  const { key, system } = request
  if (key === undefined) throw refused(400, 'missingKey', 'Every request that starts work carries an Idempotency-Key')
  const name = ledgerKey(system, key)
  if (floor.books.get('blocked', name)) throw refused(409, 'keyCancelled', `Work under key ${key} was cancelled before it arrived`)
  const hash = bodyHash(request.body)
  const earlier = floor.books.get('work', floor.books.get('ledger', name)?.workId ?? '')
  if (earlier && earlier.state !== 'failed' && !faultsOf(floor.books, system, floor.settings.seed).forgetKeys) {
    if (earlier.bodyHash !== hash) throw refused(409, 'keyReused', `Key ${key} was used for ${earlier.id} with another body`)
    return { status: 200, body: stack.view(earlier) }
  }
  const callback = request.callback ?? (typeof request.body['callback'] === 'string' ? request.body['callback'] : undefined)
  if (callback !== undefined && !URL.canParse(callback)) throw refused(400, 'invalidRequest', 'callback must be a URL')
  const work = create.make({
    system,
    key,
    bodyHash: hash,
    ...given({ reference: request.reference, correlationId: request.correlationId, callback }),
    createdAt: floor.now().toISOString(),
  })
  return { status: create.status, body: stack.view(work) }
}

/** The call-back about a work item's new state, to be written with the state; nothing when nobody asked for it or its fate is to be lost. */
export const callbackChanges = (floor: Floor, work: WorkRow, eventType: string, event: Record<string, unknown>): Change[] => {
  if (work.callback === undefined) return []
  const [n, used] = nextNumber(floor.books, `callback:${work.system}`)
  const fate = callbackFate(faultsOf(floor.books, work.system, floor.settings.seed), work.system, n)
  if (fate === 'lost') return [used]
  const eventId = randomUUID()
  const correlation = given({ correlationId: work.correlationId })
  return [
    used,
    [
      'callback',
      eventId,
      {
        eventId,
        system: work.system,
        workId: work.id,
        url: work.callback,
        key: work.key,
        ...correlation,
        body: { eventId, eventType, eventTime: floor.now().toISOString(), ...correlation, event },
        copies: fate === 'twice' ? 2 : 1,
      },
    ],
  ]
}

/** When a step is to happen. */
export const dueIn = (floor: Floor, workId: string, step: DueRow['step'], ms: number): Change => ['due', workId, { at: floor.now().getTime() + ms, step }]

/** The next id of a series: `fix-000001`. */
export const nextId = (floor: Floor, series: string): [id: string, used: Change, n: number] => {
  const [n, used] = nextNumber(floor.books, series)
  return [`${series}-${String(n).padStart(6, '0')}`, used, n]
}

export const textOf = (body: Record<string, unknown>, name: string): string => {
  const value = body[name]
  if (typeof value !== 'string' || value === '' || value.length > 200) throw refused(400, 'invalidRequest', `${name} must be a text`)
  return value
}

/** Plans and tasks as rows, and the names that domain code knows them by. */
import type { Compensation, Ponr, PonrReach } from './rule-document.ts'
import type { TaskState } from './point-of-no-return.ts'
import type { DeliveryRequest, Realized } from './targets/target.ts'

export type PlanState = 'scheduled' | 'running' | 'held' | 'completed' | 'failed' | 'partial' | 'cancelled' | 'rejected'

/** A product that the plan delivers, changes or ends. */
export interface PlannedProduct {
  productId: string
  itemId: string
  rootItemId: string
  unit: number
  action: 'add' | 'modify' | 'delete' | 'noChange'
  /** Item of the bundle that it is in; the bundle's product is delivered when its parts are. */
  parentItemId?: string
  state: 'open' | 'done' | 'undone'
  /** Its item waits for a person. */
  held?: boolean
  /** Name for milestones. */
  name?: string
  /** A change keeps what it changed, so that it can be taken back. */
  before?: Record<string, unknown>
}

/** What is being undone: by a cancellation, or by an operator who gives a part of the order up. */
export interface Undo {
  /** All items, when absent. */
  items?: string[]
  to: 'cancelled' | 'failed'
  /** The cancelProductOrder task. */
  cancellationId?: string
  fees?: Array<{ taskId: string; name: string; orderItemId: string; unit: string; value: number }>
}

export interface PlanRow {
  id: string
  brand: string
  orderId: string
  state: PlanState
  correlationId: string
  products: PlannedProduct[]
  undo: Undo | null
  startAt: Date | null
  createdAt: Date
}

export interface TaskFault {
  code: string
  message: string
}

export interface TaskRow {
  id: string
  planId: string
  brand: string
  orderId: string
  itemId: string
  rootItemId: string
  unit: number
  productId: string | null
  name: string
  kind: 'service' | 'resource'
  specification: { id?: string; name: string }
  target: string
  targetType: string
  itemAction: 'add' | 'modify' | 'delete'
  action: string
  dependsOn: string[]
  state: TaskState
  error: TaskFault | null
  ponr: Ponr
  ponrReach: PonrReach
  fee: { unit: string; value: number } | null
  compensation: Compensation
  /** Values that other tasks answer: `taskId` and the attribute of its answer. */
  awaited: Array<{ name: string; taskId: string; attribute: string }>
  result: Array<{ name: string; toCharacteristic: string }>
  request: DeliveryRequest
  answer: unknown
  externalId: string | null
  realized: Realized | null
  instanceIds: string[]
  attempts: number
  maxAttempts: number
  backoffMs: number
  pollAfterMs: number
  giveUpAfterMs: number
  dueAt: Date | null
  leaseOwner: string | null
  callbackToken: string
  /** Order in which tasks were first handed over; null for one that never was. */
  executionSeq: string | null
  deadlineSeconds: number | null
  deadline: Date | null
  jeopardy: 'none' | 'jeopardy' | 'breached'
  startedAt: Date | null
  finishedAt: Date | null
  waitingSince: Date | null
  handedTo: string | null
  note: string | null
  createdAt: Date
  updatedAt: Date
}

const snake = (name: string): string => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
const selected = (names: readonly string[], alias: string): string => names.map(name => `${alias}.${snake(name)} as "${name}"`).join(', ')

const planNames = ['id', 'brand', 'orderId', 'state', 'correlationId', 'products', 'undo', 'startAt', 'createdAt'] as const satisfies ReadonlyArray<keyof PlanRow>

const taskNames = [
  'id', 'planId', 'brand', 'orderId', 'itemId', 'rootItemId', 'unit', 'productId', 'name', 'kind', 'specification', 'target', 'targetType', 'itemAction', 'action', 'dependsOn',
  'state', 'error', 'ponr', 'ponrReach', 'fee', 'compensation', 'awaited', 'result', 'request', 'answer', 'externalId', 'realized', 'instanceIds', 'attempts',
  'maxAttempts', 'backoffMs', 'pollAfterMs', 'giveUpAfterMs', 'dueAt', 'leaseOwner', 'callbackToken', 'executionSeq', 'deadlineSeconds', 'deadline', 'jeopardy', 'startedAt',
  'finishedAt', 'waitingSince', 'handedTo', 'note', 'createdAt', 'updatedAt',
] as const satisfies ReadonlyArray<keyof TaskRow>

export const planColumns = (alias: string): string => selected(planNames, alias)
export const taskColumns = (alias: string): string => selected(taskNames, alias)

/** Columns that writers set, with the type that a JSON list of rows has for each. */
const writable = {
  id: 'text', plan_id: 'text', brand: 'text', order_id: 'text', item_id: 'text', root_item_id: 'text', unit: 'int', product_id: 'text', name: 'text', kind: 'text',
  specification: 'jsonb', target: 'text', target_type: 'text', item_action: 'text', action: 'text', depends_on: 'text[]', state: 'text', error: 'jsonb', ponr: 'text',
  ponr_reach: 'text', fee: 'jsonb', compensation: 'text', awaited: 'jsonb', result: 'jsonb', request: 'jsonb', answer: 'jsonb', external_id: 'text',
  realized: 'jsonb', instance_ids: 'text[]', attempts: 'int', max_attempts: 'int', backoff_ms: 'int', poll_after_ms: 'int', give_up_after_ms: 'int', due_at: 'timestamptz',
  lease_owner: 'text', callback_token: 'text', deadline_seconds: 'int', deadline: 'timestamptz', started_at: 'timestamptz', finished_at: 'timestamptz',
  waiting_since: 'timestamptz', handed_to: 'text', note: 'text',
} as const

const columnList = Object.keys(writable).join(', ')
const recordType = Object.entries(writable).map(([name, type]) => `${name} ${type}`).join(', ')

export const insertTasksSql = `insert into delivery_task (${columnList}) select ${columnList} from jsonb_to_recordset($1::jsonb) as t(${recordType})`

/** What a step of the work may change; ids, dependencies and what came from the rule stay. */
const changing = [
  'state', 'error', 'request', 'answer', 'external_id', 'realized', 'instance_ids', 'attempts', 'due_at', 'lease_owner', 'deadline', 'started_at', 'finished_at', 'waiting_since',
  'handed_to', 'note',
] as const satisfies ReadonlyArray<keyof typeof writable>

export const updateTasksSql = `update delivery_task d set ${changing.map(name => `${name} = t.${name}`).join(', ')}, updated_at = now()
  from jsonb_to_recordset($1::jsonb) as t(id text, ${changing.map(name => `${name} ${writable[name]}`).join(', ')}) where d.id = t.id`

/** A row as jsonb_to_recordset reads it. */
export const taskRecord = (task: TaskRow): Record<string, unknown> => Object.fromEntries(taskNames.map(name => [snake(name), task[name]]))

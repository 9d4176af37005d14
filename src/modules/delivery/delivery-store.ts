/**
 * The statements on plans and tasks. Whoever changes anything of a plan locks its row first, so that two answers, a call-back and a
 * cancellation of one order come one after the other; different orders never wait for each other.
 */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { insertTasksSql, planColumns, taskColumns, taskRecord, updateTasksSql, type PlanRow, type TaskRow } from './plan-rows.ts'

export type NewTask = Omit<TaskRow, 'createdAt' | 'updatedAt' | 'executionSeq' | 'jeopardy'>

/** Makes the plan's row. False when the order has one already: the order was planned or cancelled before. */
export const insertPlan = async (tx: Transaction, plan: Pick<PlanRow, 'id' | 'brand' | 'orderId' | 'state' | 'correlationId'>): Promise<boolean> => {
  const rows = await tx.query(
    {
      name: 'delivery_plan_insert',
      text: `insert into delivery_plan (id, brand, order_id, state, correlation_id) values ($1, $2, $3, $4, $5) on conflict (brand, order_id) do nothing returning id`,
    },
    [plan.id, plan.brand, plan.orderId, plan.state, plan.correlationId],
  )
  return rows.length > 0
}

export const insertTasks = async (tx: Transaction, tasks: readonly NewTask[]): Promise<void> => {
  if (tasks.length === 0) return
  await tx.query({ name: 'delivery_task_insert', text: insertTasksSql }, [JSON.stringify(tasks.map(task => taskRecord(task as TaskRow)))])
}

export const updatePlan = async (tx: Transaction, plan: PlanRow): Promise<void> => {
  await tx.query({ name: 'delivery_plan_update', text: `update delivery_plan set state = $2, products = $3::jsonb, undo = $4::jsonb, start_at = $5, updated_at = now() where id = $1` }, [
    plan.id,
    plan.state,
    JSON.stringify(plan.products),
    plan.undo === null ? null : JSON.stringify(plan.undo),
    plan.startAt,
  ])
}

export const updateTasks = async (tx: Transaction, tasks: readonly TaskRow[]): Promise<void> => {
  if (tasks.length === 0) return
  await tx.query({ name: 'delivery_task_update', text: updateTasksSql }, [JSON.stringify(tasks.map(taskRecord))])
}

/** Locks the plan that a task belongs to. */
export const lockPlanOfTask = async (tx: Transaction, taskId: string): Promise<PlanRow | undefined> =>
  (
    await tx.query<PlanRow>(
      { name: 'delivery_plan_lock_task', text: `select ${planColumns('p')} from delivery_plan p where p.id = (select plan_id from delivery_task where id = $1) for update` },
      [taskId],
    )
  )[0]

export const lockPlanOfOrder = async (tx: Transaction, brand: string, orderId: string): Promise<PlanRow | undefined> =>
  (await tx.query<PlanRow>({ name: 'delivery_plan_lock_order', text: `select ${planColumns('p')} from delivery_plan p where p.brand = $1 and p.order_id = $2 for update` }, [brand, orderId]))[0]

/**
 * The plan's tasks, oldest first, locked: a worker that is about to claim one waits, and finds it changed. Only a claim changes tasks
 * without the plan's lock.
 */
export const lockTasks = async (tx: Transaction, planId: string): Promise<TaskRow[]> =>
  await tx.query<TaskRow>({ name: 'delivery_task_of_plan', text: `select ${taskColumns('t')} from delivery_task t where t.plan_id = $1 order by t.id for update` }, [planId])

export interface ClaimedTask extends TaskRow {
  correlationId: string
  /** JSON text of the target; null when the rule names one that is not configured. */
  targetDoc: string | null
}

/**
 * Takes tasks that are due: ready ones, ones whose worker died (lease over), waiting ones to ask about, and ones to undo. Each gets a lease
 * as long as its target's time-out needs; whoever comes second finds nothing. Asking again after a worker died is no further attempt:
 * attempts count what the target did wrong, and a restart must not send an order to a person.
 */
export const claimTasks = async (sql: Sql, ids: readonly string[], owner: string, businessNow: Date): Promise<ClaimedTask[]> =>
  await sql.query<ClaimedTask>(
    {
      name: 'delivery_task_claim',
      text: `with due as (
          select t.id, target.doc::text as target_doc, p.correlation_id, coalesce((target.doc->>'timeoutMs')::int, 5000) as timeout_ms
          from delivery_task t
          join delivery_plan p on p.id = t.plan_id
          left join lateral (select d.doc from delivery_target d where d.brand = t.brand and d.f_system = t.target order by d.id limit 1) target on true
          where t.id = any($1) and t.state in ('ready', 'running', 'waiting', 'compensating') and t.due_at <= now()
          order by t.id for update of t skip locked
        )
        update delivery_task t set
          state = case t.state when 'ready' then 'running' else t.state end,
          attempts = t.attempts + case when t.state = 'waiting' or t.lease_owner is not null then 0 else 1 end,
          execution_seq = coalesce(t.execution_seq, nextval('delivery_execution_seq')),
          started_at = coalesce(t.started_at, $3),
          due_at = now() + (due.timeout_ms * 2 + 2000) * interval '1 millisecond',
          lease_owner = $2,
          updated_at = now()
        from due where due.id = t.id
        returning ${taskColumns('t')}, due.target_doc as "targetDoc", due.correlation_id as "correlationId"`,
    },
    [[...ids], owner, businessNow],
  )

/** Tasks whose time has come and that nobody was woken for: lost wake-ups, dead workers, late call-backs. */
export const findDueTasks = async (sql: Sql, limit: number): Promise<string[]> =>
  (
    await sql.query<{ id: string }>(
      { name: 'delivery_task_due', text: `select id from delivery_task where due_at <= now() and state in ('ready', 'running', 'waiting', 'compensating') order by due_at limit $1` },
      [limit],
    )
  ).map(row => row.id)

/** Plans that were held back by a date that has come. */
export const findPlansToStart = async (sql: Sql, businessNow: Date): Promise<Array<{ brand: string; orderId: string; correlationId: string }>> =>
  await sql.query(
    { name: 'delivery_plan_to_start', text: `select brand, order_id as "orderId", correlation_id as "correlationId" from delivery_plan where state = 'scheduled' and start_at <= $1 order by start_at limit 100` },
    [businessNow],
  )

export interface DueCancellation {
  brand: string
  cancellationId: string
  orderId: string
  correlationId: string
  dueAt: Date
}

/** Keeps a cancellation until its date. */
export const putOffCancellation = async (tx: Sql, due: DueCancellation): Promise<void> => {
  await tx.query(
    { name: 'delivery_cancellation_put_off', text: 'insert into delivery_cancellation_due (brand, cancellation_id, order_id, correlation_id, due_at) values ($1, $2, $3, $4, $5) on conflict do nothing' },
    [due.brand, due.cancellationId, due.orderId, due.correlationId, due.dueAt],
  )
}

export const findDueCancellations = async (sql: Sql, businessNow: Date): Promise<Array<{ brand: string; cancellationId: string }>> =>
  await sql.query({ name: 'delivery_cancellation_find_due', text: `select brand, cancellation_id as "cancellationId" from delivery_cancellation_due where due_at <= $1 order by due_at limit 100` }, [businessNow])

/** Takes one out; undefined when somebody else has. */
export const dropDueCancellation = async (tx: Sql, brand: string, cancellationId: string): Promise<{ orderId: string; correlationId: string } | undefined> =>
  (await tx.query<{ orderId: string; correlationId: string }>({ name: 'delivery_cancellation_drop', text: 'delete from delivery_cancellation_due where brand = $1 and cancellation_id = $2 returning order_id as "orderId", correlation_id as "correlationId"' }, [brand, cancellationId]))[0]

/** Marks tasks that are about to miss their promise (a fifth of the time is left), and those that have. Answers how many. */
export const markJeopardy = async (sql: Sql, businessNow: Date): Promise<number> =>
  (
    await sql.query(
      {
        name: 'delivery_task_jeopardy',
        text: `update delivery_task set jeopardy = case when deadline < $1 then 'breached' else 'jeopardy' end, updated_at = now()
          where id in (
            select id from delivery_task
            where state in ('pending', 'ready', 'running', 'waiting') and jeopardy <> 'breached'
              and (deadline < $1 or (jeopardy = 'none' and deadline < $1 + make_interval(secs => deadline_seconds * 0.2)))
            limit 500 for update skip locked)
          returning id`,
      },
      [businessNow],
    )
  ).length

/** One task as it is, without a lock. */
export const readTask = async (sql: Sql, id: string): Promise<(TaskRow & { correlationId: string }) | undefined> =>
  (
    await sql.query<TaskRow & { correlationId: string }>(
      { name: 'delivery_task_read', text: `select ${taskColumns('t')}, p.correlation_id as "correlationId" from delivery_task t join delivery_plan p on p.id = t.plan_id where t.id = $1` },
      [id],
    )
  )[0]

export const readPlan = async (sql: Sql, brand: string, orderId: string): Promise<{ plan: PlanRow; tasks: TaskRow[] } | undefined> => {
  const [plan] = await sql.query<PlanRow>({ name: 'delivery_plan_read', text: `select ${planColumns('p')} from delivery_plan p where p.brand = $1 and p.order_id = $2` }, [brand, orderId])
  if (!plan) return undefined
  const tasks = await sql.query<TaskRow>({ name: 'delivery_task_read_plan', text: `select ${taskColumns('t')} from delivery_task t where t.plan_id = $1 order by t.execution_seq nulls last, t.id` }, [plan.id])
  return { plan, tasks }
}

/** The work queue: what failed for good, the longest waiting first, and work that waits for a person. */
export const readFallout = async (sql: Sql, brand: string, limit: number): Promise<TaskRow[]> =>
  await sql.query<TaskRow>(
    { name: 'delivery_task_fallout', text: `select ${taskColumns('t')} from delivery_task t
        where t.brand = $1 and (t.state in ('failed', 'compensationFailed')
          or t.state = 'waiting' and t.target in (select d.f_system from delivery_target d where d.brand = $1 and d.f_adapter = 'manual'))
        order by t.updated_at, t.id limit $2` },
    [brand, limit],
  )

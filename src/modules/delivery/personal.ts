/** What this module holds on people: what was asked of back ends to deliver their orders, and what these answered. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

/** The plans of the orders among $3. */
const PLANS = `(SELECT substr(k, length('productOrder/') + 1) AS order_id FROM unnest($3::text[]) AS k WHERE k LIKE 'productOrder/%') AS held JOIN delivery_plan p ON p.brand = $1 AND p.order_id = held.order_id`

export const deliveryHoldings: readonly PersonalHolding[] = [
  {
    name: 'deliveryPlan',
    purpose: 'What was asked of networks, warehouses and partners to deliver an order, and what they answered.',
    onErasure: 'redact',
    because: 'That and when each step was done belongs to the order; what was asked and answered goes',
    tables: ['delivery_plan', 'delivery_task'],
    exportSql: `SELECT json_build_object('productOrder', p.order_id, 'state', p.state, 'name', t.name, 'target', t.target, 'taskState', t.state, 'request', t.request, 'answer', t.answer,
        'result', t.realized, 'note', t.note, 'startedAt', t.started_at, 'finishedAt', t.finished_at) AS doc
      FROM ${PLANS} LEFT JOIN delivery_task t ON t.plan_id = p.id ORDER BY p.order_id, t.created_at, t.id`,
    livingSql: `SELECT p.id, 'is ' || p.state AS reason FROM ${PLANS} WHERE p.state IN ('scheduled', 'running', 'held')`,
    eraseSql: `WITH held AS (SELECT p.id FROM ${PLANS}),
      tasks AS (UPDATE delivery_task t SET request = '{}', answer = NULL, realized = NULL, note = NULL, error = NULL, handed_to = NULL, awaited = '[]', result = '[]' FROM held WHERE t.plan_id = held.id)
      UPDATE delivery_plan p SET products = (SELECT coalesce(jsonb_agg(one - 'before'), '[]') FROM jsonb_array_elements(p.products) AS one) FROM held WHERE p.id = held.id`,
  },
]

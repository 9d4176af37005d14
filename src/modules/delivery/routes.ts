/** Delivery's own operations: call-backs of targets, plans as they stand, what cancelling would cost, and the work queue. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Services } from '../../tmf/services.ts'
import { readOrder } from '../ordering/index.ts'
import { takeCallback } from './callback.ts'
import { previewCancellation } from './cancel-order.ts'
import { readFallout, readPlan } from './delivery-store.ts'
import { actOnTask, falloutActions, type FalloutRequest } from './fallout.ts'
import type { PlanRow, TaskRow } from './plan-rows.ts'
import { rememberAddress } from './runtime.ts'

const id = (description: string) => Type.Object({ id: Type.String({ description, minLength: 1, maxLength: 255 }) })
const taskId = Type.Object({ taskId: Type.String({ description: 'Id of the delivery task', minLength: 1, maxLength: 255 }) })

const taskView = (task: TaskRow) => ({
  id: task.id,
  name: task.name,
  state: task.state,
  kind: task.kind,
  orderItemId: task.itemId,
  unit: task.unit,
  productId: task.productId,
  specification: task.specification,
  target: task.target,
  targetType: task.targetType,
  action: task.action,
  dependsOn: task.dependsOn,
  attempts: task.attempts,
  maxAttempts: task.maxAttempts,
  pointOfNoReturn: { kind: task.ponr, reach: task.ponrReach, passed: task.executionSeq !== null && task.ponr !== 'none', ...(task.fee ? { fee: task.fee } : {}) },
  compensation: task.compensation,
  externalId: task.externalId,
  realized: task.realized,
  request: task.request,
  answer: task.answer,
  error: task.error,
  note: task.note,
  handedTo: task.handedTo,
  executionOrder: task.executionSeq === null ? null : Number(task.executionSeq),
  dueAt: task.dueAt,
  deadline: task.deadline,
  jeopardy: task.jeopardy,
  startedAt: task.startedAt,
  finishedAt: task.finishedAt,
  createdAt: task.createdAt,
  updatedAt: task.updatedAt,
})

const planView = ({ plan, tasks }: { plan: PlanRow; tasks: TaskRow[] }) => ({
  id: plan.id,
  productOrder: { id: plan.orderId, href: `/tmf-api/productOrderingManagement/v4/productOrder/${plan.orderId}` },
  state: plan.state,
  startAt: plan.startAt,
  undoing: plan.undo === null ? null : { to: plan.undo.to, orderItemId: plan.undo.items ?? null },
  product: plan.products.map(product => ({ id: product.productId, orderItemId: product.itemId, action: product.action, state: product.state })),
  createdAt: plan.createdAt,
  task: tasks.map(taskView),
})

const planRoutes = (app: FastifyInstance, deps: Services): void => {
  const planQuery = Type.Object({ productOrder: Type.String({ description: 'Id of the product order', minLength: 1, maxLength: 255 }) })
  const readQuery = inputOf(planQuery, { query: true })
  app.get(
    '/tandem/v1/deliveryPlan',
    { config: { confined: true }, schema: { tags: ['deliveryPlan'], summary: 'The delivery plan of an order', description: 'Tasks with their states, tries, dates, and the ids that target systems gave. A list of one, or empty while the order has no plan.', querystring: planQuery } },
    async request => {
      requirePermission(request.context, 'deliveryPlan', 'read')
      const { productOrder: orderId } = readQuery(request.query)
      // Whoever may not see the order does not see its plan.
      if (!(await readOrder({ context: request.context, deps }, orderId))) throw refuse.notFound('productOrder', orderId)
      const found = await readPlan(deps.database, request.context.brand, orderId)
      return found ? [planView(found)] : []
    },
  )
  app.get<{ Params: { id: string } }>(
    '/tandem/v1/productOrder/:id/cancellationPreview',
    { config: { confined: true }, schema: { tags: ['deliveryPlan'], summary: 'What cancelling an order would cost now', description: 'Whether it is possible, the tasks that stand in the way, the fees, and what would be undone. Asking changes nothing.', params: id('Id of the product order') } },
    async request => {
      requirePermission(request.context, 'productOrder', 'read')
      const preview = await previewCancellation(deps, request.context, request.params.id)
      if (!preview) throw refuse.notFound('productOrder', request.params.id)
      return preview
    },
  )
}

const callbackRoute = (app: FastifyInstance, deps: Services): void => {
  const query = Type.Object({ token: Type.String({ description: 'The token of the address that the target was given', minLength: 1, maxLength: 200 }) })
  const body = Type.Record(Type.String(), Type.Unknown(), { description: "The target system's own message" })
  const [readQuery, readBody] = [inputOf(query, { query: true }), inputOf(body)]
  app.post<{ Params: { taskId: string } }>(
    '/tandem/v1/callback/:taskId',
    {
      // The token is the proof: target systems have no key of ours.
      config: { public: true },
      schema: { tags: ['callback'], summary: 'Call-back of a target system', description: 'Where a target system reports on a task. Repeats change nothing. An unknown task and a wrong token are 404 both.', params: taskId, querystring: query, body },
    },
    async request => await takeCallback(deps, request.params.taskId, readQuery(request.query).token, readBody(request.body)),
  )
}

const ActionBody = Type.Object(
  {
    characteristic: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'editAndRetry: what the target is told instead, null takes one out. complete: what the work gave' })),
    handTo: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'handOver: who takes it' })),
    note: Type.Optional(Type.String({ maxLength: 2_000, description: 'Kept with the task' })),
  },
  { additionalProperties: false, description: 'What goes with the action; all optional but for handOver' },
)

const actionTexts: Record<(typeof falloutActions)[number], string> = {
  retry: 'Try the task again, with fresh attempts',
  editAndRetry: 'Change what the target is told and try again',
  skip: 'Go on without the task, or take its undoing as done',
  compensate: "Give the task's bundle up: undo what was delivered of it; its items end as failed",
  handOver: 'Hand the task over to somebody',
  complete: 'Take the task as done by hand',
}

const falloutRoutes = (app: FastifyInstance, deps: Services): void => {
  const query = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: 'Most tasks in the answer' })) })
  const readQuery = inputOf(query, { query: true })
  app.get(
    '/tandem/v1/fallout',
    { schema: { tags: ['fallout'], summary: 'Tasks that wait for a person', description: 'What failed for good, and work that a person does; the longest waiting first.', querystring: query } },
    async request => {
      requirePermission(request.context, 'fallout', 'read')
      return (await readFallout(deps.database, request.context.brand, readQuery(request.query).limit ?? 100)).map(task => ({ ...taskView(task), productOrder: { id: task.orderId } }))
    },
  )
  const readBody = inputOf(ActionBody)
  for (const action of falloutActions) {
    app.post<{ Params: { taskId: string } }>(
      `/tandem/v1/fallout/:taskId/${action}`,
      {
        schema: { tags: ['fallout'], summary: actionTexts[action], description: `${actionTexts[action]}. 409 where the task's state does not allow it.`, params: taskId, body: ActionBody },
      },
      async request => {
        requirePermission(request.context, 'fallout', 'update')
        const asked = readBody(request.body ?? {}) as FalloutRequest
        const task = await actOnTask(deps, request.context, request.params.taskId, action, asked)
        return { id: task.id, state: task.state, handedTo: task.handedTo, note: task.note, attempts: task.attempts }
      },
    )
  }
}

export const deliveryRoutes = (app: FastifyInstance, deps: Services): void => {
  app.addHook('onListen', done => {
    rememberAddress(deps, app.server.address())
    done()
  })
  planRoutes(app, deps)
  callbackRoute(app, deps)
  falloutRoutes(app, deps)
}

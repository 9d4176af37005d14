/** Plans beyond reading them: what is owed at a date, and paying off early. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Context } from '../../platform/principal.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { financingPlan, type FinancingPlan } from './financing-plan.ts'
import { payOffPlan } from './plan-life.ts'
import { remainderAt, type Instalment } from './schedule.ts'

const BASE = '/tandem/v1/financingPlan/:id'
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255, description: 'Id of the plan' }) })
const Query = Type.Object({ at: Type.Optional(Type.String({ format: 'date-time', description: 'When; now when left out' })) }, { additionalProperties: false })
const Amount = Type.Object({ unit: Type.String({ description: 'Currency' }), value: Type.Number({ description: 'Amount' }) })
const RemainderAnswer = Type.Object(
  {
    financingPlan: Type.Object({ id: Type.String({ description: 'The plan' }), state: Type.Optional(Type.String({ description: 'Where it stands' })) }),
    at: Type.String({ format: 'date-time', description: 'When' }),
    remainder: Amount,
    interestSaved: Amount,
    openInstalments: Type.Integer({ description: 'Instalments that are not due by then' }),
  },
  { description: 'What is still owed at a date: what paying off costs then' },
)

const planOf = async (deps: Services, context: Context, id: string): Promise<Stored<FinancingPlan>> => {
  const found = await deps.store.get(context, financingPlan, id)
  if (found === undefined) throw refuse.notFound(financingPlan.name, id)
  return found
}

export const financingRoutes = (app: FastifyInstance, deps: Services): void => {
  const readQuery = inputOf(Query, { query: true })
  app.get<{ Params: { id: string } }>(
    `${BASE}/remainder`,
    { config: { confined: true }, schema: { tags: ['financing'], summary: 'Tell what is still owed', description: 'What paying off costs at a date. Instalments that are due by then are on a bill and not part of it.', params, querystring: Query, response: { 200: RemainderAnswer } } },
    async request => {
      requirePermission(request.context, 'financingPlan', 'read')
      const { at: asked } = readQuery(request.query)
      const { doc, id } = await planOf(deps, request.context, request.params.id)
      const at = asked === undefined ? deps.clock.now() : new Date(asked)
      if (Number.isNaN(at.getTime())) throw refuse.invalid([fault('at', 'must be a date-time', asked)])
      const ended = doc.state === 'cancelled' || (doc.payOff !== undefined && new Date(doc.payOff.date) <= at)
      const { remainder, interestSaved, open } = remainderAt(doc.amountFinanced ?? { unit: '', value: 0 }, ended ? [] : ((doc.instalment ?? []) as Instalment[]), at)
      return { financingPlan: { id, ...(doc.state !== undefined && { state: doc.state }) }, at: at.toISOString(), remainder, interestSaved, openInstalments: open }
    },
  )
  app.post<{ Params: { id: string } }>(
    `${BASE}/payOff`,
    { config: { confined: true }, schema: { tags: ['financing'], summary: 'Pay off early', description: 'What is still owed is on the next bill, once, whoever asks and however often; later instalments and their interest are not charged. Answers the plan.', params } },
    async (request, reply) => {
      requirePermission(request.context, 'financingPlan', 'update')
      await planOf(deps, request.context, request.params.id)
      const plan = await payOffPlan({ context: request.context, deps }, request.params.id, `asked for in channel ${request.context.channel}`)
      return await reply.code(200).header('etag', `"${plan.revision}"`).send(plan.doc)
    },
  )
}

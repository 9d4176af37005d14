/** Operations on retention rules beyond their data: rehearse one, carry one out now, see what was done. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { retentionRule, type RetentionRule } from './retention-rule.ts'
import { runRecorded, runRule } from './retention-run.ts'
import { refuseConfined } from './subject.ts'

const PATH = '/tandem/v1/retentionRule/:id/run'
const Params = Type.Object({ id: Type.String({ description: 'Identifier of the rule' }) })
const RunCreate = Type.Object({ dryRun: Type.Optional(Type.Boolean({ description: 'Counts and changes nothing (when left out)' })) }, { additionalProperties: false, examples: [{ dryRun: true }] })
const Instant = (description: string) => Type.String({ format: 'date-time', description })
const Run = Type.Object(
  {
    rule: Type.String({ description: 'The rule' }),
    dryRun: Type.Boolean({ description: 'Nothing was changed' }),
    action: Type.String({ description: 'erase or redact' }),
    rows: Type.Integer({ description: 'How many rows it dealt with, or would deal with' }),
    startedAt: Instant('Business time'),
    finishedAt: Type.Optional(Instant('Business time')),
    error: Type.Optional(Type.String({ description: 'What went wrong' })),
  },
  { description: 'A run of a retention rule' },
)
const readRun = inputOf(RunCreate)

interface RunRow {
  rule_id: string
  action: string
  rows: number
  started_at: Date
  finished_at: Date | null
  error: string | null
}

export const retentionRoutes = (scope: FastifyInstance, deps: Services): void => {
  const tags = ['retentionRule']
  const found = async (context: Context, id: string): Promise<RetentionRule> => {
    const rule = id.includes('\0') || !id.isWellFormed() ? undefined : await deps.store.get(context, retentionRule, id)
    if (!rule) throw refuse.notFound('retentionRule', id)
    return rule.doc
  }
  scope.post<{ Params: { id: string } }>(PATH, { schema: { tags, summary: 'Rehearse a retention rule, or carry it out now', params: Params, body: RunCreate, response: { 200: Run } } }, async request => {
    const { context } = request
    const { dryRun = true } = readRun(request.body ?? {})
    requirePermission(context, 'retentionRule', dryRun ? 'read' : 'update')
    refuseConfined(context, 'retention runs')
    const rule = await found(context, request.params.id)
    const startedAt = deps.clock.now().toISOString()
    const rows = dryRun ? await runRule(deps, context, rule, true) : await runRecorded(deps, context.brand, rule)
    return { rule: rule.id, dryRun, action: rule.action, rows, startedAt, finishedAt: deps.clock.now().toISOString() }
  })
  scope.get<{ Params: { id: string } }>(PATH, { schema: { tags, summary: 'List what a retention rule has done, the latest first', params: Params, response: { 200: Type.Array(Run) } } }, async request => {
    const { context } = request
    requirePermission(context, 'retentionRule', 'read')
    refuseConfined(context, 'retention runs')
    const rule = await found(context, request.params.id)
    const runs = await deps.database.query<RunRow>('SELECT rule_id, action, rows, started_at, finished_at, error FROM retention_run WHERE brand = $1 AND rule_id = $2 ORDER BY started_at DESC, id DESC LIMIT 1000', [context.brand, rule.id])
    return runs.map(run => ({
      rule: run.rule_id, dryRun: false, action: run.action, rows: run.rows, startedAt: run.started_at.toISOString(),
      ...(run.finished_at !== null && { finishedAt: run.finished_at.toISOString() }), ...(run.error !== null && { error: run.error }),
    }))
  })
}

/** GET /tandem/v1/auditRecord: who read, wrote and was refused what. Reading the audit is itself recorded. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { followLog, searchTrail, type AuditRow } from '../../tmf/audit/trail.ts'
import type { Services } from '../../tmf/services.ts'

const PATH = '/tandem/v1/auditRecord'

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 1_000, description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const Query = Type.Object(
  {
    principal: text('Who did it'),
    onBehalfOf: text('For which party'),
    operation: Type.Optional(Type.Enum(['create', 'update', 'delete', 'read', 'refuse'], { type: 'string', description: 'What was done' })),
    resource: text('Name of the resource'),
    resourceId: text('Id of one that was written or shown'),
    correlationId: text('Thread of work'),
    channel: text('Channel that it came through'),
    since: instant('From then on'),
    until: instant('Before then'),
    after: text('The `cursor` of the last record of the page before'),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: 'Most records in the answer' })),
  },
  { additionalProperties: false },
)

const AuditRecord = Type.Object(
  {
    at: Type.String({ format: 'date-time', description: 'When (true time, not business time)' }),
    principal: Type.String({ description: 'Who' }),
    onBehalfOf: text('The party for whom it was done'),
    operation: Type.String({ description: 'create, update, delete, read or refuse' }),
    resource: Type.String({ description: 'Name of the resource or operation' }),
    resourceId: Type.Optional(Type.Array(Type.String(), { description: 'What was written or shown; left out for pages of more than 100' })),
    revision: Type.Optional(Type.Integer({ description: 'Revision that a write made' })),
    query: text('The question, where it was one'),
    count: Type.Optional(Type.Integer({ description: 'How many answered it in all' })),
    channel: text('Channel'),
    correlationId: Type.String({ description: 'Thread of work' }),
    cursor: Type.String({ description: 'For `after`' }),
  },
  { description: 'One thing that was done' },
)

const readQuery = inputOf(Query, { query: true })

const answerOf = (row: AuditRow) => ({
  at: row.at.toISOString(),
  principal: row.principal,
  ...(row.on_behalf_of !== null && { onBehalfOf: row.on_behalf_of }),
  operation: row.operation,
  resource: row.resource,
  ...(row.resource_ids !== null && { resourceId: row.resource_ids }),
  ...(row.revision !== null && { revision: row.revision }),
  ...(row.query !== null && { query: row.query }),
  ...(row.count !== null && { count: row.count }),
  ...(row.channel !== null && { channel: row.channel }),
  correlationId: row.correlation_id,
  cursor: `${row.at.getTime()}-${row.seq}`,
})

const cursorOf = (text: string | undefined): { at: Date; seq: string } | undefined => {
  if (text === undefined) return undefined
  const parts = /^(\d{1,15})-(\d{1,18})$/.exec(text)
  if (!parts) throw refuse.invalid([fault('after', 'must be the cursor of a record', text)])
  return { at: new Date(Number(parts[1])), seq: parts[2]! }
}

export const auditRoutes = (scope: FastifyInstance, deps: Services): void => {
  scope.get(
    PATH,
    { schema: { tags: ['auditRecord'], summary: 'Search the audit', description: 'Reads of personal data, writes, and what was refused, the newest first; pages go by `after`. Append-only.', querystring: Query, response: { 200: Type.Array(AuditRecord) } } },
    async request => {
      requirePermission(request.context, 'auditRecord', 'read')
      const { since, until, after, limit = 100, ...conditions } = readQuery(request.query)
      await followLog(deps.database)
      const rows = await searchTrail(deps.database, {
        brand: request.context.brand,
        ...conditions,
        since: since === undefined ? undefined : new Date(since),
        until: until === undefined ? undefined : new Date(until),
        before: cursorOf(after),
        limit,
      })
      return rows.map(answerOf)
    },
  )
}

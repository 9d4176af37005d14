/** Operations on exports of all that is held on a person: ask for one, see how it goes, fetch it, take it away. Each is recorded. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission, type Action } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { exportJob } from './export-run.ts'
import { countDownload, dropExport, insertExport, listExports, readExport, readPieces, type ExportRow } from './export-store.ts'
import { recordPrivacy } from './privacy-record.ts'
import { mayForPerson, personOf, personsOf } from './subject.ts'

const NAME = 'personalDataExport'
const PATH = `/tandem/v1/${NAME}`
const word = (description: string) => Type.String({ minLength: 1, maxLength: 255, description })
const Instant = (description: string) => Type.String({ format: 'date-time', description })

const ExportCreate = Type.Object({ party: word('The person: an individual, an organization, or a customer') }, { additionalProperties: false, examples: [{ party: 'ind-001' }] })
const ExportQuery = Type.Object({ party: Type.Optional(word('Only those on this party')) }, { additionalProperties: false })
const Params = Type.Object({ id: Type.String({ description: 'Identifier of the export' }) })

const Export = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    party: Type.String({ description: 'Whose data' }),
    state: Type.Enum(['requested', 'running', 'completed', 'failed', 'expired', 'erased'], { type: 'string', description: 'Where it stands; the document is there while it is completed' }),
    requestedBy: Type.String({ description: 'Who asked for it' }),
    requestedAt: Instant('Business time of the request'),
    completedAt: Type.Optional(Instant('Business time at which the document was whole')),
    availableUntil: Type.Optional(Instant('Business time at which the document is taken away')),
    content: Type.Optional(Type.String({ description: 'Where the document can be fetched' })),
    bytes: Type.Optional(Type.Integer({ description: 'Size of the document' })),
    downloads: Type.Integer({ description: 'How often it was fetched' }),
    contents: Type.Optional(Type.Record(Type.String(), Type.Integer(), { description: 'How many records of each holding' })),
    error: Type.Optional(Type.String({ description: 'What went wrong' })),
  },
  { description: 'An export of all that is held on a person' },
)

const readCreate = inputOf(ExportCreate)
const readQuery = inputOf(ExportQuery, { query: true })

const answerOf = (row: ExportRow) => ({
  id: row.id,
  href: `${PATH}/${row.id}`,
  party: row.party_id,
  state: row.state,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
  ...(row.completed_at !== null && { completedAt: row.completed_at.toISOString() }),
  ...(row.available_until !== null && { availableUntil: row.available_until.toISOString() }),
  ...(row.state === 'completed' && { content: `${PATH}/${row.id}/content` }),
  ...(row.bytes !== null && { bytes: Number(row.bytes) }),
  downloads: row.downloads,
  ...(row.contents !== null && { contents: row.contents }),
  ...(row.error !== null && { error: row.error }),
})

export const exportRoutes = (scope: FastifyInstance, deps: Services): void => {
  const tags = [NAME]
  const found = async (context: Context, id: string, action: Action): Promise<ExportRow> => {
    requirePermission(context, NAME, action)
    const row = id.includes('\0') || !id.isWellFormed() ? undefined : await readExport(deps.database, context.brand, id)
    if (!row || !mayForPerson(context, NAME, action, row.party_id)) throw refuse.notFound(NAME, id)
    return row
  }

  scope.post(
    PATH,
    {
      config: { confined: true },
      schema: {
        tags,
        summary: 'Ask for all that is held on a person',
        description: 'The document is written by a job and can be fetched for 14 days: every record of every module with why it is held, and the places where records of others name the person. A person who was merged with others is exported whole. A customer may ask for itself; a delegate where personalDataExport was granted by name.',
        body: ExportCreate,
        response: { 202: Export },
      },
    },
    async (request, reply) => {
      const { context } = request
      requirePermission(context, NAME, 'create')
      const { party: id } = readCreate(request.body)
      const party = await personOf(deps, context, id, NAME, 'create')
      const now = deps.clock.now()
      const row = await deps.database.transaction(async tx => {
        const made = await insertExport(tx, { brand: context.brand, party_id: party.id, requested_by: context.principal.id, correlation_id: context.correlationId, requested_at: now })
        await recordPrivacy(tx, context, now, { operation: 'export.request', partyId: party.id, subjectId: made.id })
        return made
      })
      await deps.jobs.enqueue(exportJob, { brand: context.brand, id: row.id }, { id: `${context.brand} ${row.id}` })
      return reply.code(202).header('location', `${PATH}/${row.id}`).send(answerOf(row))
    },
  )

  scope.get(PATH, { config: { confined: true }, schema: { tags, summary: 'List exports of personal data, the newest first', querystring: ExportQuery, response: { 200: Type.Array(Export) } } }, async request => {
    requirePermission(request.context, NAME, 'read')
    const { party } = readQuery(request.query)
    return (await listExports(deps.database, request.context.brand, personsOf(request.context, NAME, 'read'), party?.replaceAll('\0', ''))).map(answerOf)
  })

  scope.get<{ Params: { id: string } }>(`${PATH}/:id`, { config: { confined: true }, schema: { tags, summary: 'Read how an export goes', params: Params, response: { 200: Export } } }, async request =>
    answerOf(await found(request.context, request.params.id, 'read')),
  )

  scope.get<{ Params: { id: string } }>(
    `${PATH}/:id/content`,
    { config: { confined: true, audit: false }, schema: { tags, summary: 'Fetch the document of an export', description: 'One JSON document. 409 until it is whole, and once its time is over. Each download is recorded.', params: Params } },
    async (request, reply) => {
      const { context } = request
      const row = await found(context, request.params.id, 'read')
      const now = deps.clock.now()
      // The sweep takes documents away; a document past its time is not given even before that.
      if (row.state !== 'completed' || (row.available_until !== null && row.available_until <= now)) throw refuse.conflict('noContent', `${NAME} ${row.id} is ${row.state === 'completed' ? 'expired' : row.state} and has no document`)
      await deps.database.transaction(async tx => {
        await countDownload(tx, context.brand, row.id)
        await recordPrivacy(tx, context, now, { operation: 'export.download', partyId: row.party_id, subjectId: row.id })
      })
      // By the person too, so that a search of the audit for the person finds it.
      await deps.audit.record(context, { operation: 'read', resource: NAME, ids: [row.party_id, row.id] })
      reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').header('content-disposition', `attachment; filename="personal-data-${row.id}.json"`)
      return reply.send(Readable.from(readPieces(deps.database, context.brand, row.id), { objectMode: false }))
    },
  )

  scope.delete<{ Params: { id: string } }>(`${PATH}/:id`, { config: { confined: true }, schema: { tags, summary: 'Take an export away', description: 'The document is gone; that there was one stays on record.', params: Params, response: { 204: Type.Null() } } }, async (request, reply) => {
    const { context } = request
    const row = await found(context, request.params.id, 'delete')
    await deps.database.transaction(async tx => {
      if (await dropExport(tx, context.brand, row.id)) await recordPrivacy(tx, context, deps.clock.now(), { operation: 'export.erase', partyId: row.party_id, subjectId: row.id })
    })
    return reply.code(204).send()
  })
}

/** The catalog as a file, and a file as changes of a draft. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Services } from '../../tmf/services.ts'
import { catalogChange } from './change.ts'
import { catalogChangeSet } from './change-set.ts'
import { KINDS } from './kinds.ts'
import { errors, ImportAnswer, params } from './route-schemas.ts'
import { exportCatalog, importFile, recordsOf, startOf } from './transfer.ts'

const NDJSON = ['application/x-ndjson', 'application/ndjson']
const FILE_LIMIT = 16 * 1024 * 1024

const FileQuery = Type.Object({ id: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { maxItems: 500, description: 'What is taken out with all that it needs, as productOffering/home-trio; everything when left out' })) }, { additionalProperties: false, description: 'What is taken out' })
const ImportQuery = Type.Object({ deleteMissing: Type.Optional(Type.Boolean({ description: 'True: what the catalog has of the kinds in the file, and the file has not, is deleted' })) }, { additionalProperties: false, description: 'How the file is taken' })
const readFileQuery = inputOf(FileQuery, { query: true })
const readImportQuery = inputOf(ImportQuery, { query: true })

export const transferRoutes = async (app: FastifyInstance, deps: Services): Promise<void> => {
  app.get('/tandem/v1/catalogFile', { schema: { tags: ['catalogFile'], operationId: 'exportCatalogFile', summary: 'The catalog as a file that diffs well', description: 'One record a line, {resource, id, document}, in the order of kinds and ids, keys sorted, without what the server writes by itself: the same catalog is the same text in every environment.', querystring: FileQuery, response: { 200: Type.Any({ description: 'application/x-ndjson' }), ...errors } } }, async (request, reply) => {
    for (const kind of KINDS) requirePermission(request.context, kind.name, 'read')
    const text = await exportCatalog(deps, request.context, (readFileQuery(request.query).id ?? []).map(startOf))
    return reply.type('application/x-ndjson; charset=utf-8').header('content-disposition', 'attachment; filename="catalog.ndjson"').send(text)
  })

  await app.register(async scope => {
    scope.addContentTypeParser(NDJSON, { parseAs: 'string', bodyLimit: FILE_LIMIT }, (_request: FastifyRequest, text: string | Buffer, done: (error: Error | null, body?: unknown) => void) => done(null, { text: String(text) }))
    scope.post('/tandem/v1/catalogChangeSet/:id/import', { schema: { tags: ['catalogChangeSet'], operationId: 'importCatalogFile', summary: 'Put the difference between a file and the catalog into a draft', description: 'The file as GET /tandem/v1/catalogFile writes it, application/x-ndjson, at most 16 MiB. What the draft says of a resource that the file names is replaced.', params, querystring: ImportQuery, consumes: NDJSON, response: { 200: ImportAnswer, ...errors } } }, async request => {
      requirePermission(request.context, catalogChange.name, 'create')
      requirePermission(request.context, catalogChangeSet.name, 'read')
      const { deleteMissing = false } = readImportQuery(request.query)
      const { text } = (request.body ?? {}) as { text?: unknown }
      if (typeof text !== 'string' || !/ndjson/.test(request.headers['content-type'] ?? '')) throw refuse.invalid([fault('', 'must be one record a line (application/x-ndjson)')])
      return importFile(deps, request.context, (request.params as { id: string }).id, recordsOf(text), deleteMissing)
    })
  })
}

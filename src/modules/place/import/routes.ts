/** Imports of address lists, below /tandem/v1: ask for one, send its file, see how far it is and which lines it rejected, remove it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { requirePermission } from '../../../platform/auth/permission.ts'
import { fault, refuse, Refusal } from '../../../platform/errors.ts'
import { faultsOfSchemaErrors } from '../../../platform/http/validation-faults.ts'
import { newId } from '../../../platform/ids.ts'
import type { Services } from '../../../tmf/services.ts'
import { errorsOf } from '../address-row.ts'
import { documented, idOf, idParams, limitOf, nextLink, nothing, page, readQuery, text } from '../own-routes.ts'
import { objectionToUrl, storePieces } from './fetch-file.ts'
import { insertImport, listFaults, listImports, markReceived, readImport, removeImport, Superseded, type AddressImport } from './import-store.ts'
import { ImportRequest } from './options.ts'
import { MOST_FAULTS, wakeImport } from './run.ts'
import { UnreadableList } from './unpack.ts'

const PATH = '/tandem/v1/addressImport'
const TAG = 'addressImport'
const FILE_TYPES = ['text/csv', 'text/plain', 'application/csv', 'application/gzip', 'application/x-gzip', 'application/octet-stream']

const whole = (description: string) => Type.Integer({ description })
const Shown = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    state: Type.Enum(['receiving', 'waiting', 'running', 'done', 'failed'], { type: 'string', description: 'receiving: its file is being sent. done: every line was read, and stored or rejected. failed: see error; what was stored before stays' }),
    ...ImportRequest.properties,
    receivedBytes: whole('Bytes of the file that are here'),
    line: whole('Line of the list up to which addresses are stored'),
    created: whole('Addresses that are new'),
    changed: whole('Addresses that were known and are otherwise now'),
    unchanged: whole('Addresses that were known as they are'),
    rejected: whole('Lines that were rejected'),
    error: text('Why it failed'),
    createdAt: Type.String({ format: 'date-time', description: 'When it was asked for' }),
    endedAt: Type.Optional(Type.String({ format: 'date-time', description: 'When it ended' })),
  },
  { description: 'An import of a list of addresses' },
)
const Rejected = Type.Object({ line: whole('Line of the file, from 1'), column: text('Name of the column; left out for the whole line'), reason: Type.String({ description: 'What is wrong with it' }) }, { description: 'A line that was rejected' })

const shown = (row: AddressImport): Record<string, unknown> => ({
  id: row.id,
  state: row.state,
  source: row.source,
  ...(row.url !== null && { url: row.url }),
  ...row.options,
  receivedBytes: Number(row.received_bytes),
  line: Number(row.lines),
  created: Number(row.created),
  changed: Number(row.changed),
  unchanged: Number(row.unchanged),
  rejected: Number(row.rejected),
  ...(row.error !== null && { error: row.error }),
  createdAt: row.created_at.toISOString(),
  ...(row.ended_at !== null && { endedAt: row.ended_at.toISOString() }),
})

const validator = Compile(ImportRequest)

const readRequest = (body: unknown): ImportRequest => {
  if (!validator.Check(body)) throw refuse.invalid(faultsOfSchemaErrors(errorsOf(validator.Errors(body)), body))
  return body
}

export const importRoutes = async (app: FastifyInstance, deps: Services): Promise<void> => {
  const found = async (request: FastifyRequest): Promise<AddressImport> => {
    const id = idOf(request)
    const row = await readImport(deps.database, request.context.brand, id)
    if (row === undefined) throw refuse.notFound(TAG, id)
    return row
  }

  app.post(PATH, { schema: documented(TAG, 'Import a list of addresses from a URL, or say that one will be sent to /content', { 201: Shown }, { body: ImportRequest }) }, async (request, reply) => {
    requirePermission(request.context, TAG, 'create')
    const { source, url, ...options } = readRequest(request.body)
    const objection = url === undefined ? undefined : objectionToUrl(deps, url)
    if (objection !== undefined) throw refuse.invalid([fault('url', objection, url)])
    const { brand, principal } = request.context
    const row = await insertImport(deps.database, brand, newId(), { source, url, options, requestedBy: principal.id })
    if (url !== undefined) await wakeImport(deps, brand, row.id)
    return reply.code(201).header('location', `${PATH}/${row.id}`).send(shown(row))
  })

  app.get(PATH, { schema: documented(TAG, 'List imports, the newest first', { 200: Type.Array(Shown) }, { querystring: Type.Object(page) }) }, async (request, reply) => {
    requirePermission(request.context, TAG, 'read')
    const query = readQuery(request, ['after', 'limit'])
    const limit = limitOf(query.limit)
    const rows = await listImports(deps.database, request.context.brand, query.after, limit)
    const last = rows.at(-1)
    if (last !== undefined && rows.length === limit) reply.header('link', nextLink(PATH, request, last.id))
    return reply.header('x-result-count', rows.length).send(rows.map(shown))
  })

  app.get(`${PATH}/:id`, { schema: documented(TAG, 'See how far an import is', { 200: Shown }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, TAG, 'read')
    return reply.send(shown(await found(request)))
  })

  const rejectedQuery = Type.Object({ after: Type.Optional(whole('Last line of the page before')), limit: page.limit })
  app.get(`${PATH}/:id/rejected`, { schema: documented(TAG, `Lines that were rejected, each with its column and the reason: the first ${MOST_FAULTS}`, { 200: Type.Array(Rejected) }, { params: idParams, querystring: rejectedQuery }) }, async (request, reply) => {
    requirePermission(request.context, TAG, 'read')
    const row = await found(request)
    const query = readQuery(request, ['after', 'limit'])
    const limit = limitOf(query.limit)
    if (query.after !== undefined && !/^\d{1,15}$/.test(query.after)) throw refuse.invalid([fault('after', 'must be a line', query.after)])
    const faults = await listFaults(deps.database, request.context.brand, row.id, Number(query.after ?? 0), limit)
    const last = faults.at(-1)
    if (last !== undefined && faults.length === limit) reply.header('link', nextLink(`${PATH}/${row.id}/rejected`, request, last.line))
    return reply.header('x-total-count', Number(row.rejected)).header('x-result-count', faults.length).send(faults.map(one => ({ line: Number(one.line), ...(one.column !== '' && { column: one.column }), reason: one.reason })))
  })

  app.delete(`${PATH}/:id`, { schema: documented(TAG, 'Remove an import; one that runs stops. Addresses that it stored stay', { 204: nothing }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, TAG, 'delete')
    const id = idOf(request)
    if (!(await removeImport(deps.database, request.context.brand, id))) throw refuse.notFound(TAG, id)
    return reply.code(204).send()
  })

  await app.register(async below => {
    below.removeAllContentTypeParsers()
    // Of any type, so that who may not send at all is told that first.
    below.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    below.put(`${PATH}/:id/content`, { bodyLimit: Number.MAX_SAFE_INTEGER, schema: documented(TAG, 'Send the file, whole or in parts one after another: CSV, also packed by gzip. Taken as it comes, whatever its length', { 200: Shown }, { params: idParams, consumes: FILE_TYPES, querystring: contentQuery }) }, (request, reply) => receive(deps, request, reply, found))
  })
}

const contentQuery = Type.Object({
  offset: Type.Optional(whole('Byte of the file at which this part begins: receivedBytes of the import; 0 when left out')),
  complete: Type.Optional(Type.Boolean({ description: 'false: further parts follow' })),
})

const offsetConflict = (row: AddressImport): Refusal => refuse.conflict('wrongOffset', `offset must be ${row.received_bytes}, the bytes that are here`)

/** A part that breaks off keeps what came of it, in pieces: its sender asks for receivedBytes and goes on there. */
const receive = async (deps: Services, request: FastifyRequest, reply: FastifyReply, found: (request: FastifyRequest) => Promise<AddressImport>): Promise<unknown> => {
  requirePermission(request.context, TAG, 'create')
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (!FILE_TYPES.includes(type)) throw new Refusal({ status: 415, code: 'unsupportedMediaType', reason: 'The media type of the request body is not supported', message: `Send the file as one of ${FILE_TYPES.join(', ')}` })
  const { brand } = request.context
  const row = await found(request)
  const query = readQuery(request, ['offset', 'complete'])
  if (query.offset !== undefined && !/^\d{1,15}$/.test(query.offset)) throw refuse.invalid([fault('offset', 'must be a whole number of bytes', query.offset)])
  if (query.complete !== undefined && query.complete !== 'true' && query.complete !== 'false') throw refuse.invalid([fault('complete', 'must be true or false', query.complete)])
  if (row.state !== 'receiving') throw refuse.conflict('notReceiving', row.url === null ? 'The file is here already' : 'The file of this import is fetched from its url')
  const offset = Number(query.offset ?? 0)
  if (offset !== Number(row.received_bytes)) throw offsetConflict(row)
  const body = request.body as AsyncIterable<Buffer> | undefined
  try {
    const bytes = body !== null && typeof body === 'object' && Symbol.asyncIterator in body ? await storePieces(deps, brand, row, offset, body) : offset
    if (query.complete !== 'false') {
      if (bytes === 0) throw refuse.invalid([fault('', 'must hold the file')])
      await markReceived(deps.database, brand, row.id, row.attempt)
      await wakeImport(deps, brand, row.id)
    }
  } catch (error) {
    if (error instanceof Superseded) throw offsetConflict((await readImport(deps.database, brand, row.id)) ?? row)
    if (error instanceof UnreadableList) throw new Refusal({ status: 413, code: 'bodyTooLarge', reason: 'The request body is too large', message: error.message })
    throw error
  }
  return reply.send(shown(await found(request)))
}

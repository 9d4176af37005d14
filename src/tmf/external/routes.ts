/** Records of other systems, below /tandem/v1/external: one by its identity there, and many in a load. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { parseJson } from '../../platform/http/body.ts'
import type { Permit } from '../http/routes.ts'
import { fieldsOf, select } from '../http/fields.ts'
import { etagOf, isNotModified } from '../http/preconditions.ts'
import { hrefOf, type Kit } from '../kit.ts'
import { seenText } from '../secrets.ts'
import { readText } from '../storage/reader.ts'
import { scopeOf } from '../storage/scope.ts'
import { load, type BulkResult, type Entry } from './bulk.ts'
import { deleteSchema, getSchema, loadSchema, putSchema } from './documents.ts'
import { keyText, readIdentities } from './identity-store.ts'
import { linesOf } from './lines.ts'
import { externalIdFaults, freshnessOf, sourceFaults, type ExternalRecord } from './record.ts'
import { documentFaults, keyOf, refuseScreenedId, upsert, type Import } from './upsert.ts'
import { withdraw } from './withdraw.ts'

export interface ExternalOptions {
  kit: Kit
  permit: Permit
  /** Largest record in bytes. */
  bodyLimit: number
}

/** What a caller needs beside the permissions on the resource: a record may say what a client's own create may not, such as a state. */
const PERMISSION = 'external'
const PATH = '/tandem/v1/external/:source/:resource'
const JSON_TYPE = 'application/json; charset=utf-8'
/** A list is parsed at once, which the event loop feels; lines are not. */
const LIST_LIMIT = 8_388_608
const LIST_NODES = 500_000
const LINES_LIMIT = 67_108_864
const NDJSON = ['application/x-ndjson', 'application/ndjson']

interface Params {
  source: string
  resource: string
  externalId?: string
}

const rawQuery = (request: FastifyRequest): string => (request.raw.url ?? '').split('?').slice(1).join('?')

/** Which source and resource the path is about; 400 or 404 when they cannot be. */
const importOf = ({ kit, permit }: ExternalOptions, request: FastifyRequest): Import => {
  const { source, resource: name, externalId } = request.params as Params
  const faults = sourceFaults(source)
  if (faults.length > 0) throw refuse.invalid(faults)
  const resource = kit.registry.byName(name)
  if (!resource || resource.external === false) throw refuse.notFound('resource', name)
  // Before an answer could repeat it.
  if (externalId !== undefined) refuseScreenedId(resource, externalId)
  return { kit, permit, context: request.context, source, resource }
}

const identityOf = (request: FastifyRequest, now: Date, alsoFaults: Fault[] = []): Omit<ExternalRecord, 'doc'> => {
  const { externalId = '' } = request.params as Params
  const query = new URLSearchParams(rawQuery(request))
  const faults = [...externalIdFaults(externalId), ...alsoFaults]
  const freshness = freshnessOf(
    { version: request.headers['x-source-version'] ?? query.get('sourceVersion') ?? undefined, seenAt: request.headers['x-seen-at'] ?? query.get('seenAt') ?? undefined },
    now,
    faults,
  )
  if (faults.length > 0) throw refuse.invalid(faults)
  return { externalId, ...freshness }
}

/** Answers with the resource as it is now, or 304 to a reader who has it; 404 when it is not there for the caller. */
async function answerWith(run: Import, id: string, request: FastifyRequest, reply: FastifyReply): Promise<string | FastifyReply> {
  request.auditIds = [id]
  const row = await readText(run.kit.database, run.resource, scopeOf(run.context, run.resource), id)
  if (!row) throw refuse.notFound(run.resource.name, id)
  reply.header('etag', etagOf(row.revision)).header('content-location', hrefOf(run.resource, id))
  if (request.method === 'GET' && isNotModified(request.headers['if-none-match'], row.revision)) return reply.code(304).send()
  reply.type(JSON_TYPE)
  const fields = fieldsOf(rawQuery(request))
  const text = seenText(run.context, run.resource, row.doc)
  return fields ? JSON.stringify(select(JSON.parse(text), fields)) : text
}

const countsOf = (results: readonly BulkResult[]): Record<string, number> => {
  const counts: Record<string, number> = { received: results.length }
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

const entriesOf = (body: unknown, bodyLimit: number): AsyncIterable<Entry> | Iterable<Entry> => {
  if (Array.isArray(body)) return body.map((value: unknown) => ({ value }))
  if (body !== null && typeof body === 'object' && Symbol.asyncIterator in body) return linesOf(body as AsyncIterable<Buffer>, { line: bodyLimit, most: LINES_LIMIT })
  throw refuse.invalid([fault('', 'must be a JSON list of records, or one record a line (application/x-ndjson)')])
}

/** Bodies of loads: longer than others, and lines are read as they come. */
const readLoads = (scope: FastifyInstance): void => {
  scope.removeContentTypeParser('application/json')
  scope.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: LIST_LIMIT }, (_request: FastifyRequest, bytes: Buffer, done: (error: Error | null, body?: unknown) => void) => {
    try {
      done(null, parseJson(bytes, { depth: 32, nodes: LIST_NODES }))
    } catch (error) {
      done(error as Error)
    }
  })
  scope.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload))
}

/** Mounts the routes; their paths are whole. */
export const externalRoutes = (options: ExternalOptions) => async (scope: FastifyInstance): Promise<void> => {
  const { kit, permit, bodyLimit } = options

  scope.put(`${PATH}/:externalId`, { schema: putSchema }, async (request, reply) => {
    permit(request.context, PERMISSION, 'update')
    const run = importOf(options, request)
    const record = { ...identityOf(request, kit.clock.now(), documentFaults(request.body)), doc: request.body as ExternalRecord['doc'] }
    const [result] = await upsert(run, [record])
    if (!result || 'refusal' in result) throw result?.refusal ?? new Error('a record has no result')
    request.auditIds = [result.id]
    reply.header('x-tandem-outcome', result.outcome).code(result.outcome === 'created' ? 201 : 200)
    if (result.outcome === 'created') reply.header('location', hrefOf(run.resource, result.id))
    // Of a record that was withdrawn since, nothing is there to show.
    if (result.outcome === 'older' && !(await readText(kit.database, run.resource, scopeOf(run.context, run.resource, 'update'), result.id))) return reply.send({ id: result.id, href: hrefOf(run.resource, result.id) })
    return await answerWith(run, result.id, request, reply)
  })

  scope.get(`${PATH}/:externalId`, { schema: getSchema }, async (request, reply) => {
    const run = importOf(options, request)
    permit(request.context, run.resource.name, 'read')
    const { externalId } = identityOf(request, kit.clock.now())
    const key = keyOf(run, externalId)
    const identity = (await readIdentities(kit.database, request.context.brand, [key])).get(keyText(key))
    if (!identity || identity.goneAt !== null) throw refuse.notFound(`${run.resource.name} of ${run.source}`, externalId)
    return await answerWith(run, identity.resourceId, request, reply)
  })

  scope.delete(`${PATH}/:externalId`, { schema: deleteSchema }, async request => {
    permit(request.context, PERMISSION, 'delete')
    const run = importOf(options, request)
    const withdrawn = await withdraw(run, identityOf(request, kit.clock.now()))
    if (withdrawn.id !== undefined) request.auditIds = [withdrawn.id]
    return withdrawn
  })

  await scope.register(async below => {
    readLoads(below)
    below.post(PATH, { schema: loadSchema, bodyLimit: LIST_LIMIT }, async request => {
      permit(request.context, PERMISSION, 'update')
      const run = importOf(options, request)
      const results = await load(run, entriesOf(request.body, bodyLimit))
      return { ...countsOf(results), results }
    })
  })
}

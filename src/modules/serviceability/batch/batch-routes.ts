/** Asks about up to a thousand sites at once, below /tandem/v1: place first (query) or product first (check). Answered by a job, with a result for each site. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { requirePermission } from '../../../platform/auth/permission.ts'
import { fault, refuse, type Fault } from '../../../platform/errors.ts'
import { faultsOfSchemaErrors } from '../../../platform/http/validation-faults.ts'
import { newId } from '../../../platform/ids.ts'
import type { Services } from '../../../tmf/services.ts'
import { errorsOf } from '../coverage-row.ts'
import { documented, idOf, idParams, limitOf, nothing, page, readQuery } from '../own-routes.ts'
import { readService } from '../requirement.ts'
import { serviceOf, startBatch } from './batch-run.ts'
import { getBatch, insertBatch, listBatches, listResults, removeBatch, type Batch } from './batch-store.ts'

const BATCH = '/tandem/v1/qualificationBatch'
const MAX_SITES = 1000

const Wishes = Type.Array(Type.Object({ name: Type.String({ minLength: 1, maxLength: 200, description: 'technology, downloadSpeed, marketSegment …' }), value: Type.Unknown({ description: 'What is wished' }) }, { additionalProperties: false, description: 'A wish' }), { maxItems: 50, description: 'What is wished of the service, as TMF645 has it' })

const BatchBody = Type.Object(
  {
    mode: Type.Optional(Type.Enum(['check', 'query'], { type: 'string', description: 'check: can each site have this (as when left out); query: what can each site have' })),
    serviceSpecification: Type.Optional(Type.Object({ id: Type.String({ minLength: 1, maxLength: 200, description: 'Kind of service' }) }, { additionalProperties: false, description: 'Kind of service, whose own need counts too' })),
    serviceCharacteristic: Type.Optional(Wishes),
    provideAlternative: Type.Optional(Type.Boolean({ description: 'Whether proposals are wanted where it cannot be had; true when left out' })),
    site: Type.Array(
      Type.Object(
        {
          id: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'What the caller calls it; its number when left out' })),
          place: Type.Record(Type.String(), Type.Unknown(), { description: 'A place as TMF645 has it: by id, address attributes, coordinates or H3 cell' }),
          serviceCharacteristic: Type.Optional(Wishes),
        },
        { additionalProperties: false, description: 'A site' },
      ),
      { minItems: 1, maxItems: MAX_SITES, description: 'The sites' },
    ),
  },
  { additionalProperties: false, description: 'A question about many sites' },
)

const Shown = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    state: Type.Enum(['accepted', 'inProgress', 'done'], { type: 'string', description: 'Where it stands' }),
    mode: Type.String({ description: 'check or query' }),
    total: Type.Integer({ description: 'Sites' }),
    done: Type.Integer({ description: 'Sites with an answer' }),
    createdAt: Type.String({ format: 'date-time', description: 'When it was asked' }),
    endedAt: Type.Optional(Type.String({ format: 'date-time', description: 'When the last answer was there' })),
  },
  { description: 'A question about many sites' },
)

const SiteResult = Type.Object(
  {
    id: Type.String({ description: 'Of the site' }),
    qualificationResult: Type.String({ description: 'qualified, alternate or unqualified' }),
    expirationDate: Type.String({ format: 'date-time', description: 'Until when it can be relied on' }),
    service: Type.Optional(Type.Unknown({ description: 'The service, with the line that can carry it' })),
    alternateServiceProposal: Type.Optional(Type.Array(Type.Unknown(), { description: 'What could be had instead' })),
    eligibilityUnavailabilityReason: Type.Optional(Type.Array(Type.Unknown(), { description: 'Why not' })),
    serviceQualificationItem: Type.Optional(Type.Array(Type.Unknown(), { description: 'Of a query: what can be had' })),
  },
  { description: 'The answer for one site, as an item of TMF645' },
)

const validator = Compile(BatchBody)

const shown = (batch: Batch): Record<string, unknown> => ({
  id: batch.id,
  href: `${BATCH}/${batch.id}`,
  state: batch.state,
  mode: batch.mode,
  total: batch.total,
  done: batch.done,
  createdAt: batch.createdAt.toISOString(),
  ...(batch.endedAt !== null && { endedAt: batch.endedAt.toISOString() }),
})

/** Reads the body; each site's faults are named before anything is stored. */
const readBatch = (body: unknown): Static<typeof BatchBody> => {
  if (!validator.Check(body)) throw refuse.invalid(faultsOfSchemaErrors(errorsOf(validator.Errors(body)), body))
  const faults: Fault[] = []
  const { site: sites, ...question } = body
  const taken = new Set<string>()
  for (const [index, site] of sites.entries()) {
    const path = `site[${index}]`
    if (site.id !== undefined && taken.has(site.id)) faults.push(fault(`${path}.id`, 'is used by another site', site.id))
    if (site.id !== undefined) taken.add(site.id)
    const own = site.serviceCharacteristic?.length ?? 0
    for (const one of readService(serviceOf(question as never, site as never), path).faults) {
      const wish = /\.serviceCharacteristic\[(\d+)\](.*)$/.exec(one.path)
      const at = wish === null || Number(wish[1]) < own ? one.path.replace(`${path}.place[0]`, `${path}.place`) : `serviceCharacteristic[${question.serviceCharacteristic?.findIndex(given => faultIsOf(given.value, one)) ?? 0}]${wish[2] ?? ''}`
      if (!faults.some(known => known.path === at)) faults.push({ ...one, path: at })
    }
    if (faults.length >= 100) break
  }
  if (faults.length > 0) throw refuse.invalid(faults.slice(0, 100))
  return body
}

/** A fault carries the value that it is about. */
const faultIsOf = (value: unknown, one: Fault): boolean => one.value === undefined || fault('', '', value).value === one.value

export const batchRoutes = (app: FastifyInstance, deps: Services): void => {
  const { database } = deps

  app.post(BATCH, { schema: documented(`Ask about up to ${MAX_SITES} sites; the answers come one by one`, { 202: Shown }, { body: BatchBody }) }, async (request, reply) => {
    requirePermission(request.context, 'qualificationBatch', 'create')
    const { brand } = request.context
    const { site: sites, mode = 'check', ...question } = readBatch(request.body)
    const id = newId()
    await insertBatch(database, brand, { id, mode: mode as Batch['mode'], question: question as never, askedAt: deps.clock.now() }, sites.map((site, index) => ({ ...site, id: site.id ?? String(index + 1) }) as never))
    await startBatch(deps, brand, id)
    const batch = await getBatch(database, brand, id)
    return reply.code(202).header('location', `${BATCH}/${id}`).send(batch === undefined ? undefined : shown(batch))
  })

  app.get(BATCH, { schema: documented('List questions about many sites, the newest first; pages go by key', { 200: Type.Array(Shown) }, { querystring: Type.Object(page) }) }, async (request, reply) => {
    requirePermission(request.context, 'qualificationBatch', 'read')
    const query = readQuery(request, ['after', 'limit'])
    const limit = limitOf(query['limit'])
    const batches = await listBatches(database, request.context.brand, query['after'], limit)
    const last = batches.at(-1)
    if (last !== undefined && batches.length === limit) reply.header('link', `<${BATCH}?after=${last.id}&limit=${limit}>; rel="next"`)
    return reply.header('x-result-count', batches.length).send(batches.map(shown))
  })

  app.get(`${BATCH}/:id`, { schema: documented('Read how far the answers about many sites are', { 200: Shown }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, 'qualificationBatch', 'read')
    const id = idOf(request)
    const batch = await getBatch(database, request.context.brand, id)
    if (batch === undefined) throw refuse.notFound('qualificationBatch', id)
    return reply.send(shown(batch))
  })

  app.get(`${BATCH}/:id/result`, { schema: documented('Read the answers that are there, in the order of the sites; pages go by number', { 200: Type.Array(SiteResult) }, { params: idParams, querystring: Type.Object(page) }) }, async (request, reply) => {
    requirePermission(request.context, 'qualificationBatch', 'read')
    const { brand } = request.context
    const id = idOf(request)
    const query = readQuery(request, ['after', 'limit'])
    const after = Number(query['after'] ?? 0)
    if (!Number.isInteger(after) || after < 0 || after > MAX_SITES) throw refuse.invalid([fault('after', 'must be the number of a site', query['after'])])
    const batch = await getBatch(database, brand, id)
    if (batch === undefined) throw refuse.notFound('qualificationBatch', id)
    const limit = limitOf(query['limit'])
    const rows = await listResults(database, brand, id, after, limit)
    const last = rows.at(-1)
    if (last !== undefined && rows.length === limit) reply.header('link', `<${BATCH}/${id}/result?after=${last.seq}&limit=${limit}>; rel="next"`)
    return reply.header('x-total-count', batch.total).header('x-result-count', rows.length).type('application/json; charset=utf-8').send(`[${rows.map(row => row.result).join(',')}]`)
  })

  app.delete(`${BATCH}/:id`, { schema: documented('Remove a question about many sites with its answers', { 204: nothing }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, 'qualificationBatch', 'delete')
    const id = idOf(request)
    if (!(await removeBatch(database, request.context.brand, id))) throw refuse.notFound('qualificationBatch', id)
    return reply.code(204).send()
  })
}

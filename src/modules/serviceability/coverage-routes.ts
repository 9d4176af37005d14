/** Operations on coverage, below /tandem/v1: read, add, load in bulk, remove. Not a TM Forum resource: rows come by the million. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { instantOf } from '../../tmf/filter/values.ts'
import type { Services } from '../../tmf/services.ts'
import { CoverageRow, readCoverageRow, shownCoverage, StoredCoverageRow } from './coverage-row.ts'
import { behind, getImported, importedAt, isImportedId } from './coverage-imported-store.ts'
import { findSame, getCoverage, insertCoverage, listCoverage, removeCoverage, removeCoverageOf, upsertCoverage, type CoverageFilter, type CoverageInput, type StoredCoverage } from './coverage-store.ts'
import { documented, idOf, idParams, limitOf, nothing, page, readQuery, text } from './own-routes.ts'
import { cellChain, normaliseCell } from './place.ts'

/** Rows of one bulk request; a JSON body of more would pass the limits on its size and number of values. */
const MAX_BULK = 2000
const MAX_FAULTS = 100

const Counts = Type.Object({ created: Type.Integer({ description: 'Rows that are new' }), updated: Type.Integer({ description: 'Rows that replaced one' }) }, { description: 'What the load did' })
const Removed = Type.Object({ removed: Type.Integer({ description: 'Rows that are gone' }) }, { description: 'What was removed' })

const isFaults = (read: object): read is Fault[] => Array.isArray(read)

/** Reads the list of a bulk body; nothing is stored when one row is wrong. */
const readBulk = <T extends object>(body: unknown, read: (row: unknown, path: string) => T | Fault[]): T[] => {
  if (!Array.isArray(body)) throw refuse.invalid([fault('', 'must be a list of rows')])
  if (body.length > MAX_BULK) throw refuse.invalid([fault('', `must have at most ${MAX_BULK} rows`)])
  const rows: T[] = []
  const faults: Fault[] = []
  for (const [index, given] of body.entries()) {
    const row = read(given, `[${index}]`)
    if (isFaults(row)) faults.push(...row)
    else rows.push(row)
    if (faults.length >= MAX_FAULTS) break
  }
  if (faults.length > 0) throw refuse.invalid(faults.slice(0, MAX_FAULTS))
  return rows
}

const FILTERS = ['addressId', 'cell', 'latitude', 'longitude', 'provider', 'technology', 'source', 'after', 'limit'] as const

/** Which rows a list asks for: by place (exactly, or all cells around a point) and by what they say. */
const filterOf = (query: Record<string, string | undefined>): CoverageFilter => {
  const places: string[] = []
  const { addressId, cell, latitude, longitude, provider, technology, source } = query
  if (addressId !== undefined) places.push(addressId)
  if (cell !== undefined) {
    const plain = normaliseCell(cell)
    if (plain === undefined) throw refuse.invalid([fault('cell', 'must be an H3 cell index', cell)])
    places.push(plain)
  }
  if (latitude !== undefined || longitude !== undefined) {
    const point = { latitude: Number(latitude ?? Number.NaN), longitude: Number(longitude ?? Number.NaN) }
    if (!(Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180)) throw refuse.invalid([fault('latitude', 'and longitude must be degrees on earth')])
    places.push(...cellChain({ point }))
  }
  return { ...(places.length > 0 && { placeId: places }), ...(provider !== undefined && { provider }), ...(technology !== undefined && { technology }), ...(source !== undefined && { source }) }
}

const nextLink = (path: string, request: FastifyRequest, after: string): string => {
  const params = new URLSearchParams(Object.entries(request.query as Record<string, string>))
  params.set('after', after)
  return `<${path}?${params.toString()}>; rel="next"`
}

const COVERAGE = '/tandem/v1/coverage'

/** A page: rows that are kept one by one, and behind them, where a place is named, those of imported sources. */
const pageOf = async ({ database }: Services, brand: string, filter: CoverageFilter, after: string | undefined, limit: number): Promise<{ rows: StoredCoverage[]; total: number }> => {
  const isBehind = after !== undefined && isImportedId(after)
  const { rows, total } = await listCoverage(database, brand, filter, isBehind ? '' : after, limit)
  if (filter.placeId === undefined) return { rows, total }
  const imported = await importedAt(database, brand, { ...filter, placeId: filter.placeId })
  return { rows: [...(isBehind ? [] : rows), ...behind(imported, isBehind ? after : undefined)].slice(0, limit), total: total + imported.length }
}

export const coverageRoutes = (app: FastifyInstance, deps: Services): void => {
  const listQuery = Type.Object({
    addressId: text('Rows for this address'), cell: text('Rows for this H3 cell'), latitude: text('With longitude: rows for every cell around this point'), longitude: text('With latitude'),
    provider: text('Rows of this provider'), technology: text('Rows with this technology'), source: text('Rows from this source'), ...page,
  })
  app.get(COVERAGE, { schema: documented('List coverage by place, provider, technology or source; pages go by key. Rows that came with the file of a source are listed where a place is named', { 200: Type.Array(StoredCoverageRow) }, { querystring: listQuery }) }, async (request, reply) => {
    requirePermission(request.context, 'coverage', 'read')
    const query = readQuery(request, FILTERS)
    const limit = limitOf(query['limit'])
    const { rows, total } = await pageOf(deps, request.context.brand, filterOf(query), query['after'], limit)
    const last = rows.at(-1)
    if (last !== undefined && rows.length === limit) reply.header('link', nextLink(COVERAGE, request, last.id))
    return reply.header('x-total-count', total).header('x-result-count', rows.length).send(rows.map(shownCoverage))
  })

  app.get(`${COVERAGE}/:id`, { schema: documented('Read one coverage row', { 200: StoredCoverageRow }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, 'coverage', 'read')
    const id = idOf(request)
    const row = (await getCoverage(deps.database, request.context.brand, id)) ?? (await getImported(deps.database, request.context.brand, id))
    if (row === undefined) throw refuse.notFound('coverage', id)
    return reply.send(shownCoverage(row))
  })

  app.post(COVERAGE, { schema: documented('Add one coverage row', { 201: StoredCoverageRow }, { body: CoverageRow }) }, async (request, reply) => {
    requirePermission(request.context, 'coverage', 'create')
    const { brand } = request.context
    const row = readCoverageRow(request.body, '', deps.clock.now())
    if (isFaults(row)) throw refuse.invalid(row)
    if (!(await insertCoverage(deps.database, brand, row))) throw refuse.conflict('alreadyExists', `Row ${(await findSame(deps.database, brand, row)) ?? ''} says this of the same place, provider, technology, segment and start; a bulk load replaces it`)
    const stored = await getCoverage(deps.database, brand, row.id)
    return reply.code(201).header('location', `${COVERAGE}/${row.id}`).send(stored === undefined ? undefined : shownCoverage(stored))
  })

  const bulk = documented('Add or replace up to 2,000 coverage rows: all or none. Rows with the same place, provider, technology, segment and start are replaced', { 200: Counts }, { body: Type.Array(CoverageRow, { maxItems: MAX_BULK }) })
  app.post(`${COVERAGE}/bulk`, { schema: bulk }, async (request, reply) => {
    requirePermission(request.context, 'coverage', 'create')
    const now = deps.clock.now()
    const rows = readBulk<CoverageInput>(request.body, (row, path) => readCoverageRow(row, path, now))
    return reply.send(await deps.database.transaction(tx => upsertCoverage(tx, request.context.brand, rows)))
  })

  app.delete(`${COVERAGE}/:id`, { schema: documented('Remove one coverage row', { 204: nothing }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, 'coverage', 'delete')
    const id = idOf(request)
    if ((await getImported(deps.database, request.context.brand, id)) !== undefined) throw refuse.conflict('ofASource', `Row ${id} came with the file of a source: its next file is without it, or the source is removed`)
    if (!(await removeCoverage(deps.database, request.context.brand, id))) throw refuse.notFound('coverage', id)
    return reply.code(204).send()
  })

  const removal = Type.Object({ source: Type.String({ description: 'Rows from this source' }), before: text('Only those whose facts are older than this date-time') })
  app.delete(COVERAGE, { schema: documented('Remove what a source delivered, or only what is older than its newest file', { 200: Removed }, { querystring: removal }) }, async (request, reply) => {
    requirePermission(request.context, 'coverage', 'delete')
    const query = readQuery(request, ['source', 'before'])
    const { source, before } = query
    const faults: Fault[] = []
    if (source === undefined) faults.push(fault('source', 'is required'))
    if (before !== undefined && instantOf(before) === undefined) faults.push(fault('before', 'must be a date-time with an offset (RFC 3339)', before))
    if (source === undefined || faults.length > 0) throw refuse.invalid(faults)
    return reply.send({ removed: await removeCoverageOf(deps.database, request.context.brand, source, before === undefined ? undefined : instantOf(before)?.toISOString()) })
  })
}

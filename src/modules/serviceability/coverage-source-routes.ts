/** Operations on sources of coverage and their imports, below /tandem/v1. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, Refusal, refuse, type Fault } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { faultsOfParameters } from '../../platform/text.ts'
import { instantOf } from '../../tmf/filter/values.ts'
import type { Services } from '../../tmf/services.ts'
import { CoverageSource, CoverageSourceInput, FORMATS, readCoverageSource, type CoverageFormat } from './coverage-source.ts'
import { getSource, insertSource, listSources, removeSource, sourceNamed, updateSource, type StoredSource } from './coverage-source-store.ts'
import { documented, idOf, idParams, limitOf, page, readQuery } from './own-routes.ts'
import { failImport, getImport, insertImport, listImports, markReceived, type CoverageImport } from './import/import-store.ts'
import { startImport } from './import/import-run.ts'
import { outboundOf } from './import/outbound.ts'
import { receivingAlive, storePieces } from './import/receive.ts'
import { LIMITS, UnusableFile } from './import/unpack.ts'

const SOURCE = '/tandem/v1/coverageSource'
const IMPORT = '/tandem/v1/coverageImport'

const ImportBody = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2000, description: 'Where the file is fetched' }),
    format: Type.Optional(Type.Enum([...FORMATS], { type: 'string', description: 'Of this file, when it is not that of the source' })),
    asOf: Type.Optional(Type.String({ format: 'date-time', description: 'When its facts were true; now when left out' })),
  },
  { additionalProperties: false, description: 'A file to import' },
)

const count = (description: string) => Type.Integer({ description })
const CoverageImportShown = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    sourceId: Type.String({ description: 'Source that it is for' }),
    state: Type.Enum(['receiving', 'waiting', 'running', 'done', 'failed'], { type: 'string', description: 'Where it stands; the source changes when it is done, and not otherwise' }),
    format: Type.String({ description: 'How the file is read' }),
    url: Type.Optional(Type.String({ description: 'Where the file is fetched' })),
    asOf: Type.String({ format: 'date-time', description: 'When its facts were true' }),
    attempt: count('How often it was begun'),
    version: Type.Optional(count('Version that it makes')),
    bytes: count('Bytes received'),
    linesRead: count('Lines or features read'),
    rowsAccepted: count('Rows made of them'),
    rowsStored: count('Rows of the version, those of one offer at one place being put together'),
    linesRejected: count('Lines or features that could not be taken'),
    rejected: Type.Array(Type.Object({ line: Type.Optional(count('Line, from 1')), feature: Type.Optional(count('Feature, from 1')), reason: Type.String({ description: 'What is wrong with it' }) }, { description: 'One of them' }), { description: 'The first hundred of them' }),
    error: Type.Optional(Type.String({ description: 'Why it failed' })),
    createdAt: Type.String({ format: 'date-time', description: 'When it was asked for' }),
    endedAt: Type.Optional(Type.String({ format: 'date-time', description: 'When it ended' })),
  },
  { description: 'An import into a source' },
)

const shownSource = (source: StoredSource, now: Date): Record<string, unknown> => ({
  id: source.id,
  href: `${SOURCE}/${source.id}`,
  name: source.name,
  provider: source.provider,
  kind: source.kind,
  ...(source.format !== null && { format: source.format }),
  priority: source.priority,
  enabled: source.enabled,
  ...(Object.keys(source.settings).length > 0 && { settings: source.settings }),
  ...(source.live !== null && { live: source.live }),
  ...(source.currentVersion !== null && { currentVersion: source.currentVersion, rowCount: source.rowCount, importId: source.importId }),
  ...(source.asOf !== null && { asOf: source.asOf.toISOString(), ageSeconds: Math.max(0, Math.round((now.getTime() - source.asOf.getTime()) / 1000)) }),
  ...(source.breakerOpenUntil !== null && source.breakerOpenUntil.getTime() > Date.now() && { unreachableUntil: source.breakerOpenUntil.toISOString() }),
  createdAt: source.createdAt.toISOString(),
  updatedAt: source.updatedAt.toISOString(),
})

const shownImport = (imported: CoverageImport): Record<string, unknown> => {
  const { id, sourceId, state, format, url, asOf, attempt, version, bytes, linesRead, rowsAccepted, rowsStored, linesRejected, rejected, error, createdAt, endedAt } = imported
  return {
    id,
    href: `${IMPORT}/${id}`,
    sourceId,
    state,
    format,
    ...(url !== null && { url }),
    asOf: asOf.toISOString(),
    attempt,
    ...(version !== null && { version }),
    bytes,
    linesRead,
    rowsAccepted,
    rowsStored,
    linesRejected,
    rejected: [...rejected].sort((a, b) => (a.line ?? a.feature ?? 0) - (b.line ?? b.feature ?? 0)),
    ...(error !== null && { error }),
    createdAt: createdAt.toISOString(),
    ...(endedAt !== null && { endedAt: endedAt.toISOString() }),
  }
}

const etagOf = (source: StoredSource): string => `"${source.revision}"`

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** RFC 7396. */
const merged = (target: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) return patch
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else result[name] = merged(result[name], value)
  }
  return result
}

const readSource = (deps: Services, given: unknown): CoverageSourceInput => {
  const read = readCoverageSource(given, url => outboundOf(deps).objection(url))
  if (Array.isArray(read)) throw refuse.invalid(read)
  return read
}

const nameTaken = (name: string, other: string | undefined): Refusal => refuse.conflict('alreadyExists', `Source ${other ?? ''} is named ${name}`)

export const coverageSourceRoutes = (app: FastifyInstance, deps: Services): void => {
  const { database } = deps
  const found = async (request: FastifyRequest): Promise<StoredSource> => {
    const id = idOf(request)
    const source = await getSource(database, request.context.brand, id)
    if (source === undefined) throw refuse.notFound('coverageSource', id)
    return source
  }

  app.get(SOURCE, { schema: documented('List the sources of coverage', { 200: Type.Array(CoverageSource) }, { querystring: Type.Object(page) }) }, async (request, reply) => {
    requirePermission(request.context, 'coverageSource', 'read')
    const query = readQuery(request, ['after', 'limit'])
    const rows = await listSources(database, request.context.brand, query['after'], limitOf(query['limit']))
    return reply.header('x-result-count', rows.length).send(rows.map(row => shownSource(row, deps.clock.now())))
  })

  app.get(`${SOURCE}/:id`, { schema: documented('Read a source: its version, its age, whether it can be reached', { 200: CoverageSource }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, 'coverageSource', 'read')
    const source = await found(request)
    return reply.header('etag', etagOf(source)).send(shownSource(source, deps.clock.now()))
  })

  app.post(SOURCE, { schema: documented('Add a source', { 201: CoverageSource }, { body: CoverageSourceInput }) }, async (request, reply) => {
    requirePermission(request.context, 'coverageSource', 'create')
    const { brand } = request.context
    const given = readSource(deps, request.body)
    const id = newId()
    const source = await insertSource(database, brand, id, given)
    if (source === undefined) throw nameTaken(given.name, await sourceNamed(database, brand, given.name))
    return reply.code(201).header('location', `${SOURCE}/${id}`).header('etag', etagOf(source)).send(shownSource(source, deps.clock.now()))
  })

  app.patch(`${SOURCE}/:id`, { schema: documented('Change a source (merge patch)', { 200: CoverageSource }, { params: idParams, body: CoverageSourceInput }) }, async (request, reply) => {
    requirePermission(request.context, 'coverageSource', 'update')
    const { brand } = request.context
    const source = await found(request)
    const expected = request.headers['if-match']
    if (expected !== undefined && expected !== '*' && expected !== etagOf(source)) throw refuse.lostRace('The source was changed meanwhile')
    if (!isObject(request.body)) throw refuse.invalid([fault('', 'must be an object')])
    const { name, provider, kind, priority, enabled, settings } = source
    const given = readSource(deps, merged({ name, provider, kind, priority, enabled, settings, ...(source.format !== null && { format: source.format }), ...(source.live !== null && { live: source.live }) }, request.body))
    if (given.kind !== kind) throw refuse.invalid([fault('kind', 'cannot change: make another source', given.kind)])
    const other = await sourceNamed(database, brand, given.name)
    if (other !== undefined && other !== source.id) throw nameTaken(given.name, other)
    const changed = await updateSource(database, brand, source.id, source.revision, given)
    if (changed === undefined) throw refuse.lostRace('The source was changed meanwhile')
    return reply.header('etag', etagOf(changed)).send(shownSource(changed, deps.clock.now()))
  })

  app.delete(`${SOURCE}/:id`, { schema: documented('Remove a source with all it delivered', { 204: Type.Null({ description: 'Done' }) }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, 'coverageSource', 'delete')
    const id = idOf(request)
    if (!(await removeSource(database, request.context.brand, id))) throw refuse.notFound('coverageSource', id)
    return reply.code(204).send()
  })

  importRoutes(app, deps, found)
}

/** Sent as they are, of any length. */
const FILE_TYPES = ['text/csv', 'application/csv', 'application/gzip', 'application/x-gzip', 'application/x-ndjson', 'application/ndjson', 'application/geo+json', 'application/geo+json-seq', 'application/json', 'application/octet-stream']

const formatNamed = (given: unknown, path: string, faults: Fault[]): CoverageFormat | undefined => {
  if (given === undefined) return undefined
  const format = FORMATS.find(one => one === given)
  if (format === undefined) faults.push(fault(path, `must be one of ${FORMATS.join(', ')}`, given))
  return format
}

/** Clocks differ a little. */
const AHEAD_MS = 60_000

/** Facts of the future would hide what happens until then: ports that come into use count until the facts are younger. */
const asOfNamed = (given: unknown, now: Date, faults: Fault[]): Date | undefined => {
  if (given === undefined) return undefined
  const date = typeof given === 'string' ? instantOf(given) : undefined
  if (date === undefined) faults.push(fault('asOf', 'must be a date-time with an offset (RFC 3339)', given))
  else if (date.getTime() > now.getTime() + AHEAD_MS) faults.push(fault('asOf', 'must not be in the future', given))
  return date
}

const underway = (): Refusal => refuse.conflict('importUnderWay', 'Another import of this source is under way')

const importRoutes = (app: FastifyInstance, deps: Services, found: (request: FastifyRequest) => Promise<StoredSource>): void => {
  const { database } = deps
  const importable = async (request: FastifyRequest): Promise<StoredSource> => {
    const source = await found(request)
    if (source.kind !== 'imported') throw refuse.conflict('sourceIsLive', 'A live source is asked, not imported')
    return source
  }

  app.post(`${SOURCE}/:id/import`, { schema: documented('Import a file from its address; the source switches to it as a whole when it is loaded', { 202: CoverageImportShown }, { params: idParams, body: ImportBody }) }, async (request, reply) => {
    requirePermission(request.context, 'coverageSource', 'update')
    const { brand } = request.context
    const source = await importable(request)
    const given = isObject(request.body) ? request.body : {}
    const faults: Fault[] = faultsOfParameters({ url: given['url'] }, 2000)
    for (const name of Object.keys(given)) if (!['url', 'format', 'asOf'].includes(name)) faults.push(fault(name, 'is not an attribute of an import; those are url, format, asOf'))
    const url = given['url']
    const objection = typeof url === 'string' ? outboundOf(deps).objection(url) : 'is required: the address of the file'
    if (objection !== undefined) faults.push(fault('url', objection, url))
    const format = formatNamed(given['format'], 'format', faults)
    const asOf = asOfNamed(given['asOf'], deps.clock.now(), faults)
    if (faults.length > 0 || typeof url !== 'string') throw refuse.invalid(faults)
    const imported = await insertImport(database, brand, { id: newId(), sourceId: source.id, state: 'waiting', url, format: format ?? source.format ?? 'rows', asOf: asOf ?? deps.clock.now() })
    if (imported === undefined) throw underway()
    await startImport(deps, brand, imported.id)
    return reply.code(202).header('location', `${IMPORT}/${imported.id}`).send(shownImport(imported))
  })

  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    // Of any type, so that who may not send at all is told that first.
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    const upload = documented(
      'Import the file that is the body (CSV, a JSON object a line, GeoJSON; plain or gzip); the source switches to it as a whole when it is loaded',
      { 202: CoverageImportShown },
      { params: idParams, querystring: Type.Object({ format: Type.Optional(Type.Enum([...FORMATS], { type: 'string', description: 'Of this file, when it is not that of the source' })), asOf: Type.Optional(Type.String({ format: 'date-time', description: 'When its facts were true; now when left out' })) }), consumes: FILE_TYPES },
    )
    scope.post(`${SOURCE}/:id/upload`, { bodyLimit: LIMITS.packed, schema: upload }, async (request, reply) => {
      requirePermission(request.context, 'coverageSource', 'update')
      const { brand } = request.context
      const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
      if (!FILE_TYPES.includes(type)) throw new Refusal({ status: 415, code: 'unsupportedMediaType', reason: 'The media type of the request body is not supported', message: `Send the file as one of ${FILE_TYPES.join(', ')}` })
      const query = readQuery(request, ['format', 'asOf'])
      const faults: Fault[] = []
      const format = formatNamed(query['format'], 'format', faults)
      const asOf = asOfNamed(query['asOf'], deps.clock.now(), faults)
      if (faults.length > 0) throw refuse.invalid(faults)
      const source = await importable(request)
      const imported = await insertImport(database, brand, { id: newId(), sourceId: source.id, state: 'receiving', format: format ?? source.format ?? 'rows', asOf: asOf ?? deps.clock.now() })
      if (imported === undefined) throw underway()
      const { id } = imported
      try {
        const bytes = await storePieces(deps, brand, id, request.body as AsyncIterable<Buffer>, receivingAlive(deps, brand, id))
        if (bytes === 0) throw new UnusableFile('The file is empty')
        if (!(await markReceived(database, brand, id, bytes))) throw refuse.conflict('importEnded', 'The import was ended while its file was sent')
      } catch (error) {
        await failImport(database, brand, id, undefined, error instanceof UnusableFile ? error.message : 'The upload was broken off: send the file again')
        if (error instanceof UnusableFile) throw refuse.invalid([fault('', error.message)])
        throw error
      }
      await startImport(deps, brand, id)
      return reply.code(202).header('location', `${IMPORT}/${id}`).send(shownImport((await getImport(database, brand, id)) ?? imported))
    })
  })

  const filters = Type.Object({ sourceId: Type.Optional(Type.String({ description: 'Of this source' })), state: Type.Optional(Type.String({ description: 'In this state' })), ...page })
  app.get(IMPORT, { schema: documented('List imports, the newest first', { 200: Type.Array(CoverageImportShown) }, { querystring: filters }) }, async (request, reply) => {
    requirePermission(request.context, 'coverageSource', 'read')
    const query = readQuery(request, ['sourceId', 'state', 'after', 'limit'])
    const rows = await listImports(database, request.context.brand, { sourceId: query['sourceId'], state: query['state'] }, query['after'], limitOf(query['limit']))
    return reply.header('x-result-count', rows.length).send(rows.map(shownImport))
  })

  app.get(`${IMPORT}/:id`, { schema: documented('Read an import: how far it is, what was rejected and why', { 200: CoverageImportShown }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, 'coverageSource', 'read')
    const id = idOf(request)
    const imported = await getImport(database, request.context.brand, id)
    if (imported === undefined) throw refuse.notFound('coverageImport', id)
    return reply.send(shownImport(imported))
  })
}

/** Elements of a list inside a resource that the definition serves by a path of their own (TMF673: the sub-addresses of an address). Read only; the resource holds them. */
import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify'
import { fault, refuse } from '../../platform/errors.ts'
import { faultsOfParameters } from '../../platform/text.ts'
import type { Kit } from '../kit.ts'
import type { Resource } from '../resource.ts'
import { isPersonal } from '../audit/audit.ts'
import { readText } from '../storage/reader.ts'
import { scopeOf } from '../storage/scope.ts'
import { isPossibleId } from '../write/pipeline.ts'
import { fieldsOf, select } from './fields.ts'
import type { Permit } from './routes.ts'

type Part = Record<string, unknown>

const JSON_TYPE = 'application/json; charset=utf-8'
const FIELDS = { fields: { type: 'string', description: 'Attributes to give, comma-separated; id and href always come along' } }
const PAGE = { offset: { type: 'integer', minimum: 0, description: 'How many to skip' }, limit: { type: 'integer', minimum: 0, description: 'How many to give at the most (100 unless told)' } }

const countOf = (query: URLSearchParams, name: 'offset' | 'limit', otherwise: number): number => {
  const given = query.get(name)
  if (given === null) return otherwise
  if (!/^\d{1,9}$/.test(given)) throw refuse.invalid([fault(name, 'must be a whole number from 0', given)])
  return Number(given)
}

const queryOf = (request: FastifyRequest): string => (request.raw.url ?? '').split('?').slice(1).join('?')

/** Mounts list and read of a part; the errors are those of the document's shared component. */
export function serveParts(app: FastifyInstance, kit: Kit, resource: Resource<any>, permit: Permit): void {
  for (const { attribute, type } of resource.parts ?? []) {
    const parent = `${resource.name}Id`
    const param = `${attribute}Id`
    const path = `/${resource.name}/:${parent}/${attribute}`
    const params = (names: readonly string[]): object => ({ type: 'object', required: names, properties: Object.fromEntries(names.map(name => [name, { type: 'string', description: 'Identifier' }])) })
    const errors = Object.fromEntries([400, 401, 403, 404, 405, 500, 503].map(status => [status, { description: 'What went wrong', $ref: 'Error#' }]))
    const item = ((resource.schema.properties[attribute] as { items?: object } | undefined)?.items ?? {}) as object

    const partsOf = async (request: FastifyRequest): Promise<readonly Part[]> => {
      permit(request.context, resource.name, 'read')
      const given = request.params as Record<string, string>
      const faults = faultsOfParameters(given)
      if (faults.length > 0) throw refuse.invalid(faults)
      const id = given[parent] ?? ''
      const row = isPossibleId(id) ? await readText(kit.database, resource, scopeOf(request.context, resource), id) : undefined
      if (!row) throw refuse.notFound(resource.name, id)
      if (isPersonal(resource)) await kit.audit.record(request.context, { operation: 'read', resource: resource.name, ids: [id] })
      const held = (JSON.parse(row.doc) as Record<string, unknown>)[attribute]
      return Array.isArray(held) ? (held as Part[]) : []
    }
    const shown = (request: FastifyRequest, part: Part): Part => {
      const fields = fieldsOf(queryOf(request))
      return fields ? select(part, fields) : part
    }

    app.get(path, { schema: { operationId: `list${type}`, summary: `Lists the ${attribute} of one ${resource.name}`, tags: [attribute], params: params([parent]), querystring: { type: 'object', properties: { ...FIELDS, ...PAGE } }, response: { 200: { description: `The ${attribute}`, type: 'array', items: item }, ...errors } } as FastifySchema }, async (request, reply) => {
      const query = new URLSearchParams(queryOf(request))
      const offset = countOf(query, 'offset', 0)
      const limit = countOf(query, 'limit', kit.limits.defaultLimit)
      const all = await partsOf(request)
      const page = all.slice(offset, offset + Math.min(limit, kit.limits.maxLimit))
      return reply.header('x-total-count', all.length).header('x-result-count', page.length).type(JSON_TYPE).send(page.map(part => shown(request, part)))
    })
    app.get(`${path}/:${param}`, { schema: { operationId: `retrieve${type}`, summary: `Reads one ${attribute} of one ${resource.name}`, tags: [attribute], params: params([parent, param]), querystring: { type: 'object', properties: FIELDS }, response: { 200: { description: `The ${attribute}`, ...item }, ...errors } } as FastifySchema }, async (request, reply) => {
      const id = (request.params as Record<string, string>)[param] ?? ''
      const part = (await partsOf(request)).find(one => one['id'] === id)
      if (!part) throw refuse.notFound(attribute, id)
      return reply.type(JSON_TYPE).send(shown(request, part))
    })
  }
}

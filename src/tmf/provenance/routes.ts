/** Where what is shown comes from, and whose word counts: /tandem/v1/provenance and /tandem/v1/sourceRank. */
import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify'
import Type from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Permit } from '../http/routes.ts'
import type { Kit } from '../kit.ts'
import type { Resource } from '../resource.ts'
import type { Services } from '../services.ts'
import { isPossibleId } from '../write/pipeline.ts'
import { explain } from './explain.ts'
import { setRank, unsetRank } from './rank-change.ts'
import { readRanks } from './sources.ts'
import { isRanked } from './survive.ts'

export interface ProvenanceOptions {
  kit: Kit
  deps: () => Pick<Services, 'database' | 'jobs'>
  permit: Permit
}

const RANK_PATH = '/tandem/v1/sourceRank'
const PROVENANCE_PATH = '/tandem/v1/provenance/:resource/:id'
const TAGS = ['provenance']
const ERRORS: Readonly<Record<number, string>> = {
  400: 'The request is not valid; every fault is listed and names its attribute',
  401: 'The caller is not known',
  403: 'The caller may not do this',
  404: 'There is no such thing in the scope of the caller',
  500: 'The server failed unexpectedly',
  503: 'The service cannot answer now; Retry-After tells when to come again',
}
const errors = (...statuses: number[]) => Object.fromEntries(statuses.map(status => [status, { description: ERRORS[status], $ref: 'Error#' }]))

const Source = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$', description: 'Name of the source; tandem for what is changed here' })
const ResourceName = Type.String({ pattern: '^(\\*|[A-Za-z][A-Za-z0-9]{0,99})$', default: '*', description: 'Resource that it is about; * for all' })
const Attribute = Type.String({ pattern: '^(\\*|[@A-Za-z][A-Za-z0-9_]{0,99})$', default: '*', description: 'Top-level attribute that it is about; * for all' })
const Rank = Type.Object(
  { source: Source, resource: Type.Optional(ResourceName), attribute: Type.Optional(Attribute), rank: Type.Integer({ minimum: -1000, maximum: 1000, description: 'Lower wins' }) },
  { additionalProperties: false, examples: [{ source: 'crm', resource: 'individual', attribute: 'birthDate', rank: 10 }] },
)
const RankOf = Type.Object({ source: Source, resource: Type.Optional(ResourceName), attribute: Type.Optional(Attribute) }, { additionalProperties: false })
const readRank = inputOf(Rank)
const readRankOf = inputOf(RankOf, { query: true })

const text = (description: string) => ({ type: 'string', description })
const ORIGIN = {
  source: text('Whose word it is; tandem for what was changed or derived here'),
  externalId: text('Which record of the source says so'),
  resourceId: text('The resource that it is about, where that is another one that is the same'),
  version: text('Version of the record that brought it'),
  since: { ...text('Since when the source says this value'), format: 'date-time' },
  ageSeconds: { type: 'integer', description: 'The same in seconds' },
  confirmedAt: { ...text('When the source last confirmed it; may be an hour behind'), format: 'date-time' },
  rank: { type: 'integer', description: 'Of the source for this attribute: lower wins' },
}
const VALUE = { description: 'What it says' }
const WITH_VALUE = { type: 'array', items: { type: 'object', properties: { ...ORIGIN, value: VALUE } } }

const explainSchema = {
  operationId: 'explainProvenance',
  summary: 'Explains where each attribute of a resource comes from',
  description: 'Of each attribute that is shown: the source, its version and age, and what other sources say. Needs the permission to read the resource.',
  tags: TAGS,
  params: { type: 'object', required: ['resource', 'id'], properties: { resource: text('Name of the resource: individual'), id: text('Identifier of the resource') } },
  response: {
    200: {
      description: 'Whose word each attribute is',
      type: 'object',
      properties: {
        id: text('Identifier of the resource'),
        href: text('Its address'),
        resource: text('Name of the resource'),
        revision: { type: 'integer', description: 'Revision that is explained' },
        identity: {
          type: 'array',
          description: 'The records of other systems that it is',
          items: { type: 'object', properties: { source: ORIGIN.source, externalId: text('Identity there'), version: ORIGIN.version, seenAt: { ...text('When it was last seen'), format: 'date-time' }, withdrawnAt: { ...text('When the source said that it has it no more'), format: 'date-time' } } },
        },
        attribute: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              attribute: text('Its name'),
              value: { description: 'As it is shown' },
              derived: { type: 'boolean', description: 'True when no source says it as it is shown: Tandem gave it, or made it of what the source says' },
              ...ORIGIN,
              lost: { ...WITH_VALUE, description: 'What other sources say, best first' },
              elements: { ...WITH_VALUE, description: 'Of a list that is put together from several sources: whose each element is' },
            },
          },
        },
      },
    },
    ...errors(401, 403, 404, 500, 503),
  },
} as FastifySchema

const resourceOf = (kit: Kit, request: FastifyRequest): { resource: Resource<any>; id: string } => {
  const { resource: name, id } = request.params as { resource: string; id: string }
  const resource = kit.registry.byName(name)
  if (!resource) throw refuse.notFound('resource', name)
  return { resource, id }
}

/** Mounts the routes; their paths are whole. */
export const provenanceRoutes = ({ kit, deps, permit }: ProvenanceOptions) => (scope: FastifyInstance): void => {
  scope.get(PROVENANCE_PATH, { config: { confined: true }, schema: explainSchema }, async request => {
    const { resource, id } = resourceOf(kit, request)
    permit(request.context, resource.name, 'read')
    const explained = isPossibleId(id) ? await explain(kit.database, request.context, resource, id, kit.clock.now(), kit.services().parts) : undefined
    if (!explained) throw refuse.notFound(resource.name, id)
    return explained
  })

  scope.get(RANK_PATH, { schema: { operationId: 'listSourceRanks', summary: 'Lists whose word counts', tags: TAGS, response: { 200: Type.Array(Rank, { description: 'Of what is not listed, tandem has 0 and every other source 100' }), ...errors(401, 403, 500, 503) } } }, async request => {
    permit(request.context, 'sourceRank', 'read')
    return (await readRanks(kit.database, request.context.brand)).toSorted((a, b) => a.rank - b.rank || (a.source < b.source ? -1 : 1))
  })

  scope.put(RANK_PATH, {
    schema: {
      operationId: 'setSourceRank',
      summary: "Says how much a source's word counts",
      description: 'For one attribute of one resource, for a resource, for an attribute wherever it occurs, or for all. What is shown follows: resources about which several sources have said something are looked at again in the background.',
      tags: TAGS,
      body: Rank,
      response: { 200: Rank, ...errors(400, 401, 403, 500, 503) },
    },
  }, async request => {
    permit(request.context, 'sourceRank', 'update')
    const { source, rank, resource = '*', attribute = '*' } = readRank(request.body)
    const served = resource === '*' ? undefined : kit.registry.byName(resource)
    if (resource !== '*' && !served) throw refuse.invalid([fault('resource', 'is not served here', resource)])
    if (served && attribute !== '*' && !isRanked(served.schema.properties, attribute)) throw refuse.invalid([fault('attribute', `is not an attribute of ${resource} that sources have a word in`, attribute)])
    await setRank(deps(), request.context.brand, { source, resource, attribute, rank })
    return { source, resource, attribute, rank }
  })

  scope.delete(RANK_PATH, { schema: { operationId: 'unsetSourceRank', summary: 'Takes back what was said of a source; the less specific rank counts again', tags: TAGS, querystring: RankOf, response: { 204: { description: 'It is gone', type: 'null' }, ...errors(400, 401, 403, 404, 500, 503) } } }, async (request, reply) => {
    permit(request.context, 'sourceRank', 'delete')
    const { source, resource = '*', attribute = '*' } = readRankOf(request.query)
    if (!(await unsetRank(deps(), request.context.brand, { source, resource, attribute }))) throw refuse.notFound('sourceRank', source)
    return reply.code(204).send()
  })
}

/** What the generated OpenAPI document says of each resource: components, parameters, bodies, answers. */
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { Operation, Resource } from '../resource.ts'
import { patchBodies } from './patch-documents.ts'

type Node = Record<string, any>

/** Copies a schema with its shared definitions pointing at the document's components. */
function relinked(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(relinked)
  if (node === null || typeof node !== 'object') return node
  const copy: Node = {}
  for (const [key, value] of Object.entries(node)) {
    if (key === '$defs' || key === '$id') continue
    copy[key] = key === '$ref' && typeof value === 'string' ? `${value.replace('#/$defs/', '')}#` : relinked(value)
  }
  return copy
}

function collectDefinitions(node: unknown, found: Map<string, Node>): void {
  if (node === null || typeof node !== 'object') return
  for (const [key, value] of Object.entries(node)) {
    if (key === '$defs') for (const [name, definition] of Object.entries(value as Node)) found.set(name, definition)
    collectDefinitions(value, found)
  }
}

const without = (schema: Node, names: readonly string[]): Node => ({
  ...schema,
  properties: Object.fromEntries(Object.entries(schema.properties as Node).filter(([name]) => !names.includes(name))),
})

/** A recursive schema is a $ref into its own $defs; its object is what the variants are made of. */
const objectOf = (schema: Node): Node => (schema.properties ? schema : (schema.$defs?.[String(schema.$ref).replace('#/$defs/', '')] ?? schema))

const named = (name: string): Node => ({ $ref: `${name}#` })

/** The example as GET and the other answers show it. */
const ERROR_COMPONENT: Node = {
  $id: 'Error',
  type: 'object',
  description: 'What went wrong (TMF630). The code is stable, the message is about this very request.',
  required: ['code', 'reason'],
  properties: {
    code: { type: 'string', description: 'Stable, machine-readable' },
    reason: { type: 'string', description: 'What this code means, for people' },
    message: { type: 'string', description: 'What is wrong with this request; names the attributes' },
    status: { type: 'string', description: 'HTTP status' },
    referenceError: { type: 'string', format: 'uri', description: 'Where more can be read' },
    '@baseType': { type: 'string', description: 'Class that this one extends' },
    '@schemaLocation': { type: 'string', format: 'uri', description: 'Schema of the extension' },
    '@type': { type: 'string', description: 'Class of this object' },
    details: {
      type: 'array',
      description: 'Every fault of the request',
      items: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'The attribute' },
          rule: { type: 'string', description: 'What holds for it' },
          value: { type: 'string', description: 'What came, shortened' },
        },
      },
    },
  },
}

/** OpenAPI 3.0 knows no empty list of required attributes. */
const requiredOf = (names: readonly string[] = []): Node => (names.length > 0 ? { required: [...names] } : {})

/** An example of a change: one text of the example that is the client's to change. */
const changeOf = (resource: Resource<any>, fixed: readonly string[]): Node => {
  const kept = new Set<string>([...fixed, ...(resource.serverSet ?? []), ...(resource.lifecycle ? [resource.lifecycle.attribute] : [])])
  const change = Object.entries(resource.example as Node).find(([name, value]) => typeof value === 'string' && !kept.has(name) && !name.startsWith('@'))
  return change ? { example: Object.fromEntries([change]) } : {}
}

/** Adds the components of an API's resources to its scope. */
export function addComponents(app: FastifyInstance, resources: readonly Resource<any>[]): void {
  const added = new Set<string>()
  const add = (schema: Node): void => {
    if (added.has(schema.$id)) return
    added.add(schema.$id)
    app.addSchema(schema)
  }
  add(ERROR_COMPONENT)
  for (const resource of resources) {
    const definitions = new Map<string, Node>()
    collectDefinitions(resource.schema, definitions)
    for (const [name, definition] of definitions) if (name !== resource.type) add({ $id: name, ...(relinked(definition) as Node) })
    const schema = relinked(objectOf(resource.schema as Node)) as Node
    add({ ...schema, $id: resource.type, description: resource.description, required: ['id', 'href'] })
    if (resource.operations.includes('create')) {
      const omits = [...(resource.create?.takesId === true ? [] : ['id', 'href']), ...(resource.create?.omits ?? [])]
      add({ ...without(schema, omits), $id: `${resource.type}_Create`, description: `What a create of ${resource.name} carries`, ...requiredOf(resource.create?.required), example: resource.example })
    }
    if (resource.operations.includes('patch')) {
      const fixed = ['id', 'href', ...(resource.update?.immutable ?? [])]
      add({ ...without(schema, fixed), $id: `${resource.type}_Update`, description: `What a change of ${resource.name} may carry; attributes that are not given stay as they are`, ...requiredOf(resource.update?.required), ...changeOf(resource, fixed) })
    }
  }
}

const ERRORS: Record<number, string> = {
  400: 'The request is malformed; every fault is listed and names its attribute',
  401: 'The caller is not known',
  403: 'The caller may not do this',
  404: 'No such resource in the scope of the caller',
  405: 'The resource does not know this method; Allow tells which it knows',
  409: 'The state of the resource, a reference to it or an idempotency key stands against it',
  412: 'The resource has another revision than If-Match says',
  413: 'The body is too large',
  415: 'The body is not JSON, is of a form that is for another method, or is encoded',
  500: 'The server failed unexpectedly',
  503: 'The service cannot answer now; Retry-After tells when to come again',
}

const errors = (...statuses: number[]): Node => Object.fromEntries(statuses.map(status => [status, { description: ERRORS[status], ...named('Error') }]))

const text = (description: string): Node => ({ type: 'string', description })
const FIELDS = { fields: text('Attributes to give, comma-separated, dots for deeper ones; id and href always come along') }
const ID = { type: 'object', required: ['id'], properties: { id: text('Identifier of the resource') } }
const HEADERS = {
  ETag: { type: 'string', description: 'Revision of the resource' },
  Location: { type: 'string', description: 'Address of the new resource' },
  'X-Total-Count': { type: 'integer', description: 'How many match in all' },
  'X-Result-Count': { type: 'integer', description: 'How many this answer holds' },
  Link: { type: 'string', description: 'The first, previous, next and last page (RFC 8288)' },
}
const header = (...names: (keyof typeof HEADERS)[]): Node => Object.fromEntries(names.map(name => [name, HEADERS[name]]))

const listQuery = (resource: Resource<any>): Node => ({
  type: 'object',
  properties: {
    ...FIELDS,
    offset: { type: 'integer', minimum: 0, description: 'How many to skip' },
    limit: { type: 'integer', minimum: 0, description: 'How many to give at the most (100 unless told)' },
    sort: text(`Comma-separated, - for descending: ${['id', ...Object.keys(resource.filters)].join(', ')}`),
    filter: text("JSONPath (TMF630 part 6) for attributes of one element of a list: relatedParty[?(@.id=='1' && @.role=='customer')]; also == != < <= > >= =~, && || !, ?(@.attribute) for what is there, $[?(…)] for the resource itself. A comma between filters means or, a repeated filter= means and"),
    after: text('Id of the last item of the page before: reads on in the order of creation, at any depth'),
    ...Object.fromEntries(
      Object.entries(resource.filters)
        .filter(([path]) => path !== 'id')
        .map(([path, type]) => [path, text(`Only those with this ${path} (${type}). Every other attribute filters too, by its dotted path; .gt .gte .lt .lte .ne .regex compare; commas mean or`)]),
    ),
  },
})

const extraRefusals = (resource: Resource<any>, ...among: number[]): Node => {
  const extra: Node = {}
  for (const { status, code, when } of resource.refusals ?? []) {
    if (among.includes(status)) extra[status] = { ...named('Error'), description: `${extra[status]?.description ?? ERRORS[status] ?? ''}. ${code}: ${when}` }
  }
  return extra
}

/** The document of one operation; validation is the kit's own, so nothing here is enforced by Fastify. */
export function routeSchema(resource: Resource<any>, operation: Operation): FastifySchema {
  const { name, type } = resource
  const tags = [name]
  const common = [400, 401, 403, 405, 500, 503]
  const one = (status: number, ...headers: (keyof typeof HEADERS)[]): Node => ({ [status]: { description: `The ${name}`, headers: header(...headers), ...named(type) } })
  switch (operation) {
    case 'list':
      return {
        operationId: `list${type}`,
        summary: `Lists or finds ${name}`,
        tags,
        querystring: listQuery(resource),
        response: { 200: { description: `The ${name} that match`, headers: header('X-Total-Count', 'X-Result-Count', 'Link'), type: 'array', items: named(type) }, ...errors(...common) },
      } as FastifySchema
    case 'get':
      return {
        operationId: `retrieve${type}`,
        summary: `Reads one ${name}`,
        tags,
        params: ID,
        querystring: { type: 'object', properties: FIELDS },
        headers: { type: 'object', properties: { 'If-None-Match': text('Entity tag that the caller has: 304 when it is still right') } },
        response: { ...one(200, 'ETag'), 304: { description: 'The caller has the present revision already', headers: header('ETag'), type: 'null' }, ...errors(...common, 404) },
      } as FastifySchema
    case 'create':
      return {
        operationId: `create${type}`,
        summary: `Creates a ${name}`,
        description: resource.description,
        tags,
        consumes: ['application/json'],
        querystring: { type: 'object', properties: FIELDS },
        headers: { type: 'object', properties: { 'Idempotency-Key': text('Makes the create safe to repeat: the same key and body get the first answer, for 24 hours') } },
        body: named(`${type}_Create`),
        response: {
          ...one(201, 'Location', 'ETag'),
          ...Object.assign({}, ...(resource.create?.alsoAnswers ?? []).map(status => one(status))),
          ...errors(...common, 409, 413, 415),
          ...extraRefusals(resource, 400, 409, 422),
        },
      } as FastifySchema
    case 'patch':
      return {
        operationId: `patch${type}`,
        summary: `Changes a ${name}`,
        description: 'JSON merge patch (RFC 7396), also as application/json, JSON Patch (RFC 6902), or JSON Patch with queries (TMF630 part 5)',
        tags,
        params: ID,
        querystring: { type: 'object', properties: FIELDS },
        headers: { type: 'object', properties: { 'If-Match': text('Entity tag that the resource must still have: 412 when it has another') } },
        body: { content: patchBodies(resource, named(`${type}_Update`), changeOf(resource, ['id', 'href', ...(resource.update?.immutable ?? [])]).example) },
        response: { ...one(200, 'ETag'), ...errors(...common, 404, 409, 412, 413, 415) },
      } as FastifySchema
    case 'delete':
      return {
        operationId: `delete${type}`,
        summary: `Deletes a ${name}`,
        tags,
        params: ID,
        headers: { type: 'object', properties: { 'If-Match': text('Entity tag that the resource must still have: 412 when it has another') } },
        response: { 204: { description: 'It is gone', type: 'null' }, ...errors(...common, 404, 409, 412) },
      } as FastifySchema
  }
}

/** The document of an operation that is served below another resource. */
export const schemaWithin = (schema: FastifySchema, parent: string): FastifySchema => {
  const own = schema as Node
  const { required = [], properties = {} } = (own.params ?? {}) as Node
  const named = `${parent}Id`
  return {
    ...own,
    operationId: `${own.operationId}Of${parent.charAt(0).toUpperCase()}${parent.slice(1)}`,
    summary: `${own.summary} of one ${parent}`,
    params: { type: 'object', required: [named, ...required], properties: { [named]: text(`Identifier of the ${parent}`), ...properties } },
  } as FastifySchema
}

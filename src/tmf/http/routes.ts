/** Serves a resource: the five operations of TMF630, the same for each resource that declares them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault, refuse, Refusal } from '../../platform/errors.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import { isPersonal } from '../audit/audit.ts'
import { recordRows } from '../audit/on-behalf.ts'
import { attributeAt } from '../attributes.ts'
import { parseListQuery, type ListQuery, type ParsedCondition } from '../filter/parse.ts'
import { pairsOf } from '../filter/path-syntax.ts'
import { hrefOf, type Kit } from '../kit.ts'
import { basePath, type Operation, type Resource } from '../resource.ts'
import { countRows, readPage, readText } from '../storage/reader.ts'
import { scopeOf } from '../storage/scope.ts'
import { blindPatch, filterable, isBlindTo, seenPage, seenText } from '../secrets.ts'
import { applyPatch } from '../write/patch.ts'
import { createResource, isPossibleId, removeResource, updateResource } from '../write/pipeline.ts'
import { screened } from '../write/screen.ts'
import { routeSchema, schemaWithin } from './documents.ts'
import { fieldsOf, select } from './fields.ts'
import type { IdempotencyDraft } from '../storage/writer.ts'
import { firstAnswer, idempotencyOf, type FirstAnswer } from './idempotency.ts'
import { etagOf, expectedRevisions, isNotModified } from './preconditions.ts'

export type Action = 'create' | 'read' | 'update' | 'delete'

/** Throws a Refusal when the caller may not do this. */
export type Permit = (context: Context, resource: string, action: Action) => void

const JSON_TYPE = 'application/json; charset=utf-8'

const rawQuery = (request: FastifyRequest): string => {
  const url = request.raw.url ?? ''
  const at = url.indexOf('?')
  return at < 0 ? '' : url.slice(at + 1)
}

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id

const bodyOf = (request: FastifyRequest): Record<string, unknown> => {
  const body = request.body
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw refuse.invalid([fault('', 'the body must be a JSON object')])
  return body as Record<string, unknown>
}

const selected = (text: string, fields: readonly string[] | undefined): string => (fields ? JSON.stringify(select(JSON.parse(text), fields)) : text)

/** RFC 8288 links to the other pages. */
function links(path: string, raw: string, query: ListQuery, total: number, lastId: string | undefined): string | undefined {
  const { offset, limit } = query
  if (limit === 0) return undefined
  const to = (change: Record<string, string | undefined>): string => {
    // The rest of the question stays as it was written: an encoded comma would no longer mean or.
    const kept = pairsOf(raw).filter(pair => !Object.hasOwn(change, pair.split('=', 1)[0]!))
    const changed = Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    const asked = [...kept, ...changed].join('&')
    return asked === '' ? path : `${path}?${asked}`
  }
  const page = (at: number): string => to({ offset: String(at), limit: String(limit) })
  const found: string[] = []
  if (query.after !== undefined) {
    found.push(`<${to({ after: undefined })}>; rel="first"`)
    if (lastId !== undefined) found.push(`<${to({ after: lastId })}>; rel="next"`)
    return found.join(', ')
  }
  if (total <= limit && offset === 0) return undefined
  found.push(`<${page(0)}>; rel="first"`)
  if (offset > 0) found.push(`<${page(Math.max(0, offset - limit))}>; rel="prev"`)
  if (offset + limit < total) found.push(`<${page(offset + limit)}>; rel="next"`)
  found.push(`<${page(Math.max(0, Math.floor((total - 1) / limit) * limit))}>; rel="last"`)
  return found.join(', ')
}

async function list(kit: Kit, resource: Resource<any>, permit: Permit, request: FastifyRequest, reply: FastifyReply, below?: Below): Promise<string> {
  permit(request.context, resource.name, 'read')
  const raw = rawQuery(request)
  let asksSecret = false
  const isBlind = isBlindTo(request.context, resource)
  const asked = parseListQuery(resource, raw, kit.limits, filterable(resource, kit.extensions.lookup(request.context.brand, resource), isBlind, () => void (asksSecret = true)))
  const query = below === undefined ? asked : { ...asked, conditions: [...asked.conditions, below.condition] }
  const withIds = isPersonal(resource)
  const { page: stored, count, total, ids } = await readPage(kit.database, resource, scopeOf(request.context, resource), query, withIds)
  const page = seenPage(request.context, resource, stored)
  // The value of what is secret is in no record.
  if (withIds) await recordRows(kit.audit, kit.database, resource, request.context, { operation: 'read', resource: resource.name, ...(ids && { ids }), query: asksSecret ? 'by what is secret' : raw, count: total })
  const lastId = query.after !== undefined && count === query.limit ? (JSON.parse(page) as { id: string }[]).at(-1)?.id : undefined
  const link = links(below?.path ?? `${basePath(resource.api)}/${resource.name}`, raw, query, total, lastId)
  reply.header('x-total-count', total).header('x-result-count', count).type(JSON_TYPE)
  if (link) reply.header('link', link)
  return query.fields ? JSON.stringify((JSON.parse(page) as Record<string, unknown>[]).map(doc => select(doc, query.fields!))) : page
}

async function get(kit: Kit, resource: Resource<any>, permit: Permit, request: FastifyRequest, reply: FastifyReply): Promise<string | FastifyReply> {
  permit(request.context, resource.name, 'read')
  const id = idOf(request)
  const row = isPossibleId(id) ? await readText(kit.database, resource, scopeOf(request.context, resource), id) : undefined
  if (!row) throw refuse.notFound(resource.name, id)
  reply.header('etag', etagOf(row.revision))
  if (isNotModified(request.headers['if-none-match'], row.revision)) return reply.code(304).send()
  if (isPersonal(resource)) await recordRows(kit.audit, kit.database, resource, request.context, { operation: 'read', resource: resource.name, ids: [id] })
  reply.type(JSON_TYPE)
  return selected(seenText(request.context, resource, row.doc), fieldsOf(rawQuery(request)))
}

/** The first answer to the key. Somebody who acted for another gets it while that may still be done. */
async function repeated(kit: Kit, resource: Resource<any>, context: Context, idempotency: IdempotencyDraft): Promise<FirstAnswer | undefined> {
  const answer = await firstAnswer(kit.database, context, idempotency)
  if (answer && isConfined(context.principal) && !(await readText(kit.database, resource, scopeOf(context, resource, 'create'), answer.resourceId))) throw refuse.notFound(resource.name, answer.resourceId)
  return answer
}

async function create(kit: Kit, resource: Resource<any>, permit: Permit, request: FastifyRequest, reply: FastifyReply): Promise<string> {
  const { context } = request
  permit(context, resource.name, 'create')
  const body = bodyOf(request)
  const idempotency = idempotencyOf(context, `${basePath(resource.api)}/${resource.name}`, request.headers['idempotency-key'], body)
  let answer = idempotency && (await repeated(kit, resource, context, idempotency))
  if (!answer) {
    const written = await createResource(kit, context, resource, body, { by: 'client', sql: kit.database, ...(idempotency && { idempotency }) }).catch(async (refusal: unknown) => {
      // What stands in the way of this one may be what the first request with the key has made.
      if (!(refusal instanceof Refusal) || idempotency === undefined || (await repeated(kit, resource, context, idempotency)) === undefined) throw refusal
      return undefined
    })
    if (written) {
      answer = { status: written.status, text: written.text, resourceId: written.stored.id }
    } else {
      // The first request with this key has committed since.
      answer = await firstAnswer(kit.database, context, idempotency!)
      if (!answer) throw refuse.unavailable('The first request with this Idempotency-Key has not ended')
    }
  }
  // The first answer's again on a repetition: a change that trusts it is a 412 when the resource has moved on.
  reply.code(answer.status).header('location', hrefOf(resource, answer.resourceId)).header('etag', etagOf(1)).type(JSON_TYPE)
  return selected(seenText(context, resource, answer.text), fieldsOf(rawQuery(request)))
}

async function patch(kit: Kit, resource: Resource<any>, permit: Permit, request: FastifyRequest, reply: FastifyReply): Promise<string> {
  permit(request.context, resource.name, 'update')
  const expected = expectedRevisions(request.headers['if-match'])
  const mediaType = request.headers['content-type'] ?? 'application/json'
  screened(resource, request.body)
  let always = false
  const change = isBlindTo(request.context, resource) ? (doc: Record<string, unknown>) => blindPatch(resource, doc, request.body, mediaType, () => void (always = true)) : (doc: Record<string, unknown>) => applyPatch(doc, request.body, mediaType)
  const { stored, text } = await updateResource(kit, request.context, resource, idOf(request), change, {
    by: 'client',
    sql: kit.database,
    always: () => always,
    ...(expected && { expected }),
  })
  reply.header('etag', etagOf(stored.revision)).type(JSON_TYPE)
  return selected(seenText(request.context, resource, text), fieldsOf(rawQuery(request)))
}

async function remove(kit: Kit, resource: Resource<any>, permit: Permit, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  permit(request.context, resource.name, 'delete')
  const expected = expectedRevisions(request.headers['if-match'])
  await kit.database.transaction(tx => removeResource(kit, request.context, resource, idOf(request), { by: 'client', tx, ...(expected && { expected }) }))
  return reply.code(204).send()
}

/** Where a request is about what belongs to another resource. */
interface Below {
  path: string
  condition: ParsedCondition
}

/** The resource that the path goes through, which the caller must be able to read. */
async function belowOf(kit: Kit, resource: Resource<any>, within: NonNullable<Resource['within']>, request: FastifyRequest): Promise<Below> {
  const parent = kit.registry.byName(within.resource)
  const id = (request.params as Record<string, string>)[`${within.resource}Id`] ?? ''
  const attribute = attributeAt(resource.schema, within.by)
  if (!parent || !attribute) throw new Error(`${resource.name} stands within ${within.resource} by ${within.by}, which is not there`)
  const row = isPossibleId(id) ? await readText(kit.database, parent, scopeOf(request.context, parent), id) : undefined
  if (!row) throw refuse.notFound(parent.name, id)
  return { path: `${hrefOf(parent, id)}/${resource.name}`, condition: { path: within.by, op: 'eq', values: [id], attribute, column: 'text' } }
}

/** One that does not belong there is not there. */
async function mustBelong(kit: Kit, resource: Resource<any>, below: Below, request: FastifyRequest): Promise<void> {
  const id = idOf(request)
  const found = isPossibleId(id) ? await countRows(kit.database, resource, scopeOf(request.context, resource), [below.condition, { path: 'id', op: 'eq', values: [id], attribute: attributeAt(resource.schema, 'id')!, column: 'text' }]) : 0
  if (found === 0) throw refuse.notFound(resource.name, id)
}

/** Routes of a resource below another one. */
function serveWithin(app: FastifyInstance, kit: Kit, resource: Resource<any>, permit: Permit): void {
  const { within } = resource
  if (within === undefined) return
  for (const operation of resource.operations) {
    const { method, byId, handle } = SERVE[operation]
    if (operation === 'create') continue
    app.route({
      method,
      url: `/${within.resource}/:${within.resource}Id/${resource.name}${byId ? '/:id' : ''}`,
      schema: schemaWithin(routeSchema(resource, operation), within.resource),
      handler: async (request, reply) => {
        // Before anything is said of what there is.
        permit(request.context, resource.name, operation === 'patch' ? 'update' : operation === 'delete' ? 'delete' : 'read')
        const below = await belowOf(kit, resource, within, request)
        if (byId) await mustBelong(kit, resource, below, request)
        return await handle(kit, resource, permit, request, reply, below)
      },
    })
  }
}

const SERVE = {
  list: { method: 'GET', byId: false, handle: list },
  create: { method: 'POST', byId: false, handle: create },
  get: { method: 'GET', byId: true, handle: get },
  patch: { method: 'PATCH', byId: true, handle: patch },
  delete: { method: 'DELETE', byId: true, handle: remove },
} as const satisfies Record<Operation, unknown>

/** Registers the routes of a resource, below the base path that the scope has. */
export function serveResource(app: FastifyInstance, kit: Kit, resource: Resource<any>, permit: Permit): void {
  for (const operation of resource.operations) {
    const { method, byId, handle } = SERVE[operation]
    app.route({
      method,
      url: byId ? `/${resource.name}/:id` : `/${resource.name}`,
      schema: routeSchema(resource, operation),
      handler: (request, reply) => handle(kit, resource, permit, request, reply),
    })
  }
  serveWithin(app, kit, resource, permit)
}

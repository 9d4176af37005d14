/** Audits requests by the route that they came to: refusals everywhere, and the reads and writes of operations that the kit does not serve itself. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { addressWithoutCardNumbers } from '../../platform/card-number.ts'
import { Refusal } from '../../platform/errors.ts'
import type { Audit, AuditEntry } from './audit.ts'
import { recordFor } from './on-behalf.ts'

const WRITES: Readonly<Record<string, AuditEntry['operation']>> = { PUT: 'update', PATCH: 'update', DELETE: 'delete' }

const tagOf = (request: FastifyRequest): string => {
  const [tag] = (request.routeOptions.schema as { tags?: readonly string[] } | undefined)?.tags ?? []
  return tag ?? request.routeOptions.url ?? 'unknown'
}

const idsOf = (request: FastifyRequest): string[] => Object.values((request.params ?? {}) as Record<string, string>).filter(id => id !== '' && !id.includes('\0')).map(addressWithoutCardNumbers)

/** `POST /tandem/v1/apiKey/:id/rotate`, with the query of a question. */
const questionOf = (request: FastifyRequest): string => {
  const at = request.url.indexOf('?')
  return `${request.method} ${request.routeOptions.url ?? ''}${at < 0 ? '' : request.url.slice(at)}`
}

/** A 403 is recorded before it is answered: what, and by whom. The id is what was asked for, whether it exists or not. */
export const installAuditOfRefusals = (app: FastifyInstance, audit: Audit): void => {
  app.addHook('onError', async (request, _reply, error) => {
    if (!((error as unknown) instanceof Refusal) || (error as unknown as Refusal).status !== 403) return
    const ids = idsOf(request)
    await audit.record(request.context, { operation: 'refuse', resource: tagOf(request), ...(ids.length > 0 && { ids }), query: questionOf(request) })
  })
}

/** What the operations of a scope did, recorded before it is answered. */
export const installAuditOfRequests = (scope: FastifyInstance, audit: Audit): void => {
  scope.addHook('onSend', async (request, reply, payload) => {
    const { audit: isAudited = true, public: isPublic = false } = request.routeOptions.config
    const isRead = request.method === 'GET'
    if (isPublic || reply.statusCode >= 400 || (isRead && isAudited === false) || isAudited === 'event' || request.auditedByEvent === true) return payload
    const params = idsOf(request)
    const made = reply.statusCode === 201 ? String(reply.getHeader('location') ?? '').split('/').at(-1) : undefined
    const named = params.length > 0 ? params : made ? [decodeURIComponent(made)] : []
    const ids = [...new Set([...named, ...(request.auditIds ?? [])])]
    const operation = isRead ? 'read' : (WRITES[request.method] ?? (params.length > 0 ? 'update' : 'create'))
    // Ids that are those of a party say whose it is.
    await recordFor(audit, request.context, { operation, resource: tagOf(request), ...(ids.length > 0 && { ids }), query: questionOf(request) }, id => request.auditOwner ?? id)
    return payload
  })
}

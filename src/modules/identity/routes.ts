/** Operations of identity below /tandem/v1 beside its resources: undo, decisions on suggestions, clusters. Identifiers have a file of their own. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requirePermission, type Action } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import { basePath } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { partyOf } from '../customer/index.ts'
import { readEdges, readLeaders } from './cluster-store.ts'
import { acceptSuggestion, refuseSuggestion } from './decide.ts'
import { identifierRoutes } from './identifier-routes.ts'
import { identityApi } from './identity-api.ts'
import { partyRef } from './party-ref.ts'
import { Acceptance, ClusterAnswer, Decision, IdParams } from './route-schemas.ts'
import { undoMerge } from './undo.ts'

const BASE = basePath(identityApi)

/** Who is who concerns all parties of a brand: a caller that is confined to certain ones would learn of others. */
const permit = (context: Context, resource: string, action: Action): void => {
  requirePermission(context, resource, action)
  if (isConfined(context.principal)) throw refuse.forbidden('Who is who concerns all parties of a brand: a caller that is confined to certain ones has no part in it')
}

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id

const readDecision = inputOf(Decision)
const readAcceptance = inputOf(Acceptance)

export const identityRoutes = (scope: FastifyInstance, deps: Services): void => {
  scope.post(
    `${BASE}/partyMerge/:id/undo`,
    {
      schema: {
        tags: ['partyMerge'],
        summary: 'Undo a merge',
        description: 'Both sides are again what the other merges make of them, each with what its own sources say; what happened since is whose it names. An identifier that both had verified stays with the one who verified it last.',
        params: IdParams,
        body: Decision,
      },
    },
    async request => {
      permit(request.context, 'partyMerge', 'update')
      const { reason } = readDecision(request.body ?? {})
      return (await deps.database.transaction(tx => undoMerge({ tx, context: request.context, deps }, idOf(request), reason))).doc
    },
  )
  scope.get(
    `${BASE}/party/:id/cluster`,
    { schema: { tags: ['partyMerge'], summary: 'The parties that are one person with this one', params: IdParams, response: { 200: ClusterAnswer } } },
    async request => {
      permit(request.context, 'partyMerge', 'read')
      const { context } = request
      const party = await partyOf(deps, context, { id: idOf(request) })
      if (!party || party.id !== idOf(request)) throw refuse.notFound('party', idOf(request))
      const leaders = await readLeaders(deps.database, context.brand, [party.id])
      const leader = leaders.get(party.id)!
      const others = [...leaders.keys()].filter(id => id !== leader).sort()
      return {
        person: partyRef(party.kind, leader),
        member: [leader, ...others].map(id => partyRef(party.kind, id)),
        merge: others.length === 0 ? [] : (await readEdges(deps.database, context.brand, [...leaders.keys()])).map(({ id, survivor, merged }) => ({ id, href: `${BASE}/partyMerge/${id}`, survivor, merged })),
      }
    },
  )
  scope.post(
    `${BASE}/identitySuggestion/:id/accept`,
    { schema: { tags: ['identitySuggestion'], summary: 'They are one person: merges them', params: IdParams, body: Acceptance } },
    async request => {
      permit(request.context, 'identitySuggestion', 'update')
      requirePermission(request.context, 'partyMerge', 'create')
      const body = readAcceptance(request.body ?? {})
      return await deps.database.transaction(tx => acceptSuggestion({ tx, context: request.context, deps }, idOf(request), body))
    },
  )
  scope.post(
    `${BASE}/identitySuggestion/:id/refuse`,
    { schema: { tags: ['identitySuggestion'], summary: 'They are two: suggested again only when something that was compared has changed', params: IdParams, body: Decision } },
    async request => {
      permit(request.context, 'identitySuggestion', 'update')
      const { reason } = readDecision(request.body ?? {})
      return await deps.database.transaction(tx => refuseSuggestion({ tx, context: request.context, deps }, idOf(request), reason))
    },
  )
  identifierRoutes(scope, deps, permit)
}

/** What can be done with a signature beside asking for it: taking it back, and the call-back of the service, which only says that there is news. */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Services } from '../../tmf/services.ts'
import { contractSignature } from './contract-signature.ts'
import { cancelSignature, signatureNews } from './signature-run.ts'

const text = (description: string, maxLength = 255) => Type.String({ minLength: 1, maxLength, description })

const sameToken = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export const signatureRoutes = (app: FastifyInstance, deps: Services): void => {
  const params = Type.Object({ id: text('The signature') })
  app.post<{ Params: { id: string } }>(
    '/tandem/v1/contractSignature/:id/cancel',
    { config: { confined: true }, schema: { tags: ['contractSignature'], operationId: 'cancelContractSignature', summary: 'Take a signature back that nobody has given yet', description: 'Answers how it stands then: signed, where somebody was quicker.', params } },
    async request => {
      requirePermission(request.context, contractSignature.name, 'create')
      const found = await deps.store.get(request.context, contractSignature, request.params.id)
      if (found === undefined) throw refuse.notFound('contractSignature', request.params.id)
      return (await cancelSignature(deps, request.context, found.id)) ?? found.doc
    },
  )
  const query = Type.Object({ token: text('The token of the address that was given') })
  const readQuery = inputOf(query, { query: true })
  app.post<{ Params: { id: string } }>(
    '/tandem/v1/signatureCallback/:id',
    {
      config: { public: true },
      schema: { tags: ['callback'], summary: 'Call-back of the signature service', description: 'Says that there is news; what, is asked of the service. Repeats change nothing. An unknown signature and a wrong token are 404 both.', params, querystring: query, body: Type.Record(Type.String(), Type.Unknown(), { description: "The service's own message" }) },
    },
    async request => {
      const { token } = readQuery(request.query)
      if (!(await signatureNews(deps, request.params.id, expected => sameToken(token, expected)))) throw refuse.notFound('call-back', request.params.id)
      return { id: request.params.id }
    },
  )
}

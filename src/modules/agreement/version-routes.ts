/** The next version of an agreement: a draft is made of one that was approved. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { hrefOf } from '../../tmf/kit.ts'
import type { Services } from '../../tmf/services.ts'
import { agreement } from './agreement.ts'

/** 1 → 2, 1.4 → 2, anything else gets a number behind it. */
const nextVersion = (version: string | undefined): string => {
  const number = Number.parseInt(version ?? '1', 10)
  return Number.isInteger(number) ? String(number + 1) : `${version ?? ''}-2`
}

const ErrorBody = Type.Object({ code: Type.String(), reason: Type.String(), message: Type.Optional(Type.String()), status: Type.Optional(Type.String()) }, { description: 'What was wrong' })
const Made = Type.Object({ id: Type.String({ description: 'The draft of the next version' }), href: Type.String({ description: 'Where it can be read' }) }, { additionalProperties: true, description: 'The draft of the next version' })

export const versionRoutes = (app: FastifyInstance, deps: Services): void => {
  const schema = {
    tags: ['agreement'], operationId: 'newAgreementVersion', summary: 'Makes a draft of the next version of an approved agreement, which replaces it once it is approved',
    params: Type.Object({ id: Type.String({ description: 'The agreement' }) }),
    response: { 201: Made, 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody, 500: ErrorBody },
  }
  app.post('/tandem/v1/agreement/:id/version', { schema, config: { confined: true } }, async (request, reply) => {
    const { context } = request
    requirePermission(context, agreement.name, 'create')
    const { id } = request.params as { id: string }
    const found = await deps.store.get(context, agreement, id)
    if (!found) throw refuse.notFound('agreement', id)
    if (found.doc.status !== 'approved') throw refuse.conflict('agreementNotApproved', `agreement ${id} is ${found.doc.status ?? ''}; the next version is made of one that is approved`)
    const [draft] = await deps.store.find(context, agreement, { where: [{ path: 'replaces.id', value: id }, { path: 'status', value: 'inProcess' }], limit: 1 })
    if (draft) throw refuse.conflict('versionInProcess', `agreement ${draft.id} is the next version of ${id} already, and in process`)
    const { id: _id, href: _href, status: _status, completionDate: _completion, initialDate: _initial, agreementAuthorization, ...content } = found.doc
    const made = await deps.store.create(context, agreement, {
      ...content,
      version: nextVersion(found.doc.version),
      replaces: { id, href: hrefOf(agreement, id), ...(found.doc.name !== undefined && { name: found.doc.name }), '@referredType': agreement.type },
      // Who has approved the last version has not approved this one.
      ...(agreementAuthorization && { agreementAuthorization: agreementAuthorization.map(({ date: _date, signatureRepresentation: _representation, signature: _signature, ...one }) => ({ ...one, state: 'requested' })) }),
    })
    return reply.code(201).header('location', made.doc.href).send(made.doc)
  })
}

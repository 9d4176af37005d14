/** POST /tandem/v1/qualificationCheck: several pinned answers are asked again in one call, before a cart is checked out or an order is sent. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Services } from '../../tmf/services.ts'
import { capacityReservation } from '../serviceability/index.ts'
import { recheckPin } from './pin.ts'

const MOST_PINS = 50

const Pinned = Type.Object(
  { id: Type.String({ minLength: 1, maxLength: 255, description: 'A checkServiceQualification or productOfferingQualification' }), itemId: Type.Optional(Type.String({ maxLength: 255, description: 'Its item; all when left out' })),
    capacityReservation: Type.Optional(Type.Object({ id: Type.String({ minLength: 1, maxLength: 255, description: 'A capacityReservation' }) }, { description: 'The port that is held for it, which does not count against it; one that was made from the qualification needs no name' })) },
  { additionalProperties: false, description: 'A pinned answer' },
)
const Body = Type.Object({ qualification: Type.Array(Pinned, { minItems: 1, maxItems: MOST_PINS, description: 'Answers that something relies on' }) }, { additionalProperties: false })

const readBody = inputOf(Body)

const text = (description: string) => Type.String({ description })
const Item = Type.Object({
  itemId: text('The item'), pinned: text('What was answered'), current: text('What would be answered now'), expirationDate: Type.Optional(text('Until when the answer can be relied on')),
  changed: Type.Array(Type.Object({ attribute: text('What is otherwise'), before: Type.Optional(Type.Unknown()), after: Type.Optional(Type.Unknown()) }), { description: 'What is otherwise than it was answered' }),
  reasons: Type.Array(Type.Object({ code: text('Machine-readable code'), label: text('Reason in words') }), { description: 'Why it would not be qualified now' }),
})
const Answer = Type.Object({
  valid: Type.Boolean({ description: 'True when all of them hold' }),
  qualification: Type.Array(
    Type.Object({ id: text('As asked'), itemId: Type.Optional(text('As asked')), '@referredType': Type.Optional(text('What it is')), valid: Type.Boolean({ description: 'Whether it can be relied on' }), why: Type.Optional(text('unknown, expired, notQualified or changed')), item: Type.Array(Item) }),
  ),
})
const ErrorBody = Type.Object({ code: Type.String(), reason: Type.String(), message: Type.Optional(Type.String()), status: Type.Optional(Type.String()) }, { description: 'What was wrong' })

export const pinRoutes = (app: FastifyInstance, deps: Services): void => {
  const schema = {
    tags: ['qualification'], summary: 'Ask again what carts, quotes and orders rely on: does each answer still hold, and what changed',
    body: Body, response: { 200: Answer, 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 500: ErrorBody },
  }
  app.post('/tandem/v1/qualificationCheck', { schema, config: { confined: true } }, async (request, reply) => {
    const { context } = request
    requirePermission(context, 'productOfferingQualification', 'read')
    const { qualification } = readBody(request.body)
    const unfit = qualification.flatMap(({ id, itemId, capacityReservation: held }, index) => [id, itemId ?? '', held?.id ?? ''].some(one => one.includes('\0') || !one.isWellFormed()) ? [fault(`qualification[${index}].id`, 'has characters that no identifier has')] : [])
    if (unfit.length > 0) throw refuse.invalid(unfit)
    const heldIds = qualification.map(one => one.capacityReservation?.id)
    const known = await deps.store.getMany(context, capacityReservation, heldIds.filter(id => id !== undefined))
    const unknown = heldIds.flatMap((id, index) => (id === undefined || known.has(id) ? [] : [fault(`qualification[${index}].capacityReservation.id`, 'refers to a capacityReservation that does not exist', id)]))
    if (unknown.length > 0) throw refuse.invalid(unknown)
    const answers = []
    for (const { id, itemId, capacityReservation: held } of qualification) answers.push(await recheckPin(deps, context, { id, ...(itemId !== undefined && { itemId }), ...(held !== undefined && { reservationId: held.id }) }))
    return reply.send({ valid: answers.every(one => one.valid), qualification: answers })
  })
}

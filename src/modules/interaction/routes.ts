/** POST /tandem/v1/customerContact: how a channel writes down a contact with one short body, where TMF683 wants a whole document. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { v5 } from 'uuid'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { partyOf } from '../customer/index.ts'
import { PartyInteraction } from './party-interaction.schema.ts'
import { partyInteraction } from './party-interaction.ts'
import { recordInteraction } from './record-interaction.ts'

const text = (description: string, maxLength: number) => Type.String({ minLength: 1, maxLength, description })
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))
const closed = { additionalProperties: false } as const

const Body = Type.Object(
  {
    customer: Type.Object(
      { id: text('Id of a customer, an individual or an organization', 255), '@referredType': Type.Optional(text('Customer, Individual or Organization; looked up in this order when left out', 100)) },
      { ...closed, description: 'Who was in contact' },
    ),
    reason: text('Why, as a word for programs: complaint, tariffQuestion', 200),
    description: Type.Optional(text('The contact in words', 10_000)),
    direction: Type.Optional(Type.Enum(['inbound', 'outbound'], { type: 'string', description: 'inbound, from the customer, when left out' })),
    channel: Type.Optional(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,31}$', description: 'Where; that of the request (x-tandem-channel) when left out' })),
    status: Type.Optional(Type.Enum(['open', 'inProgress', 'completed'], { type: 'string', description: 'completed when left out' })),
    startDateTime: instant('When it began; now when left out'),
    endDateTime: instant('When it ended'),
    agent: Type.Optional(text('Who took it for the provider', 255)),
    about: Type.Optional(
      Type.Array(
        Type.Object(
          { id: text('Its id', 255), '@referredType': text('Its class: ProductOrder, CustomerBill, Product', 100), href: Type.Optional(text('Where it can be read', 1000)), name: Type.Optional(text('What it is called', 500)), resolution: Type.Optional(text('What came of it', 10_000)) },
          { ...closed, description: 'A subject' },
        ),
        { maxItems: 100, description: 'What it was about' },
      ),
    ),
    note: Type.Optional(Type.Array(Type.Object({ author: Type.Optional(text('Who wrote it', 500)), text: text('What it says', 10_000) }, { ...closed, description: 'A remark' }), { maxItems: 100, description: 'Remarks' })),
  },
  { ...closed, description: 'A contact' },
)

/** The namespace of ids that follow from an Idempotency-Key. Any constant. */
const NAMESPACE = '6f6b1c1e-5a1f-4d0b-9a57-2f7b1f0a6b83'

const idOfKey = (context: Context, key: unknown): string | undefined => {
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) throw refuse.invalid([fault('Idempotency-Key', 'must be 1 to 255 visible ASCII characters')])
  return v5(JSON.stringify([context.brand, context.principal.id, key]), NAMESPACE)
}

export const interactionRoutes = (app: FastifyInstance, deps: Services): void => {
  const readBody = inputOf(Body)
  app.post(
    '/tandem/v1/customerContact',
    {
      config: { confined: true },
      schema: {
        tags: ['partyInteraction'],
        operationId: 'createCustomerContact',
        summary: 'Writes down a contact with a customer',
        description: 'Becomes one partyInteraction (TMF683) in the channel of the request. With an Idempotency-Key a repetition answers what the first one wrote, whatever it says.',
        headers: Type.Object({ 'Idempotency-Key': Type.Optional(Type.String({ description: 'Makes it safe to repeat' })) }),
        body: Body,
        response: { 201: { ...PartyInteraction, description: 'The interaction that was written' } },
      },
    },
    async (request, reply) => {
      const { context } = request
      requirePermission(context, partyInteraction.name, 'create')
      const body = readBody(request.body)
      const id = idOfKey(context, request.headers['idempotency-key'])
      const before = id === undefined ? undefined : await deps.store.get(context, partyInteraction, id)
      if (before !== undefined) return reply.code(201).header('location', before.doc.href).send(before.doc)
      // Read in the scope of the caller: whom it may not see it cannot have been in contact with.
      const party = await partyOf(deps, context, body.customer)
      if (party === undefined) throw refuse.invalid([fault('customer.id', 'is no customer or party that is known here', body.customer.id)])
      const [from, to] = [body.startDateTime, body.endDateTime].map(time => (time === undefined ? undefined : new Date(time)))
      if (from !== undefined && to !== undefined && to < from) throw refuse.invalid([fault('endDateTime', 'must not be before startDateTime', body.endDateTime)])
      const kind = party.kind === 'individual' ? 'Individual' : 'Organization'
      const isRole = party.id !== body.customer.id
      const written = await recordInteraction(
        deps,
        context,
        {
          party: [
            { id: party.id, href: party.doc.href, ...(party.name !== undefined && { name: party.name }), '@referredType': kind },
            ...(isRole ? [{ id: body.customer.id, '@referredType': 'Customer' }] : []),
            ...(body.agent === undefined ? [] : [{ id: body.agent, role: 'agent', '@referredType': 'Agent' }]),
          ],
          direction: body.direction ?? 'inbound',
          reason: body.reason,
          ...(body.description !== undefined && { description: body.description }),
          ...(body.channel !== undefined && { channel: body.channel }),
          ...(body.status !== undefined && { status: body.status }),
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          about: (body.about ?? []).map(({ '@referredType': type, ...subject }) => ({ ...subject, type })),
          ...(body.note !== undefined && { note: body.note.map((note, index) => ({ ...note, id: String(index + 1), date: deps.clock.now().toISOString() })) }),
        },
        id === undefined ? {} : { id },
      )
      return reply.code(201).header('location', written.doc.href).send(written.doc)
    },
  )
}

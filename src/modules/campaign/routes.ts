/** Campaigns beyond their resource: the list of offers, the link that shows one and takes it, and what came of it. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Services } from '../../tmf/services.ts'
import type { Recipient } from './addressee.ts'
import { campaign } from './campaign.ts'
import { lookAt } from './follow-carts.ts'
import { makeOffers } from './make-offers.ts'
import { countersOf, openAcceptances } from './offer-store.ts'
import { markOpened, showOffer, takeOffer } from './take-offer.ts'

const closed = { additionalProperties: false } as const
const text = (description: string, maxLength = 255) => Type.String({ minLength: 1, maxLength, description })
const open = (description: string) => Type.Object({}, { additionalProperties: true, description })

const RecipientBody = Type.Object(
  {
    customer: Type.Optional(Type.Object({ id: text('The customer or party') }, { ...closed, description: 'Somebody who is known' })),
    email: Type.Optional(text('E-mail address')),
    phone: Type.Optional(text('Telephone number')),
    consent: Type.Optional(Type.Object({ textVersion: text('Version of the text that was agreed to'), givenAt: Type.String({ format: 'date-time', description: 'When' }) }, { ...closed, description: 'For an address that nobody here is known by: that its holder has agreed. Of somebody who is known, what TMF644 says counts' })),
  },
  { ...closed, description: 'Whom it is offered to; one of customer, email and phone' },
)
const OfferBody = Type.Object(
  {
    recipient: Type.Optional(Type.Array(RecipientBody, { minItems: 1, maxItems: 1_000, description: 'A list; the segments of the campaign when left out' })),
    after: Type.Optional(text('Where the former page of the segments ended (next)')),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'How many customers are looked at; 500 when left out' })),
    renew: Type.Optional(Type.Boolean({ description: 'Give those a new link who have an offer already; their former one works no more' })),
  },
  { ...closed, description: 'Whom it is offered to' },
)
const Made = Type.Object(
  { offer: Type.Array(open('id, recipient, link and token (told only now), expirationDate, isNew'), { description: 'Offers' }), withheld: Type.Array(open('recipient, why (consent, unknown, notSellable) and message'), { description: 'Who gets none, and why' }), notice: Type.Optional(Type.Array(open('code, message and attribute'), { description: 'What is to be known of the codes of promotions now: the prices of these offers may be without them' })), next: Type.Optional(Type.String({ description: 'Where the next page of the segments begins' })) },
  { description: 'What was made' },
)
const Result = Type.Object(
  { sent: Type.Integer({ description: 'Offers that were made' }), opened: Type.Integer({ description: 'Offers that somebody has seen' }), accepted: Type.Integer({ description: 'How often one was taken' }), ordered: Type.Integer({ description: 'How many of these became orders' }) },
  { description: 'What came of a campaign' },
)

const MOST_FOLLOWED = 2_000

type Params = { Params: { id: string } }
type Token = { Params: { token: string } }
const idParams = Type.Object({ id: text('Id of the campaign') })
const tokenParams = Type.Object({ token: text('What the link carries', 100) })

export const campaignRoutes = (app: FastifyInstance, deps: Services): void => {
  const readOffer = inputOf(OfferBody)
  app.post<Params>(
    '/tandem/v1/campaign/:id/offer',
    { schema: { tags: ['campaign'], summary: 'Make the offers of a campaign', description: 'To a list, or page by page to the segments of the campaign; as often as one likes, each recipient has one. Prices are computed for each and promised until the campaign ends. Who has not allowed to be addressed is withheld, by name.', params: idParams, body: OfferBody, response: { 201: Made } } },
    async (request, reply) => {
      requirePermission(request.context, 'campaignOffer', 'create')
      const { recipient, after, limit = 500, renew = false } = readOffer(request.body)
      const now = deps.clock.now()
      const faults = (recipient ?? []).flatMap((one, index) => [
        ...([one.customer, one.email, one.phone].filter(name => name !== undefined).length === 1 ? [] : [fault(`recipient[${index}]`, 'must have one of customer, email and phone')]),
        ...(one.consent !== undefined && new Date(one.consent.givenAt) > now ? [fault(`recipient[${index}].consent.givenAt`, 'must not be in the future', one.consent.givenAt)] : []),
      ])
      if (faults.length > 0) throw refuse.invalid(faults)
      return reply.code(201).send(await makeOffers(deps, request.context, request.params.id, { limit, renew, ...(recipient && { recipient: recipient as Recipient[] }), ...(after !== undefined && { after }) }))
    },
  )
  app.get<Params>(
    '/tandem/v1/campaign/:id/result',
    { schema: { tags: ['campaign'], summary: 'What came of a campaign', params: idParams, response: { 200: Result } } },
    async request => {
      requirePermission(request.context, 'campaign', 'read')
      const { id } = request.params
      if ((await deps.store.get(request.context, campaign, id)) === undefined) throw refuse.notFound(campaign.name, id)
      await lookAt(deps, await openAcceptances(deps.database, MOST_FOLLOWED, { brand: request.context.brand, campaignId: id }))
      return await countersOf(deps.database, request.context.brand, id)
    },
  )
  app.get<Token>(
    '/tandem/v1/campaignOffer/:token',
    { config: { confined: true }, schema: { tags: ['campaign'], summary: 'See what a link offers', description: 'With the price that was promised. Changes nothing, also not the counters: links are fetched by programs too.', params: tokenParams } },
    async request => {
      requirePermission(request.context, 'campaignOffer', 'read')
      const shown = await showOffer(deps, request.context, request.params.token)
      request.auditIds = [shown.id]
      return shown
    },
  )
  app.post<Token>(
    '/tandem/v1/campaignOffer/:token/opened',
    { config: { confined: true }, schema: { tags: ['campaign'], summary: 'Say that somebody has seen it', description: 'For the page that shows it: it counts as opened, once.', params: tokenParams } },
    async (request, reply) => {
      requirePermission(request.context, 'campaignOffer', 'read')
      await markOpened(deps, request.context, request.params.token)
      return reply.code(204).send()
    },
  )
  const AcceptBody = Type.Object({ customer: Type.Optional(Type.Object({ id: text('Who takes it, where the caller acts for others') }, { ...closed, description: 'The customer' })) }, { ...closed, description: 'Who takes it' })
  const readAccept = inputOf(AcceptBody)
  app.post<Token>(
    '/tandem/v1/campaignOffer/:token/accept',
    { config: { confined: true }, schema: { tags: ['campaign'], summary: 'Take an offer', description: 'One click makes the cart, with the price that was promised. Whoever asks again, in whatever channel, gets the same cart.', params: tokenParams, body: AcceptBody } },
    async (request, reply) => {
      requirePermission(request.context, 'campaignOffer', 'update')
      const { customer } = readAccept(request.body ?? {})
      const cart = await takeOffer(deps, request.context, request.params.token, customer?.id)
      request.auditIds = [cart.id]
      return reply.header('etag', `"${cart.revision}"`).send(cart.doc)
    },
  )
}

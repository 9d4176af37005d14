/** Operations on consents: say yes or no for a person, see what is in force and how it came to be. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Services } from '../../tmf/services.ts'
import { mayUse } from './consent.ts'
import { consentHistory, insertConsent, presentConsents, type ConsentRow } from './consent-store.ts'
import { recordPrivacy } from './privacy-record.ts'
import { subjectOf } from './subject.ts'

const PATH = '/tandem/v1/consent'
const HISTORY = 1000
const word = (description: string) => Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description })
const Instant = (description: string) => Type.String({ format: 'date-time', description })

const ConsentCreate = Type.Object(
  {
    party: word('The person: an individual, an organization, or a customer'),
    action: Type.Enum(['grant', 'revoke'], { type: 'string', description: 'What was said' }),
    purpose: word('What the data may be used for: marketing, profiling, research'),
    channel: Type.Optional(word('Through which channel: email, sms, phone, post. Any, and use that needs none, when left out')),
    recipient: Type.Optional(word('Party that the data may be passed on to; ourselves when left out')),
    textVersion: Type.Optional(word('Which version of the text was agreed to; a grant must name it')),
    givenChannel: Type.Optional(word('Through which channel it was said; that of the request when left out')),
    givenAt: Type.Optional(Instant('When it was said; now when left out')),
    validUntil: Type.Optional(Instant('When a grant ends by itself')),
  },
  { additionalProperties: false, examples: [{ party: 'ind-001', action: 'grant', purpose: 'marketing', channel: 'email', textVersion: '2026-1' }] },
)

const ConsentQuery = Type.Object(
  { party: word('The person'), purpose: Type.Optional(word('Only this purpose; the answer then says whether it is allowed')), channel: Type.Optional(word('Through which channel, beside a purpose')) },
  { additionalProperties: false },
)

const Consent = Type.Object(
  {
    id: Type.String({ description: 'Identifier of the entry' }),
    party: Type.String({ description: 'Id that it was given under' }),
    purpose: Type.String({ description: 'What for' }),
    channel: Type.String({ description: '* is any channel, and use that needs none' }),
    recipient: Type.Optional(Type.String({ description: 'Party that the data may be passed on to' })),
    granted: Type.Boolean({ description: 'Allowed or forbidden' }),
    textVersion: Type.Optional(Type.String({ description: 'Version of the text' })),
    givenChannel: Type.Optional(Type.String({ description: 'Where it was said' })),
    givenAt: Instant('When it was said'),
    validFrom: Type.Optional(Instant('From when')),
    validUntil: Type.Optional(Instant('Until when')),
    recordedBy: Type.Optional(Type.String({ description: 'Who recorded it' })),
    recordedAt: Instant('When it was recorded (real time)'),
    source: Type.Object({ type: Type.String({ description: 'operation, erasure, partyPrivacyProfile or partyPrivacyAgreement' }), id: Type.Optional(Type.String({ description: 'The document' })), revision: Type.Optional(Type.Integer({ description: 'Its revision' })) }),
  },
  { description: 'One word of a person on the use of data' },
)

const ConsentList = Type.Object(
  {
    party: Type.String({ description: 'The person' }),
    allowed: Type.Optional(Type.Boolean({ description: 'Whether the purpose that was asked about is allowed now' })),
    consent: Type.Array(Consent, { description: 'What is in force: the newest of each purpose, channel and recipient' }),
    history: Type.Array(Consent, { description: 'All that was said, the newest first' }),
  },
  { description: 'Consents of a person' },
)

const readCreate = inputOf(ConsentCreate)
const readQuery = inputOf(ConsentQuery, { query: true })

const answerOf = (row: ConsentRow) => ({
  id: row.id,
  party: row.party_id,
  purpose: row.purpose,
  channel: row.channel,
  ...(row.recipient !== '' && { recipient: row.recipient }),
  granted: row.granted,
  ...(row.text_version !== null && { textVersion: row.text_version }),
  ...(row.given_channel !== null && { givenChannel: row.given_channel }),
  givenAt: row.given_at.toISOString(),
  ...(row.valid_from !== null && { validFrom: row.valid_from.toISOString() }),
  ...(row.valid_until !== null && { validUntil: row.valid_until.toISOString() }),
  ...(row.recorded_by !== null && { recordedBy: row.recorded_by }),
  recordedAt: row.recorded_at.toISOString(),
  source: { type: row.source, ...(row.source_id !== null && { id: row.source_id }), ...(row.source_revision !== null && { revision: row.source_revision }) },
})

export const consentRoutes = (scope: FastifyInstance, deps: Services): void => {
  const tags = ['consent']
  scope.post(
    PATH,
    {
      config: { confined: true },
      schema: {
        tags,
        summary: 'Record that a person allows or forbids a use of data',
        description: 'It is in force for every read that begins after the answer. Entries are never changed: the newest word on a purpose and channel holds.',
        body: ConsentCreate,
        response: { 201: Consent },
      },
    },
    async (request, reply) => {
      const { context } = request
      requirePermission(context, 'consent', 'create')
      const body = readCreate(request.body)
      const now = deps.clock.now()
      const givenAt = body.givenAt === undefined ? now : new Date(body.givenAt)
      const validUntil = body.validUntil === undefined ? undefined : new Date(body.validUntil)
      const faults = [
        ...(givenAt > now ? [fault('givenAt', 'must not be in the future', body.givenAt)] : []),
        ...(body.action === 'grant' && body.textVersion === undefined ? [fault('textVersion', 'is required: a grant is proven by the text that was agreed to')] : []),
        ...(validUntil !== undefined && validUntil <= givenAt ? [fault('validUntil', 'must be after givenAt', body.validUntil)] : []),
      ]
      for (const name of ['party', 'purpose', 'channel', 'recipient', 'textVersion', 'givenChannel'] as const) {
        const value = body[name]
        if (value !== undefined && (value.includes('\0') || !value.isWellFormed())) faults.push(fault(name, 'must be text without NUL and lone surrogates'))
      }
      if (faults.length > 0) throw refuse.invalid(faults)
      const party = await subjectOf(deps, context, body.party, 'consent', 'create')
      request.auditOwner = party.id
      const granted = body.action === 'grant'
      const row = await deps.database.transaction(async tx => {
        const consent = { ...body, partyId: party.id, channel: body.channel, recipient: body.recipient, granted, textVersion: body.textVersion, givenChannel: body.givenChannel ?? context.channel, givenAt, validUntil, recordedBy: context.principal.id }
        const inserted = await insertConsent(tx, context.brand, consent)
        await recordPrivacy(tx, context, now, { operation: granted ? 'consent.grant' : 'consent.revoke', partyId: party.id, subjectId: inserted.id })
        return inserted
      })
      request.auditIds = [party.id]
      return reply.code(201).send(answerOf(row))
    },
  )
  scope.get(PATH, { config: { confined: true }, schema: { tags, summary: 'Read what a person has allowed and forbidden, with its history', querystring: ConsentQuery, response: { 200: ConsentList } } }, async request => {
    const { context } = request
    requirePermission(context, 'consent', 'read')
    const { party: id, purpose, channel } = readQuery(request.query)
    if (purpose?.includes('\0') === true || channel?.includes('\0') === true) throw refuse.invalid([fault('purpose', 'must be text without NUL')])
    const party = await subjectOf(deps, context, id, 'consent', 'read')
    request.auditOwner = party.id
    request.auditIds = [party.id]
    const [present, history] = await Promise.all([presentConsents(deps.database, context.brand, party.id, purpose), consentHistory(deps.database, context.brand, party.id, purpose, HISTORY)])
    return {
      party: party.id,
      ...(purpose !== undefined && { allowed: await mayUse(deps, context, party.id, purpose, channel) }),
      consent: present.map(answerOf),
      history: history.map(answerOf),
    }
  })
}

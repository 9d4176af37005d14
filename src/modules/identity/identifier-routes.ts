/** Operations on identifiers: tell one, verify it, end it, and find who it belongs to. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Action } from '../../platform/auth/permission.ts'
import { isUniqueViolation } from '../../platform/database/unique-violation.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { newId } from '../../platform/ids.ts'
import type { Context } from '../../platform/principal.ts'
import { LOCAL_SOURCE } from '../../tmf/provenance/survive.ts'
import { basePath } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { partyOf } from '../customer/index.ts'
import { endIdentifiers, holdersOf, identifiersOfParties, insertIdentifiers, lockValue, readIdentifier, type Identifier } from './identifier-store.ts'
import { identityApi } from './identity-api.ts'
import { verifyIdentifier, type Linked } from './link.ts'
import { normalise } from './normalise.ts'
import { partyRef } from './party-ref.ts'
import { phoneCountry } from './phone-country.ts'
import { End, IdentifierAnswer, IdentifierCreate, IdentifierList, IdentifierQuery, IdParams, LookupQuery, Verification } from './route-schemas.ts'
import type { MergeWork } from './work.ts'

const BASE = basePath(identityApi)
const PATH = `${BASE}/partyIdentifier`
const MOST_HOLDERS = 100
/** Told by a caller and not verified: somebody's word. */
const TOLD = 0.5

const readCreate = inputOf(IdentifierCreate)
const readVerification = inputOf(Verification)
const readEnd = inputOf(End)
const readQuery = inputOf(IdentifierQuery, { query: true })
const readLookup = inputOf(LookupQuery, { query: true })

const answerOf = (row: Identifier, linked: Linked = {}) => ({
  id: row.id,
  href: `${PATH}/${row.id}`,
  party: partyRef(row.party, row.partyId),
  person: partyRef(row.party, row.clusterId),
  type: row.type,
  ...(row.scope !== '' && { scope: row.scope }),
  value: row.value,
  raw: row.raw,
  source: row.source,
  confidence: Math.round(row.confidence * 100) / 100,
  verified: row.verified,
  ...(row.verifiedAt && { verifiedAt: row.verifiedAt.toISOString(), verifiedBy: row.verifiedBy! }),
  since: row.since.toISOString(),
  ...(row.until && { until: row.until.toISOString() }),
  ...(linked.merge !== undefined && { merge: { id: linked.merge, href: `${BASE}/partyMerge/${linked.merge}` } }),
  ...(linked.conflict && { conflict: linked.conflict.map(one => one.text) }),
})

const normalised = (deps: Services, context: Context, type: Identifier['type'], raw: string): string => {
  const result = normalise(type, raw, phoneCountry(deps.config, context.brand))
  if ('wrong' in result) throw refuse.invalid([fault('value', result.wrong, raw)])
  return result.value
}

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id

const found = async (sql: Services['database'] | MergeWork['tx'], context: Context, id: string): Promise<Identifier> => {
  const row = await readIdentifier(sql, context.brand, id)
  if (!row) throw refuse.notFound('partyIdentifier', id)
  return row
}

const notLater = (text: string | undefined, name: string, now: Date): Date => {
  const at = text === undefined ? now : new Date(text)
  if (at > now) throw refuse.invalid([fault(name, 'must not be in the future', text)])
  return at
}

/** Somebody else has told it in this moment, or it was found in the party's document. */
const isToldAlready = (error: unknown): boolean => isUniqueViolation(error, { constraint: 'party_identifier_current' })

/** Tells an identifier of a party; one that it has already is told again. */
const tell = async (deps: Services, context: Context, body: ReturnType<typeof readCreate>): Promise<{ row: Identifier; linked: Linked; isNew: boolean }> => {
  const now = deps.clock.now()
  const value = normalised(deps, context, body.type, body.value)
  const since = notLater(body.since, 'since', now)
  const until = body.until === undefined ? null : new Date(body.until)
  if (until !== null && until <= since) throw refuse.invalid([fault('until', 'must be after since', body.until)])
  if (until !== null && until <= now && body.verified === true) throw refuse.invalid([fault('until', 'must lie ahead for what was verified just now', body.until)])
  const party = await partyOf(deps, context, { id: body.party })
  if (!party || party.id !== body.party) throw refuse.invalid([fault('party', 'refers to a party that does not exist', body.party)])
  const write = () => deps.database.transaction(async tx => {
    const scope = body.scope?.normalize('NFC').trim() ?? ''
    const known = (await identifiersOfParties(tx, context.brand, [party.id], now)).find(one => one.type === body.type && one.scope === scope && one.value === value)
    const id = known?.id ?? newId()
    if (!known) {
      await insertIdentifiers(tx, context.brand, [
        { id, partyId: party.id, party: party.kind, type: body.type, scope, value, raw: body.value, source: body.source ?? LOCAL_SOURCE, origin: 'operation', confidence: TOLD, verified: false, verifiedAt: null, verifiedBy: null, since, until },
      ])
    }
    // After whom it waits for: of two who verify a value at once the second is the later.
    if (body.verified === true) await lockValue(tx, context.brand, { type: body.type, scope, value })
    const linked: Linked = body.verified === true ? await verifyIdentifier({ tx, context, deps }, await found(tx, context, id), { by: body.verifiedBy ?? context.principal.id, at: deps.clock.now(), until }) : {}
    return { row: await found(tx, context, linked.again ?? id), linked, isNew: !known }
  })
  try {
    return await write()
  } catch (error) {
    if (!isToldAlready(error)) throw error
    return await write()
  }
}

export const identifierRoutes = (scope: FastifyInstance, deps: Services, permit: (context: Context, resource: string, action: Action) => void): void => {
  const tags = ['partyIdentifier']
  scope.post(
    PATH,
    {
      schema: {
        tags,
        summary: 'Tell an identifier of a party',
        description: 'Identifiers in the documents of individuals and organizations are found by themselves, a moment after these are written. One that is verified at once has the same consequences as its verification.',
        body: IdentifierCreate,
        response: { 200: IdentifierAnswer, 201: IdentifierAnswer },
      },
    },
    async (request, reply) => {
      permit(request.context, 'partyIdentifier', 'create')
      const { row, linked, isNew } = await tell(deps, request.context, readCreate(request.body ?? {}))
      return await reply.code(isNew ? 201 : 200).header('location', `${PATH}/${row.id}`).send(answerOf(row, linked))
    },
  )
  scope.get(PATH, { schema: { tags, summary: 'List the identifiers of a party', querystring: IdentifierQuery, response: { 200: IdentifierList } } }, async request => {
    permit(request.context, 'partyIdentifier', 'read')
    const { party, ended } = readQuery(request.query)
    if ((await partyOf(deps, request.context, { id: party })) === undefined) throw refuse.invalid([fault('party', 'refers to a party that does not exist', party)])
    const rows = await identifiersOfParties(deps.database, request.context.brand, [party], ended === true ? undefined : deps.clock.now())
    return rows.map(row => answerOf(row))
  })
  scope.get(`${PATH}/:id`, { schema: { tags, summary: 'Read an identifier', params: IdParams, response: { 200: IdentifierAnswer } } }, async request => {
    permit(request.context, 'partyIdentifier', 'read')
    return answerOf(await found(deps.database, request.context, idOf(request)))
  })
  scope.post(
    `${PATH}/:id/verify`,
    {
      schema: {
        tags,
        summary: 'Say that an identifier was verified',
        description:
          'Another party that has the same identifier verified now is the same person: both are merged at once. Where something speaks against that (both identities verified, other documents, other birth dates, look-alike letters, names without anything in common, somebody found them to be two), a suggestion is made instead (`conflict`). A phone number, e-mail address or device is then the other party’s no longer; what is never given to somebody else (customer number, login, identification paper, identity elsewhere) stays the one’s who had it verified first, and is not verified here.',
        params: IdParams,
        body: Verification,
        response: { 200: IdentifierAnswer },
      },
    },
    async request => {
      permit(request.context, 'partyIdentifier', 'update')
      const { context } = request
      const body = readVerification(request.body ?? {})
      const at = notLater(body.at, 'at', deps.clock.now())
      const until = body.until === undefined ? null : new Date(body.until)
      if (until !== null && until <= at) throw refuse.invalid([fault('until', 'must be after the verification', body.until)])
      return await deps.database.transaction(async tx => {
        const linked = await verifyIdentifier({ tx, context, deps }, await found(tx, context, idOf(request)), { by: body.verifiedBy ?? context.principal.id, at, until })
        return answerOf(await found(tx, context, linked.again ?? idOf(request)), linked)
      })
    },
  )
  scope.post(`${PATH}/:id/end`, { schema: { tags, summary: 'Say that an identifier is no longer the party’s', params: IdParams, body: End, response: { 200: IdentifierAnswer } } }, async request => {
    permit(request.context, 'partyIdentifier', 'update')
    const { context } = request
    const at = notLater(readEnd(request.body ?? {}).at, 'at', deps.clock.now())
    return await deps.database.transaction(async tx => {
      const row = await found(tx, context, idOf(request))
      await endIdentifiers(tx, context.brand, [row.id], at)
      return answerOf(await found(tx, context, row.id))
    })
  })
  scope.get(
    `${BASE}/partyByIdentifier`,
    { schema: { tags, summary: 'Find who an identifier belongs to', description: 'Who has it verified comes first; `person` is the party that stands for the person. Empty when nobody has it.', querystring: LookupQuery, response: { 200: IdentifierList } } },
    async request => {
      permit(request.context, 'partyIdentifier', 'read')
      const { type, value, scope: of, at } = readLookup(request.query)
      const holders = await holdersOf(deps.database, request.context.brand, type, normalised(deps, request.context, type, value), of, at === undefined ? deps.clock.now() : new Date(at), MOST_HOLDERS)
      // Whom it found, so that a search of the audit for the person finds it.
      request.auditIds = holders.map(row => row.partyId)
      return holders.map(row => answerOf(row))
    },
  )
}

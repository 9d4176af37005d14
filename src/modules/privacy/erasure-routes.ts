/** Operations on erasures: plan one, confirm it, see how it goes and what remains. Each is recorded. */
import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission, type Action } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import { hashesOf, liftErased } from '../../tmf/external/erased.ts'
import type { Services } from '../../tmf/services.ts'
import { clusterOf, lockPerson } from '../identity/index.ts'
import { planErasure, type ErasurePlan } from './erasure-plan.ts'
import { erasureJob } from './erasure-run.ts'
import { insertErasure, listErasures, readErasure, refuseErasure, resumeErasure, startErasure, type ErasureRow } from './erasure-store.ts'
import { recordPrivacy } from './privacy-record.ts'
import { mayForPerson, personOf, personsOf, refuseConfined } from './subject.ts'

const NAME = 'personalDataErasure'
const PATH = `/tandem/v1/${NAME}`
const word = (description: string, maxLength = 255) => Type.String({ minLength: 1, maxLength, pattern: '\\S', description })
const Instant = (description: string) => Type.String({ format: 'date-time', description })

const Doubtful = Type.Optional(Type.Boolean({ description: 'What may be of the person (holdings that are doubtful) goes as well' }))

const ErasureCreate = Type.Object(
  {
    party: word('The person: an individual, an organization, or a customer'),
    reason: word('Why: asked by the person, contract ended', 500),
    dryRun: Type.Optional(Type.Boolean({ description: 'Plan only (when left out); false plans and begins at once' })),
    override: Type.Optional(Type.Boolean({ description: 'Begin although something living stands against it' })),
    includeDoubtful: Doubtful,
  },
  { additionalProperties: false, examples: [{ party: 'ind-001', reason: 'asked by the person', dryRun: true }] },
)
const ErasureConfirm = Type.Object({ override: Type.Optional(Type.Boolean({ description: 'Begin although something living stands against it' })), includeDoubtful: Doubtful }, { additionalProperties: false, examples: [{}] })
const ErasureQuery = Type.Object({ party: Type.Optional(word('Only those on this party')) }, { additionalProperties: false })
const Params = Type.Object({ id: Type.String({ description: 'Identifier of the erasure' }) })

const Holding = Type.Object(
  {
    name: Type.String({ description: 'What is held' }),
    purpose: Type.String({ description: 'Why it is held' }),
    action: Type.Enum(['erase', 'redact', 'keep', 'mention', 'doubtful'], { type: 'string', description: 'erase: it goes. redact: what is personal goes. keep: it stays. mention: a record of somebody else loses the name. doubtful: it may be of the person, and stays unless includeDoubtful says that it goes' }),
    records: Type.Integer({ description: 'How many' }),
    ids: Type.Optional(Type.Array(Type.String(), { description: 'Of what is doubtful: which, the first hundred' })),
    because: Type.Optional(Type.String({ description: 'Why it stays: the law' })),
    keptForDays: Type.Optional(Type.Integer({ description: 'How long' })),
    keptUntil: Type.Optional(Instant('Business time at which the last of it goes too')),
  },
  { description: 'What becomes of one holding' },
)
const Erasure = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    party: Type.String({ description: 'Whose data' }),
    state: Type.Enum(['planned', 'requested', 'refused', 'running', 'completed', 'failed', 'closed'], { type: 'string', description: 'Where it stands. requested: a customer asked, and it waits to be confirmed' }),
    reason: Type.String({ description: 'Why' }),
    requestedBy: Type.String({ description: 'Who asked for it' }),
    requestedAt: Instant('Business time of the request'),
    confirmedBy: Type.Optional(Type.String({ description: 'Who decided it' })),
    completedAt: Type.Optional(Instant('Business time at which it was done')),
    overridden: Type.Boolean({ description: 'Decided although something living stood against it' }),
    holding: Type.Array(Holding, { description: 'What goes, what is redacted, what is kept and why' }),
    obstacle: Type.Array(Type.Object({ holding: Type.String(), id: Type.String(), reason: Type.String() }), { description: 'What stands against it' }),
    error: Type.Optional(Type.String({ description: 'What went wrong' })),
  },
  { description: 'The erasure of a person; once it is completed, the record of it' },
)

const ErasureLift = Type.Object(
  {
    reason: word('Why they may come back: the person has signed anew', 500),
    record: Type.Optional(
      Type.Object(
        { source: word('Name of the system'), resource: word('Resource that the record is: individual'), externalId: word('Identity of the record there') },
        { additionalProperties: false, description: 'The one record that may come back; all that the erasure keeps away when left out' },
      ),
    ),
  },
  { additionalProperties: false, examples: [{ reason: 'the person has signed anew', record: { source: 'crm', resource: 'individual', externalId: 'C-4711' } }] },
)
const Lifted = Type.Object({ records: Type.Integer({ description: 'How many records may come back' }) }, { description: 'What may come back' })

const readLift = inputOf(ErasureLift)
const readCreate = inputOf(ErasureCreate)
const readConfirm = inputOf(ErasureConfirm)
const readQuery = inputOf(ErasureQuery, { query: true })

/** What may be somebody else's is nothing for a caller who speaks for the person alone. */
const answerOf = (row: ErasureRow, context: Context) => ({
  id: row.id,
  href: `${PATH}/${row.id}`,
  party: row.party_id,
  state: row.state,
  reason: row.reason,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
  ...(row.confirmed_by !== null && { confirmedBy: row.confirmed_by }),
  ...(row.completed_at !== null && { completedAt: row.completed_at.toISOString() }),
  overridden: row.overridden,
  holding: isConfined(context.principal) ? row.plan.filter(one => one.action !== 'doubtful') : row.plan,
  obstacle: row.obstacles,
  ...(row.error !== null && { error: row.error }),
})

const obstaclesOf = (plan: ErasurePlan): string => plan.obstacles.slice(0, 20).map(one => `${one.holding} ${one.id} ${one.reason}`).join('; ')

export const erasureRoutes = (scope: FastifyInstance, deps: Services): void => {
  const tags = [NAME]
  const permit = (context: Context, action: Action): void => requirePermission(context, NAME, action)
  const found = async (context: Context, id: string, action: Action): Promise<ErasureRow> => {
    const row = id.includes('\0') || !id.isWellFormed() ? undefined : await readErasure(deps.database, context.brand, id)
    if (!row || !mayForPerson(context, NAME, action, row.party_id)) throw refuse.notFound(NAME, id)
    return row
  }
  /** What stands against an erasure is judged by those who look after all. */
  const refuseOverride = (context: Context, override: boolean | undefined, includeDoubtful: boolean | undefined): void => {
    if (override === true && isConfined(context.principal)) throw refuse.forbidden('override is for those who look after all parties')
    if (includeDoubtful === true && isConfined(context.principal)) throw refuse.forbidden('includeDoubtful is for those who look after all parties')
  }
  /** Whether the request of this caller waits until somebody who looks after all parties has confirmed it. */
  const isHeld = (context: Context): boolean => deps.config.ownErasure === 'approval' && isConfined(context.principal)

  /** Decides on the plan as things are now. Answers the plan when something stands against it. */
  const decide = async (context: Context, id: string, party: string, override: boolean, withDoubtful: boolean): Promise<ErasurePlan | undefined> => {
    const plan = await planErasure(deps, deps.database, context.brand, await clusterOf(deps.database, context, party), [], withDoubtful)
    const refused = plan.obstacles.length > 0 && !override
    await deps.database.transaction(async tx => {
      // Who is one with the person from now on is not forgotten with it: from the decision on, merges are refused.
      const person = await lockPerson(tx, context, party)
      if (!isDeepStrictEqual(person, plan.parties)) throw refuse.conflict('changedMeanwhile', 'Which records are this person has changed meanwhile: plan it again')
      const now = deps.clock.now()
      const row = await readErasure(tx, context.brand, id, true)
      if (!row || row.state === 'running' || row.state === 'completed' || row.state === 'closed') throw refuse.conflict('alreadyDecided', `${NAME} ${id} is ${row?.state ?? 'gone'}`)
      if (refused) await refuseErasure(tx, context.brand, id, plan)
      else await startErasure(tx, context.brand, id, plan, { by: context.principal.id, overridden: plan.obstacles.length > 0 })
      await recordPrivacy(tx, context, now, { operation: refused ? 'erasure.refuse' : 'erasure.confirm', partyId: row.party_id, subjectId: id, detail: { overridden: plan.obstacles.length > 0 && !refused } })
    })
    if (refused) return plan
    await deps.jobs.enqueue(erasureJob, { brand: context.brand, id }, { id: `${context.brand} ${id}` })
    return undefined
  }

  const refusal = (plan: ErasurePlan) => refuse.conflict('stillLiving', `The person cannot be forgotten yet: ${obstaclesOf(plan)}. override begins all the same`)

  scope.post(
    PATH,
    {
      config: { confined: true },
      schema: {
        tags,
        summary: 'Plan to forget a person, or forget at once',
        description: 'The plan says what goes, what is redacted, what is kept and by which law, and what stands against it (active products, open orders, unpaid bills). It is carried out when it is confirmed, or at once with dryRun false. A customer may ask for itself (OWN_ERASURE=approval: somebody who looks after all parties confirms it first); a delegate where personalDataErasure was granted by name.',
        body: ErasureCreate,
        response: { 200: Erasure, 202: Erasure },
      },
    },
    async (request, reply) => {
      const { context } = request
      permit(context, 'create')
      const body = readCreate(request.body)
      if (body.reason.includes('\0') || !body.reason.isWellFormed()) throw refuse.invalid([{ path: 'reason', rule: 'must be text without NUL and lone surrogates' }])
      refuseOverride(context, body.override, body.includeDoubtful)
      const party = await personOf(deps, context, body.party, NAME, 'create')
      const parties = await clusterOf(deps.database, context, party.id)
      const now = deps.clock.now()
      const plan = await planErasure(deps, deps.database, context.brand, parties, [], body.includeDoubtful === true)
      const row = await deps.database.transaction(async tx => {
        const state = plan.obstacles.length > 0 ? ('refused' as const) : body.dryRun === false && isHeld(context) ? ('requested' as const) : ('planned' as const)
        const made = await insertErasure(tx, { brand: context.brand, party_id: party.id, state, reason: body.reason, requested_by: context.principal.id, correlation_id: context.correlationId, requested_at: now }, plan)
        await recordPrivacy(tx, context, now, { operation: 'erasure.plan', partyId: party.id, subjectId: made.id })
        return made
      })
      reply.header('location', `${PATH}/${row.id}`)
      if (body.dryRun !== false) return reply.code(200).send(answerOf(row, context))
      if (row.state === 'requested') return reply.code(202).send(answerOf(row, context))
      const against = await decide(context, row.id, party.id, body.override === true, body.includeDoubtful === true)
      if (against) throw refusal(against)
      return reply.code(202).send(answerOf(await found(context, row.id, 'create'), context))
    },
  )

  scope.post<{ Params: { id: string } }>(
    `${PATH}/:id/confirm`,
    { config: { confined: true }, schema: { tags, summary: 'Carry out a planned erasure', description: 'The plan is made anew, as things are now. One that failed carries on where it stood.', params: Params, body: ErasureConfirm, response: { 202: Erasure } } },
    async (request, reply) => {
      const { context } = request
      permit(context, 'update')
      const { override, includeDoubtful } = readConfirm(request.body ?? {})
      refuseOverride(context, override, includeDoubtful)
      const row = await found(context, request.params.id, 'update')
      if (isHeld(context)) throw refuse.forbidden(`${NAME} ${row.id} waits for somebody who looks after all parties to confirm it`)
      if (row.state === 'failed') {
        await deps.database.transaction(async tx => {
          await resumeErasure(tx, context.brand, row.id)
          await recordPrivacy(tx, context, deps.clock.now(), { operation: 'erasure.confirm', partyId: row.party_id, subjectId: row.id })
        })
        await deps.jobs.enqueue(erasureJob, { brand: context.brand, id: row.id }, { id: `${context.brand} ${row.id}` })
        return reply.code(202).send(answerOf(await found(context, row.id, 'update'), context))
      }
      const against = await decide(context, row.id, row.party_id, override === true, includeDoubtful === true)
      if (against) throw refusal(against)
      return reply.code(202).send(answerOf(await found(context, row.id, 'update'), context))
    },
  )

  scope.post<{ Params: { id: string } }>(
    `${PATH}/:id/lift`,
    {
      schema: {
        tags: ['erasedRecord'],
        summary: 'Let records of a forgotten person come back',
        description: 'After an erasure a system that still has the person cannot bring the records back: they are refused as erased. This lets one of them come, or all, with the next load. It needs erasedRecord:update and is recorded with its reason; nothing that was erased returns by itself.',
        params: Params,
        body: ErasureLift,
        response: { 200: Lifted },
      },
    },
    async request => {
      const { context } = request
      requirePermission(context, 'erasedRecord', 'update')
      refuseConfined(context, 'erasures')
      const { reason, record } = readLift(request.body)
      if ([reason, ...Object.values(record ?? {})].some(text => text.includes('\0') || !text.isWellFormed())) throw refuse.invalid([{ path: 'reason', rule: 'must be text without NUL and lone surrogates' }])
      const row = await found(context, request.params.id, 'update')
      const now = deps.clock.now()
      const [hash] = record === undefined ? [] : await hashesOf({ database: deps.database, secretsKey: deps.config.secretsKey }, context.brand, [{ record: { source: record.source, type: record.resource, externalId: record.externalId } }])
      return await deps.database.transaction(async tx => {
        const records = await liftErased(tx, context.brand, row.id, { at: now, by: context.principal.id, hash })
        if (record !== undefined && records === 0) throw refuse.notFound('erasedRecord', `of ${record.resource} of ${record.source}`)
        await recordPrivacy(tx, context, now, { operation: 'erasure.lift', partyId: row.party_id, subjectId: row.id, detail: { reason, records, ...(record && { source: record.source, resource: record.resource }) } })
        return { records }
      })
    },
  )

  scope.get(PATH, { config: { confined: true }, schema: { tags, summary: 'List erasures, the newest first', querystring: ErasureQuery, response: { 200: Type.Array(Erasure) } } }, async request => {
    permit(request.context, 'read')
    const { party } = readQuery(request.query)
    return (await listErasures(deps.database, request.context.brand, personsOf(request.context, NAME, 'read'), party?.replaceAll('\0', ''))).map(row => answerOf(row, request.context))
  })

  scope.get<{ Params: { id: string } }>(`${PATH}/:id`, { config: { confined: true }, schema: { tags, summary: 'Read a plan, how an erasure goes, or what remains of it', params: Params, response: { 200: Erasure } } }, async request => {
    permit(request.context, 'read')
    return answerOf(await found(request.context, request.params.id, 'read'), request.context)
  })
}

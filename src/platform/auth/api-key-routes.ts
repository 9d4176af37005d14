/** Operations on API keys: make one (its text is shown once), list, rotate, revoke. Nobody can give away more than they have. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Database } from '../database/sql.ts'
import { fault, refuse, type Fault } from '../errors.ts'
import { inputOf } from '../http/input.ts'
import type { Principal, PrincipalScope } from '../principal.ts'
import { createApiKeyStore, type ApiKey } from './api-key-store.ts'
import { covers, requirePermission } from './permission.ts'

const PATH = '/tandem/v1/apiKey'

const Name = Type.String({ minLength: 1, maxLength: 100, description: 'What the key is for' })
const Brands = Type.Array(Type.String({ pattern: '^(\\*|[A-Za-z0-9][A-Za-z0-9_.-]{0,62})$' }), { minItems: 1, maxItems: 100, uniqueItems: true, description: 'Brands that it may act for, the first is the default; * for all' })
const Permissions = Type.Array(Type.String({ pattern: '^(\\*|[A-Za-z][A-Za-z0-9-]{0,63}):(\\*|create|read|readSecret|update|delete)$' }), { maxItems: 500, uniqueItems: true, description: 'Resource and action: productOrder:create, *:read, *:*; paymentMethod:readSecret for what is secret, which no wildcard gives' })
const Id = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000]+$' })
const Scope = {
  parties: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 100, uniqueItems: true, description: 'A customer: parties whose rows alone it sees; it acts for the first where it names none' })),
  store: Type.Optional({ ...Id, description: 'A store or dealer: it sees what it sold' }),
  partner: Type.Optional({ ...Id, description: 'A partner: it sees what belongs to it and what it sold' }),
}
const Overlap = Type.Integer({ minimum: 0, maximum: 43_200, description: 'Minutes for which the text before stays good' })
const DEFAULT_OVERLAP_MINUTES = 60

const ApiKeyCreate = Type.Object(
  { name: Name, brands: Type.Optional(Brands), permissions: Permissions, ...Scope, expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'When it ends by itself; a key that a key makes ends with that one at the latest, and then when it says nothing' })) },
  { additionalProperties: false, examples: [{ name: 'Web shop', permissions: ['productOffering:read', 'productOrder:create'] }] },
)

const Instant = Type.String({ format: 'date-time' })
const ApiKeyAnswer = Type.Object({
  id: Type.String(),
  href: Type.String(),
  name: Name,
  brands: Brands,
  permissions: Permissions,
  ...Scope,
  createdAt: Instant,
  expiresAt: Type.Optional(Instant),
  revokedAt: Type.Optional(Instant),
  lastUsedAt: Type.Optional(Instant),
  madeBy: Type.Optional(Type.String({ description: 'Who made it: the id of a key, where it was one. When that key is revoked, so is this one' })),
  previousUntil: Type.Optional({ ...Instant, description: 'Until when the text before the last rotation is good' }),
  key: Type.Optional(Type.String({ description: 'The text of the key; in the answer that makes it, and never again' })),
})

const Rotation = Type.Object({ overlapMinutes: Type.Optional(Overlap) }, { additionalProperties: false, examples: [{ overlapMinutes: 60 }] })

const ListQuery = Type.Object({ madeBy: Type.Optional({ ...Id, description: 'Keys that this principal made: the id of a key' }) }, { additionalProperties: false })
const readList = inputOf(ListQuery, { query: true })
const readCreate = inputOf(ApiKeyCreate)
const readRotation = inputOf(Rotation)

const answerOf = (key: ApiKey) => ({
  id: key.id,
  href: `${PATH}/${key.id}`,
  name: key.name,
  brands: key.brands,
  permissions: key.permissions,
  ...key.scope,
  createdAt: key.createdAt,
  expiresAt: key.expiresAt,
  revokedAt: key.revokedAt,
  lastUsedAt: key.lastUsedAt,
  madeBy: key.madeBy,
  ...(key.previousUntil !== undefined && key.previousUntil.getTime() > Date.now() && { previousUntil: key.previousUntil }),
})

const coversBrand = (principal: Principal, brand: string): boolean => principal.brands.includes('*') || principal.brands.includes(brand)

/** Faults of a scope that reaches beyond the caller's: nobody makes a key that sees more than it does. */
const scopeFaults = (scope: PrincipalScope | undefined, own: PrincipalScope | undefined): Fault[] => {
  if (own === undefined) return []
  if (scope === undefined) return [fault('parties', "must be the caller's own")]
  return [
    ...(scope.parties ?? []).flatMap((party, index) => (own.parties?.includes(party) === true ? [] : [fault(`parties[${String(index)}]`, "is not the caller's own", party)])),
    ...(['store', 'partner'] as const).flatMap(name => (scope[name] !== undefined && scope[name] !== own[name] ? [fault(name, "is not the caller's own", scope[name])] : [])),
  ]
}

/** Whether the caller could have made this key: only such keys are shown to it. */
const isWithin = (key: Pick<ApiKey, 'brands' | 'scope'>, principal: Principal): boolean => key.brands.every(brand => coversBrand(principal, brand)) && scopeFaults(key.scope, principal.scope).length === 0

const excessOf = (key: { brands: readonly string[]; permissions: readonly string[]; scope: PrincipalScope | undefined }, principal: Principal): Fault[] => [
  ...key.brands.flatMap((brand, index) => (coversBrand(principal, brand) ? [] : [fault(`brands[${String(index)}]`, 'is not a brand of the caller', brand)])),
  ...key.permissions.flatMap((permission, index) => {
    const [resource = '', action = ''] = permission.split(':')
    return covers(principal.permissions, resource, action) ? [] : [fault(`permissions[${String(index)}]`, 'is not a permission of the caller', permission)]
  }),
  ...scopeFaults(key.scope, principal.scope),
]

/** What the body says of the scope; the caller's own where it says nothing. */
const scopeIn = ({ parties, store, partner }: PrincipalScope, principal: Principal): PrincipalScope | undefined =>
  parties === undefined && store === undefined && partner === undefined ? principal.scope : { ...(parties && { parties }), ...(store !== undefined && { store }), ...(partner !== undefined && { partner }) }

/** POST, GET and DELETE below /tandem/v1/apiKey, and the rotation of one. */
export const apiKeyRoutes = (database: Database) => (scope: FastifyInstance): void => {
  const store = createApiKeyStore(database)
  const tags = ['apiKey']
  const params = Type.Object({ id: Type.String() })
  const found = async (id: string, principal: Principal): Promise<ApiKey> => {
    const key = await store.get(id)
    if (key === undefined || !isWithin(key, principal)) throw refuse.notFound('apiKey', id)
    return key
  }

  scope.post(PATH, {
    config: { confined: true },
    schema: { tags, summary: 'Make an API key', description: 'The answer holds the text of the key, which cannot be read again. A key never gets more brands or permissions than the caller has, nor more time than the key that makes it.', body: ApiKeyCreate, response: { 201: ApiKeyAnswer } },
  }, async (request, reply) => {
    requirePermission(request.context, 'apiKey', 'create')
    const { principal, brand } = request.context
    const body = readCreate(request.body)
    const wanted = { name: body.name, brands: body.brands ?? [brand], permissions: body.permissions, scope: scopeIn(body as PrincipalScope, principal) }
    const excess = excessOf(wanted, principal)
    if (excess.length > 0) throw refuse.forbidden(excess.map(one => `${one.path} ${one.rule}`).join('; '))
    const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt)
    if (expiresAt !== undefined && expiresAt.getTime() <= Date.now()) throw refuse.invalid([fault('expiresAt', 'must be in the future', body.expiresAt)])
    const latest = principal.kind === 'key' ? (await store.get(principal.id))?.expiresAt : undefined
    if (latest !== undefined && expiresAt !== undefined && expiresAt > latest) throw refuse.forbidden(`expiresAt is later than that of the caller, ${latest.toISOString()}`)
    const made = await store.create({ ...wanted, expiresAt: expiresAt ?? latest, madeBy: principal.id })
    if (made === undefined) throw refuse.unauthenticated('The API key is unknown, revoked or expired')
    const { key, clear } = made
    return reply.code(201).header('location', `${PATH}/${key.id}`).header('cache-control', 'no-store').send({ ...answerOf(key), key: clear })
  })

  scope.get(PATH, { config: { confined: true }, schema: { tags, summary: 'List API keys', querystring: ListQuery, response: { 200: Type.Array(ApiKeyAnswer) } } }, async request => {
    requirePermission(request.context, 'apiKey', 'read')
    const { principal } = request.context
    return (await store.list(readList(request.query).madeBy)).filter(key => isWithin(key, principal)).map(answerOf)
  })

  scope.get<{ Params: { id: string } }>(`${PATH}/:id`, { config: { confined: true }, schema: { tags, summary: 'Read an API key', params, response: { 200: ApiKeyAnswer } } }, async request => {
    requirePermission(request.context, 'apiKey', 'read')
    return answerOf(await found(request.params.id, request.context.principal))
  })

  scope.post<{ Params: { id: string } }>(`${PATH}/:id/rotate`, {
    config: { confined: true },
    schema: {
      tags,
      summary: 'Give an API key a new text',
      description: 'The answer holds the new text, which cannot be read again. The text before stays good for the overlap, so that whoever uses it can be told; 0 ends it at once.',
      params,
      body: Rotation,
      response: { 200: ApiKeyAnswer },
    },
  }, async (request, reply) => {
    requirePermission(request.context, 'apiKey', 'update')
    const { overlapMinutes = DEFAULT_OVERLAP_MINUTES } = readRotation(request.body ?? {})
    const { principal } = request.context
    const before = await found(request.params.id, principal)
    // Whoever gets the new text can do what the key can.
    const excess = excessOf(before, principal)
    if (excess.length > 0) throw refuse.forbidden(excess.map(one => `${one.path} ${one.rule}`).join('; '))
    const rotated = await store.rotate(before.id, new Date(Date.now() + overlapMinutes * 60_000))
    if (rotated === undefined) throw refuse.conflict('keyRevoked', `apiKey ${before.id} is revoked`)
    return reply.header('cache-control', 'no-store').send({ ...answerOf(rotated.key), key: rotated.clear })
  })

  scope.delete<{ Params: { id: string } }>(`${PATH}/:id`, {
    config: { confined: true },
    schema: { tags, summary: 'Revoke an API key', description: 'It is refused from now on by every process, and so are the keys that it made, and those that these made. They stay in the list.', params, response: { 204: Type.Null() } },
  }, async (request, reply) => {
    requirePermission(request.context, 'apiKey', 'delete')
    const key = await found(request.params.id, request.context.principal)
    await store.revoke(key.id)
    return reply.code(204).send()
  })
}

/** Operations on API keys: make one (its text is shown once), list, revoke. Nobody can give away more than they have. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Database } from '../database/sql.ts'
import { fault, refuse, type Fault } from '../errors.ts'
import { inputOf } from '../http/input.ts'
import type { Principal } from '../principal.ts'
import { createApiKeyStore, type ApiKey } from './api-key-store.ts'
import { covers, requirePermission } from './permission.ts'

const PATH = '/tandem/v1/apiKey'

const Name = Type.String({ minLength: 1, maxLength: 100, description: 'What the key is for' })
const Brands = Type.Array(Type.String({ pattern: '^(\\*|[A-Za-z0-9][A-Za-z0-9_.-]{0,62})$' }), { minItems: 1, maxItems: 100, uniqueItems: true, description: 'Brands that it may act for, the first is the default; * for all' })
const Permissions = Type.Array(Type.String({ pattern: '^(\\*|[A-Za-z][A-Za-z0-9-]{0,63}):(\\*|create|read|update|delete)$' }), { maxItems: 500, uniqueItems: true, description: 'Resource and action: productOrder:create, *:read, *:*' })
const OwnerParty = Type.String({ minLength: 1, maxLength: 200, description: 'Party whose rows alone it sees' })

const ApiKeyCreate = Type.Object(
  { name: Name, brands: Type.Optional(Brands), permissions: Permissions, ownerParty: Type.Optional(OwnerParty), expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'When it ends by itself' })) },
  { additionalProperties: false, examples: [{ name: 'Web shop', permissions: ['productOffering:read', 'productOrder:create'] }] },
)

const Instant = Type.String({ format: 'date-time' })
const ApiKeyAnswer = Type.Object({
  id: Type.String(),
  href: Type.String(),
  name: Name,
  brands: Brands,
  permissions: Permissions,
  ownerParty: Type.Optional(OwnerParty),
  createdAt: Instant,
  expiresAt: Type.Optional(Instant),
  revokedAt: Type.Optional(Instant),
  lastUsedAt: Type.Optional(Instant),
  key: Type.Optional(Type.String({ description: 'The text of the key; in the answer that makes it, and never again' })),
})

const readCreate = inputOf(ApiKeyCreate)

const answerOf = (key: ApiKey) => ({
  id: key.id,
  href: `${PATH}/${key.id}`,
  name: key.name,
  brands: key.brands,
  permissions: key.permissions,
  ownerParty: key.ownerParty,
  createdAt: key.createdAt,
  expiresAt: key.expiresAt,
  revokedAt: key.revokedAt,
  lastUsedAt: key.lastUsedAt,
})

const coversBrand = (principal: Principal, brand: string): boolean => principal.brands.includes('*') || principal.brands.includes(brand)

/** Whether the caller could have made this key: only such keys are shown to it. */
const isWithin = (key: Pick<ApiKey, 'brands' | 'ownerParty'>, principal: Principal): boolean =>
  key.brands.every(brand => coversBrand(principal, brand)) && (principal.ownerParty === undefined || key.ownerParty === principal.ownerParty)

const excessOf = (key: { brands: readonly string[]; permissions: readonly string[]; ownerParty: string | undefined }, principal: Principal): Fault[] => [
  ...key.brands.flatMap((brand, index) => (coversBrand(principal, brand) ? [] : [fault(`brands[${String(index)}]`, 'is not a brand of the caller', brand)])),
  ...key.permissions.flatMap((permission, index) => {
    const [resource = '', action = ''] = permission.split(':')
    return covers(principal.permissions, resource, action) ? [] : [fault(`permissions[${String(index)}]`, 'is not a permission of the caller', permission)]
  }),
  ...(principal.ownerParty !== undefined && key.ownerParty !== principal.ownerParty ? [fault('ownerParty', "must be the caller's own", key.ownerParty)] : []),
]

/** POST, GET and DELETE below /tandem/v1/apiKey. */
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
    schema: { tags, summary: 'Make an API key', description: 'The answer holds the text of the key, which cannot be read again. A key never gets more brands or permissions than the caller has.', body: ApiKeyCreate, response: { 201: ApiKeyAnswer } },
  }, async (request, reply) => {
    requirePermission(request.context, 'apiKey', 'create')
    const { principal, brand } = request.context
    const body = readCreate(request.body)
    const wanted = { name: body.name, brands: body.brands ?? [brand], permissions: body.permissions, ownerParty: body.ownerParty ?? principal.ownerParty }
    const excess = excessOf(wanted, principal)
    if (excess.length > 0) throw refuse.forbidden(excess.map(one => `${one.path} ${one.rule}`).join('; '))
    const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt)
    if (expiresAt !== undefined && expiresAt.getTime() <= Date.now()) throw refuse.invalid([fault('expiresAt', 'must be in the future', body.expiresAt)])
    const { key, clear } = await store.create({ ...wanted, expiresAt })
    return reply.code(201).header('location', `${PATH}/${key.id}`).header('cache-control', 'no-store').send({ ...answerOf(key), key: clear })
  })

  scope.get(PATH, { schema: { tags, summary: 'List API keys', response: { 200: Type.Array(ApiKeyAnswer) } } }, async request => {
    requirePermission(request.context, 'apiKey', 'read')
    const { principal } = request.context
    return (await store.list()).filter(key => isWithin(key, principal)).map(answerOf)
  })

  scope.get<{ Params: { id: string } }>(`${PATH}/:id`, { schema: { tags, summary: 'Read an API key', params, response: { 200: ApiKeyAnswer } } }, async request => {
    requirePermission(request.context, 'apiKey', 'read')
    return answerOf(await found(request.params.id, request.context.principal))
  })

  scope.delete<{ Params: { id: string } }>(`${PATH}/:id`, {
    schema: { tags, summary: 'Revoke an API key', description: 'It is refused from now on by every process, and stays in the list.', params, response: { 204: Type.Null() } },
  }, async (request, reply) => {
    requirePermission(request.context, 'apiKey', 'delete')
    const key = await found(request.params.id, request.context.principal)
    await store.revoke(key.id)
    return reply.code(204).send()
  })
}

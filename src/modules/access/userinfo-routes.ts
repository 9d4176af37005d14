/** TMF691 userinfo: who the caller is, with the parties that it is or acts for and what it may do for each, for applications after sign-in. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { refuse } from '../../platform/errors.ts'
import { callerKind, isConfined, type Context, type Permission } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { BRAND_ASSET } from './asset.ts'

const PATH = '/tmf-api/openid/v4/userinfo'

const text = (description: string) => Type.Optional(Type.String({ description }))

const Userinfo = Type.Object(
  {
    sub: Type.String({ description: 'Stable identifier of the user' }),
    name: Type.String({ description: 'Name shown to people' }),
    given_name: text('Given name'),
    family_name: text('Family name'),
    middle_name: text('Middle name'),
    gender: text('Gender'),
    birthdate: text('Date of birth'),
    email: text('E-mail address'),
    phone_number: text('Phone number'),
    userAssets: Type.Optional(
      Type.Array(
        Type.Object({
          id: Type.String({ description: 'Identifier of the brand, store or party' }),
          entityType: Type.String({ description: 'What it is' }),
          assetType: text('brand, store, partner or party'),
          role: text("The user's part: administrator, staff, customer, delegate, partner, store"),
          entitlement: Type.Optional(Type.Array(Type.Object({ id: text('function:action'), action: text('create, read, update, delete or *'), function: text('Resource, or *') }), { description: 'What may be done' })),
        }),
        { description: 'What the user may work on, and how' },
      ),
    ),
  },
  { description: 'The user' },
)

const entitlements = (permissions: readonly Permission[]) =>
  permissions.map(permission => {
    const [resource = '', action = ''] = permission.split(':')
    return { id: permission, function: resource, action }
  })

const assetsOf = (context: Context) => {
  const { scope, permissions, grants, brands } = context.principal
  const role = callerKind(context)
  const own = entitlements(permissions)
  return [
    ...(isConfined(context.principal) ? [] : brands.map(id => ({ id, entityType: BRAND_ASSET, assetType: 'brand', role, entitlement: own }))),
    ...(scope?.parties ?? []).map(id => ({ id, entityType: 'Party', assetType: 'party', role: 'customer', entitlement: own })),
    ...(scope?.store === undefined ? [] : [{ id: scope.store, entityType: 'Store', assetType: 'store', role, entitlement: own }]),
    ...(scope?.partner === undefined ? [] : [{ id: scope.partner, entityType: 'Partner', assetType: 'partner', role, entitlement: own }]),
    ...(grants ?? []).map(grant => ({ id: grant.party, entityType: 'Party', assetType: 'party', role: 'delegate', entitlement: entitlements(grant.permissions) })),
  ]
}

interface Person {
  fullName?: string
  givenName?: string
  middleName?: string
  familyName?: string
  gender?: string
  birthDate?: string
  contactMedium?: { characteristic?: { emailAddress?: string; phoneNumber?: string } }[]
}

/** The person that the caller is, where it is one. What it may know of itself needs no permission. */
const personOf = async (deps: Services, context: Context): Promise<Person | undefined> => {
  const id = context.onBehalfOf === undefined ? context.principal.scope?.parties?.[0] : undefined
  const individual = deps.store.resource('individual')
  return id === undefined || individual === undefined ? undefined : ((await deps.store.get(context, individual, id))?.doc as Person | undefined)
}

const given = (values: Record<string, string | undefined>): Record<string, string> => Object.fromEntries(Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined))

const infoOf = async (deps: Services, context: Context) => {
  const person = await personOf(deps, context)
  const medium = (name: 'emailAddress' | 'phoneNumber'): string | undefined => person?.contactMedium?.map(one => one.characteristic?.[name]).find(value => value !== undefined)
  const fullName = person?.fullName ?? [person?.givenName, person?.familyName].filter(part => part !== undefined).join(' ')
  return {
    sub: context.principal.id,
    name: fullName === '' ? context.principal.id : fullName,
    ...given({
      given_name: person?.givenName,
      middle_name: person?.middleName,
      family_name: person?.familyName,
      gender: person?.gender,
      birthdate: person?.birthDate?.slice(0, 10),
      email: medium('emailAddress'),
      phone_number: medium('phoneNumber'),
    }),
    userAssets: assetsOf(context),
  }
}

const selected = (info: Record<string, unknown>, request: FastifyRequest): Record<string, unknown> => {
  const { fields } = request.query as { fields?: string }
  if (typeof fields !== 'string') return info
  const wanted = new Set([...fields.split(','), 'sub', 'name'])
  return Object.fromEntries(Object.entries(info).filter(([name]) => wanted.has(name)))
}

/** GET /userinfo answers the caller alone; nobody is told of other users here. */
export const userinfoRoutes = (scope: FastifyInstance, deps: Services): void => {
  const tags = ['userinfo']
  const config = { confined: true }
  scope.get(PATH, { config, schema: { tags, summary: 'Who am I (TMF691)', description: 'A list of one: the caller, with the parties that it is or acts for and what it may do.', response: { 200: Type.Array(Userinfo) } } }, async (request, reply) => {
    void reply.header('x-total-count', 1).header('x-result-count', 1)
    return [selected(await infoOf(deps, request.context), request)]
  })
  scope.get<{ Params: { id: string } }>(`${PATH}/:id`, { config, schema: { tags, summary: 'Who am I, by my own identifier or `me` (TMF691)', params: Type.Object({ id: Type.String() }), response: { 200: Userinfo } } }, async request => {
    const { id } = request.params
    if (id !== 'me' && id !== request.context.principal.id) throw refuse.notFound('userinfo', id)
    return selected(await infoOf(deps, request.context), request)
  })
}

/** TMF672 permission: assigns roles and single privileges to a user, in a brand or for a party, for a time. */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { rolesApi } from './api.ts'
import { forgetKnown } from './directory.ts'
import { entitlementFaults, permissionsOf, refuseExcess } from './entitlement.ts'
import { Permission, permissionCreate, permissionUpdate } from './permission.schema.ts'
import { BRAND_ASSET, isOwnBrand, isPartyType } from './asset.ts'
import { userRole } from './user-role.ts'

const assetFaults = (asset: { id: string; '@referredType'?: string }, brand: string, path: string): Fault[] => {
  const type = asset['@referredType']
  if (type === BRAND_ASSET) return isOwnBrand(asset.id, brand) ? [] : [fault(`${path}.id`, 'must be the brand that the permission is given in, or *', asset.id)]
  return type !== undefined && isPartyType(type) ? [] : [fault(`${path}.@referredType`, `must be ${BRAND_ASSET} or the class of a party, such as Individual, Organization or Customer`, type ?? 'nothing')]
}

/** What the roles entitle to that it assigns. */
const assigned = async (permission: Permission, context: Context, deps: Services): Promise<string[]> => {
  const ids = (permission.assetUserRole ?? []).map(one => one.userRole.id)
  const roles = await deps.store.getMany(context, userRole, ids)
  return [...roles.values()].flatMap(role => permissionsOf(role.doc.entitlement))
}

const given = async (permission: Permission | undefined, context: Context, deps: Services): Promise<string[]> =>
  permission === undefined ? [] : [...permissionsOf(permission.privilege), ...(await assigned(permission, context, deps))]

export const permission = defineResource({
  api: rolesApi,
  name: 'permission',
  type: 'Permission',
  table: 'permission',
  description:
    'What a user may do: roles and single privileges, each in the brand or for one party. The user is an API key, the subject of a token, or a party. It takes effect with the next request; it ends with its period, or when it is deleted.',
  schema: Permission,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: permissionCreate,
  update: permissionUpdate,
  serverSet: ['granter'],
  stamps: { onCreate: ['creationDate'] },
  filters: { 'user.id': 'text', 'granter.id': 'text', creationDate: 'instant', 'validFor.endDateTime': 'instant' },
  references: [{ path: 'user' }, { path: 'assetUserRole[].userRole', to: 'userRole' }, { path: 'assetUserRole[].manageableAsset' }, { path: 'privilege[].manageableAsset' }],
  ownerParty: doc => (doc.user !== undefined && isPartyType(doc.user['@referredType']) ? doc.user.id : undefined),
  prepare: (draft, { context, previous, by }) => (by === 'server' && draft.granter ? draft : { ...draft, granter: previous?.granter ?? { id: context.onBehalfOf ?? context.principal.id, role: 'granter', '@referredType': 'User' } }),
  async check(doc, { by, context, deps, previous }) {
    const faults = [
      ...entitlementFaults(doc.privilege, 'privilege'),
      ...(doc.privilege ?? []).flatMap((one, index) => assetFaults(one.manageableAsset, context.brand, `privilege[${index}].manageableAsset`)),
      ...(doc.assetUserRole ?? []).flatMap((one, index) => assetFaults(one.manageableAsset, context.brand, `assetUserRole[${index}].manageableAsset`)),
      ...(doc.validFor?.startDateTime !== undefined && doc.validFor.endDateTime !== undefined && Date.parse(doc.validFor.endDateTime) < Date.parse(doc.validFor.startDateTime)
        ? [fault('validFor.endDateTime', 'must not be before startDateTime', doc.validFor.endDateTime)]
        : []),
    ]
    if (faults.length > 0) throw refuse.invalid(faults)
    if (by === 'client') refuseExcess(context, [...(await given(doc, context, deps)), ...(await given(previous, context, deps))])
  },
  async checkDelete(doc, { by, context, deps }) {
    if (by === 'client') refuseExcess(context, await given(doc, context, deps))
  },
  afterWrite: forgetKnown,
  example: {
    description: 'Sells in the shop',
    user: { id: 'https://id.example.com#robin', role: 'user', '@referredType': 'User' },
    validFor: { startDateTime: '2026-01-01T00:00:00Z' },
    assetUserRole: [{ manageableAsset: { id: '*', '@referredType': 'Brand' }, userRole: { id: 'shop-assistant' } }],
    privilege: [{ function: 'cancelProductOrder', action: 'create', manageableAsset: { id: '*', '@referredType': 'Brand' } }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a privilege names no action or function that there is', attribute: 'privilege' },
    { status: 400, code: 'invalidAttribute', when: 'an asset is neither the brand nor a party', attribute: 'manageableAsset' },
    { status: 403, code: 'forbidden', when: 'it gives something that the caller may not do', attribute: 'privilege' },
  ],
})

/** TMF672 userRole: what those who have a role may do. Tokens of the identity provider name roles; permissions assign them. */
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { rolesApi } from './api.ts'
import { forgetKnown } from './directory.ts'
import { entitlementFaults, permissionsOf, refuseExcess } from './entitlement.ts'
import { UserRole, userRoleCreate, userRoleUpdate } from './user-role.schema.ts'

export const userRole = defineResource({
  api: rolesApi,
  name: 'userRole',
  type: 'UserRole',
  table: 'user_role',
  description: 'A role and what it entitles to: actions on resources. A change takes effect with the next request of everybody who has it.',
  schema: UserRole,
  visibility: 'brand',
  writtenBy: 'house',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: userRoleCreate,
  update: userRoleUpdate,
  filters: { involvementRole: 'text' },
  check(role, { by, context, previous }) {
    const faults = entitlementFaults(role.entitlement, 'entitlement')
    if (faults.length > 0) throw refuse.invalid(faults)
    // Whoever changes a role answers for all that it entitles to from now on, and for what others lose.
    if (by === 'client') refuseExcess(context, [...permissionsOf(role.entitlement), ...permissionsOf(previous?.entitlement)])
  },
  checkDelete(role, { by, context }) {
    if (by === 'client') refuseExcess(context, permissionsOf(role.entitlement))
  },
  afterWrite: forgetKnown,
  example: { involvementRole: 'shop-assistant', entitlement: [{ function: 'productOrder', action: 'read' }, { function: 'productOrder', action: 'create' }] },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'an entitlement names no action or function that there is', attribute: 'entitlement' },
    { status: 403, code: 'forbidden', when: 'the role entitles to something that the caller may not do', attribute: 'entitlement' },
  ],
})

/** Entitlements of TMF672 as Tandem's permissions, and what may be said in them. Pure. */
import { covers, isPermission, READ_SECRET } from '../../platform/auth/permission.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { isConfined, type Context, type Permission } from '../../platform/principal.ts'

interface Entitlement {
  action?: string
  function?: string
}

/** `productOrder:create`. What is left out is not entitled to. */
export const permissionsOf = (entitlements: readonly Entitlement[] | undefined): Permission[] =>
  (entitlements ?? []).flatMap(one => (one.action === undefined || one.function === undefined ? [] : [`${one.function}:${one.action}`])).filter(isPermission)

const ACTIONS = ['create', 'read', 'update', 'delete', READ_SECRET, '*']

/** Both parts, and in a form that means something. */
export const entitlementFaults = (entitlements: readonly Entitlement[] | undefined, path: string): Fault[] =>
  (entitlements ?? []).flatMap((one, index) => [
    ...(ACTIONS.includes(one.action ?? '') ? [] : [fault(`${path}[${index}].action`, `must be one of ${ACTIONS.join(', ')}`, one.action ?? 'nothing')]),
    ...(isPermission(`${one.function ?? ''}:read`) ? [] : [fault(`${path}[${index}].function`, 'must be the name of a resource, or *', one.function ?? 'nothing')]),
  ])

/** Nobody gives away what they may not do themselves. */
export const refuseExcess = (context: Context, given: readonly Permission[]): void => {
  if (isConfined(context.principal)) throw refuse.forbidden("Roles and permissions are given by those who see all of a brand, not by a caller that is confined to some parties' rows")
  refuseUncovered(context, given)
}

export const refuseUncovered = (context: Context, given: readonly Permission[]): void => {
  const excess = given.filter(permission => {
    const [resource = '', action = ''] = permission.split(':')
    return !covers(context.principal.permissions, resource, action)
  })
  if (excess.length > 0) throw refuse.forbidden(`The caller may not do this itself: ${[...new Set(excess)].slice(0, 10).join(', ')}`)
}

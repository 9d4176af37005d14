/** What a principal may do. Permissions are `<resource>:<action>` with `*` on either side. */
import { refuse } from '../errors.ts'
import type { Context, Permission, Principal } from '../principal.ts'

export type Action = 'create' | 'read' | 'update' | 'delete'

const PERMISSION = /^(\*|[A-Za-z][A-Za-z0-9-]{0,63}):(\*|create|read|update|delete)$/

/** Whether a text has the form of a permission. */
export const isPermission = (text: string): text is Permission => PERMISSION.test(text)

/** Whether one of the permissions covers the action on the resource; `*` as an action or resource asks for all of them. */
export const covers = (permissions: readonly Permission[], resource: string, action: string): boolean => {
  for (const permission of permissions) {
    const colon = permission.indexOf(':')
    const onResource = permission.slice(0, colon)
    const onAction = permission.slice(colon + 1)
    if ((onResource === '*' || onResource === resource) && (onAction === '*' || onAction === action)) return true
  }
  return false
}

export const mayDo = (principal: Principal, resource: string, action: Action): boolean => covers(principal.permissions, resource, action)

/** Throws 403 unless the caller may do this to the resource. */
export const requirePermission = (context: Context, resource: string, action: Action): void => {
  if (!mayDo(context.principal, resource, action)) throw refuse.forbidden(`The permission ${resource}:${action} is needed`)
}

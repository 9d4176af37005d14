/** What a principal may do. Permissions are `<resource>:<action>` with `*` on either side. */
import { refuse } from '../errors.ts'
import { isBuyer, isConfined, type Context, type Permission, type Principal } from '../principal.ts'

export type Action = 'create' | 'read' | 'update' | 'delete'

/** To see what is tagged secret. No wildcard gives it: it has to be said. */
export const READ_SECRET = 'readSecret'

const PERMISSION = /^(\*|[A-Za-z][A-Za-z0-9-]{0,63}):(\*|create|read|readSecret|update|delete)$/

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

/** Whether the caller sees what is tagged secret of this resource: a program that was given it by name. Whoever sees some rows only never does. */
export const maySeeSecrets = (principal: Principal, resource: string): boolean => !isConfined(principal) && (principal.kind === 'system' || principal.permissions.includes(`${resource}:${READ_SECRET}`))

export const mayDo = (principal: Principal, resource: string, action: Action): boolean => covers(principal.permissions, resource, action)

/** Whether the caller may spare a buyer something, as a fee or a rule: it has the permission, and is not who would be spared. */
export const mayWaive = (context: Pick<Context, 'principal' | 'onBehalfOf'>, resource: string): boolean => mayDo(context.principal, resource, 'create') && !isBuyer(context)

/** Throws 403 unless the caller may do this to the resource. */
export const requirePermission = (context: Context, resource: string, action: Action): void => {
  if (!mayDo(context.principal, resource, action)) throw refuse.forbidden(`The permission ${resource}:${action} is needed`)
}

/** The same for an operation that concerns the whole server, which those who act for certain brands or parties have no part in. */
export const requireOperator = (context: Context, resource: string, action: Action): void => {
  requirePermission(context, resource, action)
  if (!context.principal.brands.includes('*') || isConfined(context.principal)) throw refuse.forbidden('The operation concerns all brands: it needs a caller that may act for all of them')
}

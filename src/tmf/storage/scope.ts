/** The row scope of a caller: its brand, and its owner party where it has one. Every read, list, count and stream goes through here. */
import type { Context } from '../../platform/principal.ts'

export interface Scope {
  brand: string
  ownerParty?: string
}

export const scopeOf = (context: Context): Scope => ({
  brand: context.brand,
  ...(context.principal.ownerParty !== undefined && { ownerParty: context.principal.ownerParty }),
})

/** That a line is not asked what the rules of in-life sales ask for: who may say so, and that it stays with the change it was said of. */
import { isDeepStrictEqual } from 'node:util'
import { mayWaive } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { mapLines, offeringIdOf, placeLines } from './cart-lines.ts'
import type { CartItem } from './cart-types.ts'

/** The permission that waiving on orders needs too. */
export const WAIVER = 'inLifeWaiver'

export const requireWaiver = (context: Context): void => {
  if (!mayWaive(context, WAIVER)) throw refuse.forbidden(`The permission ${WAIVER}:create is needed to waive what in-life rules ask for`)
}

const changeOf = (line: CartItem): unknown => [line.action, line.product?.id, offeringIdOf(line), (line.product?.place ?? []).map(one => one.id)]

export const waiverNow = (reason: string, { principal, channel }: Context, now: Date): NonNullable<CartItem['waiver']> => ({ reason, by: principal.id, channel, date: now.toISOString() })

/** Lines with their waivers: what was waived stays while the change is the same; a new one needs the permission (403), and something to waive (400). */
export const withWaivers = (lines: readonly CartItem[], previous: readonly CartItem[], by: 'client' | 'server', context: Context, now: Date): CartItem[] => {
  if (by === 'server' || !placeLines(lines).some(({ item }) => item.waiver !== undefined)) return [...lines]
  const before = new Map(placeLines(previous).map(one => [one.id, one.item]))
  const paths = new Map(placeLines(lines).map(one => [one.id, one.path]))
  return mapLines(lines, line => {
    const { waiver } = line
    const was = before.get(line.id ?? '')
    if (waiver === undefined) return line
    if (was?.waiver?.reason === waiver.reason && isDeepStrictEqual(changeOf(was), changeOf(line))) return { ...line, waiver: was.waiver }
    requireWaiver(context)
    if (line.action !== 'modify' && line.action !== 'delete' && line.inLife === undefined) throw refuse.invalid([fault(`${paths.get(line.id ?? '') ?? 'cartItem'}.waiver`, 'is for lines that change or end a product')])
    return { ...line, waiver: waiverNow(waiver.reason, context, now) }
  })
}

/**
 * Lines that change or end what a customer has without having asked what that would be: they cost, and are refused, as in-life rules say. The order
 * asks again, and is the one that charges. Carts without such lines ask nothing.
 */
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { judgeChanges } from '../in-life/index.ts'
import { offeringIdOf, placeLines, type PlacedLine } from './cart-lines.ts'
import type { CartItem, CartPrice, LineIssue } from './cart-types.ts'

export interface LineVerdict {
  fee: CartPrice[]
  issue: LineIssue[]
}

export const isWritten = ({ item, parent }: PlacedLine): boolean => (item.action === 'delete' || item.action === 'modify') && item.inLife === undefined && item.product?.id !== undefined && parent?.action !== 'delete'

const placeOf = (item: CartItem): Record<string, unknown> | undefined => item.product?.place?.find(one => one.id !== undefined) as Record<string, unknown> | undefined

export const judgeLines = async (lines: readonly CartItem[], { deps, context }: { deps: Services; context: Context }): Promise<ReadonlyMap<string, LineVerdict>> => {
  const written = placeLines(lines).filter(one => one.isActive && isWritten(one))
  if (written.length === 0) return new Map()
  const house = { ...systemContext(context.brand, context.correlationId), channel: context.channel }
  const verdicts = await judgeChanges(
    deps,
    house,
    written.map(({ id, item }) => {
      const [offering, place] = [offeringIdOf(item), placeOf(item)]
      return { itemId: id, productId: item.product?.id ?? '', action: item.action === 'delete' ? ('delete' as const) : ('modify' as const), hasTerm: item.itemTerm !== undefined, ...(item.action === 'modify' && offering !== undefined && { offeringId: offering }), ...(item.action === 'modify' && place && { place }) }
    }),
  )
  return new Map([...verdicts].map(([id, { fee, reasons }]) => [id, { fee: fee as CartPrice[], issue: reasons }]))
}

/**
 * Lines that change or end what a customer has without having asked what that would be: they cost, and are refused, as in-life rules say. The order
 * asks again, and is the one that charges. Carts without such lines ask nothing.
 */
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { judgeChanges } from '../in-life/index.ts'
import { mapLines, offeringIdOf, placeLines, type PlacedLine } from './cart-lines.ts'
import type { CartItem, CartPrice, LineAdjustment, LineIssue } from './cart-types.ts'
import { isKept, keptOnLine } from './in-life-line.ts'

export interface LineVerdict {
  fee: CartPrice[]
  issue: LineIssue[]
  /** Discounts that it keeps at its new price. */
  adjustment: LineAdjustment[]
  /** The price stays as it was sold. */
  keepsPrice: boolean
  itemTerm: CartItem['itemTerm']
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
  return new Map(
    [...verdicts].map(([id, { fee, reasons, adjustment = [], keepsPrice, itemTerm }]): [string, LineVerdict] => [
      id,
      { fee: fee as CartPrice[], issue: reasons, adjustment: keptOnLine(adjustment), keepsPrice: keepsPrice === true, itemTerm: itemTerm as CartItem['itemTerm'] },
    ]),
  )
}

/** Lines with what the rules keep of them, so that they are priced as an option of the same would be. */
export const withKept = (lines: readonly CartItem[], verdicts: ReadonlyMap<string, LineVerdict>): CartItem[] =>
  mapLines(lines, line => {
    const verdict = line.inLife === undefined && line.waiver === undefined ? verdicts.get(line.id ?? '') : undefined
    if (line.inLife !== undefined) return line
    const { adjustment, ...rest } = line
    const given = (adjustment ?? []).filter(one => !isKept(one))
    const all = [...given, ...(verdict?.adjustment ?? [])]
    const own: CartItem = { ...rest, ...(all.length > 0 && { adjustment: all }), ...(verdict?.itemTerm && (offeringIdOf(line) !== undefined || verdict.keepsPrice) && line.action === 'modify' && { itemTerm: verdict.itemTerm }) }
    return verdict?.keepsPrice === true ? asSold(own) : own
  })

const asSold = ({ productOffering: _offering, product, ...line }: CartItem): CartItem => {
  const { productOffering: _inside, ...own } = product ?? {}
  return { ...line, ...(product && { product: own }) }
}

/** Items of an order that the catalog does not let be sold to this customer, through this channel or there. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { marketReasons, marketsFor } from '../offer-qualification/index.ts'
import { offeringId } from './business-check.ts'
import { customerOf, type PlacedItem, type ProductOrderDocument, type RejectionReason } from './order-document.ts'

/** Whether the catalog says to whom, through what or where it is sold. */
const isLimited = ({ doc }: LoadedOffering): boolean => [doc.channel, doc.marketSegment, doc.place].some(list => (list ?? []).length > 0)

/** One reason for each that stands against it. Parts are sold with their bundle. The channel is the request's, or one that the order names. */
export const marketRejections = async (
  order: ProductOrderDocument,
  items: readonly PlacedItem[],
  offerings: ReadonlyMap<string, LoadedOffering>,
  { deps, context }: { deps: Services; context: Context },
): Promise<RejectionReason[]> => {
  const id = customerOf(order)
  const ref = order.relatedParty?.find(one => one.id !== undefined && one.id === id)
  const customer = id === undefined ? undefined : { id, ...(typeof ref?.['@referredType'] === 'string' && { '@referredType': ref['@referredType'] }) }
  const channel = [...new Set([context.channel, ...(order.channel ?? []).flatMap(one => [one.id, one.name])])].filter(one => one !== undefined)
  const marketOf = marketsFor(deps, context, customer)
  const reasons: RejectionReason[] = []
  for (const { item, parent } of items) {
    const offering = offerings.get(offeringId(item) ?? '')
    if (parent !== undefined || (item.action !== 'add' && item.action !== 'modify') || !offering || !isLimited(offering)) continue
    const placeId = item.product?.place?.map(one => one['id']).find(one => typeof one === 'string')
    const market = await marketOf(offering, { channel, placeId })
    reasons.push(...marketReasons(offering, market).map(one => ({ ...one, orderItemId: item.id })))
  }
  return reasons
}

/** What a write did to a cart, in words for programs: the history of its channels, and what the loser of a race is told. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { offeringIdOf, placeLines } from './cart-lines.ts'
import type { Change } from './cart-store.ts'
import type { CartItem } from './cart-types.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

const named = (item: CartItem): Pick<Change, 'item' | 'offering'> => {
  const offering = offeringIdOf(item)
  return { item: item.id ?? '', ...(offering !== undefined && { offering }) }
}

const waivedIn = (item: CartItem): Change[] => (item.waiver === undefined ? [] : [{ what: 'waiverGiven', ...named(item), name: item.waiver.reason }])

/** What of a line is somebody's doing; prices and parts follow from it. */
const doing = ({ quantity, action, status, product, productOffering, itemTerm, note, qualification }: CartItem): unknown => ({ quantity, action, status, product, offering: productOffering?.id, itemTerm, note, qualification: qualification?.id })

const ATTRIBUTES = ['contactMedium', 'relatedParty', 'promotionCode', 'validFor', 'currency'] as const

/** Each thing that changed; parts of bundles are told with their bundle. */
export const changesOf = (previous: ShoppingCart | undefined, next: ShoppingCart | undefined): Change[] => {
  if (previous === undefined) return [{ what: 'cartMade' }, ...(next?.cartItem ?? []).flatMap(item => [{ what: 'itemAdded', ...named(item) }, ...waivedIn(item)])]
  if (next === undefined) return [{ what: 'cartDeleted' }]
  const [before, after] = [new Map(placeLines(previous.cartItem).map(one => [one.id, one])), new Map(placeLines(next.cartItem).map(one => [one.id, one]))]
  const changes: Change[] = []
  for (const [id, { item, parent }] of after) {
    const was = before.get(id)?.item
    if (was === undefined) {
      if (parent === undefined || before.has(parent.id ?? '')) changes.push({ what: 'itemAdded', ...named(item) }, ...waivedIn(item))
      continue
    }
    if (was.status !== item.status) changes.push({ what: item.status === 'active' ? 'itemTakenUp' : 'itemSavedForLater', ...named(item) })
    else if (was.quantity !== item.quantity) changes.push({ what: 'quantityChanged', ...named(item), from: was.quantity, to: item.quantity })
    else if (!isDeepStrictEqual(doing(was), doing(item))) changes.push({ what: 'itemChanged', ...named(item) })
    if ((item.adjustment?.length ?? 0) > (was.adjustment?.length ?? 0)) changes.push({ what: 'discountGiven', ...named(item), name: item.adjustment?.at(-1)?.name })
    if ((item.adjustment?.length ?? 0) < (was.adjustment?.length ?? 0)) changes.push({ what: 'discountTakenBack', ...named(item) })
    if (item.waiver?.reason !== was.waiver?.reason) changes.push(item.waiver === undefined ? { what: 'waiverTakenBack', ...named(item) } : { what: 'waiverGiven', ...named(item), name: item.waiver.reason })
    if (item.priceChange !== undefined && !isDeepStrictEqual(item.priceChange, was.priceChange)) changes.push({ what: 'priceChanged', ...named(item) })
  }
  for (const [id, { item, parent }] of before) if (!after.has(id) && (parent === undefined || after.has(parent.id ?? ''))) changes.push({ what: 'itemRemoved', ...named(item) })
  for (const name of ATTRIBUTES) if (!isDeepStrictEqual(previous[name], next[name])) changes.push({ what: `${name}Changed` })
  if (previous.status !== next.status) changes.push({ what: 'statusChanged', from: previous.status, to: next.status })
  return changes
}

/** The items of a quote as they are worked with: all in one list, each with an id and the place that it is for. Pure. */
import type { QuoteItem } from './quote-types.ts'

export interface Finding {
  '@type'?: string
  code: string
  message: string
  quoteItemId?: string
  /** The attribute of the quote that it is about, where it is one. */
  attribute?: string
  fix?: string
  /** The sales rule that says so. */
  salesRule?: string
  /** What the rule asks for instead, which the checkout of a cart takes. */
  deposit?: { unit: string; value: number }
  /** Worth knowing, and in the way of nothing. */
  severity?: 'warning'
}

export interface Placed {
  item: QuoteItem
  id: string
  parent?: string
  /** `quoteItem[0].quoteItem[1]` */
  path: string
  /** Places of the item or of the site that it is in. */
  place: readonly Record<string, unknown>[]
}

export const offeringIdOf = (item: QuoteItem): string | undefined => item.productOffering?.id ?? item.product?.productOffering?.id

/** All items, parents first, each with an id: its own, or its position. */
export const placed = (items: readonly QuoteItem[], parent?: Placed): Placed[] =>
  items.flatMap((item, index) => {
    const own = (item.product?.place ?? []) as Record<string, unknown>[]
    const one: Placed = { item, id: item.id ?? `${parent === undefined ? '' : `${parent.id}.`}${index + 1}`, ...(parent !== undefined && { parent: parent.id }), path: `${parent === undefined ? '' : `${parent.path}.`}quoteItem[${index}]`, place: own.length > 0 ? own : (parent?.place ?? []) }
    return [one, ...placed(item.quoteItem ?? [], one)]
  })

/** What only the server says of an item. */
export const withoutAnswers = (item: QuoteItem): QuoteItem => {
  const { quoteItemPrice: _price, quoteItemTotalPrice: _total, state: _state, ...said } = item
  return { ...said, ...(item.quoteItem && { quoteItem: item.quoteItem.map(withoutAnswers) }) }
}

/** The customer of a quote: as orders have it. */
export const customerOf = (doc: { relatedParty?: readonly { id: string; role?: string }[] }): { id: string; role?: string } | undefined => {
  for (const role of ['customer', 'owner', 'buyer', 'orderer']) {
    const found = doc.relatedParty?.find(one => one.role?.toLowerCase() === role)
    if (found) return found
  }
  return undefined
}

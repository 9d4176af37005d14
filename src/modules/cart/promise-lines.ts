/** Promises prices: what lines cost a customer now, written down with them, so that a cart made of them later has these prices. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings } from '../catalog/index.ts'
import type { PricedComponent } from '../pricing/index.ts'
import { mapLines, offeringIdOf, placeLines, withParts } from './cart-lines.ts'
import type { CartItem, CartPrice } from './cart-types.ts'
import { issuesOf, questionOf, withChildren } from './evaluate-cart.ts'
import { priceCart } from './price-cart.ts'
import { keyOf } from './price-hold.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

export interface Promising {
  campaign: string
  until: Date
  currency?: string
  promotionCode?: readonly string[]
}

/** Whom the lines are priced for, as a cart of its own would be now, and the offer that tells of it. */
export interface PromisedTo {
  offer?: string | undefined
  customer?: { id: string; '@referredType'?: string } | undefined
}

export interface Promised {
  /** Complete with parts and prices, ready to be put into a cart. */
  line: CartItem[]
  total: CartPrice[]
  due: { unit: string; value: number } | undefined
  monthly: { unit: string; value: number } | undefined
  /** Version of the catalog that the prices are from. */
  version: string
  /** Why it cannot be sold. */
  issue: { code: string; message: string }[]
}

/** A share off a bundle is off each of its parts; an amount off it comes off what of it costs most. */
const spread = (item: CartItem, dearest: string | undefined): CartItem => {
  const own = item.adjustment ?? []
  if (own.length === 0 || item.cartItem === undefined) return item
  const give = (part: CartItem): CartItem => {
    const given = own.filter(one => one.percentage !== undefined || part.id === dearest)
    return { ...part, ...(given.length > 0 && { adjustment: given }), ...(part.cartItem && { cartItem: part.cartItem.map(give) }) }
  }
  const { adjustment: _moved, ...rest } = item
  const kept = own.filter(one => one.percentage !== undefined || dearest === undefined || dearest === item.id)
  return { ...rest, ...(kept.length > 0 && { adjustment: kept }), cartItem: item.cartItem.map(give) }
}

const dearestOf = (item: CartItem, charges: ReadonlyMap<string, PricedComponent[]>): string | undefined => {
  const on = item.adjustment?.find(one => one.amount !== undefined)?.on
  const cost = (id: string): number => (charges.get(id) ?? []).filter(one => (on === undefined ? one.kind === 'oneTime' || one.kind === 'recurring' : one.kind === on)).reduce((sum, one) => sum + Number(one.taxExcludedAmount), 0)
  return placeLines([item]).map(({ id }) => ({ id, cost: cost(id) })).sort((a, b) => b.cost - a.cost)[0]?.id
}

/** Reads once what lines are made of, and promises what they cost each customer: the same lines are offered to many. */
export const promiserOf = async (deps: Services, context: Context, lines: readonly CartItem[], { campaign, until, currency, promotionCode }: Promising): Promise<(to: PromisedTo) => Promise<Promised>> => {
  const now = deps.clock.now()
  const origin = { channel: context.channel, date: now.toISOString() }
  const work = { deps, context, now, fresh: false, rely: () => undefined }
  const offerings = withChildren((await loadOfferings(deps, context, lines.flatMap(item => offeringIdOf(item) ?? []))).values())
  const whole = withParts(lines, offerings, origin)
  const isSplit = whole.some(item => item.cartItem !== undefined && item.adjustment?.some(one => one.amount !== undefined))
  return async ({ offer, customer }) => {
    const draft: ShoppingCart = { id: '', href: '', cartItem: whole, ...(customer && { relatedParty: [{ ...customer, role: 'customer', '@referredType': customer['@referredType'] ?? 'Party' }] }), ...(currency !== undefined && { currency }), ...(promotionCode && { promotionCode: [...promotionCode] }) }
    const bare = isSplit ? await priceCart(deps, context, await questionOf(draft, whole, offerings, work), offerings) : undefined
    const complete = whole.map(item => spread(item, bare && dearestOf(item, bare.component)))
    const priced = await priceCart(deps, context, await questionOf(draft, complete, offerings, work), offerings)
    const issue = [...placeLines(complete).flatMap(one => issuesOf(one, offerings, now)), ...priced.fault]
    const line = mapLines(complete, item => {
      const name = item.productOffering?.name ?? offerings.get(offeringIdOf(item) ?? '')?.doc.name
      const component = priced.component.get(item.id ?? '')
      const prices = priced.line.get(item.id ?? '')
      return {
        ...item,
        // People are shown what it is called, also where whoever offers it left that out.
        ...(item.productOffering && name !== undefined && { productOffering: { ...item.productOffering, name } }),
        ...(prices && { itemPrice: prices.itemPrice, ItemTotalPrice: prices.ItemTotalPrice }),
        ...(component && { priceHold: { campaign, ...(offer !== undefined && { offer }), expirationDate: until.toISOString(), of: keyOf(item), component: component as unknown as Record<string, unknown>[] } }),
      }
    })
    return { line, total: priced.total, due: priced.due, monthly: priced.monthly, version: priced.version, issue: issue.map(({ code, message }) => ({ code, message })) }
  }
}

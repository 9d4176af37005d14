/**
 * Prices that were promised with a line, by a campaign: they hold until the promise ends, whatever the catalog does, as long as the line stays
 * what was promised. A line that becomes something else, or comes too late, loses the price and the discounts that came with it.
 */
import { createHash } from 'node:crypto'
import type { PricedComponent } from '../pricing/index.ts'
import { offeringIdOf, placeLines } from './cart-lines.ts'
import type { CartItem } from './cart-types.ts'

/** What was promised: the line with its parts, whoever it is called by. */
const thingOf = (item: CartItem): unknown => [
  offeringIdOf(item), item.action ?? 'add', item.quantity ?? 1, item.itemTerm ?? [],
  (item.product?.productCharacteristic ?? []).map(({ name, value }) => [name, value]),
  (item.cartItem ?? []).map(thingOf),
]

/** Digest of the line that a price is promised with. */
export const keyOf = (item: CartItem): string => createHash('sha256').update(JSON.stringify(thingOf(item))).digest('base64url').slice(0, 22)

const holds = (item: CartItem, now: Date): boolean => item.priceHold !== undefined && new Date(item.priceHold.expirationDate) > now && item.priceHold.of === keyOf(item)

const letGo = (item: CartItem): CartItem => {
  const { priceHold, adjustment, ...rest } = item
  const left = (adjustment ?? []).filter(one => one.campaign === undefined || one.campaign !== priceHold?.campaign)
  return { ...rest, ...(left.length > 0 && { adjustment: left }) }
}

/** The lines, without promises that hold no more. Of a bundle all of it holds, or nothing. */
export const withoutLapsed = (lines: readonly CartItem[], now: Date): CartItem[] => {
  const visit = (item: CartItem, isWithin: boolean): CartItem => {
    const lapses = item.priceHold !== undefined && (isWithin || !holds(item, now))
    const own = lapses ? letGo(item) : item
    return item.cartItem ? { ...own, cartItem: item.cartItem.map(part => visit(part, isWithin || lapses)) } : own
  }
  return lines.some(line => placeLines([line]).some(one => one.item.priceHold !== undefined)) ? lines.map(line => visit(line, false)) : [...lines]
}

/** The charges of lines whose price is promised, by line. */
export const heldCharges = (lines: readonly CartItem[]): ReadonlyMap<string, PricedComponent[]> =>
  new Map(placeLines(lines).flatMap(({ item, id }) => (item.priceHold === undefined ? [] : [[id, item.priceHold.component as unknown as PricedComponent[]]])))

/** When the first promise ends; the prices of the cart hold no longer than that. */
export const firstEnd = (lines: readonly CartItem[], otherwise: number): Date => new Date(Math.min(otherwise, ...placeLines(lines).flatMap(({ item }) => (item.priceHold === undefined ? [] : [Date.parse(item.priceHold.expirationDate)]))))

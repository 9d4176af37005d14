/**
 * Finds the patterns that could apply to a pricing by what the pricing is about: those that cannot apply are never looked at. First by what is so of
 * the whole purchase (a code, a segment, a channel), below that by what is so of a line. Pure.
 */
import { keyOf } from './promotion-criteria.ts'
import type { CompiledPattern } from './promotion-pattern.ts'
import type { Circumstances, RuledItem } from './circumstances.ts'

/** Patterns sorted by when they end: those that are over are skipped as a whole. */
interface Shelf {
  always: CompiledPattern[]
  byKey: Map<string, CompiledPattern[]>
}

export interface PromotionIndex {
  everywhere: Shelf
  byCart: ReadonlyMap<string, Shelf>
  /** All that a code is for, whenever it holds. */
  byCode: ReadonlyMap<string, readonly CompiledPattern[]>
  needs: ReadonlySet<'customer' | 'product'>
  size: number
}

const byEnd = (a: CompiledPattern, b: CompiledPattern): number => (a.until === b.until ? 0 : a.until - b.until)

const openShelf = (): Shelf => ({ always: [], byKey: new Map() })

const put = (shelf: Shelf, pattern: CompiledPattern): void => {
  if (pattern.itemKeys === undefined) shelf.always.push(pattern)
  else {
    for (const key of new Set(pattern.itemKeys)) {
      const list = shelf.byKey.get(key)
      if (list) list.push(pattern)
      else shelf.byKey.set(key, [pattern])
    }
  }
}

export const indexPromotions = (patterns: Iterable<CompiledPattern>): PromotionIndex => {
  const everywhere = openShelf()
  const byCart = new Map<string, Shelf>()
  const byCode = new Map<string, CompiledPattern[]>()
  const needs = new Set<'customer' | 'product'>()
  let size = 0
  for (const pattern of [...patterns].sort(byEnd)) {
    size++
    for (const need of pattern.needs) needs.add(need)
    for (const code of new Set(pattern.codes)) {
      const list = byCode.get(code)
      if (list) list.push(pattern)
      else byCode.set(code, [pattern])
    }
    if (pattern.cartKeys === undefined) put(everywhere, pattern)
    else {
      for (const key of new Set(pattern.cartKeys)) {
        let shelf = byCart.get(key)
        if (!shelf) byCart.set(key, (shelf = openShelf()))
        put(shelf, pattern)
      }
    }
  }
  return { everywhere, byCart, byCode, needs, size }
}

/** The first that ends after a time, by halving. */
const firstAfter = (patterns: readonly CompiledPattern[], at: number): number => {
  let [low, high] = [0, patterns.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (patterns[middle]!.until > at) high = middle
    else low = middle + 1
  }
  return low
}

const byOrder = (a: CompiledPattern, b: CompiledPattern): number =>
  a.priority - b.priority || (a.promotion.id < b.promotion.id ? -1 : a.promotion.id > b.promotion.id ? 1 : a.index - b.index)

const keysOfPurchase = (c: Circumstances): string[] => {
  const keys: string[] = []
  const add = (parameter: string, value: string | undefined): void => {
    if (value !== undefined) keys.push(keyOf(parameter, value))
  }
  for (const code of c.promotionCode) add('promotionCode', code)
  add('customer', c.customerId)
  for (const one of c.agreement) add('agreement', one)
  for (const one of c.segment) add('segment', one)
  for (const one of c.place) add('place', one)
  add('place', c.country)
  add('market', c.market)
  add('channel', c.channel)
  return keys
}

/** What an item can be found by: its offering, its specification, its categories. */
export const keysOfItem = (offeringId: string, specificationId: string | undefined, category: readonly string[]): string[] => [
  keyOf('productOffering', offeringId),
  ...(specificationId === undefined ? [] : [keyOf('productSpecification', specificationId)]),
  ...category.map(one => keyOf('category', one)),
]

/** Patterns that hold now and that something in the request could meet, by priority, then by id. */
export const candidatePatterns = (index: PromotionIndex, c: Circumstances, items: readonly RuledItem[]): CompiledPattern[] => {
  if (index.size === 0) return []
  const found = new Set<CompiledPattern>()
  const take = (patterns: readonly CompiledPattern[] | undefined): void => {
    if (patterns === undefined) return
    for (let at = firstAfter(patterns, c.at); at < patterns.length; at++) if (patterns[at]!.from <= c.at) found.add(patterns[at]!)
  }
  const ofPurchase = keysOfPurchase(c)
  const ofItems = new Set<string>(ofPurchase)
  for (const item of items) for (const key of item.keys) ofItems.add(key)
  const search = ({ always, byKey }: Shelf): void => {
    take(always)
    if (byKey.size === 0) return
    if (byKey.size < ofItems.size) {
      for (const [key, patterns] of byKey) if (ofItems.has(key)) take(patterns)
    } else for (const key of ofItems) take(byKey.get(key))
  }
  search(index.everywhere)
  for (const key of ofPurchase) {
    const shelf = index.byCart.get(key)
    if (shelf) search(shelf)
  }
  return found.size < 2 ? [...found] : [...found].sort(byOrder)
}

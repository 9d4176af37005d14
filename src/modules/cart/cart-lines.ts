/** The lines of a cart: ids and defaults, what only the server may write, and the parts that a bundle has by default. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { fault, type Fault } from '../../platform/errors.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import type { CartItem } from './cart-types.ts'

export interface PlacedLine {
  item: CartItem
  id: string
  parent?: CartItem
  /** A line at the top that is saved for later takes its parts with it. */
  isActive: boolean
  path: string
}

/** All lines, parents before their parts. */
export const placeLines = (lines: readonly CartItem[] = [], parent?: PlacedLine): PlacedLine[] =>
  lines.flatMap((item, index) => {
    const own: PlacedLine = {
      item,
      id: item.id ?? '',
      ...(parent && { parent: parent.item }),
      isActive: (parent?.isActive ?? true) && item.status !== 'saveForLater',
      path: `${parent ? `${parent.path}.` : ''}cartItem[${index}]`,
    }
    return [own, ...placeLines(item.cartItem, own)]
  })

/** A copy of the lines in which each is what `change` makes of it, parts included. */
export const mapLines = (lines: readonly CartItem[], change: (item: CartItem) => CartItem): CartItem[] =>
  lines.map(item => {
    const changed = change(item)
    return changed.cartItem ? { ...changed, cartItem: mapLines(changed.cartItem, change) } : changed
  })

export const offeringIdOf = (item: CartItem): string | undefined => item.productOffering?.id ?? item.product?.productOffering?.id

/** What of a line only the server writes. */
const SERVER = ['adjustment', 'addedBy', 'inLife', 'priceHold', 'priceChange', 'issue', 'capacityReservation', 'itemPrice', 'ItemTotalPrice'] as const

const without = (item: CartItem, names: readonly string[]): CartItem => Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name))) as CartItem

export interface Origin {
  channel: string
  seller?: string
  date: string
}

/** Lines with ids and defaults; what a client says of what is not its to say is replaced by what was. */
export const tidyLines = (lines: readonly CartItem[], previous: readonly CartItem[], by: 'client' | 'server', origin: Origin): CartItem[] => {
  const before = new Map(placeLines(previous).map(one => [one.id, one.item]))
  const taken = new Set(placeLines(lines).map(one => one.id))
  let next = 0
  const freshId = (): string => {
    do next += 1
    while (taken.has(String(next)) || before.has(String(next)))
    return String(next)
  }
  return mapLines(lines, item => {
    const id = item.id === undefined || item.id === '' ? freshId() : item.id
    const was = before.get(id)
    const same = was !== undefined && offeringIdOf(was) === offeringIdOf(item)
    const kept = by === 'server' ? item : { ...without(item, SERVER), ...(same ? Object.fromEntries(SERVER.flatMap(name => (was[name] === undefined ? [] : [[name, was[name]]]))) : {}) }
    return { ...kept, id, action: item.action ?? 'add', status: item.status ?? 'active', quantity: item.quantity ?? 1, addedBy: kept.addedBy ?? { ...origin } }
  })
}

/** Ids that two lines have, and relations to lines that are not there. */
export const lineFaults = (lines: readonly CartItem[]): Fault[] => {
  const placed = placeLines(lines)
  const seen = new Set<string>()
  const all = new Set(placed.map(one => one.id))
  return placed.flatMap(({ item, id, path }) => {
    const faults: Fault[] = seen.has(id) ? [fault(`${path}.id`, 'is the id of another item too', id)] : []
    seen.add(id)
    item.cartItemRelationship?.forEach((relation, index) => {
      if (relation.id !== undefined && !all.has(relation.id)) faults.push(fault(`${path}.cartItemRelationship[${index}].id`, 'must be the id of an item of this cart', relation.id))
    })
    return faults
  })
}

const DEEPEST = 5

/** Bundles without parts get those that they have by default, each as often as preset, so that what is shown is what is bought. */
export const withParts = (lines: readonly CartItem[], offerings: ReadonlyMap<string, LoadedOffering>, origin: Origin): CartItem[] => {
  const taken = new Set(placeLines(lines).map(one => one.id))
  const complete = (item: CartItem, offering: LoadedOffering | undefined, depth: number): CartItem => {
    if (item.action !== 'add' || !offering || offering.children.length === 0 || depth > DEEPEST) return item
    if (item.cartItem && item.cartItem.length > 0) {
      const inside = new Map(offering.children.map(child => [child.offering.pin.id, child.offering]))
      return { ...item, cartItem: item.cartItem.map(child => complete(child, inside.get(offeringIdOf(child) ?? ''), depth + 1)) }
    }
    let next = 0
    const parts = offering.children.flatMap(child => {
      const count = Math.min(Math.max(child.preset, child.lower), child.upper) * Math.max(1, item.quantity ?? 1)
      if (count < 1) return []
      do next += 1
      while (taken.has(`${item.id ?? ''}.${next}`))
      const id = `${item.id ?? ''}.${next}`
      taken.add(id)
      const { pin } = child.offering
      return [complete({ id, action: 'add', status: 'active', quantity: count, addedBy: { ...origin }, productOffering: { id: pin.id, ...(pin.name !== undefined && { name: pin.name }) } }, child.offering, depth + 1)]
    })
    return parts.length > 0 ? { ...item, cartItem: parts } : item
  }
  return lines.map(item => complete(item, offerings.get(offeringIdOf(item) ?? ''), 0))
}

/** Whether two lines are the same thing bought twice: merging adds their quantities up. */
export const isSameThing = (a: CartItem, b: CartItem): boolean => {
  const key = (item: CartItem): unknown => ({
    offering: offeringIdOf(item), promise: item.priceHold?.of ?? null, action: item.action ?? 'add', status: item.status ?? 'active', term: item.itemTerm ?? null,
    product: { id: item.product?.id ?? null, characteristics: item.product?.productCharacteristic ?? null, place: item.product?.place ?? null },
    parts: (item.cartItem ?? []).map(key),
  })
  return (a.cartItem ?? []).length === 0 && isDeepStrictEqual(key(a), key(b))
}

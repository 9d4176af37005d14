/** What of a cart that a client writes cannot be so: ways to reach nobody, periods that are over, lines about no product, places that do not exist. What is stored already is not looked at again. */
import { isDeepStrictEqual } from 'node:util'
import { fault, type Fault } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { contactFaults } from '../customer/index.ts'
import { geographicAddress, geographicSite } from '../place/index.ts'
import { placeLines } from './cart-lines.ts'
import type { CartItem } from './cart-types.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

const periodFaults = ({ validFor }: ShoppingCart, previous: ShoppingCart | undefined, now: Date): Fault[] => {
  const { startDateTime, endDateTime } = validFor ?? {}
  if (endDateTime === undefined || isDeepStrictEqual(validFor, previous?.validFor)) return []
  if (startDateTime !== undefined && Date.parse(endDateTime) < Date.parse(startDateTime)) return [fault('validFor.endDateTime', 'must not be before startDateTime', endDateTime)]
  return Date.parse(endDateTime) <= now.getTime() ? [fault('validFor.endDateTime', 'must not be over already', endDateTime)] : []
}

const DONE = { modify: 'changed', delete: 'ended', noChange: 'left as it is' } as const

/** Lines that change or end something say what. */
const productFaults = (cart: ShoppingCart, previous: ShoppingCart | undefined): Fault[] => {
  const before = new Map(placeLines(previous?.cartItem).map(one => [one.id, one.item]))
  return placeLines(cart.cartItem).flatMap(({ item, id, path }) => {
    const { action = 'add', product } = item
    const was = before.get(id)
    if (action === 'add' || product?.id !== undefined || (was?.action === action && was.product?.id === undefined)) return []
    return [fault(`${path}.product.id`, `must name the product that is ${DONE[action]} (action ${action})`)]
  })
}

/** Every fault that shows by itself. */
export const inputFaults = (cart: ShoppingCart, previous: ShoppingCart | undefined, now: Date): Fault[] => [...contactFaults(cart, previous), ...periodFaults(cart, previous, now), ...productFaults(cart, previous)]

type Place = NonNullable<NonNullable<CartItem['product']>['place']>[number]

/** The kinds of place that are kept here, by what they are called; a reference that names no kind means an address. */
const KINDS: Readonly<Record<string, typeof geographicAddress | typeof geographicSite>> = { '': geographicAddress, place: geographicAddress, relatedplace: geographicAddress, geographicaddress: geographicAddress, geographicsite: geographicSite }

const kindOf = ({ '@referredType': referred, '@type': type }: Readonly<Record<string, unknown>>): typeof geographicAddress | typeof geographicSite | undefined => {
  const said = referred ?? type
  return KINDS[typeof said === 'string' ? said.toLowerCase().replace(/ref(orvalue)?$/, '') : '']
}

/** Faults of places that are named by an id which nothing has. A place of another system says so by its address (href). */
export const placeFaults = async (places: readonly { place: Readonly<Record<string, unknown>>; path: string }[], { deps, context }: { deps: Pick<Services, 'store'>; context: Context }): Promise<Fault[]> => {
  const asked = places.flatMap(({ place, path }) => {
    const { id, href } = place
    const kind = kindOf(place)
    return typeof id !== 'string' || kind === undefined || (typeof href === 'string' && /^([a-z][a-z0-9+.-]*:)?\/\//i.test(href)) ? [] : [{ id, kind, path }]
  })
  const faults = await Promise.all(
    [...new Set(asked.map(one => one.kind))].map(async kind => {
      const mine = asked.filter(one => one.kind === kind)
      const found = await deps.store.getMany(context, kind as typeof geographicAddress, mine.map(one => one.id))
      return mine.flatMap(({ id, path }) => (found.has(id) ? [] : [fault(`${path}.id`, `refers to a ${kind.name} that does not exist`, id)]))
    }),
  )
  return faults.flat()
}

/** The places that a write brings into the cart. */
export const newPlaces = (cart: ShoppingCart, previous: ShoppingCart | undefined): { place: Place; path: string }[] => {
  const had = new Set(placeLines(previous?.cartItem).flatMap(({ item }) => (item.product?.place ?? []).flatMap(one => one.id ?? [])))
  return placeLines(cart.cartItem).flatMap(({ item, path }) => (item.product?.place ?? []).flatMap((place, index) => (place.id !== undefined && had.has(place.id) ? [] : [{ place, path: `${path}.product.place[${index}]` }])))
}

/**
 * What follows from what somebody put into a cart: parts of bundles, qualifications with their end, what is wrong with a line, prices with
 * their pin. Prices hold until the pin ends, whatever the catalog does; what was not changed by anybody and costs another amount then is shown as such.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { bundleChoiceReasons, configure, isSellable, loadOfferings, type LoadedOffering } from '../catalog/index.ts'
import { customerOf as customerRole } from '../customer/index.ts'
import { marketReasons, marketsFor, reliesOnPin } from '../offer-qualification/index.ts'
import { customerOf } from '../ordering/index.ts'
import { mapLines, offeringIdOf, placeLines, withParts, type Origin, type PlacedLine } from './cart-lines.ts'
import type { CartItem, CartPrice, LineIssue } from './cart-types.ts'
import { priceCart, type PriceQuestion } from './price-cart.ts'
import { firstEnd, heldCharges, withoutLapsed } from './price-hold.ts'
import { pinHolds, priceAsAgreed } from './price-pin.ts'
import { relationIssues } from './relation-issues.ts'
import { withRuleIssues } from './rule-issues.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** How long prices hold. */
export const PIN_MS = 60 * 60_000

interface Work {
  deps: Services
  context: Context
  now: Date
  /** Of the write that it is for: offerings are remembered, and the write rests on their revisions. */
  fresh: boolean
  rely: (resource: string, id: string, revision: number) => void
}

/** Offerings by id, the parts of bundles with them. */
export const withChildren = (offerings: Iterable<LoadedOffering>, into = new Map<string, LoadedOffering>()): Map<string, LoadedOffering> => {
  for (const offering of offerings) {
    if (into.has(offering.pin.id)) continue
    into.set(offering.pin.id, offering)
    withChildren(offering.children.map(child => child.offering), into)
  }
  return into
}

const chosen = (item: CartItem): { name: string; value: unknown }[] => (item.product?.productCharacteristic ?? []).map(({ name, value }) => ({ name, value }))

/** The commitment that was chosen. */
const termOf = (item: CartItem): { amount: number; units: string } | undefined => {
  const duration = item.itemTerm?.find(term => term.duration?.amount !== undefined)?.duration
  return duration?.amount === undefined ? undefined : { amount: duration.amount, units: duration.units ?? 'month' }
}

const bought = (one: PlacedLine): boolean => one.item.action === 'add' || one.item.action === 'modify'

/** Why a line cannot be bought: what the catalog says of it as it is configured. */
export const issuesOf = ({ item, parent, path }: PlacedLine, offerings: ReadonlyMap<string, LoadedOffering>, now: Date): LineIssue[] => {
  const id = offeringIdOf(item)
  if (item.action === 'delete' || item.action === 'noChange') return []
  if (id === undefined) return item.action === 'add' ? [{ code: 'offeringMissing', message: 'the line names no offering' }] : []
  const offering = offerings.get(id)
  if (!offering) return [{ code: 'offeringUnknown', message: `offering ${id.slice(0, 80)} does not exist` }]
  const times = Math.max(1, item.quantity ?? 1)
  const parts = (item.cartItem ?? []).flatMap(child => (child.action === 'delete' ? [] : [{ offeringId: offeringIdOf(child) ?? '', quantity: (child.quantity ?? 1) / times }]))
  const reasons = [
    ...isSellable(offering, now, { insideBundle: parent !== undefined }),
    ...(offering.children.length > 0 && item.action === 'add' ? bundleChoiceReasons(offering, parts) : []),
    ...(item.action === 'add' ? configure(offering, chosen(item)).reasons : []),
  ]
  return reasons.map(({ code, message, attribute }) => ({ code, message, ...(attribute !== undefined && { attribute: `${path}.product.${attribute}` }) }))
}

export const questionOf = async (cart: ShoppingCart, lines: readonly CartItem[], offerings: ReadonlyMap<string, LoadedOffering>, { deps, context }: Work): Promise<PriceQuestion> => {
  const party = customerOf(cart)
  const ref = cart.relatedParty?.find(one => one.id === party)
  const customer = ref === undefined ? undefined : await customerRole(deps, context, ref['@referredType'] === 'Party' ? { id: ref.id } : ref)
  const placed = placeLines(lines)
  const place = placed.map(({ item }) => item.product?.place?.find(one => one.id !== undefined)?.id).find(id => id !== undefined)
  return {
    line: placed.flatMap(one => {
      const offeringId = offeringIdOf(one.item)
      if (!one.isActive || !bought(one) || offeringId === undefined) return []
      const offering = offerings.get(offeringId)
      const values = offering && one.item.action === 'add' ? configure(offering, chosen(one.item)).characteristics : chosen(one.item)
      const term = termOf(one.item)
      return [
        {
          id: one.id, offeringId, quantity: one.item.quantity ?? 1, characteristic: Object.fromEntries(values.map(({ name, value }) => [name, value])),
          ...(term && { term }), ...(one.parent?.id !== undefined && { partOf: one.parent.id }), adjustment: one.item.adjustment ?? [],
          // What is there already is not connected again.
          ...((one.item.action === 'modify' || one.item.inLife !== undefined) && one.item.inLife?.oneTimeCharges !== true && { omit: ['oneTime', 'deposit'] as const }),
        },
      ]
    }),
    promotionCode: cart.promotionCode ?? [],
    ...(cart.currency !== undefined && { currency: cart.currency }),
    ...(customer !== undefined && { customerId: customer.id }),
    ...(place !== undefined && { place: { id: place } }),
  }
}

/** Lines that are not sold to this customer, through the channel that put them in, or there: by line. Parts are sold with their bundle. */
const marketIssues = async (cart: ShoppingCart, lines: readonly CartItem[], offerings: ReadonlyMap<string, LoadedOffering>, origin: Origin, { deps, context }: Work): Promise<Map<string, LineIssue[]>> => {
  const limited = placeLines(lines).flatMap(one => {
    const offering = offerings.get(offeringIdOf(one.item) ?? '')
    return one.parent === undefined && bought(one) && offering && [offering.doc.channel, offering.doc.marketSegment, offering.doc.place].some(list => (list ?? []).length > 0) ? [{ ...one, offering }] : []
  })
  const party = cart.relatedParty?.find(one => one.id === customerOf(cart))
  const everywhere = placeLines(lines).flatMap(({ item }) => item.product?.place ?? []).find(one => one.id !== undefined)?.id
  const marketOf = marketsFor(deps, context, party)
  const issues = new Map<string, LineIssue[]>()
  for (const { id, item, offering } of limited) {
    const placeId = item.product?.place?.find(one => one.id !== undefined)?.id ?? everywhere
    const market = await marketOf(offering, { channel: [item.addedBy?.channel ?? origin.channel], placeId })
    issues.set(id, marketReasons(offering, market))
  }
  return issues
}

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)

/** Qualifications with what they answered and until when; a client names only which one. */
const withQualification = async (item: CartItem, { deps, context }: Work): Promise<{ item: CartItem; issue: LineIssue[] }> => {
  if (item.qualification === undefined) return { item, issue: [] }
  const { id, itemId } = item.qualification
  const relied = await reliesOnPin(deps, context, { id, ...(itemId !== undefined && { itemId }) })
  const pin = { id, ...(itemId !== undefined && { itemId }) }
  if (relied.valid) return { item: { ...item, qualification: { ...pin, result: 'qualified', expirationDate: relied.expirationDate } }, issue: [] }
  const code = relied.why === 'expired' ? 'qualificationExpired' : relied.why === 'unknown' ? 'qualificationUnknown' : 'notServiceable'
  return { item: { ...item, qualification: { ...pin, result: relied.why } }, issue: [{ code, message: relied.message }] }
}

const sameAmounts = (a: readonly CartPrice[] = [], b: readonly CartPrice[] = []): boolean =>
  isDeepStrictEqual(a.map(one => [one.priceType, one.recurringChargePeriod, one.price]), b.map(one => [one.priceType, one.recurringChargePeriod, one.price]))

const without = (item: CartItem, ...names: (keyof CartItem)[]): CartItem => Object.fromEntries(Object.entries(item).filter(([name]) => !(names as string[]).includes(name))) as CartItem

/** The cart with all that follows from its lines. `previous` is what was pinned before. */
export const evaluateCart = async (cart: ShoppingCart, previous: ShoppingCart | undefined, origin: Origin, work: Work): Promise<ShoppingCart> => {
  const { deps, context, now } = work
  const ids = placeLines(cart.cartItem).flatMap(({ item }) => offeringIdOf(item) ?? [])
  const offerings = withChildren((await loadOfferings(deps, context, ids, { work })).values())
  const complete = withoutLapsed(withParts(cart.cartItem ?? [], offerings, origin), now)
  const known = new Map<string, { item: CartItem; issue: LineIssue[] }>()
  for (const one of placeLines(complete)) known.set(one.id, await withQualification(one.item, work))

  const market = await marketIssues(cart, complete, offerings, origin, work)
  const related = await relationIssues(cart, complete, offerings, work)
  const question = await questionOf(cart, complete, offerings, work)
  const of = digest(question)
  // Whoever takes the pin out of the cart wants it priced again.
  const pin = cart.pricePin === undefined ? undefined : previous?.pricePin
  const holds = pin !== undefined && pin.of === of && (await pinHolds(deps, context.brand, pin, now))
  const before = new Map(placeLines(previous?.cartItem).map(one => [one.id, one.item]))
  const asked = new Map(question.line.map(one => [one.id, digest({ ...one, partOf: undefined })]))
  const agreed = holds ? undefined : await priceAsAgreed(deps, context.brand, now, freshly => priceCart(deps, context, question, offerings, heldCharges(complete), freshly))
  const priced = agreed?.priced

  const wasAsked = previous === undefined || holds ? undefined : await questionOf(previous, previous.cartItem ?? [], offerings, work)
  const same = new Set((wasAsked?.line ?? []).flatMap(one => (asked.get(one.id) === digest({ ...one, partOf: undefined }) ? [one.id] : [])))
  const placed = new Map(placeLines(complete).map(one => [one.id, one]))
  const cartItem = mapLines(complete, line => {
    const id = line.id ?? ''
    const own = placed.get(id)!
    const found = known.get(id)
    const was = before.get(id)
    const issue = [...issuesOf(own, offerings, now), ...(market.get(id) ?? []), ...(related.get(id) ?? []), ...(found?.issue ?? []), ...(priced?.fault ?? []).filter(one => one.lineId === id).map(({ code, message }) => ({ code, message }))]
    const item: CartItem = { ...without(line, 'itemPrice', 'ItemTotalPrice', 'issue', 'priceChange'), ...(found?.item.qualification && { qualification: found.item.qualification }) }
    const prices = !asked.has(id) ? undefined : holds ? was : priced?.line.get(id)
    // What a promise held and holds no more costs something else for nothing that the customer did.
    const isLapsed = was?.priceHold !== undefined && line.priceHold === undefined
    const changed = (same.has(id) || isLapsed) && was?.ItemTotalPrice !== undefined && prices?.ItemTotalPrice !== undefined && !sameAmounts(was.ItemTotalPrice, prices.ItemTotalPrice)
    const priceChange = changed ? { before: was?.ItemTotalPrice ?? [], after: prices?.ItemTotalPrice ?? [], date: now.toISOString() } : holds || same.has(id) ? was?.priceChange : undefined
    return {
      ...item,
      ...(prices?.itemPrice && { itemPrice: prices.itemPrice }),
      ...(prices?.ItemTotalPrice && { ItemTotalPrice: prices.ItemTotalPrice }),
      ...(priceChange && { priceChange }),
      ...(issue.length > 0 && { issue }),
    }
  })
  const { cartTotalPrice: _total, due: _due, monthly: _monthly, promotion: _promotion, promotionCodeResult: _codes, pricePin: _pin, ...rest } = cart
  const total = holds ? previous?.cartTotalPrice : priced?.total
  const due = holds ? previous?.due : priced?.due
  const monthly = holds ? previous?.monthly : priced?.monthly
  const promotion = holds ? previous?.promotion : priced?.promotion.map(({ id, revision, name, reduction, currency, line, limited }) => ({ id, revision, name, reduction, currency, line, limited }))
  const ends = firstEnd(complete, Math.min(now.getTime() + PIN_MS, agreed?.until ?? Infinity))
  const codes = holds ? previous?.promotionCodeResult : priced?.code
  return {
    ...rest,
    cartItem: await withRuleIssues(cartItem, { cart, question, offerings, due, monthly }, work),
    cartTotalPrice: total ?? [],
    ...(due && { due }),
    ...(monthly && { monthly }),
    ...(promotion && promotion.length > 0 && { promotion }),
    ...(codes && codes.length > 0 && { promotionCodeResult: codes }),
    pricePin: holds ? pin : { version: priced?.version ?? '', date: now.toISOString(), expirationDate: ends.toISOString(), of, ...(agreed && agreed.basis.length > 0 && { agreement: agreed.basis }) },
  }
}

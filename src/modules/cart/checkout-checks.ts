/** What a checkout finds out by itself: is the cart complete, can it be sold, can it be delivered, was all said that has to be. Every fault, not only the first. */
import { Refusal } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { configure, loadOfferings } from '../catalog/index.ts'
import { partyOf } from '../customer/index.ts'
import { customerOf, examineOrder } from '../ordering/index.ts'
import { needingLine } from '../serviceability/index.ts'
import { activeLines, orderOf } from './cart-order.ts'
import { productsNow } from './changed-products.ts'
import { ruleFaults } from './rule-issues.ts'
import { offeringIdOf, placeLines, type PlacedLine } from './cart-lines.ts'
import type { CheckoutFault, CheckoutRow, FaultCode } from './checkout-types.ts'
import type { CartItem } from './cart-types.ts'
import { RELATION_CODES } from './relation-issues.ts'
import { hasEnded } from './shopping-cart.ts'
import { changeReasons, laterDates } from './in-life-line.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Reasons of orders by what has to be done about them. */
const KINDS: Readonly<Record<string, FaultCode>> = { notServiceable: 'notServiceable', qualificationNotQualified: 'notServiceable', qualificationOfAnother: 'notServiceable', qualificationExpired: 'qualificationExpired', qualificationUnknown: 'qualificationExpired', reservationNotHeld: 'capacityGone' }

/** The attribute of the cart that one of its order was made from; lines that are not bought stand between them. */
const cartAttribute = (attribute: string | undefined, cart: ShoppingCart): { attribute?: string } => {
  if (attribute === undefined) return {}
  const bought = activeLines(cart)
  return { attribute: attribute.replace(/^productOrderItem\[(\d+)\]/, (_, index: string) => `cartItem[${(cart.cartItem ?? []).indexOf(bought[Number(index)]!)}]`).replaceAll('productOrderItem[', 'cartItem[') }
}

/** What the cart itself shows to be wrong, all but what the order would say; and the lines that something was said of. */
export const ownFaults = async (deps: Services, context: Context, cart: ShoppingCart, row: CheckoutRow): Promise<{ faults: CheckoutFault[]; seen: Set<string> }> => {
  const seen = new Set<string>()
  const faults: CheckoutFault[] = [...row.request.priceFaults, ...(row.request.accountFaults ?? [])]
  const lines = activeLines(cart)
  if (lines.length === 0) return { faults: [...faults, { code: 'cartEmpty', message: 'there is nothing in the cart to be bought' }], seen }
  if (hasEnded(cart, deps.clock.now())) faults.push({ code: 'cartEnded', message: `the cart ended at ${cart.validFor?.endDateTime ?? ''}` })
  if (!row.request.termsAccepted) faults.push({ code: 'termsNotAccepted', message: 'the terms have to be accepted (termsAccepted)' })
  if (customerOf(cart) === undefined) faults.push({ code: 'customerMissing', message: 'the cart has no customer: name one in relatedParty, or merge it at log-in' })
  // An order has one date: what is at once and what is later are bought apart.
  const dates = laterDates(lines)
  if (dates.length > 1 || (dates.length === 1 && lines.some(line => laterDates([line]).length === 0))) faults.push({ code: 'effectiveDatesDiffer', message: 'the lines take effect at different times: buy them one by one' })
  const products = await productsNow(deps, context, cart)
  if (products) row.progress.product = products
  for (const line of lines) {
    for (const { code, message } of await changeReasons(deps, context, line)) {
      seen.add(line.id ?? '')
      faults.push({ code: 'changeNotPossible', reason: code, message, ...(line.id !== undefined && { cartItemId: line.id }) })
    }
  }
  for (const { item, id } of placeLines(lines)) {
    if (item.inLife !== undefined && seen.has(id)) continue
    for (const issue of item.issue ?? []) {
      // What is said of qualifications, by rules, and of what needs or rules out something is asked again below.
      if (issue.code in KINDS || issue.rule !== undefined || RELATION_CODES.includes(issue.code)) continue
      seen.add(id)
      faults.push({ code: 'configurationIncomplete', reason: issue.code, message: issue.message, cartItemId: id, ...(issue.attribute !== undefined && { attribute: issue.attribute }) })
    }
  }
  faults.push(...(await placeFaults(deps, context, cart)))
  return { faults, seen }
}

/** Why the cart cannot become an order now, seen from the cart, the catalog, the inventory and the map of what can be delivered. */
export const checkCart = async (deps: Services, context: Context, cart: ShoppingCart, row: CheckoutRow): Promise<CheckoutFault[]> => {
  const { faults, seen } = await ownFaults(deps, context, cart, row)
  if (activeLines(cart).length === 0) return faults
  try {
    const examined = await examineOrder(deps, context, orderOf(cart, row))
    const ruled = ruleFaults(examined.rejectionReason ?? [])
    faults.push(...ruled.faults)
    if (ruled.deposit) row.progress.ruleDeposit = ruled.deposit
    for (const { code, message, orderItemId, attribute, salesRule } of examined.rejectionReason ?? []) {
      if (salesRule !== undefined) continue
      const kind = KINDS[code] ?? 'configurationIncomplete'
      if (kind === 'configurationIncomplete' && orderItemId !== undefined && seen.has(orderItemId)) continue
      faults.push({ code: kind, reason: code, message, ...(orderItemId !== undefined && { cartItemId: orderItemId }), ...cartAttribute(attribute, cart) })
    }
  } catch (error) {
    if (!(error instanceof Refusal) || error.status >= 500) throw error
    faults.push({ code: 'configurationIncomplete', reason: error.code, message: error.message })
  }
  return faults
}

/** A line with those that it is inside of, itself first. */
const chainsOf = (placed: readonly PlacedLine[]): ((one: PlacedLine) => PlacedLine[]) => {
  const byItem = new Map(placed.map(one => [one.item, one]))
  const chainOf = (one: PlacedLine): PlacedLine[] => {
    const up = one.parent === undefined ? undefined : byItem.get(one.parent)
    return up === undefined ? [one] : [one, ...chainOf(up)]
  }
  return chainOf
}

/** A line of the network cannot be built where nobody knows: said by a place, by what was asked of one, or by a port that is held there. */
const placeFaults = async (deps: Services, context: Context, cart: ShoppingCart): Promise<CheckoutFault[]> => {
  const placed = placeLines(activeLines(cart))
  const chainOf = chainsOf(placed)
  const offerings = await loadOfferings(deps, context, placed.flatMap(({ item }) => offeringIdOf(item) ?? []), { work: { fresh: false, rely: () => undefined } })
  const faults: CheckoutFault[] = []
  for (const one of placed) {
    const offering = offerings.get(offeringIdOf(one.item) ?? '')
    if (one.item.action !== 'add' || offering === undefined) continue
    if (chainOf(one).some(({ item }) => (item.product?.place ?? []).length > 0 || item.qualification !== undefined || item.capacityReservation !== undefined)) continue
    const needs = await needingLine(deps, context.brand, (offering.specification?.doc.serviceSpecification ?? []).map(kind => kind.id))
    if (needs.length > 0) faults.push({ code: 'notServiceable', reason: 'placeMissing', message: `${offering.pin.name ?? offering.pin.id} needs a line: say where, by product.place`, cartItemId: one.id })
  }
  return faults
}

/** Goods that the cart needs from the warehouse: lines whose product has a stock keeping unit. */
export const goodsOf = async (deps: Services, context: Context, cart: ShoppingCart): Promise<{ id: string; sku: string; quantity: number }[]> => {
  const placed = placeLines(activeLines(cart)).filter(({ item }) => item.action === 'add')
  const offerings = await loadOfferings(deps, context, placed.flatMap(({ item }) => offeringIdOf(item) ?? []))
  return placed.flatMap(({ item, id }) => {
    const offering = offerings.get(offeringIdOf(item) ?? '')
    if (!offering) return []
    const values = configure(offering, (item.product?.productCharacteristic ?? []).map(({ name, value }) => ({ name, value }))).characteristics
    const sku = values.find(one => one.name === 'sku')?.value
    return typeof sku === 'string' ? [{ id, sku, quantity: item.quantity ?? 1 }] : []
  })
}

export interface LineHold {
  lineId: string
  /** What is asked of capacityReservation. */
  ask: Record<string, unknown>
}

/** Lines that take a port of the network at a place that is known: by the answer that is pinned to them, else by the place itself. */
export const portsOf = async (deps: Services, context: Context, cart: ShoppingCart): Promise<LineHold[]> => {
  // What is added, and what moves: that needs a port where it goes.
  const placed = placeLines(activeLines(cart)).filter(({ item }) => item.action === 'add' || (item.action === 'modify' && item.inLife?.action === 'move'))
  const soldAs = (item: CartItem): string => offeringIdOf(item) ?? (item.inLife?.option['productOffering'] as { id?: string } | undefined)?.id ?? ''
  // As they are remembered, from the check a moment ago: the order looks at all of it again.
  const offerings = await loadOfferings(deps, context, placed.map(({ item }) => soldAs(item)), { work: { fresh: false, rely: () => undefined } })
  const holds: LineHold[] = []
  const chainOf = chainsOf(placed)
  for (const one of placed) {
    const offering = offerings.get(soldAs(one.item))
    const kinds = (offering?.specification?.doc.serviceSpecification ?? []).map(kind => kind.id)
    const [need] = await needingLine(deps, context.brand, kinds)
    if (offering === undefined || need === undefined) continue
    const place = chainOf(one).map(({ item }) => item.product?.place?.[0]).find(found => found !== undefined)
    if (place === undefined) continue
    const values = configure(offering, (one.item.product?.productCharacteristic ?? []).map(({ name, value }) => ({ name, value }))).characteristics
    holds.push({ lineId: one.id, ask: { place, serviceSpecification: { id: need }, serviceCharacteristic: values.filter(({ value }) => ['string', 'number', 'boolean'].includes(typeof value)).map(({ name, value }) => ({ name, value })) } })
  }
  return holds
}

/** What desks are told of the customer: by id, with what was shown. Nothing else leaves the house. */
export const deskBody = async (deps: Services, context: Context, cart: ShoppingCart, row: CheckoutRow): Promise<Record<string, unknown>> => {
  const id = customerOf(cart)
  const ref = cart.relatedParty?.find(party => party.id === id)
  const party = ref === undefined ? undefined : await partyOf(deps, context, ref['@referredType'] === 'Party' ? { id: ref.id } : ref)
  const papers = party !== undefined && 'individualIdentification' in party.doc ? party.doc.individualIdentification : undefined
  const proof = row.request.identityProof ?? (papers !== undefined && papers.length > 0 ? { method: 'onFile' } : undefined)
  // What is bought in instalments is credit: how much, and what it takes each month.
  const loans = placeLines(activeLines(cart)).flatMap(({ item }) => (item.financing?.amountFinanced === undefined ? [] : [{ amount: item.financing.amountFinanced, instalment: item.financing.instalment, numberOfInstalments: item.financing.numberOfInstalments }]))
  return { customer: id ?? 'unknown', ...(loans.length > 0 && { financed: loans }), ...(party !== undefined && { party: party.id }), ...(cart.due && { due: cart.due }), ...(cart.monthly && { monthly: cart.monthly }), channel: row.request.channel, ...(proof && { proof }) }
}

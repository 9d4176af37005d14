/**
 * What an order rests on: qualifications that its items name, ports that they hold, and, where an item says only where it is wanted, whether
 * the line that its offering needs can be had there. Sell only what can be delivered.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Work } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { reliesOnPin, type Pin } from '../offer-qualification/index.ts'
import { needingLine, releaseReservation, returnPorts, settleReservation, surveyPlace, takeReservation, whyNotTaken } from '../serviceability/index.ts'
import { loadProducts } from '../inventory/index.ts'
import { offeringId, type ProductFacts } from './business-check.ts'
import { placeItems, type OrderItem, type PlacedItem, type ProductOrderDocument, type RejectionReason } from './order-document.ts'

interface Named {
  qualification?: readonly { id?: string; itemId?: string }[]
  productOfferingQualificationItem?: { id?: string; productOfferingQualificationId?: string }
  capacityReservation?: { id?: string }
}

const reservationOf = (item: OrderItem): string | undefined => (item as Named).capacityReservation?.id

/** Answers that an item rests on. */
const pinsOf = (item: OrderItem): Pin[] => {
  const { qualification, productOfferingQualificationItem: one } = item as Named
  return [
    ...(one?.productOfferingQualificationId === undefined ? [] : [{ id: one.productOfferingQualificationId, ...(one.id !== undefined && { itemId: one.id }) }]),
    ...(qualification ?? []).flatMap(({ id }) => (id === undefined ? [] : [{ id }])),
  ]
}

const CODES = { unknown: 'qualificationUnknown', expired: 'qualificationExpired', notQualified: 'qualificationNotQualified' } as const

const pinReasons = async (item: OrderItem, { context, deps }: Pick<Work<unknown>, 'context' | 'deps'>): Promise<RejectionReason[]> => {
  const reasons: RejectionReason[] = []
  for (const pin of pinsOf(item)) {
    const relied = await reliesOnPin(deps, context, pin)
    if (!relied.valid) reasons.push({ code: CODES[relied.why], orderItemId: item.id, message: relied.message })
    else if (relied.offeringIds.length > 0 && offeringId(item) !== undefined && !relied.offeringIds.includes(offeringId(item) ?? '')) {
      reasons.push({ code: 'qualificationOfAnother', orderItemId: item.id, message: `qualification ${pin.id} is about ${relied.offeringIds.join(', ')}, not about what is ordered` })
    }
  }
  return reasons
}

/** The item's own place, or that of the bundle that it is in. */
const chainOf = (placed: PlacedItem, all: ReadonlyMap<string, PlacedItem>): OrderItem[] => {
  const chain = [placed.item]
  for (let up = placed.parent; up !== undefined; up = all.get(up.id)?.parent) chain.push(up)
  return chain
}

interface Needing {
  placed: PlacedItem
  offering: LoadedOffering
  place: Readonly<Record<string, unknown>>
  needs: string[]
}

const lineReasons = async ({ placed: { item }, offering, place, needs }: Needing, { context, deps, now }: Pick<Work<unknown>, 'context' | 'deps' | 'now'>): Promise<RejectionReason[]> => {
  const survey = await surveyPlace(deps, context, place, now, now, 'productOrderItem[].product.place[]')
  const verdicts = await Promise.all(needs.map(serviceSpecificationId => survey.ask({ characteristics: item.product?.productCharacteristic ?? [], serviceSpecificationId })))
  const refused = verdicts.find(verdict => verdict.result !== 'qualified')
  return refused === undefined ? [] : [{ code: 'notServiceable', orderItemId: item.id, message: `${offering.doc.name ?? offering.pin.id} cannot be delivered there: ${refused.reasons.map(reason => reason.label).join('; ')}` }]
}

/** A product that goes to another place needs there what it needed at the first: what it is sold as, with the values that it has. */
const movedAs = (item: OrderItem, offerings: ReadonlyMap<string, LoadedOffering>, products: ReadonlyMap<string, ProductFacts>): { item: OrderItem; offering: LoadedOffering | undefined } | undefined => {
  const facts = item.action === 'modify' ? products.get(item.product?.id ?? '') : undefined
  const to = item.product?.place?.[0]?.['id']
  if (facts === undefined || typeof to !== 'string' || facts.places?.includes(to) !== false) return undefined
  const given = item.product?.productCharacteristic ?? []
  const kept = (facts.characteristics ?? []).filter(one => !given.some(other => other.name === one.name))
  return { item: { ...item, product: { ...item.product, productCharacteristic: [...kept, ...given] } }, offering: offerings.get(offeringId(item) ?? facts.offeringId ?? '') }
}

/** Every reason why what the order rests on does not hold. Items are complete: bundles with their parts, products with their values. */
export const reliedReasons = async (orderId: string, items: readonly OrderItem[], offerings: ReadonlyMap<string, LoadedOffering>, products: ReadonlyMap<string, ProductFacts>, work: Pick<Work<unknown>, 'context' | 'deps' | 'now' | 'tx'>): Promise<RejectionReason[]> => {
  const placed = placeItems(items)
  const byId = new Map(placed.map(one => [one.item.id, one]))
  const reasons: RejectionReason[] = []
  for (const { item } of placed) {
    reasons.push(...(await pinReasons(item, work)))
    const reservation = reservationOf(item)
    const why = reservation === undefined ? undefined : await whyNotTaken(work.deps, work.context, reservation, { id: orderId, itemId: item.id }, work.tx)
    if (why !== undefined) reasons.push({ code: 'reservationNotHeld', orderItemId: item.id, message: why })
  }
  for (const one of placed) {
    const moved = movedAs(one.item, offerings, products)
    const offering = one.item.action === 'add' ? offerings.get(offeringId(one.item) ?? '') : moved?.offering
    const kinds = (offering?.specification?.doc.serviceSpecification ?? []).map(kind => kind.id)
    if (offering === undefined || kinds.length === 0) continue
    const chain = chainOf(one, byId)
    // Whoever asked before relies on that answer, and a port that is held is there.
    if (chain.some(item => pinsOf(item).length > 0 || reservationOf(item) !== undefined)) continue
    const place = chain.map(item => item.product?.place?.[0]).find(found => found !== undefined)
    if (place === undefined) continue
    const needs = await needingLine(work.deps, work.context.brand, kinds)
    if (needs.length > 0) reasons.push(...(await lineReasons({ placed: moved ? { ...one, item: moved.item } : one, offering, place, needs }, work)))
  }
  return reasons
}

export const holdsReservations = (order: ProductOrderDocument): boolean => order.state === 'acknowledged' && placeItems(order.productOrderItem).some(({ item }) => reservationOf(item) !== undefined)

interface Within {
  tx: Transaction
  context: Context
  deps: Services
}

/** The order takes the ports that its items name: with it, or not at all. */
export const takeReservations = async (order: ProductOrderDocument, within: Within): Promise<void> => {
  for (const { item } of placeItems(order.productOrderItem)) {
    const id = reservationOf(item)
    if (id !== undefined) await takeReservation(within, id, { id: order.id, itemId: item.id })
  }
}

/** Ports that products had which are ended, or have one elsewhere now. */
const returnOld = async (order: ProductOrderDocument, within: Within): Promise<void> => {
  const left = placeItems(order.productOrderItem).flatMap(({ item }) => (item.state === 'completed' && (item.action === 'delete' || (item.action === 'modify' && reservationOf(item) !== undefined)) ? (item.product?.id ?? []) : []))
  if (left.length === 0) return
  const products = await loadProducts(within, left, within.tx)
  const before = [...products.values()].flatMap(({ doc }) => doc.productOrderItem ?? []).flatMap(({ productOrderId, orderItemId }) => (productOrderId === undefined || orderItemId === undefined || productOrderId === order.id ? [] : [{ id: productOrderId, itemId: orderItemId }]))
  await returnPorts(within, before)
}

/** Ports of items that have ended: given back, or in use from now on. */
export const followReservations = async (order: ProductOrderDocument, within: Within): Promise<void> => {
  for (const { item } of placeItems(order.productOrderItem)) {
    const id = reservationOf(item)
    if (id === undefined) continue
    if (item.state === 'completed') await settleReservation(within, id, order.id)
    if (item.state === 'cancelled' || item.state === 'failed' || item.state === 'rejected') await releaseReservation(within, id, order.id)
  }
  await returnOld(order, within)
}

/** What a cart line, a quote or an order relies on: does an answer still hold, and what would be answered now? For TMF645 and TMF679 alike. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { checkServiceQualification, portsHeldFor, recheckService, type Recheck } from '../serviceability/index.ts'
import { answerQualification } from './answer.ts'
import { productOfferingQualification } from './product-offering-qualification.ts'

/** A pinned answer: the id of either qualification, and the item that counts (all when left out). */
export interface Pin {
  id: string
  itemId?: string
  /** A port that is held for what relies on it. */
  reservationId?: string
}

export type Relied = { valid: true; expirationDate: string; offeringIds: readonly string[] } | { valid: false; why: 'unknown' | 'expired' | 'notQualified'; message: string }

/** May an order still rely on this answer as it was given? Nothing is asked again: that is `recheck`. */
export const reliesOnPin = async (deps: Pick<Services, 'store' | 'clock'>, context: Context, pin: Pin): Promise<Relied> => {
  const offer = await deps.store.get(context, productOfferingQualification, pin.id)
  const service = offer === undefined ? await deps.store.get(context, checkServiceQualification, pin.id) : undefined
  const items = offer
    ? (offer.doc.productOfferingQualificationItem ?? []).map(item => ({ id: item.id, result: item.qualificationItemResult, offeringId: item.productOffering?.id ?? item.product?.productOffering?.id }))
    : (service?.doc.serviceQualificationItem ?? []).map(item => ({ id: item.id, result: item.qualificationResult, offeringId: undefined }))
  const named = items.filter(item => pin.itemId === undefined || item.id === pin.itemId)
  const expirationDate = offer?.doc.expirationDate ?? service?.doc.expirationDate
  const what = `qualification ${pin.id.slice(0, 80)}${pin.itemId === undefined ? '' : `, item ${pin.itemId.slice(0, 40)}`}`
  if (named.length === 0) return { valid: false, why: 'unknown', message: `${what} does not exist` }
  if (expirationDate === undefined || new Date(expirationDate) <= deps.clock.now()) return { valid: false, why: 'expired', message: `${what} expired${expirationDate === undefined ? '' : ` at ${expirationDate}`}` }
  const refused = named.find(item => item.result !== 'qualified')
  if (refused !== undefined) return { valid: false, why: 'notQualified', message: `${what} was answered ${refused.result ?? 'unqualified'}` }
  return { valid: true, expirationDate, offeringIds: named.flatMap(item => item.offeringId ?? []) }
}

const recheckOffer = async (deps: Services, context: Context, { id, itemId, reservationId }: Pin): Promise<Recheck[] | undefined> => {
  const found = await deps.store.get(context, productOfferingQualification, id)
  const items = (found?.doc.productOfferingQualificationItem ?? []).filter(item => itemId === undefined || item.id === itemId)
  if (found === undefined || items.length === 0) return undefined
  // All its items are asked again: what is bought together decides what each may be.
  const { answered } = await answerQualification({ ...found.doc, provideOnlyAvailable: false }, deps, { ...context, channel: found.doc.channel?.name ?? found.doc.channel?.id ?? context.channel }, deps.clock.now(), portsHeldFor(deps, context, { qualification: { id, ...(itemId !== undefined && { itemId }) }, reservationIds: reservationId === undefined ? [] : [reservationId] }))
  return items.map(item => {
    const again = answered.find(one => one.item.id === item.id)
    const [pinned, current] = [item.qualificationItemResult ?? 'unqualified', again?.result ?? 'unqualified']
    return { itemId: item.id, pinned, current, expirationDate: found.doc.expirationDate, changed: pinned === current ? [] : [{ attribute: 'qualificationItemResult', before: pinned, after: current }], reasons: again?.reasons ?? [] }
  })
}

export interface Rechecked {
  id: string
  itemId?: string
  /** What it was answered by; missing when it does not exist. */
  '@referredType'?: 'ProductOfferingQualification' | 'CheckServiceQualification'
  /** May it be relied on: it has not expired, and would be answered as it was. */
  valid: boolean
  why?: 'unknown' | 'expired' | 'notQualified' | 'changed'
  item: Recheck[]
}

/** Asks again what a pin rests on, as things are now. */
export const recheckPin = async (deps: Services, context: Context, pin: Pin): Promise<Rechecked> => {
  const named = { id: pin.id, ...(pin.itemId !== undefined && { itemId: pin.itemId }) }
  const offer = await recheckOffer(deps, context, pin)
  const item = offer ?? (await recheckService(deps, context, pin.id, pin.itemId, pin.reservationId === undefined ? [] : [pin.reservationId]))
  if (item === undefined) return { ...named, valid: false, why: 'unknown', item: [] }
  const relied = await reliesOnPin(deps, context, pin)
  const why = relied.valid ? (item.some(one => one.changed.length > 0) ? ('changed' as const) : undefined) : relied.why
  return { ...named, '@referredType': offer === undefined ? 'CheckServiceQualification' : 'ProductOfferingQualification', valid: why === undefined, ...(why !== undefined && { why }), item }
}

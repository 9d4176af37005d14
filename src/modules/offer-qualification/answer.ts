/** Answers a qualification: each item that is asked about, or the offerings that can be had where none is named. */
import type { Context } from '../../platform/principal.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Work } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { category, loadOfferings, productOffering, type LoadedOffering } from '../catalog/index.ts'
import { overall, type OwnPorts, type Result } from '../serviceability/index.ts'
import { alternativesTo, type Alternative } from './alternatives.ts'
import { judge, productOf, unknownProduct, type Judgement, type Reason, type Wanted } from './judge.ts'
import type { ProductOfferingQualification, QualificationItem } from './product-offering-qualification.schema.ts'
import { settingOf, type Setting } from './setting.ts'

const MOST_ITEMS = 100
const MOST_FOUND = 200
const HOLDS_MS = 30 * 86_400_000

/** The table of DOMAIN "Qualification": nothing against it is qualified; something is alternate where there is a proposal, else unqualified. */
export const resultOf = (reasons: readonly Reason[], alternatives: readonly unknown[]): Result => (reasons.length === 0 ? 'qualified' : alternatives.length > 0 ? 'alternate' : 'unqualified')

const offeringIdOf = (item: QualificationItem): string | undefined => item.productOffering?.id ?? item.product?.productOffering?.id

const refOf = ({ pin }: LoadedOffering): NonNullable<QualificationItem['productOffering']> => ({ id: pin.id, href: `/tmf-api/productCatalogManagement/v4/productOffering/${encodeURIComponent(pin.id)}`, ...(pin.name !== undefined && { name: pin.name }), '@referredType': 'ProductOffering' })

export interface Answered {
  item: QualificationItem
  result: Result
  reasons: Reason[]
  expirationDate: Date | undefined
}

interface Flags {
  alternatives: boolean
  reasons: boolean
}

/** What a client said about the item, without what only an answer says. */
const questionOf = (item: QualificationItem): QualificationItem => {
  const { qualificationItemResult: _result, alternateProductOfferingProposal: _proposals, eligibilityUnavailabilityReason: _reasons, state: _state, terminationError: _error, ...question } = item
  return question
}

const proposals = (found: readonly Alternative[], wanted: Wanted, now: Date): NonNullable<QualificationItem['alternateProductOfferingProposal']> =>
  found.map(({ offering, from }, index) => ({
    id: String(index + 1),
    alternateActivationDate: (from ?? now).toISOString(),
    alternateProductOffering: refOf(offering),
    alternateProduct: { name: offering.doc.name ?? offering.pin.id, ...(typeof wanted.place?.['role'] === 'string' && { place: [wanted.place as { role: string }] }) },
  }))

const shown = (item: QualificationItem, reasons: Reason[], alternatives: readonly Alternative[], wanted: Wanted, now: Date, flags: Flags): QualificationItem => ({
  ...questionOf(item),
  state: 'done',
  qualificationItemResult: resultOf(reasons, alternatives),
  ...(flags.reasons && reasons.length > 0 && { eligibilityUnavailabilityReason: reasons }),
  ...(flags.alternatives && alternatives.length > 0 && { alternateProductOfferingProposal: proposals(alternatives, wanted, now) }),
})

const failed = (item: QualificationItem, reason: Reason, flags: Flags): Answered => ({
  item: { ...questionOf(item), state: 'terminatedWithError', qualificationItemResult: 'unqualified', terminationError: [{ id: '1', value: reason.label }], ...(flags.reasons && { eligibilityUnavailabilityReason: [reason] }) },
  result: 'unqualified',
  reasons: [reason],
  expirationDate: undefined,
})

const reasonsOf = (judgement: Judgement): Reason[] => [...judgement.commercial, ...judgement.technical]

const answerItem = async (item: QualificationItem, doc: ProductOfferingQualification, offerings: ReadonlyMap<string, LoadedOffering>, setting: Setting, flags: Flags): Promise<Answered> => {
  const productId = item.product?.id
  const had = productId === undefined ? undefined : productOf(productId, setting)
  const id = offeringIdOf(item) ?? had?.productOffering?.id
  if (id === undefined && productId !== undefined && had === undefined && (item.action ?? 'add') !== 'add') return failed(item, unknownProduct(productId, setting), flags)
  if (id === undefined) return failed(item, { code: 'offeringMissing', label: 'The item names no offering (productOffering.id)' }, flags)
  const offering = offerings.get(id) ?? setting.productOfferings.get(id)
  if (offering === undefined) return failed(item, { code: 'offeringUnknown', label: `Offering ${id.slice(0, 80)} does not exist` }, flags)
  const others = (doc.productOfferingQualificationItem ?? []).flatMap(other => (other.id === item.id || other.action === 'delete' ? [] : (offerings.get(offeringIdOf(other) ?? '') ?? [])))
  const wanted: Wanted = {
    action: item.action ?? 'add',
    ...(item.product?.id !== undefined && { productId: item.product.id }),
    characteristics: item.product?.productCharacteristic ?? [],
    place: (item.product?.place ?? doc.place)?.[0],
    others,
  }
  const judgement = await judge(offering, wanted, setting)
  const reasons = reasonsOf(judgement)
  // Without a place nothing can be told of what could be had there instead.
  const isNowhere = judgement.technical.some(one => one.code === 'placeMissing')
  const alternatives = reasons.length > 0 && !isNowhere ? await alternativesTo(offering, wanted, judgement, setting) : []
  return { item: shown(item, reasons, alternatives, wanted, setting.now, flags), result: resultOf(reasons, alternatives), reasons, expirationDate: judgement.expirationDate }
}

/** Every offering on sale in the category, or at all: what can I have here? A category that does not exist is answered as an item that failed. */
const findItems = async (doc: ProductOfferingQualification, setting: Setting, flags: Flags): Promise<Answered[]> => {
  const { deps, context } = setting
  if (doc.category?.id !== undefined && (await deps.store.get(context, category, doc.category.id)) === undefined) return [failed({ id: '1' }, { code: 'categoryUnknown', label: `Category ${doc.category.id.slice(0, 80)} does not exist` }, { ...flags, reasons: true })]
  const where = [{ path: 'lifecycleStatus', value: 'Launched' }, ...(doc.category === undefined ? [] : [{ path: 'category.id', value: doc.category.id }])]
  const stored = await deps.store.find(context, productOffering, { where, sort: 'name,id', limit: MOST_FOUND })
  const loaded = await loadOfferings(deps, context, stored.filter(one => one.doc.isSellable !== false).map(one => one.id))
  const found: Answered[] = []
  for (const offering of loaded.values()) {
    const wanted: Wanted = { action: 'add', characteristics: [], place: doc.place?.[0], others: [] }
    const judgement = await judge(offering, wanted, setting)
    const reasons = reasonsOf(judgement)
    const later: Alternative[] = judgement.commercial.length === 0 && judgement.availableFrom !== undefined ? [{ offering, from: judgement.availableFrom, distance: 0 }] : []
    const item: QualificationItem = { id: String(found.length + 1), action: 'add', productOffering: refOf(offering) }
    found.push({ item: shown(item, reasons, later, wanted, setting.now, flags), result: resultOf(reasons, later), reasons, expirationDate: judgement.expirationDate })
  }
  return found
}

/** Faults of the message: ids that repeat, too many items. */
export const messageFaults = (items: readonly QualificationItem[]): Fault[] => {
  const faults: Fault[] = []
  if (items.length > MOST_ITEMS) return [fault('productOfferingQualificationItem', `must have at most ${MOST_ITEMS} items`)]
  const seen = new Set<string>()
  for (const [index, { id }] of items.entries()) {
    if (seen.has(id)) faults.push(fault(`productOfferingQualificationItem[${index}].id`, 'is used by another item', id))
    seen.add(id)
  }
  return faults
}

/** Says which items of the question are not in the answer, and why. */
const leftOutNote = (leftOut: readonly Answered[], notes: readonly { id: string }[], now: Date): { id: string; date: string; text: string } => {
  let id = 'leftOut'
  while (notes.some(one => one.id === id)) id += '+'
  const named = leftOut.map(({ item, reasons }) => `${item.id} (${reasons.map(one => one.code).join(', ')})`)
  return { id, date: now.toISOString(), text: `Left out, as only what can be had was asked for (provideOnlyAvailable): item ${named.join(', item ')}. qualificationResult is about the items that are shown` }
}

/** The answer to a question, as things are at `now`. Ports that are held for it (`ownPorts`) do not count against it. With `work` the answer rests on the revisions of what is asked about. */
export const answerQualification = async (doc: ProductOfferingQualification, deps: Services, context: Context, now: Date, ownPorts?: OwnPorts, work?: Pick<Work<unknown>, 'fresh' | 'rely'>): Promise<{ answered: Answered[]; doc: ProductOfferingQualification }> => {
  const items = doc.productOfferingQualificationItem ?? []
  const faults = messageFaults(items)
  if (faults.length > 0) throw refuse.invalid(faults)
  const flags: Flags = { alternatives: doc.provideAlternative === true, reasons: doc.provideUnavailabilityReason !== false }
  const dates = items.flatMap(item => (item.expectedActivationDate === undefined ? [] : [new Date(item.expectedActivationDate)]))
  const setting = await settingOf(deps, context, now, { ...(doc.relatedParty && { relatedParty: doc.relatedParty }), ...(doc.channel && { channel: doc.channel }), productIds: items.flatMap(item => item.product?.id ?? []), ...(dates[0] !== undefined && { at: dates.reduce((last, date) => (date > last ? date : last)) }), ...(ownPorts !== undefined && { ownPorts }) })
  let answered: Answered[]
  if (items.length === 0) answered = await findItems(doc, setting, flags)
  else {
    const offerings = await loadOfferings(deps, context, items.flatMap(item => offeringIdOf(item) ?? []), { ...(work && { work }) })
    answered = await Promise.all(items.map(item => answerItem(item, doc, offerings, setting, flags)))
  }
  const isShort = doc.provideOnlyAvailable === true
  const listed = isShort ? answered.filter(one => one.result === 'qualified' || (items.length === 0 && one.item.state === 'terminatedWithError')) : answered
  const leftOut = isShort && items.length > 0 ? answered.filter(one => !listed.includes(one)) : []
  const isEnded = answered.length > 0 && answered.every(one => one.item.state === 'terminatedWithError')
  const expiries = answered.flatMap(one => one.expirationDate?.getTime() ?? [])
  return {
    answered,
    doc: {
      ...doc,
      productOfferingQualificationItem: listed.map(one => one.item),
      // What is said of the whole is said of what is shown; the note says what is not.
      ...(leftOut.length > 0 && { note: [...(doc.note ?? []), leftOutNote(leftOut, doc.note ?? [], now)] }),
      qualificationResult: items.length === 0 ? (answered.some(one => one.result === 'qualified') ? 'qualified' : answered.some(one => one.result === 'alternate') ? 'alternate' : 'unqualified') : listed.length === 0 ? 'unqualified' : overall(listed.map(one => one.result)),
      instantSyncQualification: true,
      state: isEnded ? 'terminatedWithError' : 'done',
      effectiveQualificationDate: now.toISOString(),
      expirationDate: new Date(Math.min(now.getTime() + HOLDS_MS, ...expiries)).toISOString(),
    },
  }
}

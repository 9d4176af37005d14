/** The line that an answered offer needs, so that a port of it can be reserved by naming the answer. */
import { fault, refuse } from '../../platform/errors.ts'
import { loadOfferings } from '../catalog/index.ts'
import { itemNamed, needingLine, type LineReader } from '../serviceability/index.ts'
import { lineParts, valuesOf } from './judge.ts'
import { productOfferingQualification } from './product-offering-qualification.ts'
import { settingOf } from './setting.ts'

const unfit = (rule: string, itemId: string): Error => refuse.invalid([fault('qualification.itemId', rule, itemId)])

/** What the item's offering asks of its line, as the answer was given: its kind of service, its values, its customers, its place. Of a bundle it is the first part that needs one. */
export const lineOfOffer: LineReader = async (deps, context, answerId, itemId) => {
  const doc = (await deps.store.get(context, productOfferingQualification, answerId))?.doc
  if (doc === undefined) return undefined
  const item = itemNamed(doc.productOfferingQualificationItem ?? [], itemId)
  const id = item.productOffering?.id ?? item.product?.productOffering?.id
  const offering = id === undefined ? undefined : (await loadOfferings(deps, context, [id])).get(id)
  if (offering === undefined) throw unfit('names no offering that is known', item.id)
  const [part] = await lineParts(offering, ids => needingLine(deps, context.brand, ids))
  if (part === undefined) throw unfit('is about an offering that needs no line: there is no port to hold', item.id)
  const place = (item.product?.place ?? doc.place)?.[0]
  if (place === undefined) throw unfit('was asked about no place', item.id)
  const { party } = await settingOf(deps, context, deps.clock.now(), { ...(doc.relatedParty !== undefined && { relatedParty: doc.relatedParty }) })
  const segment = party?.segment === 'business' || party?.segment === 'residential' ? [{ name: 'marketSegment', value: party.segment }] : []
  return { place: [place], serviceSpecification: { id: part.serviceSpecificationId }, serviceCharacteristic: [...valuesOf(part.offering, item.product?.productCharacteristic ?? []), ...segment] }
}

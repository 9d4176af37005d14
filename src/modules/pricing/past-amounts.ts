/** What prices amounted to before, for goods on sale: the revisions of their catalog prices and entries, by the business time of each. */
import { systemContext } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { productOfferingPrice } from '../catalog/index.ts'
import { moneyValue, type Candidate, type CompiledOffering, type PastAmount } from './candidate.ts'
import { priceListEntry } from './price-list-entry.ts'

const MOST_REVISIONS = 60

interface Dated {
  lastUpdate?: string
  price?: { unit?: string; value?: number }
}

const pastOf = async (deps: Pick<Services, 'store'>, brand: string, candidate: Candidate): Promise<PastAmount[]> => {
  const pin = candidate.source.entry ?? candidate.source.price
  if (pin === undefined || pin.revision === 1) return []
  const resource = candidate.source.entry ? priceListEntry : productOfferingPrice
  const first = Math.max(1, pin.revision - MOST_REVISIONS)
  const revisions = await Promise.all(Array.from({ length: pin.revision - first + 1 }, (_, index) => deps.store.revision(systemContext(brand, 'pricing'), resource as typeof productOfferingPrice, pin.id, first + index)))
  const dated = revisions.flatMap(one => {
    const { lastUpdate, price } = (one?.doc ?? {}) as Dated
    return lastUpdate === undefined ? [] : [{ at: Date.parse(lastUpdate), amount: moneyValue(price) }]
  })
  return dated.slice(0, -1).flatMap(({ at, amount }, index) => (amount?.currency === candidate.currency ? [{ unit: amount.value, from: at, until: dated[index + 1]!.at }] : []))
}

const withOwn = async (deps: Pick<Services, 'store'>, brand: string, candidates: readonly Candidate[]): Promise<Candidate[]> =>
  Promise.all(candidates.map(async candidate => ({ ...candidate, past: await pastOf(deps, brand, candidate) })))

/** The offering with the past of its prices, where a sale of goods makes that a matter of law; as it is otherwise. */
export const withPast = async (deps: Pick<Services, 'store'>, brand: string, offering: CompiledOffering): Promise<CompiledOffering> =>
  offering.entries.some(one => one.isGoods)
    ? { ...offering, entries: await withOwn(deps, brand, offering.entries), slots: await Promise.all(offering.slots.map(async slot => ({ ...slot, candidates: await withOwn(deps, brand, slot.candidates) }))) }
    : offering

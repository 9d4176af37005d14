/**
 * Which price of a charge is taken (DOMAIN.md, Price): those whose rules all match and that hold now, the most specific first; OVERRIDE wins over
 * all, a SALE is the lower of itself and the default. Also what may be shown beside it. Pure.
 */
import type { Exact } from '../../platform/money.ts'
import { meantFor } from '../catalog/index.ts'
import { holdsAt, slotKey, type Candidate, type CompiledOffering, type ListType, type Slot } from './candidate.ts'
import { termKey, type Circumstances, type RuledItem } from './circumstances.ts'
import type { PriceRank } from './priced.ts'
import { RANKS, type CartFacts } from './rule.ts'
import { unitAt } from './tariff.ts'

export interface Match {
  candidate: Candidate
  unit: Exact
  rank: PriceRank
}

export interface Selected {
  taken: Match
  /** All that matched, the one that was taken first. */
  matched: Match[]
  /** The OVERRIDE price if there is one, else the default. */
  regular: Match | undefined
  /** Of goods on sale. */
  lowest: Exact | undefined
}

const DAYS_30 = 30 * 86_400_000

/** The charge's own prices and those that lists put in its place. */
export interface OpenSlot {
  key: string
  candidates: readonly Candidate[]
}

/** A compiled offering never changes, so its slots are put together once. */
const opened = new WeakMap<CompiledOffering, readonly OpenSlot[]>()

/** An entry that does not say how it is taxed, or what it is called, is taxed and called as the charge that it stands in for. */
const inPlaceOf = (entry: Candidate, own: Candidate | undefined): Candidate => {
  if (own === undefined) return entry
  const named = entry.source.entry?.name !== undefined
  return named && entry.tax.length > 0 ? entry : { ...entry, ...(!named && { name: own.name }), ...(entry.tax.length === 0 && { tax: own.tax }) }
}

/** An entry stands in for the price that it names, else for the first charge like it in its currency; where there is none it is a charge of its own. */
export const openSlots = (offering: CompiledOffering): readonly OpenSlot[] => {
  if (offering.entries.length === 0) return offering.slots
  const known = opened.get(offering)
  if (known) return known
  const slots: (OpenSlot & Pick<Slot, 'priceId'> & { candidates: Candidate[] })[] = offering.slots.map(slot => ({ ...slot, candidates: [...slot.candidates] }))
  for (const entry of offering.entries) {
    const slot = slots.find(one =>
      entry.priceId === undefined ? one.key === slotKeyOf(entry) && one.candidates.some(own => own.currency === entry.currency) : one.candidates.some(own => own.priceId === entry.priceId),
    )
    if (slot) slot.candidates.push(inPlaceOf(entry, slot.candidates.find(own => (entry.priceId === undefined ? own.currency === entry.currency : own.priceId === entry.priceId))))
    else slots.push({ key: slotKeyOf(entry), candidates: [entry] })
  }
  opened.set(offering, slots)
  return slots
}

const slotKeyOf = (one: Candidate): string => slotKey(one.kind, one.recurring, one.per)

const rankOf = (candidate: Candidate): PriceRank => {
  let best: PriceRank = 'list'
  for (const rule of candidate.rules) if (RANKS[rule.rank] > RANKS[best]) best = rule.rank
  return best
}

/** Is this price meant for the item in these circumstances, whenever it holds? Currency is not asked. */
export const isMeant = (candidate: Candidate, c: Circumstances, item: RuledItem, cart: CartFacts): boolean =>
  (candidate.terms.length === 0 || (item.term !== undefined && candidate.terms.includes(termKey(item.term)))) &&
  (candidate.uses === undefined || meantFor(candidate.uses as Parameters<typeof meantFor>[0], item.characteristic)) &&
  candidate.rules.every(rule => rule.matches(c, item, cart))

const matchOf = (candidate: Candidate, quantity: Exact, unit = candidate.unit): Match => ({
  candidate,
  unit: candidate.tiers.length === 0 ? unit : unitAt(unit, candidate.tiers, quantity),
  rank: candidate.rules.length === 0 ? 'list' : rankOf(candidate),
})

const idOf = ({ source }: Candidate): string => source.entry?.id ?? source.price?.id ?? source.path

/** More specific before less, more rules before fewer, cheaper before dearer; the last word has the id, so that the order of prices has none. */
const bySpecificity = (a: Match, b: Match): number =>
  RANKS[b.rank] - RANKS[a.rank] || b.candidate.rules.length - a.candidate.rules.length || a.unit.comparedTo(b.unit) || (idOf(a.candidate) < idOf(b.candidate) ? -1 : 1)

const ofList = (matched: readonly Match[], type: ListType): Match | undefined => {
  let best: Match | undefined
  for (const one of matched) if (one.candidate.listType === type && (best === undefined || bySpecificity(one, best) < 0)) best = one
  return best
}

const decide = (matched: readonly Match[]): { taken: Match; regular: Match | undefined } | undefined => {
  const override = ofList(matched, 'OVERRIDE')
  const regular = override ?? ofList(matched, 'DEFAULT')
  const sale = override === undefined ? ofList(matched, 'SALE') : undefined
  // At the same price there is no reduction: the default it is.
  const taken = sale !== undefined && (regular === undefined || sale.unit.lessThan(regular.unit)) ? sale : regular
  return taken && { taken, regular }
}

const unitThen = (candidate: Candidate, at: number): Exact | undefined => {
  if (!holdsAt(candidate, at)) return undefined
  const past = candidate.past.find(one => holdsAt(one, at))
  if (past) return past.unit
  // Where its past is known, it was not there before it.
  const [first] = candidate.past
  return first !== undefined && at < first.from ? undefined : candidate.unit
}

/** The lowest price that the same buyer would have had in the 30 days before the reduction began. Undefined for what was not sold then. */
const lowestBefore = (sale: Candidate, meant: readonly Candidate[], quantity: Exact): Exact | undefined => {
  if (sale.from === -Infinity) return undefined
  const begin = sale.from - DAYS_30
  const moments = new Set([begin])
  for (const one of meant) for (const edge of [one.from, one.until, ...one.past.flatMap(past => [past.from, past.until])]) if (edge > begin && edge < sale.from) moments.add(edge)
  let lowest: Exact | undefined
  for (const at of moments) {
    const then = decide(
      meant.flatMap(candidate => {
        const unit = unitThen(candidate, at)
        return unit === undefined ? [] : [matchOf(candidate, quantity, unit)]
      }),
    )
    if (then && (lowest === undefined || then.taken.unit.lessThan(lowest))) lowest = then.taken.unit
  }
  return lowest
}

/** `meant`: the slot's prices in one currency that are meant for the item. */
export const selectPrice = (meant: readonly Candidate[], at: number, quantity: Exact): Selected | undefined => {
  // Most charges have one price; there is nothing to choose then.
  if (meant.length === 1 && meant[0]!.listType === 'DEFAULT') {
    if (!holdsAt(meant[0]!, at)) return undefined
    const only = matchOf(meant[0]!, quantity)
    return { taken: only, matched: [only], regular: only, lowest: undefined }
  }
  const matched: Match[] = []
  for (const candidate of meant) if (holdsAt(candidate, at)) matched.push(matchOf(candidate, quantity))
  const decided = decide(matched)
  if (!decided) return undefined
  const { taken, regular } = decided
  return {
    taken,
    matched: matched.length === 1 ? matched : [taken, ...matched.filter(one => one !== taken).sort(bySpecificity)],
    regular,
    lowest: taken.candidate.isGoods ? lowestBefore(taken.candidate, meant, quantity) : undefined,
  }
}

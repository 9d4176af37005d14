/**
 * Frame prices of agreements (TMF651) as the engine takes them: candidates of rank agreement for the customers who buy under it. Which agreements
 * count is decided here, by what is in memory, so that one that ends stops at once. Pure.
 */
import { exact, type Exact } from '../../platform/money.ts'
import { moneyValue, spanOf, type Candidate, type CompiledOffering } from './candidate.ts'
import { unitOf } from './circumstances.ts'
import type { ComponentKind } from './priced.ts'
import type { CompiledRule } from './rule.ts'

interface FramePriceDoc {
  id?: string
  name?: string
  productOffering?: { id: string }
  priceType: 'oneTime' | 'recurring' | 'usage'
  recurringChargePeriod?: string
  price?: { unit?: string; value?: number }
  percentage?: number
  fromQuantity?: number
  validFor?: { startDateTime?: string; endDateTime?: string }
}

/** What is read of an agreement. */
export interface AgreementDoc {
  id: string
  name?: string
  version?: string
  status?: string
  replaces?: { id: string }
  agreementPeriod?: { startDateTime?: string; endDateTime?: string }
  engagedParty?: readonly { id: string; role?: string }[]
  agreementItem?: readonly { productOffering?: readonly { id: string }[]; framePrice?: readonly FramePriceDoc[] }[]
}

/** Roles of those who buy under an agreement; others, such as a provider, a partner or who signs for somebody, only have a part in it. */
const BUYING: readonly string[] = ['customer', 'buyer', 'owner', 'orderer', 'client']

/** Who buys under an agreement: those in a buying role; where it names nobody so, those of whom it says no role. */
export const buyersOf = <Party extends { id: string; role?: string }>(engaged: readonly Party[] | undefined): Party[] => {
  const buyers = (engaged ?? []).filter(({ role }) => BUYING.includes((role ?? '').trim().toLowerCase()))
  return buyers.length > 0 ? buyers : (engaged ?? []).filter(({ role }) => (role ?? '').trim() === '')
}

interface Frame {
  doc: FramePriceDoc
  offeringIds: readonly string[]
  path: string
}

export interface CompiledAgreement {
  doc: AgreementDoc
  revision: number
  isApproved: boolean
  from: number
  until: number
  frames: readonly Frame[]
}

export const compileAgreement = (doc: AgreementDoc, revision: number): CompiledAgreement => {
  const isApproved = doc.status === 'approved'
  const frames = (doc.agreementItem ?? []).flatMap((item, at) =>
    (item.framePrice ?? []).map((one, index): Frame => ({ doc: one, offeringIds: one.productOffering ? [one.productOffering.id] : (item.productOffering ?? []).map(of => of.id), path: `agreement/${doc.id}/agreementItem[${at}].framePrice[${index}]` })),
  )
  return { doc, revision, isApproved, ...spanOf(doc.agreementPeriod), frames: isApproved ? frames : [] }
}

export interface AgreementIndex {
  /** Some agreement has a frame price for one of these offerings: the customer has to be known then. */
  concerns: (offeringIds: Iterable<string>) => boolean
  /** Ids of the agreements that count now for a customer: those that its record names, and those under which one of the parties buys. What is known here and does not count goes. */
  inForce: (named: Iterable<string>, parties: readonly (string | undefined)[], at: number) => string[]
  /** The offering with the frame prices of these agreements; itself where there are none. */
  framed: (offering: CompiledOffering, agreementIds: ReadonlySet<string>) => CompiledOffering
}

const ruleOf = (text: string, matches: CompiledRule['matches']): CompiledRule => ({ text, rank: 'agreement', needs: new Set(['customer']), matches })

/** From a quantity on: of the offering in all lines that are priced together, so that ten sites with one each are ten. */
const fromQuantity = (least: number): CompiledRule => ruleOf(`from a quantity of ${least}`, (_c, item, cart) => (cart.ordered?.(item.offeringId) ?? item.quantity.toNumber()) >= least)

const isLike = (own: Candidate, { priceType, recurringChargePeriod }: FramePriceDoc): boolean =>
  own.kind === priceType && (priceType !== 'recurring' || recurringChargePeriod === undefined || (own.recurring?.count === 1 && own.recurring.unit === unitOf(recurringChargePeriod)))

const scaled = (own: Candidate, share: Exact): Pick<Candidate, 'unit' | 'tiers' | 'tariff'> => ({
  unit: own.unit.times(share),
  tiers: own.tiers.map(tier => ({ ...tier, price: tier.price.times(share) })),
  ...(own.tariff && { tariff: { ...own.tariff, tiers: own.tariff.tiers.map(tier => ({ ...tier, price: exact(tier.price).times(share).toString() })) } }),
})

const fixed = (own: Candidate, unit: Exact): Pick<Candidate, 'unit' | 'tiers' | 'tariff'> => ({
  unit,
  tiers: [],
  ...(own.tariff && { tariff: { ...own.tariff, mode: 'volume' as const, tiers: [{ from: '0', price: unit.toString() }] } }),
})

const candidatesOf = (agreement: CompiledAgreement, frame: Frame, offering: CompiledOffering): Candidate[] => {
  const { doc, revision } = agreement
  const name = doc.name ?? doc.id
  const rules = [ruleOf(`agreement ${name}, version ${doc.version ?? '1'}`, c => c.agreement.has(doc.id)), ...((frame.doc.fromQuantity ?? 1) > 1 ? [fromQuantity(frame.doc.fromQuantity ?? 1)] : [])]
  const span = spanOf(frame.doc.validFor)
  const own = offering.slots.flatMap(slot => slot.candidates).filter(one => one.listType === 'DEFAULT' && isLike(one, frame.doc))
  const common = {
    listType: 'DEFAULT' as const,
    from: Math.max(span.from, agreement.from),
    until: Math.min(span.until, agreement.until),
    discounts: [],
    isGoods: false,
    past: [],
    restsOn: [['agreement', doc.id, revision] as const],
  }
  const sourceOf = (price?: Candidate): Candidate['source'] => ({
    offering: offering.pin,
    ...(price?.source.price && { price: price.source.price }),
    agreement: { id: doc.id, revision, name, version: doc.version ?? '1', item: frame.path.slice(frame.path.indexOf('agreementItem')) },
    path: frame.path,
  })
  if (frame.doc.percentage !== undefined) {
    const share = exact(100).minus(exact(frame.doc.percentage)).dividedBy(100)
    return own.map(one => ({ ...one, ...common, ...scaled(one, share), source: sourceOf(one), rules: [...one.rules, ...rules], from: Math.max(common.from, one.from), until: Math.min(common.until, one.until) }))
  }
  const amount = moneyValue(frame.doc.price)
  if (!amount) return []
  const [like] = own.filter(one => one.currency === amount.currency)
  const { priceId: _price, ...inPlace } = like ?? ({} as Partial<Candidate>)
  const kind: ComponentKind = frame.doc.priceType
  // Taxed, called and charged as the price that it stands in for; where there is none it is a charge of its own.
  const shape = like ? inPlace : { kind, name: frame.doc.name ?? offering.pin.name ?? offering.pin.id, taxIncluded: false, tax: [], tiers: [], ...(kind === 'recurring' && { recurring: { unit: unitOf(frame.doc.recurringChargePeriod ?? 'month'), count: 1 } }) }
  return [
    {
      ...(shape as Candidate),
      ...common,
      ...(like?.priceId !== undefined && { priceId: like.priceId }),
      ...(like ? fixed(like, amount.value) : { unit: amount.value }),
      currency: amount.currency,
      terms: [],
      uses: undefined,
      source: sourceOf(like),
      rules,
    },
  ]
}

const NONE: ReadonlySet<string> = new Set()

export const indexAgreements = (agreements: ReadonlyMap<string, CompiledAgreement>): AgreementIndex => {
  const byParty = new Map<string, string[]>()
  const byOffering = new Map<string, Set<string>>()
  const replaced = new Set<string>()
  for (const [id, one] of agreements) {
    if (!one.isApproved) continue
    // Between the approval of a version and the end of the one before it only the newer counts.
    if (one.doc.replaces) replaced.add(one.doc.replaces.id)
    for (const party of buyersOf(one.doc.engagedParty)) byParty.set(party.id, [...(byParty.get(party.id) ?? []), id])
    for (const frame of one.frames) for (const offering of frame.offeringIds) byOffering.set(offering, (byOffering.get(offering) ?? new Set()).add(id))
  }
  const counts = (id: string, at: number): boolean => {
    const one = agreements.get(id)
    return one?.isApproved === true && !replaced.has(id) && at >= one.from && at < one.until
  }
  /** Whether it engages the customer, and in no role that buys: a record that names it says no more than that. */
  const sellsOnly = (id: string, parties: readonly (string | undefined)[]): boolean => {
    const engaged = agreements.get(id)?.doc.engagedParty
    return engaged?.some(one => parties.includes(one.id)) === true && !buyersOf(engaged).some(one => parties.includes(one.id))
  }
  return {
    concerns: ids => {
      if (byOffering.size > 0) for (const id of ids) if (byOffering.has(id)) return true
      return false
    },
    inForce: (named, parties, at) => [
      ...new Set([
        ...[...named].filter(id => !agreements.has(id) || (counts(id, at) && !sellsOnly(id, parties))),
        ...parties.flatMap(party => (party === undefined ? [] : (byParty.get(party) ?? []))).filter(id => counts(id, at)),
      ]),
    ],
    framed: (offering, ids) => {
      const some = byOffering.get(offering.pin.id) ?? NONE
      if (some.size === 0 || ids.size === 0) return offering
      const frames = [...ids].filter(id => some.has(id)).sort().flatMap(id => {
        const agreement = agreements.get(id)
        return agreement === undefined ? [] : agreement.frames.filter(one => one.offeringIds.includes(offering.pin.id)).flatMap(one => candidatesOf(agreement, one, offering))
      })
      return frames.length === 0 ? offering : { ...offering, entries: [...offering.entries, ...frames] }
    },
  }
}

/** Prices of an offering in the form that the engine computes with: one candidate for each price that could be taken, discounts beside them. */
import { money, type Exact } from '../../platform/money.ts'
import type { LoadedPrice, Pin } from '../catalog/index.ts'
import type { ComponentKind, PriceSource, Tariff } from './priced.ts'
import type { Term } from './price-request.ts'
import type { CompiledRule } from './rule.ts'
import type { CompiledTier } from './tariff.ts'

export type ListType = 'DEFAULT' | 'OVERRIDE' | 'SALE'

/** An amount that a price had once, in business time. */
export interface PastAmount {
  unit: Exact
  from: number
  until: number
}

export interface Candidate {
  listType: ListType
  source: PriceSource
  kind: ComponentKind
  name: string
  currency: string
  unit: Exact
  tiers: readonly CompiledTier[]
  taxIncluded: boolean
  tax: { category?: string; rate?: string }[]
  recurring?: { unit: string; count: number; until?: Term }
  per?: { amount: number; units: string }
  tariff?: Tariff
  /** The commitments that it is for, as termKey; for every one, and none, when empty. */
  terms: readonly string[]
  /** The characteristic values that it is for. */
  uses: Pick<LoadedPrice['doc'], 'prodSpecCharValueUse'> | undefined
  /** Milliseconds; the end does not belong to it. */
  from: number
  until: number
  rules: readonly CompiledRule[]
  discounts: readonly CatalogDiscount[]
  /** A sale of goods: consumer law wants the lowest price of the 30 days before. */
  isGoods: boolean
  /** Amounts before the present one, oldest first; empty where they were not asked for. */
  past: readonly PastAmount[]
  /** Its catalog price's id, and those that it is an alternative to. */
  priceId?: string
  /** Resource, id and revision that it rests on. */
  restsOn: readonly (readonly [string, string, number])[]
}

/** A discount that the catalog itself gives. */
export interface CatalogDiscount {
  name: string
  source: PriceSource
  priority: number
  percentage?: Exact
  /** The same as a factor: 0.1. */
  share?: Exact
  /** Per unit and charge. */
  amount?: { value: Exact; currency: string }
  duration?: Term
  uses: Candidate['uses']
  from: number
  until: number
}

/** A discount that stands beside the charges of an offering, and which of them it is on. */
export interface ListedDiscount extends CatalogDiscount {
  isRecurring: boolean
}

/** One charge of the offering: the prices of which one is taken. */
export interface Slot {
  key: string
  priceId?: string
  candidates: readonly Candidate[]
}

export interface CompiledOffering {
  pin: Pin
  category: readonly string[]
  /** What promotions for it are found by. */
  keys: readonly string[]
  specificationId?: string
  /** Its only commitment, which counts when none is chosen. */
  term?: Term
  slots: readonly Slot[]
  /** Of price lists, to be put beside the slots. */
  entries: readonly Candidate[]
  listed: readonly ListedDiscount[]
  /** Prices in the catalog without an amount: the offering has no price while one of them applies. */
  incomplete: readonly { name: string; why: string; from: number; until: number }[]
  /** What it was made from. */
  restsOn: readonly (readonly [string, string, number])[]
}

export const spanOf = (period: { startDateTime?: string; endDateTime?: string } | undefined): { from: number; until: number } => ({
  from: period?.startDateTime === undefined ? -Infinity : Date.parse(period.startDateTime),
  until: period?.endDateTime === undefined ? Infinity : Date.parse(period.endDateTime),
})

export const holdsAt = (span: { from: number; until: number }, at: number): boolean => at >= span.from && at < span.until

/** What replaces what: a charge of a kind, with a cadence or a unit of usage. */
export const slotKey = (kind: ComponentKind, recurring: { unit: string; count: number } | undefined, per: { units: string } | undefined): string =>
  [kind, recurring?.unit ?? '', recurring?.count ?? '', per?.units ?? ''].join(' ')

export const moneyValue = (amount: { unit?: string; value?: number } | undefined): { value: Exact; currency: string } | undefined =>
  amount?.unit !== undefined && amount.value !== undefined ? { value: money(amount.value, amount.unit).amount, currency: amount.unit } : undefined

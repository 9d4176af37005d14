/** What the price engine is asked: items, and the circumstances that a price may depend on. */
import type { LoadedOffering } from '../catalog/index.ts'

/** A length of time: 24 months. */
export interface Term {
  amount: number
  /** day, week, month, quarter, year; also in the plural. */
  units: string
}

/** A discount that a person or a rule outside the price engine gives: a care agent's, an approved quote's. Who may give how much is decided there. */
export interface Adjustment {
  id: string
  name: string
  /** Percent off, or an amount off the whole line; one of the two. Decimal text or number. */
  percentage?: number | string
  amount?: { unit: string; value: number | string }
  /** Which charges it is on; recurring and one-time when left out. */
  on?: 'oneTime' | 'recurring' | 'deposit'
  /** How long it lasts on a recurring charge, from its start. */
  duration?: Term
}

export interface PricingItem {
  /** Unique in the request; the answer's lines carry it. */
  id: string
  offeringId: string
  /** Default 1. Of a child of a bundle: how many in all, not for each bundle. */
  quantity?: number | string
  /** Chosen characteristic values by name. */
  characteristic?: Readonly<Record<string, unknown>>
  /** The commitment that was chosen; the offering's own when it has just one. */
  term?: Term
  /** The id of the item of the bundle that it is inside of. */
  partOf?: string
  adjustment?: readonly Adjustment[]
  /** Kinds of charges that are not made: what is there already and changes is not connected again. */
  omit?: readonly ('oneTime' | 'deposit')[]
}

/** Something that the customer has. */
export interface ExistingProduct {
  offeringId?: string
  specificationId?: string
  status?: string
}

/** Where it is used. Of a place that is known here (address, site) the areas that it lies in and its country, for tax, are looked up. */
export interface PricingPlace {
  id?: string
  within?: readonly string[]
  country?: string
}

export interface PricingRequest {
  item: readonly PricingItem[]
  /** Business time; now when left out. */
  at?: Date
  /** ISO 4217. Left out, all that is asked for must have prices in one currency: it is never guessed. */
  currency?: string
  /** Id of the TMF629 customer. Its segments, agreements and products are looked up when a price depends on them. */
  customerId?: string
  /** Facts that are known already or supposed (what would this segment pay); they are added to those that are looked up. */
  segment?: readonly string[]
  agreement?: readonly string[]
  product?: readonly ExistingProduct[]
  /** The request's channel when left out. */
  channel?: string
  market?: string
  place?: PricingPlace
  /** Tax jurisdiction; else the place's country. */
  jurisdiction?: string
  /** Codes that the customer entered. */
  promotionCode?: readonly string[]
  /** The order that is priced again: what it has used of budgets and limits itself does not count against it. */
  orderId?: string
}

export interface PricingOptions {
  /** Offerings that the caller has read itself: they are priced as they were read, not as the snapshot has them. */
  offerings?: ReadonlyMap<string, LoadedOffering>
  /** Told every revision that the prices rest on (Work.rely of a create). */
  rely?: (resource: string, id: string, revision: number) => void
  /** The snapshot is first brought up to what is committed. */
  fresh?: boolean
}

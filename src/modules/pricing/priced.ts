/** What the price engine answers. Amounts are decimal text in the currency named beside them. */
import type { Pin } from '../catalog/index.ts'
import type { Term } from './price-request.ts'
import type { PromotionCodeResult } from './promotion-code.ts'

export type ComponentKind = 'oneTime' | 'recurring' | 'usage' | 'deposit' | 'penalty'

/** Where an amount comes from: a price of the catalog, an entry of a price list, or a place in the offering that carries it by value. */
export interface PriceSource {
  offering: Pin
  /** The catalog price, when it has one of its own. */
  price?: Pin
  /** The price list and its entry; left out for the offering's own prices, which are the default list. */
  list?: Pin
  entry?: Pin
  /** The agreement whose frame price it is, and which of its items. */
  agreement?: Pin & { item: string }
  /** Where the offering names or carries it: `productOfferingPrice[0]`. */
  path: string
}

/** A discount on a charge. It applies to what the ones before it left. */
export interface PricedAlteration {
  name: string
  /** catalog: part of the offer itself; promotion: TMF671; adjustment: given by a person. */
  origin: 'catalog' | 'promotion' | 'adjustment'
  source: PriceSource
  /** Promotion or adjustment that it is from. */
  id?: string
  percentage?: string
  /** Off the whole line, as far as there was that much. */
  amount?: string
  /** How long it lasts, counted from the start of the charge; as long as the charge when left out. */
  duration?: Term
  /** What it takes off the line, unrounded. */
  reduction: string
}

/** A part of a tariff: the price of a unit from `from` on. */
export interface Tier {
  from: string
  price: string
}

/** What usage costs. Priced when it is used: `usageCharge`. */
export interface Tariff {
  /** The price is for so much. */
  per: { amount: number; units: string }
  mode: 'graduated' | 'volume'
  tiers: Tier[]
  /** So much of it is free in each period. */
  allowance?: string
}

/** A price that was considered and lost, or won. */
export interface ConsideredPrice {
  source: PriceSource
  listType: 'DEFAULT' | 'OVERRIDE' | 'SALE'
  unitAmount: string
  /** What its most specific rule is about; `list` for a price that has none. */
  rank: PriceRank
  /** The rules that matched, in words. */
  rules: string[]
}
export type PriceRank = 'agreement' | 'customer' | 'segment' | 'placeAndChannel' | 'list'

export interface ComponentTax {
  category: string
  jurisdiction?: string
  /** Percent. */
  rate: string
  /** table: the rate table; price: the rate that the catalog price names; none: nobody names one, so it is 0. */
  from: 'table' | 'price' | 'none'
}

export interface PricedComponent {
  kind: ComponentKind
  name: string
  source: PriceSource
  currency: string
  unitAmount: string
  quantity: string
  /** unitAmount × quantity, before discounts, unrounded. */
  amount: string
  alterations: PricedAlteration[]
  /** After discounts, unrounded. */
  net: string
  /** Whether the amounts contain the tax. */
  taxIncluded: boolean
  /** As the price names it; `taxed` is what holds. */
  tax: { category?: string; rate?: string }[]
  taxed: ComponentTax
  /** `net` rounded to the minor unit, without tax; the tax; and both together. */
  taxExcludedAmount: string
  taxAmount: string
  taxIncludedAmount: string
  /** Recurring: charged every `count` `unit`s, until it has been for `until` (as long as the product lives when left out). */
  recurring?: { unit: string; count: number; until?: Term }
  /** Usage: the amount is for so much of it. */
  per?: { amount: number; units: string }
  tariff?: Tariff
  /** The unit price that may be shown as the former one: of the OVERRIDE list if one holds, else the default. Never a sale's. */
  was?: string
  /** For goods on sale: the lowest unit price of the 30 days before the reduction began (Directive 98/6/EC, article 6a). */
  lowestPrice30Days?: string
  /** Which prices there were, the one that was taken first, and which rules of it matched. */
  considered: ConsideredPrice[]
}

export interface PricedLine {
  /** The item's id. */
  id: string
  offering: Pin
  quantity: string
  component: PricedComponent[]
}

/** Sum of components of one kind, period and currency, each rounded before. Usage and penalties are not in it: they are not due yet. */
export interface PriceTotal {
  kind: ComponentKind
  recurring?: { unit: string; count: number }
  currency: string
  taxExcludedAmount: string
  taxAmount: string
  taxIncludedAmount: string
}

export interface AppliedPromotion {
  id: string
  revision: number
  name: string
  /** What it takes off in all, on recurring charges for as many periods as it lasts (one, when it lasts as long as the charge): this is counted against its budget when the order is placed. */
  reduction: string
  currency: string
  /** Ids of the lines that it is on. */
  line: string[]
  /** It has a budget or a limit: it is counted once the order is placed. */
  limited: boolean
  /** Promised by whoever agreed the prices: counted, whatever is left. */
  promised?: boolean
  /** What is given beside the price: data, a voucher, bonus points. */
  award?: { actionType: string; actionValue?: string; entityId?: string }[]
}

export type PricingFaultCode = 'offeringUnknown' | 'currencyAmbiguous' | 'noPriceInCurrency' | 'priceIncomplete' | 'invalidQuantity'

/** Why an item has no price. */
export interface PricingFault {
  itemId: string
  offeringId: string
  code: PricingFaultCode
  message: string
}

export interface PricingAnswer {
  /** Position of the last event that the snapshot of the catalog knows of. */
  version: number
  /** Business time that it was priced for. */
  at: string
  /** In the request's order; an item with a fault has none. */
  line: PricedLine[]
  total: PriceTotal[]
  promotion: AppliedPromotion[]
  /** Where codes were entered: what each did, or why nothing. */
  promotionCodeResult?: PromotionCodeResult[]
  fault: PricingFault[]
  /** Conditions that could not be evaluated, such as one that reads a characteristic that was not chosen: they do not match. */
  failedCondition?: { condition: string; message: string }[]
}

/** Whether a price of an offering applies: valid now, in use, and meant for the chosen characteristic values. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { IN_USE } from './lifecycle.ts'
import type { LoadedOffering, LoadedPrice } from './offering-loader.ts'

export type PriceEntry = LoadedOffering['prices'][number]

/** Values of characteristics that the buyer chose, by name. */
export type Chosen = Readonly<Record<string, unknown>>

interface Period {
  startDateTime?: string
  endDateTime?: string
}

/** Within the period; the start belongs to it, the end does not. */
export const within = (period: Period | undefined, at: Date): boolean =>
  (period?.startDateTime === undefined || at.getTime() >= Date.parse(period.startDateTime)) && (period?.endDateTime === undefined || at.getTime() < Date.parse(period.endDateTime))

const spelled = (priceType: string | undefined): string => (priceType ?? '').toLowerCase().replace(/[^a-z]/g, '')

export type ChargeKind = 'oneTime' | 'recurring' | 'usage'
export type PriceKind = ChargeKind | 'deposit' | 'penalty' | 'discount' | 'other'

/** What a price is. The definition leaves priceType open, so common spellings count: `one time`, `oneTimeCharge`, `Recurring` … */
export function priceKind(price: { priceType?: string; recurringChargePeriodType?: string; recurringChargePeriod?: string }): PriceKind {
  const type = spelled(price.priceType)
  if (/discount|allowance|rebate|promotion/.test(type)) return 'discount'
  if (type.startsWith('recurring')) return 'recurring'
  if (type.startsWith('usage')) return 'usage'
  if (/deposit/.test(type)) return 'deposit'
  if (/penalty|termination/.test(type)) return 'penalty'
  if (/^(onetime|nonrecurring|setup|activation|fee)/.test(type)) return 'oneTime'
  if (type !== '') return 'other'
  return price.recurringChargePeriodType !== undefined || price.recurringChargePeriod !== undefined ? 'recurring' : 'oneTime'
}

const isScalar = (value: unknown): value is string | number | boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** Is the chosen value the one wanted, or inside the range wanted? `250` and `"250"` are the same choice. */
export const matches = (wanted: { value?: unknown; valueFrom?: number; valueTo?: number; rangeInterval?: string }, chosen: unknown): boolean => {
  if (wanted.value !== undefined) return isDeepStrictEqual(wanted.value, chosen) || (isScalar(wanted.value) && isScalar(chosen) && String(wanted.value) === String(chosen))
  if (wanted.valueFrom === undefined && wanted.valueTo === undefined) return true
  const number = Number(chosen)
  if (chosen === undefined || chosen === null || Number.isNaN(number)) return false
  const interval = (wanted.rangeInterval ?? 'closed').toLowerCase()
  const low = interval === 'open' || interval === 'closedtop' ? number > (wanted.valueFrom ?? -Infinity) : number >= (wanted.valueFrom ?? -Infinity)
  const high = interval === 'open' || interval === 'closedbottom' ? number < (wanted.valueTo ?? Infinity) : number <= (wanted.valueTo ?? Infinity)
  return low && high
}

/** Every characteristic that the price is for has one of the values that it names. A price that names none is for all. */
export const meantFor = (price: LoadedPrice['doc'], chosen: Chosen): boolean =>
  (price.prodSpecCharValueUse ?? []).every(use => {
    const values = use.productSpecCharacteristicValue ?? []
    return use.name === undefined || values.length === 0 || values.some(value => matches(value, chosen[use.name!]))
  })

/** In use and valid at that time. */
export const inForce = (price: { lifecycleStatus?: string; validFor?: Period }, at: Date, byValue = false): boolean =>
  (price.lifecycleStatus === undefined ? byValue : IN_USE.includes(price.lifecycleStatus)) && within(price.validFor, at)

/** Does this entry of an offering's prices charge something at that time? Without `chosen`, what it is meant for is not asked. */
export function applies(entry: PriceEntry, at: Date, chosen?: Chosen): boolean {
  if (entry.kind === 'value') return priceKind(entry.value) !== 'discount' && inForce(entry.value, at, true)
  const { doc } = entry.price
  return priceKind(doc) !== 'discount' && inForce(doc, at) && (chosen === undefined || meantFor(doc, chosen))
}

/** Does the offering list any charge at all? One that lists none is free. */
export const hasCharges = (offering: LoadedOffering): boolean => offering.prices.some(entry => priceKind(entry.kind === 'value' ? entry.value : entry.price.doc) !== 'discount')

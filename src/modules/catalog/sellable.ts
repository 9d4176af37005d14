/** Whether an offering can be bought now, and if not, every reason why (DOMAIN: only Launched, within validFor). Pure. */
import { IN_USE } from './lifecycle.ts'
import { applies, hasCharges } from './price-applies.ts'
import { groupsOutOfLimits, mostOf, placedChildren, rangeInWords } from './choice-groups.ts'
import type { LoadedOffering } from './offering-loader.ts'

export interface NotSellable {
  code: 'notLaunched' | 'notYetValid' | 'noLongerValid' | 'onlyInBundle' | 'childNotSellable' | 'childMissing' | 'noValidPrice' | 'quantityOutOfLimits' | 'groupOutOfLimits' | 'notInBundle' | 'valueNotAllowed' | 'valueMissing' | 'characteristicUnknown'
  message: string
  /** The offering that the reason is about: the one asked for, or one inside it. */
  offeringId: string
  /** What of the product it is about, as `productCharacteristic[1].name`. */
  attribute?: string
}

/** An offering in messages. */
export const named = (offering: LoadedOffering): string => (offering.doc.name === undefined ? offering.pin.id : `${offering.doc.name} (${offering.pin.id})`)

const whyNot = (entry: LoadedOffering['prices'][number]): string => {
  if (entry.kind === 'value') return `${entry.value.name ?? 'one inside the offering'} is out of its period`
  const { doc, pin } = entry.price
  const label = `${doc.name ?? 'price'} (${pin.id})`
  return IN_USE.includes(doc.lifecycleStatus ?? '') ? `${label} is out of its period, or of a kind that is not charged` : `${label} is ${doc.lifecycleStatus ?? 'without a status'}`
}

/** The reasons why an offering cannot be bought at that time; none when it can. */
export function isSellable(offering: LoadedOffering, now: Date, { insideBundle = false }: { insideBundle?: boolean } = {}): NotSellable[] {
  return reasonsOf(offering, now, insideBundle, new Set())
}

function reasonsOf(offering: LoadedOffering, now: Date, insideBundle: boolean, seen: Set<LoadedOffering>): NotSellable[] {
  const { doc } = offering
  const reasons: NotSellable[] = []
  const add = (code: NotSellable['code'], message: string, offeringId = offering.pin.id): void => {
    reasons.push({ code, message, offeringId })
  }
  if (doc.lifecycleStatus !== 'Launched') add('notLaunched', `Offering ${named(offering)} is ${doc.lifecycleStatus ?? 'without a status'}, and only Launched ones are on sale`)
  const { startDateTime, endDateTime } = doc.validFor ?? {}
  if (startDateTime !== undefined && now.getTime() < Date.parse(startDateTime)) add('notYetValid', `Offering ${named(offering)} is on sale from ${startDateTime}`)
  if (endDateTime !== undefined && now.getTime() >= Date.parse(endDateTime)) add('noLongerValid', `Offering ${named(offering)} was on sale until ${endDateTime}`)
  if (doc.isSellable === false && !insideBundle) add('onlyInBundle', `Offering ${named(offering)} is sold inside a bundle only`)
  if (hasCharges(offering) && !offering.prices.some(entry => applies(entry, now))) add('noValidPrice', `No price of offering ${named(offering)} can be charged now: ${offering.prices.map(whyNot).join('; ')}`)
  for (const child of offering.children) {
    // A child that several bundles inside this one share is asked once.
    if (child.lower === 0 || seen.has(child.offering)) continue
    seen.add(child.offering)
    for (const reason of reasonsOf(child.offering, now, true, seen)) add('childNotSellable', reason.message, reason.offeringId)
  }
  for (const group of offering.groups) {
    if (group.lower === 0) continue
    const upperOf = (id: string): number => {
      const child = offering.children.find(one => one.offering.pin.id === id)
      return child === undefined || reasonsOf(child.offering, now, true, new Set()).length > 0 ? 0 : child.upper
    }
    const most = mostOf(group, offering.groups, upperOf)
    if (most < group.lower) add('childNotSellable', `Bundle ${named(offering)} needs ${group.lower} of ${group.name}, and ${most === 0 ? 'none of these is on sale' : `no more than ${most} can be had now`}`)
  }
  const loaded = new Set(offering.children.map(child => child.offering.pin.id))
  for (const { child } of placedChildren(doc)) {
    if (child.id !== undefined && !loaded.has(child.id) && child.href === undefined) add('childMissing', `Bundle ${named(offering)} names offering ${child.id}, which does not exist`, child.id)
  }
  return reasons
}

/** What is wrong with a choice of children (offering id and how many): outside the limits, or not in the bundle at all. */
export function bundleChoiceReasons(bundle: LoadedOffering, chosen: readonly { offeringId: string; quantity: number }[]): NotSellable[] {
  const counts = new Map<string, number>()
  for (const one of chosen) counts.set(one.offeringId, (counts.get(one.offeringId) ?? 0) + one.quantity)
  const reasons: NotSellable[] = []
  for (const { group, count } of groupsOutOfLimits(bundle.groups, id => counts.get(id) ?? 0)) {
    reasons.push({ code: 'groupOutOfLimits', message: `Bundle ${named(bundle)} takes ${rangeInWords(group)} of ${group.name}, not ${count}`, offeringId: bundle.pin.id })
  }
  for (const { offering, lower, upper } of bundle.children) {
    const count = counts.get(offering.pin.id) ?? 0
    counts.delete(offering.pin.id)
    if (count >= lower && count <= upper) continue
    reasons.push({ code: 'quantityOutOfLimits', message: `Bundle ${named(bundle)} takes ${rangeInWords({ lower, upper })} of ${named(offering)}, not ${count}`, offeringId: offering.pin.id })
  }
  for (const id of counts.keys()) reasons.push({ code: 'notInBundle', message: `Offering ${id} is not in bundle ${named(bundle)}`, offeringId: id })
  return reasons
}

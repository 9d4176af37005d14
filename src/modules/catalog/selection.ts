/**
 * The configurator: a selection of offerings, completed and judged, with what can still be chosen and what follows from what was. One answer for
 * carts, quotes, orders and TMF760. Pure: asked again with one more choice it answers for that, so a page asks it after every click.
 */
import { presets, rulesOf } from './configuration.ts'
import type { LoadedOffering } from './offering-loader.ts'
import { EXCLUDES, findingsOf, related, REQUIRES, valuesOf } from './selection-findings.ts'
import { smallestFix } from './selection-fix.ts'
import { matches } from './price-applies.ts'
import type { CharacteristicChoice, Choice, ChoiceGroupState, Reason, SelectedItem, SelectionAnswer, SelectionRequest } from './selection-types.ts'

/** Bundles inside bundles; a bundle inside itself is a fault of the catalog. */
const MOST_LEVELS = 6
const MOST_ITEMS = 1000

/** Bundles with the parts that they get by themselves. */
const completed = ({ item: given, offerings, complete = 'empty' }: SelectionRequest): SelectedItem[] => {
  if (complete === 'nothing') return [...given]
  const ids = new Set(given.map(one => one.id))
  const items: SelectedItem[] = []
  const add = (item: SelectedItem, level: number): void => {
    if (items.length >= MOST_ITEMS) return
    items.push(item)
    const parts = given.filter(one => one.partOf === item.id)
    for (const part of parts) add(part, level + 1)
    const bundle = offerings.get(item.offeringId)
    if (bundle === undefined || level > MOST_LEVELS || (complete === 'empty' && parts.length > 0)) return
    let next = 0
    for (const part of bundle.children) {
      if (parts.some(one => one.offeringId === part.offering.pin.id)) continue
      const each = parts.length > 0 ? part.lower : Math.min(Math.max(part.preset, part.lower), part.upper)
      if (each < 1) continue
      do next += 1
      while (ids.has(`${item.id}.${next}`))
      ids.add(`${item.id}.${next}`)
      add({ id: `${item.id}.${next}`, offeringId: part.offering.pin.id, quantity: each * (item.quantity ?? 1), partOf: item.id, defaulted: true }, level + 1)
    }
  }
  const known = new Set(given.map(one => one.id))
  for (const item of given) if (item.partOf === undefined || !known.has(item.partOf)) add(item, 0)
  return items
}

const characteristicChoices = (item: SelectedItem | undefined, offering: LoadedOffering): CharacteristicChoice[] =>
  rulesOf(offering).map(rule => {
    const given = (item?.characteristic ?? []).filter(one => one.name === rule.name).map(one => one.value)
    const chosen = given.length > 0 ? given : presets(rule)
    return {
      name: rule.name,
      ...(rule.valueType !== undefined && { valueType: rule.valueType }),
      least: rule.least,
      ...(rule.most !== Number.MAX_SAFE_INTEGER && { most: rule.most }),
      configurable: rule.configurable,
      ...(rule.regex !== undefined && { regex: rule.regex }),
      chosen,
      defaulted: given.length === 0 && chosen.length > 0,
      value: rule.allowed.map(one => {
        const isSelected = chosen.some(value => matches(one, value))
        return {
          ...(one.value !== undefined && { value: one.value }),
          ...(one.valueFrom !== undefined && { valueFrom: one.valueFrom }),
          ...(one.valueTo !== undefined && { valueTo: one.valueTo }),
          ...(one.rangeInterval !== undefined && { rangeInterval: one.rangeInterval }),
          ...(one.regex !== undefined && { regex: one.regex }),
          isDefault: one.isDefault === true,
          isSelected,
          isSelectable: rule.configurable || isSelected,
        }
      }),
    }
  })

/** What the rest of the selection says of an offering. */
const saidOf = (offering: LoadedOffering, items: readonly SelectedItem[], { offerings, existing = [], now }: SelectionRequest): { required: Reason[]; excluded: Reason[] } => {
  const required: Reason[] = []
  const excluded: Reason[] = []
  const id = offering.pin.id
  const nameOf = (one: LoadedOffering): string => one.doc.name ?? one.pin.id
  for (const other of new Set([...items.map(one => one.offeringId), ...existing])) {
    if (other === id) continue
    const there = offerings.get(other)
    const isOwned = existing.includes(other)
    if (there !== undefined && !isOwned && related(there, REQUIRES, now).some(one => one.id === id)) required.push({ code: 'requiresOffering', message: `${nameOf(there)} needs ${nameOf(offering)}` })
    const rulesOut = there !== undefined && related(there, EXCLUDES, now).some(one => one.id === id)
    if (rulesOut || related(offering, EXCLUDES, now).some(one => one.id === other)) excluded.push({ code: 'excludedByOffering', message: `${nameOf(offering)} cannot be had together with ${there === undefined ? other : nameOf(there)}${isOwned ? ', which the customer has' : ''}` })
  }
  return { required, excluded }
}

/** The groups of a bundle that a part is in, the outer one first, and how many are chosen of each. */
const groupsAround = (id: string, bundle: LoadedOffering, parts: readonly SelectedItem[], times: number): ChoiceGroupState[] =>
  bundle.groups.flatMap(group =>
    group.members.includes(id)
      ? [{ id: group.id, name: group.name, lower: group.lower * times, ...(group.upper !== Number.MAX_SAFE_INTEGER && { upper: group.upper * times }), chosen: parts.reduce((sum, one) => sum + (group.members.includes(one.offeringId) ? (one.quantity ?? 1) : 0), 0) }]
      : [],
  )

const choiceOf = (item: SelectedItem, items: readonly SelectedItem[], request: SelectionRequest, level = 0): Choice => {
  const offering = request.offerings.get(item.offeringId)
  if (offering === undefined) return { itemId: item.id, offeringId: item.offeringId, name: item.offeringId, state: 'selected', quantity: item.quantity ?? 1, reason: [], characteristic: [], child: [] }
  const parts = items.filter(one => one.partOf === item.id)
  const times = item.quantity ?? 1
  const child = level > MOST_LEVELS ? [] : offering.children.flatMap(({ offering: part, lower, upper, preset }): Choice[] => {
    const group = groupsAround(part.pin.id, offering, parts, times)
    const limits = { lower: lower * times, preset: preset * times, ...(upper !== Number.MAX_SAFE_INTEGER && { upper: upper * times }), ...(group.length > 0 && { group }) }
    const full = group.find(one => one.upper !== undefined && one.chosen >= one.upper)
    const mine = parts.filter(one => one.offeringId === part.pin.id)
    const must: Reason[] = lower > 0 ? [{ code: 'bundleLimit', message: `${offering.doc.name ?? offering.pin.id} needs at least ${lower * times}` }] : []
    if (mine.length > 0) return mine.map(one => {
      const choice = choiceOf(one, items, request, level + 1)
      return { ...choice, ...limits, state: lower > 0 ? 'required' : choice.state, reason: [...must, ...choice.reason] }
    })
    const { required, excluded } = saidOf(part, items, request)
    if (full !== undefined) excluded.push({ code: 'groupLimit', message: `${offering.doc.name ?? offering.pin.id} takes at most ${full.upper} of ${full.name}` })
    const state = excluded.length > 0 ? 'excluded' : must.length + required.length > 0 ? 'required' : 'allowed'
    return [{ offeringId: part.pin.id, name: part.doc.name ?? part.pin.id, state, quantity: 0, ...limits, reason: [...excluded, ...must, ...required], characteristic: characteristicChoices(undefined, part), child: [] }]
  })
  const { required, excluded } = saidOf(offering, items, request)
  return {
    itemId: item.id,
    offeringId: item.offeringId,
    name: offering.doc.name ?? offering.pin.id,
    state: excluded.length > 0 ? 'excluded' : required.length > 0 ? 'required' : item.defaulted === true ? 'defaulted' : 'selected',
    quantity: item.quantity ?? 1,
    reason: [...excluded, ...required],
    characteristic: characteristicChoices(item, offering),
    child,
  }
}

/** Offerings outside of all bundles that something selected needs and that are not there. */
const missingChoices = (items: readonly SelectedItem[], request: SelectionRequest): Choice[] => {
  const there = new Set([...items.map(one => one.offeringId), ...(request.existing ?? [])])
  const wanted = new Map<string, Choice>()
  for (const item of items) {
    const offering = request.offerings.get(item.offeringId)
    if (offering === undefined) continue
    for (const other of related(offering, REQUIRES, request.now)) {
      if (there.has(other.id)) continue
      const known = request.offerings.get(other.id)
      wanted.set(other.id, { offeringId: other.id, name: known?.doc.name ?? other.name, state: 'required', quantity: 0, reason: [{ code: 'requiresOffering', message: `${offering.doc.name ?? offering.pin.id} needs ${other.name}` }], characteristic: known === undefined ? [] : characteristicChoices(undefined, known), child: [] })
    }
  }
  return [...wanted.values()]
}

/** Completes and judges a selection. */
export const configureSelection = (request: SelectionRequest): SelectionAnswer => {
  const items = completed(request)
  const finding = findingsOf(items, request)
  return {
    valid: finding.length === 0,
    possible: finding.every(one => one.incomplete),
    item: items.map(one => ({ ...one, quantity: one.quantity ?? 1, characteristic: valuesOf(one, request.offerings.get(one.offeringId)) })),
    choice: [...items.filter(one => one.partOf === undefined || !items.some(other => other.id === one.partOf)).map(one => choiceOf(one, items, request)), ...missingChoices(items, request)],
    finding,
    fix: finding.length === 0 ? [] : smallestFix(items, request, finding),
  }
}

/** What is wrong with a selection of offerings as it is: limits, values, what requires or excludes what. Pure. */
import { configure, objection, presets, rulesOf, unknownNames, type ChosenValue, type Rule } from './configuration.ts'
import { groupsOutOfLimits, rangeInWords } from './choice-groups.ts'
import type { LoadedOffering } from './offering-loader.ts'
import { within } from './price-applies.ts'
import { isSellable, named } from './sellable.ts'
import type { Finding, Fix, SelectedItem, SelectionRequest } from './selection-types.ts'

export const REQUIRES = /^(requires|dependsOn|prerequisite)/i
export const EXCLUDES = /^(excludes|incompatible)/i

export interface Related {
  id: string
  name: string
}

/** The offerings that one relates to in this way now. */
export const related = (offering: LoadedOffering, type: RegExp, now: Date): Related[] =>
  (offering.doc.productOfferingRelationship ?? []).flatMap(one => (one.id !== undefined && type.test(one.relationshipType ?? '') && within(one.validFor, now) ? [{ id: one.id, name: one.name ?? one.id }] : []))

type Asked = Pick<SelectionRequest, 'offerings' | 'existing' | 'now'>

const quantityOf = (item: SelectedItem): number => item.quantity ?? 1

const name = (offering: LoadedOffering): string => offering.doc.name ?? offering.pin.id

/** A value that the characteristic can have: its default, else the first that it lists. */
const possibleValue = (rule: Rule): unknown => presets(rule)[0] ?? rule.allowed.find(one => one.value !== undefined)?.value ?? rule.allowed.find(one => one.valueFrom !== undefined)?.valueFrom

const valueFindings = (item: SelectedItem, offering: LoadedOffering): Finding[] => {
  const chosen = item.characteristic ?? []
  const of = (code: Finding['code'], message: string, about: string, fix: Fix[], incomplete = false): Finding => ({ code, message, itemId: item.id, offeringId: offering.pin.id, about, incomplete, fix })
  const found = unknownNames(offering, chosen, item.had).map(({ at, name: unknown, message }): Finding => ({
    ...of('characteristicUnknown', message, unknown, [{ action: 'removeValue', itemId: item.id, characteristic: unknown, message: `take ${unknown.slice(0, 80)} off ${name(offering)}` }]), value: { at, part: 'name' },
  }))
  const set = (rule: Rule): Fix[] => {
    const value = possibleValue(rule)
    return value === undefined ? [] : [{ action: 'setValue', itemId: item.id, characteristic: rule.name, value, message: `set ${rule.name} of ${name(offering)} to ${JSON.stringify(value)}` }]
  }
  const rules = rulesOf(offering)
  for (const rule of rules) {
    const given = chosen.filter(one => one.name === rule.name)
    for (const one of given) {
      const why = objection(rule, one.value)
      if (why !== undefined) found.push({ ...of('valueNotAllowed', `${rule.name} of ${named(offering)} ${why}`, rule.name, set(rule)), value: { at: chosen.indexOf(one), part: 'value' } })
    }
    if (given.length > rule.most) found.push(of('valueNotAllowed', `${rule.name} of ${named(offering)} takes at most ${rule.most} values, not ${given.length}`, rule.name, set(rule)))
    if (given.length > 0 ? given.length < rule.least : presets(rule).length < rule.least) found.push(of('valueMissing', `${rule.name} of ${named(offering)} has to be chosen`, rule.name, set(rule), true))
  }
  return [...found, ...relatedValues(item, offering, rules, of)]
}

/** Characteristics of a specification that need or rule out each other. */
const relatedValues = (item: SelectedItem, offering: LoadedOffering, rules: readonly Rule[], of: (code: Finding['code'], message: string, about: string, fix: Fix[], incomplete?: boolean) => Finding): Finding[] => {
  const has = (one: string): boolean => (item.characteristic ?? []).some(given => given.name === one && given.value !== undefined && given.value !== null)
  return (offering.specification?.doc.productSpecCharacteristic ?? []).flatMap(one => {
    if (one.name === undefined || !has(one.name)) return []
    const mine = one.name
    return (one.productSpecCharRelationship ?? []).flatMap((relation): Finding[] => {
      const other = relation.name ?? offering.specification?.doc.productSpecCharacteristic?.find(each => each.id !== undefined && each.id === relation.id)?.name
      if (other === undefined) return []
      if (EXCLUDES.test(relation.relationshipType ?? '') && has(other)) return [of('excludedByCharacteristic', `${mine} and ${other} of ${named(offering)} cannot both be chosen`, other, [])]
      if (!REQUIRES.test(relation.relationshipType ?? '') || has(other)) return []
      const rule = rules.find(each => each.name === other)
      if (rule !== undefined && presets(rule).length > 0) return []
      const value = rule && possibleValue(rule)
      return [of('requiresCharacteristic', `${mine} of ${named(offering)} needs ${other}`, other, value === undefined ? [] : [{ action: 'setValue', itemId: item.id, characteristic: other, value, message: `set ${other} of ${name(offering)} to ${JSON.stringify(value)}` }], true)]
    })
  })
}

const removal = (item: SelectedItem, offering: LoadedOffering | undefined): Fix => ({ action: 'remove', itemId: item.id, message: `take out ${offering === undefined ? item.offeringId : name(offering)}` })

const bundleFindings = (item: SelectedItem, bundle: LoadedOffering, parts: readonly SelectedItem[]): Finding[] => {
  const found: Finding[] = []
  const times = quantityOf(item)
  for (const part of bundle.children) {
    const mine = parts.filter(one => one.offeringId === part.offering.pin.id)
    const count = mine.reduce((sum, one) => sum + quantityOf(one), 0)
    const [lower, upper] = [part.lower * times, part.upper === Number.MAX_SAFE_INTEGER ? part.upper : part.upper * times]
    if (count >= lower && count <= upper) continue
    const wanted = count < lower ? lower : upper
    const last = mine.at(-1)
    const fix: Fix[] =
      last === undefined
        ? [{ action: 'add', offeringId: part.offering.pin.id, quantity: lower, partOf: item.id, message: `add ${lower} of ${name(part.offering)} to ${name(bundle)}` }]
        : quantityOf(last) + wanted - count > 0
          ? [{ action: 'setQuantity', itemId: last.id, quantity: quantityOf(last) + wanted - count, message: `have ${wanted} of ${name(part.offering)} in ${name(bundle)}` }]
          : [removal(last, part.offering)]
    found.push({
      code: 'quantityOutOfLimits',
      message: count < lower ? `${name(bundle)} needs at least ${lower} of ${name(part.offering)}, there ${count === 1 ? 'is' : 'are'} ${count}` : `${name(bundle)} takes at most ${upper} of ${name(part.offering)}, there are ${count}`,
      itemId: item.id, offeringId: part.offering.pin.id, incomplete: count < lower, fix,
    })
  }
  found.push(...groupFindings(item, bundle, parts))
  for (const one of parts) {
    if (bundle.children.some(part => part.offering.pin.id === one.offeringId)) continue
    found.push({ code: 'notInBundle', message: `offering ${one.offeringId} is not a part of ${name(bundle)}`, itemId: one.id, offeringId: one.offeringId, about: bundle.pin.id, incomplete: false, fix: [removal(one, undefined)] })
  }
  return found
}

/** Too few or too many of a group. Too few: each of its offerings that can be had so often is a way to mend it. */
const groupFindings = (item: SelectedItem, bundle: LoadedOffering, parts: readonly SelectedItem[]): Finding[] => {
  const partsOf = (id: string): SelectedItem[] => parts.filter(one => one.offeringId === id)
  const countOf = (id: string): number => partsOf(id).reduce((sum, one) => sum + quantityOf(one), 0)
  const times = quantityOf(item)
  return groupsOutOfLimits(bundle.groups, countOf, times).map(({ group, count, lower, upper }): Finding => {
    const members = bundle.children.filter(child => group.members.includes(child.offering.pin.id))
    const few = count < lower
    const fix = members.flatMap(({ offering, lower: least, upper: most }): Fix[] => {
      const [id, have] = [offering.pin.id, countOf(offering.pin.id)]
      const last = partsOf(id).at(-1)
      // As near to the limit of the group as its own allow.
      const wanted = few ? Math.min(have + lower - count, most * times) : Math.max(have + upper - count, least * times)
      if (wanted === have) return []
      if (last === undefined) return [{ action: 'add', offeringId: id, quantity: wanted, partOf: item.id, message: `add ${wanted} of ${name(offering)} to ${name(bundle)}` }]
      const left = quantityOf(last) + wanted - have
      return [left > 0 ? { action: 'setQuantity', itemId: last.id, quantity: left, message: `have ${wanted} of ${name(offering)} in ${name(bundle)}` } : removal(last, offering)]
    })
    return {
      code: 'groupOutOfLimits', about: group.id, itemId: item.id, offeringId: bundle.pin.id, incomplete: few, fix,
      message: `${name(bundle)} takes ${rangeInWords({ lower, upper })} of ${group.name}, there ${count === 1 ? 'is' : 'are'} ${count}`,
    }
  })
}

const relationFindings = (item: SelectedItem, offering: LoadedOffering, items: readonly SelectedItem[], { existing = [], offerings, now }: Asked): Finding[] => {
  const had = new Set(existing)
  const there = (id: string): SelectedItem | undefined => items.find(one => one.offeringId === id && one.id !== item.id)
  const of = { itemId: item.id, offeringId: offering.pin.id }
  const missing = related(offering, REQUIRES, now).flatMap((other): Finding[] =>
    there(other.id) !== undefined || had.has(other.id)
      ? []
      : [{ ...of, code: 'requiresOffering', about: other.id, message: `${name(offering)} needs ${other.name}`, incomplete: true, fix: [{ action: 'add', offeringId: other.id, quantity: 1, message: `add ${other.name}` }, removal(item, offering)] }],
  )
  const excluded = related(offering, EXCLUDES, now).flatMap((other): Finding[] => {
    const beside = there(other.id)
    if (beside === undefined && !had.has(other.id)) return []
    return [{ ...of, code: 'excludedByOffering', about: other.id, message: `${name(offering)} cannot be had together with ${other.name}${beside === undefined ? ', which the customer has' : ''}`, incomplete: false, fix: [...(beside === undefined ? [] : [removal(beside, offerings.get(other.id))]), removal(item, offering)] }]
  })
  // What the customer has rules out as well.
  const ruledOut = [...had].flatMap((id): Finding[] => {
    const owned = offerings.get(id)
    if (owned === undefined || id === offering.pin.id || !related(owned, EXCLUDES, now).some(other => other.id === offering.pin.id)) return []
    return [{ ...of, code: 'excludedByOffering', about: id, message: `${name(offering)} cannot be had together with ${name(owned)}, which the customer has`, incomplete: false, fix: [removal(item, offering)] }]
  })
  return [...missing, ...excluded, ...ruledOut]
}

/** Every finding, in the order of the items. Two that say the same of one pair are one. */
export const findingsOf = (items: readonly SelectedItem[], asked: Asked): Finding[] => {
  const seen = new Set<string>()
  const found = items.flatMap(item => {
    const offering = asked.offerings.get(item.offeringId)
    if (offering === undefined) return item.defaulted === true ? [] : [{ code: 'offeringUnknown' as const, message: `offering ${item.offeringId.slice(0, 80)} does not exist`, itemId: item.id, offeringId: item.offeringId, incomplete: false, fix: [removal(item, undefined)] }]
    const parts = items.filter(one => one.partOf === item.id)
    const sellable = isSellable(offering, asked.now, { insideBundle: item.partOf !== undefined }).map((reason): Finding => ({ code: 'notSellable', message: reason.message, itemId: item.id, offeringId: reason.offeringId, incomplete: false, fix: [removal(item, offering)] }))
    return [...sellable, ...(offering.children.length > 0 ? bundleFindings(item, offering, parts) : []), ...valueFindings(item, offering), ...relationFindings(item, offering, items, asked)]
  })
  return found.filter(one => {
    const pair = one.code === 'excludedByOffering' ? [one.offeringId, one.about].sort().join(' ') : `${one.itemId} ${one.about ?? one.offeringId} ${one.message}`
    const key = `${one.code} ${pair}`
    return seen.has(key) ? false : (seen.add(key), true)
  })
}

/** The values of an item, with what the offering presets. */
export const valuesOf = (item: SelectedItem, offering: LoadedOffering | undefined): ChosenValue[] => (offering === undefined ? [...(item.characteristic ?? [])] : configure(offering, item.characteristic ?? []).characteristics)

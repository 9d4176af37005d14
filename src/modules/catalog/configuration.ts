/**
 * The characteristic values that a product of an offering gets: what the buyer chose, within what specification and offering allow,
 * completed by what they fix or preset. Pure.
 */
import { named, type NotSellable } from './sellable.ts'
import { RE2JS } from 're2js'
import { matches } from './price-applies.ts'
import type { LoadedOffering } from './offering-loader.ts'

export interface ChosenValue {
  name: string
  value: unknown
  valueType?: string
  [attribute: string]: unknown
}

export interface Configuration {
  /** The buyer's values in their order, then those that were added. */
  characteristics: ChosenValue[]
  /** What is wrong with the choice; empty when the product can be made. */
  reasons: NotSellable[]
}

interface AllowedValue {
  value?: unknown
  valueFrom?: number
  valueTo?: number
  rangeInterval?: string
  isDefault?: boolean
  regex?: string
}

/** A characteristic as this offering sells it. */
export interface Rule {
  name: string
  /** Pattern that every value has to match. */
  regex: string | undefined
  valueType: string | undefined
  /** Values and ranges to choose from; empty when any value will do. */
  allowed: readonly AllowedValue[]
  /** False when the buyer has no choice. */
  configurable: boolean
  extensible: boolean
  least: number
  most: number
}

/** The specification's characteristics, narrowed down by what the offering says about them. */
export function rulesOf(offering: LoadedOffering): Rule[] {
  const rules = new Map<string, Rule>()
  for (const one of offering.specification?.doc.productSpecCharacteristic ?? []) {
    if (one.name === undefined) continue
    rules.set(one.name, {
      name: one.name,
      regex: one.regex,
      valueType: one.valueType,
      allowed: one.productSpecCharacteristicValue ?? [],
      configurable: one.configurable !== false,
      extensible: one.extensible === true,
      least: one.minCardinality ?? 0,
      most: one.maxCardinality ?? Number.MAX_SAFE_INTEGER,
    })
  }
  for (const use of offering.doc.prodSpecCharValueUse ?? []) {
    if (use.name === undefined) continue
    const rule = rules.get(use.name)
    const values = use.productSpecCharacteristicValue ?? []
    rules.set(use.name, {
      name: use.name,
      regex: rule?.regex,
      valueType: use.valueType ?? rule?.valueType,
      allowed: values.length > 0 ? values : (rule?.allowed ?? []),
      configurable: rule?.configurable ?? true,
      // What the offering lists is what it sells, whatever else the specification could do.
      extensible: values.length === 0 && rule?.extensible === true,
      least: use.minCardinality ?? rule?.least ?? 0,
      most: use.maxCardinality ?? rule?.most ?? Number.MAX_SAFE_INTEGER,
    })
  }
  return [...rules.values()]
}

/** Values that a product gets when the buyer says nothing: those marked as default, or the only one there is. */
export function presets(rule: Rule): unknown[] {
  const fixed = rule.allowed.filter(one => one.value !== undefined)
  const marked = fixed.filter(one => one.isDefault === true)
  if (marked.length > 0) return marked.slice(0, rule.most).map(one => one.value)
  return rule.allowed.length === 1 && fixed.length === 1 && rule.least > 0 ? [fixed[0]!.value] : []
}

const hasType = (value: unknown, valueType: string | undefined): boolean => {
  switch (valueType?.toLowerCase()) {
    case 'number': case 'numeric': case 'decimal': case 'float':
      return Number.isFinite(typeof value === 'string' && value.trim() !== '' ? Number(value) : value)
    case 'integer':
      return Number.isInteger(typeof value === 'string' && value.trim() !== '' ? Number(value) : value)
    case 'boolean':
      return typeof value === 'boolean' || value === 'true' || value === 'false'
    case 'string':
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    default:
      return true
  }
}

const asText = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80)

const MOST_PATTERNS = 500
const patterns = new Map<string, RE2JS | undefined>()

/** A pattern of the catalog, compiled once. It runs in linear time: catalogs come from others, and must not stop the process. One that is none is left out. */
const patternOf = (regex: string): RE2JS | undefined => {
  if (!patterns.has(regex)) {
    if (patterns.size >= MOST_PATTERNS) patterns.clear()
    let compiled: RE2JS | undefined
    try {
      compiled = RE2JS.compile(regex)
    } catch {
      // What the catalog says there is no pattern: it forbids nothing.
      compiled = undefined
    }
    patterns.set(regex, compiled)
  }
  return patterns.get(regex)
}

const MOST_MATCHED = 1000
const fits = (regex: string, value: unknown): boolean => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length <= MOST_MATCHED && (patternOf(regex)?.matches(text) ?? true)
}

const isAllowed = (one: AllowedValue, value: unknown): boolean => matches(one, value) && (one.regex === undefined || fits(one.regex, value))

/** Why a value cannot be had; undefined when it can. */
export function objection(rule: Rule, value: unknown): string | undefined {
  if (!hasType(value, rule.valueType)) return `must be of type ${rule.valueType ?? 'any'}, not ${asText(value)}`
  if (!rule.configurable) {
    const fixed = presets(rule)
    if (fixed.length > 0 && !fixed.some(one => matches({ value: one }, value))) return `is ${fixed.map(asText).join(' or ')} and cannot be chosen`
  }
  if (rule.regex !== undefined && !fits(rule.regex, value)) return `must match ${rule.regex.slice(0, 80)}, which ${asText(value)} does not`
  if (rule.allowed.length === 0 || rule.extensible || rule.allowed.some(one => isAllowed(one, value))) return undefined
  const choices = rule.allowed.map(one => (one.value !== undefined ? asText(one.value) : one.valueFrom === undefined && one.valueTo === undefined ? `what matches ${(one.regex ?? '').slice(0, 80)}` : `${one.valueFrom ?? '…'} to ${one.valueTo ?? '…'}`))
  return `must be ${choices.slice(0, 20).join(' or ')}, not ${asText(value)}`
}

/**
 * Checks and completes the values that a buyer chose for one product. Values of names that neither specification nor offering knows are
 * kept: an order also carries what delivery has to know (a number to keep, an address).
 */
export function configure(offering: LoadedOffering, chosen: readonly ChosenValue[]): Configuration {
  const reasons: NotSellable[] = []
  const characteristics = [...chosen]
  for (const rule of rulesOf(offering)) {
    const given = chosen.filter(one => one.name === rule.name)
    for (const one of given) {
      const why = objection(rule, one.value)
      if (why !== undefined) reasons.push({ code: 'valueNotAllowed', message: `${rule.name} of ${named(offering)} ${why}`, offeringId: offering.pin.id })
    }
    if (given.length > rule.most) reasons.push({ code: 'valueNotAllowed', message: `${rule.name} of ${named(offering)} takes at most ${rule.most} values, not ${given.length}`, offeringId: offering.pin.id })
    if (given.length > 0 && given.length < rule.least) reasons.push({ code: 'valueMissing', message: `${rule.name} of ${named(offering)} needs at least ${rule.least} values, not ${given.length}`, offeringId: offering.pin.id })
    if (given.length > 0) continue
    const added = presets(rule)
    if (added.length < rule.least) reasons.push({ code: 'valueMissing', message: `${rule.name} of ${named(offering)} has to be chosen`, offeringId: offering.pin.id })
    characteristics.push(...added.map(value => ({ name: rule.name, value, ...(rule.valueType !== undefined && { valueType: rule.valueType }) })))
  }
  return { characteristics, reasons }
}

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

/** Offerings are shared and never changed: what follows from one is worked out once. */
const known = new WeakMap<LoadedOffering, Rule[]>()

/** The specification's characteristics, narrowed down by what the offering says about them. */
export const rulesOf = (offering: LoadedOffering): readonly Rule[] => {
  let rules = known.get(offering)
  if (rules === undefined) known.set(offering, (rules = readRules(offering)))
  return rules
}

function readRules(offering: LoadedOffering): Rule[] {
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
    case 'date': case 'datetime': case 'date-time':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value))
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'array':
      return Array.isArray(value)
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
 * Whether a list of characteristics is all that a product of the offering can have. It is not without a specification of this catalog, where
 * that lists none, and where it is made of others, whose characteristics its products have as well. (`extensible` is about values, not names.)
 */
const isListed = ({ specification }: LoadedOffering): boolean =>
  (specification?.doc.productSpecCharacteristic ?? []).some(one => one.name !== undefined) && (specification?.doc.bundledProductSpecification ?? []).length === 0

const MOST_NAMES = 30

export interface UnknownName {
  /** Place among the values that were given. */
  at: number
  name: string
  message: string
}

/**
 * Values whose names a product of the offering does not have: nobody would deliver or charge them. `had`: names that the product has already,
 * with which it may have come from a stack.
 */
export function unknownNames(offering: LoadedOffering, chosen: readonly { name: string }[], had: readonly string[] = []): UnknownName[] {
  if (chosen.length === 0 || !isListed(offering)) return []
  const names = rulesOf(offering).map(rule => rule.name)
  return chosen.flatMap(({ name }, at) => {
    if (names.includes(name) || had.includes(name)) return []
    const like = names.find(one => one.toLowerCase() === name.toLowerCase())
    const list = `${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ' …' : ''}`
    return [{ at, name, message: `${named(offering)} has no characteristic ${name.slice(0, 80)}${like === undefined ? '' : `, but ${like}`}; it has: ${list}` }]
  })
}

/** The characteristic at a place of a product, and what of it is meant. */
const attributeOf = (at: number, part: 'name' | 'value'): string => `productCharacteristic[${at}].${part}`

/**
 * Checks and completes the values that a buyer chose for one product. Reasons about one value name its attribute within the product.
 * `had`: names of values that the product has already.
 */
export function configure(offering: LoadedOffering, chosen: readonly ChosenValue[], had: readonly string[] = []): Configuration {
  const reasons: NotSellable[] = unknownNames(offering, chosen, had).map(({ at, message }) => ({ code: 'characteristicUnknown', message, offeringId: offering.pin.id, attribute: attributeOf(at, 'name') }))
  const characteristics = [...chosen]
  for (const rule of rulesOf(offering)) {
    const given = chosen.filter(one => one.name === rule.name)
    for (const one of given) {
      const why = objection(rule, one.value)
      if (why !== undefined) reasons.push({ code: 'valueNotAllowed', message: `${rule.name} of ${named(offering)} ${why}`, offeringId: offering.pin.id, attribute: attributeOf(chosen.indexOf(one), 'value') })
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

/** Rules that can never hold together, and periods that never meet: prices and promotions that nobody can get. Pure. */
import type { Finding } from './change-set-types.ts'
import { docOf, docsOf, endOf, finding, labelOf, startOf, type Graph, type PriceList, type PriceListEntry, type PriceRule, type Promotion } from './graph.ts'

interface Rule {
  about?: string | undefined
  value?: readonly string[] | undefined
  name?: string | undefined
  path: string
}

/** Of these there is one in a pricing; of segments, agreements and places there may be several. */
const SINGLE = new Set(['customer', 'channel', 'market'])

/** Two rules that must both hold and cannot. */
const clash = (rules: readonly Rule[]): { one: Rule; other: Rule } | undefined => {
  for (const [index, one] of rules.entries()) {
    if (one.value === undefined || !SINGLE.has(one.about ?? '')) continue
    const other = rules.slice(index + 1).find(next => next.about === one.about && next.value !== undefined && !next.value.some(value => one.value!.includes(value)))
    if (other) return { one, other }
  }
  return undefined
}

const inWords = (rule: Rule): string => `${rule.about ?? ''} is ${(rule.value ?? []).join(' or ')}`

const catalogPrices = (graph: Graph): Finding[] =>
  docsOf<{ id: string; name?: string; constraint?: { id: string }[] }>(graph, 'productOfferingPrice').flatMap(doc => {
    const rules = (doc.constraint ?? []).flatMap((one, index): Rule[] => {
      const rule = docOf<PriceRule>(graph, 'priceRule', one.id)
      return rule ? [{ about: rule.about, value: rule.value, path: `constraint[${index}].id` }] : []
    })
    const found = clash(rules)
    return found ? [finding('contradictoryRule', 'error', 'productOfferingPrice', doc.id, found.other.path, `${labelOf(doc, doc.id)} can never apply: ${inWords(found.one)}, and ${inWords(found.other)}`)] : []
  })

const rulesOf = (of: { rule?: readonly { about?: string; value?: readonly string[] }[] } | undefined): Rule[] => (of?.rule ?? []).map((one, index) => ({ about: one.about, value: one.value, path: `rule[${index}].value` }))

const listPrices = (graph: Graph): Finding[] =>
  docsOf<PriceListEntry>(graph, 'priceListEntry').flatMap(doc => {
    const list = docOf<PriceList>(graph, 'priceList', doc.priceList?.id)
    if (!list || list.lifecycleStatus === 'retired') return []
    const found: Finding[] = []
    const rules = clash([...rulesOf(list), ...rulesOf(doc)])
    if (rules) found.push(finding('contradictoryRule', 'error', 'priceListEntry', doc.id, rules.other.path, `${labelOf(doc, doc.id)} can never apply: ${inWords(rules.one)}, and ${inWords(rules.other)}`))
    if (Math.max(startOf(list.validFor), startOf(doc.validFor)) >= Math.min(endOf(list.validFor), endOf(doc.validFor))) {
      found.push(finding('contradictoryPeriod', 'error', 'priceListEntry', doc.id, 'validFor', `${labelOf(doc, doc.id)} can never apply: its period and that of ${labelOf(list, list.id)} do not meet`))
    }
    return found
  })

type Pattern = NonNullable<Promotion['pattern']>[number]
type Criterion = Pattern['criteriaGroup'][number]['criteria'][number]

const ONE_PER_LINE = new Set(['channel', 'market', 'customer', 'currency', 'productOffering', 'productSpecification'])
const NUMBERS = new Set(['quantity', 'termMonths', 'cartTotal', 'cartQuantity'])
const isOr = (relationship: string | undefined): boolean => /^(or|\|\|?)$/i.test(relationship ?? 'and')

/** A parameter for which criteria that must all be met leave no value. */
const impossible = (groups: readonly { criteria: readonly Criterion[]; or: boolean }[]): string | undefined => {
  const allowed = new Map<string, Set<string>>()
  const bounds = new Map<string, { above: number; below: number; strict: boolean }>()
  const narrow = (parameter: string, values: readonly string[]): void => {
    const before = allowed.get(parameter)
    allowed.set(parameter, new Set(before ? values.filter(value => before.has(value)) : values))
  }
  for (const { criteria, or } of groups) {
    if (or && criteria.length > 1) {
      const [first] = criteria
      if (first && ONE_PER_LINE.has(first.criteriaParameter) && criteria.every(one => one.criteriaParameter === first.criteriaParameter && one.criteriaOperator === '=')) narrow(first.criteriaParameter, criteria.map(one => one.criteriaValue))
      continue
    }
    for (const { criteriaParameter: parameter, criteriaOperator: operator, criteriaValue: value } of criteria) {
      if (operator === '=' && ONE_PER_LINE.has(parameter)) narrow(parameter, [value])
      if (!NUMBERS.has(parameter)) continue
      const bound = bounds.get(parameter) ?? { above: -Infinity, below: Infinity, strict: false }
      const number = Number(value)
      if (operator === '=' || operator === '>' || operator === '>=') bound.above = Math.max(bound.above, number)
      if (operator === '=' || operator === '<' || operator === '<=') bound.below = Math.min(bound.below, number)
      if (operator === '<' || operator === '>') bound.strict = true
      bounds.set(parameter, bound)
    }
  }
  return [...allowed].find(([, values]) => values.size === 0)?.[0] ?? [...bounds].find(([, { above, below, strict }]) => above > below || (strict && above === below))?.[0]
}

const promotions = (graph: Graph): Finding[] =>
  docsOf<Promotion>(graph, 'promotion').flatMap(doc =>
    doc.lifecycleStatus === 'retirement'
      ? []
      : (doc.pattern ?? []).flatMap((pattern, p): Finding[] => {
          const groups = pattern.criteriaGroup.map(group => ({ criteria: group.criteria, or: isOr(group.criteriaLogicalRelationship) }))
          const of = (path: string, parameter: string): Finding => finding('contradictoryRule', 'error', 'promotion', doc.id, path, `${labelOf(doc, doc.id)} can never apply: no ${parameter} meets all criteria`)
          if (isOr(pattern.criteriaGroupLogicalRelationship)) {
            return groups.flatMap((group, g) => {
              const parameter = impossible([group])
              return parameter === undefined ? [] : [of(`pattern[${p}].criteriaGroup[${g}]`, parameter)]
            })
          }
          const parameter = impossible(groups)
          return parameter === undefined ? [] : [of(`pattern[${p}].criteriaGroup`, parameter)]
        }),
  )

export const ruleFindings = (graph: Graph): Finding[] => [...catalogPrices(graph), ...listPrices(graph), ...promotions(graph)]

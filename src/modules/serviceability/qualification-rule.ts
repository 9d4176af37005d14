/**
 * What must hold for a service to be delivered (technical) or an offering to be sold (commercial), as data: an expression in CEL, and the code
 * and words of the refusal where it does not (Tandem's own). Compiled when it is stored, remembered for a second where it is used.
 */
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { systemContext } from '../../platform/principal.ts'
import { checkAttributes, type RuleAttributes } from '../../platform/rules/attributes.ts'
import { compileRule, type Rule, type RuleShape } from '../../platform/rules/rule.ts'
import { RuleError } from '../../platform/rules/rule-error.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { serviceabilityApi } from './qualification-api.ts'

export type RuleKind = 'technical' | 'commercial'

/** What an expression may use. Numbers inside maps are doubles: compare them with any number. */
export const RULE_SHAPES: Readonly<Record<RuleKind, RuleShape>> = {
  technical: {
    returns: 'bool',
    // line: capacity is -1 where it is not counted. need: what is asked of it. product: what lives at the address. distance: metres from the rule's origin, -1 unknown.
    variables: { line: 'map', need: 'map', service: 'map', place: 'map', product: 'list<map>', distance: 'double', channel: 'string', now: 'timestamp' },
  },
  commercial: {
    returns: 'bool',
    // product: what the customer has. cart: the other items. place: whether and with what it can be served.
    variables: { customer: 'map', offering: 'map', item: 'map', product: 'list<map>', cart: 'list<map>', place: 'map', channel: 'string', now: 'timestamp' },
  },
}

/** What the variables hold: see technicalObjections and, in TMF679, judge. */
const ATTRIBUTES: Readonly<Record<RuleKind, RuleAttributes>> = {
  technical: {
    line: { technology: 'string', provider: 'string', download: 'double', upload: 'double', latencyClass: 'string', marketSegment: 'string', capacity: 'double' },
    need: { technology: 'list<string>', provider: 'list<string>', download: 'double', upload: 'double', latencyClass: 'string', marketSegment: 'string' },
    service: { specification: 'string', category: 'string', characteristic: 'map' },
    place: { address: 'string', postcode: 'string' },
    product: { status: 'string', offering: 'string', specification: 'string', characteristic: 'map' },
  },
  commercial: {
    customer: { id: 'string', name: 'string', status: 'string', kind: 'string', segment: 'string', characteristic: 'map' },
    offering: { id: 'string', name: 'string', category: 'list<string>', characteristic: 'map' },
    item: { action: 'string', characteristic: 'map' },
    product: { status: 'string', offering: 'string', specification: 'string', characteristic: 'map' },
    cart: { offering: 'string', category: 'list<string>' },
    place: { given: 'bool', id: 'string', technology: 'list<string>' },
  },
}

const Target = Type.Array(Type.Object({ id: Type.String({ description: 'Identifier' }), name: Type.Optional(Type.String({ description: 'Its name' })), ...extensible }), { maxItems: 500, description: 'What it is about; all when nothing is named' })

export const QualificationRule = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    kind: Type.Optional(Type.Enum(['technical', 'commercial'], { type: 'string', description: 'technical: of lines, in TMF645. commercial: of offerings, in TMF679' })),
    expression: Type.Optional(Type.String({ maxLength: 4000, description: 'What must hold, in CEL: line.download >= 25.0' })),
    reasonCode: Type.Optional(Type.String({ minLength: 1, maxLength: 60, pattern: '^[a-z][A-Za-z0-9]*$', description: 'Code of the refusal where it does not hold' })),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'The refusal in words' })),
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000, description: 'Reasons of higher ones are told first' })),
    serviceSpecification: Type.Optional(Target),
    productOffering: Type.Optional(Target),
    category: Type.Optional(Target),
    origin: Type.Optional(Type.Object({ latitude: Type.Number({ minimum: -90, maximum: 90 }), longitude: Type.Number({ minimum: -180, maximum: 180 }) }, { description: 'Where the line comes from: distance is measured from here' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'What must hold for something to be delivered or sold' },
)
export type QualificationRule = Static<typeof QualificationRule>

/** What is wrong with an expression, and where. */
const expressionFaults = ({ kind, expression }: QualificationRule): Fault[] => {
  if (kind === undefined || expression === undefined) return []
  try {
    compileRule(expression, RULE_SHAPES[kind])
    // Only here: a rule that was kept before goes on as it did.
    checkAttributes(expression, RULE_SHAPES[kind], ATTRIBUTES[kind])
    return []
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return [fault('expression', `is no ${kind} rule: ${error.message}; it may use ${Object.keys(RULE_SHAPES[kind].variables).join(', ')}`, expression)]
  }
}

const memories = new WeakMap<object, Map<string, { rules: CompiledRule[]; until: number }>>()
const REMEMBERED_MS = 1000
const MOST_RULES = 500

export const qualificationRule = defineResource({
  api: serviceabilityApi,
  name: 'qualificationRule',
  type: 'QualificationRule',
  table: 'qualification_rule',
  description: 'What must hold for a service to be delivered (technical: asked of each line of a place) or an offering to be sold (commercial). Where it does not hold, the answer carries its code and its words.',
  schema: QualificationRule,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name', 'kind', 'expression', 'reasonCode', 'reason'] },
  filters: { name: 'text', kind: 'text', reasonCode: 'text', priority: 'integer' },
  visibility: 'brand',
  writtenBy: 'house',
  external: false,
  check(doc) {
    const faults = expressionFaults(doc)
    const { startDateTime, endDateTime } = doc.validFor ?? {}
    if (startDateTime !== undefined && endDateTime !== undefined && endDateTime <= startDateTime) faults.push(fault('validFor.endDateTime', 'must be after startDateTime', endDateTime))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  afterWrite: deps => void memories.delete(deps.database),
  example: { name: 'Television needs its speed', kind: 'technical', expression: 'line.download >= 25.0', reasonCode: 'tooSlowForTelevision', reason: 'Television needs at least 25 Mbit/s', serviceSpecification: [{ id: 'cfs-tv', name: 'Television' }] },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'the expression does not compile, uses what it may not or what nothing has, or does not answer yes or no; says where', attribute: 'expression' },
    { status: 400, code: 'invalidAttribute', when: 'it ends before it begins', attribute: 'validFor.endDateTime' },
  ],
})

export interface CompiledRule {
  id: string
  doc: QualificationRule
  rule: Rule
}

/** The rules of a brand that are in force, those of higher priority first. */
export const rulesOf = async (deps: Pick<Services, 'store' | 'database'>, brand: string, kind: RuleKind, at: Date): Promise<CompiledRule[]> => {
  let memory = memories.get(deps.database)
  if (!memory) memories.set(deps.database, (memory = new Map()))
  let known = memory.get(brand)
  if (known === undefined || known.until < performance.now()) {
    const stored = await deps.store.find(systemContext(brand, 'qualification-rules'), qualificationRule, { sort: '-priority,id', limit: MOST_RULES })
    const rules = stored.map(({ id, doc }) => ({ id, doc, rule: compileRule(doc.expression ?? 'true', RULE_SHAPES[doc.kind ?? 'technical']) }))
    known = { rules, until: performance.now() + REMEMBERED_MS }
    memory.set(brand, known)
  }
  return known.rules.filter(({ doc }) => {
    const { startDateTime, endDateTime } = doc.validFor ?? {}
    return doc.kind === kind && (startDateTime === undefined || new Date(startDateTime) <= at) && (endDateTime === undefined || at < new Date(endDateTime))
  })
}

const names = (list: QualificationRule['category'], ids: readonly (string | undefined)[]): boolean => list === undefined || list.length === 0 || list.some(one => ids.includes(one.id))

/** Whether a rule is about something with these ids. */
export const isAbout = ({ doc }: CompiledRule, ids: { serviceSpecification?: readonly string[]; productOffering?: string; category?: readonly string[] }): boolean =>
  names(doc.serviceSpecification, ids.serviceSpecification ?? []) && names(doc.productOffering, [ids.productOffering]) && names(doc.category, ids.category ?? [])

/** The refusal of a rule that does not hold, or that has no answer for these facts (something that it asks is not known): unknown is never yes. */
export const objection = ({ doc, rule }: CompiledRule, facts: Readonly<Record<string, unknown>>): { code: string; label: string } | undefined => {
  try {
    if (rule.evaluate(facts) === true) return undefined
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return { code: doc.reasonCode ?? 'rule', label: `${doc.reason ?? doc.name ?? 'A rule does not hold'} (what the rule asks is not known: ${error.message})` }
  }
  return { code: doc.reasonCode ?? 'rule', label: doc.reason ?? doc.name ?? 'A rule does not hold' }
}

/**
 * What may become of what a customer has, as data (Tandem's own): when it takes effect, what it costs, what is kept, and when it is refused. Of
 * the rules that are about a case, each aspect is taken from the first that says something of it; refusals are told all.
 */
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { isCurrency } from '../../platform/money.ts'
import { systemContext } from '../../platform/principal.ts'
import { checkAttributes, type RuleAttributes } from '../../platform/rules/attributes.ts'
import { compileRule, type Rule, type RuleShape } from '../../platform/rules/rule.ts'
import { RuleError } from '../../platform/rules/rule-error.ts'
import { defineResource } from '../../tmf/resource.ts'
import { remembering } from '../../tmf/remembering.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Duration, Money, TimePeriod } from '../../tmf/types/basics.ts'
import { inLifeApi } from './api.ts'

export const ACTIONS = ['upgrade', 'downgrade', 'add', 'remove', 'renew', 'move'] as const
export type InLifeAction = (typeof ACTIONS)[number]

export const EFFECTS = ['now', 'endOfBillingPeriod', 'endOfTerm'] as const
export type Effect = (typeof EFFECTS)[number]

/** What a condition may use. Numbers inside maps are doubles: compare them with 6.0. Months are counted up: a day of a month is one. */
export const CONDITION: RuleShape = { returns: 'bool', variables: { product: 'map', option: 'map', customer: 'map', channel: 'string', now: 'timestamp' } }

const ATTRIBUTES: RuleAttributes = {
  product: { id: 'string', offering: 'string', specification: 'string', category: 'list<string>', status: 'string', monthsHad: 'double', termMonths: 'double', termMonthsLeft: 'double', inTerm: 'bool', openPlans: 'double', monthly: 'double' },
  option: { action: 'string', offering: 'string', specification: 'string', category: 'list<string>', sameSpecification: 'bool' },
  customer: { id: 'string' },
}

const Targets = (description: string) => Type.Optional(Type.Array(Type.Object({ id: Type.String({ minLength: 1, maxLength: 200, description: 'Identifier' }), name: Type.Optional(Type.String({ description: 'Its name' })), ...extensible }), { maxItems: 500, description }))

const Fee = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Name on the bill' })),
    kind: Type.Optional(Type.Enum(['terminationFee', 'fee'], { type: 'string', description: 'terminationFee: for leaving before the end of the term, nothing without one. fee: whatever the term (moving). terminationFee when left out' })),
    method: Type.Enum(['fixed', 'remainingMonths', 'declining'], {
      type: 'string',
      description: 'fixed: the amount. remainingMonths: percentage of what the product costs a month, times the months that are left of the term. declining: the amount, times the months that are left, divided by those of the term',
    }),
    amount: Type.Optional(Money),
    percentage: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'Of remainingMonths' })),
    taxIncluded: Type.Optional(Type.Boolean({ description: 'The amount contains the tax; as the price of the product does when left out' })),
    taxCategory: Type.Optional(Type.String({ maxLength: 60, description: 'Tax on it; that of the product’s price when left out' })),
    taxRate: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'Its rate where the table of rates has none, in percent' })),
  },
  { additionalProperties: false, description: 'Something that is to be paid once' },
)
export type Fee = Static<typeof Fee>

export const InLifeRule = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Name shown to people' })),
    description: Type.Optional(Type.String({ maxLength: 1000, description: 'Free text for people' })),
    action: Type.Optional(Type.Array(Type.Enum([...ACTIONS], { type: 'string' }), { minItems: 1, maxItems: 6, description: 'What it is about; everything when left out' })),
    productOffering: Targets('Offerings that the customer has; all when nothing is named'),
    category: Targets('Categories of what the customer has; all when nothing is named'),
    candidate: Type.Optional(
      Type.Object({ productOffering: Targets('Offerings'), category: Targets('Categories') }, { additionalProperties: false, description: 'What else can be had, beside what the catalog relates: offerings to change to, or to add' }),
    ),
    condition: Type.Optional(Type.String({ minLength: 1, maxLength: 4000, description: 'When it holds, in CEL: product.termMonthsLeft > 6.0. It may use product, option, customer, channel and now' })),
    refuse: Type.Optional(
      Type.Object(
        { code: Type.String({ minLength: 1, maxLength: 60, pattern: '^[a-z][A-Za-z0-9]*$', description: 'Code of the refusal' }), reason: Type.String({ minLength: 1, maxLength: 500, description: 'The refusal in words' }) },
        { additionalProperties: false, description: 'It cannot be done' },
      ),
    ),
    takesEffect: Type.Optional(Type.Enum([...EFFECTS], { type: 'string', description: 'When it can be at the earliest; now when no rule says' })),
    fee: Type.Optional(Type.Array(Fee, { maxItems: 10, description: 'What it costs once; an empty list says that it costs nothing' })),
    oneTimeCharges: Type.Optional(Type.Boolean({ description: 'Whether what the offering charges once (a connection) is charged by a change too; not when no rule says' })),
    device: Type.Optional(Type.Enum(['keepPaying', 'payOff', 'choice'], { type: 'string', description: 'What becomes of instalments that are open: they go on, have to be paid off, or the customer chooses; they go on when no rule says' })),
    keeps: Type.Optional(
      Type.Object(
        {
          discount: Type.Optional(Type.Boolean({ description: 'Discounts go on for as long as they would have lasted' })),
          number: Type.Optional(Type.Boolean({ description: 'The number stays; a move without it ends the product and adds it anew' })),
          term: Type.Optional(Type.Boolean({ description: 'The term goes on as it is; else a new one begins' })),
          price: Type.Optional(Type.Boolean({ description: 'The price stays as it was sold; of moves and renewals' })),
        },
        { additionalProperties: false, description: 'What is kept. When no rule says: the number always, the term except by renewal, the price by a move, discounts where the price is kept' },
      ),
    ),
    newTerm: Type.Optional(Duration),
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000, description: 'Higher ones are heard first; then those about offerings, those about categories, the others; 0 when left out' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'What may become of what a customer has' },
)
export type InLifeRule = Static<typeof InLifeRule>

const conditionFaults = (condition: string | undefined): Fault[] => {
  if (condition === undefined) return []
  try {
    compileRule(condition, CONDITION)
    checkAttributes(condition, CONDITION, ATTRIBUTES)
    return []
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return [fault('condition', `is no condition: ${error.message}; it may use ${Object.keys(CONDITION.variables).join(', ')}`, condition)]
  }
}

const feeFaults = (fee: Fee, index: number): Fault[] => {
  const path = `fee[${index}]`
  if (fee.method === 'remainingMonths') return fee.percentage === undefined ? [fault(`${path}.percentage`, 'must be given for a fee by remaining months')] : []
  const { unit, value } = fee.amount ?? {}
  return unit === undefined || !isCurrency(unit) || value === undefined || value < 0 ? [fault(`${path}.amount`, 'must have a currency (unit) and a value of at least 0')] : []
}

const TERM_UNITS = /^(month|year)s?$/i

export const inLifeRule = defineResource({
  api: inLifeApi,
  name: 'inLifeRule',
  type: 'InLifeRule',
  table: 'in_life_rule',
  description: 'What may become of what a customer has: when it takes effect, what it costs, what is kept, when it is refused.',
  schema: InLifeRule,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'] },
  filters: { name: 'text', priority: 'integer' },
  visibility: 'house',
  external: false,
  check: doc => {
    const faults = [...conditionFaults(doc.condition), ...(doc.fee ?? []).flatMap(feeFaults)]
    if (doc.newTerm !== undefined && (!TERM_UNITS.test(doc.newTerm.units ?? 'month') || (doc.newTerm.amount ?? 0) < 1)) faults.push(fault('newTerm', 'must be a number of months or years'))
    const { startDateTime, endDateTime } = doc.validFor ?? {}
    if (startDateTime !== undefined && endDateTime !== undefined && endDateTime <= startDateTime) faults.push(fault('validFor.endDateTime', 'must be after startDateTime', endDateTime))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  afterWrite: deps => rules.forget(deps),
  example: { name: 'Who leaves early pays half of what is left', action: ['remove'], fee: [{ name: 'Early termination', method: 'remainingMonths', percentage: 50 }], takesEffect: 'endOfBillingPeriod' },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'the condition does not compile, uses what it may not or what nothing has, or does not answer yes or no; says where', attribute: 'condition' },
    { status: 400, code: 'invalidAttribute', when: 'a fee lacks the amount or the percentage that its method needs', attribute: 'fee[0].percentage' },
    { status: 400, code: 'invalidAttribute', when: 'it ends before it begins', attribute: 'validFor.endDateTime' },
  ],
})

export interface CompiledRule {
  id: string
  doc: InLifeRule
  condition: Rule | undefined
}

const MOST_RULES = 1000

/** About an offering, about a category, about everything. */
const specificity = ({ doc }: CompiledRule): number => ((doc.productOffering?.length ?? 0) > 0 ? 2 : (doc.category?.length ?? 0) > 0 ? 1 : 0)

const rules = remembering(async (deps: Pick<Services, 'store' | 'database'>, brand): Promise<readonly CompiledRule[]> => {
  const stored = await deps.store.find(systemContext(brand, 'in-life-rules'), inLifeRule, { limit: MOST_RULES })
  return stored
    .map(({ id, doc }): CompiledRule => ({ id, doc, condition: doc.condition === undefined ? undefined : compileRule(doc.condition, CONDITION) }))
    .sort((a, b) => (b.doc.priority ?? 0) - (a.doc.priority ?? 0) || specificity(b) - specificity(a) || (a.id < b.id ? -1 : 1))
})

/** The rules of a brand that are in force, in the order in which they are heard. */
export const rulesOf = async (deps: Pick<Services, 'store' | 'database'>, brand: string, at: Date): Promise<CompiledRule[]> =>
  (await rules.of(deps, brand)).filter(({ doc }) => {
    const { startDateTime, endDateTime } = doc.validFor ?? {}
    return (startDateTime === undefined || new Date(startDateTime) <= at) && (endDateTime === undefined || at < new Date(endDateTime))
  })

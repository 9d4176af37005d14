/** The sales rule: declared, checked by kind, and tried with its examples whenever it is written. */
import { Refusal, fault, refuse, type Fault } from '../../platform/errors.ts'
import { defineResource, type Resource } from '../../tmf/resource.ts'
import { salesRuleApi } from './api.ts'
import { tryExamples } from './examples.ts'
import { forgetRules } from './rule-book.ts'
import { conditionFaults } from './rule-shape.ts'
import { isAdvice, SalesRule, type SalesRuleKind } from './sales-rule-types.ts'

/** What each kind says beside its condition: it must, or it may. */
const OWN: Readonly<Record<SalesRuleKind, { must?: readonly (keyof SalesRule)[]; may?: readonly (keyof SalesRule)[] }>> = {
  eligibility: { must: ['condition'] },
  compatibility: { must: ['condition'] },
  creditClass: { must: ['condition'], may: ['deposit'] },
  requiredAddition: { must: ['addition'] },
  limit: { must: ['limit'] },
  upsell: { must: ['offer'], may: ['refusalHolds'] },
  crossSell: { must: ['offer'], may: ['refusalHolds'] },
}
const SPECIAL = ['addition', 'limit', 'deposit', 'offer', 'refusalHolds'] as const

const kindFaults = (doc: SalesRule): Fault[] => {
  const own = OWN[doc.kind ?? 'eligibility']
  const faults = (own.must ?? []).flatMap(name => (doc[name] === undefined ? [fault(name, `is required of ${doc.kind ?? ''}`)] : []))
  for (const name of SPECIAL) if (doc[name] !== undefined && !own.must?.includes(name) && !own.may?.includes(name)) faults.push(fault(name, `says nothing for ${doc.kind ?? ''}`))
  if (doc.addition && doc.addition.productOffering === undefined && doc.addition.category === undefined) faults.push(fault('addition', 'must name productOffering or category'))
  if (doc.kind === 'limit' && doc.limit?.per === 'order' && doc.limit.period !== undefined) faults.push(fault('limit.period', 'says nothing for one order'))
  return faults
}

const wordFaults = ({ message = [], fallbackLanguage, validFor, kind, example = [] }: SalesRule): Fault[] => {
  const faults: Fault[] = []
  const seen = new Set<string>()
  for (const [index, { language }] of message.entries()) {
    if (seen.has(language.toLowerCase())) faults.push(fault(`message[${index}].language`, 'is the language of another message too', language))
    seen.add(language.toLowerCase())
  }
  if (fallbackLanguage !== undefined && !seen.has(fallbackLanguage.toLowerCase())) faults.push(fault('fallbackLanguage', 'must be the language of one of the messages', fallbackLanguage))
  if (validFor?.startDateTime !== undefined && validFor.endDateTime !== undefined && Date.parse(validFor.endDateTime) <= Date.parse(validFor.startDateTime)) faults.push(fault('validFor.endDateTime', 'must be after startDateTime', validFor.endDateTime))
  example.forEach((one, index) => {
    const fits = one.expect === 'unknown' || isAdvice(kind) === (one.expect === 'advised' || one.expect === 'silent')
    if (!fits) faults.push(fault(`example[${index}].expect`, `is nothing that ${kind ?? ''} can say`, one.expect))
  })
  return faults
}

export const salesRule: Resource<typeof SalesRule> = defineResource({
  api: salesRuleApi,
  name: 'salesRule',
  type: 'SalesRule',
  table: 'sales_rule',
  description: 'What may be sold to whom and with what (asked of carts, qualifications, quotes and orders), and what is worth offering (salesAdvice). Its examples are tried whenever it is written; it can be active only while all of them hold.',
  schema: SalesRule,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name', 'kind', 'message'] },
  update: { immutable: ['kind'] },
  serverSet: ['exampleResult'],
  lifecycle: { attribute: 'lifecycleStatus', states: ['draft', 'active', 'retired'], initial: ['draft', 'active'], moves: { draft: ['active', 'retired'], active: ['draft', 'retired'] }, movedBy: 'client' },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { name: 'text', kind: 'text', lifecycleStatus: 'text', code: 'text', priority: 'integer', lastUpdate: 'instant' },
  references: [
    { path: 'productOffering[]', to: 'productOffering' },
    { path: 'category[]', to: 'category' },
    { path: 'addition.productOffering[]', to: 'productOffering' },
    { path: 'addition.category[]', to: 'category' },
    { path: 'offer[]', to: 'productOffering' },
  ],
  // Conditions name credit classes, margins and limits: what a rule says to a customer is its message.
  visibility: 'house',
  external: false,
  prepare: (draft, { now }) => {
    const faults = [...kindFaults(draft), ...conditionFaults(draft.condition), ...wordFaults(draft)]
    if (faults.length > 0) throw refuse.invalid(faults)
    return { ...draft, exampleResult: tryExamples(draft, now) }
  },
  check: doc => {
    if (doc.lifecycleStatus !== 'active') return
    const results = doc.exampleResult ?? []
    if (results.length === 0) throw refuse.conflict('examplesMissing', 'A rule is active only with examples that show what it says', [fault('example', 'must have a case at least')])
    const failed = results.flatMap((one, index) => (one.passed ? [] : [fault(`example[${index}]`, `${one.name}: says ${one.outcome}, not ${doc.example?.[index]?.expect ?? ''}${one.detail === undefined ? '' : ` (${one.detail})`}`)]))
    if (failed.length > 0) throw new Refusal({ status: 409, code: 'examplesFailed', reason: 'The rule does not say what its examples expect', message: failed.map(one => one.rule).join('; ').slice(0, 1000), faults: failed })
  },
  afterWrite: forgetRules,
  example: {
    name: 'Roaming needs a good standing',
    kind: 'eligibility',
    lifecycleStatus: 'draft',
    condition: "!has(customer.creditClass) || customer.creditClass <= 3",
    code: 'creditTooLow',
    message: [{ language: 'en', text: 'This cannot be had at present' }, { language: 'de', text: 'Das ist derzeit nicht möglich' }],
    fallbackLanguage: 'en',
    example: [{ name: 'class 5', given: { customer: { creditClass: 5 }, item: [{ offering: 'roaming' }] }, expect: 'refused' }, { name: 'nothing known', given: { item: [{ offering: 'roaming' }] }, expect: 'allowed' }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'the condition does not compile, uses what nothing has, or does not answer yes or no; says where', attribute: 'condition' },
    { status: 400, code: 'invalidAttribute', when: 'it lacks what its kind needs, or has what its kind says nothing of', attribute: 'limit' },
    { status: 400, code: 'invalidAttribute', when: 'two messages are in one language', attribute: 'message[1].language' },
    { status: 409, code: 'examplesMissing', when: 'it is to be active without examples', attribute: 'example' },
    { status: 409, code: 'examplesFailed', when: 'it is to be active although an example does not hold', attribute: 'example' },
  ],
})

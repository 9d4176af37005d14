/** Delivery rules as data: how products of a specification are delivered, step by step. Tandem's own resource, served by the kit. */
import { Type } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { defineApi, defineResource } from '../../tmf/resource.ts'
import { tasksInCircle } from './decomposition.ts'
import { stepDefaults, type DeliveryRule } from './rule-document.ts'

export const deliveryApi = defineApi({
  name: 'delivery',
  version: 'v1',
  release: '1.0.0',
  title: 'Delivery',
  description: 'How products are delivered: rules, target systems, plans and the work queue of what failed.',
  slug: 'delivery',
})

const text = (description: string, options = {}) => Type.Optional(Type.String({ description, ...options }))
const name = (description: string) => Type.String({ description, minLength: 1, maxLength: 100 })
const count = (description: string, minimum: number, maximum: number) => Type.Optional(Type.Integer({ description, minimum, maximum }))

const Mapping = Type.Object(
  {
    name: name("The target's name for the value"),
    fromCharacteristic: text('Characteristic of the ordered product'),
    fromStep: text('`<step>.<characteristic>`: what an earlier step of the same item answered', { pattern: '^[^.]+\\.[^.]+$' }),
    value: Type.Optional(Type.Unknown({ description: 'A constant, when nothing else gives a value' })),
  },
  { description: 'Where a value that the target gets comes from' },
)

const Step = Type.Object(
  {
    name: name('Name within the rule'),
    kind: Type.Enum(['service', 'resource'], { type: 'string', description: 'What it realizes' }),
    specification: Type.Object({ id: text('Identifier'), name: name('Name') }, { description: 'Specification of the service or resource' }),
    target: name('System name of a delivery target'),
    targetType: name("The target's word for what it delivers: a service type, a kind of goods"),
    action: Type.Object(
      { add: text("The target's word for adding"), modify: text("The target's word for changing"), delete: text("The target's word for ending") },
      { description: 'An action that is not named needs no such step' },
    ),
    characteristic: Type.Optional(Type.Array(Mapping, { maxItems: 100, description: 'What the target is told' })),
    result: Type.Optional(
      Type.Array(Type.Object({ name: name("The target's name"), toCharacteristic: name('Characteristic of the product') }), { maxItems: 100, description: "What of the target's answer the product keeps" }),
    ),
    dependsOn: Type.Optional(Type.Array(Type.String(), { maxItems: 50, description: 'Steps of this rule that come first' })),
    afterSpecification: Type.Optional(Type.Array(Type.String(), { maxItems: 50, description: 'Product specifications (id or name): items of the same order that have them are delivered first' })),
    pointOfNoReturn: Type.Optional(Type.Enum(['none', 'soft', 'hard'], { type: 'string', description: 'Whether starting it makes cancelling costly (soft) or impossible (hard)' })),
    pointOfNoReturnReach: Type.Optional(Type.Enum(['task', 'item', 'bundle', 'order'], { type: 'string', description: 'What it locks beside everything upstream; item when not said' })),
    cancellationFee: Type.Optional(Type.Object({ unit: Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency' }), value: Type.Number({ minimum: 0, description: 'Amount' }) }, { description: 'Charged when cancelled after a soft point of no return' })),
    compensation: Type.Optional(Type.Enum(['undo', 'manual', 'none'], { type: 'string', description: 'How it is undone: by its target, by a person, not at all' })),
    deadlineSeconds: count('Promised duration from when it can start, in business time', 1, 31_536_000),
    attempts: count(`How often the target is asked before a person is; ${stepDefaults.attempts} when not said`, 1, 50),
    backoffMs: count(`First delay between tries; ${stepDefaults.backoffMs} when not said`, 10, 3_600_000),
    pollAfterMs: count(`How long a call-back may take before the target is asked; ${stepDefaults.pollAfterMs} when not said`, 100, 86_400_000),
    giveUpAfterMs: count('How long an answer may take at all; a day when not said', 1_000, 2_147_483_647),
  },
  { description: 'One step at one target' },
)

/** Faults that the schema cannot see: names that repeat, dependencies on what is not there, circles, values of unknown steps. */
const ruleFaults = (rule: DeliveryRule) => {
  const names = new Set<string>()
  const faults = rule.step.flatMap((step, index) => {
    const repeated = names.has(step.name) ? [fault(`step[${index}].name`, 'is the name of another step too', step.name)] : []
    names.add(step.name)
    return repeated
  })
  rule.step.forEach((step, index) => {
    for (const before of step.dependsOn ?? []) if (!rule.step.some(other => other.name === before)) faults.push(fault(`step[${index}].dependsOn`, 'must name a step of this rule', before))
    for (const mapping of step.characteristic ?? []) {
      const from = mapping.fromStep?.split('.')[0]
      if (from !== undefined && (from === step.name || !rule.step.some(other => other.name === from))) faults.push(fault(`step[${index}].characteristic`, 'must take values from another step of this rule', mapping.fromStep))
    }
    if (step.pointOfNoReturn === 'soft' && step.cancellationFee === undefined) faults.push(fault(`step[${index}].cancellationFee`, 'is required with a soft point of no return'))
    if (Object.keys(step.action).length === 0) faults.push(fault(`step[${index}].action`, 'must name at least one of add, modify, delete'))
  })
  const before = (step: DeliveryRule['step'][number]): string[] => [...new Set([...(step.dependsOn ?? []), ...(step.characteristic ?? []).flatMap(one => (one.fromStep === undefined ? [] : [one.fromStep.split('.')[0]!]))])]
  const circle = faults.length === 0 ? tasksInCircle(rule.step.map(step => ({ key: step.name, dependsOn: before(step) }))) : undefined
  return circle ? [fault('step', `wait for each other in a circle: ${circle.join(', ')}`)] : faults
}

export const deliveryRule = defineResource({
  api: deliveryApi,
  name: 'deliveryRule',
  type: 'DeliveryRule',
  table: 'delivery_rule',
  description: 'How products of one specification are delivered. A specification without a rule needs no delivery: its products become active at once.',
  schema: Type.Object({
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    '@type': text('DeliveryRule'),
    name: Type.Optional(name('Name shown to people')),
    description: text('Free text for people'),
    lastUpdate: text('When it was last changed', { format: 'date-time' }),
    productSpecification: Type.Optional(Type.Object({ id: text('Identifier'), name: text('Name, where the id is not known') }, { minProperties: 1, description: 'Which products it is about' })),
    step: Type.Optional(Type.Array(Step, { minItems: 1, maxItems: 100, description: 'What is to be done' })),
  }),
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name', 'productSpecification', 'step'] },
  stamps: { onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { name: 'text', 'productSpecification.id': 'text', 'productSpecification.name': 'text', lastUpdate: 'instant' },
  check: doc => {
    const faults = ruleFaults(doc as unknown as DeliveryRule)
    if (doc.productSpecification?.id === undefined && doc.productSpecification?.name === undefined) faults.push(fault('productSpecification', 'must have an id or a name'))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Fibre access',
    productSpecification: { name: 'Fibre access' },
    step: [
      {
        name: 'line', kind: 'service', specification: { name: 'Broadband access' }, target: 'fixed', targetType: 'broadband',
        action: { add: 'provision', modify: 'change', delete: 'cease' },
        characteristic: [{ name: 'downMbps', fromCharacteristic: 'downMbps' }],
        deadlineSeconds: 86_400,
      },
    ],
  },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'steps repeat a name, depend on one that is not there, or wait for each other in a circle', attribute: 'step' }],
})

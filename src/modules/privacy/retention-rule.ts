/** Retention rules as data: how long what is kept after it has ended, and what becomes of it then. */
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { attributeAt } from '../../tmf/attributes.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { retentionApi } from './api.ts'
import { holdingsOf } from './held.ts'

const schema = Type.Object({
  id: Type.String({ description: 'Identifier' }),
  href: Type.String({ description: 'Where it can be read' }),
  '@type': Type.Optional(Type.String({ description: 'RetentionRule' })),
  name: Type.Optional(Type.String({ description: 'Name shown to people' })),
  description: Type.Optional(Type.String({ description: 'Why: the law, the policy' })),
  holding: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'What it is about: a resource (productOrder), or what a module holds beside resources' })),
  condition: Type.Optional(
    Type.Array(
      Type.Object(
        {
          attribute: Type.String({ minLength: 1, maxLength: 200, description: 'Attribute of the resource, dotted: state' }),
          value: Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 50, description: 'Values of which one must match' }),
        },
        { additionalProperties: false, description: 'What must hold of a row' },
      ),
      { maxItems: 10, description: 'All of these must hold: that it has ended. For resources only' },
    ),
  ),
  countedFrom: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Date of the resource from which the days count, one that it can be sorted by: completionDate' })),
  days: Type.Optional(Type.Integer({ minimum: 0, maximum: 36_525, description: 'How many days after that date' })),
  action: Type.Optional(Type.Enum(['erase', 'redact'], { type: 'string', description: 'Whether the row goes, or what is personal in it' })),
  status: Type.Optional(Type.Enum(['active', 'suspended'], { type: 'string', description: 'Only active rules are carried out' })),
  lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
})
export type RetentionRule = Static<typeof schema>

/** People and their roles are forgotten whole (personalDataErasure), never one row of them. */
const PEOPLE: ReadonlySet<string> = new Set(['individual', 'organization', 'customer', 'partyRole'])

const conditionFaults = (doc: RetentionRule, deps: Pick<Services, 'parts'>): Fault[] => {
  const resource = deps.parts.resources.find(one => one.name === doc.holding)
  if (resource === undefined) return []
  const faults: Fault[] = []
  if (doc.countedFrom === undefined) faults.push(fault('countedFrom', `is required for ${resource.name}: one of ${Object.keys(resource.filters).filter(path => resource.filters[path] === 'instant').join(', ')}`))
  else if (resource.filters[doc.countedFrom] !== 'instant') faults.push(fault('countedFrom', `must be a date that ${resource.name} can be sorted by`, doc.countedFrom))
  for (const [index, { attribute }] of (doc.condition ?? []).entries()) {
    if (attributeAt(resource.schema, attribute) === undefined) faults.push(fault(`condition[${index}].attribute`, `is no attribute of ${resource.name}`, attribute))
  }
  return faults
}

const faultsOf = (doc: RetentionRule, deps: Pick<Services, 'parts'>): Fault[] => {
  const { byResource, state } = holdingsOf(deps)
  const name = doc.holding ?? ''
  const held = byResource.get(name)
  const beside = state.find(holding => holding.name === name)
  if (PEOPLE.has(name)) return [fault('holding', 'cannot be a person: people are forgotten whole, by personalDataErasure', name)]
  if (held === undefined && beside?.expireSql === undefined) return [fault('holding', `must be one of ${[...byResource.keys(), ...state.filter(one => one.expireSql !== undefined).map(one => one.name)].filter(one => !PEOPLE.has(one)).join(', ')}`, name)]
  const faults = conditionFaults(doc, deps)
  const least = (held ?? beside)?.onErasure === 'keep' ? (held ?? beside)?.days : (held ?? beside)?.leastDays
  if (least !== undefined && (doc.days ?? 0) < least) faults.push(fault('days', `must be at least ${least}: ${(held ?? beside)?.because ?? 'it has to be kept'}`, doc.days))
  if (held === undefined && (doc.condition !== undefined || doc.countedFrom !== undefined)) faults.push(fault('condition', 'is for resources only'))
  if (held === undefined && doc.action === 'redact') faults.push(fault('action', `must be erase for ${name}`, doc.action))
  return faults
}

export const retentionRule = defineResource({
  api: retentionApi,
  name: 'retentionRule',
  type: 'RetentionRule',
  table: 'retention_rule',
  description: 'How long something is kept after it has ended, and what becomes of it then. A job carries the rules out in business time; a rehearsal counts what it would do.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['holding', 'days', 'action'] },
  stamps: { onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { name: 'text', holding: 'text', status: 'text', lastUpdate: 'instant' },
  prepare: draft => ({ ...draft, status: draft.status ?? 'active' }),
  check(doc, { deps }) {
    const faults = faultsOf(doc, deps)
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Profiles that have ended',
    description: 'Three years are long enough to prove what was allowed',
    holding: 'partyPrivacyProfile',
    condition: [{ attribute: 'status', value: ['terminated'] }],
    countedFrom: 'creationDate',
    days: 1095,
    action: 'erase',
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'nothing of that name is held, or it must be kept for longer', attribute: 'holding' },
    { status: 400, code: 'invalidAttribute', when: 'countedFrom is no date that the resource can be sorted by', attribute: 'countedFrom' },
  ],
})

/** Managed rules that catalog prices name in `constraint` (TMF620), so that a price of the default list can be meant for a channel, a segment or an agreement. */
import { Type, type Static } from 'typebox'
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { pricingApi } from './api.ts'
import { PriceRuleValue, ruleFaults } from './rule.ts'

const schema = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    ...PriceRuleValue.properties,
    about: Type.Optional(PriceRuleValue.properties.about),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    ...extensible,
  },
  { description: 'When a price applies' },
)
export type PriceRule = Static<typeof schema>

export const priceRule = defineResource({
  api: pricingApi,
  name: 'priceRule',
  type: 'PriceRule',
  table: 'price_rule',
  description: 'When a price applies. A TMF620 price takes it up by its id in constraint, with @referredType PriceRule; it applies only where all its rules match.',
  schema,
  visibility: 'house',
  external: false,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['about'] },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { name: 'text', about: 'text', lastUpdate: 'instant' },
  check: doc => {
    const faults = doc.about === undefined ? [] : ruleFaults([{ ...doc, about: doc.about }], 'rule').map(one => ({ ...one, path: one.path.replace(/^rule\[0\]\.?/, '') || 'value' }))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: { name: 'In stores', about: 'channel', value: ['store'] },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'it has both value and condition, or neither, or a condition that is none', attribute: 'condition' }],
})

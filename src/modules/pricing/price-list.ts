/** Price lists: what their entries are (OVERRIDE or SALE), for whom and when they hold. */
import { Type, type Static } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { pricingApi } from './api.ts'
import { PriceRuleValue, ruleFaults } from './rule.ts'

const schema = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Name shown to people' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    listType: Type.Optional(Type.Enum(['OVERRIDE', 'SALE'], { type: 'string', description: 'OVERRIDE: its prices stand in for the offering’s own, dearer or cheaper. SALE: the lower of its price and the offering’s own' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'draft, active or retired; only an active one counts' })),
    taxIncluded: Type.Optional(Type.Boolean({ description: 'Its amounts contain the tax; false when left out' })),
    goods: Type.Optional(Type.Boolean({ description: 'A SALE of goods: the lowest price of the 30 days before it is told beside its prices (Directive 98/6/EC, article 6a)' })),
    rule: Type.Optional(Type.Array(PriceRuleValue, { maxItems: 20, description: 'When its prices apply: all must match' })),
    validFor: Type.Optional(TimePeriod),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    ...extensible,
  },
  { description: 'Prices that stand in for those of the offerings themselves' },
)
export type PriceList = Static<typeof schema>

export const priceList = defineResource({
  api: pricingApi,
  name: 'priceList',
  type: 'PriceList',
  table: 'price_list',
  description: 'Prices that stand in for those of the offerings themselves (TMF620), which are the default list: for an agreement, a customer, a segment, a place, a channel, or for all.',
  schema,
  visibility: 'house',
  external: false,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name', 'listType'] },
  lifecycle: { attribute: 'lifecycleStatus', states: ['draft', 'active', 'retired'], initial: ['draft', 'active'], moves: { draft: ['active', 'retired'], active: ['draft', 'retired'], retired: ['active'] }, movedBy: 'client' },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { name: 'text', listType: 'text', lifecycleStatus: 'text', lastUpdate: 'instant' },
  check: doc => {
    const faults = ruleFaults(doc.rule, 'rule')
    const { startDateTime: from, endDateTime: until } = doc.validFor ?? {}
    if (from !== undefined && until !== undefined && Date.parse(from) >= Date.parse(until)) faults.push(fault('validFor.endDateTime', 'must be after startDateTime', until))
    if (doc.goods === true && doc.listType !== 'SALE') faults.push(fault('goods', 'is for lists of type SALE', doc.goods))
    if (doc.goods === true && from === undefined) faults.push(fault('validFor.startDateTime', 'must say when the reduction of goods begins: the 30 days before it count'))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: { name: 'Store prices', listType: 'OVERRIDE', lifecycleStatus: 'draft', rule: [{ about: 'channel', value: ['store'] }] },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a condition is none', attribute: 'rule[0].condition' },
    { status: 400, code: 'invalidAttribute', when: 'goods are on sale from no time on', attribute: 'validFor.startDateTime' },
  ],
})

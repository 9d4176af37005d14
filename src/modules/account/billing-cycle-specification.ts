/** TMF666 billingCycleSpecification: when bills are made and when they are due. Accounts that name one follow it. */
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { accountApi } from './api.ts'
import { cycleFaults } from './cycle.ts'

const days = (description: string) => Type.Optional(Type.Integer({ description }))

export const BillingCycleSpecification = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    billingDateShift: days('Days from the first of the month to the bill: 0 is the first, 30 the last of every month. The day of the account when left out'),
    billingPeriod: Type.Optional(Type.String({ description: 'Period that is billed, in the words of frequency; used where there is no frequency' })),
    chargeDateOffset: days('Days until charges are computed'),
    creditDateOffset: days('Days until credits are computed'),
    frequency: Type.Optional(Type.String({ description: 'How often: monthly, bimonthly, quarterly, half-yearly, yearly, or a number of months such as P4M; monthly when left out' })),
    mailingDateOffset: days('Days until the bill is sent'),
    paymentDueDateOffset: days('Days from the bill until it is due; those of the brand when left out'),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'When bills are made and when they are due' },
)
export type BillingCycleSpecification = Static<typeof BillingCycleSpecification>

const OFFSETS = ['chargeDateOffset', 'creditDateOffset', 'mailingDateOffset'] as const

export const billingCycleSpecification = defineResource({
  api: accountApi,
  name: 'billingCycleSpecification',
  type: 'BillingCycleSpecification',
  table: 'billing_cycle_specification',
  description: 'When bills are made and when they are due. A change takes effect with the next bill of each account that names it.',
  schema: BillingCycleSpecification,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'] },
  update: { required: ['name'] },
  visibility: 'brand',
  writtenBy: 'house',
  // The definition has no events of it; these are Tandem's own, because billing follows what is changed.
  filters: { name: 'text', frequency: 'text', billingDateShift: 'integer' },
  check: doc => {
    const faults: Fault[] = [...cycleFaults(doc, '')]
    for (const name of OFFSETS) if ((doc[name] ?? 0) < 0) faults.push(fault(name, 'must not be negative', doc[name]))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: { name: 'Quarterly, on the eleventh', frequency: 'quarterly', billingDateShift: 10, paymentDueDateOffset: 21 },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'frequency is no number of months, or an offset cannot be', attribute: 'frequency' }],
})

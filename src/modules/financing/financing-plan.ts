/** What a customer pays off in instalments (Tandem's own): an agreement of its own, which no change of a tariff touches. */
import { Type, type Static } from 'typebox'
import { defineResource } from '../../tmf/resource.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { customerOf } from '../ordering/index.ts'
import { financingApi } from './api.ts'

const Amount = (description: string) => Type.Object({ unit: Type.String({ description: 'ISO 4217 currency code' }), value: Type.Number({ description: 'Amount' }) }, { description })
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))
const text = (description: string) => Type.Optional(Type.String({ description }))

const InstalmentValue = Type.Object(
  {
    number: Type.Integer({ description: 'Which of them, from 1' }),
    amount: Amount('What is paid'),
    principal: Amount('How much of it pays off'),
    interest: Amount('How much of it is interest'),
    remainder: Amount('What is still owed of the principal afterwards'),
    dueDate: instant('When it is due; it is on the next bill from then on'),
  },
  { description: 'An instalment' },
)

export const FinancingPlan = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: text('What is paid off'),
    state: Type.Optional(Type.Enum(['agreed', 'active', 'settled', 'paidOff', 'cancelled'], { type: 'string', description: 'agreed with the order, active once the device is there, settled with the last instalment, paidOff before that, cancelled with the sale' })),
    financingOffer: Type.Optional(entityRef('The terms that it was agreed on')),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    billingAccount: Type.Optional(entityRef('Account that it is billed on; that of who pays when left out')),
    product: Type.Optional(entityRef('What is paid off')),
    soldWith: Type.Optional(Type.Array(entityRef('A product'), { description: 'What was sold with it, in the same order' })),
    productOrder: Type.Optional(entityRef('The order that it was agreed with')),
    productOrderItemId: text('The item of that order'),
    price: Type.Optional(Amount('What is bought costs, with tax')),
    downPayment: Type.Optional(Amount('Paid when it begins')),
    paid: Type.Optional(entityRef('The payment of the down payment, where the checkout took it; else it is on the bill')),
    amountFinanced: Type.Optional(Amount('Paid off in instalments')),
    numberOfInstalments: Type.Optional(Type.Integer({ description: 'How many there are' })),
    interestRate: Type.Optional(Type.Number({ description: 'Percent a year' })),
    taxCategory: text('Tax that is in the price'),
    taxRate: Type.Optional(Type.Number({ description: 'Its rate when it was sold, in percent' })),
    instalment: Type.Optional(Type.Array(InstalmentValue, { description: 'The schedule' })),
    agreedDate: instant('When it was agreed'),
    startDate: instant('When it began: the device was there'),
    endDate: instant('When the last instalment is due; when it was paid off or cancelled'),
    payOff: Type.Optional(Type.Object({ date: Type.String({ format: 'date-time', description: 'When' }), amount: Amount('What was still owed'), reason: text('Why') }, { description: 'That it was paid off early' })),
    ...extensible,
  },
  { description: 'What a customer pays off in instalments' },
)
export type FinancingPlan = Static<typeof FinancingPlan>

export const financingPlan = defineResource({
  api: financingApi,
  name: 'financingPlan',
  type: 'FinancingPlan',
  table: 'financing_plan',
  description: 'What a customer pays off in instalments, apart from any tariff: the schedule, and what became of it. Made by the order of something that is financed.',
  schema: FinancingPlan,
  operations: ['list', 'get'],
  lifecycle: {
    attribute: 'state',
    states: ['agreed', 'active', 'settled', 'paidOff', 'cancelled'],
    initial: ['agreed', 'active'],
    moves: { agreed: ['active', 'cancelled'], active: ['settled', 'paidOff', 'cancelled'] },
    movedBy: 'server',
  },
  filters: { state: 'text', 'product.id': 'text', 'productOrder.id': 'text', startDate: 'instant', endDate: 'instant' },
  references: [
    { path: 'relatedParty[]', weak: true },
    { path: 'billingAccount', to: 'billingAccount', onMissing: 'record', weak: true },
    { path: 'product', to: 'product', onMissing: 'record', weak: true },
    { path: 'soldWith[]', to: 'product', onMissing: 'record', weak: true },
    { path: 'productOrder', to: 'productOrder', onMissing: 'record', weak: true },
    { path: 'financingOffer', to: 'financingOffer', onMissing: 'record', weak: true },
  ],
  ownerParty: customerOf,
  external: false,
  example: {
    name: 'Aura 9',
    price: { unit: 'EUR', value: 600 },
    downPayment: { unit: 'EUR', value: 0 },
    amountFinanced: { unit: 'EUR', value: 600 },
    numberOfInstalments: 2,
    interestRate: 0,
    instalment: [
      { number: 1, amount: { unit: 'EUR', value: 300 }, principal: { unit: 'EUR', value: 300 }, interest: { unit: 'EUR', value: 0 }, remainder: { unit: 'EUR', value: 300 } },
      { number: 2, amount: { unit: 'EUR', value: 300 }, principal: { unit: 'EUR', value: 300 }, interest: { unit: 'EUR', value: 0 }, remainder: { unit: 'EUR', value: 0 } },
    ],
  },
})

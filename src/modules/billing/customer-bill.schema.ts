/** Stored form of customerBill (TMF678), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { AppliedPayment, FinancialAccountRef, RelatedPartyRef, TaxItem, stateValue } from './bill-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { AttachmentRefOrValue, Money, TimePeriod } from '../../tmf/types/basics.ts'
import { BillingAccountRef, PaymentMethodRef } from '../../tmf/types/references.ts'

/** A bill of one account. */
export const CustomerBill = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    billDate: Type.Optional(Type.String({ format: 'date-time', description: 'Date of the bill' })),
    billNo: Type.Optional(Type.String({ description: 'Bill number shown to the customer' })),
    category: Type.Optional(Type.String({ description: 'Kind of bill, such as normal or trial' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    nextBillDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the next bill is made' })),
    paymentDueDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it has to be paid' })),
    runType: Type.Optional(Type.String({ description: 'onCycle or offCycle' })),
    amountDue: Type.Optional(Money),
    appliedPayment: Type.Optional(Type.Array(AppliedPayment, { description: 'Payments set against it' })),
    billDocument: Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'The bill as a document' })),
    billingAccount: Type.Optional(BillingAccountRef),
    billingPeriod: Type.Optional(TimePeriod),
    financialAccount: Type.Optional(FinancialAccountRef),
    paymentMethod: Type.Optional(PaymentMethodRef),
    relatedParty: Type.Optional(Type.Array(RelatedPartyRef, { description: 'Parties with a part in it, each with its role' })),
    remainingAmount: Type.Optional(Money),
    state: Type.Optional(stateValue),
    taxExcludedAmount: Type.Optional(Money),
    taxIncludedAmount: Type.Optional(Money),
    taxItem: Type.Optional(Type.Array(TaxItem, { description: 'Taxes on the bill' })),
    ...extensible,
  },
  { description: 'A bill of one account' },
)
export type CustomerBill = Static<typeof CustomerBill>

export const customerBillUpdate = { required: [], immutable: ['billDate', 'billNo', 'category', 'lastUpdate', 'nextBillDate', 'paymentDueDate', 'runType', 'amountDue', 'appliedPayment', 'billDocument', 'billingAccount', 'billingPeriod', 'financialAccount', 'paymentMethod', 'relatedParty', 'remainingAmount', 'taxExcludedAmount', 'taxIncludedAmount', 'taxItem'] }

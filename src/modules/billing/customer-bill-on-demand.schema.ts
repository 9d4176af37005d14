/** Stored form of customerBillOnDemand (TMF678), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { BillRef, RelatedPartyRef, StateValues } from './bill-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { BillingAccountRef } from '../../tmf/types/references.ts'

/** Task that makes a bill outside its cycle. */
export const CustomerBillOnDemand = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    lastUpdate: Type.Optional(Type.String({ description: 'When it was last written' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    billingAccount: Type.Optional(BillingAccountRef),
    customerBill: Type.Optional(BillRef),
    relatedParty: Type.Optional(RelatedPartyRef),
    state: Type.Optional(StateValues),
    ...extensible,
  },
  { description: 'Task that makes a bill outside its cycle' },
)
export type CustomerBillOnDemand = Static<typeof CustomerBillOnDemand>

export const customerBillOnDemandCreate = { required: [] }

/** Stored form of customer (TMF629), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { AccountRef, ContactMedium, CreditProfile } from './customer-types.ts'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Characteristic, TimePeriod } from '../../tmf/types/basics.ts'
import { AgreementRef, PaymentMethodRef, RelatedParty } from '../../tmf/types/references.ts'

/** A party in its role as a buyer. */
export const Customer = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    status: Type.Optional(Type.String({ description: 'Where it stands' })),
    statusReason: Type.Optional(Type.String({ description: 'Why it has its status' })),
    account: Type.Optional(Type.Array(AccountRef, { description: 'Accounts of the customer' })),
    agreement: Type.Optional(Type.Array(AgreementRef, { description: 'Agreements that it stands under' })),
    characteristic: Type.Optional(Type.Array(Characteristic, { description: 'Further values by name' })),
    contactMedium: Type.Optional(Type.Array(ContactMedium, { description: 'Ways to reach the party' })),
    creditProfile: Type.Optional(Type.Array(CreditProfile, { description: 'What is known of the credit standing' })),
    engagedParty: Type.Optional(RelatedParty),
    paymentMethod: Type.Optional(Type.Array(PaymentMethodRef, { description: 'Means of payment' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A party in its role as a buyer' },
)
export type Customer = Static<typeof Customer>

export const customerCreate = { required: ['engagedParty', 'name'] }
export const customerUpdate = { required: ['engagedParty'] }

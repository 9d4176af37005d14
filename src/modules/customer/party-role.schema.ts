/** Stored form of partyRole (TMF669), and what creates may carry. */
import { Type, type Static } from 'typebox'
import { AccountRef, ContactMedium, CreditProfile } from './customer-types.ts'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Characteristic, TimePeriod } from '../../tmf/types/basics.ts'
import { AgreementRef, PaymentMethodRef, RelatedParty } from '../../tmf/types/references.ts'

/** A part that a party plays. */
export const PartyRole = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(personal(Type.String({ description: 'What the role is called, such as supplier, member of a household, technical contact' }))),
    roleType: Type.Optional(Type.String({ description: 'Kind of role, for programs; the name when left out (own extension, wanted by the conformance profile)' })),
    status: Type.Optional(Type.String({ description: 'Where it stands' })),
    statusReason: Type.Optional(Type.String({ description: 'Why it has its status' })),
    account: Type.Optional(Type.Array(AccountRef, { description: 'Accounts of the party in this role' })),
    agreement: Type.Optional(Type.Array(AgreementRef, { description: 'Agreements that it stands under' })),
    characteristic: Type.Optional(Type.Array(Characteristic, { description: 'Further values by name' })),
    contactMedium: Type.Optional(Type.Array(ContactMedium, { description: 'Ways to reach the party in this role' })),
    creditProfile: Type.Optional(Type.Array(CreditProfile, { description: 'What is known of the credit standing' })),
    engagedParty: Type.Optional(RelatedParty),
    paymentMethod: Type.Optional(Type.Array(PaymentMethodRef, { description: 'Means of payment' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'For or with whom the role is played, each with its own part' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A part that a party plays' },
)
export type PartyRole = Static<typeof PartyRole>

export const partyRoleCreate = { required: ['name'] }

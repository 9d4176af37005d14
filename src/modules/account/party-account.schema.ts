/** Stored form of the accounts that a party has (TMF666 partyAccount, billingAccount, settlementAccount), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { AccountBalance, AccountRelationship, AccountTaxExemption, BillStructure, Contact, FinancialAccountRef, PaymentPlan, RelatedParty } from './account-types.ts'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Money } from '../../tmf/types/basics.ts'
import { PaymentMethodRef } from '../../tmf/types/references.ts'

/** Account of a party. */
export const PartyAccount = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    accountType: Type.Optional(Type.String({ description: 'Kind of account, such as billing or joint' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    lastModified: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    paymentStatus: Type.Optional(Type.String({ description: 'How payments stand' })),
    state: Type.Optional(Type.String({ description: 'Where it stands' })),
    accountBalance: Type.Optional(Type.Array(AccountBalance, { description: 'Balances of the account' })),
    accountRelationship: Type.Optional(Type.Array(AccountRelationship, { description: 'How it relates to other accounts' })),
    billStructure: Type.Optional(BillStructure),
    contact: Type.Optional(Type.Array(Contact, { description: 'Contacts for this account' })),
    creditLimit: Type.Optional(Money),
    defaultPaymentMethod: Type.Optional(PaymentMethodRef),
    financialAccount: Type.Optional(FinancialAccountRef),
    paymentPlan: Type.Optional(Type.Array(PaymentPlan, { description: 'Payment in parts' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { minItems: 1, description: 'Parties with a part in it, each with its role' })),
    taxExemption: Type.Optional(Type.Array(AccountTaxExemption, { description: 'Exemptions from tax' })),
    ...extensible,
  },
  { description: 'Account of a party' },
)
export type PartyAccount = Static<typeof PartyAccount>

export const partyAccountCreate = { required: ['name', 'relatedParty'] }
export const partyAccountUpdate = { required: ['name', 'relatedParty'], immutable: ['accountBalance'] }

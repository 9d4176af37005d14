/** Parts of accounts (TMF666). */
import { Type } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { ContactMedium, Money, TimePeriod } from '../../tmf/types/basics.ts'
import { PaymentMethodRef } from '../../tmf/types/references.ts'

/** A balance of an account. */
export const AccountBalance = Type.Object(
  {
    balanceType: Type.String({ description: 'Kind of balance, such as receivable' }),
    amount: Money,
    validFor: TimePeriod,
    ...extensible,
  },
  { description: 'A balance of an account' },
)

const AccountRef = entityRef('An account', {
  description: Type.Optional(Type.String({ description: 'Free text for people' })),
})

/** A relation to another account. */
export const AccountRelationship = Type.Object(
  {
    relationshipType: Type.String({ description: 'Kind of relation, such as requires or excludes' }),
    account: Type.Optional(AccountRef),
    validFor: TimePeriod,
    ...extensible,
  },
  { description: 'A relation to another account' },
)

/** An exemption from tax. */
export const AccountTaxExemption = Type.Object(
  {
    certificateNumber: Type.Optional(personal(Type.String({ description: 'Number of the certificate' }))),
    issuingJurisdiction: Type.String({ description: 'Jurisdiction that grants it' }),
    reason: Type.Optional(Type.String({ description: 'Why it is granted' })),
    validFor: TimePeriod,
    ...extensible,
  },
  { description: 'An exemption from tax' },
)

/** What the definition says of forms and of media of bills, in the same words. */
const namedRefOrValue = (description: string) =>
  Type.Object(
    {
      id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
      href: Type.Optional(Type.String({ description: 'Where it can be read' })),
      description: Type.Optional(Type.String({ description: 'Free text for people' })),
      isRef: Type.Boolean({ default: true, description: 'True for a reference, false for the value itself' }),
      name: Type.String({ description: 'Name shown to people' }),
      '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
      ...extensible,
    },
    { description },
  )

const BillFormatRefOrValue = namedRefOrValue('A form of bill, by reference or by value')
const BillPresentationMediaRefOrValue = namedRefOrValue('A medium of bills, by reference or by value')

/** A bill cycle, by reference or by value. */
const BillingCycleSpecificationRefOrValue = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    billingDateShift: Type.Optional(Type.Integer({ description: 'Day of the bill within the period' })),
    billingPeriod: Type.Optional(Type.String({ description: 'Period that is billed' })),
    chargeDateOffset: Type.Optional(Type.Integer({ description: 'Days until charges are computed' })),
    creditDateOffset: Type.Optional(Type.Integer({ description: 'Days until credits are computed' })),
    dateShift: Type.Optional(Type.Integer({ description: 'Days that the cycle is moved by' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    frequency: Type.Optional(Type.String({ description: 'How often, such as monthly' })),
    isRef: Type.Boolean({ default: true, description: 'True for a reference, false for the value itself' }),
    mailingDateOffset: Type.Optional(Type.Integer({ description: 'Days until the bill is sent' })),
    name: Type.String({ description: 'Name shown to people' }),
    paymentDueDateOffset: Type.Optional(Type.Integer({ description: 'Days until payment is due' })),
    validFor: Type.Optional(TimePeriod),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A bill cycle, by reference or by value' },
)

/** Cycle, form and media of bills. */
export const BillStructure = Type.Object(
  {
    cycleSpecification: Type.Optional(BillingCycleSpecificationRefOrValue),
    format: Type.Optional(BillFormatRefOrValue),
    presentationMedia: Type.Optional(Type.Array(BillPresentationMediaRefOrValue, { description: 'Media that the bill is sent by' })),
    ...extensible,
  },
  { description: 'Cycle, form and media of bills' },
)

/** A party with its role. */
export const RelatedParty = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: personal(Type.String({ description: 'Name shown to people' })),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    '@referredType': Type.String({ description: 'Class of what is referred to' }),
    ...extensible,
  },
  { description: 'A party with its role' },
)

/** A contact of the account. */
export const Contact = Type.Object(
  {
    contactName: Type.Optional(personal(Type.String({ description: 'Name of the contact' }))),
    contactType: Type.String({ description: 'Use of the contact, such as primary or billing' }),
    partyRoleType: Type.Optional(Type.String({ description: 'Role of the party, such as publisher' })),
    contactMedium: Type.Optional(Type.Array(ContactMedium, { description: 'Ways to reach the party' })),
    relatedParty: Type.Optional(RelatedParty),
    validFor: TimePeriod,
    ...extensible,
  },
  { description: 'A contact of the account' },
)

export const FinancialAccountRef = entityRef('A financial account', {
  accountBalance: Type.Optional(AccountBalance),
})

/** A plan to pay in parts. */
export const PaymentPlan = Type.Object(
  {
    numberOfPayments: Type.Optional(Type.Integer({ description: 'How many parts' })),
    paymentFrequency: Type.Optional(Type.String({ description: 'How often a part is paid' })),
    planType: Type.Optional(Type.String({ description: 'Kind of plan' })),
    priority: Type.Optional(Type.Integer({ description: 'Order among the plans' })),
    status: Type.Optional(Type.String({ description: 'Where the plan stands' })),
    paymentMethod: Type.Optional(PaymentMethodRef),
    totalAmount: Type.Optional(Money),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A plan to pay in parts' },
)

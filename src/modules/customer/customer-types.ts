/** Parts of a customer (TMF629). */
import { Type } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { MediumCharacteristic, TimePeriod } from '../../tmf/types/basics.ts'

/** An account. */
export const AccountRef = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.String({ description: 'Name shown to people' }),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'An account' },
)

/** A way to reach a party. */
export const ContactMedium = Type.Object(
  {
    mediumType: Type.String({ description: 'Kind of contact, such as email, phone or postalAddress' }),
    preferred: Type.Optional(Type.Boolean({ description: 'True for the one to use first' })),
    characteristic: MediumCharacteristic,
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A way to reach a party' },
)

/** Credit standing at a date. */
export const CreditProfile = Type.Object(
  {
    creditProfileDate: Type.String({ format: 'date-time', description: 'When it was assessed' }),
    creditRiskRating: Type.Optional(personal(Type.Integer({ description: 'Class of risk' }))),
    creditScore: Type.Optional(personal(Type.Integer({ description: 'Credit score' }))),
    validFor: TimePeriod,
    ...extensible,
  },
  { description: 'Credit standing at a date' },
)

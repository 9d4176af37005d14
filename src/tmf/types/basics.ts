/** Plain shapes that several APIs share: money, quantities, times, characteristics, files and ways to reach a party. */
import { Type } from 'typebox'
import { personal } from '../tags.ts'
import { extensible } from './attributes.ts'

/** An amount in a unit. */
export const Quantity = Type.Object(
  {
    amount: Type.Optional(Type.Number({ format: 'float', default: 1, description: 'Number of units' })),
    units: Type.Optional(Type.String({ description: 'Unit of the amount' })),
  },
  { description: 'An amount in a unit' },
)

/** A span of time. */
export const TimePeriod = Type.Object(
  {
    endDateTime: Type.Optional(Type.String({ format: 'date-time', description: 'End of the time; open when left out' })),
    startDateTime: Type.Optional(Type.String({ format: 'date-time', description: 'First instant; open when left out' })),
  },
  { description: 'A span of time' },
)

/** A file, by reference or by value. */
export const AttachmentRefOrValue = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    attachmentType: Type.Optional(Type.String({ description: 'Kind of file, such as picture or video' })),
    content: Type.Optional(Type.String({ description: 'The file itself, in base64' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    mimeType: Type.Optional(Type.String({ description: 'Media type, such as image/png' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    url: Type.Optional(Type.String({ description: 'Where the file can be fetched' })),
    size: Type.Optional(Quantity),
    validFor: Type.Optional(TimePeriod),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A file, by reference or by value' },
)

/** A value by name. */
export const Characteristic = Type.Object(
  {
    name: Type.String({ description: 'Name shown to people' }),
    valueType: Type.Optional(Type.String({ description: 'Data type of the value, such as string or number' })),
    value: Type.Unknown({ description: 'The value; any JSON' }),
    ...extensible,
  },
  { description: 'A value by name' },
)

/** Address or number of the contact. */
export const MediumCharacteristic = Type.Object(
  {
    city: Type.Optional(personal(Type.String({ description: 'Town' }))),
    contactType: Type.Optional(Type.String({ description: 'Use of the contact, such as primary or billing' })),
    country: Type.Optional(personal(Type.String({ description: 'Country' }))),
    emailAddress: Type.Optional(personal(Type.String({ description: 'E-mail address' }))),
    faxNumber: Type.Optional(personal(Type.String({ description: 'Fax number' }))),
    phoneNumber: Type.Optional(personal(Type.String({ description: 'Telephone number' }))),
    postCode: Type.Optional(personal(Type.String({ description: 'Postal code' }))),
    socialNetworkId: Type.Optional(personal(Type.String({ description: 'Name or number in a social network' }))),
    stateOrProvince: Type.Optional(personal(Type.String({ description: 'State or province' }))),
    street1: Type.Optional(personal(Type.String({ description: 'Street and number' }))),
    street2: Type.Optional(personal(Type.String({ description: 'Rest of the street address' }))),
    ...extensible,
  },
  { description: 'Address or number of the contact' },
)

/** A way to reach a party. */
export const ContactMedium = Type.Object(
  {
    mediumType: Type.Optional(Type.String({ description: 'Kind of contact, such as email, phone or postalAddress' })),
    preferred: Type.Optional(Type.Boolean({ description: 'True for the one to use first' })),
    characteristic: Type.Optional(MediumCharacteristic),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A way to reach a party' },
)

/** A length of time. */
export const Duration = Type.Object(
  {
    amount: Type.Optional(Type.Integer({ description: 'Number of units' })),
    units: Type.Optional(Type.String({ description: 'Unit of the amount' })),
  },
  { description: 'A length of time' },
)

/** An amount in a currency. */
export const Money = Type.Object(
  {
    unit: Type.Optional(Type.String({ description: 'ISO 4217 currency code' })),
    value: Type.Optional(Type.Number({ format: 'float', description: 'Amount of money' })),
  },
  { description: 'An amount in a currency' },
)

/** What is to be done. */
export const OrderItemActionType = Type.Enum(['add', 'modify', 'delete', 'noChange'], { type: 'string', description: 'What is to be done' })

/** Class of the product and where its schema lies. */
export const TargetProductSchema = Type.Object(
  {
    '@baseType': Type.Optional(Type.String({ description: 'Class that @type extends' })),
    '@schemaLocation': Type.String({ description: 'Where the JSON Schema of an extension can be fetched' }),
    '@type': Type.String({ description: 'Class of this object' }),
  },
  { description: 'Class of the product and where its schema lies' },
)

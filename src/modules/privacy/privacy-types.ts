/** Parts of privacy profiles and agreements (TMF644). */
import { Type } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/references.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

export const AgreementSpecificationRef = entityRef('A template of agreements', { description: text('What the template is about') })

export const PartyPrivacyProfileRef = entityRef('A privacy profile')

export const PartyPrivacyAgreementRef = entityRef('A privacy agreement')

export const PartyPrivacyProfileSpecificationRef = entityRef('A specification of privacy profiles')

export const ProductRef = entityRef('A product')

/** What may be done with one kind of data, or through one channel. */
export const PartyPrivacyProfileCharacteristic = Type.Object(
  {
    id: text('Identifier within the profile'),
    name: Type.String({ description: 'What it is about: a channel such as email or sms; all, or the name of a kind of data' }),
    privacyUsagePurpose: text('Purpose that is allowed or refused: MARKETING, RESEARCH, ADMIN, INFORMATION'),
    valueType: text('Data type of the value'),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Whom the use is allowed to; ourselves when left out' })),
    value: personal(Type.Unknown({ description: 'What is allowed: true, granted, optIn and the like allow, anything else refuses' })),
    ...extensible,
  },
  { description: 'What may be done with one kind of data, or through one channel' },
)

const RoleSpecification = Type.Object({ description: text('What the role is'), name: Type.String({ description: 'Name of the role' }), ...extensible }, { description: 'A role' })

/** To whom a specification can be offered. */
export const PartyPrivacyRoleSpecification = Type.Object(
  { description: text('What the role is'), name: Type.String({ description: 'Name of the role' }), agreementSpecification: Type.Optional(Type.Array(AgreementSpecificationRef, { description: 'Templates of agreements for the role' })), ...extensible },
  { description: 'A role that a specification applies to' },
)

const SpecificationCharacteristicValue = Type.Object(
  {
    isDefault: Type.Optional(Type.Boolean({ description: 'True for the value that holds when none is chosen' })),
    rangeInterval: text('Whether the ends of the range belong to it: open, closed, closedBottom, closedTop'),
    regex: text('Pattern of the value'),
    unitOfMeasure: text('Unit of the value'),
    valueFrom: Type.Optional(Type.Integer({ description: 'Least value' })),
    valueTo: Type.Optional(Type.Integer({ description: 'Greatest value' })),
    valueType: text('Data type of the value'),
    validFor: Type.Optional(TimePeriod),
    value: Type.Optional(Type.Unknown({ description: 'The value; any JSON' })),
    ...extensible,
  },
  { description: 'A value that can be chosen' },
)

/** What can be asked: a purpose, a kind of data, the choices. */
export const PartyPrivacyProfileSpecificationCharacteristic = Type.Object(
  {
    id: text('Identifier within the specification'),
    criticalityLevel: text('How bad a leak would be: low, medium, high'),
    description: text('Free text for people'),
    name: text('What it is about: a channel, or a kind of data'),
    privacyType: text('Kind of privacy: internal or external purpose or retention'),
    privacyUsagePurpose: text('Purpose that is asked for'),
    allowedRole: Type.Optional(Type.Array(RoleSpecification, { description: 'Roles in the organization that may see the data' })),
    partyPrivacyProfileSpecCharacteristicValue: Type.Optional(Type.Array(SpecificationCharacteristicValue, { description: 'Values that can be chosen' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A question that a privacy profile answers' },
)

/** An approval of an agreement. */
export const AgreementAuthorization = Type.Object(
  {
    date: Type.Optional(Type.String({ format: 'date-time', description: 'When it reached its state' })),
    signatureRepresentation: text('Whether it was signed on paper or digitally'),
    state: text('Where it stands: in process, approved, rejected'),
    ...extensible,
  },
  { description: 'An approval of an agreement' },
)

const AgreementTermOrCondition = Type.Object(
  { id: text('Identifier within the item'), description: text('The text of the term'), validFor: Type.Optional(TimePeriod), ...extensible },
  { description: 'A term of an agreement' },
)

/** What an agreement is about. */
export const AgreementItem = Type.Object(
  {
    product: Type.Optional(Type.Array(ProductRef, { description: 'Products that it is about' })),
    productOffering: Type.Optional(Type.Array(entityRef('An offering'), { description: 'Offerings that it is about' })),
    termOrCondition: Type.Optional(Type.Array(AgreementTermOrCondition, { description: 'Terms' })),
    ...extensible,
  },
  { description: 'A part of an agreement' },
)

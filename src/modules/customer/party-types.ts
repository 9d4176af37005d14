/** Parts of individuals and organizations (TMF632). */
import { Type } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { AttachmentRefOrValue, TimePeriod } from '../../tmf/types/basics.ts'

/** A disability. */
export const Disability = Type.Object(
  {
    disabilityCode: Type.Optional(personal(Type.String({ description: 'Code of the disability' }))),
    disabilityName: Type.Optional(personal(Type.String({ description: 'Name of the disability' }))),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A disability' },
)

/** An identity elsewhere. */
export const ExternalReference = Type.Object(
  {
    externalReferenceType: Type.Optional(Type.String({ description: 'Kind of the outer identity' })),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    ...extensible,
  },
  { description: 'An identity elsewhere' },
)

/** An identity document. */
export const IndividualIdentification = Type.Object(
  {
    identificationId: Type.Optional(personal(Type.String({ description: 'Number of the document' }))),
    identificationType: Type.Optional(Type.String({ description: 'Kind of document, such as passport' })),
    issuingAuthority: Type.Optional(personal(Type.String({ description: 'Who issued it' }))),
    issuingDate: Type.Optional(personal(Type.String({ format: 'date-time', description: 'When it was issued' }))),
    attachment: Type.Optional(AttachmentRefOrValue),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'An identity document' },
)

/** State of the record; the spelling is the definition’s. */
export const IndividualStateType = Type.Enum(
  [
    'initialized',
    'validated',
    'deceaded',
  ],
  { type: 'string', description: 'State of the record; the spelling is the definition’s' },
)

/** A language with its levels. */
export const LanguageAbility = Type.Object(
  {
    isFavouriteLanguage: Type.Optional(Type.Boolean({ description: 'True for the language to use first' })),
    languageCode: Type.Optional(Type.String({ description: 'ISO 639 code of the language' })),
    languageName: Type.Optional(Type.String({ description: 'Name of the language' })),
    listeningProficiency: Type.Optional(Type.String({ description: 'How well it is understood' })),
    readingProficiency: Type.Optional(Type.String({ description: 'How well it is read' })),
    speakingProficiency: Type.Optional(Type.String({ description: 'How well it is spoken' })),
    writingProficiency: Type.Optional(Type.String({ description: 'How well it is written' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A language with its levels' },
)

export const OrganizationRef = entityRef('An organization')

/** A relation to an organization below. */
export const OrganizationChildRelationship = Type.Object(
  {
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    organization: Type.Optional(OrganizationRef),
    ...extensible,
  },
  { description: 'A relation to an organization below' },
)

/** A registration. */
export const OrganizationIdentification = Type.Object(
  {
    identificationId: Type.Optional(personal(Type.String({ description: 'Number of the document' }))),
    identificationType: Type.Optional(Type.String({ description: 'Kind of document, such as passport' })),
    issuingAuthority: Type.Optional(Type.String({ description: 'Who issued it' })),
    issuingDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was issued' })),
    attachment: Type.Optional(AttachmentRefOrValue),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A registration' },
)

/** A relation to an organization above. */
export const OrganizationParentRelationship = Type.Object(
  {
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    organization: Type.Optional(OrganizationRef),
    ...extensible,
  },
  { description: 'A relation to an organization above' },
)

/** State of the record. */
export const OrganizationStateType = Type.Enum(['initialized', 'validated', 'closed'], { type: 'string', description: 'State of the record' })

/** A further name of a person. */
export const OtherNameIndividual = Type.Object(
  {
    aristocraticTitle: Type.Optional(personal(Type.String({ description: 'Title of nobility' }))),
    familyName: Type.Optional(personal(Type.String({ description: 'Family name' }))),
    familyNamePrefix: Type.Optional(personal(Type.String({ description: 'What stands before the family name, such as van' }))),
    formattedName: Type.Optional(personal(Type.String({ description: 'Name as written on a letter' }))),
    fullName: Type.Optional(personal(Type.String({ description: 'Whole name in one text' }))),
    generation: Type.Optional(personal(Type.String({ description: 'Addition such as Junior' }))),
    givenName: Type.Optional(personal(Type.String({ description: 'First name' }))),
    legalName: Type.Optional(personal(Type.String({ description: 'Name in official papers' }))),
    middleName: Type.Optional(personal(Type.String({ description: 'Middle name' }))),
    preferredGivenName: Type.Optional(personal(Type.String({ description: 'First name that the person goes by' }))),
    title: Type.Optional(personal(Type.String({ description: 'Form of address' }))),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A further name of a person' },
)

/** A further name of an organization. */
export const OtherNameOrganization = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    nameType: Type.Optional(Type.String({ description: 'Legal form or kind of name, such as Inc' })),
    tradingName: Type.Optional(Type.String({ description: 'Name that it trades under' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A further name of an organization' },
)

/** A rating by an agency. */
export const PartyCreditProfile = Type.Object(
  {
    creditAgencyName: Type.Optional(Type.String({ description: 'Who rated' })),
    creditAgencyType: Type.Optional(Type.String({ description: 'Kind of agency' })),
    ratingReference: Type.Optional(personal(Type.String({ description: 'The agency’s own reference' }))),
    ratingScore: Type.Optional(personal(Type.Integer({ description: 'Score that was given' }))),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A rating by an agency' },
)

/** A skill. */
export const Skill = Type.Object(
  {
    comment: Type.Optional(Type.String({ description: 'Remark' })),
    evaluatedLevel: Type.Optional(Type.String({ description: 'Level that was found' })),
    skillCode: Type.Optional(Type.String({ description: 'Code of the skill' })),
    skillName: Type.Optional(Type.String({ description: 'Name of the skill' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A skill' },
)

/** A tax. */
export const TaxDefinition = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    taxType: Type.Optional(Type.String({ description: 'Kind of tax' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A tax' },
)

/** A proof of tax exemption. */
export const TaxExemptionCertificate = Type.Object(
  {
    id: Type.Optional(personal(Type.String({ description: 'Identifier, unique among its kind' }))),
    attachment: Type.Optional(AttachmentRefOrValue),
    taxDefinition: Type.Optional(Type.Array(TaxDefinition, { description: 'Taxes that the exemption is about' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A proof of tax exemption' },
)

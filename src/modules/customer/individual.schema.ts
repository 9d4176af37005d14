/** Stored form of individual (TMF632), and what creates and updates may carry. */
import { MergedInto } from './merged-into.ts'
import { Type, type Static } from 'typebox'
import {
  Disability,
  ExternalReference,
  IndividualIdentification,
  IndividualStateType,
  LanguageAbility,
  OtherNameIndividual,
  PartyCreditProfile,
  Skill,
  TaxExemptionCertificate,
} from './party-types.ts'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Characteristic, ContactMedium } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/references.ts'

/** A person. */
export const Individual = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    aristocraticTitle: Type.Optional(personal(Type.String({ description: 'Title of nobility' }))),
    birthDate: Type.Optional(personal(Type.String({ format: 'date-time', description: 'Date of birth' }))),
    countryOfBirth: Type.Optional(personal(Type.String({ description: 'Country of birth' }))),
    deathDate: Type.Optional(personal(Type.String({ format: 'date-time', description: 'Date of death' }))),
    familyName: Type.Optional(personal(Type.String({ description: 'Family name' }))),
    familyNamePrefix: Type.Optional(personal(Type.String({ description: 'What stands before the family name, such as van' }))),
    formattedName: Type.Optional(personal(Type.String({ description: 'Name as written on a letter' }))),
    fullName: Type.Optional(personal(Type.String({ description: 'Whole name in one text' }))),
    gender: Type.Optional(personal(Type.String({ description: 'Gender' }))),
    generation: Type.Optional(personal(Type.String({ description: 'Addition such as Junior' }))),
    givenName: Type.Optional(personal(Type.String({ description: 'First name' }))),
    legalName: Type.Optional(personal(Type.String({ description: 'Name in official papers' }))),
    location: Type.Optional(personal(Type.String({ description: 'Where the person is at the moment' }))),
    maritalStatus: Type.Optional(personal(Type.String({ description: 'Marital status' }))),
    middleName: Type.Optional(personal(Type.String({ description: 'Middle name' }))),
    nationality: Type.Optional(personal(Type.String({ description: 'Nationality' }))),
    placeOfBirth: Type.Optional(personal(Type.String({ description: 'Place of birth' }))),
    preferredGivenName: Type.Optional(personal(Type.String({ description: 'First name that the person goes by' }))),
    title: Type.Optional(personal(Type.String({ description: 'Form of address' }))),
    contactMedium: Type.Optional(Type.Array(ContactMedium, { description: 'Ways to reach the party' })),
    creditRating: Type.Optional(Type.Array(PartyCreditProfile, { description: 'Ratings by credit agencies' })),
    disability: Type.Optional(Type.Array(Disability, { description: 'Disabilities to take into account' })),
    externalReference: Type.Optional(Type.Array(ExternalReference, { description: 'Identities in other systems' })),
    individualIdentification: Type.Optional(Type.Array(IndividualIdentification, { description: 'Identity documents' })),
    languageAbility: Type.Optional(Type.Array(LanguageAbility, { description: 'Languages' })),
    otherName: Type.Optional(Type.Array(OtherNameIndividual, { description: 'Further or former names' })),
    partyCharacteristic: Type.Optional(Type.Array(Characteristic, { description: 'Further values by name' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    skill: Type.Optional(Type.Array(Skill, { description: 'Skills' })),
    status: Type.Optional(IndividualStateType),
    taxExemptionCertificate: Type.Optional(Type.Array(TaxExemptionCertificate, { description: 'Proofs of tax exemption' })),
    mergedInto: Type.Optional(MergedInto),
    ...extensible,
  },
  { description: 'A person' },
)
export type Individual = Static<typeof Individual>

export const individualCreate = { required: ['givenName', 'familyName'] }
export const individualUpdate = { required: [], immutable: ['mergedInto'] }

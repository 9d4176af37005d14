/** Stored form of organization (TMF632), and what creates and updates may carry. */
import { MergedInto } from './merged-into.ts'
import { Type, type Static } from 'typebox'
import {
  ExternalReference,
  OrganizationChildRelationship,
  OrganizationIdentification,
  OrganizationParentRelationship,
  OrganizationStateType,
  OtherNameOrganization,
  PartyCreditProfile,
  TaxExemptionCertificate,
} from './party-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Characteristic, ContactMedium, TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/references.ts'

/** A group of people with a purpose, such as a company. */
export const Organization = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    isHeadOffice: Type.Optional(Type.Boolean({ description: 'True for the head office' })),
    isLegalEntity: Type.Optional(Type.Boolean({ description: 'True when it can act in law' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    nameType: Type.Optional(Type.String({ description: 'Legal form or kind of name, such as Inc' })),
    organizationType: Type.Optional(Type.String({ description: 'Kind of organization, such as company or department' })),
    tradingName: Type.Optional(Type.String({ description: 'Name that it trades under' })),
    contactMedium: Type.Optional(Type.Array(ContactMedium, { description: 'Ways to reach the party' })),
    creditRating: Type.Optional(Type.Array(PartyCreditProfile, { description: 'Ratings by credit agencies' })),
    existsDuring: Type.Optional(TimePeriod),
    externalReference: Type.Optional(Type.Array(ExternalReference, { description: 'Identities in other systems' })),
    organizationChildRelationship: Type.Optional(Type.Array(OrganizationChildRelationship, { description: 'Organizations below' })),
    organizationIdentification: Type.Optional(Type.Array(OrganizationIdentification, { description: 'Registrations and other papers' })),
    organizationParentRelationship: Type.Optional(OrganizationParentRelationship),
    otherName: Type.Optional(Type.Array(OtherNameOrganization, { description: 'Further or former names' })),
    partyCharacteristic: Type.Optional(Type.Array(Characteristic, { description: 'Further values by name' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    status: Type.Optional(OrganizationStateType),
    taxExemptionCertificate: Type.Optional(Type.Array(TaxExemptionCertificate, { description: 'Proofs of tax exemption' })),
    mergedInto: Type.Optional(MergedInto),
    ...extensible,
  },
  { description: 'A group of people with a purpose, such as a company' },
)
export type Organization = Static<typeof Organization>

export const organizationCreate = { required: ['tradingName'] }
export const organizationUpdate = { required: [], immutable: ['mergedInto'] }

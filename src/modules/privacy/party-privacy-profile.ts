/** TMF644 partyPrivacyProfile: what a party has said may be done with its data. A trigger of the table puts what it says into the consents. */
import { Type } from 'typebox'
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { privacyApi } from './api.ts'
import { periodFaults } from './period.ts'
import { PartyPrivacyAgreementRef, PartyPrivacyProfileCharacteristic, PartyPrivacyProfileSpecificationRef } from './privacy-types.ts'

const PartyPrivacyProfile = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    creationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was made' })),
    description: Type.Optional(personal(Type.String({ description: 'Free text for people' }))),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    status: Type.Optional(Type.String({ description: 'Where it stands: agreed (when it is left out), created, terminated. Only what is agreed allows anything' })),
    agreedByParty: Type.Optional(RelatedParty),
    agreement: Type.Optional(PartyPrivacyAgreementRef),
    applicableForParty: Type.Optional(RelatedParty),
    partyPrivacyProfileCharacteristic: Type.Optional(Type.Array(PartyPrivacyProfileCharacteristic, { description: 'What is allowed, and what is refused' })),
    partyPrivacyProfileSpecification: Type.Optional(PartyPrivacyProfileSpecificationRef),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'What a party has said may be done with its data' },
)

export const partyPrivacyProfile = defineResource({
  api: privacyApi,
  name: 'partyPrivacyProfile',
  type: 'PartyPrivacyProfile',
  table: 'party_privacy_profile',
  description: 'What a party has said may be done with its data, or somebody who may speak for it. What it says is in force as soon as it is stored: see the consents.',
  schema: PartyPrivacyProfile,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['agreedByParty', 'partyPrivacyProfileCharacteristic', 'partyPrivacyProfileSpecification'] },
  update: { required: ['agreedByParty'] },
  stamps: { onCreate: ['creationDate'] },
  lifecycle: { attribute: 'status', states: [], initial: [], moves: {}, movedBy: 'client', open: true, changeEvent: 'StatusChangeEvent' },
  filters: { name: 'text', status: 'text', creationDate: 'instant', 'agreedByParty.id': 'text', 'applicableForParty.id': 'text' },
  references: [
    { path: 'agreedByParty' },
    { path: 'applicableForParty' },
    { path: 'partyPrivacyProfileCharacteristic[].relatedParty[]' },
    { path: 'agreement', to: 'partyPrivacyAgreement' },
    { path: 'partyPrivacyProfileSpecification', to: 'partyPrivacyProfileSpecification' },
  ],
  ownerParty: doc => doc.applicableForParty?.id ?? doc.agreedByParty?.id,
  prepare: draft => (draft.status === undefined ? { ...draft, status: 'agreed' } : draft),
  check(doc) {
    const faults = periodFaults(doc.validFor, 'validFor')
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Choices made at checkout',
    status: 'agreed',
    agreedByParty: { id: '4711', href: 'https://crm.example.com/party/individual/4711', name: 'Mira Aldenhoven', '@referredType': 'Individual' },
    partyPrivacyProfileSpecification: { id: 'checkout-2026-1', href: 'https://privacy.example.com/specification/checkout-2026-1' },
    partyPrivacyProfileCharacteristic: [
      { name: 'email', privacyUsagePurpose: 'MARKETING', value: 'granted' },
      { name: 'phone', privacyUsagePurpose: 'MARKETING', value: 'refused' },
    ],
  },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'a period ends before it begins', attribute: 'validFor.endDateTime' }],
})

/** TMF644 partyPrivacyAgreement: an agreement on the use of data. A trigger of the table puts what it says into the consents. */
import { Type, type Static } from 'typebox'
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Characteristic, TimePeriod } from '../../tmf/types/basics.ts'
import { AgreementRef, RelatedParty } from '../../tmf/types/references.ts'
import { privacyApi } from './api.ts'
import { periodFaults } from './period.ts'
import { AgreementAuthorization, AgreementItem, AgreementSpecificationRef, PartyPrivacyProfileCharacteristic, PartyPrivacyProfileRef } from './privacy-types.ts'

const PartyPrivacyAgreement = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    agreementType: Type.Optional(Type.String({ description: 'Kind of agreement' })),
    description: Type.Optional(personal(Type.String({ description: 'Free text for people' }))),
    documentNumber: Type.Optional(Type.Integer({ description: 'Number of the document' })),
    initialDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was begun' })),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    statementOfIntent: Type.Optional(personal(Type.String({ description: 'What it is to achieve' }))),
    status: Type.Optional(Type.String({ description: 'Where it stands: in process, approved, rejected. Only what is approved allows anything' })),
    version: Type.Optional(Type.String({ description: 'Label of the edition of its text' })),
    agreementAuthorization: Type.Optional(Type.Array(AgreementAuthorization, { description: 'Who has approved it' })),
    agreementItem: Type.Optional(Type.Array(AgreementItem, { description: 'What it is about' })),
    agreementPeriod: Type.Optional(TimePeriod),
    agreementSpecification: Type.Optional(AgreementSpecificationRef),
    associatedAgreement: Type.Optional(Type.Array(AgreementRef, { description: 'Other agreements that belong to it' })),
    characteristic: Type.Optional(Type.Array(Characteristic, { description: 'Further values by name' })),
    completionDate: Type.Optional(TimePeriod),
    engagedPartyRole: Type.Optional(Type.Array(RelatedParty, { description: 'Parties to it; those that are not the provider allow and refuse' })),
    partyPrivacyProfile: Type.Optional(Type.Array(PartyPrivacyProfileRef, { description: 'Profiles that it is about' })),
    partyPrivacyProfileCharacteristic: Type.Optional(Type.Array(PartyPrivacyProfileCharacteristic, { description: 'What is allowed, and what is refused' })),
    ...extensible,
  },
  { description: 'An agreement on the use of data' },
)

/** Approved when everybody has approved it, else in process. */
const statusOf = (doc: Static<typeof PartyPrivacyAgreement>): string => {
  const approvals = doc.agreementAuthorization ?? []
  return approvals.length > 0 && approvals.every(one => one.state?.toLowerCase() === 'approved') ? 'approved' : 'in process'
}

/** The provider's own part in an agreement: it allows nothing, and nothing is held on it. */
const PROVIDERS: readonly string[] = ['provider', 'serviceprovider', 'operator', 'controller', 'seller']

export const partyPrivacyAgreement = defineResource({
  api: privacyApi,
  name: 'partyPrivacyAgreement',
  type: 'PartyPrivacyAgreement',
  table: 'party_privacy_agreement',
  description: 'An agreement on the use of data. What it says is in force while it is approved: see the consents.',
  schema: PartyPrivacyAgreement,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['agreementType', 'name', 'agreementItem', 'engagedPartyRole'] },
  update: { required: ['agreementType', 'name', 'agreementItem', 'engagedPartyRole'] },
  lifecycle: { attribute: 'status', states: [], initial: [], moves: {}, movedBy: 'client', open: true, changeEvent: 'StatusChangeEvent' },
  filters: { name: 'text', status: 'text', agreementType: 'text', initialDate: 'instant', version: 'text' },
  references: [
    { path: 'engagedPartyRole[]' },
    { path: 'partyPrivacyProfileCharacteristic[].relatedParty[]' },
    { path: 'partyPrivacyProfile[]', to: 'partyPrivacyProfile' },
    { path: 'agreementItem[].product[]', to: 'product', weak: true },
    { path: 'agreementItem[].productOffering[]', to: 'productOffering', weak: true },
    { path: 'agreementSpecification' },
    { path: 'associatedAgreement[]' },
  ],
  ownerParty: doc => doc.engagedPartyRole?.find(party => !PROVIDERS.includes(party.role?.toLowerCase() ?? ''))?.id,
  prepare: (draft, { now }) => ({ ...draft, status: draft.status ?? statusOf(draft), initialDate: draft.initialDate ?? now.toISOString() }),
  check(doc) {
    const faults = [...periodFaults(doc.agreementPeriod, 'agreementPeriod'), ...periodFaults(doc.completionDate, 'completionDate')]
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    agreementType: 'privacy',
    name: 'Use of traffic data',
    version: '2026-1',
    status: 'approved',
    engagedPartyRole: [{ id: '4711', href: 'https://crm.example.com/party/individual/4711', role: 'customer', '@referredType': 'Individual' }],
    agreementItem: [{ termOrCondition: [{ id: '1', description: 'Traffic data may be used to improve the network' }] }],
    partyPrivacyProfileCharacteristic: [{ name: 'all', privacyUsagePurpose: 'RESEARCH', value: true }],
  },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'a period ends before it begins', attribute: 'agreementPeriod.endDateTime' }],
})

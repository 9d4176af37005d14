/** TMF644 partyPrivacyProfileSpecification: what can be asked of a party, before anybody has answered. */
import { Type } from 'typebox'
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { ProductOfferingRef, RelatedParty } from '../../tmf/types/references.ts'
import { privacyApi } from './api.ts'
import { periodFaults } from './period.ts'
import { PartyPrivacyProfileSpecificationCharacteristic, PartyPrivacyRoleSpecification } from './privacy-types.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

const PartyPrivacyProfileSpecification = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    description: text('Free text for people'),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    name: text('Name shown to people'),
    status: text('Where it stands: In Design, Active, Rejected, Retired'),
    version: text('Label of the edition'),
    applicableRole: Type.Optional(Type.Array(PartyPrivacyRoleSpecification, { description: 'Roles that it can be offered to' })),
    partyPrivacyProfileSpecCharacteristic: Type.Optional(Type.Array(PartyPrivacyProfileSpecificationCharacteristic, { description: 'What is asked' })),
    productOffering: Type.Optional(Type.Array(ProductOfferingRef, { description: 'Offerings that it belongs to' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'What can be asked of a party about the use of its data' },
)

export const partyPrivacyProfileSpecification = defineResource({
  api: privacyApi,
  name: 'partyPrivacyProfileSpecification',
  type: 'PartyPrivacyProfileSpecification',
  table: 'party_privacy_profile_specification',
  description: 'What can be asked of a party about the use of its data: purposes, kinds of data and channels, and the answers to choose from.',
  schema: PartyPrivacyProfileSpecification,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['partyPrivacyProfileSpecCharacteristic'] },
  update: { required: [] },
  stamps: { onWrite: ['lastUpdate'] },
  // The definition gives states as examples only.
  lifecycle: { attribute: 'status', states: [], initial: [], moves: {}, movedBy: 'client', open: true, changeEvent: 'StatusChangeEvent' },
  visibility: 'brand',
  writtenBy: 'house',
  filters: { name: 'text', status: 'text', version: 'text', lastUpdate: 'instant' },
  references: [{ path: 'productOffering[]', to: 'productOffering' }, { path: 'relatedParty[]' }],
  check(doc) {
    const faults = periodFaults(doc.validFor, 'validFor')
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Consents asked at checkout',
    version: '2026-1',
    status: 'Active',
    partyPrivacyProfileSpecCharacteristic: [
      {
        name: 'email',
        privacyUsagePurpose: 'MARKETING',
        privacyType: 'External Purpose',
        criticalityLevel: 'medium',
        partyPrivacyProfileSpecCharacteristicValue: [{ value: 'granted' }, { value: 'refused', isDefault: true }],
      },
    ],
  },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'a period ends before it begins', attribute: 'validFor.endDateTime' }],
})

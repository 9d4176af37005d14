/** TMF669 partyRole: a part that a party plays beside being a customer: supplier, partner, employee, member of a household, contact of a company. */
import { fault, refuse } from '../../platform/errors.ts'
import { defineApi, defineResource } from '../../tmf/resource.ts'
import { contactFaults, periodFaults } from './party.ts'
import { PartyRole, partyRoleCreate } from './party-role.schema.ts'

export const partyRoleApi = defineApi({
  number: 669,
  name: 'partyRoleManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Party Role Management',
  description: 'The parts that parties play: who supplies, who works for whom, who belongs to which household or company.',
  slug: 'party-role',
})

export const partyRole = defineResource({
  api: partyRoleApi,
  name: 'partyRole',
  type: 'PartyRole',
  table: 'party_role',
  description: 'A part that a party plays. engagedParty is who plays it, relatedParty for or with whom.',
  schema: PartyRole,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: partyRoleCreate,
  // TMF669 names no states: each provider has its own words, and a change of them is a state change.
  lifecycle: { attribute: 'status', states: [], initial: [], moves: {}, movedBy: 'client', open: true },
  filters: { name: 'text', roleType: 'text', status: 'text', 'engagedParty.id': 'text', 'validFor.startDateTime': 'instant', 'validFor.endDateTime': 'instant' },
  references: [{ path: 'engagedParty' }, { path: 'relatedParty[]' }, { path: 'account[]' }, { path: 'agreement[]' }, { path: 'paymentMethod[]', to: 'paymentMethod' }],
  ownerParty: doc => doc.engagedParty?.id,
  prepare: draft => (draft.roleType === undefined && draft.name !== undefined ? { ...draft, roleType: draft.name } : draft),
  check(doc, { previous }) {
    const faults = [
      ...periodFaults(doc.validFor, 'validFor'),
      ...contactFaults(doc, previous),
      ...(doc.creditProfile ?? []).flatMap((profile, index) => periodFaults(profile.validFor, `creditProfile[${index}].validFor`)),
      ...(doc.relatedParty ?? []).flatMap((party, index) => (party.id === doc.id ? [fault(`relatedParty[${index}].id`, 'is the role itself', party.id)] : [])),
    ]
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Technical contact',
    roleType: 'technicalContact',
    status: 'active',
    engagedParty: { id: '4711', href: 'https://crm.example.com/party/individual/4711', name: 'Mira Aldenhoven', '@referredType': 'Individual' },
    relatedParty: [{ id: '4712', href: 'https://crm.example.com/party/organization/4712', name: 'Lindqvist Bakery', role: 'company', '@referredType': 'Organization' }],
    validFor: { startDateTime: '2026-01-01T00:00:00Z' },
  },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'a period ends before it begins', attribute: 'validFor.endDateTime' }],
})

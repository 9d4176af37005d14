/** TMF632 organization: a company, a department, an authority; organizations form trees. */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Store } from '../../tmf/services.ts'
import { ownReferenceFaults, ownStatusFaults, refuseMerged } from './merged-into.ts'
import { Organization, organizationCreate, organizationUpdate } from './organization.schema.ts'
import { partyApi } from './party-api.ts'
import { contactFaults, contactIdentity, periodFaults } from './party.ts'
import { nameFaults } from './plain-text.ts'

/** Trees of companies are shallow; a longer way up is taken for a loop. */
const MAX_LEVELS = 30

const PARENT = 'organizationParentRelationship.organization.id'

/** An organization above which it stands itself would make every walk through the tree endless. */
const loopFaults = async (own: Organization, context: Context, store: Store): Promise<Fault[]> => {
  const seen = new Set([own.id])
  let parent = own.organizationParentRelationship?.organization?.id
  for (let level = 0; parent !== undefined; level += 1) {
    if (seen.has(parent) || level === MAX_LEVELS) return [fault(PARENT, 'would put the organization above itself', own.organizationParentRelationship?.organization?.id)]
    seen.add(parent)
    const above = await store.get(context, organization, parent)
    parent = above?.doc.organizationParentRelationship?.organization?.id
  }
  return []
}

export const organization = defineResource({
  api: partyApi,
  name: 'organization',
  type: 'Organization',
  table: 'organization',
  description: 'A company, a department or an authority. Organizations may have a parent and children.',
  schema: Organization,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: organizationCreate,
  update: organizationUpdate,
  serverSet: ['mergedInto'],
  lifecycle: {
    attribute: 'status',
    states: ['initialized', 'validated', 'closed'],
    initial: ['initialized', 'validated', 'closed'],
    moves: { initialized: ['validated', 'closed'], validated: ['closed'] },
    movedBy: 'client',
  },
  filters: { tradingName: 'text', name: 'text', status: 'text', organizationType: 'text', isLegalEntity: 'boolean' },
  references: [
    { path: 'organizationParentRelationship.organization', to: 'organization' },
    { path: 'organizationChildRelationship[].organization', to: 'organization' },
    { path: 'relatedParty[]' },
    { path: 'mergedInto' },
  ],
  provenance: { join: { contactMedium: contactIdentity, externalReference: ['externalReferenceType', 'name'], organizationIdentification: ['identificationType', 'identificationId'], partyCharacteristic: ['name'], relatedParty: ['id', 'role'] } },
  ownerParty: organization => organization.id,
  async check(doc, { context, previous, deps }) {
    const faults = [
      ...ownReferenceFaults(doc, previous, context),
      ...ownStatusFaults(doc, previous, context),
      ...nameFaults(doc, previous),
      ...contactFaults(doc, previous),
      ...periodFaults(doc.existsDuring, 'existsDuring'),
      ...(doc.organizationIdentification ?? []).flatMap((paper, index) => periodFaults(paper.validFor, `organizationIdentification[${index}].validFor`)),
      ...(doc.organizationChildRelationship ?? []).flatMap((child, index) =>
        child.organization?.id === doc.id ? [fault(`organizationChildRelationship[${index}].organization.id`, 'would put the organization below itself', doc.id)] : [],
      ),
    ]
    const parent = doc.organizationParentRelationship?.organization?.id
    if (parent !== undefined && parent !== previous?.organizationParentRelationship?.organization?.id) faults.push(...(await loopFaults(doc, context, deps.store)))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  checkDelete: refuseMerged,
  example: {
    tradingName: 'Lindqvist Bakery',
    name: 'Lindqvist Bakery Ltd',
    organizationType: 'company',
    isLegalEntity: true,
    contactMedium: [{ mediumType: 'phone', preferred: true, characteristic: { phoneNumber: '+4930901820' } }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'the parent is the organization itself or stands below it', attribute: PARENT },
    { status: 400, code: 'invalidAttribute', when: 'a period ends before it begins', attribute: 'existsDuring' },
  ],
})

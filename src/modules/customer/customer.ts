/** TMF629 customer: a party in its role as a buyer. The name follows from the party where none is given. */
import { refuse } from '../../platform/errors.ts'
import { isBuyer, type Context } from '../../platform/principal.ts'
import { defineApi, defineResource } from '../../tmf/resource.ts'
import type { Store } from '../../tmf/services.ts'
import { Customer, customerCreate, customerUpdate } from './customer.schema.ts'
import { refuseOwnStanding } from './granted.ts'
import { individual } from './individual.ts'
import { organization } from './organization.ts'
import { contactFaults, contactIdentity, individualName, organizationName, periodFaults } from './party.ts'

export const customerApi = defineApi({
  number: 629,
  name: 'customerManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Customer Management',
  description: 'Parties in their role as customers, with what is known of their standing, accounts and agreements.',
  slug: 'customer',
})

interface PartyRef {
  id: string
  name?: string
  '@referredType': string
}

/** What the engaged party is called: the party itself says, else the reference does. */
const engagedName = async (ref: PartyRef, context: Context, store: Store): Promise<string | undefined> => {
  if (ref['@referredType'] === individual.type) {
    const found = await store.get(context, individual, ref.id)
    if (found !== undefined) return individualName(found.doc) ?? ref.name
  }
  if (ref['@referredType'] === organization.type) {
    const found = await store.get(context, organization, ref.id)
    if (found !== undefined) return organizationName(found.doc) ?? ref.name
  }
  return ref.name
}

export const customer = defineResource({
  api: customerApi,
  name: 'customer',
  type: 'Customer',
  table: 'customer',
  description: 'A party that buys. The party itself is an individual or an organization (TMF632).',
  schema: Customer,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: customerCreate,
  update: customerUpdate,
  // TMF629 names no states: each provider has its own words, and a change of them is a state change.
  lifecycle: { attribute: 'status', states: [], initial: [], moves: {}, movedBy: 'client', open: true },
  filters: { name: 'text', status: 'text', 'engagedParty.id': 'text', 'validFor.startDateTime': 'instant', 'validFor.endDateTime': 'instant' },
  references: [{ path: 'engagedParty' }, { path: 'relatedParty[]' }, { path: 'account[]' }, { path: 'agreement[]' }, { path: 'paymentMethod[]' }],
  provenance: { join: { contactMedium: contactIdentity, characteristic: ['name'], account: ['id'], agreement: ['id'], paymentMethod: ['id'], relatedParty: ['id', 'role'] } },
  ownerParty: doc => doc.engagedParty?.id,
  async prepare(draft, { context, deps }) {
    if (draft.engagedParty === undefined || (draft.name !== undefined && draft.name.trim() !== '')) return draft
    const name = await engagedName(draft.engagedParty, context, deps.store)
    return name === undefined ? draft : { ...draft, name }
  },
  check(doc, { previous, by, context }) {
    if (by === 'client' && isBuyer(context)) refuseOwnStanding(doc, previous)
    const faults = [...periodFaults(doc.validFor, 'validFor'), ...contactFaults(doc, previous)]
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Mira Aldenhoven',
    status: 'active',
    engagedParty: { id: '4711', href: 'https://crm.example.com/party/individual/4711', name: 'Mira Aldenhoven', '@referredType': 'Individual' },
    contactMedium: [{ mediumType: 'email', preferred: true, characteristic: { emailAddress: 'mira.aldenhoven@example.com' } }],
  },
  refusals: [{ status: 403, code: 'forbidden', when: 'a customer writes its own segment, credit profile, agreement or status', attribute: 'creditProfile' }, { status: 400, code: 'invalidAttribute', when: 'a period ends before it begins', attribute: 'validFor.endDateTime' }],
})

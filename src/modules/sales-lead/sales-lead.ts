/** TMF699 salesLead: somebody who may become a customer, from the first interest to yes or no. */
import { fault, refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { salesApi } from './api.ts'
import { leadStates, SalesLead } from './sales-lead.schema.ts'

/** The prospect; who sells has a part in it too, and is not its owner. */
const prospectOf = (lead: Partial<SalesLead>): string | undefined => lead.relatedParty?.find(({ role }) => ['customer', 'prospect', 'buyer'].includes((role ?? '').toLowerCase()))?.id

export const salesLead = defineResource({
  api: salesApi,
  name: 'salesLead',
  type: 'SalesLead',
  table: 'sales_lead',
  description: 'Somebody who may become a customer. It is acknowledged when it comes in, worked on, and ends accepted, rejected or cancelled.',
  schema: SalesLead,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'], omits: ['creationDate', 'status', 'statusChangeDate'] },
  update: { immutable: ['creationDate'] },
  serverSet: ['statusChangeDate'],
  stamps: { onCreate: ['creationDate'] },
  lifecycle: {
    attribute: 'status',
    states: leadStates,
    initial: ['acknowledged'],
    moves: {
      acknowledged: ['inProgress', 'pending', 'rejected', 'cancelled'],
      inProgress: ['pending', 'accepted', 'rejected', 'cancelled'],
      pending: ['inProgress', 'rejected', 'cancelled'],
    },
    movedBy: 'client',
  },
  filters: { name: 'text', status: 'text', rating: 'text', priority: 'text', creationDate: 'instant', referredDate: 'instant', 'estimatedRevenue.value': 'number', 'marketingCampaign.id': 'text', 'channel.id': 'text' },
  references: [{ path: 'relatedParty[]' }, { path: 'productOffering', to: 'productOffering' }, { path: 'productSpecification', to: 'productSpecification' }, { path: 'product', to: 'product' }, { path: 'category', to: 'category' }],
  ownerParty: prospectOf,
  prepare: (lead, { now, previous }) => (lead.status === previous?.status ? lead : { ...lead, statusChangeDate: now.toISOString() }),
  check: lead => {
    const { startDateTime: from, endDateTime: until } = lead.validFor ?? {}
    if (from !== undefined && until !== undefined && new Date(from) >= new Date(until)) throw refuse.invalid([fault('validFor.endDateTime', 'must be after startDateTime', until)])
  },
  example: {
    name: 'Bakery on Quay Street wants fibre',
    rating: 'hot',
    priority: 'high',
    estimatedRevenue: { unit: 'GBP', value: 600 },
    productOffering: { id: 'fibre-business-1000' },
    prospectContact: [{ mediumType: 'email', characteristic: { emailAddress: 'oven@example.com' } }],
  },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'it would end before it begins', attribute: 'validFor.endDateTime' }],
})

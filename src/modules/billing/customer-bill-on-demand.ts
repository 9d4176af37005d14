/** The TMF678 on-demand task: a bill of what an account owes today, between its cycles. The reaction in bill-on-demand.ts makes it. */
import { defineResource } from '../../tmf/resource.ts'
import { customerBillApi } from './api.ts'
import { CustomerBillOnDemand, customerBillOnDemandCreate } from './customer-bill-on-demand.schema.ts'

export const customerBillOnDemand = defineResource({
  api: customerBillApi,
  name: 'customerBillOnDemand',
  type: 'CustomerBillOnDemand',
  table: 'customer_bill_on_demand',
  description: 'Asks for a bill of an account now. Names the account, or the party whose default account it is; done once the bill is made, rejected when there is nothing to bill or nobody named.',
  schema: CustomerBillOnDemand,
  operations: ['list', 'get', 'create'],
  create: customerBillOnDemandCreate,
  serverSet: ['customerBill', 'lastUpdate'],
  stamps: { onWrite: ['lastUpdate'] },
  lifecycle: {
    attribute: 'state',
    states: ['inProgress', 'rejected', 'done', 'terminatedWithError'],
    initial: ['inProgress'],
    moves: { inProgress: ['rejected', 'done', 'terminatedWithError'] },
    movedBy: 'server',
  },
  filters: { name: 'text', state: 'text', 'billingAccount.id': 'text', 'customerBill.id': 'text', 'relatedParty.id': 'text' },
  references: [
    { path: 'billingAccount', to: 'billingAccount' },
    { path: 'customerBill', to: 'customerBill', onMissing: 'record', weak: true },
    { path: 'relatedParty' },
  ],
  ownerParty: doc => doc.relatedParty?.id,
  example: { name: 'Interim bill', relatedParty: { id: 'ada-lovelace', name: 'Ada Lovelace', role: 'customer', '@referredType': 'ExternalParty' } },
})

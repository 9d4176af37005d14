/** The TMF678 applied billing rate: a line of a bill, with its tax and everything that explains it as characteristics. */
import { defineResource } from '../../tmf/resource.ts'
import { customerBillApi } from './api.ts'
import { AppliedCustomerBillingRate } from './applied-customer-billing-rate.schema.ts'

export const appliedCustomerBillingRate = defineResource({
  api: customerBillApi,
  name: 'appliedCustomerBillingRate',
  type: 'AppliedCustomerBillingRate',
  table: 'applied_customer_billing_rate',
  description: 'A line of a bill: what was charged for which product and period, at which tax.',
  schema: AppliedCustomerBillingRate,
  operations: ['list', 'get'],
  filters: { name: 'text', type: 'text', date: 'instant', isBilled: 'boolean', 'bill.id': 'text', 'product.id': 'text', 'billingAccount.id': 'text' },
  references: [
    { path: 'bill', to: 'customerBill' },
    { path: 'billingAccount', to: 'billingAccount' },
    { path: 'product', to: 'product', onMissing: 'record', weak: true },
  ],
  prepare: draft => ({ ...draft, isBilled: draft.isBilled ?? draft.bill !== undefined }),
  example: { name: 'Monthly fee', type: 'recurring', isBilled: true },
})

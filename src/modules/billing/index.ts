/** The billing module: what products cost becomes bills. What others may ask of it. */
import { defineModule } from '../../tmf/module.ts'
import { followAccount } from './accounts.ts'
import { deleteAccount } from './account-store.ts'
import { appliedCustomerBillingRate } from './applied-customer-billing-rate.ts'
import { billOnDemand } from './bill-on-demand.ts'
import { billingAccount } from './billing-account.ts'
import { billingSetting } from './billing-setting.ts'
import { customerBillOnDemand } from './customer-bill-on-demand.ts'
import { customerBill } from './customer-bill.ts'
import { followProduct } from './follow-product.ts'
import { billingRoutes } from './routes.ts'
import { billRunJob, billScheduleJob } from './run-job.ts'
import { taxRate } from './tax-rate.ts'

export const billingModule = defineModule({
  name: 'billing',
  dependsOn: ['inventory'],
  resources: [customerBill, appliedCustomerBillingRate, customerBillOnDemand, billingAccount, taxRate, billingSetting],
  jobs: [billRunJob, billScheduleJob],
  reactions: [
    {
      name: 'billing.follow-product',
      on: ['ProductCreateEvent', 'ProductStateChangeEvent', 'ProductAttributeValueChangeEvent'],
      run: followProduct,
    },
    {
      name: 'billing.follow-account',
      on: ['BillingAccountAttributeValueChangeEvent', 'BillingAccountStateChangeEvent', 'BillingAccountDeleteEvent'],
      run: (event, { tx, context, deps }) =>
        event.eventType === 'BillingAccountDeleteEvent' ? deleteAccount(tx, context.brand, event.resourceId) : followAccount({ tx, context, deps }, event.resourceId, event.doc),
    },
    { name: 'billing.bill-on-demand', on: ['CustomerBillOnDemandCreateEvent'], run: billOnDemand },
  ],
  routes: billingRoutes,
})

export { appliedCustomerBillingRate, billingAccount, billingSetting, customerBill, customerBillOnDemand, taxRate }

/** The billing module: what products cost becomes bills. What others may ask of it. */
import { defineModule } from '../../tmf/module.ts'
import { billBy } from '../account/index.ts'
import { chargeOnce, dropCharges } from './charge-once.ts'
import { followAccount } from './accounts.ts'
import { balanceAccount } from './balance.ts'
import { deleteAccount } from './account-store.ts'
import { appliedCustomerBillingRate } from './applied-customer-billing-rate.ts'
import { billOnDemand } from './bill-on-demand.ts'
import { billingSetting } from './billing-setting.ts'
import { customerBillOnDemand } from './customer-bill-on-demand.ts'
import { customerBill } from './customer-bill.ts'
import { followFinancing } from './follow-financing.ts'
import { followCycle } from './follow-cycle.ts'
import { followProduct } from './follow-product.ts'
import { billingHoldings } from './personal.ts'
import { recordBillSent } from './record-contact.ts'
import { billingRoutes } from './routes.ts'
import { billRunJob, billScheduleJob } from './run-job.ts'
import { billSection, billingSearch } from './view.ts'

export const billingModule = defineModule({
  name: 'billing',
  dependsOn: ['account', 'customer', 'financing', 'interaction', 'inventory', 'tax'],
  resources: [customerBill, appliedCustomerBillingRate, customerBillOnDemand, billingSetting],
  contributions: { view: [billSection], personal: billingHoldings, search: billingSearch },
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
    { name: 'billing.follow-financing', on: ['FinancingPlanCreateEvent', 'FinancingPlanStateChangeEvent'], run: followFinancing },
    { name: 'billing.follow-cycle', on: ['BillingCycleSpecificationAttributeValueChangeEvent'], run: (event, work) => followCycle(event.resourceId, work) },
    {
      name: 'billing.balance-account',
      on: ['CustomerBillAttributeValueChangeEvent', 'CustomerBillStateChangeEvent'],
      run: async (event, { tx, context, deps }) => {
        const account = event.doc.billingAccount?.id as string | undefined
        if (account !== undefined) await balanceAccount(deps, context, tx, account)
      },
    },
    { name: 'billing.record-bill-sent', on: ['CustomerBillStateChangeEvent'], run: recordBillSent },
    { name: 'billing.bill-on-demand', on: ['CustomerBillOnDemandCreateEvent'], run: billOnDemand },
  ],
  routes: billingRoutes,
  start: async deps => billBy(deps, { chargeOnce, dropCharges }),
})

export { appliedCustomerBillingRate, billingSetting, customerBill, customerBillOnDemand }

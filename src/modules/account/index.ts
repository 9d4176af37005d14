/** The account module: TMF666 accounts, and how bills of an account are made. What other modules may ask about them. */
import { defineModule } from '../../tmf/module.ts'
import { billFormat } from './bill-format.ts'
import { billPresentationMedia } from './bill-presentation-media.ts'
import { billingAccount } from './billing-account.ts'
import { billingCycleSpecification } from './billing-cycle-specification.ts'
import { financialAccount } from './financial-account.ts'
import { sumFinancialAccount } from './financial-balance.ts'
import { partyAccount } from './party-account.ts'
import { settlementAccount } from './settlement-account.ts'
import { accountHoldings, accountSearch, accountSection } from './view.ts'

export { payerOf } from './account.ts'
export { AccountBalance } from './account-types.ts'
export { billingAccount, cycleOf, namedCycle, type BillingAccount } from './billing-account.ts'
export { billingCycleSpecification, type BillingCycleSpecification } from './billing-cycle-specification.ts'
export { billBy, billerOf, type BillingWork, type ChargesOf, type OneCharge } from './biller.ts'
export { cycleTerms, type CycleTerms } from './cycle.ts'
export { financialAccount } from './financial-account.ts'
export { partyAccount } from './party-account.ts'
export { settlementAccount } from './settlement-account.ts'

export const accountModule = defineModule({
  name: 'account',
  dependsOn: [],
  resources: [partyAccount, billingAccount, settlementAccount, financialAccount, billingCycleSpecification, billFormat, billPresentationMedia],
  reactions: [
    {
      name: 'account.sum-financial-account',
      on: ['BillingAccountCreateEvent', 'BillingAccountAttributeValueChangeEvent', 'BillingAccountStateChangeEvent', 'BillingAccountDeleteEvent'],
      run: sumFinancialAccount,
    },
  ],
  contributions: { view: [accountSection], search: accountSearch, personal: accountHoldings },
})

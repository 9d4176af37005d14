/** Stored form of appliedCustomerBillingRate (TMF678), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { AppliedBillingRateCharacteristic, AppliedBillingTaxRate, BillRef, ProductRef } from './bill-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Money, TimePeriod } from '../../tmf/types/basics.ts'
import { BillingAccountRef } from '../../tmf/types/references.ts'

/** A line of charge, on a bill or still to be billed. */
export const AppliedCustomerBillingRate = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    date: Type.Optional(Type.String({ format: 'date-time', description: 'When the line was made' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    isBilled: Type.Optional(Type.Boolean({ description: 'True once it is on a bill' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    type: Type.Optional(Type.String({ description: 'Kind of line' })),
    appliedTax: Type.Optional(Type.Array(AppliedBillingTaxRate, { description: 'Taxes on the line' })),
    bill: Type.Optional(BillRef),
    billingAccount: Type.Optional(BillingAccountRef),
    characteristic: Type.Optional(Type.Array(AppliedBillingRateCharacteristic, { description: 'Further values by name' })),
    periodCoverage: Type.Optional(TimePeriod),
    product: Type.Optional(ProductRef),
    taxExcludedAmount: Type.Optional(Money),
    taxIncludedAmount: Type.Optional(Money),
    ...extensible,
  },
  { description: 'A line of charge, on a bill or still to be billed' },
)
export type AppliedCustomerBillingRate = Static<typeof AppliedCustomerBillingRate>

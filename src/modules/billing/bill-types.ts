/** Parts of bills and of charges (TMF678). */
import { Type } from 'typebox'
import { AccountBalance } from '../account/index.ts'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { Money } from '../../tmf/types/basics.ts'
import { PaymentRef } from '../../tmf/types/references.ts'

/** A value by name. */
export const AppliedBillingRateCharacteristic = Type.Object(
  {
    name: Type.String({ description: 'Name shown to people' }),
    valueType: Type.Optional(Type.String({ description: 'Data type of the value, such as string or number' })),
    value: Type.Unknown({ description: 'The value; any JSON' }),
    ...extensible,
  },
  { description: 'A value by name' },
)

/** A tax on the line. */
export const AppliedBillingTaxRate = Type.Object(
  {
    taxCategory: Type.Optional(Type.String({ description: 'Tax that applies, such as VAT' })),
    taxRate: Type.Optional(Type.Number({ format: 'float', description: 'Tax rate in percent' })),
    taxAmount: Type.Optional(Money),
    ...extensible,
  },
  { description: 'A tax on the line' },
)

/** A payment set against the bill. */
export const AppliedPayment = Type.Object(
  {
    appliedAmount: Type.Optional(Money),
    payment: Type.Optional(PaymentRef),
    ...extensible,
  },
  { description: 'A payment set against the bill' },
)

/** A bill. */
export const BillRef = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A bill' },
)

export const FinancialAccountRef = entityRef('A financial account', {
  accountBalance: Type.Optional(Type.Array(AccountBalance, { description: 'Balances of the account' })),
})

export const ProductRef = entityRef('A product')

/** A party with its role. */
export const RelatedPartyRef = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A party with its role' },
)

/** State of the task. */
export const StateValues = Type.Enum(['inProgress', 'rejected', 'done', 'terminatedWithError'], { type: 'string', description: 'State of the task' })

/** A tax with rate and amount. */
export const TaxItem = Type.Object(
  {
    taxCategory: Type.Optional(Type.String({ description: 'Tax that applies, such as VAT' })),
    taxRate: Type.Optional(Type.Number({ format: 'float', description: 'Tax rate in percent' })),
    taxAmount: Type.Optional(Money),
    ...extensible,
  },
  { description: 'A tax with rate and amount' },
)

/** State of the bill. */
export const stateValue = Type.Enum(
  [
    'new',
    'onHold',
    'validated',
    'sent',
    'partiallyPaid',
    'settled',
  ],
  { type: 'string', description: 'State of the bill' },
)

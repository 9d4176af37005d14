/** Bodies and answers of billing's operations, for their document and the check of what comes in. */
import { Type } from 'typebox'

const LocalDateText = (description: string) => Type.String({ format: 'date', description })
const Amount = (description: string) => Type.String({ description: `${description}; decimal text` })

export const BillRunCreate = Type.Object(
  {
    cycleDate: Type.Optional(LocalDateText('Bills cycles up to this local date')),
    asOf: Type.Optional(Type.String({ format: 'date-time', description: 'Bills cycles that have begun at this instant; now when neither is given' })),
    dryRun: Type.Optional(Type.Boolean({ description: 'Computes and writes nothing' })),
  },
  { additionalProperties: false, examples: [{ dryRun: true }] },
)

const Total = Type.Object(
  {
    currency: Type.String({ description: 'ISO 4217 code' }),
    bills: Type.Integer({ description: 'How many bills' }),
    taxExcluded: Amount('Sum without tax'),
    taxAmount: Amount('Tax'),
    taxIncluded: Amount('Sum with tax'),
    amountDue: Amount('What is to be paid'),
  },
  { description: 'Sums of one currency' },
)

export const BillRunAnswer = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier; absent on dry runs and when nothing was due' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    dryRun: Type.Boolean({ description: 'Nothing was written' }),
    cycleDate: LocalDateText('Cycle date that is billed; of a dry run the last one'),
    sequence: Type.Optional(Type.Integer({ description: 'Which run of the date: western time zones reach it later' })),
    state: Type.Enum(['drafting', 'issuing', 'done'], { type: 'string', description: 'drafting: bills are computed; issuing: they have numbers and are written' }),
    requestedBy: Type.Optional(Type.String({ description: 'Who asked for it' })),
    plannedAt: Type.Optional(Type.String({ format: 'date-time', description: 'Business time of its plan' })),
    doneAt: Type.Optional(Type.String({ format: 'date-time', description: 'Business time of its end' })),
    accounts: Type.Integer({ description: 'Accounts in the plan; of a dry run their cycles' }),
    planned: Type.Optional(Type.Integer({ description: 'Not begun' })),
    drafted: Type.Optional(Type.Integer({ description: 'Computed, not issued' })),
    done: Type.Optional(Type.Integer({ description: 'Through, with a bill or without' })),
    failed: Type.Optional(Type.Integer({ description: 'Put aside; retry takes them up' })),
    truncated: Type.Optional(Type.Boolean({ description: 'More accounts are due than a dry run takes' })),
    total: Type.Array(Total, { description: 'Sums by currency' }),
    failure: Type.Optional(Type.Array(Type.Object({ billingAccount: Type.String({ description: 'Account' }), error: Type.String({ description: 'What went wrong' }) }), { description: 'The first failed accounts' })),
    bill: Type.Optional(Type.Array(Type.Object({}, { additionalProperties: true }), { description: 'Of a dry run: the bills as TMF678 documents, with their lines' })),
  },
  { description: 'A bill run' },
)
export const BillRunList = Type.Array(BillRunAnswer, { description: 'Bill runs' })

const Party = Type.Object({}, { additionalProperties: true, description: 'A party of the account' })
const Period = Type.Object({ start: LocalDateText('First day'), end: LocalDateText('Day after the last one') })

const Line = Type.Object(
  {
    lineNo: Type.Integer({ description: 'Position on the bill' }),
    appliedCustomerBillingRate: Type.String({ description: 'The line as a TMF678 resource' }),
    product: Type.Object({ id: Type.String({ description: 'Product' }), name: Type.String({ description: 'Its name' }) }),
    kind: Type.Enum(['oneTime', 'recurring', 'discount', 'repair'], { type: 'string', description: 'Kind of line' }),
    name: Type.String({ description: 'Name of the price or discount' }),
    period: Period,
    quantity: Amount('How many units'),
    unitPrice: Amount('Per whole period and unit'),
    days: Type.Integer({ description: 'Days of the line' }),
    ofDays: Type.Integer({ description: 'Days of the whole period' }),
    factor: Amount('days / ofDays, nine digits'),
    amount: Amount('unitPrice × quantity × factor, rounded; of a repair what is kept less what was charged'),
    taxIncludedInAmount: Type.Boolean({ description: 'Whether amount contains the tax' }),
    tax: Type.Object({ category: Type.String({ description: 'Tax category' }), rate: Amount('Percent'), amount: Amount('Tax') }),
    taxExcluded: Amount('Without tax'),
    taxIncluded: Amount('With tax'),
    explanation: Type.String({ description: 'The computation in words' }),
  },
  { description: 'A line' },
)

export const BillDocument = Type.Object(
  {
    '@type': Type.String({ description: 'BillDocument' }),
    id: Type.String({ description: 'The customer bill' }),
    billNo: Type.String({ description: 'Number in the series of the brand' }),
    category: Type.String({ description: 'normal, interim or creditNote' }),
    state: Type.Optional(Type.String({ description: 'Where the bill stands now' })),
    runType: Type.String({ description: 'onCycle or offCycle' }),
    currency: Type.String({ description: 'ISO 4217 code' }),
    timeZone: Type.String({ description: 'IANA zone of the dates' }),
    billDate: LocalDateText('Date of the bill'),
    paymentDueDate: LocalDateText('When it has to be paid'),
    nextBillDate: LocalDateText('When the next one is made'),
    period: Period,
    billingAccount: Type.Object({ id: Type.String({ description: 'Account' }), name: Type.String({ description: 'Its name' }) }),
    relatedParty: Type.Array(Party, { description: 'Parties' }),
    line: Type.Array(Line, { description: 'Lines' }),
    tax: Type.Array(Type.Object({ category: Type.String(), rate: Type.String(), taxable: Type.String(), amount: Type.String() }), { description: 'Taxes by category and rate' }),
    taxExcluded: Amount('Sum without tax'),
    taxAmount: Amount('Tax'),
    taxIncluded: Amount('Sum with tax'),
    creditApplied: Amount('Taken from the credit balance'),
    creditCreated: Amount('Put into the credit balance'),
    creditBalanceAfter: Amount('Credit balance after the bill'),
    amountDue: Amount('What is to be paid; never negative'),
  },
  { description: 'A bill as data' },
)

const Balances = (description: string) => Type.Array(Type.Object({ currency: Type.String({ description: 'ISO 4217 code' }), amount: Amount('Balance') }), { description })
export const AccountBalanceAnswer = Type.Object({ id: Type.String({ description: 'Billing account' }), receivable: Balances('What it owes'), credit: Balances('What it has in hand') }, { description: 'Balances of an account' })

export const ProblemList = Type.Array(Type.Object({ product: Type.String({ description: 'Product' }), problem: Type.String({ description: 'Why it cannot be billed' }) }), { description: 'Products that cannot be billed' })

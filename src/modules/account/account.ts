/** What all accounts of TMF666 have in common: states, who pays, what they point at, and what is wrong with them. Pure. */
import { fault, type Fault } from '../../platform/errors.ts'
import { isCurrency } from '../../platform/money.ts'
import type { FilterType, Lifecycle, Reference } from '../../tmf/resource.ts'

/** The definition leaves the state to free text, with these as its examples. */
export const accountLifecycle: Lifecycle = {
  attribute: 'state',
  states: ['active', 'suspended', 'closed'],
  initial: ['active'],
  moves: { active: ['suspended', 'closed'], suspended: ['active', 'closed'] },
  movedBy: 'client',
}

export const accountFilters: Readonly<Record<string, FilterType>> = { name: 'text', state: 'text', accountType: 'text', lastModified: 'instant' }

/** References of every account. */
export const accountReferences: readonly Reference[] = [{ path: 'relatedParty[]' }, { path: 'contact[].relatedParty' }, { path: 'accountRelationship[].account' }]

/** Those of the accounts that a party has, which are billed or settled. */
export const partyAccountReferences: readonly Reference[] = [
  ...accountReferences,
  { path: 'financialAccount', to: 'financialAccount' },
  { path: 'defaultPaymentMethod', to: 'paymentMethod' },
  { path: 'paymentPlan[].paymentMethod', to: 'paymentMethod' },
  { path: 'billStructure.cycleSpecification', to: 'billingCycleSpecification' },
  { path: 'billStructure.format', to: 'billFormat' },
  { path: 'billStructure.presentationMedia[]', to: 'billPresentationMedia' },
]

/** Roles of the related party that an account is billed to, most telling first. */
const PAYERS: readonly string[] = ['payer', 'customer', 'owner', 'user']

/** The party that pays: by role, else the first one. */
export const payerOf = <P extends { id?: string; role?: string }>(parties: readonly P[] | undefined): P | undefined =>
  PAYERS.map(role => parties?.find(party => party.role?.toLowerCase() === role)).find(party => party !== undefined) ?? parties?.[0]

interface Period {
  startDateTime?: string
  endDateTime?: string
}

interface Sum {
  unit?: string
  value?: number
}

interface AnyAccount {
  id?: string
  creditLimit?: Sum
  accountBalance?: readonly { amount?: Sum; validFor?: Period }[]
  accountRelationship?: readonly { account?: { id?: string }; validFor?: Period }[]
  contact?: readonly { validFor?: Period }[]
  paymentPlan?: readonly { numberOfPayments?: number; totalAmount?: Sum; validFor?: Period }[]
  taxExemption?: readonly { validFor?: Period }[]
}

const periodFaults = (entries: readonly { validFor?: Period }[] | undefined, at: string): Fault[] =>
  (entries ?? []).flatMap(({ validFor }, index) =>
    validFor?.startDateTime !== undefined && validFor.endDateTime !== undefined && Date.parse(validFor.endDateTime) < Date.parse(validFor.startDateTime)
      ? [fault(`${at}[${index}].validFor.endDateTime`, 'must not be before startDateTime', validFor.endDateTime)]
      : [],
  )

const currencyFaults = (sum: Sum | undefined, at: string): Fault[] =>
  sum?.unit !== undefined && !isCurrency(sum.unit) ? [fault(`${at}.unit`, 'must be an ISO 4217 code', sum.unit)] : []

/** What no account can say. */
export const accountFaults = (account: AnyAccount): Fault[] => [
  ...currencyFaults(account.creditLimit, 'creditLimit'),
  ...(account.creditLimit?.value !== undefined && account.creditLimit.value < 0 ? [fault('creditLimit.value', 'must not be negative', account.creditLimit.value)] : []),
  ...(account.accountBalance ?? []).flatMap(({ amount }, index) => currencyFaults(amount, `accountBalance[${index}].amount`)),
  ...(account.paymentPlan ?? []).flatMap(({ numberOfPayments, totalAmount }, index) => [
    ...currencyFaults(totalAmount, `paymentPlan[${index}].totalAmount`),
    ...(numberOfPayments !== undefined && numberOfPayments < 1 ? [fault(`paymentPlan[${index}].numberOfPayments`, 'must be at least 1', numberOfPayments)] : []),
  ]),
  ...(account.accountRelationship ?? []).flatMap(({ account: other }, index) =>
    other?.id !== undefined && other.id === account.id ? [fault(`accountRelationship[${index}].account.id`, 'is the account itself', other.id)] : [],
  ),
  ...(['accountRelationship', 'accountBalance', 'contact', 'paymentPlan', 'taxExemption'] as const).flatMap(name => periodFaults(account[name], name)),
]

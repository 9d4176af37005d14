/** The TMF666 billing account: who pays, in which currency, on which day of the month and in whose calendar. */
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { isCurrency } from '../../platform/money.ts'
import { defineResource } from '../../tmf/resource.ts'
import { accountApi } from './api.ts'
import { BillingAccount as BillingAccountSchema, billingAccountCreate, billingAccountUpdate } from './billing-account.schema.ts'
import { isTimeZone } from './calendar.ts'

const schema = Type.Object(
  {
    ...BillingAccountSchema.properties,
    billCycleDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 31, description: 'Day of the month on which it is billed, the last day in shorter months (own extension)' })),
    currency: Type.Optional(Type.String({ description: 'ISO 4217 code of its bills; that of the first product when left out (own extension)' })),
    timeZone: Type.Optional(Type.String({ description: 'IANA zone of its bill dates; that of the brand when left out (own extension)' })),
    taxJurisdiction: Type.Optional(Type.String({ description: 'Where it is taxed, as in the tax rates; that of the brand when left out (own extension)' })),
  },
  { description: 'An account that a party is billed on' },
)
export type BillingAccount = Static<typeof schema>

/** Roles of the related party that an account is billed to, most telling first. */
const PAYERS: readonly string[] = ['payer', 'customer', 'owner', 'user']

/** The party that pays: by role, else the first one. */
export const payerOf = <P extends { id?: string; role?: string }>(parties: readonly P[] | undefined): P | undefined =>
  PAYERS.map(role => parties?.find(party => party.role?.toLowerCase() === role)).find(party => party !== undefined) ?? parties?.[0]

/**
 * Day of the bill cycle. The definition has it as an offset: the cycle begins with the month and the bill comes
 * billingDateShift days later.
 */
export const cycleDayOf = (account: Partial<BillingAccount>): number | undefined => {
  const shift = account.billStructure?.cycleSpecification?.billingDateShift
  return account.billCycleDay ?? (shift === undefined ? undefined : shift + 1)
}

const faultsOf = (account: BillingAccount): Fault[] => {
  const faults: Fault[] = []
  if (account.currency !== undefined && !isCurrency(account.currency)) faults.push(fault('currency', 'must be an ISO 4217 code', account.currency))
  if (account.timeZone !== undefined && !isTimeZone(account.timeZone)) faults.push(fault('timeZone', 'must be an IANA time zone', account.timeZone))
  const shift = account.billStructure?.cycleSpecification?.billingDateShift
  if (shift !== undefined && (shift < 0 || shift > 30)) faults.push(fault('billStructure.cycleSpecification.billingDateShift', 'must be from 0 to 30', shift))
  const due = account.billStructure?.cycleSpecification?.paymentDueDateOffset
  if (due !== undefined && due < 0) faults.push(fault('billStructure.cycleSpecification.paymentDueDateOffset', 'must not be negative', due))
  return faults
}

export const billingAccount = defineResource({
  api: accountApi,
  name: 'billingAccount',
  type: 'BillingAccount',
  table: 'billing_account',
  description: 'An account that a party is billed on, with its bill cycle, currency and time zone.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: billingAccountCreate,
  update: billingAccountUpdate,
  serverSet: ['accountBalance', 'paymentStatus'],
  stamps: { onWrite: ['lastModified'] },
  lifecycle: { attribute: 'state', states: ['active', 'suspended', 'closed'], initial: ['active'], moves: { active: ['suspended', 'closed'], suspended: ['active', 'closed'] }, movedBy: 'client' },
  events: ['create', 'attributeValueChange', 'stateChange', 'delete'],
  filters: { name: 'text', state: 'text', accountType: 'text', lastModified: 'instant' },
  references: [{ path: 'relatedParty[]' }],
  ownerParty: doc => payerOf(doc.relatedParty)?.id,
  prepare: (draft, { previous }) => {
    const cycle = draft.billStructure?.cycleSpecification
    const day = draft.billCycleDay
    if (day === undefined || (previous?.billCycleDay === day && cycle !== undefined)) return draft
    const cycleSpecification = { name: 'Monthly', isRef: false, frequency: 'monthly', billingPeriod: 'month', ...cycle, billingDateShift: day - 1 }
    return { ...draft, billStructure: { ...draft.billStructure, cycleSpecification } }
  },
  check: (doc, { previous }) => {
    const faults = faultsOf(doc)
    if (previous?.currency !== undefined && doc.currency !== previous.currency) faults.push(fault('currency', 'cannot be changed: bills were made in it', doc.currency))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Household account',
    accountType: 'billing',
    relatedParty: [{ id: 'ada-lovelace', name: 'Ada Lovelace', role: 'customer', '@referredType': 'ExternalParty' }],
    billCycleDay: 11,
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    taxJurisdiction: 'DE',
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'currency, timeZone or the bill cycle cannot be', attribute: 'currency' },
    { status: 409, code: 'stateMoveNotAllowed', when: 'state is changed to one that does not follow', attribute: 'state' },
  ],
})

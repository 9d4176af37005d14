/** The TMF666 billing account: who pays, in which currency, in which bill cycle and in whose calendar. Its balances are billing's. */
import { isDeepStrictEqual } from 'node:util'
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { isCurrency } from '../../platform/money.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { isBuyer, type Context } from '../../platform/principal.ts'
import { isTimeZone } from '../../platform/time-zone.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { accountFaults, accountFilters, accountLifecycle, partyAccountReferences, payerOf } from './account.ts'
import { accountApi } from './api.ts'
import { billingCycleSpecification, type BillingCycleSpecification } from './billing-cycle-specification.ts'
import { cycleFaults, cycleTerms, type CycleTerms } from './cycle.ts'
import { PartyAccount, partyAccountCreate, partyAccountUpdate } from './party-account.schema.ts'

const schema = Type.Object(
  {
    ...PartyAccount.properties,
    billCycleDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 31, description: 'Day of the month on which it is billed, the last day in shorter months (own extension)' })),
    currency: Type.Optional(Type.String({ description: 'ISO 4217 code of its bills; that of the first product when left out (own extension)' })),
    timeZone: Type.Optional(Type.String({ description: 'IANA zone of its bill dates; that of the brand when left out (own extension)' })),
    taxJurisdiction: Type.Optional(Type.String({ description: 'Where it is taxed, as in the tax rates; that of the brand when left out (own extension)' })),
  },
  { description: 'An account that a party is billed on' },
)
export type BillingAccount = Static<typeof schema>

type StoreDeps = Pick<Services, 'store'>

const CYCLE = 'billStructure.cycleSpecification'

/** The id of the specification that the account names; undefined when it says its cycle itself. */
export const namedCycle = (account: Partial<BillingAccount>): string | undefined => {
  const cycle = account.billStructure?.cycleSpecification
  return cycle?.isRef === false ? undefined : cycle?.id
}

/** The specification that the account names; undefined when it names none, or one of another system. */
const specificationOf = async (deps: StoreDeps, context: Context, account: Partial<BillingAccount>, tx?: Transaction): Promise<BillingCycleSpecification | undefined> => {
  const id = namedCycle(account)
  return id === undefined ? undefined : (await deps.store.get(context, billingCycleSpecification, id, tx && { tx }))?.doc
}

/** The bill cycle of an account: what the specification says that it names, else what it says itself. */
export const cycleOf = async (deps: StoreDeps, context: Context, account: Partial<BillingAccount>, tx?: Transaction): Promise<CycleTerms> => {
  const own = account.billCycleDay
  const specification = await specificationOf(deps, context, account, tx)
  if (specification) return { ...(own !== undefined && { day: own }), ...cycleTerms(specification) }
  return { ...cycleTerms(account.billStructure?.cycleSpecification), ...(own !== undefined && { day: own }) }
}

const faultsOf = (account: BillingAccount): Fault[] => {
  const faults: Fault[] = [...accountFaults(account), ...cycleFaults(account.billStructure?.cycleSpecification, CYCLE)]
  if (account.currency !== undefined && !isCurrency(account.currency)) faults.push(fault('currency', 'must be an ISO 4217 code', account.currency))
  if (account.timeZone !== undefined && !isTimeZone(account.timeZone)) faults.push(fault('timeZone', 'must be an IANA time zone', account.timeZone))
  return faults
}

/** What decides on tax and credit: never the word of who pays. */
const GRANTED = ['creditLimit', 'taxExemption', 'taxJurisdiction'] as const

/** Says the day of the cycle in the definition's words too. */
const withOwnCycle = (draft: BillingAccount, previous: BillingAccount | undefined): BillingAccount => {
  const cycle = draft.billStructure?.cycleSpecification
  const day = draft.billCycleDay
  if (day === undefined || (previous?.billCycleDay === day && cycle !== undefined)) return draft
  const cycleSpecification = { name: 'Monthly', isRef: false, frequency: 'monthly', billingPeriod: 'month', ...cycle, billingDateShift: day - 1 }
  return { ...draft, billStructure: { ...draft.billStructure, cycleSpecification } }
}

/** What the specification says is read there: nothing beside it may say something else. */
const withNamedCycle = (draft: BillingAccount, specification: BillingCycleSpecification): BillingAccount => {
  const { id, href, '@referredType': referredType, '@type': type } = draft.billStructure!.cycleSpecification!
  const cycleSpecification = {
    id: id!,
    href: href ?? specification.href,
    name: specification.name ?? id!,
    isRef: true,
    ...(referredType !== undefined && { '@referredType': referredType }),
    ...(type !== undefined && { '@type': type }),
  }
  const { billCycleDay, ...rest } = draft
  const ownDay = billCycleDay !== undefined && specification.billingDateShift === undefined ? { billCycleDay } : {}
  return { ...rest, ...ownDay, billStructure: { ...draft.billStructure, cycleSpecification } }
}

export const billingAccount = defineResource({
  api: accountApi,
  name: 'billingAccount',
  type: 'BillingAccount',
  table: 'billing_account',
  description: 'An account that a party is billed on, with its bill cycle, currency and time zone. accountBalance and paymentStatus are written with each bill and each payment.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: partyAccountCreate,
  update: partyAccountUpdate,
  serverSet: ['accountBalance', 'paymentStatus'],
  stamps: { onWrite: ['lastModified'] },
  lifecycle: accountLifecycle,
  events: ['create', 'attributeValueChange', 'stateChange', 'delete'],
  filters: { ...accountFilters, paymentStatus: 'text', 'financialAccount.id': 'text' },
  references: partyAccountReferences,
  ownerParty: doc => payerOf(doc.relatedParty)?.id,
  prepare: async (draft, { previous, context, deps, now }) => {
    const opened =
      previous === undefined && draft.accountBalance === undefined && draft.currency !== undefined && isCurrency(draft.currency)
        ? { ...draft, accountBalance: [{ balanceType: 'receivable', amount: { unit: draft.currency, value: 0 }, validFor: { startDateTime: now.toISOString() } }] }
        : draft
    if (namedCycle(opened) === undefined) return withOwnCycle(opened, previous)
    const cycle = opened.billStructure?.cycleSpecification
    if (previous !== undefined && isDeepStrictEqual(previous.billStructure?.cycleSpecification, cycle) && previous.billCycleDay === opened.billCycleDay) return opened
    const specification = await specificationOf(deps, context, opened)
    return specification ? withNamedCycle(opened, specification) : opened
  },
  check: (doc, { previous, by, context }) => {
    const own = by === 'client' && isBuyer(context) ? GRANTED.find(name => !isDeepStrictEqual(doc[name], previous?.[name])) : undefined
    if (own !== undefined) throw refuse.forbidden(`${own} is set by the provider, not by who pays`)
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
    { status: 403, code: 'forbidden', when: 'who pays writes its own tax or credit', attribute: 'taxExemption' },
    { status: 400, code: 'invalidAttribute', when: 'currency, timeZone or the bill cycle cannot be', attribute: 'currency' },
    { status: 409, code: 'stateMoveNotAllowed', when: 'state is changed to one that does not follow', attribute: 'state' },
  ],
})

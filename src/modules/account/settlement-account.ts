/** TMF666 settlementAccount: an account on which a partner is paid its share. */
import { Type } from 'typebox'
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { accountFaults, accountFilters, accountLifecycle, partyAccountReferences, payerOf } from './account.ts'
import { accountApi } from './api.ts'
import { cycleFaults } from './cycle.ts'
import { PartyAccount, partyAccountCreate, partyAccountUpdate } from './party-account.schema.ts'

export const settlementAccount = defineResource({
  api: accountApi,
  name: 'settlementAccount',
  type: 'SettlementAccount',
  table: 'settlement_account',
  description: 'An account on which a partner is paid its share. Its balances are those that it was opened with: only billing accounts are billed here.',
  schema: Type.Object(PartyAccount.properties, { description: 'Account on which a partner is paid' }),
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: partyAccountCreate,
  update: partyAccountUpdate,
  stamps: { onWrite: ['lastModified'] },
  lifecycle: accountLifecycle,
  filters: { ...accountFilters, paymentStatus: 'text' },
  references: partyAccountReferences,
  ownerParty: doc => payerOf(doc.relatedParty)?.id,
  check: doc => {
    const faults = [...accountFaults(doc), ...cycleFaults(doc.billStructure?.cycleSpecification, 'billStructure.cycleSpecification')]
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Shares of Nordlicht TV',
    accountType: 'settlement',
    relatedParty: [{ id: 'nordlicht', name: 'Nordlicht TV', role: 'partner', '@referredType': 'ExternalParty' }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a currency, a period or the bill cycle cannot be', attribute: 'creditLimit.unit' },
    { status: 409, code: 'stateMoveNotAllowed', when: 'state is changed to one that does not follow', attribute: 'state' },
  ],
})

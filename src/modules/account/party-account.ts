/** TMF666 partyAccount: an account that a party has with the provider, whichever way money flows. */
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { accountFaults, accountFilters, accountLifecycle, partyAccountReferences, payerOf } from './account.ts'
import { accountApi } from './api.ts'
import { cycleFaults } from './cycle.ts'
import { PartyAccount, partyAccountCreate, partyAccountUpdate } from './party-account.schema.ts'

export const partyAccount = defineResource({
  api: accountApi,
  name: 'partyAccount',
  type: 'PartyAccount',
  table: 'party_account',
  description: 'An account that a party has with the provider, whichever way money flows. Its balances are those that it was opened with: only billing accounts are billed here.',
  schema: PartyAccount,
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
    name: 'Prepaid card of Ada Lovelace',
    accountType: 'prepaid',
    relatedParty: [{ id: 'ada-lovelace', name: 'Ada Lovelace', role: 'customer', '@referredType': 'ExternalParty' }],
    creditLimit: { unit: 'EUR', value: 50 },
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a currency, a period or the bill cycle cannot be', attribute: 'creditLimit.unit' },
    { status: 409, code: 'stateMoveNotAllowed', when: 'state is changed to one that does not follow', attribute: 'state' },
  ],
})

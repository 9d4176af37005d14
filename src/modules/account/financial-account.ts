/** TMF666 financialAccount: groups billing accounts, and shows what is open on all of them. */
import { Type } from 'typebox'
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { accountFaults, accountFilters, accountLifecycle, accountReferences, payerOf } from './account.ts'
import { accountApi } from './api.ts'
import { PartyAccount } from './party-account.schema.ts'

const { id, href, accountType, description, lastModified, name, state, accountBalance, accountRelationship, contact, creditLimit, relatedParty, taxExemption, ...rest } = PartyAccount.properties

const schema = Type.Object(
  {
    id,
    href,
    accountType,
    description,
    lastModified,
    name,
    state,
    accountBalance,
    accountRelationship,
    contact,
    creditLimit,
    relatedParty,
    taxExemption,
    '@baseType': rest['@baseType'],
    '@schemaLocation': rest['@schemaLocation'],
    '@type': rest['@type'],
  },
  { description: 'Group of billing accounts' },
)

export const financialAccount = defineResource({
  api: accountApi,
  name: 'financialAccount',
  type: 'FinancialAccount',
  table: 'financial_account',
  description: 'Groups billing accounts, which name it. Its balances are the sums of theirs, a moment after one of them has changed.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'] },
  update: { required: ['name'] },
  serverSet: ['accountBalance'],
  stamps: { onWrite: ['lastModified'] },
  lifecycle: accountLifecycle,
  filters: accountFilters,
  references: accountReferences,
  ownerParty: doc => payerOf(doc.relatedParty)?.id,
  check: doc => {
    const faults = accountFaults(doc)
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: { name: 'All accounts of Lindqvist Bakery', accountType: 'group', creditLimit: { unit: 'EUR', value: 5000 } },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a currency or a period cannot be', attribute: 'creditLimit.unit' },
    { status: 409, code: 'stateMoveNotAllowed', when: 'state is changed to one that does not follow', attribute: 'state' },
  ],
})

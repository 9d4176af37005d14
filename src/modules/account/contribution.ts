/** What accounts contribute to answers that take all modules: the section of the 360° view, and what they hold on people. */
import type { Contributions } from '../../tmf/contributions.ts'

const PURPOSE = 'To know who pays for what, where bills go and what is open'

const kind = (resource: string, table: string): string =>
  `SELECT a.id, a.doc FROM ${table} a WHERE a.brand = $1 AND a.id IN (SELECT r.from_id FROM ref r WHERE r.from_resource = '${resource}' AND r.path = 'relatedParty[]')`

/** An account that still owes something, or is owed something, cannot be forgotten. */
const openBalance = (doc: { accountBalance?: { amount?: { value?: number } }[] }): string | undefined =>
  (doc.accountBalance ?? []).some(balance => (balance.amount?.value ?? 0) !== 0) ? 'has a balance that is not settled' : undefined

const holding = (name: string) => ({ name, purpose: PURPOSE, onErasure: 'redact' as const, living: openBalance, redacts: ['description'] })

export const contributions: Contributions = {
  view: [
    {
      name: 'accounts',
      reads: ['billingAccount', 'partyAccount', 'settlementAccount', 'financialAccount'],
      description: 'Accounts of the person with their balances: what is open on bills, and what is in hand',
      sql: `(SELECT coalesce(json_agg(d.doc ORDER BY d.doc ->> '@type', d.id), '[]'::json) FROM (
        ${kind('billingAccount', 'billing_account')} UNION ALL ${kind('partyAccount', 'party_account')}
        UNION ALL ${kind('settlementAccount', 'settlement_account')} UNION ALL ${kind('financialAccount', 'financial_account')}) d)`,
    },
  ],
  personal: [holding('billingAccount'), holding('partyAccount'), holding('settlementAccount'), holding('financialAccount')],
}

/** What accounts contribute to answers that take all modules: the section of the 360° view, and what they hold on people. */
import type { PersonalHolding, SearchSource, ViewSection } from '../../tmf/contributions.ts'
import { sourceSql } from '../../tmf/view-section.ts'

/** Accounts that the section shows; the others are counted. */
const CAP = 20

const kindSql = (resource: string, type: string): string =>
  `SELECT '${type}' AS type, r.id, r.created_at, r.doc, ${sourceSql(resource, 'r')} AS source FROM {${resource}} r WHERE r.id IN (SELECT from_id FROM ref WHERE from_resource = '${resource}' AND path = 'relatedParty[]')`

const KINDS = { billingAccount: 'BillingAccount', partyAccount: 'PartyAccount', settlementAccount: 'SettlementAccount', financialAccount: 'FinancialAccount' }

export const accountSection: ViewSection = {
  name: 'accounts',
  reads: Object.keys(KINDS),
  description: 'Accounts of the person with their balances: what is open on bills, and what is in hand',
  list: { resource: 'billingAccount', by: 'relatedParty.id' },
  sql: `(WITH account AS MATERIALIZED (${Object.entries(KINDS).map(([resource, type]) => kindSql(resource, type)).join(' UNION ALL ')})
    SELECT json_build_object('total', (SELECT count(*) FROM account), 'item', (
      SELECT coalesce(json_agg(json_build_object('@type', a.type, 'id', a.id, 'href', d.href, 'name', d.name, 'accountType', d."accountType", 'state', d.state, 'paymentStatus', d."paymentStatus",
        'currency', d.currency, 'accountBalance', d."accountBalance", 'creditLimit', d."creditLimit", 'financialAccount', d."financialAccount", 'relatedParty', d."relatedParty", 'source', a.source) ORDER BY a.created_at DESC, a.id), '[]')
      FROM (SELECT * FROM account ORDER BY created_at DESC, id LIMIT ${CAP}) a CROSS JOIN LATERAL json_to_record(a.doc) AS d(href text, name text, "accountType" text, state text, "paymentStatus" text,
        currency text, "accountBalance" json, "creditLimit" json, "financialAccount" json, "relatedParty" json))))`,
}

/** An account that still owes something, or is owed something, cannot be forgotten. */
const openBalance = (doc: { accountBalance?: { amount?: { value?: number } }[] }): string | undefined =>
  (doc.accountBalance ?? []).some(balance => (balance.amount?.value ?? 0) !== 0) ? 'has a balance that is not settled' : undefined

export const accountHoldings: readonly PersonalHolding[] = Object.keys(KINDS).map(name => ({
  name,
  purpose: 'To know who pays for what, where bills go and what is open',
  onErasure: 'redact',
  living: openBalance,
  redacts: ['description'],
}))

/** By its number; who is on it is found by what the parties say. */
export const accountSearch: readonly SearchSource[] = [{ resource: 'billingAccount', idField: 'accountNumber', terms: () => [] }]

/** What this module holds on people: bills and the books behind them. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

/** Ten years are what the longest of the usual rules asks for; a provider with other law changes the number here. */
const BOOKS = { onErasure: 'keep', because: 'Tax and accounting law want issued bills and the books behind them whole (in Germany § 147 AO and § 257 HGB)', days: 3653 } as const

const UNPAID: readonly string[] = ['new', 'onHold', 'validated', 'sent', 'partiallyPaid']
const owed = (doc: any): boolean => Number(doc.remainingAmount?.value ?? doc.amountDue?.value ?? 1) > 0

const idsOf = (resource: string): string => `(SELECT substr(k, length('${resource}/') + 1) AS id FROM unnest($3::text[]) AS k WHERE k LIKE '${resource}/%') AS held`

export const billingHoldings: readonly PersonalHolding[] = [
  { name: 'customerBill', purpose: 'What the person was billed.', ...BOOKS, endedAt: 'billDate', living: doc => (UNPAID.includes(doc.state) && owed(doc) ? `is not paid (${doc.state})` : undefined) },
  { name: 'appliedCustomerBillingRate', purpose: 'The lines of bills.', ...BOOKS, endedAt: 'date' },
  { name: 'customerBillOnDemand', purpose: 'That a bill was asked for outside its cycle.', onErasure: 'erase' },
  {
    name: 'issuedBill',
    purpose: 'Bills with their lines as the books have them.',
    ...BOOKS,
    tables: ['bill', 'bill_line', 'ledger_transaction', 'ledger_entry'],
    exportSql: `SELECT json_build_object('billNo', b.bill_no, 'account', b.account_id, 'accountName', b.account_name, 'parties', b.related_party, 'billDate', b.bill_date, 'currency', b.currency,
        'amountDue', b.amount_due, 'line', (SELECT json_agg(json_build_object('name', l.name, 'product', l.product_name, 'from', l.period_start, 'to', l.period_end, 'amount', l.tax_included, 'explanation', l.explanation) ORDER BY l.line_no)
          FROM bill_line l WHERE l.brand = b.brand AND l.bill_id = b.id)) AS doc
      FROM ${idsOf('customerBill')} JOIN bill b ON b.brand = $1 AND b.id = held.id ORDER BY b.bill_date, b.id`,
    // When the time of the bill itself is over: figures stay in the books, whose bill it was goes.
    eraseSql: `UPDATE bill b SET account_name = '', related_party = '[]' FROM ${idsOf('customerBill')} WHERE b.brand = $1 AND b.id = held.id AND b.account_name <> ''`,
  },
  {
    name: 'billingState',
    purpose: 'Where the billing of accounts and products stands: cycle, credit, prices as sold.',
    onErasure: 'redact',
    because: 'Figures and dates belong to the books; names go',
    tables: ['billing_account_state', 'billing_default_account', 'billing_product', 'billing_price', 'bill_run_account'],
    exportSql: `SELECT json_build_object('account', a.account_id, 'name', a.name, 'currency', a.currency, 'cycleDay', a.cycle_day, 'nextBill', a.next_cycle_date, 'credit', a.credit_balance, 'parties', a.related_party,
        'taxExemption', a.tax_exemption, 'price', (SELECT json_agg(json_build_object('product', p.product_name, 'name', p.name, 'amount', p.amount, 'currency', p.currency, 'from', p.started_at, 'to', p.ended_at) ORDER BY p.started_at, p.id)
          FROM billing_price p WHERE p.brand = a.brand AND p.account_id = a.account_id)) AS doc
      FROM ${idsOf('billingAccount')} JOIN billing_account_state a ON a.brand = $1 AND a.account_id = held.id ORDER BY a.account_id`,
    eraseSql: `WITH accounts AS (
        UPDATE billing_account_state a SET name = '', tax_exemption = '[]', closed = true,
          related_party = (SELECT coalesce(jsonb_agg(one - 'name'), '[]') FROM jsonb_array_elements(CASE WHEN jsonb_typeof(a.related_party) = 'array' THEN a.related_party ELSE '[]' END) AS one)
        FROM ${idsOf('billingAccount')} WHERE a.brand = $1 AND a.account_id = held.id),
      -- What is no longer there is no longer charged.
      prices AS (UPDATE billing_price p SET ended_at = greatest(p.started_at, now() + coalesce((SELECT offset_ms FROM clock_setting WHERE id = 1), 0) * interval '1 millisecond')
        FROM ${idsOf('product')} WHERE p.brand = $1 AND p.product_id = held.id AND p.ended_at IS NULL),
      drafts AS (UPDATE bill_run_account r SET draft = NULL FROM ${idsOf('billingAccount')} WHERE r.brand = $1 AND r.account_id = held.id AND r.draft IS NOT NULL AND r.state = 'failed')
      DELETE FROM billing_default_account d WHERE d.brand = $1 AND d.party_id = ANY($2::text[])`,
  },
]

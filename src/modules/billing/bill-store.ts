/** Statements on issued bills, their lines, the number series and the ledger. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { lineIdOf, type IssuedBill } from './bill-documents.ts'
import type { LocalDate } from '../../platform/calendar.ts'
import type { Entry } from './ledger.ts'

/** Where a bill comes from. */
export interface BillOrigin {
  number: bigint
  cycleDate: LocalDate | null
  runId: string | null
}

/** Takes the next numbers of the brand's series, without gaps: the row stays locked until the caller's transaction ends. Answers the last one before. */
export const takeNumbers = async (tx: Transaction, brand: string, count: number): Promise<bigint> => {
  const rows = await tx.query<{ last: string }>(
    {
      name: 'billing-number-take',
      text: `insert into bill_number (brand, last) values ($1, $2) on conflict (brand) do update set last = bill_number.last + $2 returning last`,
    },
    [brand, count],
  )
  return BigInt(rows[0]?.last ?? 0) - BigInt(count)
}

/** The last number given; a dry run counts on from here. */
export const lastNumber = async (sql: Sql, brand: string): Promise<bigint> => {
  const rows = await sql.query<{ last: string }>('select last from bill_number where brand = $1', [brand])
  return BigInt(rows[0]?.last ?? 0)
}

export const insertBill = async (tx: Transaction, brand: string, bill: IssuedBill, origin: BillOrigin): Promise<void> => {
  const { draft } = bill
  await tx.query(
    {
      name: 'billing-bill-insert',
      text: `insert into bill (brand, id, number, bill_no, account_id, account_name, related_party, cycle_date, run_id, run_type, category, currency, time_zone, bill_date, cut_off,
          period_start, period_end, next_bill_date, payment_due_date, tax_excluded, tax_amount, tax_included, credit_applied, credit_created, credit_balance_after, amount_due, taxes)
        values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27::json)`,
    },
    [
      brand, bill.id, origin.number.toString(), bill.billNo, draft.accountId, draft.accountName, JSON.stringify(draft.relatedParty), origin.cycleDate, origin.runId, draft.runType,
      draft.category, draft.currency, draft.timeZone, draft.billDate, draft.cutOff, draft.periodStart, draft.periodEnd, draft.nextBillDate, draft.paymentDueDate, draft.taxExcluded,
      draft.taxAmount, draft.taxIncluded, draft.creditApplied, draft.creditCreated, draft.creditBalanceAfter, draft.amountDue, JSON.stringify(draft.taxes),
    ],
  )
  const lines = draft.lines.map((line, index) => ({ ...line, lineNo: index + 1, rateId: lineIdOf(bill, index + 1) }))
  await tx.query(
    {
      name: 'billing-line-insert',
      text: `insert into bill_line (brand, bill_id, line_no, rate_id, price_id, product_id, product_name, component, kind, name, cycle_start, cycle_end, charge_start, period_start, period_end,
          quantity, unit_price, days, of_days, factor, amount, currency, tax_category, tax_inclusive, tax_rate, tax_excluded, tax_amount, tax_included, explanation)
        select $1, $2, "lineNo", "rateId", "priceId", "productId", "productName", component, kind, name, "cycleStart", "cycleEnd", "chargeStart", "periodStart", "periodEnd",
          quantity, "unitPrice", days, "ofDays", factor, amount, currency, "taxCategory", "taxInclusive", "taxRate", "taxExcluded", "taxAmount", "taxIncluded", explanation
        from jsonb_to_recordset($3::jsonb) as line ("lineNo" int, "rateId" text, "priceId" text, "productId" text, "productName" text, component int, kind text, name text,
          "cycleStart" date, "cycleEnd" date, "chargeStart" date, "periodStart" date, "periodEnd" date, quantity numeric, "unitPrice" numeric, days int, "ofDays" int, factor numeric,
          amount numeric, currency text, "taxCategory" text, "taxInclusive" boolean, "taxRate" numeric, "taxExcluded" numeric, "taxAmount" numeric, "taxIncluded" numeric, explanation text)`,
    },
    [brand, bill.id, JSON.stringify(lines)],
  )
}

/** Posts to the ledger; the database refuses, at commit, what does not sum to zero. */
export const postLedger = async (tx: Transaction, brand: string, posting: { id: string; billId: string; businessDate: LocalDate; at: string; currency: string; entries: readonly Entry[] }): Promise<void> => {
  if (posting.entries.length === 0) return
  await tx.query(
    { name: 'billing-ledger-transaction', text: `insert into ledger_transaction (brand, id, kind, bill_id, business_date, posted_at) values ($1, $2, 'bill', $3, $4, $5)` },
    [brand, posting.id, posting.billId, posting.businessDate, posting.at],
  )
  await tx.query(
    {
      name: 'billing-ledger-entries',
      text: `insert into ledger_entry (brand, transaction_id, entry_no, account, sub_account, amount, currency)
        select $1, $2, no, account, sub_account, amount, $3 from unnest($4::text[], $5::text[], $6::numeric[]) with ordinality as entry (account, sub_account, amount, no)`,
    },
    [brand, posting.id, posting.currency, posting.entries.map(entry => entry.account), posting.entries.map(entry => entry.subAccount), posting.entries.map(entry => entry.amount)],
  )
}

/** What the ledger says about a billing account: what it owes and what it has in hand. */
export const readBalances = (sql: Sql, brand: string, accountId: string): Promise<{ account: 'receivable' | 'credit'; currency: string; amount: string }[]> =>
  sql.query<{ account: 'receivable' | 'credit'; currency: string; amount: string }>(
    `select account, currency, sum(amount) as amount from ledger_entry where brand = $1 and account in ('receivable', 'credit') and sub_account = $2 group by account, currency order by account, currency`,
    [brand, accountId],
  )

/** What is not paid yet on the bills of an account, as decimal text. */
export const readOpenAmount = async (sql: Sql, brand: string, accountId: string): Promise<string> => {
  const [row] = await sql.query<{ open: string }>(
    {
      name: 'billing-open-amount',
      text: `select coalesce(sum((doc #>> '{remainingAmount,value}')::numeric), 0)::text as open from customer_bill where brand = $1 and f_billing_account_id = $2`,
    },
    [brand, accountId],
  )
  return row?.open ?? '0'
}

/** An issued bill as one JSON document: totals, taxes, and each line with everything that explains it. Read from the books. */
import type { Sql } from '../../platform/database/sql.ts'
import type { LocalDate } from '../../platform/calendar.ts'
import { moneyText, Decimal } from './proration.ts'

interface BillRow {
  id: string
  bill_no: string
  account_id: string
  account_name: string
  related_party: Record<string, unknown>[]
  run_type: string
  category: string
  currency: string
  time_zone: string
  bill_date: LocalDate
  period_start: LocalDate
  period_end: LocalDate
  next_bill_date: LocalDate
  payment_due_date: LocalDate
  tax_excluded: string
  tax_amount: string
  tax_included: string
  credit_applied: string
  credit_created: string
  credit_balance_after: string
  amount_due: string
  taxes: string
}

interface LineRow {
  line_no: number
  rate_id: string
  product_id: string
  product_name: string
  kind: string
  name: string
  period_start: LocalDate
  period_end: LocalDate
  quantity: string
  unit_price: string
  days: number
  of_days: number
  factor: string
  amount: string
  tax_category: string
  tax_inclusive: boolean
  tax_rate: string
  tax_excluded: string
  tax_amount: string
  tax_included: string
  explanation: string
}

const plain = (numeric: string): string => new Decimal(numeric).toFixed()

/** undefined when the books have no such bill. Money is decimal text; `end` dates do not belong to their period. */
export const readBillAsData = async (sql: Sql, brand: string, id: string) => {
  const [bill] = await sql.query<BillRow>('select * from bill where brand = $1 and id = $2', [brand, id])
  if (!bill) return undefined
  const lines = await sql.query<LineRow>('select * from bill_line where brand = $1 and bill_id = $2 order by line_no', [brand, id])
  const money = (value: string): string => moneyText(new Decimal(value), bill.currency)
  return {
    '@type': 'BillDocument',
    id: bill.id,
    billNo: bill.bill_no,
    category: bill.category,
    runType: bill.run_type,
    currency: bill.currency,
    timeZone: bill.time_zone,
    billDate: bill.bill_date,
    paymentDueDate: bill.payment_due_date,
    nextBillDate: bill.next_bill_date,
    period: { start: bill.period_start, end: bill.period_end },
    billingAccount: { id: bill.account_id, name: bill.account_name },
    relatedParty: bill.related_party,
    line: lines.map(line => ({
      lineNo: line.line_no,
      appliedCustomerBillingRate: line.rate_id,
      product: { id: line.product_id, name: line.product_name },
      kind: line.kind,
      name: line.name,
      period: { start: line.period_start, end: line.period_end },
      quantity: plain(line.quantity),
      unitPrice: plain(line.unit_price),
      days: line.days,
      ofDays: line.of_days,
      factor: line.factor,
      amount: money(line.amount),
      taxIncludedInAmount: line.tax_inclusive,
      tax: { category: line.tax_category, rate: plain(line.tax_rate), amount: money(line.tax_amount) },
      taxExcluded: money(line.tax_excluded),
      taxIncluded: money(line.tax_included),
      explanation: line.explanation,
    })),
    tax: JSON.parse(bill.taxes) as { category: string; rate: string; taxable: string; amount: string }[],
    taxExcluded: money(bill.tax_excluded),
    taxAmount: money(bill.tax_amount),
    taxIncluded: money(bill.tax_included),
    creditApplied: money(bill.credit_applied),
    creditCreated: money(bill.credit_created),
    creditBalanceAfter: money(bill.credit_balance_after),
    amountDue: money(bill.amount_due),
  }
}

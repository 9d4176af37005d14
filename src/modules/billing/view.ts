/** Billing's part of the 360° view and of the search for people: their bills, what is overdue, and bill numbers. */
import type { SearchSource } from '../../tmf/contributions.ts'
import { viewList } from '../../tmf/view-section.ts'

/** Not paid in full, and the day on which it had to be is over. A bill on hold is not asked for. */
const OVERDUE = `r.f_state NOT IN ('settled', 'onHold') AND r.f_remaining_amount_value > 0 AND r.f_payment_due_date < (SELECT now FROM moment)`

export const billSection = viewList({
  name: 'bills',
  resource: 'customerBill',
  description: 'Bills, the newest first, and what of them is overdue',
  ids: `SELECT from_id FROM ref WHERE from_resource = 'customerBill' UNION SELECT from_id FROM paid WHERE from_resource = 'customerBill'`,
  order: 'r.f_bill_date DESC NULLS LAST, r.id DESC',
  keep: `coalesce(${OVERDUE}, false) AS overdue`,
  more: `'overdue', json_build_object('count', (SELECT count(*) FROM hit WHERE hit.overdue), 'amount', (
    SELECT coalesce(json_agg(json_build_object('unit', due.unit, 'value', due.value) ORDER BY due.unit), '[]') FROM (
      SELECT r.doc #>> '{remainingAmount,unit}' AS unit, sum(r.f_remaining_amount_value) AS value FROM hit JOIN {customerBill} r ON r.id = hit.id WHERE hit.overdue GROUP BY 1) AS due),
    'since', (SELECT min(r.f_payment_due_date) FROM hit JOIN {customerBill} r ON r.id = hit.id WHERE hit.overdue))`,
  attributes: '"billNo" text, "billDate" text, state text, category text, "paymentDueDate" text, "nextBillDate" text, "amountDue" json, "remainingAmount" json, "billingAccount" json, "billingPeriod" json',
  item: `'billNo', d."billNo", 'billDate', d."billDate", 'state', d.state, 'category', d.category, 'amountDue', d."amountDue", 'remainingAmount', d."remainingAmount", 'paymentDueDate', d."paymentDueDate",
    'isOverdue', hit.overdue, 'billingPeriod', d."billingPeriod", 'billingAccount', d."billingAccount"`,
})

interface BillDoc {
  billNo?: string
}

export const billingSearch: readonly SearchSource[] = [
  { resource: 'customerBill', idField: 'billId', fields: ['billNumber'], terms: (doc: BillDoc) => (doc.billNo === undefined ? [] : [{ kind: 'identifier', field: 'billNumber', value: doc.billNo }]) },
]

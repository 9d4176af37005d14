/** Financing's part of the 360° view: what a person pays off, and what is still owed now. */
import { viewList } from '../../tmf/view-section.ts'

/** What is not due yet: what paying off would cost now. */
const REMAINDER = `(SELECT coalesce(sum((one #>> '{principal,value}')::numeric), 0) FROM json_array_elements(d.instalment) AS one WHERE d.state = 'agreed' OR (d.state = 'active' AND (one ->> 'dueDate')::timestamptz > (SELECT now FROM moment)))`

export const planSection = viewList({
  name: 'financing',
  resource: 'financingPlan',
  description: 'What is paid off in instalments, apart from any tariff: those that run first, with what is still owed',
  order: `r.f_state IN ('settled', 'paidOff', 'cancelled'), r.created_at DESC, r.id DESC`,
  keep: 'r.f_state AS state',
  more: `'active', (SELECT count(*) FROM hit WHERE hit.state = 'active')`,
  attributes: 'name text, state text, price json, "downPayment" json, "amountFinanced" json, "numberOfInstalments" int, "interestRate" numeric, "startDate" text, "endDate" text, product json, "billingAccount" json, "payOff" json, instalment json',
  join: `(SELECT ${REMAINDER} AS remainder, (SELECT min(one ->> 'dueDate') FROM json_array_elements(d.instalment) AS one WHERE d.state = 'active' AND (one ->> 'dueDate')::timestamptz > (SELECT now FROM moment)) AS next) AS owed`,
  item: `'name', d.name, 'state', d.state, 'price', d.price, 'downPayment', d."downPayment", 'amountFinanced', d."amountFinanced", 'numberOfInstalments', d."numberOfInstalments", 'interestRate', d."interestRate",
    'remainder', json_build_object('unit', d."amountFinanced" ->> 'unit', 'value', owed.remainder), 'nextDueDate', owed.next, 'startDate', d."startDate", 'endDate', d."endDate", 'product', d.product, 'billingAccount', d."billingAccount", 'payOff', d."payOff"`,
})

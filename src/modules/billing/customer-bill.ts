/** The TMF678 customer bill. Only the run and the on-demand task make one; clients move its state, nothing else of it ever changes. */
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { payerOf } from '../account/index.ts'
import { customerBillApi } from './api.ts'
import { CustomerBill, customerBillUpdate } from './customer-bill.schema.ts'

export const customerBill = defineResource({
  api: customerBillApi,
  name: 'customerBill',
  type: 'CustomerBill',
  table: 'customer_bill',
  description: 'A bill of one account. Once it is made only its state changes.',
  schema: CustomerBill,
  operations: ['list', 'get', 'patch'],
  update: customerBillUpdate,
  stamps: { onWrite: ['lastUpdate'] },
  lifecycle: {
    attribute: 'state',
    states: ['new', 'onHold', 'validated', 'sent', 'partiallyPaid', 'settled'],
    initial: ['new'],
    moves: { new: ['onHold', 'validated'], onHold: ['new', 'validated'], validated: ['onHold', 'sent'], sent: ['partiallyPaid', 'settled'], partiallyPaid: ['settled'] },
    movedBy: 'client',
  },
  // The definition of v4 has no events of bills; these are Tandem's own.
  filters: {
    billNo: 'text',
    billDate: 'instant',
    category: 'text',
    state: 'text',
    runType: 'text',
    lastUpdate: 'instant',
    nextBillDate: 'instant',
    paymentDueDate: 'instant',
    'billingAccount.id': 'text',
    'amountDue.value': 'number',
    'remainingAmount.value': 'number',
  },
  references: [{ path: 'billingAccount', to: 'billingAccount' }, { path: 'relatedParty[]', onMissing: 'record', weak: true }],
  ownerParty: doc => payerOf(doc.relatedParty)?.id,
  // The conformance profile wants the document in every answer.
  prepare: draft => ({ ...draft, billDocument: draft.billDocument ?? [] }),
  check: (doc, { previous, by }) => {
    if (previous === undefined || by === 'server' || doc.state === previous.state) return
    const open = doc.remainingAmount?.value ?? 0
    const due = doc.amountDue?.value ?? 0
    if (doc.state === 'settled' && open !== 0) throw refuse.conflict('billNotPaid', `state cannot go to settled: ${open} ${doc.remainingAmount?.unit} are not paid`)
    if (doc.state === 'partiallyPaid' && (open === 0 || open === due)) throw refuse.conflict('billNotPaid', 'state cannot go to partiallyPaid: no part of the bill is paid')
  },
  example: { state: 'validated' },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'anything but the state is changed', attribute: 'amountDue' },
    { status: 409, code: 'stateMoveNotAllowed', when: 'state is changed to one that does not follow', attribute: 'state' },
    { status: 409, code: 'billNotPaid', when: 'state is changed to a paid one while the amount is open', attribute: 'state' },
  ],
})

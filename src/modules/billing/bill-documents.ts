/** A bill as others see it: the TMF678 documents, and the bill as data with every line explained. Pure. */
import type { Static } from 'typebox'
import { jsonNumber } from '../../platform/money.ts'
import type { AppliedCustomerBillingRate } from './applied-customer-billing-rate.schema.ts'
import type { BillDraft } from './bill.ts'
import { startOfDay, type LocalDate } from '../../platform/calendar.ts'
import type { CustomerBill } from './customer-bill.schema.ts'
import { derivedId } from './derived-id.ts'
import type { TaxedLine } from './tax.ts'

/** A draft with the identity that it gets when it is issued. */
export interface IssuedBill {
  id: string
  billNo: string
  draft: BillDraft
}

type BillDoc = Partial<Static<typeof CustomerBill>>
type RateDoc = Partial<Static<typeof AppliedCustomerBillingRate>>
type Party = NonNullable<BillDoc['relatedParty']>[number]

const amountOf = (value: string, unit: string): { unit: string; value: number } => ({ unit, value: jsonNumber(value) })

const accountRef = (draft: BillDraft) => ({
  id: draft.accountId,
  href: `/tmf-api/accountManagement/v4/billingAccount/${encodeURIComponent(draft.accountId)}`,
  name: draft.accountName,
  '@referredType': 'BillingAccount',
})

/** What a bill is called in its brand's series. */
export const billNoOf = (prefix: string, number: bigint): string => `${prefix}${String(number).padStart(8, '0')}`

/** The bill's id follows from its account and cycle, or from the task that asked for it. */
export const billIdOf = (brand: string, draft: BillDraft, occasion: string): string => derivedId(new Date(draft.cutOff), 'bill', brand, draft.accountId, draft.runType, occasion)

export const lineIdOf = (bill: IssuedBill, lineNo: number): string => derivedId(new Date(bill.draft.cutOff), 'line', bill.id, String(lineNo))

/** TMF678 customerBill. */
export const customerBillDoc = (bill: IssuedBill): BillDoc => {
  const { draft } = bill
  const at = (date: LocalDate): string => startOfDay(date, draft.timeZone).toISOString()
  const money = (value: string) => amountOf(value, draft.currency)
  return {
    billNo: bill.billNo,
    billDate: draft.cutOff,
    category: draft.category,
    lastUpdate: draft.cutOff,
    nextBillDate: at(draft.nextBillDate),
    paymentDueDate: at(draft.paymentDueDate),
    runType: draft.runType,
    amountDue: money(draft.amountDue),
    appliedPayment: [],
    billDocument: [
      {
        name: `Bill ${bill.billNo}`,
        attachmentType: 'bill',
        mimeType: 'application/json',
        url: `/tandem/v1/customerBill/${encodeURIComponent(bill.id)}/document`,
      },
    ],
    billingAccount: accountRef(draft),
    billingPeriod: { startDateTime: at(draft.periodStart), endDateTime: at(draft.periodEnd) },
    relatedParty: draft.relatedParty as Party[],
    remainingAmount: money(draft.amountDue),
    state: 'new',
    taxExcludedAmount: money(draft.taxExcluded),
    taxIncludedAmount: money(draft.taxIncluded),
    taxItem: draft.taxes.map(tax => ({ taxCategory: tax.category, taxRate: Number(tax.rate), taxAmount: money(tax.amount) })),
  }
}

/** TMF678 appliedCustomerBillingRate of one line. */
export const billingRateDoc = (bill: IssuedBill, line: TaxedLine): RateDoc => {
  const { draft } = bill
  const at = (date: LocalDate): string => startOfDay(date, draft.timeZone).toISOString()
  const money = (value: string) => amountOf(value, draft.currency)
  const characteristic = (name: string, valueType: string, value: unknown) => ({ name, valueType, value })
  return {
    name: line.name,
    description: line.explanation,
    type: line.kind,
    date: draft.cutOff,
    isBilled: true,
    appliedTax: [{ taxCategory: line.taxCategory, taxRate: Number(line.taxRate), taxAmount: money(line.taxAmount) }],
    bill: { id: bill.id, href: `/tmf-api/customerBillManagement/v4/customerBill/${encodeURIComponent(bill.id)}`, '@referredType': 'CustomerBill' },
    billingAccount: accountRef(draft),
    characteristic: [
      characteristic('quantity', 'decimal', line.quantity),
      characteristic('unitPrice', 'decimal', line.unitPrice),
      characteristic('days', 'integer', line.days),
      characteristic('ofDays', 'integer', line.ofDays),
      characteristic('factor', 'decimal', line.factor),
      characteristic('taxIncludedInPrice', 'boolean', line.taxInclusive),
    ],
    periodCoverage: { startDateTime: at(line.periodStart), endDateTime: at(line.periodEnd) },
    product: {
      id: line.productId,
      href: `/tmf-api/productInventory/v4/product/${encodeURIComponent(line.productId)}`,
      name: line.productName,
      '@referredType': 'Product',
    },
    taxExcludedAmount: money(line.taxExcluded),
    taxIncludedAmount: money(line.taxIncluded),
  }
}

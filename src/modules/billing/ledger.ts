/** The postings of a bill: double entry, debits positive, the sum zero. Pure. */
import type { BillDraft } from './bill.ts'
import { Decimal, moneyText } from './proration.ts'

export interface Entry {
  account: 'receivable' | 'credit' | 'revenue' | 'tax'
  /** The billing account of receivable and credit, the kind of line of revenue, category and rate of tax. */
  subAccount: string
  amount: string
}

/**
 * What the customer owes is debited; revenue and tax are credited. Credit that is consumed moves from the account's credit to its
 * receivable, credit that is created the other way, so that the receivable changes by the amount due.
 */
export const entriesOf = (draft: BillDraft): Entry[] => {
  const amounts = new Map<string, { account: Entry['account']; subAccount: string; amount: Decimal }>()
  const post = (account: Entry['account'], subAccount: string, amount: Decimal): void => {
    const key = `${account}|${subAccount}`
    const entry = amounts.get(key)
    amounts.set(key, { account, subAccount, amount: entry ? entry.amount.plus(amount) : amount })
  }
  post('receivable', draft.accountId, new Decimal(draft.taxIncluded))
  for (const line of draft.lines) post('revenue', line.kind, new Decimal(line.taxExcluded).negated())
  for (const tax of draft.taxes) post('tax', `${tax.category} ${tax.rate}`, new Decimal(tax.amount).negated())
  const credit = new Decimal(draft.creditApplied).minus(draft.creditCreated)
  post('credit', draft.accountId, credit)
  post('receivable', draft.accountId, credit.negated())
  return [...amounts.values()]
    .filter(({ amount }) => !amount.isZero())
    .map(({ account, subAccount, amount }) => ({ account, subAccount, amount: moneyText(amount, draft.currency) }))
}

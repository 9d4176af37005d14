/**
 * One bill from what an account owes: its lines in a fixed order, tax, credit balance and totals. Pure and deterministic: the same
 * account, prices, books and date give the same draft, character by character.
 */
import { addDays, nextCycleDate, startOfDay, type LocalDate } from '../../platform/calendar.ts'
import { chargesOfPrice, type Charged, type PriceSchedule } from './charges.ts'
import { Decimal, moneyText } from './proration.ts'
import { taxLines, type TaxBasis, type TaxedLine, type TaxTotal } from './tax.ts'

/** What billing knows of an account. */
export interface BilledAccount {
  id: string
  name: string
  currency: string
  timeZone: string
  /** 1 to 31; clamped to the end of shorter months. */
  cycleDay: number
  /** Months from one cycle bill to the next. */
  cycleMonths: number
  /** Next date on which it is billed. */
  nextCycleDate: LocalDate
  /** Bill date of the last cycle, or the day the account began. */
  lastCycleDate: LocalDate
  /** Money that the account has in hand, never negative. */
  creditBalance: string
  paymentDueDays: number
  relatedParty: readonly Record<string, unknown>[]
}

export interface BillInput {
  account: BilledAccount
  /** Local date of the bill. */
  billDate: LocalDate
  /** Facts from this instant on are not on the bill: prices that start, ends that come later. */
  cutOff: Date
  runType: 'onCycle' | 'offCycle'
  prices: readonly PriceSchedule[]
  charged: readonly Charged[]
  tax: Omit<TaxBasis, 'at'>
}

/** Everything on a bill but its number. JSON: money and factors are decimal text. */
export interface BillDraft {
  accountId: string
  accountName: string
  relatedParty: readonly Record<string, unknown>[]
  currency: string
  timeZone: string
  billDate: LocalDate
  cutOff: string
  runType: 'onCycle' | 'offCycle'
  /** normal, interim (between cycles) or creditNote (its sum is a credit). */
  category: 'normal' | 'interim' | 'creditNote'
  periodStart: LocalDate
  periodEnd: LocalDate
  nextBillDate: LocalDate
  paymentDueDate: LocalDate
  lines: readonly TaxedLine[]
  taxes: readonly TaxTotal[]
  taxExcluded: string
  taxAmount: string
  taxIncluded: string
  /** Taken from the credit balance. */
  creditApplied: string
  /** Put into the credit balance, because the sum is negative. */
  creditCreated: string
  creditBalanceAfter: string
  /** Never negative. */
  amountDue: string
}

/** What the books say after the bill, whether or not there is one. */
export interface Billed {
  /** Absent when nothing is owed and nothing is given back. */
  draft: BillDraft | undefined
  chargedThrough: readonly { priceId: string; date: LocalDate }[]
}

const ORDER: readonly TaxedLine['kind'][] = ['oneTime', 'recurring', 'discount', 'repair']

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The bill of an account on a date. */
export const billAccount = (input: BillInput): Billed => {
  const { account, billDate } = input
  const chargedThrough: { priceId: string; date: LocalDate }[] = []
  const prices = input.prices.toSorted(
    (a, b) => compare(a.productId, b.productId) || compare(a.startedOn, b.startedOn) || compare(a.kind, b.kind) || compare(a.name, b.name) || compare(a.id, b.id),
  )
  const charges = prices.flatMap(price => {
    const own = input.charged.filter(past => past.priceId === price.id)
    const { lines, chargedThrough: date } = chargesOfPrice(price, account.cycleDay, billDate, own)
    if (date !== null && date !== price.chargedThrough) chargedThrough.push({ priceId: price.id, date })
    return lines.toSorted((a, b) => compare(a.periodStart, b.periodStart) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.component - b.component)
  })
  if (charges.length === 0) return { draft: undefined, chargedThrough }
  const { lines, totals } = taxLines(charges, { ...input.tax, at: input.cutOff }, account.currency)
  return { draft: draftOf(input, lines, totals), chargedThrough }
}

const draftOf = (input: BillInput, lines: readonly TaxedLine[], taxes: readonly TaxTotal[]): BillDraft => {
  const { account, billDate } = input
  const money = (amount: Decimal): string => moneyText(amount, account.currency)
  const sum = (amounts: readonly string[]): Decimal => amounts.reduce((total, amount) => total.plus(amount), new Decimal(0))
  const excluded = sum(lines.map(line => line.taxExcluded))
  const tax = sum(taxes.map(total => total.amount))
  const included = excluded.plus(tax)
  const created = Decimal.max(0, included.negated())
  const applied = Decimal.max(0, Decimal.min(included, account.creditBalance))
  const cyclic = input.runType === 'onCycle'
  return {
    accountId: account.id,
    accountName: account.name,
    relatedParty: account.relatedParty,
    currency: account.currency,
    timeZone: account.timeZone,
    billDate,
    cutOff: input.cutOff.toISOString(),
    runType: input.runType,
    category: included.isNegative() && !included.isZero() ? 'creditNote' : cyclic ? 'normal' : 'interim',
    periodStart: account.lastCycleDate,
    periodEnd: billDate,
    nextBillDate: cyclic ? nextCycleDate(billDate, account.cycleDay, account.cycleMonths) : account.nextCycleDate,
    paymentDueDate: addDays(billDate, account.paymentDueDays),
    lines,
    taxes,
    taxExcluded: money(excluded),
    taxAmount: money(tax),
    taxIncluded: money(included),
    creditApplied: money(applied),
    creditCreated: money(created),
    creditBalanceAfter: money(new Decimal(account.creditBalance).minus(applied).plus(created)),
    amountDue: money(Decimal.max(0, included.minus(applied))),
  }
}

/** Cut-off of a cycle bill: the first instant of its date where the account is. */
export const cycleCutOff = (account: Pick<BilledAccount, 'timeZone'>, cycleDate: LocalDate): Date => startOfDay(cycleDate, account.timeZone)

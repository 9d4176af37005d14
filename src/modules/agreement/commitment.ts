/** What a party promised in an agreement against what it has: products that live, and the revenue of the present period by the prices at which they were sold. Pure. */
import { exact, type Exact } from '../../platform/money.ts'
import type { AgreementInForce } from './agreements-of.ts'

interface MoneyDoc {
  unit?: string
  value?: number
}

/** What is read of a product of the inventory. */
export interface CommittedProduct {
  id: string
  status?: string
  startDate?: string
  terminationDate?: string
  productOffering?: { id?: string }
  productPrice?: readonly { priceType?: string; recurringChargePeriod?: string; price?: { dutyFreeAmount?: MoneyDoc; taxIncludedAmount?: MoneyDoc; taxRate?: number } }[]
}

export interface CommitmentState {
  id?: string
  kind: 'quantity' | 'revenue' | 'term'
  productOffering: { id: string }[]
  promised: { quantity?: number; revenue?: MoneyDoc; period?: string; until?: string }
  /** So far: products that are active or on their way; revenue since the period began. */
  reached: { quantity?: number; revenue?: MoneyDoc; from?: string; until?: string }
  /** What is missing; nothing when it is kept. */
  missing?: { quantity?: number; revenue?: MoneyDoc }
  isKept: boolean
}

const LIVING: readonly string[] = ['created', 'pendingActive', 'active', 'suspended', 'pendingTerminate']
const MONTHS: Readonly<Record<string, number>> = { month: 1, monthly: 1, quarter: 3, quarterly: 3, year: 12, yearly: 12, annual: 12 }

const monthsOf = (period: string | undefined): number => MONTHS[(period ?? 'month').toLowerCase().replace(/s$/, '')] ?? 1

/** A date some months on; the end of the month where it has no such day. */
const plusMonths = (date: Date, months: number): Date => {
  const day = date.getUTCDate()
  const moved = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1, date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()))
  const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate()
  moved.setUTCDate(Math.min(day, last))
  return moved
}

/** The period that runs now, counted from the beginning of the agreement. */
export const periodAt = (from: Date, period: string | undefined, at: Date): { from: Date; until: Date } => {
  const months = monthsOf(period)
  let n = Math.max(0, Math.floor(((at.getUTCFullYear() - from.getUTCFullYear()) * 12 + at.getUTCMonth() - from.getUTCMonth()) / months) - 1)
  while (plusMonths(from, (n + 1) * months) <= at) n++
  return { from: plusMonths(from, n * months), until: plusMonths(from, (n + 1) * months) }
}

const netOf = ({ price }: NonNullable<CommittedProduct['productPrice']>[number], currency: string): Exact | undefined => {
  const net = price?.dutyFreeAmount
  if (net?.unit === currency && net.value !== undefined) return exact(net.value)
  const gross = price?.taxIncludedAmount
  return gross?.unit === currency && gross.value !== undefined ? exact(gross.value).dividedBy(exact(100).plus(exact(price?.taxRate ?? 0)).dividedBy(100)) : undefined
}

/** Charges of a product that fell due between two moments: what is paid once at its start, what recurs at the start of each of its periods. */
const chargedBetween = (product: CommittedProduct, currency: string, from: Date, until: Date): Exact => {
  const start = product.startDate === undefined ? undefined : new Date(product.startDate)
  if (start === undefined) return exact(0)
  const end = product.terminationDate === undefined ? until : new Date(Math.min(until.getTime(), new Date(product.terminationDate).getTime()))
  let sum = exact(0)
  for (const one of product.productPrice ?? []) {
    const net = netOf(one, currency)
    if (net === undefined) continue
    if (one.priceType === 'oneTime') {
      if (start >= from && start < until) sum = sum.plus(net)
    } else if (one.priceType === 'recurring') {
      const months = monthsOf(one.recurringChargePeriod)
      const skipped = Math.max(0, Math.floor(((from.getUTCFullYear() - start.getUTCFullYear()) * 12 + from.getUTCMonth() - start.getUTCMonth()) / months) - 1)
      for (let n = skipped; plusMonths(start, n * months) < end; n++) if (plusMonths(start, n * months) >= from) sum = sum.plus(net)
    }
  }
  return sum
}

/** How each commitment stands at a moment. `products`: of the parties of the agreement, those that have ended included. */
export const commitmentsAt = (agreement: Pick<AgreementInForce, 'commitment'> & { from?: string }, products: readonly CommittedProduct[], now: Date): CommitmentState[] =>
  agreement.commitment.map(one => {
    const { id, kind, offeringIds } = one
    const of = products.filter(product => offeringIds.length === 0 || offeringIds.includes(product.productOffering?.id ?? ''))
    const base = { ...(id !== undefined && { id }), kind, productOffering: offeringIds.map(offering => ({ id: offering })) }
    const begun = new Date(agreement.from ?? now)
    if (kind === 'quantity') {
      const [promised, reached] = [one.quantity ?? 0, of.filter(product => LIVING.includes(product.status ?? '')).length]
      return { ...base, promised: { quantity: promised }, reached: { quantity: reached }, ...(reached < promised && { missing: { quantity: promised - reached } }), isKept: reached >= promised }
    }
    if (kind === 'revenue') {
      const unit = one.revenue?.unit ?? ''
      const span = periodAt(begun, one.period, now)
      const reached = of.reduce((sum, product) => sum.plus(chargedBetween(product, unit, span.from, now < span.until ? now : span.until)), exact(0))
      const left = exact(one.revenue?.value ?? 0).minus(reached)
      const money = (value: Exact): MoneyDoc => ({ unit, value: value.toDecimalPlaces(2).toNumber() })
      return {
        ...base,
        promised: { revenue: one.revenue ?? {}, period: one.period ?? 'month' },
        reached: { revenue: money(reached), from: span.from.toISOString(), until: span.until.toISOString() },
        ...(left.greaterThan(0) && { missing: { revenue: money(left) } }),
        isKept: !left.greaterThan(0),
      }
    }
    const months = (one.duration?.amount ?? 0) * monthsOf(one.duration?.units)
    const until = plusMonths(begun, months)
    return { ...base, promised: { until: until.toISOString() }, reached: { from: begun.toISOString() }, isKept: now >= until }
  })

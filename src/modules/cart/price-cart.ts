/**
 * What a cart costs: the one place that asks the price engine. Lines in, prices of each, totals of all and what is due at the checkout out.
 * Amounts are fixed by the engine, rounded once a line, so that the lines add up to the totals.
 */
import { jsonNumber, money, type Money } from '../../platform/money.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { priceItems, priceLineOf, totalLinesOf, type AppliedPromotion, type PricedComponent, type PromotionCodeResult } from '../pricing/index.ts'
import type { CartPrice, LineAdjustment } from './cart-types.ts'

export interface LineToPrice {
  id: string
  offeringId: string
  quantity: number
  characteristic: Readonly<Record<string, unknown>>
  term?: { amount: number; units: string }
  partOf?: string
  adjustment: readonly LineAdjustment[]
  /** Kinds of charges that are not made. */
  omit?: readonly ('oneTime' | 'deposit')[]
}

export interface PriceQuestion {
  line: readonly LineToPrice[]
  currency?: string
  customerId?: string
  promotionCode: readonly string[]
  place?: { id?: string; country?: string }
}

export interface PricedCart {
  /** Of the catalog that the prices are from. */
  version: string
  line: ReadonlyMap<string, { itemPrice: CartPrice[]; ItemTotalPrice: CartPrice[] }>
  /** The charges of each line. */
  component: ReadonlyMap<string, PricedComponent[]>
  total: CartPrice[]
  /** One-time charges and deposits with tax; undefined when nothing is due at once. */
  due: { unit: string; value: number } | undefined
  /** Recurring charges of a month with tax: what credit is asked about. */
  monthly: { unit: string; value: number } | undefined
  promotion: AppliedPromotion[]
  /** What each code did. */
  code: PromotionCodeResult[]
  fault: { lineId: string; code: string; message: string }[]
}

const sum = (components: readonly PricedComponent[]): { unit: string; value: number } | undefined => {
  const total = components.reduce<Money | undefined>((so, one) => (so ? so.plus(money(one.taxIncludedAmount, one.currency)) : money(one.taxIncludedAmount, one.currency)), undefined)
  return total === undefined || total.isZero() ? undefined : { unit: total.currency, value: jsonNumber(total.amount) }
}

/** A code that is in a promised price has done something, too. */
const withHeld = (result: PromotionCodeResult, held: ReadonlyMap<string, PricedComponent[]>): PromotionCodeResult => {
  const { reason: _reason, message: _message, ...rest } = result
  const isIn = !result.applied && held.size > 0 && [...held.values()].flat().some(component => component.alterations.some(one => one.origin === 'promotion' && result.promotion?.some(promotion => promotion.id === one.id)))
  return isIn ? { ...rest, applied: true } : result
}

const NO_LINES: ReadonlyMap<string, PricedComponent[]> = new Map()

/** Prices all lines but those whose charges are `held`; one that cannot be priced has a fault instead. Offerings are priced as they were read. */
export const priceCart = async (deps: Pick<Services, 'clock' | 'positions' | 'database' | 'store'>, context: Context, question: PriceQuestion, offerings: ReadonlyMap<string, LoadedOffering>, held = NO_LINES, fresh = false): Promise<PricedCart> => {
  const { currency, customerId, promotionCode, place } = question
  const answer = await priceItems(
    deps,
    context,
    {
      item: question.line.filter(one => !held.has(one.id)).map(({ adjustment, ...line }) => ({ ...line, adjustment: adjustment.map(({ id, name, percentage, amount, on, duration }) => ({ id, name, ...(percentage !== undefined && { percentage }), ...(amount && { amount }), ...(on && { on }), ...(duration && { duration }) })) })),
      promotionCode,
      ...(currency !== undefined && { currency }),
      ...(customerId !== undefined && { customerId }),
      ...(place && { place }),
    },
    { offerings, ...(fresh && { fresh }) },
  )
  const component = new Map<string, PricedComponent[]>([...answer.line.map(one => [one.id, one.component] as const), ...question.line.flatMap(one => { const own = held.get(one.id); return own ? [[one.id, own] as const] : [] })])
  const all = [...component.values()].flat()
  const line = new Map([...component].map(([id, own]) => ({ id, component: own })).map(one => [one.id, { itemPrice: one.component.map(priceLineOf) as CartPrice[], ItemTotalPrice: totalLinesOf(one.component) as CartPrice[] }]))
  const fault = answer.fault.map(({ itemId, code, message }) => ({ lineId: itemId, code: code as string, message }))
  const currencies = new Set(all.map(component => component.currency))
  const rest = { version: String(answer.version), line, component, promotion: answer.promotion, code: (answer.promotionCodeResult ?? []).map(one => withHeld(one, held)) }
  if (currencies.size > 1) {
    fault.push({ lineId: question.line[0]?.id ?? '', code: 'currencyMix', message: `the prices are in ${[...currencies].sort().join(' and ')}; a cart has one currency` })
    return { ...rest, total: [], due: undefined, monthly: undefined, fault }
  }
  return {
    ...rest,
    total: totalLinesOf(all) as CartPrice[],
    due: sum(all.filter(component => component.kind === 'oneTime' || component.kind === 'deposit')),
    monthly: sum(all.filter(component => component.kind === 'recurring' && component.recurring?.unit === 'month' && component.recurring.count === 1)),
    fault,
  }
}

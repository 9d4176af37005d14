/**
 * What is taken off charges: the catalog's own discounts, promotions by priority (exclusive or stackable, within budgets and limits), then what a
 * person gave. Each applies to what the ones before it left; nothing falls below zero. Pure.
 */
import { allocate, exact, Exact, money } from '../../platform/money.ts'
import { meantFor } from '../catalog/index.ts'
import { holdsAt, type CatalogDiscount, type CompiledOffering, type ListedDiscount } from './candidate.ts'
import { periodsIn, type Circumstances, type RuledItem } from './circumstances.ts'
import { amountText } from './amount.ts'
import type { Adjustment } from './price-request.ts'
import type { AppliedPromotion, PricedAlteration } from './priced.ts'
import type { CompiledAction, CompiledPattern } from './promotion-pattern.ts'
import type { CartFacts } from './rule.ts'
import type { Selected } from './select-price.ts'

/** A charge while it is being priced. */
export interface Charge {
  selected: Selected
  unit: Exact
  quantity: Exact
  amount: Exact
  left: Exact
  alterations: PricedAlteration[]
  /** Promotions on it so far. */
  promoted: number
  /** An exclusive promotion is on it: no other one comes. */
  isClosed: boolean
}

export interface Line {
  item: RuledItem
  offering: CompiledOffering
  adjustment: readonly Adjustment[]
  currency: string
  charges: Charge[]
}

interface Size {
  percentage?: Exact
  share?: Exact
  amount?: Exact
}

const NOTHING = new Exact(0)
const lower = (a: Exact, b: Exact): Exact => (b.lessThan(a) ? b : a)

const kindOf = (charge: Charge) => charge.selected.taken.candidate.kind
const currencyOf = (charge: Charge): string => charge.selected.taken.candidate.currency

/** What a size takes off a charge now, as far as there is that much. */
const takes = ({ left }: Charge, { share, amount = NOTHING }: Size): Exact => (share === undefined ? lower(amount, left) : lower(left.times(share), left))

const alter = (charge: Charge, size: Size, said: Omit<PricedAlteration, 'percentage' | 'amount' | 'reduction'>): Exact => {
  const currency = currencyOf(charge)
  const taken = takes(charge, size)
  charge.left = charge.left.minus(taken)
  const alteration: PricedAlteration = { name: said.name, origin: said.origin, source: said.source, reduction: amountText(taken, currency) }
  if (said.id !== undefined) alteration.id = said.id
  if (size.percentage === undefined) alteration.amount = amountText(size.amount ?? NOTHING, currency)
  else alteration.percentage = size.percentage.toString()
  if (said.duration) alteration.duration = said.duration
  charge.alterations.push(alteration)
  return taken
}

const applyCatalog = (charge: Charge, discount: CatalogDiscount): void => {
  // An amount in another currency is not converted: it is a discount for buyers in that currency.
  if (discount.amount && discount.amount.currency !== currencyOf(charge)) return
  if (discount.percentage === undefined && discount.amount === undefined) return
  const size = discount.percentage === undefined ? { amount: discount.amount!.value.times(charge.quantity) } : { percentage: discount.percentage, share: discount.share! }
  alter(charge, size, { name: discount.name, origin: 'catalog', source: discount.source, ...(discount.duration && { duration: discount.duration }) })
}

/**
 * A discount that the offering lists beside its charges. One with a period is about the recurring charges; a share without a period is
 * about all of them, an amount without one about the first one-time charge: an amount is taken off once.
 */
const targetsOf = (discount: ListedDiscount, charges: readonly Charge[]): readonly Charge[] => {
  const isShare = discount.percentage !== undefined
  const charged = charges.filter(one => kindOf(one) === 'recurring' || kindOf(one) === 'oneTime').filter(one => (discount.isRecurring ? kindOf(one) === 'recurring' : isShare || kindOf(one) === 'oneTime'))
  return isShare ? charged : charged.slice(0, 1)
}

/** Discounts that the catalog gives: a charge's own, then those of the offering. */
export const applyCatalogDiscounts = (line: Line, at: number): void => {
  const counts = (discount: CatalogDiscount): boolean => holdsAt(discount, at) && (discount.uses === undefined || meantFor(discount.uses as Parameters<typeof meantFor>[0], line.item.characteristic))
  for (const charge of line.charges) for (const discount of charge.selected.taken.candidate.discounts) if (counts(discount)) applyCatalog(charge, discount)
  for (const discount of line.offering.listed) if (counts(discount)) for (const charge of targetsOf(discount, line.charges)) applyCatalog(charge, discount)
}

interface Take {
  line: Line
  charge: Charge
  size: Size
  action: CompiledAction
}

const isOpen = (charge: Charge, action: CompiledAction): boolean =>
  !charge.isClosed && (action.chargeType === undefined ? kindOf(charge) === 'oneTime' || (kindOf(charge) === 'recurring' && action.percentage !== undefined) : kindOf(charge) === action.chargeType)

/** Which charges an action would be on, and with how much, if it were applied now. */
const takesOf = (pattern: CompiledPattern, action: CompiledAction, matched: readonly Line[], lines: readonly Line[], currency: string): Take[] => {
  if (action.amount && action.amount.currency !== currency) return []
  const on = action.offeringId === undefined ? matched : lines.filter(line => line.item.offeringId === action.offeringId)
  const charges = on.flatMap(line => line.charges.filter(charge => isOpen(charge, action) && !(pattern.promotion.exclusive && charge.promoted > 0) && !charge.left.isZero()).map(charge => ({ line, charge })))
  if (action.percentage !== undefined) return charges.map(one => ({ ...one, action, size: { percentage: action.percentage!, share: action.share! } }))
  if (charges.length === 0 || !action.amount) return []
  // Off an offering: for each of it, once a line. Off the order: once, shared by what is left of the charges.
  if (action.offeringId !== undefined) {
    const once = charges.filter((one, index) => charges.findIndex(other => other.line === one.line) === index)
    return once.map(one => ({ ...one, action, size: { amount: action.amount!.value.times(one.charge.quantity) } }))
  }
  const whole = charges.reduce((all, one) => all.plus(one.charge.left), NOTHING)
  const shares = allocate(money(lower(action.amount.value, whole), currency), charges.map(one => one.charge.left))
  return charges.flatMap((one, index) => (shares[index]!.isZero() ? [] : [{ ...one, action, size: { amount: shares[index]!.amount } }]))
}

/** What a reduction costs in all: on a recurring charge for as many periods as it lasts, one when it lasts as long as the charge. */
const costOf = ({ charge, action }: Take, reduction: Exact): Exact => {
  const { recurring } = charge.selected.taken.candidate
  return recurring && action.duration ? reduction.times(periodsIn(action.duration, recurring) ?? 1) : reduction
}

/** Sums are over lines of one currency, as stated on the prices, after the catalog's own discounts and before promotions. */
export const cartTotalOf = (lines: readonly Line[]): Exact =>
  lines.reduce((sum, line) => line.charges.reduce((total, charge) => (kindOf(charge) === 'oneTime' || kindOf(charge) === 'recurring' ? total.plus(charge.left) : total), sum), NOTHING)

interface Spent {
  uses: number
  spent: Exact
}

/** Applies promotions to the lines of one currency, which come sorted so that their order in the request has no say. */
export const applyPromotions = (lines: readonly Line[], currency: string, patterns: readonly CompiledPattern[], c: Circumstances, cart: CartFacts): AppliedPromotion[] => {
  if (patterns.length === 0 || lines.length === 0) return []
  const total = cartTotalOf(lines)
  const here: Circumstances = c.currency === currency ? c : { ...c, currency }
  const applied = new Map<string, AppliedPromotion & { spent: Exact }>()
  const used = new Map<string, Spent>()
  for (const pattern of patterns) {
    const matched = lines.filter(line => pattern.matches(here, line.item, cart, total))
    if (matched.length === 0) continue
    const { promotion } = pattern
    const mine = applied.get(promotion.id)
    if (promotion.isLimited && mine === undefined && !hasUses(pattern, c)) continue
    const before = used.get(promotion.id)?.spent ?? NOTHING
    let cost = before
    // Actions come one after the other: each sees what the one before it left.
    const undo: (() => void)[] = []
    const touched: { take: Take; taken: Exact }[] = []
    for (const action of pattern.actions) {
      for (const take of takesOf(pattern, action, matched, lines, currency)) {
        const { charge } = take
        const [left, count] = [charge.left, charge.alterations.length]
        undo.push(() => {
          charge.left = left
          charge.alterations.length = count
        })
        const source = charge.selected.taken.candidate.source
        const taken = alter(charge, take.size, { name: pattern.name, origin: 'promotion', source: { offering: source.offering, path: `promotion/${promotion.id}/pattern[${pattern.index}]` }, id: promotion.id, ...(action.duration && { duration: action.duration }) })
        cost = cost.plus(costOf(take, taken))
        touched.push({ take, taken })
      }
    }
    if (touched.length === 0 && pattern.awards.length === 0) continue
    if (!isWithinBudget(pattern, c, currency, cost)) {
      for (const back of undo.toReversed()) back()
      continue
    }
    for (const charge of new Set(touched.map(one => one.take.charge))) {
      charge.promoted++
      if (promotion.exclusive) charge.isClosed = true
    }
    used.set(promotion.id, { uses: 1, spent: cost })
    const onLines = touched.length === 0 ? matched.map(line => line.item.id) : touched.map(one => one.take.line.item.id)
    applied.set(promotion.id, {
      id: promotion.id,
      revision: promotion.revision,
      name: promotion.name,
      currency,
      limited: promotion.isLimited,
      spent: cost,
      reduction: amountText(cost, currency),
      line: [...new Set([...(mine?.line ?? []), ...onLines])].sort(),
      ...(pattern.awards.length > 0 || mine?.award ? { award: [...(mine?.award ?? []), ...pattern.awards] } : {}),
    })
  }
  return [...applied.values()].map(({ spent: _, ...rest }) => rest)
}

const hasUses = ({ promotion }: CompiledPattern, c: Circumstances): boolean => {
  const usage = c.usage.get(promotion.id)
  return (promotion.usageLimit ?? Infinity) > (usage?.uses ?? 0) && (promotion.usageLimitPerCustomer === undefined || (c.customerId !== undefined && promotion.usageLimitPerCustomer > (usage?.usesByCustomer ?? 0)))
}

/** A budget pays a reduction whole or not at all, and only in its own currency. */
const isWithinBudget = ({ promotion }: CompiledPattern, c: Circumstances, currency: string, cost: Exact): boolean =>
  promotion.budget === undefined || (promotion.budget.currency === currency && exact(c.usage.get(promotion.id)?.spent ?? '0').plus(cost).lessThanOrEqualTo(promotion.budget.value))

/** What a person gave, after everything else. */
export const applyAdjustments = (line: Line): void => {
  for (const one of line.adjustment) {
    const isAmount = one.percentage === undefined
    if (isAmount && one.amount?.unit !== line.currency) continue
    const on = line.charges.filter(charge => (one.on === undefined ? kindOf(charge) === 'oneTime' || kindOf(charge) === 'recurring' : kindOf(charge) === one.on))
    for (const charge of isAmount ? on.slice(0, 1) : on) {
      const size = isAmount ? { amount: exact(one.amount!.value) } : { percentage: exact(one.percentage!), share: exact(one.percentage!).dividedBy(100) }
      alter(charge, size, { name: one.name, origin: 'adjustment', source: { ...charge.selected.taken.candidate.source, path: `adjustment/${one.id}` }, id: one.id, ...(one.duration && { duration: one.duration }) })
    }
  }
}

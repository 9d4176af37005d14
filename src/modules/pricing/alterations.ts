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
import type { CompiledAction, CompiledPattern, CompiledPromotion } from './promotion-pattern.ts'
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

/** What an action takes off a charge, and the charge as it was before. */
interface Take {
  line: Line
  charge: Charge
  size: Size
  action: CompiledAction
  left: Exact
  count: number
  taken: Exact
}

const isOpen = (charge: Charge, action: CompiledAction): boolean =>
  !charge.isClosed && (action.chargeType === undefined ? kindOf(charge) === 'oneTime' || (kindOf(charge) === 'recurring' && action.percentage !== undefined) : kindOf(charge) === action.chargeType)

/** Which charges an action would be on, and with how much, if it were applied now. */
const takesOf = (pattern: CompiledPattern, action: CompiledAction, matched: readonly Line[], lines: readonly Line[], currency: string): Take[] => {
  const { percentage, amount, offeringId } = action
  if (amount && amount.currency !== currency) return []
  const found: { line: Line; charge: Charge }[] = []
  for (const line of offeringId === undefined ? matched : lines) {
    if (offeringId !== undefined && line.item.offeringId !== offeringId) continue
    for (const charge of line.charges) if (isOpen(charge, action) && !(pattern.promotion.exclusive && charge.promoted > 0) && !charge.left.isZero()) found.push({ line, charge })
  }
  if (percentage !== undefined) {
    const size: Size = { percentage, share: action.share! }
    return found.map(({ line, charge }) => ({ line, charge, action, size, left: charge.left, count: charge.alterations.length, taken: NOTHING }))
  }
  if (found.length === 0 || !amount) return []
  const sized = ({ line, charge }: (typeof found)[number], of: Exact): Take => ({ line, charge, action, size: { amount: of }, left: charge.left, count: charge.alterations.length, taken: NOTHING })
  // Off an offering: for each of it, once a line. Off the order: once, shared by what is left of the charges.
  if (offeringId !== undefined) return found.filter((one, index) => one.line !== found[index - 1]?.line).map(one => sized(one, amount.value.times(one.charge.quantity)))
  const whole = found.reduce((all, one) => all.plus(one.charge.left), NOTHING)
  const shares = allocate(money(lower(amount.value, whole), currency), found.map(one => one.charge.left))
  return found.flatMap((one, index) => (shares[index]!.isZero() ? [] : [sized(one, shares[index]!.amount)]))
}

/** What a reduction costs in all: on a recurring charge for as many periods as it lasts, one when it lasts as long as the charge. */
const costOf = ({ charge, action, taken: reduction }: Take): Exact => {
  const { recurring } = charge.selected.taken.candidate
  return recurring && action.duration ? reduction.times(periodsIn(action.duration, recurring) ?? 1) : reduction
}

/** Sums are over lines of one currency, as stated on the prices, after the catalog's own discounts and before promotions. */
export const cartTotalOf = (lines: readonly Line[]): Exact =>
  lines.reduce((sum, line) => line.charges.reduce((total, charge) => (kindOf(charge) === 'oneTime' || kindOf(charge) === 'recurring' ? total.plus(charge.left) : total), sum), NOTHING)

/** What a promotion does to an order, over all its patterns. */
interface Effect {
  promotion: CompiledPromotion
  cost: Exact
  lines: Set<string>
  awards: NonNullable<AppliedPromotion['award']>
}

/** Actions come one after the other: each sees what the one before it left. */
const act = (pattern: CompiledPattern, matched: readonly Line[], lines: readonly Line[], currency: string): Take[] => {
  const taken: Take[] = []
  for (const action of pattern.actions) {
    for (const take of takesOf(pattern, action, matched, lines, currency)) {
      const { offering } = take.charge.selected.taken.candidate.source
      take.taken = alter(take.charge, take.size, { name: pattern.name, origin: 'promotion', source: { offering, path: pattern.path }, id: pattern.promotion.id, ...(action.duration && { duration: action.duration }) })
      taken.push(take)
    }
  }
  return taken
}

const undo = (takes: readonly Take[]): void => {
  for (const { charge, left, count } of takes.toReversed()) {
    charge.left = left
    charge.alterations.length = count
  }
}

/** Applies promotions to the lines of one currency, which come sorted so that their order in the request has no say. */
export const applyPromotions = (lines: readonly Line[], currency: string, patterns: readonly CompiledPattern[], c: Circumstances, cart: CartFacts): AppliedPromotion[] => {
  if (patterns.length === 0 || lines.length === 0) return []
  const total = cartTotalOf(lines)
  const here: Circumstances = c.currency === currency ? c : { ...c, currency }
  const effects = new Map<string, Effect>()
  for (const pattern of patterns) {
    const { promotion } = pattern
    const matched = lines.filter(line => pattern.matches(here, line.item, cart, total))
    if (matched.length === 0) continue
    const before = effects.get(promotion.id)
    if (promotion.isLimited && before === undefined && !hasUses(pattern, c)) continue
    const takes = act(pattern, matched, lines, currency)
    if (takes.length === 0 && pattern.awards.length === 0) continue
    const cost = takes.reduce((all, take) => all.plus(costOf(take)), before?.cost ?? NOTHING)
    if (!isWithinBudget(pattern, c, currency, cost)) {
      undo(takes)
      continue
    }
    for (const { charge } of takes) {
      charge.promoted++
      if (promotion.exclusive) charge.isClosed = true
    }
    const effect = before ?? { promotion, cost, lines: new Set<string>(), awards: [] }
    effect.cost = cost
    for (const line of takes.length === 0 ? matched : takes.map(take => take.line)) effect.lines.add(line.item.id)
    effect.awards.push(...pattern.awards)
    effects.set(promotion.id, effect)
  }
  return [...effects.values()].map(({ promotion, cost, lines: on, awards }) => ({
    id: promotion.id,
    revision: promotion.revision,
    name: promotion.name,
    reduction: amountText(cost, currency),
    currency,
    line: [...on].sort(),
    limited: promotion.isLimited,
    ...(awards.length > 0 && { award: awards }),
  }))
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

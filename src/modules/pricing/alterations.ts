/**
 * What is taken off charges: the catalog's own discounts, promotions by priority (exclusive or stackable, within budgets and limits), then what a
 * person gave. Each applies to what the ones before it left; nothing falls below zero. Pure.
 */
import { exact, type Exact } from '../../platform/money.ts'
import { meantFor } from '../catalog/index.ts'
import { holdsAt, type CatalogDiscount, type CompiledOffering, type ListedDiscount } from './candidate.ts'
import { periodsIn, type Circumstances, type RuledItem } from './circumstances.ts'
import { amountOf, amountOfNumber, amountText, compare, isZero, minus, NOTHING, plus, split, times, type Amount } from './amount.ts'
import type { Adjustment } from './price-request.ts'
import { noteOutcome, type CodeReason, type CodeTrace } from './promotion-code.ts'
import type { AppliedPromotion, PricedAlteration } from './priced.ts'
import type { CompiledAction, CompiledPattern, CompiledPromotion } from './promotion-pattern.ts'
import type { CartFacts } from './rule.ts'
import type { Selected } from './select-price.ts'

/** A charge while it is being priced. */
export interface Charge {
  selected: Selected
  unit: Amount
  quantity: Amount
  amount: Amount
  left: Amount
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

/** A share of what is left, with its percentage as text, or an amount. */
type Size = { share: Amount; percentage: string } | { share?: never; amount: Amount }

const ratio = (percentage: Exact, share = percentage.dividedBy(100)): Size => ({ share: amountOf(share), percentage: percentage.toString() })

const lower = (a: Amount, b: Amount): Amount => (compare(b, a) < 0 ? b : a)

const kindOf = (charge: Charge) => charge.selected.taken.candidate.kind
const currencyOf = (charge: Charge): string => charge.selected.taken.candidate.currency

/** Takes a size off a charge, as far as there is that much. */
const alter = (charge: Charge, size: Size, name: string, origin: PricedAlteration['origin'], source: PricedAlteration['source'], id: string | undefined, duration: PricedAlteration['duration']): Amount => {
  const currency = currencyOf(charge)
  const { left } = charge
  const taken = lower(size.share === undefined ? size.amount : times(left, size.share), left)
  charge.left = minus(left, taken)
  const alteration: PricedAlteration = { name, origin, source, reduction: amountText(taken, currency) }
  if (id !== undefined) alteration.id = id
  if (size.share === undefined) alteration.amount = amountText(size.amount, currency)
  else alteration.percentage = size.percentage
  if (duration) alteration.duration = duration
  charge.alterations.push(alteration)
  return taken
}

const applyCatalog = (charge: Charge, { percentage, share, amount, name, source, duration }: CatalogDiscount): void => {
  // An amount in another currency is not converted: it is a discount for buyers in that currency.
  if (amount && amount.currency !== currencyOf(charge)) return
  if (percentage !== undefined) alter(charge, ratio(percentage, share), name, 'catalog', source, undefined, duration)
  else if (amount) alter(charge, { amount: times(amountOf(amount.value), charge.quantity) }, name, 'catalog', source, undefined, duration)
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
  left: Amount
  count: number
  taken: Amount
}

const isOpen = (charge: Charge, { chargeType, size }: CompiledAction, exclusive: boolean): boolean => {
  if (charge.isClosed || (exclusive && charge.promoted > 0) || isZero(charge.left)) return false
  const kind = kindOf(charge)
  return chargeType === undefined ? kind === 'oneTime' || (kind === 'recurring' && size.share !== undefined) : kind === chargeType
}

/** Which charges an action would be on, and with how much, if it were applied now. */
const takesOf = (pattern: CompiledPattern, action: CompiledAction, matched: readonly Line[], lines: readonly Line[], currency: string): Take[] => {
  const { size, offeringId } = action
  if (size.share === undefined && size.currency !== currency) return []
  const found: Take[] = []
  for (const line of offeringId === undefined ? matched : lines) {
    if (offeringId !== undefined && line.item.offeringId !== offeringId) continue
    for (const charge of line.charges) {
      if (isOpen(charge, action, pattern.promotion.exclusive)) found.push({ line, charge, action, size, left: charge.left, count: charge.alterations.length, taken: NOTHING })
    }
  }
  if (size.share !== undefined || found.length === 0) return found
  const { amount } = size
  // Off an offering: for each of it, once a line. Off the order: once, shared by what is left of the charges.
  if (offeringId !== undefined) return found.filter((one, index) => one.line !== found[index - 1]?.line).map(one => ({ ...one, size: { amount: times(amount, one.charge.quantity) } }))
  const whole = found.reduce((all, one) => plus(all, one.left), NOTHING)
  const shares = split(lower(amount, whole), found.map(one => one.left), currency)
  return found.flatMap((one, index) => (isZero(shares[index]!) ? [] : [{ ...one, size: { amount: shares[index]! } }]))
}

/** What a reduction costs in all: on a recurring charge for as many periods as it lasts, one when it lasts as long as the charge. */
const costOf = ({ charge, action, taken }: Take): Amount => {
  const { recurring } = charge.selected.taken.candidate
  return recurring && action.duration ? times(taken, amountOfNumber(periodsIn(action.duration, recurring) ?? 1)) : taken
}

/** Sums are over lines of one currency, as stated on the prices, after the catalog's own discounts and before promotions. */
const cartTotalOf = (lines: readonly Line[]): Amount => {
  let total = NOTHING
  for (const line of lines) for (const charge of line.charges) if (kindOf(charge) === 'oneTime' || kindOf(charge) === 'recurring') total = plus(total, charge.left)
  return total
}

/** What a promotion does to an order, over all its patterns. */
interface Effect {
  promotion: CompiledPromotion
  cost: Amount
  lines: Set<string>
  awards: NonNullable<AppliedPromotion['award']>
}

/** Actions come one after the other: each sees what the one before it left. */
const act = (pattern: CompiledPattern, matched: readonly Line[], lines: readonly Line[], currency: string): Take[] => {
  const taken: Take[] = []
  for (const action of pattern.actions) {
    for (const take of takesOf(pattern, action, matched, lines, currency)) {
      const { offering } = take.charge.selected.taken.candidate.source
      take.taken = alter(take.charge, take.size, pattern.name, 'promotion', { offering, path: pattern.path }, pattern.promotion.id, action.duration)
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

/** Applies promotions to the lines of one currency, which come sorted so that their order in the request has no say. Where codes were entered, what became of each is noted. */
export const applyPromotions = (lines: readonly Line[], currency: string, patterns: readonly CompiledPattern[], c: Circumstances, cart: CartFacts, trace?: CodeTrace): AppliedPromotion[] => {
  if (patterns.length === 0 || lines.length === 0) return []
  const total = cartTotalOf(lines)
  const here: Circumstances = c.currency === currency ? c : { ...c, currency }
  const effects = new Map<string, Effect>()
  for (const pattern of patterns) {
    const { promotion } = pattern
    if (!pattern.matchesCart(here, cart, total)) {
      noteOutcome(trace, pattern, 'notForPurchase')
      continue
    }
    const matched = lines.filter(line => pattern.matchesItem(here, line.item, cart, total))
    if (matched.length === 0) {
      noteOutcome(trace, pattern, 'notForItems')
      continue
    }
    const before = effects.get(promotion.id)
    const usedUp = promotion.isLimited && before === undefined ? lackOfUses(pattern, c) : undefined
    if (usedUp !== undefined) {
      noteOutcome(trace, pattern, usedUp)
      continue
    }
    const takes = act(pattern, matched, lines, currency)
    if (takes.length === 0 && pattern.awards.length === 0) {
      if (trace) noteOutcome(trace, pattern, lackOfCharges(pattern, matched, lines, currency))
      continue
    }
    const cost = takes.reduce((all, take) => plus(all, costOf(take)), before?.cost ?? NOTHING)
    if (!isWithinBudget(pattern, c, currency, cost)) {
      undo(takes)
      noteOutcome(trace, pattern, promotion.budget?.currency === currency ? 'budgetSpent' : 'otherCurrency')
      continue
    }
    noteOutcome(trace, pattern, 'applied')
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

/** What keeps a promotion from being used once more; undefined when nothing does. */
const lackOfUses = ({ promotion: { id, usageLimit, usageLimitPerCustomer } }: CompiledPattern, c: Circumstances): CodeReason | undefined => {
  const usage = c.usage.get(id)
  if ((usageLimit ?? Infinity) <= (usage?.uses ?? 0)) return 'usedUp'
  if (usageLimitPerCustomer === undefined) return undefined
  if (c.customerId === undefined) return 'customerMissing'
  return usageLimitPerCustomer > (usage?.usesByCustomer ?? 0) ? undefined : 'usedUpByCustomer'
}

/** Why a pattern that matches takes nothing off. */
const lackOfCharges = ({ actions, promotion }: CompiledPattern, matched: readonly Line[], lines: readonly Line[], currency: string): CodeReason => {
  if (actions.every(({ size }) => size.share === undefined && size.currency !== currency)) return 'otherCurrency'
  const on = actions.flatMap(({ offeringId }) => (offeringId === undefined ? matched : lines.filter(line => line.item.offeringId === offeringId)))
  if (on.length === 0) return 'notForItems'
  return on.some(line => line.charges.some(charge => charge.isClosed || (promotion.exclusive && charge.promoted > 0))) ? 'notCombinable' : 'nothingToReduce'
}

/** A budget pays a reduction whole or not at all, and only in its own currency. */
const isWithinBudget = ({ promotion }: CompiledPattern, c: Circumstances, currency: string, cost: Amount): boolean =>
  promotion.budget === undefined || (promotion.budget.currency === currency && compare(plus(amountOf(exact(c.usage.get(promotion.id)?.spent ?? '0')), cost), amountOf(promotion.budget.value)) <= 0)

/** What a person gave, after everything else. */
export const applyAdjustments = (line: Line): void => {
  for (const one of line.adjustment) {
    const isAmount = one.percentage === undefined
    if (isAmount && one.amount?.unit !== line.currency) continue
    const on = line.charges.filter(charge => (one.on === undefined ? kindOf(charge) === 'oneTime' || kindOf(charge) === 'recurring' : kindOf(charge) === one.on))
    for (const charge of isAmount ? on.slice(0, 1) : on) {
      const size = isAmount ? { amount: amountOf(exact(one.amount!.value)) } : ratio(exact(one.percentage!))
      alter(charge, size, one.name, 'adjustment', { ...charge.selected.taken.candidate.source, path: `adjustment/${one.id}` }, one.id, one.duration)
    }
  }
}

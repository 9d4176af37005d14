/** What the sales rules say of a cart: warnings on its lines, and what keeps its checkout from going on. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { customerOf, type RejectionReason } from '../ordering/index.ts'
import { hasGuards, judgeSale, type SaleItem } from '../sales-rule/index.ts'
import { mapLines, offeringIdOf, placeLines, type PlacedLine } from './cart-lines.ts'
import type { CartItem, LineIssue } from './cart-types.ts'
import type { Amount, CheckoutFault } from './checkout-types.ts'
import type { PriceQuestion } from './price-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

interface Evaluated {
  cart: ShoppingCart
  question: PriceQuestion
  offerings: ReadonlyMap<string, LoadedOffering>
  due: Amount | undefined
  monthly: Amount | undefined
}

const ownPlace = (item: CartItem): string | undefined => item.product?.place?.find(one => one.id !== undefined)?.id

/** The place of a line, or of the bundle that it is in. */
const placeOf = (one: PlacedLine, all: ReadonlyMap<CartItem, PlacedLine>): string | undefined => {
  const own = ownPlace(one.item)
  const up = own === undefined && one.parent !== undefined ? all.get(one.parent) : undefined
  return own ?? (up && placeOf(up, all))
}

const UNITS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 }
const monthsOf = (term: { amount: number; units: string } | undefined): number => (term === undefined ? 0 : term.amount * (UNITS[term.units.toLowerCase().replace(/s$/, '')] ?? 0))

const saleItems = (lines: readonly CartItem[], question: PriceQuestion): SaleItem[] => {
  const placed = placeLines(lines).filter(one => one.isActive)
  const all = new Map(placed.map(one => [one.item, one]))
  const priced = new Map(question.line.map(one => [one.id, one]))
  return placed.map(one => {
    const known = priced.get(one.id)
    const place = placeOf(one, all)
    return {
      id: one.id,
      offeringId: offeringIdOf(one.item) ?? '',
      action: one.item.action ?? 'add',
      quantity: one.item.quantity ?? 1,
      characteristic: known?.characteristic ?? {},
      termMonths: monthsOf(known?.term),
      ...(one.parent?.id !== undefined && { partOf: one.parent.id }),
      ...(place !== undefined && { place }),
      ...(one.item.product?.id !== undefined && { productId: one.item.product.id }),
    }
  })
}

/** The lines with what the rules say of them. Without rules they are the lines, and nothing is asked. */
export const withRuleIssues = async (lines: CartItem[], { cart, question, offerings, due, monthly }: Evaluated, { deps, context, now }: { deps: Services; context: Context; now: Date }): Promise<CartItem[]> => {
  if (!(await hasGuards(deps, context.brand))) return lines
  const party = customerOf(cart)
  const ref = cart.relatedParty?.find(one => one.id === party)
  const currency = question.currency ?? due?.unit ?? monthly?.unit
  const findings = await judgeSale(deps, context, {
    item: saleItems(lines, question),
    ...(ref && { customer: ref['@referredType'] === 'Party' ? { id: ref.id } : ref }),
    ...(question.place && { place: question.place }),
    ...(currency !== undefined && { currency }),
    promotionCode: question.promotionCode,
    total: { due, monthly },
    at: now,
    offerings,
  })
  if (findings.length === 0) return lines
  const byLine = new Map<string, LineIssue[]>()
  for (const { itemId, code, message, translation, rule, addition, deposit } of findings) byLine.set(itemId, [...(byLine.get(itemId) ?? []), { code, message, translation, rule, ...(addition && { addition }), ...(deposit && { deposit }) }])
  return mapLines(lines, line => {
    const found = byLine.get(line.id ?? '')
    return found ? { ...line, issue: [...(line.issue ?? []), ...found] } : line
  })
}

/** The reasons of an order that rules gave, as faults of its checkout; and the deposit that they ask for in place of a refusal. */
export const ruleFaults = (reasons: readonly RejectionReason[]): { faults: CheckoutFault[]; deposit?: Amount } => {
  const faults: CheckoutFault[] = []
  const deposits = new Map<string, Amount>()
  for (const { code, message, orderItemId, salesRule, deposit, addition } of reasons) {
    if (salesRule === undefined) continue
    // Of several rules that ask for a deposit on one thing the highest counts.
    if (deposit === undefined) faults.push({ code: 'ruleRefused', reason: code, message, rule: salesRule, ...(orderItemId !== undefined && { cartItemId: orderItemId }), ...(addition && { addition }) })
    else if (deposit.value > (deposits.get(orderItemId ?? '')?.value ?? 0)) deposits.set(orderItemId ?? '', deposit)
  }
  const [first, ...others] = deposits.values()
  if (first === undefined) return { faults }
  const other = others.find(one => one.unit !== first.unit)
  if (other) return { faults: [...faults, { code: 'ruleRefused', reason: 'currencyMix', message: `deposits are asked for in ${first.unit} and ${other.unit}: buy these things one by one` }] }
  return { faults, deposit: { unit: first.unit, value: Math.round([first, ...others].reduce((sum, one) => sum + one.value, 0) * 1e6) / 1e6 } }
}

/**
 * What a cart costs beside the prices of its lines: fees of changes, which are on the bill, and what is bought in instalments, of which only the down
 * payment is due at the checkout. Taken off before the lines are evaluated and put on again after it, so that prices are pinned as they are.
 */
import { exact, jsonNumber, money, type Money } from '../../platform/money.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings } from '../catalog/index.ts'
import { feeAmounts } from '../pricing/index.ts'
import { financingFor, financingOffer } from '../financing/index.ts'
import { mapLines, offeringIdOf, placeLines, type Origin } from './cart-lines.ts'
import type { CartItem, CartPrice } from './cart-types.ts'
import { evaluateCart, PIN_MS } from './evaluate-cart.ts'
import { waivedAs, withAnswers } from './in-life-line.ts'
import { isWritten, judgeLines, withKept } from './written-change.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

type Work = Parameters<typeof evaluateCart>[3]

const FEE = 'FeePrice'
const isFee = (price: CartPrice): boolean => (price as { '@type'?: string })['@type'] === FEE

interface Amount {
  unit: string
  value: number
}

/** What of a line's price is not due at the checkout. */
const deferredOf = (line: CartItem): Amount | undefined => line.financing?.amountFinanced

const changed = (due: Amount | undefined, amounts: readonly Amount[], sign: 1 | -1): Amount | undefined => {
  const unit = due?.unit ?? amounts[0]?.unit
  if (unit === undefined || amounts.length === 0) return due
  const value = amounts.filter(one => one.unit === unit).reduce((sum, one) => sum.plus(exact(one.value).times(sign)), exact(due?.value ?? 0))
  return value.isZero() ? undefined : { unit, value: jsonNumber(value) }
}

const active = (cart: ShoppingCart): CartItem[] => placeLines(cart.cartItem).flatMap(one => (one.isActive ? [one.item] : []))

/** The cart as it was evaluated: without what is put on it here. */
const bare = (cart: ShoppingCart): ShoppingCart => {
  const { due: _due, ...rest } = cart
  const due = changed(cart.due, active(cart).flatMap(line => deferredOf(line) ?? []), 1)
  return {
    ...rest,
    ...(cart.cartTotalPrice && { cartTotalPrice: cart.cartTotalPrice.filter(price => !isFee(price)) }),
    cartItem: mapLines(cart.cartItem ?? [], line => ({
      ...line,
      ...(line.itemPrice && { itemPrice: line.itemPrice.filter(price => !isFee(price)) }),
      ...(line.ItemTotalPrice && { ItemTotalPrice: line.ItemTotalPrice.filter(price => !isFee(price)) }),
    })),
    ...(due && { due }),
  }
}

interface Derivation {
  net?: string
  currency?: string
  tax?: { rate?: string; category?: string }
}

/** What a line costs once, with tax, as the price engine rounds it. */
const onceOf = (line: CartItem): { price: Money; taxRate: number; taxCategory?: string } | undefined => {
  let sum: Money | undefined
  let taxRate = 0
  let taxCategory: string | undefined
  for (const price of line.itemPrice ?? []) {
    const { net, currency, tax } = ((price as { derivation?: Derivation }).derivation ?? {}) as Derivation
    if (price.priceType !== 'oneTime' || net === undefined || currency === undefined || isFee(price)) continue
    const rate = Number(tax?.rate ?? price.price?.taxRate ?? 0)
    const stated = money(net, currency).rounded()
    const gross = price.price?.dutyFreeAmount === undefined ? stated : stated.plus(stated.percent(rate).rounded())
    sum = sum ? sum.plus(gross) : gross
    taxRate = rate
    taxCategory = (price as { taxCategory?: string }).taxCategory ?? tax?.category
  }
  return sum && { price: sum, taxRate, ...(taxCategory !== undefined && { taxCategory }) }
}

/** The line with its instalments worked out, or with why it cannot be bought so. */
const financed = async (line: CartItem, deps: Services, context: Context, now: Date): Promise<CartItem> => {
  const id = line.financing?.id
  if (id === undefined) return line
  const [offer, offerings] = await Promise.all([deps.store.get(context, financingOffer, id), loadOfferings(deps, context, [offeringIdOf(line) ?? ''])])
  const once = onceOf(line)
  const offering = offerings.get(offeringIdOf(line) ?? '')
  const found = financingFor(id, offer?.doc, {
    offeringId: offeringIdOf(line) ?? '', category: (offering?.doc.category ?? []).flatMap(one => one.id ?? []), quantity: line.action === 'add' ? (line.quantity ?? 1) : 0, channel: context.channel, price: once?.price, at: now,
  })
  if ('code' in found) return { ...line, financing: { id }, issue: [...(line.issue ?? []), found] }
  return { ...line, financing: { ...found.terms, taxRate: once?.taxRate ?? 0, ...(once?.taxCategory !== undefined && { taxCategory: once.taxCategory }) } }
}

/** Fees of all lines, one total a currency, without tax and with it. */
const feeTotals = (lines: readonly CartItem[]): CartPrice[] => {
  const totals = new Map<string, NonNullable<ReturnType<typeof feeAmounts>>>()
  for (const { price } of lines.flatMap(line => (line.itemPrice ?? []).filter(isFee))) {
    const fee = feeAmounts(price)
    const have = fee && totals.get(fee.included.currency)
    if (fee) totals.set(fee.included.currency, have ? { excluded: have.excluded.plus(fee.excluded), included: have.included.plus(fee.included) } : fee)
  }
  return [...totals.values()].map(({ excluded, included }) => ({ name: 'Fees, on the next bill', priceType: 'penalty', price: { dutyFreeAmount: excluded.toJSON(), taxIncludedAmount: included.toJSON() }, '@type': FEE, '@baseType': 'CartPrice' }) as CartPrice)
}

const sameFees = (a: readonly CartPrice[] = [], b: readonly CartPrice[] = []): boolean => JSON.stringify(a.map(one => one.price)) === JSON.stringify(b.map(one => one.price))

/** The cart with all that follows from its lines, fees and instalments included. */
export const evaluateWhole = async (cart: ShoppingCart, previous: ShoppingCart | undefined, origin: Origin, work: Work): Promise<ShoppingCart> => {
  const { deps, context, now } = work
  const isPlain = ![...placeLines(cart.cartItem), ...placeLines(previous?.cartItem)].some(({ item, ...one }) => item.inLife !== undefined || item.financing !== undefined || isWritten({ item, ...one }))
  if (isPlain) return await evaluateCart(cart, previous, origin, work)
  const asked = { ...bare(cart), cartItem: await withAnswers(bare(cart), previous, { deps, context, now }, PIN_MS) }
  const verdicts = await judgeLines(asked.cartItem, { deps, context })
  const evaluated = await evaluateCart({ ...asked, cartItem: withKept(asked.cartItem, verdicts) }, previous && bare(previous), origin, work)
  const before = new Map(placeLines(previous?.cartItem).map(one => [one.id, one.item]))
  const owned = new Map<string, CartItem>()
  for (const { item, id } of placeLines(evaluated.cartItem)) {
    const waived = item.waiver === undefined || item.inLife !== undefined ? undefined : verdicts.get(id)
    const fee = item.inLife?.fee ?? (waived ? [] : verdicts.get(id)?.fee) ?? []
    const was = before.get(id)
    const reasons = item.inLife?.reason ?? (waived ? [] : verdicts.get(id)?.issue) ?? []
    const dearer = was?.inLife !== undefined && item.inLife !== undefined && !sameFees(was.inLife.fee, fee)
    const total = [...(item.ItemTotalPrice ?? []), ...fee]
    owned.set(
      id,
      await financed(
        {
          ...item,
          ...(waived && item.waiver && { waiver: waivedAs(item.waiver, waived) }),
          ...(fee.length > 0 && { itemPrice: [...(item.itemPrice ?? []), ...fee], ItemTotalPrice: total }),
          ...(dearer && { priceChange: { before: was.ItemTotalPrice ?? [], after: total, date: now.toISOString() } }),
          ...(reasons.length > 0 && { issue: [...(item.issue ?? []), ...reasons] }),
        },
        deps,
        context,
        now,
      ),
    )
  }
  const cartItem = mapLines(evaluated.cartItem ?? [], line => ({ ...(owned.get(line.id ?? '') ?? line), ...(line.cartItem && { cartItem: line.cartItem }) }))
  const { due: _due, ...rest } = evaluated
  const whole: ShoppingCart = { ...rest, cartItem }
  const due = changed(evaluated.due, active(whole).flatMap(line => deferredOf(line) ?? []), -1)
  return { ...whole, cartTotalPrice: [...(evaluated.cartTotalPrice ?? []), ...feeTotals(active(whole))], ...(due && { due }) }
}

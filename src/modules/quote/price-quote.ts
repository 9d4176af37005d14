/** What a quote costs: its items completed by the configurator, priced by the price engine with the discounts that were asked for. */
import { exact } from '../../platform/money.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { agreementsOf } from '../agreement/index.ts'
import { configureSelection, loadOfferings, type LoadedOffering, type SelectionAnswer } from '../catalog/index.ts'
import { loadProducts } from '../inventory/index.ts'
import { marketReasons, marketsFor } from '../offer-qualification/index.ts'
import { mergedResults, priceItems, priceLineOf, totalLinesOf, type Adjustment, type AppliedPromotion, type PricedComponent, type PricingItem, type PromotionCodeResult } from '../pricing/index.ts'
import type { Given } from './discount-authority.ts'
import { customerOf, offeringIdOf, placed, withoutAnswers, type Finding } from './placed-items.ts'
import type { QuoteItem, QuotePrice } from './quote-types.ts'
import { ruleFindings } from './rule-findings.ts'
import type { Quote } from './quote.schema.ts'

export interface PricedQuote {
  quoteItem: QuoteItem[]
  quoteTotalPrice: QuotePrice[]
  finding: Finding[]
  given: Given
  priceVersion: number
  promotionCodeResult: PromotionCodeResult[]
  promotion: AppliedPromotion[]
}

const adjustmentsOf = (item: QuoteItem, id: string): Adjustment[] =>
  (item.discount ?? []).map((one, index) => ({
    id: one.id ?? `${id}-${index + 1}`,
    name: one.name,
    ...(one.percentage !== undefined && { percentage: one.percentage }),
    ...(one.amount?.unit !== undefined && one.amount.value !== undefined && { amount: { unit: one.amount.unit, value: one.amount.value } }),
    ...(one.on !== undefined && { on: one.on }),
    ...(one.duration?.amount !== undefined && { duration: { amount: one.duration.amount, units: one.duration.units ?? 'month' } }),
  }))

const charged = (item: QuoteItem): boolean => item.action !== 'delete' && item.action !== 'noChange'

/** Items with the parts that their bundles have by default, where none were named. */
const withParts = (items: readonly QuoteItem[], selection: SelectionAnswer, offerings: ReadonlyMap<string, LoadedOffering>, ids: ReadonlyMap<QuoteItem, string>): QuoteItem[] =>
  items.map(item => {
    const id = ids.get(item) ?? ''
    const added = (of: string): QuoteItem[] =>
      selection.item.filter(one => one.partOf === of && one.defaulted === true).map(one => {
        const name = offerings.get(one.offeringId)?.doc.name
        const inside = added(one.id)
        return { id: one.id, action: 'add' as const, quantity: one.quantity, productOffering: { id: one.offeringId, ...(name !== undefined && { name }) }, ...(inside.length > 0 && { quoteItem: inside }) }
      })
    const parts = [...withParts(item.quoteItem ?? [], selection, offerings, ids), ...added(id)]
    return { ...item, id, action: item.action ?? 'add', quantity: item.quantity ?? 1, ...(parts.length > 0 && { quoteItem: parts }) }
  })

/** How much the quote's discounts take off: the largest share of a charge, and in all. */
const givenOf = (components: readonly PricedComponent[]): Given => {
  let percentage = exact(0)
  const amount = new Map<string, string>()
  for (const one of components) {
    const off = one.alterations.filter(alteration => alteration.origin === 'adjustment').reduce((sum, alteration) => sum.plus(exact(alteration.reduction)), exact(0))
    if (off.isZero()) continue
    // Of what the charge was before these discounts: the catalog's own are not the caller's doing.
    const before = exact(one.net).plus(off)
    const share = before.isZero() ? exact(100) : off.times(100).dividedBy(before)
    if (share.greaterThan(percentage)) percentage = share
    amount.set(one.currency, exact(amount.get(one.currency) ?? 0).plus(off).toString())
  }
  return { percentage: percentage.toString(), amount }
}

const all = (offerings: Iterable<LoadedOffering>, into = new Map<string, LoadedOffering>()): Map<string, LoadedOffering> => {
  for (const one of offerings) {
    if (into.has(one.pin.id)) continue
    into.set(one.pin.id, one)
    all(one.children.map(child => child.offering), into)
  }
  return into
}

const asPrices = (lines: readonly unknown[]): QuotePrice[] => (lines as QuotePrice[]).map(line => ({ ...line, ...('derivation' in line && { '@type': 'DerivedQuotePrice', '@baseType': 'QuotePrice' }) }))

/** Names of the values that products have which items change: what came with them from a stack may stay. */
const namesHad = async (deps: Services, context: Context, items: readonly { item: QuoteItem }[]): Promise<Map<string, string[]>> => {
  const ids = items.flatMap(({ item }) => (item.product?.id !== undefined && (item.product.productCharacteristic ?? []).length > 0 ? [item.product.id] : []))
  if (ids.length === 0) return new Map()
  return new Map([...(await loadProducts({ context, deps }, ids))].map(([id, { doc }]) => [id, (doc.productCharacteristic ?? []).map(one => one.name)]))
}

/** Completes, judges and prices a quote. Nothing is thrown for business content: it is in `finding`. */
export const priceQuote = async (deps: Services, context: Context, quote: Pick<Quote, 'quoteItem' | 'relatedParty' | 'agreement' | 'promotionCode'>, now: Date): Promise<PricedQuote> => {
  const given = (quote.quoteItem ?? []).map(withoutAnswers)
  const before = placed(given)
  const offerings = all((await loadOfferings(deps, context, before.flatMap(({ item }) => offeringIdOf(item) ?? []))).values())
  // Sites and other groups have no offering of their own.
  const sold = before.filter(({ item }) => offeringIdOf(item) !== undefined && charged(item))
  const soldIds = new Set(sold.map(one => one.id))
  const had = await namesHad(deps, context, sold)
  const selection = configureSelection({
    item: sold.map(({ item, id, parent }) => ({ id, offeringId: offeringIdOf(item) ?? '', quantity: item.quantity ?? 1, characteristic: item.product?.productCharacteristic ?? [], ...(item.product?.id !== undefined && { had: had.get(item.product.id) ?? [] }), ...(parent !== undefined && soldIds.has(parent) && { partOf: parent }) })),
    offerings,
    now,
  })
  const items = withParts(given, selection, offerings, new Map(before.map(({ item, id }) => [item, id])))
  const every = placed(items)
  const values = new Map(selection.item.map(one => [one.id, one]))
  const customer = customerOf(quote)
  const groups = new Map<string, PricingItem[]>()
  for (const { item, id, parent, place } of every) {
    const offeringId = offeringIdOf(item)
    if (offeringId === undefined || !charged(item) || !offerings.has(offeringId)) continue
    // Prices can depend on the place: the lines of a site are asked about together.
    const at = place.map(one => one['id']).find(one => typeof one === 'string') ?? ''
    const priced: PricingItem = {
      id,
      offeringId,
      quantity: item.quantity ?? 1,
      characteristic: Object.fromEntries((values.get(id)?.characteristic ?? []).map(one => [one.name, one.value])),
      ...(parent !== undefined && values.has(parent) && { partOf: parent }),
      adjustment: adjustmentsOf(item, id),
    }
    groups.set(at, [...(groups.get(at) ?? []), priced])
  }
  const paths = new Map(before.map(one => [one.id, one.path]))
  const attributeOf = ({ itemId, value }: SelectionAnswer['finding'][number]): { attribute?: string } => (value === undefined || !paths.has(itemId) ? {} : { attribute: `${paths.get(itemId)}.product.productCharacteristic[${value.at}].${value.part}` })
  const finding: Finding[] = selection.finding.map(one => ({ '@type': 'QuoteFinding', code: one.code, message: one.message, quoteItemId: one.itemId, ...attributeOf(one), ...(one.fix[0] && { fix: one.fix[0].message }) }))
  const marketOf = marketsFor(deps, context, customer)
  for (const { item, id, parent, place } of every) {
    const offering = offerings.get(offeringIdOf(item) ?? '')
    if (offering === undefined || !charged(item) || (parent !== undefined && soldIds.has(parent))) continue
    const market = await marketOf(offering, { channel: [context.channel], placeId: place.map(one => one['id']).find(one => typeof one === 'string') })
    finding.push(...marketReasons(offering, market).map(one => ({ '@type': 'QuoteFinding', ...one, quoteItemId: id })))
  }
  const components = new Map<string, PricedComponent[]>()
  const codes: PromotionCodeResult[][] = []
  const promotion = new Map<string, AppliedPromotion>()
  let priceVersion = 0
  // An agreement that a customer names for itself is looked up, not believed.
  const agreement = [...new Set([...(customer === undefined ? [] : (await agreementsOf(deps, context, customer.id, now)).map(one => one.id)), ...(isConfined(context.principal) ? [] : (quote.agreement ?? []).map(one => one.id))])]
  for (const [at, item] of groups) {
    const answer = await priceItems(deps, context, {
      item,
      at: now,
      ...(customer !== undefined && { customerId: customer.id }),
      agreement,
      ...(at !== '' && { place: { id: at } }),
      ...(quote.promotionCode && { promotionCode: quote.promotionCode }),
    })
    priceVersion = Math.max(priceVersion, answer.version)
    codes.push(answer.promotionCodeResult ?? [])
    // Of a promotion at several sites the order is one use, of all that it takes off.
    for (const { id, revision, name, reduction, currency, line, limited } of answer.promotion) {
      const had = promotion.get(`${id} ${currency}`)
      promotion.set(`${id} ${currency}`, { id, revision, name, currency, limited, reduction: exact(reduction).plus(had?.reduction ?? 0).toString(), line: [...(had?.line ?? []), ...line] })
    }
    for (const line of answer.line) components.set(line.id, line.component)
    for (const one of answer.fault) if (!finding.some(other => other.quoteItemId === one.itemId)) finding.push({ '@type': 'QuoteFinding', code: one.code, message: one.message, quoteItemId: one.itemId })
  }
  const promotionCodeResult = mergedResults(codes)
  finding.push(...promotionCodeResult.flatMap(({ applied, reason, message }): Finding[] => (applied ? [] : [{ '@type': 'QuoteFinding', code: `promotionCode${(reason ?? 'unknown').replace(/^./, first => first.toUpperCase())}`, message: message ?? '', severity: 'warning' }])))
  const charges = [...components.values()].flat()
  const currencies = new Set(charges.map(one => one.currency))
  if (currencies.size > 1) finding.push({ '@type': 'QuoteFinding', code: 'currencyMix', message: `the prices are in ${[...currencies].sort().join(' and ')}; a quote has one currency` })
  for (const { item, id } of every) {
    const mine = new Set((components.get(id) ?? []).map(one => one.currency))
    for (const { name, amount } of item.discount ?? []) if (amount?.unit !== undefined && mine.size > 0 && !mine.has(amount.unit)) finding.push({ '@type': 'QuoteFinding', code: 'discountCurrency', message: `${name} is in ${amount.unit}, and the prices that it is on are in ${[...mine].sort().join(' and ')}: it takes nothing off`, quoteItemId: id })
  }
  finding.push(...(await ruleFindings(deps, context, quote, { every, values, offerings, charges, now })))
  const fill = (item: QuoteItem): QuoteItem => {
    const mine = components.get(item.id ?? '') ?? []
    const characteristic = values.get(item.id ?? '')?.characteristic ?? []
    return {
      ...item,
      ...(characteristic.length > 0 && { product: { ...item.product, productCharacteristic: characteristic as NonNullable<NonNullable<QuoteItem['product']>['productCharacteristic']> } }),
      ...(mine.length > 0 && { quoteItemPrice: asPrices(mine.map(priceLineOf)), quoteItemTotalPrice: asPrices(totalLinesOf(mine)) }),
      ...(item.quoteItem && { quoteItem: item.quoteItem.map(fill) }),
    }
  }
  return { quoteItem: items.map(fill), quoteTotalPrice: asPrices(totalLinesOf(charges)), finding, given: givenOf(charges), priceVersion, promotionCodeResult, promotion: [...promotion.values()] }
}

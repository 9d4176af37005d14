/**
 * Takes an order in: reads what it names in one round trip, checks its business content, completes and prices it and pins what was sold;
 * or keeps it as rejected with every reason.
 */
import { refuse } from '../../platform/errors.ts'
import { actingParty, isConfined, type Context } from '../../platform/principal.ts'
import type { Work } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { configure, isSellable, loadOfferings, type LoadedOffering } from '../catalog/index.ts'
import { priceItems, priceLineOf, totalLinesOf, type PricedComponent, type PricingAnswer, type PricingItem } from '../pricing/index.ts'
import { businessReasons, completeBundles, currencyReasons, offeringId, type OfferingFacts, type ProductFacts } from './business-check.ts'
import { feeTotals, judgeItems, type Judged } from './change-verdict.ts'
import { relationReasons } from './compatibility.ts'
import { endParts, loadExisting, moveParts, withSpecifications } from './existing-products.ts'
import { marketRejections } from './market-check.ts'
import { messageFaults } from './message-check.ts'
import { customerOf, sellersOf, mapItems, placeItems, type OfferingRef, type OrderItem, type PlacedItem, type ProductOrderDocument, type RejectionReason } from './order-document.ts'
import { reliedReasons } from './relied.ts'
import { ruleReasons } from './rule-reasons.ts'

type ConfigurationReason = ReturnType<typeof configure>['reasons'][number]

const offeringHref = (id: string): string => `/tmf-api/productCatalogManagement/v4/productOffering/${encodeURIComponent(id)}`

const factsOf = (offering: LoadedOffering, now: Date): OfferingFacts => {
  const why = (insideBundle: boolean): string | undefined => {
    const reasons = isSellable(offering, now, { insideBundle })
    return reasons.length > 0 ? reasons.map(reason => reason.message).join('; ') : undefined
  }
  return {
    id: offering.pin.id,
    name: offering.doc.name ?? offering.pin.id,
    isBundle: offering.doc.isBundle === true,
    notSellable: why(false),
    notSellableInBundle: why(true),
    ...(offering.specification === undefined ? {} : { specificationId: offering.specification.pin.id }),
    leadsTo: (offering.doc.productOfferingRelationship ?? []).flatMap(one => (one.id !== undefined && /^(up|down)grade|^replace|^migrat|^substitut/i.test(one.relationshipType ?? '') ? [one.id] : [])),
    bundled: offering.children.map(child => ({ id: child.offering.pin.id, name: child.offering.doc.name ?? child.offering.pin.id, lower: child.lower, upper: child.upper, default: child.preset })),
    groups: offering.groups,
  }
}

/** Offerings by id, the children of bundles with them. */
const withChildren = (offerings: Iterable<LoadedOffering>, into = new Map<string, LoadedOffering>()): Map<string, LoadedOffering> => {
  for (const offering of offerings) {
    into.set(offering.pin.id, offering)
    withChildren(offering.children.map(child => child.offering), into)
  }
  return into
}

const pinned = (ref: OfferingRef | undefined, { pin }: LoadedOffering): OfferingRef => ({
  ...ref,
  id: pin.id,
  href: ref?.href ?? offeringHref(pin.id),
  ...(pin.name === undefined ? {} : { name: pin.name }),
  ...(pin.version === undefined ? {} : { version: pin.version }),
  revision: pin.revision,
  '@type': 'PinnedProductOfferingRef',
  '@baseType': 'ProductOfferingRef',
})

/** What contradicts the offering; what only is missing a product that is there has. */
const isContrary = ({ code }: ConfigurationReason): boolean => code === 'valueNotAllowed' || code === 'characteristicUnknown'

/** A reason with the attribute of the order that it is about. */
const reasonOn = ({ item, path }: Pick<PlacedItem, 'item' | 'path'>, { code, message, attribute }: ConfigurationReason): RejectionReason => ({ code, message, orderItemId: item.id, ...(attribute !== undefined && { attribute: `${path}.product.${attribute}` }) })

/**
 * The values that the product of an item gets: the buyer's, completed by what the offering presets. A product that is modified keeps
 * what it has: only what the offering fixes is new to it (the speed of the tariff that it moves to).
 */
const configured = (item: OrderItem, offering: LoadedOffering, had: readonly string[]): ReturnType<typeof configure> => {
  const chosen = item.product?.productCharacteristic ?? []
  const whole = configure(offering, chosen, had)
  if (item.action === 'add') return whole
  const fixed = new Set((offering.doc.prodSpecCharValueUse ?? []).filter(use => use.productSpecCharacteristicValue?.length === 1).map(use => use.name))
  return {
    characteristics: whole.characteristics.filter(one => chosen.some(given => given.name === one.name) || fixed.has(one.name)),
    reasons: whole.reasons.filter(isContrary),
  }
}

/** Names of the values that the product which an item changes has: what came with it from a stack may stay. */
const hadBy = (item: OrderItem, products: ReadonlyMap<string, ProductFacts>): string[] => (item.action === 'add' ? [] : (products.get(item.product?.id ?? '')?.characteristics ?? []).map(one => one.name))

interface Priced {
  item: OrderItem
  components: PricedComponent[]
  reasons: RejectionReason[]
}

/** A change that names no offering stays within the one that the product is sold as: nobody gets more for the same price. */
const changeReasons = (placed: PlacedItem, current: LoadedOffering | undefined, had: readonly string[]): RejectionReason[] =>
  placed.item.action === 'modify' && current && offeringId(placed.item) === undefined
    ? configure(current, placed.item.product?.productCharacteristic ?? [], had).reasons.filter(isContrary).map(reason => reasonOn(placed, reason))
    : []

/** Prices that were agreed before, at the checkout of a cart or in a quote, with where they come from: the order keeps them. A client's are computed anew. */
const isAgreed = (item: OrderItem, by: 'client' | 'server'): boolean => by === 'server' && item.itemPrice !== undefined && item.itemPrice.every(line => line['derivation'] !== undefined)

/** What an item is to the price engine; undefined for what is not sold here, cannot be sold so, or has its price already. */
const pricingItem = ({ item, parent }: PlacedItem, offering: LoadedOffering | undefined, by: 'client' | 'server', judged: Judged['pricing'], had: readonly string[]): PricingItem | undefined => {
  if (!offering || item.action === 'delete' || item.action === 'noChange' || isAgreed(item, by)) return undefined
  const { characteristics, reasons } = configured(item, offering, had)
  if (reasons.length > 0) return undefined
  const { amount, units } = (item.itemTerm?.[0]?.['duration'] ?? {}) as { amount?: number; units?: string }
  return {
    id: item.id,
    offeringId: offering.pin.id,
    quantity: item.quantity ?? 1,
    characteristic: Object.fromEntries(characteristics.map(one => [one.name, one.value])),
    ...(amount !== undefined && { term: { amount, units: units ?? 'month' } }),
    ...(parent && { partOf: parent.id }),
    // What is there already is not connected again.
    ...((item.action === 'modify' || judged.has(item.id)) && judged.get(item.id)?.oneTimeCharges !== true && { omit: ['oneTime', 'deposit'] as const }),
    ...(judged.has(item.id) && { adjustment: judged.get(item.id)?.adjustment ?? [] }),
  }
}

const NO_PRICES: Pick<PricingAnswer, 'line' | 'fault' | 'promotion' | 'promotionCodeResult'> = { line: [], fault: [], promotion: [] }

/** The price engine's answer for the order: the one that a cart of the same, for the same customer through the same channel, gets. */
const pricesOf = async (order: ProductOrderDocument, whole: readonly OrderItem[], offerings: ReadonlyMap<string, LoadedOffering>, work: Work<ProductOrderDocument>, fresh: boolean, judged: Judged['pricing'], products: ReadonlyMap<string, ProductFacts>): Promise<typeof NO_PRICES> => {
  const { context, deps, now } = work
  const placed = placeItems(whole)
  const items = placed.flatMap(one => pricingItem(one, offerings.get(offeringId(one.item) ?? ''), work.by, judged, hadBy(one.item, products)) ?? [])
  if (items.length === 0) return NO_PRICES
  const customerId = customerOf(order)
  const placeId = placed.flatMap(({ item }) => item.product?.place ?? []).map(one => one['id']).find(one => typeof one === 'string')
  // An agreement that a customer names for itself is looked up, not believed.
  const agreement = isConfined(context.principal) ? [] : (order.agreement ?? []).map(one => one.id)
  const channel = work.by === 'server' ? (order.channel?.[0]?.id ?? context.channel) : context.channel
  return await priceItems(
    deps,
    context,
    { item: items, at: now, channel, orderId: order.id, agreement, ...(customerId !== undefined && { customerId }), ...(placeId !== undefined && { place: { id: placeId } }), ...(order.promotionCode && { promotionCode: order.promotionCode }) },
    { offerings, rely: work.rely, fresh },
  )
}

/** The item with its prices, its pinned offering, and the specification and terms that delivery and inventory need. */
const completed = (placed: PlacedItem, offering: LoadedOffering | undefined, prices: typeof NO_PRICES, had: readonly string[]): Priced => {
  const { item } = placed
  if (!offering || item.action === 'delete' || item.action === 'noChange') return { item, components: [], reasons: [] }
  const { characteristics, reasons } = configured(item, offering, had)
  if (reasons.length > 0) return { item, components: [], reasons: reasons.map(reason => reasonOn(placed, reason)) }
  const faults = prices.fault.filter(one => one.itemId === item.id)
  if (faults.length > 0) return { item, components: [], reasons: faults.map(({ code, message }) => ({ code, orderItemId: item.id, message })) }
  const components = prices.line.find(one => one.id === item.id)?.component ?? []
  const specification = offering.specification?.pin
  const terms = offering.doc.productOfferingTerm ?? []
  return {
    item: {
      ...item,
      productOffering: pinned(item.productOffering, offering),
      ...(components.length > 0 ? { itemPrice: components.map(priceLineOf), itemTotalPrice: totalLinesOf(components) } : {}),
      ...(item.itemTerm === undefined && terms.length > 0
        ? { itemTerm: terms.map(term => ({ ...(term.name === undefined ? {} : { name: term.name }), ...(term.description === undefined ? {} : { description: term.description }), ...(term.duration === undefined ? {} : { duration: term.duration }) })) }
        : {}),
      product: {
        ...item.product,
        name: item.product?.name ?? offering.doc.name ?? offering.pin.id,
        ...(characteristics.length > 0 ? { productCharacteristic: characteristics } : {}),
        // What is delivered is what is sold, whatever the order calls it.
        ...(specification
          ? { productSpecification: { id: specification.id, href: `/tmf-api/productCatalogManagement/v4/productSpecification/${encodeURIComponent(specification.id)}`, ...(specification.name === undefined ? {} : { name: specification.name }) } }
          : {}),
      },
    },
    components,
    reasons: [],
  }
}

const rejected = (order: ProductOrderDocument, reasons: RejectionReason[]): ProductOrderDocument => ({
  ...order,
  state: 'rejected',
  rejectionReason: reasons.map(reason => ({ '@type': 'ProductOrderRejectionReason', ...reason })),
  productOrderItem: mapItems(order.productOrderItem, item => ({ ...item, state: 'rejected' })),
})

/** A caller who orders for itself is the customer, said or not: the products will be its own. A store or partner has sold it. */
const partiesOf = (order: ProductOrderDocument, context: Context): NonNullable<ProductOrderDocument['relatedParty']> => {
  const own = actingParty(context)
  const { store, partner } = context.principal.scope ?? {}
  const seller = store ?? partner
  return [
    ...(order.relatedParty ?? []),
    ...(own !== undefined && customerOf(order) === undefined ? [{ id: own, role: 'customer', '@referredType': 'Party' }] : []),
    ...(seller !== undefined && !sellersOf(order).includes(seller) ? [{ id: seller, ...(store === undefined ? { role: 'partner', '@referredType': 'Partner' } : { role: 'store', '@referredType': 'Store' }) }] : []),
  ]
}

/** What an order would become if it were placed now, as Tandem's own work would place it: with prices, or rejected with every reason. Nothing is written. */
export const examineOrder = async (deps: Services, context: Context, draft: ProductOrderDocument): Promise<ProductOrderDocument> => {
  const faults = messageFaults(draft.productOrderItem)
  if (faults.length > 0) throw refuse.invalid(faults)
  return await takeOrder(draft, { context, now: deps.clock.now(), by: 'server', fresh: true, rely: () => undefined, deps }, false)
}

/** What only Tandem's own sale may say of an item: fees, instalments, payments, what a change was agreed as. */
const withoutOwn = (item: OrderItem): OrderItem => {
  const { financing: _financing, inLife: _inLife, payOff: _payOff, ...rest } = item
  return rest.itemPrice === undefined ? (rest as OrderItem) : ({ ...rest, itemPrice: rest.itemPrice.filter(line => line['chargeId'] === undefined).map(({ financed: _financed, paid: _paid, ...line }) => line) } as OrderItem)
}

/** The order as it is stored: acknowledged with prices, or rejected with reasons. Its message is known to be sound (message-check.ts). */
export const takeOrder = async (draft: ProductOrderDocument, work: Work<ProductOrderDocument>, freshPrices = work.fresh): Promise<ProductOrderDocument> => {
  const { context, deps, now } = work
  const order: ProductOrderDocument = {
    ...draft,
    ...(work.by === 'client' && { productOrderItem: mapItems(draft.productOrderItem, withoutOwn) }),
    relatedParty: partiesOf(draft, context),
    channel: draft.channel ?? [{ id: context.channel, name: context.channel }],
  }
  const items = placeItems(order.productOrderItem).map(({ item }) => item)
  const offeringIds = [...new Set(items.flatMap(item => offeringId(item) ?? []))]
  const [named, products] = await Promise.all([loadOfferings(deps, context, offeringIds, { work }), loadExisting(items, work)])
  // What a product is sold as now says what it may be changed to. Nothing of that is sold here, so nothing is held for it.
  const bundles = items.some(item => item.action !== 'add') ? [...products.values()].filter(one => one.isBundle) : []
  const current = [...new Set([...items.flatMap(item => (item.action === 'modify' ? (products.get(item.product?.id ?? '')?.offeringId ?? []) : [])), ...bundles.flatMap(one => one.offeringId ?? [])])].filter(id => !named.has(id))
  const loaded = current.length > 0 ? new Map([...(await loadOfferings(deps, context, current)), ...named]) : named

  const offerings = withChildren(loaded.values())
  const facts = new Map([...offerings].map(([id, offering]) => [id, factsOf(offering, now)]))
  const written = withSpecifications(moveParts(endParts(completeBundles(order.productOrderItem, facts), products), products), products)
  const reasons = [...businessReasons(written, facts, products, customerOf(order)), ...(await relationReasons(written, offerings, products, customerOf(order), work))]
  // Told with whatever else is wrong: nobody mends one thing to hear of the next.
  const ruled = await ruleReasons(order, written, offerings, work)
  if (reasons.length > 0) return rejected(order, [...reasons, ...ruled.reasons])
  const judged = await judgeItems(order, written, products, work)
  if (judged.reasons.length > 0) return rejected(order, [...judged.reasons, ...ruled.reasons])
  const whole = judged.items
  const elsewhere = await marketRejections(order, placeItems(whole).filter(({ item }) => !isAgreed(item, work.by)), offerings, work)
  if (elsewhere.length > 0) return rejected(order, elsewhere)

  const prices = await pricesOf(order, whole, offerings, work, freshPrices, judged.pricing, products)
  const priced = new Map(placeItems(whole).map(one => [one.item.id, completed(one, offerings.get(offeringId(one.item) ?? ''), prices, hadBy(one.item, products))]))
  const components = [...priced.values()].flatMap(one => one.components)
  const changes = placeItems(whole).flatMap(one => changeReasons(one, offerings.get(products.get(one.item.product?.id ?? '')?.offeringId ?? ''), hadBy(one.item, products)))
  const priceReasons = [...[...priced.values()].flatMap(one => one.reasons), ...changes, ...currencyReasons(new Set(components.map(one => one.currency)))]
  if (priceReasons.length > 0) return rejected(order, [...priceReasons, ...ruled.reasons])
  const unfounded = await reliedReasons(order.id, mapItems(whole, item => ({ ...item, ...(priced.get(item.id)?.item.product && { product: priced.get(item.id)?.item.product ?? {} }) })), offerings, products, work)
  if (unfounded.length + ruled.reasons.length > 0) return rejected(order, [...unfounded, ...ruled.reasons])
  const totals = placeItems(whole).some(({ item }) => isAgreed(item, work.by)) ? (order.orderTotalPrice ?? []) : [...totalLinesOf(components), ...feeTotals(judged.fee)]
  // Of prices that were agreed before, whoever agreed them says which promotions are in them.
  const codes = work.by === 'server' && order.promotionCodeResult ? order.promotionCodeResult : prices.promotionCodeResult
  const promotions = [...(work.by === 'server' ? (order.appliedPromotion ?? []) : []), ...prices.promotion]
  return {
    ...order,
    state: 'acknowledged',
    // Children are visited as the copy of their parent holds them, so each is completed where it stands.
    ...(judged.requestedStartDate !== undefined && { requestedStartDate: judged.requestedStartDate }),
    productOrderItem: judged.withFees(mapItems(whole, item => {
      const { product, productOffering, itemPrice, itemTotalPrice, itemTerm } = priced.get(item.id)?.item ?? item
      return {
        ...item,
        state: 'acknowledged',
        ...(product ? { product } : {}),
        ...(productOffering ? { productOffering } : {}),
        ...(itemPrice ? { itemPrice } : {}),
        ...(itemTotalPrice ? { itemTotalPrice } : {}),
        ...(itemTerm ? { itemTerm } : {}),
      }
    })),
    ...(totals.length > 0 ? { orderTotalPrice: totals } : {}),
    ...(promotions.length > 0 ? { appliedPromotion: promotions } : {}),
    ...(codes && codes.length > 0 && { promotionCodeResult: codes }),
    ...(ruled.limitedBy.length > 0 ? { limitedBy: ruled.limitedBy } : {}),
  }
}

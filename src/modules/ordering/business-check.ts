/**
 * What is wrong with the business content of a well-formed order. Such an order is stored as `rejected` with these reasons (TMF622's state
 * diagram); a malformed message never gets here. Pure.
 */
import { groupsOutOfLimits, rangeInWords, type ChoiceGroup } from '../catalog/index.ts'
import { placeItems, type OrderItem, type PlacedItem, type RejectionReason } from './order-document.ts'

/** What the check has to know about an offering. */
export interface OfferingFacts {
  id: string
  name: string
  isBundle: boolean
  /** Why it cannot be bought now on its own; undefined when it can. */
  notSellable: string | undefined
  /** Why it cannot be bought now inside a bundle; undefined when it can. */
  notSellableInBundle: string | undefined
  /** What it is a kind of. */
  specificationId?: string
  /** Offerings of another kind that its products may be changed to. */
  leadsTo?: readonly string[]
  bundled: ReadonlyArray<{ id: string; name: string; lower: number; upper: number | undefined; default: number }>
  /** Groups to choose from. */
  groups?: readonly ChoiceGroup[]
}

/** What the check has to know about a product that the order changes or ends. */
export interface ProductFacts {
  id: string
  status: string
  offeringId?: string
  specification?: { id: string; href?: string; name?: string }
  isBundle?: boolean
  /** Products that it bundles. */
  parts?: readonly string[]
  /** Whose it is, in whatever role; empty when it is nobody's. */
  parties?: readonly string[]
  /** Ids of the places where it is. */
  places?: readonly string[]
  /** What it is configured as. */
  characteristics?: readonly { name: string; value: unknown }[]
}

const offeringId = (item: OrderItem): string | undefined => item.productOffering?.id ?? (item.product?.['productOffering'] as { id?: string } | undefined)?.id
export { offeringId }

const changeable: Readonly<Record<'modify' | 'delete' | 'noChange', readonly string[]>> = {
  modify: ['active', 'suspended'],
  delete: ['active', 'suspended'],
  noChange: ['created', 'pendingActive', 'active', 'suspended'],
}

/** Each unit is a product of its own, delivered by tasks of its own. */
const mostUnits = 100
/** One order is planned and kept as one document: what is larger is sent in several. */
const mostProducts = 300

const childCounts = (children: readonly OrderItem[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const child of children) {
    const id = offeringId(child)
    if (id !== undefined && child.action !== 'delete') counts.set(id, (counts.get(id) ?? 0) + (child.quantity ?? 1))
  }
  return counts
}

const bundleReasons = (item: OrderItem, bundle: OfferingFacts, children: readonly OrderItem[]): RejectionReason[] => {
  const reasons: RejectionReason[] = []
  const counts = childCounts(children)
  // Limits are those of one bundle.
  const times = item.quantity ?? 1
  for (const part of bundle.bundled) {
    const count = counts.get(part.id) ?? 0
    if (count < part.lower * times) reasons.push({ code: 'bundleLimit', orderItemId: item.id, message: `${bundle.name} needs at least ${part.lower * times} of ${part.name}, the order has ${count}` })
    if (part.upper !== undefined && count > part.upper * times) reasons.push({ code: 'bundleLimit', orderItemId: item.id, message: `${bundle.name} takes at most ${part.upper * times} of ${part.name}, the order has ${count}` })
  }
  for (const { group, count, lower, upper } of groupsOutOfLimits(bundle.groups ?? [], id => counts.get(id) ?? 0, times)) {
    reasons.push({ code: 'bundleLimit', orderItemId: item.id, message: `${bundle.name} takes ${rangeInWords({ lower, upper })} of ${group.name}, the order has ${count}` })
  }
  for (const child of children) {
    const id = offeringId(child)
    if (id !== undefined && !bundle.bundled.some(part => part.id === id)) reasons.push({ code: 'notInBundle', orderItemId: child.id, message: `offering ${id} is not a part of ${bundle.name}` })
  }
  return reasons
}

const existingReasons = (item: OrderItem, products: ReadonlyMap<string, ProductFacts>, customer: string | undefined): RejectionReason[] => {
  if (item.action === 'add') return []
  const id = item.product?.id
  if (id === undefined) return [{ code: 'productMissing', orderItemId: item.id, message: `action ${item.action} must name the product that it is about (product.id)` }]
  const product = products.get(id)
  if (!product) return [{ code: 'productUnknown', orderItemId: item.id, message: `product ${id.slice(0, 80)} is not in the inventory` }]
  if (!changeable[item.action].includes(product.status)) return [{ code: 'productState', orderItemId: item.id, message: `product ${id} is ${product.status.trim()}; ${item.action} needs one that is ${changeable[item.action].join(' or ')}` }]
  // A slip of the pen must not end somebody else's line.
  if (customer !== undefined && product.parties?.length && !product.parties.includes(customer)) return [{ code: 'productOfAnother', orderItemId: item.id, message: `product ${id} is not one of the order's customer` }]
  return (item.quantity ?? 1) > 1 ? [{ code: 'quantity', orderItemId: item.id, message: `quantity of what is there already is 1, it is ${item.quantity}: name each product in an item of its own` }] : []
}

/** Whether a product can become one of another offering: what it is made of stays, so it has to be of the same kind, or the catalog has to lead there. */
const moveReasons = (item: OrderItem, offerings: ReadonlyMap<string, OfferingFacts>, products: ReadonlyMap<string, ProductFacts>): RejectionReason[] => {
  const [product, offering] = [products.get(item.product?.id ?? ''), offerings.get(offeringId(item) ?? '')]
  if (item.action !== 'modify' || !product || !offering || product.offeringId === undefined || product.offeringId === offering.id) return []
  const refused = (message: string): RejectionReason[] => [{ code: 'offeringNotFitting', orderItemId: item.id, message }]
  const isBundle = offering.isBundle || offering.bundled.length > 0
  if ((product.isBundle ?? false) !== isBundle) return refused(`product ${product.id} cannot become ${offering.name}: ${isBundle ? 'it is no bundle, and that is one' : 'it is a bundle, and that is none'}; end the product and order the other`)
  if (product.specification === undefined || offering.specificationId === undefined || product.specification.id === offering.specificationId) return []
  return offerings.get(product.offeringId)?.leadsTo?.includes(offering.id) ? [] : refused(`product ${product.id} cannot become ${offering.name}, which is of another kind; end the product and order the other`)
}

/** Units of each offering that a bundle has, as it is and as the order leaves it. */
const countsLeft = (bundle: ProductFacts, items: ReadonlyMap<string, OrderItem>, added: readonly OrderItem[], products: ReadonlyMap<string, ProductFacts>): { before: Map<string, number>; after: Map<string, number> } => {
  const [before, after] = [new Map<string, number>(), new Map<string, number>()]
  const count = (counts: Map<string, number>, id: string | undefined, many: number): void => void (id !== undefined && counts.set(id, (counts.get(id) ?? 0) + many))
  for (const id of bundle.parts ?? []) {
    const part = products.get(id)
    if (part === undefined || !['created', 'pendingActive', 'active', 'suspended'].includes(part.status)) continue
    const item = items.get(id)
    count(before, part.offeringId, 1)
    if (item?.action !== 'delete') count(after, (item?.action === 'modify' ? offeringId(item) : undefined) ?? part.offeringId, 1)
  }
  for (const item of added) count(after, offeringId(item), item.quantity ?? 1)
  return { before, after }
}

/** Why a bundle that stays would not be one any more, or not the one that it is exchanged for. What was out of its limits before is nobody's fault now. */
const partReasons = (placed: readonly PlacedItem[], offerings: ReadonlyMap<string, OfferingFacts>, products: ReadonlyMap<string, ProductFacts>): RejectionReason[] => {
  const items = new Map(placed.flatMap(({ item }) => (item.action === 'add' || item.product?.id === undefined ? [] : [[item.product.id, item] as const])))
  return [...products.values()].flatMap(bundle => {
    const own = items.get(bundle.id)
    if (!bundle.isBundle || own?.action === 'delete' || own?.action === 'noChange') return []
    const added = placed.filter(({ item, parent }) => item.action === 'add' && parent !== undefined && parent === own).map(one => one.item)
    const target = own === undefined ? undefined : offeringId(own)
    const isExchanged = target !== undefined && target !== bundle.offeringId
    const offering = offerings.get(target ?? bundle.offeringId ?? '')
    if (offering === undefined || offering.bundled.length === 0) return []
    const { before, after } = countsLeft(bundle, items, added, products)
    const differs = (id: string): boolean => isExchanged || (before.get(id) ?? 0) !== (after.get(id) ?? 0)
    const itemId = own?.id ?? placed.find(({ item }) => bundle.parts?.includes(item.product?.id ?? ''))?.item.id ?? ''
    const reasons: RejectionReason[] = []
    for (const part of offering.bundled) {
      const count = after.get(part.id) ?? 0
      if (!differs(part.id)) continue
      if (count < part.lower) reasons.push({ code: 'bundleLimit', orderItemId: itemId, message: `${offering.name} needs at least ${part.lower} of ${part.name}, ${count} would be left` })
      if (part.upper !== undefined && count > part.upper) reasons.push({ code: 'bundleLimit', orderItemId: itemId, message: `${offering.name} takes at most ${part.upper} of ${part.name}, it would have ${count}` })
    }
    for (const { group, count, lower, upper } of groupsOutOfLimits(offering.groups ?? [], id => after.get(id) ?? 0)) {
      if (group.members.some(differs)) reasons.push({ code: 'bundleLimit', orderItemId: itemId, message: `${offering.name} takes ${rangeInWords({ lower, upper })} of ${group.name}, it would have ${count}` })
    }
    for (const id of after.keys()) if (differs(id) && !offering.bundled.some(part => part.id === id)) reasons.push({ code: 'notInBundle', orderItemId: itemId, message: `offering ${id} is not a part of ${offering.name}` })
    return reasons
  })
}

/** Why products of an order can no longer be changed or ended: asked again when the work on it begins, which may be long after it came in. */
export const productReasons = (items: readonly OrderItem[], products: ReadonlyMap<string, ProductFacts>): RejectionReason[] => items.flatMap(item => existingReasons(item, products, undefined))

const offeringReasons = (item: OrderItem, isRoot: boolean, offerings: ReadonlyMap<string, OfferingFacts>): RejectionReason[] => {
  const id = offeringId(item)
  if (id === undefined) return item.action === 'add' ? [{ code: 'offeringMissing', orderItemId: item.id, message: 'action add must name an offering (productOffering.id)' }] : []
  // What is ended may have left the catalog long ago.
  if (item.action === 'delete' || item.action === 'noChange') return []
  const offering = offerings.get(id)
  if (!offering) return [{ code: 'offeringUnknown', orderItemId: item.id, message: `offering ${id.slice(0, 80)} does not exist` }]
  const why = isRoot ? offering.notSellable : offering.notSellableInBundle
  return why === undefined ? [] : [{ code: 'offeringNotSellable', orderItemId: item.id, message: `${offering.name}: ${why}` }]
}

/** Every reason why the order cannot be carried out, in the order of its items. */
export const businessReasons = (items: readonly OrderItem[], offerings: ReadonlyMap<string, OfferingFacts>, products: ReadonlyMap<string, ProductFacts>, customer?: string): RejectionReason[] => {
  const placed = placeItems(items)
  const total = placed.reduce((sum, { item }) => sum + Math.max(1, item.action === 'add' ? (item.quantity ?? 1) : 1), 0)
  if (total > mostProducts) return [{ code: 'orderTooLarge', message: `the order is about ${total} products with those inside its bundles; one order may be about ${mostProducts}: send it in parts` }]
  const children = new Map<string, OrderItem[]>()
  for (const { item, parent } of placed) if (parent) children.set(parent.id, [...(children.get(parent.id) ?? []), item])
  const ended = new Set<string>()
  return [...partReasons(placed, offerings, products), ...placed.flatMap(({ item, parent }) => {
    const reasons = [...existingReasons(item, products, customer), ...offeringReasons(item, parent === undefined, offerings), ...moveReasons(item, offerings, products)]
    if (item.quantity !== undefined && (item.quantity < 1 || item.quantity > mostUnits)) reasons.push({ code: 'quantity', orderItemId: item.id, message: `quantity must be 1 to ${mostUnits}, it is ${item.quantity}` })
    const productId = item.action === 'add' ? undefined : item.product?.id
    if (productId !== undefined) {
      if (ended.has(productId)) reasons.push({ code: 'productTwice', orderItemId: item.id, message: `product ${productId.slice(0, 80)} is changed by another item of this order too` })
      ended.add(productId)
    }
    const bundle = item.action === 'add' ? offerings.get(offeringId(item) ?? '') : undefined
    if (bundle && (bundle.isBundle || bundle.bundled.length > 0)) reasons.push(...bundleReasons(item, bundle, children.get(item.id) ?? []))
    return reasons
  })]
}

/** One currency an order: nobody could pay or bill a total in two. */
export const currencyReasons = (currencies: ReadonlySet<string>): RejectionReason[] =>
  currencies.size > 1 ? [{ code: 'currencyMix', message: `the order's prices are in ${[...currencies].sort().join(' and ')}; an order has one currency` }] : []

/**
 * Completes a bundle that is ordered without naming its parts: each part as often as the bundle has it by default (at least its lower limit).
 * A bundle that names parts is left as it is: what is missing is then a mistake, not an omission.
 */
export const completeBundles = (items: readonly OrderItem[], offerings: ReadonlyMap<string, OfferingFacts>): OrderItem[] => {
  const withParts = new Set(placeItems(items).flatMap(({ parent }) => (parent ? [parent.id] : [])))
  const ids = new Set(placeItems(items).map(({ item }) => item.id))
  const complete = (item: OrderItem, depth: number): OrderItem => {
    const nested = item.productOrderItem?.map(child => complete(child, depth + 1))
    const bundle = item.action === 'add' && !withParts.has(item.id) ? offerings.get(offeringId(item) ?? '') : undefined
    // A bundle inside itself is a fault of the catalog; five levels are more than any operator sells.
    if (!bundle || bundle.bundled.length === 0 || depth > 5) return nested ? { ...item, productOrderItem: nested } : item
    let next = 0
    const parts = bundle.bundled.flatMap(part => {
      const count = Math.min(Math.max(part.default, part.lower), part.upper ?? Infinity) * Math.max(1, item.quantity ?? 1)
      if (count < 1) return []
      do next += 1
      while (ids.has(`${item.id}.${next}`))
      ids.add(`${item.id}.${next}`)
      return [complete({ id: `${item.id}.${next}`, action: 'add', quantity: count, productOffering: { id: part.id, name: part.name } }, depth + 1)]
    })
    return parts.length > 0 ? { ...item, productOrderItem: parts } : item
  }
  return items.map(item => complete(item, 0))
}

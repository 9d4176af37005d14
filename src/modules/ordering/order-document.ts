/**
 * The parts of a product order's document that domain code reads and writes, and walks over its items.
 * The full shape is the resource's schema; these types name only what the rules are about.
 */
import type { AppliedPromotion, PromotionCodeResult } from '../pricing/index.ts'
import type { ItemState, OrderState } from './order-state.ts'

export interface Ref {
  id: string
  href?: string
  name?: string
  '@referredType'?: string
  [attribute: string]: unknown
}

export interface Money {
  unit?: string
  value?: number
}

/** A pinned offering: what was sold stays readable whatever the catalog says later. */
export interface OfferingRef extends Ref {
  version?: string
  revision?: number
}

export interface PriceLine {
  name?: string
  priceType?: string
  recurringChargePeriod?: string
  price?: { taxRate?: number; percentage?: number; dutyFreeAmount?: Money; taxIncludedAmount?: Money }
  productOfferingPrice?: Ref
  [attribute: string]: unknown
}

export interface Characteristic {
  name: string
  value: unknown
  valueType?: string
  [attribute: string]: unknown
}

export interface ItemProduct {
  id?: string
  href?: string
  name?: string
  productCharacteristic?: Characteristic[]
  productSpecification?: Ref
  place?: Array<Record<string, unknown>>
  relatedParty?: Ref[]
  billingAccount?: Ref
  [attribute: string]: unknown
}

/** Why an order or one of its items was rejected. */
export interface RejectionReason {
  code: string
  message: string
  /** The item that it is about; absent when it is about the order. */
  orderItemId?: string
  /** The attribute of the order that it is about, where it is one: productOrderItem[0].product.productCharacteristic[1].name */
  attribute?: string
  /** The sales rule that says so. */
  salesRule?: { id: string; name: string; kind: string }
  /** What the rule asks for instead. */
  deposit?: { unit: string; value: number }
  /** Offerings of which one would put it right. */
  addition?: string[]
}

export type ItemAction = 'add' | 'modify' | 'delete' | 'noChange'

export interface OrderItem {
  id: string
  action: ItemAction
  quantity?: number
  state?: ItemState
  productOffering?: OfferingRef
  product?: ItemProduct
  billingAccount?: Ref
  itemPrice?: PriceLine[]
  itemTotalPrice?: PriceLine[]
  itemTerm?: Array<Record<string, unknown>>
  productOrderItem?: OrderItem[]
  productOrderItemRelationship?: Array<{ id?: string; relationshipType?: string; [attribute: string]: unknown }>
  [attribute: string]: unknown
}

/** What the customer was promised about an item, and when it came true. */
export interface Milestone {
  id: string
  name: string
  description: string
  orderItemId: string
  status: 'planned' | 'achieved' | 'cancelled'
  /** What was promised. */
  promisedDate?: string
  /** When it was achieved. */
  milestoneDate?: string
}

export interface ProductOrderDocument {
  id: string
  href?: string
  state: OrderState
  orderDate?: string
  requestedStartDate?: string
  requestedCompletionDate?: string
  expectedCompletionDate?: string
  completionDate?: string
  cancellationDate?: string
  cancellationReason?: string
  billingAccount?: Ref
  channel?: Array<{ id?: string; name?: string; role?: string }>
  relatedParty?: Array<Ref & { role?: string }>
  note?: Array<Record<string, unknown>>
  productOrderItem: OrderItem[]
  orderTotalPrice?: PriceLine[]
  agreement?: Ref[]
  rejectionReason?: RejectionReason[]
  milestone?: Milestone[]
  /** Codes that the customer entered. */
  promotionCode?: string[]
  /** What each code did. */
  promotionCodeResult?: PromotionCodeResult[]
  /** Promotions that are in the prices; those with a budget or a limit are counted with the order. */
  appliedPromotion?: AppliedPromotion[]
  /** Limits per customer and household that it counts against. */
  limitedBy?: { id: string; name: string }[]
  [attribute: string]: unknown
}

const customerRoles = ['customer', 'owner', 'buyer', 'orderer']

/** The party that an order belongs to. */
export const customerOf = (doc: { relatedParty?: ReadonlyArray<{ id?: string; role?: string }> }): string | undefined => {
  for (const role of customerRoles) {
    const party = doc.relatedParty?.find(one => one.role?.toLowerCase() === role)
    if (party?.id !== undefined) return party.id
  }
  return undefined
}

const salesRoles = ['seller', 'salesagent', 'dealer', 'store', 'agent', 'partner']

/** Whether a related party sold it. */
export const isSeller = (party: { role?: string }): boolean => salesRoles.includes((party.role ?? '').toLowerCase().replace(/[^a-z]/g, ''))

/** The parties that sold it: they reach the order and what comes of it. */
export const sellersOf = (doc: { relatedParty?: ReadonlyArray<{ id?: string; role?: string }> }): string[] =>
  (doc.relatedParty ?? []).flatMap(party => (party.id !== undefined && isSeller(party) ? [party.id] : []))

/** An item with where it stands: its parent, and the item at the top of its bundle. */
export interface PlacedItem {
  item: OrderItem
  parent?: OrderItem
  root: OrderItem
  /** `productOrderItem[0].productOrderItem[1]` */
  path: string
}

/**
 * What a relationship between two items says: the other is a part of this one (`down`), this one is a part of the other (`up`),
 * or, for every other word (reliesOn, requires, dependsOn …), this one comes after the other.
 */
export const relationDirection = (type: string | undefined): 'down' | 'up' | 'after' => {
  switch (type) {
    case 'bundles': case 'contains': case 'hasPart': case 'hasChild':
      return 'down'
    case 'bundledBy': case 'isBundledBy': case 'partOf': case 'isPartOf': case 'isContainedIn':
      return 'up'
    default:
      return 'after'
  }
}

const walkNested = (items: readonly OrderItem[], path: string, parent: OrderItem | undefined, visit: (item: OrderItem, path: string, parent: OrderItem | undefined) => void): void => {
  items.forEach((item, index) => {
    const here = `${path}productOrderItem[${index}]`
    visit(item, here, parent)
    if (item.productOrderItem) walkNested(item.productOrderItem, `${here}.`, item, visit)
  })
}

/**
 * All items, parents before their children. Children are nested in `productOrderItem` or named by a bundling relationship
 * (TMF622 allows both). The relationships must be free of cycles: message-check.ts refuses others.
 */
export const placeItems = (items: readonly OrderItem[]): PlacedItem[] => {
  const found: Array<{ item: OrderItem; path: string }> = []
  const parents = new Map<string, OrderItem>()
  const byId = new Map<string, OrderItem>()
  walkNested(items, '', undefined, (item, path, parent) => {
    found.push({ item, path })
    byId.set(item.id, item)
    if (parent) parents.set(item.id, parent)
  })
  for (const { item } of found) {
    for (const relation of item.productOrderItemRelationship ?? []) {
      const other = relation.id === undefined ? undefined : byId.get(relation.id)
      if (!other) continue
      const direction = relationDirection(relation.relationshipType)
      if (direction === 'up' && !parents.has(item.id)) parents.set(item.id, other)
      if (direction === 'down' && !parents.has(other.id)) parents.set(other.id, item)
    }
  }
  const rootOf = (item: OrderItem): OrderItem => {
    let at = item
    for (let up = parents.get(at.id); up !== undefined; up = parents.get(at.id)) at = up
    return at
  }
  return found.map(({ item, path }) => {
    const parent = parents.get(item.id)
    return parent ? { item, parent, root: rootOf(item), path } : { item, root: item, path }
  })
}

/** A copy of the items in which each is what `change` makes of it, nested ones included. */
export const mapItems = (items: readonly OrderItem[], change: (item: OrderItem) => OrderItem): OrderItem[] =>
  items.map(item => {
    const changed = change(item)
    return changed.productOrderItem ? { ...changed, productOrderItem: mapItems(changed.productOrderItem, change) } : changed
  })

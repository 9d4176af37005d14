/** What an order item makes of a product: everything that was agreed, frozen as it was at the sale. Pure. */
import { addDuration } from '../../platform/clock.ts'
import type { ProductDoc } from '../inventory/index.ts'
import { isSeller, type OrderItem, type PlacedItem, type PriceLine, type ProductOrderDocument } from '../ordering/index.ts'

const orderHref = (id: string): string => `/tmf-api/productOrderingManagement/v4/productOrder/${id}`

/** Who sold it: the channel, and the party that the order names for it. */
const soldBy = (order: ProductOrderDocument): Record<string, unknown> => {
  const seller = order.relatedParty?.find(isSeller)
  const channel = order.channel?.[0]
  return {
    '@type': 'ProductSale',
    ...(channel ? { channel: channel.name ?? channel.id } : {}),
    ...(seller ? { partyId: seller.id, ...(seller.name ? { partyName: seller.name } : {}), ...(seller.role ? { partyRole: seller.role } : {}) } : {}),
    ...(order.orderDate ? { soldAt: order.orderDate } : {}),
  }
}

/** An order price as the price of a product; what the order says on how it came about stays with it. */
const productPrice = (line: PriceLine): Record<string, unknown> => {
  const { priceAlteration, '@type': _, '@baseType': __, ...rest } = line
  return {
    ...rest,
    priceType: line.priceType ?? 'oneTime',
    price: line.price ?? {},
    ...(Array.isArray(priceAlteration) && priceAlteration.length > 0 ? { productPriceAlteration: priceAlteration } : {}),
    '@type': 'FrozenProductPrice',
    '@baseType': 'ProductPrice',
  }
}

const relatedItem = (order: ProductOrderDocument, item: OrderItem) => ({ orderItemAction: item.action, orderItemId: item.id, productOrderId: order.id, productOrderHref: orderHref(order.id), '@referredType': 'ProductOrder' })

/** Parties of the order and of the item, each once. */
const parties = (order: ProductOrderDocument, item: OrderItem) => {
  const all = [...(item.product?.relatedParty ?? []), ...(order.relatedParty ?? [])] as Array<{ id: string; role?: string }>
  return all.filter((party, index) => all.findIndex(other => other.id === party.id && other.role === party.role) === index)
}

/** Places of the item, else of the nearest bundle around it that has some. */
const places = (placed: PlacedItem, all: ReadonlyMap<string, PlacedItem>): Array<Record<string, unknown>> | undefined => {
  for (let at: PlacedItem | undefined = placed; at; at = at.parent ? all.get(at.parent.id) : undefined) if (at.item.product?.place?.length) return at.item.product.place
  return undefined
}
export { places as placesOf }

const bundles = ({ id, name }: { id: string; name: string }) => ({ relationshipType: 'bundles', product: { id, href: `/tmf-api/productInventory/v4/product/${id}`, name } })

/** The product that an `add` item makes. `parts` are the products of the items inside it. */
export const productOfItem = (order: ProductOrderDocument, placed: PlacedItem, all: ReadonlyMap<string, PlacedItem>, parts: ReadonlyArray<{ id: string; name: string }>): Partial<ProductDoc> => {
  const { item } = placed
  const { id: _, href: __, '@type': ___, '@referredType': ____, ...given } = item.product ?? {}
  const place = places(placed, all)
  const billingAccount = item.billingAccount ?? item.product?.billingAccount ?? placed.root.billingAccount ?? order.billingAccount
  return {
    ...given,
    name: item.product?.name ?? item.productOffering?.name ?? `Item ${item.id}`,
    isBundle: parts.length > 0,
    isCustomerVisible: true,
    ...(order.orderDate ? { orderDate: order.orderDate } : {}),
    ...(billingAccount ? { billingAccount } : {}),
    ...(place ? { place } : {}),
    ...(item.productOffering ? { productOffering: item.productOffering } : {}),
    productCharacteristic: item.product?.productCharacteristic ?? [],
    productPrice: (item.itemPrice ?? []).map(productPrice),
    productTerm: item.itemTerm ?? [],
    productOrderItem: [relatedItem(order, item)],
    relatedParty: parties(order, item),
    ...(order.agreement?.length ? { agreement: order.agreement } : {}),
    ...(parts.length > 0 ? { productRelationship: parts.map(bundles) } : {}),
    soldBy: soldBy(order),
  } as Partial<ProductDoc>
}

/** A charge of a change itself: a fee. It stays with the product whatever its prices become, so that it is on a bill once and can be told from others. */
const isCharge = (line: Record<string, unknown>): boolean => line['chargeId'] !== undefined

/** The prices with the fees that were charged before, and those of this item. */
const withCharges = (before: ProductDoc, prices: readonly Record<string, unknown>[], item: OrderItem): Record<string, unknown>[] => [
  ...prices.filter(line => !isCharge(line)),
  ...((before.productPrice ?? []) as Record<string, unknown>[]).filter(line => isCharge(line) && !item.itemPrice?.some(one => one['chargeId'] === line['chargeId'])),
  ...(item.itemPrice ?? []).filter(isCharge).map(productPrice),
]

/** Terms that begin now have their dates from now on; one that goes on has them already. */
export const datedTerms = <T extends { duration?: { amount?: number; units?: string }; validFor?: { startDateTime?: string; endDateTime?: string } }>(terms: readonly T[], at: Date): T[] =>
  terms.map(term => {
    const { amount, units } = term.duration ?? {}
    const unit = /^(month|year|week|day)s?$/i.exec(units ?? 'month')?.[1]?.toLowerCase()
    if (term.validFor !== undefined || amount === undefined || amount < 1 || unit === undefined) return term
    const end = addDuration(at, `P${amount}${unit.charAt(0).toUpperCase()}`)
    return end === undefined ? term : { ...term, validFor: { startDateTime: at.toISOString(), endDateTime: end.toISOString() } }
  })

/** What the end of a product charges: the fees of the item that ends it. */
export const endedProduct = (before: ProductDoc, item: OrderItem): Partial<ProductDoc> =>
  (item.itemPrice ?? []).some(isCharge) ? ({ productPrice: withCharges(before, (before.productPrice ?? []) as Record<string, unknown>[], item) } as Partial<ProductDoc>) : {}

/** What comes into a bundle with a change of it, and what goes. */
export interface PartsChanged {
  added: readonly { id: string; name: string }[]
  gone: readonly string[]
}

const withPartsChanged = (before: ProductDoc, { added, gone }: PartsChanged): Partial<ProductDoc> =>
  added.length + gone.length === 0
    ? {}
    : ({ productRelationship: [...(before.productRelationship ?? []).filter(one => !(one.relationshipType === 'bundles' && [...gone, ...added.map(part => part.id)].includes(one.product?.id ?? ''))), ...added.map(bundles)] } as Partial<ProductDoc>)

/** What a `modify` item changes of a product at an instant: characteristics it names, with another offering its prices and terms, and of a bundle its parts. */
export const changedProduct = (before: ProductDoc, order: ProductOrderDocument, item: OrderItem, at: Date, parts: PartsChanged = { added: [], gone: [] }): Partial<ProductDoc> => {
  const named = new Set((item.product?.productCharacteristic ?? []).map(one => one.name))
  return {
    productCharacteristic: [...(before.productCharacteristic ?? []).filter(one => !named.has(one.name)), ...(item.product?.productCharacteristic ?? [])],
    productOrderItem: [...(before.productOrderItem ?? []).filter(one => one.productOrderId !== order.id || one.orderItemId !== item.id), relatedItem(order, item)],
    ...(item.product?.place?.length ? { place: item.product.place } : {}),
    ...withPartsChanged(before, parts),
    ...(item.productOffering
      ? {
          productOffering: item.productOffering,
          ...(item.product?.name ? { name: item.product.name } : {}),
          ...(item.product?.productSpecification ? { productSpecification: item.product.productSpecification } : {}),
          // Discounts last from the start of the price that they are on.
          productPrice: withCharges(before, (item.itemPrice ?? []).map(line => ({ ...productPrice(line), startDate: at.toISOString() })), item),
          productTerm: item.itemTerm ? datedTerms(item.itemTerm, at) : (before.productTerm ?? []),
          soldBy: soldBy(order),
        }
      : {
          ...endedProduct(before, item),
          // A term that was agreed anew, for the price as it was sold.
          ...(item['inLife'] !== undefined && item.itemTerm ? { productTerm: datedTerms(item.itemTerm, at) } : {}),
        }),
  } as Partial<ProductDoc>
}

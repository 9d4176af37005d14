/** What an order item makes of a product: everything that was agreed, frozen as it was at the sale. Pure. */
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
    ...(parts.length > 0 ? { productRelationship: parts.map(part => ({ relationshipType: 'bundles', product: { id: part.id, href: `/tmf-api/productInventory/v4/product/${part.id}`, name: part.name } })) } : {}),
    soldBy: soldBy(order),
  } as Partial<ProductDoc>
}

/** What a `modify` item changes of a product: characteristics it names, and with another offering its prices and terms. */
export const changedProduct = (before: ProductDoc, order: ProductOrderDocument, item: OrderItem): Partial<ProductDoc> => {
  const named = new Set((item.product?.productCharacteristic ?? []).map(one => one.name))
  return {
    productCharacteristic: [...(before.productCharacteristic ?? []).filter(one => !named.has(one.name)), ...(item.product?.productCharacteristic ?? [])],
    productOrderItem: [...(before.productOrderItem ?? []).filter(one => one.productOrderId !== order.id || one.orderItemId !== item.id), relatedItem(order, item)],
    ...(item.product?.place?.length ? { place: item.product.place } : {}),
    ...(item.productOffering
      ? {
          productOffering: item.productOffering,
          ...(item.product?.name ? { name: item.product.name } : {}),
          ...(item.product?.productSpecification ? { productSpecification: item.product.productSpecification } : {}),
          productPrice: (item.itemPrice ?? []).map(productPrice),
          productTerm: item.itemTerm ?? before.productTerm ?? [],
          soldBy: soldBy(order),
        }
      : {}),
  } as Partial<ProductDoc>
}

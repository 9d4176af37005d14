/**
 * What an order has to know of the products that it changes or ends, and what it takes from them: what they are of decides how they are
 * delivered, whatever the order says of it, and a bundle that ends takes its parts along.
 */
import type { Doc, Stored, Work } from '../../tmf/resource.ts'
import { bundlesAround, loadProducts, partIdsOf, partyOf, type product } from '../inventory/index.ts'
import { offeringId, type ProductFacts } from './business-check.ts'
import { mapItems, placeItems, type OrderItem, type ProductOrderDocument } from './order-document.ts'

type StoredProduct = Stored<Doc<typeof product>>

/** Bundles inside bundles: more levels than any operator sells. */
const deepest = 5

const factsOf = (id: string, stored: StoredProduct): ProductFacts => {
  const { status, productOffering, productSpecification, isBundle, relatedParty, place, productCharacteristic } = stored.doc
  const owner = partyOf(stored.doc)
  const parts = partIdsOf(stored.doc)
  return {
    id,
    status: status ?? '',
    isBundle: isBundle === true || parts.length > 0,
    parts,
    places: (place ?? []).flatMap(one => one.id ?? []),
    characteristics: (productCharacteristic ?? []).map(({ name, value }) => ({ name, value })),
    parties: owner === undefined ? [] : (relatedParty ?? []).flatMap(party => party.id ?? []),
    ...(productOffering?.id === undefined ? {} : { offeringId: productOffering.id }),
    ...(productSpecification?.id === undefined
      ? {}
      : {
          specification: {
            id: productSpecification.id,
            ...(productSpecification.href === undefined ? {} : { href: productSpecification.href }),
            ...(productSpecification.name === undefined ? {} : { name: productSpecification.name }),
          },
        }),
  }
}

/** The products that items change or end, by id, with the parts of the bundles among them, and the bundles that parts are ended or exchanged in. */
export const loadExisting = async (items: readonly OrderItem[], { context, deps }: Pick<Work<ProductOrderDocument>, 'context' | 'deps'>): Promise<Map<string, ProductFacts>> => {
  const about = items.filter(item => item.action !== 'add' && item.product?.id !== undefined)
  const named = about.map(item => item.product?.id ?? '')
  const found = new Map<string, ProductFacts>()
  if (named.length === 0) return found
  const opened = new Set(about.flatMap(item => (item.action === 'noChange' ? [] : (item.product?.id ?? []))))
  // Whoever takes a part out of a bundle, or makes another of it, answers for the bundle that is left.
  const leaving = about.flatMap(item => (item.action === 'delete' || (item.action === 'modify' && offeringId(item) !== undefined) ? (item.product?.id ?? []) : []))
  const around = await bundlesAround({ context, deps }, leaving)
  for (const bundle of around.values()) {
    found.set(bundle.id, factsOf(bundle.id, bundle))
    opened.add(bundle.id)
  }
  const partsInside = [...found.values()].flatMap(one => one.parts ?? [])
  for (let wanted = [...new Set([...named, ...partsInside])].filter(id => !found.has(id)), level = 0; wanted.length > 0 && level <= deepest; level++) {
    const loaded = [...(await loadProducts({ context, deps }, wanted))].map(([id, stored]) => factsOf(id, stored))
    for (const facts of loaded) found.set(facts.id, facts)
    const parts = loaded.filter(facts => opened.has(facts.id)).flatMap(facts => facts.parts ?? [])
    for (const id of parts) opened.add(id)
    wanted = [...new Set(parts)].filter(id => !found.has(id))
  }
  return found
}

/** A product that still has to be ended. What another order ends already is left to it. */
const lives = (product: ProductFacts | undefined): product is ProductFacts => product !== undefined && ['active', 'suspended'].includes(product.status)

/** Where its bundle is; a part that is nowhere, a SIM card, stays what it is. */
const isWith = (part: ProductFacts, bundle: ProductFacts | undefined): boolean => (part.places ?? []).length > 0 && ((bundle?.places ?? []).length === 0 || (part.places ?? []).some(id => bundle?.places?.includes(id)))

/** Items with those that their products' parts get, which follow what the item does; what the order says of a part itself stands. */
const withPartItems = (items: readonly OrderItem[], itemsOf: (item: OrderItem) => { parts: readonly string[]; made: (id: string) => Pick<OrderItem, 'action' | 'product'> | undefined } | undefined): OrderItem[] => {
  const placed = placeItems(items).map(({ item }) => item)
  const ids = new Set(placed.map(item => item.id))
  const named = new Set(placed.flatMap(item => item.product?.id ?? []))
  const withParts = (item: OrderItem, level: number): OrderItem => {
    const nested = item.productOrderItem?.map(child => withParts(child, level + 1))
    const following = level < deepest ? itemsOf(item) : undefined
    let next = 0
    const parts = (following?.parts ?? []).flatMap(id => {
      const made = named.has(id) ? undefined : following?.made(id)
      if (made === undefined) return []
      named.add(id)
      do next += 1
      while (ids.has(`${item.id}.${next}`))
      ids.add(`${item.id}.${next}`)
      return [withParts({ id: `${item.id}.${next}`, ...made }, level + 1)]
    })
    return nested || parts.length > 0 ? { ...item, productOrderItem: [...(nested ?? []), ...parts] } : item
  }
  return items.map(item => withParts(item, 0))
}

/**
 * Ends the parts of a bundle that is ended, unless the order says of them what shall be: nobody pays for a part whose bundle, which has the
 * price, is gone.
 */
export const endParts = (items: readonly OrderItem[], products: ReadonlyMap<string, ProductFacts>): OrderItem[] =>
  withPartItems(items, item => {
    const bundle = item.action === 'delete' ? products.get(item.product?.id ?? '') : undefined
    return lives(bundle) ? { parts: bundle.parts ?? [], made: id => (lives(products.get(id)) ? { action: 'delete', product: { id } } : undefined) } : undefined
  })

/** A bundle that goes to another place takes along the parts that are where it was, unless the order says of them what shall be. */
export const moveParts = (items: readonly OrderItem[], products: ReadonlyMap<string, ProductFacts>): OrderItem[] =>
  withPartItems(items, item => {
    const bundle = item.action === 'modify' ? products.get(item.product?.id ?? '') : undefined
    const place = item.product?.place
    const to = place?.[0]?.['id']
    if (!lives(bundle) || typeof to !== 'string' || bundle.places?.includes(to) === true) return undefined
    return {
      parts: bundle.parts ?? [],
      made: id => {
        const part = products.get(id)
        return lives(part) && isWith(part, bundle) ? { action: 'modify', product: { id, place: place ?? [] } } : undefined
      },
    }
  })

/** Items that change or end a product are delivered by the specification which the product has. */
export const withSpecifications = (items: readonly OrderItem[], products: ReadonlyMap<string, ProductFacts>): OrderItem[] =>
  mapItems(items, item => {
    const specification = item.action === 'add' ? undefined : products.get(item.product?.id ?? '')?.specification
    return specification ? { ...item, product: { ...item.product, productSpecification: specification } } : item
  })

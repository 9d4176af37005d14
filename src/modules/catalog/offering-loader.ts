/**
 * Offerings as a sale needs them: with specification, prices and, for bundles, their children, each pinned to the revision that
 * was read, so that what was sold can be told later whatever the catalog says by then.
 */
import type { Sql } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { childrenOf, groupsOf, type ChoiceGroup } from './choice-groups.ts'
import { recall, relyOn, remember, type Rely } from './offering-memory.ts'
import { readOfferingParts, type Part, type PartKind } from './offering-store.ts'
import type { ProductOfferingPrice } from './product-offering-price.schema.ts'
import type { ProductOffering } from './product-offering.schema.ts'
import type { ProductSpecification } from './product-specification.schema.ts'

/** Which edition of a resource was read: `store.revision` gives it back. `version` is the catalog's own label. */
export interface Pin {
  id: string
  revision: number
  version?: string
  name?: string
}

export interface Pinned<T> {
  pin: Pin
  doc: T
}

export interface LoadedPrice extends Pinned<ProductOfferingPrice> {
  /** Prices that this one names in popRelationship, in order: discounts and allowances on it. */
  related: { relationshipType: string; price: LoadedPrice }[]
  /** Prices that a bundled price is made of. */
  parts: LoadedPrice[]
}

export interface BundleChild {
  offering: LoadedOffering
  /** Fewest and most that may be chosen, and how many when nothing is said. */
  lower: number
  upper: number
  preset: number
}

export interface LoadedOffering extends Pinned<ProductOffering> {
  specification?: Pinned<ProductSpecification>
  /** In the offering's order: by reference, or as it stands in the offering. */
  prices: ({ kind: 'reference'; price: LoadedPrice; alterations: EmbeddedAlterations } | { kind: 'value'; value: EmbeddedPrice })[]
  /** Those of groups are among them. */
  children: BundleChild[]
  /** Groups to choose from, each before those inside it. */
  groups: ChoiceGroup[]
}

export type EmbeddedPrice = NonNullable<ProductOffering['productOfferingPrice']>[number]
export type EmbeddedAlterations = NonNullable<EmbeddedPrice['priceAlteration']>

const pinOf = (part: Part, doc: { version?: string; name?: string }): Pin => ({
  id: part.id,
  revision: part.revision,
  ...(doc.version !== undefined && { version: doc.version }),
  ...(doc.name !== undefined && { name: doc.name }),
})

/** Puts the parts together. What is missing (deleted, or of another system) is left out; a cycle is cut where it closes. */
function assembler(parts: readonly Part[]) {
  const byKey = new Map(parts.map(part => [`${part.kind} ${part.id}`, part]))
  const read = <T extends { version?: string; name?: string }>(kind: PartKind, id: string | undefined): Pinned<T> | undefined => {
    const part = id === undefined ? undefined : byKey.get(`${kind} ${id}`)
    if (!part) return undefined
    const doc = JSON.parse(part.doc) as T
    return { pin: pinOf(part, doc), doc }
  }
  const price = (id: string | undefined, above: readonly string[]): LoadedPrice | undefined => {
    const found = id === undefined || above.includes(id) ? undefined : read<ProductOfferingPrice>('productOfferingPrice', id)
    if (!found) return undefined
    const below = [...above, found.pin.id]
    return {
      ...found,
      related: (found.doc.popRelationship ?? []).flatMap(relation => {
        const other = price(relation.id, below)
        return other ? [{ relationshipType: relation.relationshipType ?? '', price: other }] : []
      }),
      parts: (found.doc.bundledPopRelationship ?? []).flatMap(relation => price(relation.id, below) ?? []),
    }
  }
  // An offering that several bundles share is put together once: nested bundles must not grow with each way down to it.
  const assembled = new Map<string, LoadedOffering>()
  const offering = (id: string | undefined, above: readonly string[]): LoadedOffering | undefined => {
    const before = id === undefined ? undefined : assembled.get(id)
    if (before) return before
    const found = id === undefined || above.includes(id) ? undefined : read<ProductOffering>('productOffering', id)
    if (!found) return undefined
    const specification = read<ProductSpecification>('productSpecification', found.doc.productSpecification?.id)
    const loaded: LoadedOffering = {
      ...found,
      ...(specification && { specification }),
      prices: (found.doc.productOfferingPrice ?? []).flatMap((entry): LoadedOffering['prices'] => {
        const priced = price(entry.id, [])
        if (priced) return [{ kind: 'reference', price: priced, alterations: entry.priceAlteration ?? [] }]
        return entry.price ? [{ kind: 'value', value: entry }] : []
      }),
      children: childrenOf(found.doc).flatMap(({ child, limits }) => {
        const inside = offering(child.id, [...above, found.pin.id])
        return inside ? [{ offering: inside, ...limits }] : []
      }),
      groups: groupsOf(found.doc),
    }
    assembled.set(loaded.pin.id, loaded)
    return loaded
  }
  return offering
}

/** Puts offerings together from parts that were read before, one at a time; undefined for an id that no part has. */
export const offeringFrom = (parts: readonly Part[]): ((id: string) => LoadedOffering | undefined) => {
  const offering = assembler(parts)
  return id => offering(id, [])
}

/**
 * Loads offerings by id, everything in one round trip, or in none for a create that relies on what is remembered (`work`).
 * What it gives may be shared and is then frozen. An id that no offering of the brand has is not in the answer.
 * Offerings are for everybody who buys from the brand: a caller's own party does not narrow them.
 */
export async function loadOfferings(
  deps: Pick<Services, 'database'>,
  context: Pick<Context, 'brand'>,
  ids: readonly string[],
  options: { tx?: Sql; work?: { fresh: boolean; rely: Rely } } = {},
): Promise<Map<string, LoadedOffering>> {
  if (ids.length === 0) return new Map()
  const { tx, work } = options
  const wanted = [...new Set(ids)]
  const remembered = work && !work.fresh ? recall(deps.database, context.brand, wanted, work.rely) : undefined
  if (remembered) return remembered
  const offering = assembler(await readOfferingParts(tx ?? deps.database, context.brand, wanted))
  const loaded = new Map<string, LoadedOffering>()
  for (const id of wanted) {
    const found = offering(id, [])
    if (!found) continue
    loaded.set(id, found)
    if (!work) continue
    remember(deps.database, context.brand, found)
    relyOn(found, work.rely)
  }
  return loaded
}

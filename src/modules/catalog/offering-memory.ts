/**
 * Offerings that were put together before, kept with the revisions they were made from. An answer is given from memory only after the
 * database has said that each of those revisions still stands, so memory saves the reading and never shows an older offering.
 */
import type { Sql } from '../../platform/database/sql.ts'
import type { LoadedOffering, LoadedPrice } from './offering-loader.ts'
import type { PartKind } from './offering-store.ts'

const MOST_OFFERINGS = 2000

type Revisions = Record<PartKind, Map<string, number>>

interface Remembered {
  offering: LoadedOffering
  revisions: Revisions
}

/** One memory for each database that this process works with. */
const memories = new WeakMap<object, Map<string, Remembered>>()

const revisionsOf = (offering: LoadedOffering): Revisions => {
  const found: Revisions = { productOffering: new Map(), productSpecification: new Map(), productOfferingPrice: new Map() }
  const price = (one: LoadedPrice): void => {
    if (found.productOfferingPrice.has(one.pin.id)) return
    found.productOfferingPrice.set(one.pin.id, one.pin.revision)
    for (const { price: related } of one.related) price(related)
    for (const part of one.parts) price(part)
  }
  const walk = (one: LoadedOffering): void => {
    if (found.productOffering.has(one.pin.id)) return
    found.productOffering.set(one.pin.id, one.pin.revision)
    if (one.specification) found.productSpecification.set(one.specification.pin.id, one.specification.pin.revision)
    for (const entry of one.prices) if (entry.kind === 'reference') price(entry.price)
    for (const child of one.children) walk(child.offering)
  }
  walk(offering)
  return found
}

/** What is shared between requests must not be changed by one of them. */
const frozen = <T>(value: T): T => {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}

export function remember(owner: object, brand: string, offering: LoadedOffering): void {
  let memory = memories.get(owner)
  if (!memory) memories.set(owner, (memory = new Map()))
  const key = `${brand} ${offering.pin.id}`
  // A Map keeps the order of insertion: the first is the one that was made longest ago.
  memory.delete(key)
  memory.set(key, { offering: frozen(offering), revisions: revisionsOf(offering) })
  if (memory.size > MOST_OFFERINGS) memory.delete(memory.keys().next().value!)
}

const KINDS: readonly PartKind[] = ['productOffering', 'productSpecification', 'productOfferingPrice']
const TABLES: Record<PartKind, string> = { productOffering: 'product_offering', productSpecification: 'product_specification', productOfferingPrice: 'product_offering_price' }

const standing = (kind: PartKind, at: number): string =>
  `(SELECT count(*) FROM unnest($${at}::text[], $${at + 1}::int[]) AS u(id, revision) WHERE EXISTS (SELECT 1 FROM ${TABLES[kind]} d WHERE d.brand = $1 AND d.id = u.id AND d.revision = u.revision))`

const STATEMENT = { name: 'catalog_standing_revisions', text: `SELECT (${KINDS.map((kind, i) => standing(kind, 2 + 2 * i)).join(' + ')})::int AS standing` }

/** The offerings with these ids, if all are remembered and nothing that they were made from has changed; one round trip by primary keys. */
export async function recall(sql: Sql, owner: object, brand: string, ids: readonly string[]): Promise<Map<string, LoadedOffering> | undefined> {
  const memory = memories.get(owner)
  const found = ids.map(id => memory?.get(`${brand} ${id}`))
  if (!found.every(one => one !== undefined)) return undefined
  const values: unknown[] = [brand]
  let expected = 0
  for (const kind of KINDS) {
    const revisions = found.flatMap(one => [...one.revisions[kind]])
    values.push(revisions.map(([id]) => id), revisions.map(([, revision]) => revision))
    expected += revisions.length
  }
  const [row] = await sql.query<{ standing: number }>(STATEMENT, values)
  return row!.standing === expected ? new Map(found.map(one => [one.offering.pin.id, one.offering])) : undefined
}

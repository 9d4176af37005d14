/**
 * Offerings that were put together before, kept with the revisions they were made from. Only a create that relies on those revisions may
 * use them: its write goes through while each still stands, so memory saves the reading and never sells an older offering.
 */
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

/** What a write rests on, told to the kit (Work.rely). */
export type Rely = (resource: string, id: string, revision: number) => void

/** Tells every revision that an offering was made from. The parts' kinds are the names of their resources. */
export function relyOn(offering: LoadedOffering, rely: Rely): void {
  for (const [kind, revisions] of Object.entries(revisionsOf(offering))) for (const [id, revision] of revisions) rely(kind, id, revision)
}

/** The offerings with these ids, if all are remembered. Whether they still stand is checked by the write that rests on them. */
export function recall(owner: object, brand: string, ids: readonly string[], rely: Rely): Map<string, LoadedOffering> | undefined {
  const memory = memories.get(owner)
  const found = ids.map(id => memory?.get(`${brand} ${id}`))
  if (!found.every(one => one !== undefined)) return undefined
  for (const { revisions } of found) for (const [kind, ids] of Object.entries(revisions)) for (const [id, revision] of ids) rely(kind, id, revision)
  return new Map(found.map(one => [one.offering.pin.id, one.offering]))
}

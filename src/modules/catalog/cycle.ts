/** Refuses a resource that would contain itself through others: bundles of offerings, of specifications, of prices, and categories. */
import type { Static, TObject } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { systemContext } from '../../platform/principal.ts'
import type { Resource, Work } from '../../tmf/resource.ts'

/** Deeper nesting than this is refused: nobody can read it, and every sale would have to walk it. */
const MAX_DEPTH = 8

interface Containment<S extends TObject> {
  /** Asked for lazily: a resource refers to itself. */
  resource: () => Resource<S>
  /** The attribute that is at fault: `bundledProductOffering`. */
  attribute: string
  /** How many levels may lie inside; eight when left out. */
  deepest?: number
  /** Ids of what a document contains directly. */
  contained: (doc: Static<S>) => readonly string[]
}

/** Walks down level by level, one read for each, and refuses when the document meets itself. */
export async function refuseCycle<S extends TObject>(doc: Static<S> & { id: string }, { context, deps, tx }: Work<Static<S>>, { resource, attribute, contained, deepest = MAX_DEPTH }: Containment<S>): Promise<void> {
  const refused = (rule: string): never => {
    throw refuse.invalid([fault(attribute, rule, doc.id)])
  }
  const seen = new Set<string>()
  let level = [...contained(doc)]
  for (let depth = 0; level.length > 0; depth++) {
    if (level.includes(doc.id)) refused('must not contain the resource itself, directly or through others')
    if (depth >= deepest) refused(`must not be nested deeper than ${deepest} levels`)
    const fresh = [...new Set(level)].filter(id => !seen.has(id))
    for (const id of fresh) seen.add(id)
    if (fresh.length === 0) return
    // Containment is a fact of the whole brand, whoever asks.
    const found = await deps.store.getMany(systemContext(context.brand, context.correlationId), resource(), fresh, tx ? { tx } : {})
    level = [...found.values()].flatMap(stored => contained(stored.doc))
  }
}

/** The ids of references that have one. */
export const idsOf = (references: readonly { id?: string }[] | undefined): string[] => (references ?? []).flatMap(reference => (reference.id === undefined ? [] : [reference.id]))

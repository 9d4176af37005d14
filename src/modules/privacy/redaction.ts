/** What becomes of documents that stay when a person is forgotten: the person's own records without what is personal, others' without the name. */
import type { PersonalHolding } from '../../tmf/contributions.ts'
import { withoutTagged } from '../../tmf/masking.ts'
import type { AnyResource } from '../../tmf/module.ts'
import { objectsNaming } from './held.ts'
import { REPLACEMENT, scrubber, type Marks } from './marks.ts'

type Doc = Record<string, unknown>

const dropAt = (node: unknown, segments: readonly string[]): void => {
  if (Array.isArray(node)) {
    for (const one of node) dropAt(one, segments)
    return
  }
  if (node === null || typeof node !== 'object') return
  const [segment, ...rest] = segments
  if (segment === undefined) return
  const name = segment.replace('[]', '')
  if (rest.length === 0) delete (node as Doc)[name]
  else dropAt((node as Doc)[name], rest)
}

/** A function that takes out of a row of the person what is tagged as personal, what its holding names, and what the marks find. */
export const redactionOf = (resource: AnyResource, holding: PersonalHolding | undefined, marks: Marks): ((doc: Doc) => Doc) => {
  const scrub = scrubber(marks)
  return doc => {
    const redacted = structuredClone(withoutTagged(resource.schema, doc, ['personal']))
    for (const path of holding?.redacts ?? []) dropAt(redacted, path.split('.'))
    // What a create must carry, others rely on: it stays as a word that says nothing.
    for (const name of resource.create?.required ?? []) if (typeof doc[name] === 'string' && redacted[name] === undefined) redacted[name] = REPLACEMENT
    return scrub(redacted)
  }
}

/** What a reference to a forgotten person still says. */
const KEPT: ReadonlySet<string> = new Set(['id', 'role', '@type', '@referredType'])

/** A function that leaves of each reference to the person the id and the role: the row is somebody else's, and stays as it is. */
export const mentionRedaction = (resource: AnyResource, subjects: readonly string[]): ((doc: Doc) => Doc) => {
  const ids = new Set(subjects)
  return doc => {
    const redacted = structuredClone(doc)
    for (const { path } of resource.references ?? []) {
      for (const object of objectsNaming(redacted, path, ids)) for (const name of Object.keys(object)) if (!KEPT.has(name)) delete object[name]
    }
    return redacted
  }
}

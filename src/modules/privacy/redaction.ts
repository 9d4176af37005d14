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

/** Attributes in which people write about people: of somebody else's record they alone are looked through, the rest of it is that one's own. */
const FREE_TEXT: ReadonlySet<string> = new Set(['description', 'text', 'note', 'comment', 'remark', 'reason', 'statusReason', 'resolution', 'content', 'message'])

const wordsOf = (value: unknown): string[] => (typeof value === 'string' ? value.toLowerCase().split(/[^\p{L}\p{N}]+/u) : [])

/** Words of the names of others to whom the record refers: a family's name is theirs too. */
const namesOfOthers = (resource: AnyResource, doc: Doc, subjects: ReadonlySet<string>): Set<string> => {
  const found = new Set<string>()
  const visit = (node: unknown, segments: readonly string[]): void => {
    if (Array.isArray(node)) {
      for (const one of node) visit(one, segments)
    } else if (node !== null && typeof node === 'object') {
      const [segment, ...rest] = segments
      if (segment !== undefined) visit((node as Doc)[segment.replace('[]', '')], rest)
      else if (!subjects.has(String((node as Doc)['id']))) for (const word of wordsOf((node as Doc)['name'])) found.add(word)
    }
  }
  for (const { path } of resource.references ?? []) visit(doc, path.split('.'))
  for (const name of ['name', 'givenName', 'familyName', 'fullName', 'formattedName', 'tradingName']) for (const word of wordsOf(doc[name])) found.add(word)
  return found
}

const withoutMarks = (node: unknown, isFree: boolean, scrub: (doc: Doc) => Doc): unknown => {
  if (typeof node === 'string') return isFree ? scrub({ text: node })['text'] : node
  if (Array.isArray(node)) return node.map(one => withoutMarks(one, isFree, scrub))
  if (node === null || typeof node !== 'object') return node
  return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, withoutMarks(inner, FREE_TEXT.has(name) && (typeof inner === 'string' || Array.isArray(inner)), scrub)]))
}

/**
 * A function that leaves of each reference to the person the id and the role, and takes out of what people have written what tells the person
 * apart: the row is somebody else's, and stays as it is but for that.
 */
export const mentionRedaction = (resource: AnyResource, subjects: readonly string[], marks: Marks): ((doc: Doc) => Doc) => {
  const ids = new Set(subjects)
  return doc => {
    const others = namesOfOthers(resource, doc, ids)
    const redacted = structuredClone(doc)
    for (const { path } of resource.references ?? []) {
      for (const object of objectsNaming(redacted, path, ids)) for (const name of Object.keys(object)) if (!KEPT.has(name)) delete object[name]
    }
    return withoutMarks(redacted, false, scrubber({ ...marks, names: marks.names.filter(name => !others.has(name.toLowerCase())) })) as Doc
  }
}

/** Entity tags: the revision of a resource is its ETag, If-None-Match saves a read, If-Match guards a write. */
import { fault, refuse } from '../../platform/errors.ts'

export const etagOf = (revision: number): string => `"${revision}"`

const tags = (header: string): string[] => header.split(',').map(tag => tag.trim().replace(/^W\//, ''))

/** True when the caller has this revision already. */
export const isNotModified = (ifNoneMatch: string | undefined, revision: number): boolean =>
  ifNoneMatch !== undefined && (ifNoneMatch.trim() === '*' || tags(ifNoneMatch).includes(etagOf(revision)))

/** The revisions that If-Match allows; undefined when any will do. */
export function expectedRevisions(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  return tags(ifMatch).map(tag => {
    const revision = /^"(\d{1,9})"$/.exec(tag)
    if (!revision && !/^"[^"]*"$/.test(tag)) throw refuse.invalid([fault('If-Match', 'must be a list of entity tags', tag)])
    // A tag of another form is well-formed but names no revision of ours: it matches nothing.
    return revision ? Number(revision[1]) : -1
  })
}

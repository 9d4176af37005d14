/** What a write rests on: revisions that were told while it was prepared, and what is thrown where they stand no more. */
import type { Work } from '../resource.ts'

/** Collects the revisions that a write rests on. */
export const reliance = (): { relied: Map<string, Map<string, number>>; rely: Work<unknown>['rely'] } => {
  const relied = new Map<string, Map<string, number>>()
  return { relied, rely: (name, id, revision) => void relied.set(name, (relied.get(name) ?? new Map<string, number>()).set(id, revision)) }
}

/** A change rests on what is so no more: nothing was written. */
export class Outdated extends Error {
  override readonly name = 'Outdated'
}

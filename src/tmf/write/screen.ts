/** What is refused before anything else reads or repeats it: card numbers, and what a resource keeps in no text. */
import { cardNumberFaults } from '../../platform/card-number-in-input.ts'
import { refuse } from '../../platform/errors.ts'
import type { Resource } from '../resource.ts'

/** Refuses what nobody may send, and what this resource lets nobody send, before a fault could repeat it. `before`: what was stored when `sent` is what becomes of it. */
export function screened(resource: Resource<any>, sent: unknown, before?: unknown): void {
  const faults = resource.screen?.(sent) ?? cardNumberFaults(sent, before)
  if (faults.length > 0) throw refuse.invalid(faults)
}

/** What Tandem's own code writes was screened when it came; a resource with a screen of its own does not rely on that. */
export const screenedFrom = (by: 'client' | 'server', resource: Resource<any>, sent: unknown, before?: unknown): void => {
  if (by === 'client' || resource.screen !== undefined) screened(resource, sent, before)
}

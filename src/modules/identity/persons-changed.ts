/** Tells who in this process remembers which parties are one person that this has changed, before the change is answered. */
import type { Services } from '../../tmf/services.ts'

const listeners = new WeakMap<Services, Set<() => void>>()

/** Calls `listener` after each merge, and each that is taken back, which this process has committed. Others are told by the channel tandem_access. */
export const onPersonsChanged = (deps: Services, listener: () => void): void => {
  const known = listeners.get(deps) ?? new Set()
  listeners.set(deps, known.add(listener))
}

export const tellPersonsChanged = (deps: Services): void => {
  for (const listener of listeners.get(deps) ?? []) listener()
}

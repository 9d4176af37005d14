/** The states of TMF645 tasks. Ours are answered in the request, so that they are stored done. */
import type { Lifecycle } from '../../tmf/resource.ts'

export const taskLifecycle: Lifecycle = {
  attribute: 'state',
  states: ['accepted', 'inProgress', 'done', 'terminatedWithError'],
  initial: ['accepted'],
  moves: { accepted: ['inProgress', 'done', 'terminatedWithError'], inProgress: ['done', 'terminatedWithError'] },
  movedBy: 'server',
}

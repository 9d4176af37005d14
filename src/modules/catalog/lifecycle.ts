/** The life of everything in the catalog: from study over sale to the end, with the way back where work is sent back. */
import type { Lifecycle } from '../../tmf/resource.ts'

/** States in which something is in use: tested and approved, or on sale. */
export const IN_USE: readonly string[] = ['Active', 'Launched']

/**
 * Only Launched can be bought, Active is approved and not yet on sale, Retired lives on in the inventory. A create may begin in any
 * state before retirement: a catalog that comes from elsewhere is on sale already.
 */
export const catalogLifecycle: Lifecycle = {
  attribute: 'lifecycleStatus',
  states: ['In study', 'In design', 'In test', 'Active', 'Launched', 'Retired', 'Obsolete', 'Rejected'],
  initial: ['In study', 'In design', 'In test', 'Active', 'Launched'],
  moves: {
    'In study': ['In design', 'Rejected'],
    'In design': ['In study', 'In test', 'Rejected'],
    'In test': ['In design', 'Active', 'Rejected'],
    Active: ['In test', 'Launched', 'Retired', 'Rejected'],
    Launched: ['Active', 'Retired'],
    Retired: ['Launched', 'Obsolete'],
    Rejected: ['In design'],
  },
  movedBy: 'client',
}

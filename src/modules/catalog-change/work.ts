/** What the functions of this module work with. */
import type { Services } from '../../tmf/services.ts'

export type WorkDeps = Pick<Services, 'database' | 'store' | 'clock' | 'positions' | 'jobs' | 'log'>

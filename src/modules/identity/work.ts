/** What merging works with: one transaction, who asks, and the services. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'

export interface MergeWork {
  tx: Transaction
  context: Context
  deps: Pick<Services, 'store' | 'clock' | 'parts'>
}

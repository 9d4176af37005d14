/** Statements on plans that go over all brands. */
import type { Sql } from '../../platform/database/sql.ts'

/** Plans that run although their last instalment is due. */
export const findEnded = (sql: Sql, now: Date): Promise<{ brand: string; id: string }[]> =>
  sql.query<{ brand: string; id: string }>({ name: 'financing-ended', text: `select brand, id from financing_plan where f_state = 'active' and f_end_date <= $1 order by f_end_date limit 500` }, [now])

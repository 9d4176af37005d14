/** Counts the changes of coverage and its sources that this process has committed: who remembers places looks whether any came since. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'

let changes = 0

export const coverageChanges = (): number => changes

/** To be said of what changes them; counts when it is committed. */
export const changesCoverage = (sql: Sql): void => {
  const count = (): void => void (changes += 1)
  const { afterCommit } = sql as Partial<Transaction>
  if (afterCommit) afterCommit(count)
  else count()
}

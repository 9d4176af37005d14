/** Runs changes in a transaction that is taken back: what is seen inside is what an activation would leave, and nothing of it stays. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Services } from '../../tmf/services.ts'

class TakenBack extends Error {
  readonly result: unknown
  constructor(result: unknown) {
    super('taken back')
    this.result = result
  }
}

export async function dryRun<T>(deps: Pick<Services, 'database'>, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    await deps.database.transaction(async tx => {
      throw new TakenBack(await work(tx))
    })
  } catch (error) {
    if (error instanceof TakenBack) return error.result as T
    throw error
  }
  throw new Error('A dry run was not taken back')
}

/** The same inside a transaction that goes on. */
export async function dryRunIn<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  await tx.query('SAVEPOINT dry_run')
  const result = await work()
  await tx.query('ROLLBACK TO SAVEPOINT dry_run')
  return result
}

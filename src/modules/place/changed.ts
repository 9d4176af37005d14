/** Counts the changes of addresses that this process has committed: who remembers where an address is looks whether any came since. */
import type { Transaction } from '../../platform/database/sql.ts'

let changes = 0

export const addressChanges = (): number => changes

/** To be said in the transaction that changes them. */
export const changesAddresses = (tx: Transaction): void => tx.afterCommit(() => void (changes += 1))

/** Tells that somebody else was first: a statement that failed because a row of its key is there already. */

/** SQLSTATE of a row that a unique index does not take. */
const UNIQUE_VIOLATION = '23505'

/** Whether a statement failed so, on this table or this constraint. */
export const isUniqueViolation = (error: unknown, on: { table: string } | { constraint: string }): boolean =>
  error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION && Object.entries(on).every(([name, value]) => (error as unknown as Record<string, unknown>)[name] === value)

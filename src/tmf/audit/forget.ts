/** Takes out of the audit what tells a person apart and was asked for by its words: that it was asked, by whom and when, stays. */
import type { Transaction } from '../../platform/database/sql.ts'

/** Records looked at in one step. */
const BATCH = 2_000
/** What stands where an id was taken out. */
const ERASED = 'erased'

export interface Telling {
  /** Whether a text tells the person apart. */
  tells: (text: string) => boolean
  /** Ids that are looked for in records without a question. */
  ids: readonly string[]
  /** Lists of ids that mean the person as a whole, as JSON. */
  keys: ReadonlySet<string>
  /** Ids of the person's rows, which stay. */
  stay: ReadonlySet<string>
}

const withoutTelling = (ids: readonly string[], { tells, keys, stay }: Telling): string[] => {
  const isKey = keys.has(JSON.stringify(ids.slice(0, 3)))
  return ids.map((id, place) => ((isKey && place === 2) || (!stay.has(id) && tells(id)) ? ERASED : id))
}

/** One step over the records of a brand, from the one after `after` on. Answers where the next one begins, undefined when it was the last. */
export const forgetAsked = async (tx: Transaction, brand: string, after: string, telling: Telling): Promise<string | undefined> => {
  const rows = await tx.query<{ seq: string; query: string | null; resource_ids: string[] | null }>(
    `SELECT seq::text AS seq, query, resource_ids FROM audit_record WHERE brand = $1 AND seq > $2::bigint AND (query IS NOT NULL OR resource_ids && $3::text[]) ORDER BY audit_record.seq LIMIT ${BATCH}`,
    [brand, after, telling.ids],
  )
  const found = rows.flatMap(({ seq, query, resource_ids: ids }) => {
    const left = withoutTelling(ids ?? [], telling)
    const isChanged = left.some((id, place) => id !== ids?.[place])
    return isChanged || (query !== null && telling.tells(query)) ? [{ seq, left: isChanged ? JSON.stringify(left) : null }] : []
  })
  if (found.length > 0) await tx.query('SELECT tandem_audit_forget_records($1, $2::bigint[], $3::text[])', [brand, found.map(one => one.seq), found.map(one => one.left)])
  return rows.length < BATCH ? undefined : rows.at(-1)?.seq
}

/** Which suggestions there are on parties: for those that follow when parties change, are merged, or are two again. */
import type { Sql } from '../../platform/database/sql.ts'
import type { IdentitySuggestion } from './identity-suggestion.ts'

const parsed = (rows: { doc: string }[]): IdentitySuggestion[] => rows.map(row => JSON.parse(row.doc) as IdentitySuggestion)

/** The suggestion on a pair, whatever its state. `first` sorts before `second`. */
export const suggestionOnPair = async (sql: Sql, brand: string, first: string, second: string): Promise<IdentitySuggestion | undefined> =>
  parsed(await sql.query({ name: 'suggestion-pair', text: `SELECT doc::text AS doc FROM identity_suggestion WHERE brand = $1 AND f_first_id = $2 AND f_second_id = $3` }, [brand, first, second]))[0]

/** Suggestions that name one of these parties. */
export const suggestionsOn = async (sql: Sql, brand: string, parties: readonly string[]): Promise<IdentitySuggestion[]> =>
  parsed(
    await sql.query(
      {
        name: 'suggestion-on',
        text: `SELECT doc::text AS doc FROM identity_suggestion WHERE brand = $1 AND f_first_id = ANY($2::text[])
          UNION SELECT doc::text FROM identity_suggestion WHERE brand = $1 AND f_second_id = ANY($2::text[])`,
      },
      [brand, parties],
    ),
  )

/** The e-mail addresses and phone numbers of parties, for statements of other modules' holdings on persons. */

/** $1 brand, $2 text[] of parties. `kind`, `address` as it is compared, and whether it is `sure`: verified and still theirs, so that nobody else has it. */
export const knownAddressesSql = `(SELECT i.type AS kind, CASE i.type WHEN 'email' THEN lower(i.value) ELSE i.value END AS address, bool_or(i.verified AND i.until IS NULL) AS sure
  FROM party_identifier i WHERE i.brand = $1 AND i.type IN ('email', 'phone') AND i.party_id = ANY($2::text[]) GROUP BY 1, 2)`

/** The e-mail addresses and phone numbers of parties, for statements of other modules. */

/** $1 brand; `parties` is text[] of parties. `kind`, `address` as it is compared, and whether it is `sure`: verified and still theirs, so that nobody else has it. */
export const knownAddressesOf = (parties: string): string => `(SELECT i.type AS kind, CASE i.type WHEN 'email' THEN lower(i.value) ELSE i.value END AS address, bool_or(i.verified AND i.until IS NULL) AS sure
  FROM party_identifier i WHERE i.brand = $1 AND i.type IN ('email', 'phone') AND i.party_id = ANY(${parties}) GROUP BY 1, 2)`

/** $2 text[] of parties. */
export const knownAddressesSql = knownAddressesOf('$2::text[]')

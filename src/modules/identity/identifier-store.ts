/** The rows of identifiers: what parties are recognized by, from when to when, and who holds a value that is verified. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { emailBesideCase, type IdentifierType } from './normalise.ts'
import type { PartyKind } from './party-ref.ts'

export interface Identifier {
  id: string
  partyId: string
  party: PartyKind
  /** The party that stands for the person. */
  clusterId: string
  type: IdentifierType
  scope: string
  value: string
  raw: string
  source: string
  origin: 'document' | 'operation'
  confidence: number
  verified: boolean
  verifiedAt: Date | null
  verifiedBy: string | null
  since: Date
  until: Date | null
}

const COLUMNS = `i.id, i.party_id AS "partyId", i.party, i.cluster_id AS "clusterId", i.type, i.scope, i.value, i.raw, i.source, i.origin, i.confidence, i.verified, i.verified_at AS "verifiedAt", i.verified_by AS "verifiedBy", i.since, i.until`

export const readIdentifier = async (sql: Sql, brand: string, id: string): Promise<Identifier | undefined> =>
  (await sql.query<Identifier>({ name: 'identifier-get', text: `SELECT ${COLUMNS} FROM party_identifier i WHERE i.brand = $1 AND i.id = $2` }, [brand, id]))[0]

/** The identifiers of these parties that have not ended at an instant, or all that they ever had. */
export const identifiersOfParties = (sql: Sql, brand: string, parties: readonly string[], at?: Date): Promise<Identifier[]> =>
  sql.query<Identifier>(
    { name: 'identifier-of', text: `SELECT ${COLUMNS} FROM party_identifier i WHERE i.brand = $1 AND i.party_id = ANY($2::text[]) AND ($3::timestamptz IS NULL OR i.until IS NULL OR i.until > $3) ORDER BY i.type, i.value, i.since, i.id` },
    [brand, parties, iso(at ?? null)],
  )

/** Who has this value at an instant: verified first, then the surest. Of an e-mail address, in whatever case it is written. */
export const holdersOf = (sql: Sql, brand: string, type: IdentifierType, value: string, scope: string | undefined, at: Date, limit: number): Promise<Identifier[]> =>
  sql.query<Identifier>(
    {
      name: type === 'email' ? 'identifier-holders-email' : 'identifier-holders',
      text: `SELECT ${COLUMNS} FROM party_identifier i WHERE i.brand = $1 AND i.type = $2 AND ${type === 'email' ? `i.type = 'email' AND lower(i.value) = lower($3)` : 'i.value = $3'} AND ($4::text IS NULL OR i.scope = $4) AND i.since <= $5 AND (i.until IS NULL OR i.until > $5)
        ORDER BY i.verified DESC, i.confidence DESC, i.since, i.id LIMIT $6`,
    },
    [brand, type, value, scope ?? null, at.toISOString(), limit],
  )

/** Of many addresses or numbers at once: the party that has each, the same as the first of `holdersOf`. By the value as it was asked for; one that nobody has is left out. */
export const firstHolders = async (sql: Sql, brand: string, type: 'email' | 'phone', values: readonly string[], at: Date): Promise<Map<string, string>> => {
  if (values.length === 0) return new Map()
  const rows = await sql.query<{ value: string; partyId: string }>(
    {
      name: `identifier-first-holders-${type}`,
      text: `SELECT asked.value, held.party_id AS "partyId" FROM unnest($2::text[]) AS asked (value) CROSS JOIN LATERAL (
        SELECT i.party_id FROM party_identifier i WHERE i.brand = $1 AND i.type = '${type}' AND ${type === 'email' ? 'lower(i.value) = lower(asked.value)' : 'i.value = asked.value'} AND i.since <= $3 AND (i.until IS NULL OR i.until > $3)
        ORDER BY i.verified DESC, i.confidence DESC, i.since, i.id LIMIT 1) held`,
    },
    [brand, [...new Set(values)], at.toISOString()],
  )
  return new Map(rows.map(row => [row.value, row.partyId]))
}

/** Locks a value until the transaction ends, an e-mail address in whatever case: of two who verify it at once the second sees the first. */
export const lockValue = async (tx: Transaction, brand: string, { type, scope, value }: Pick<Identifier, 'type' | 'scope' | 'value'>): Promise<void> => {
  await tx.query({ name: 'identifier-lock', text: `SELECT pg_advisory_xact_lock(hashtextextended($1, 1))` }, [`${brand} ${type} ${scope} ${type === 'email' ? emailBesideCase(value) : value}`])
}

/** Verified rows of this value with other persons that reach past an instant, the latest verification first. */
export const verifiedElsewhere = (tx: Transaction, brand: string, identifier: Pick<Identifier, 'type' | 'scope' | 'value'>, clusterId: string, after: Date): Promise<Identifier[]> =>
  tx.query<Identifier>(
    {
      name: 'identifier-elsewhere',
      text: `SELECT ${COLUMNS} FROM party_identifier i WHERE i.brand = $1 AND i.type = $2 AND i.scope = $3 AND i.value = $4 AND i.verified AND i.cluster_id <> $5 AND (i.until IS NULL OR i.until > $6) ORDER BY i.verified_at DESC, i.id`,
    },
    [brand, identifier.type, identifier.scope, identifier.value, clusterId, after.toISOString()],
  )

/** Verified e-mail addresses of other persons that are this one but for upper and lower case, and go on past an instant. */
export const verifiedButForCase = (tx: Transaction, brand: string, value: string, clusterId: string, after: Date): Promise<Identifier[]> =>
  tx.query<Identifier>(
    {
      name: 'identifier-case',
      text: `SELECT ${COLUMNS} FROM party_identifier i WHERE i.brand = $1 AND i.type = 'email' AND i.verified AND lower(i.value) = lower($2) AND i.value <> $2 AND i.cluster_id <> $3 AND (i.until IS NULL OR i.until > $4) ORDER BY i.verified_at DESC, i.id LIMIT 10`,
    },
    [brand, value, clusterId, after.toISOString()],
  )

/** Whether another record of the same person had the value verified later than this one. */
export const isVerifiedSince = async (tx: Transaction, brand: string, { clusterId, partyId, type, scope, value, verifiedAt }: Identifier): Promise<boolean> => {
  const rows = await tx.query(
    { name: 'identifier-since', text: `SELECT 1 FROM party_identifier i WHERE i.brand = $1 AND i.type = $2 AND i.scope = $3 AND i.value = $4 AND i.verified AND i.cluster_id = $5 AND i.party_id <> $6 AND i.verified_at >= $7 LIMIT 1` },
    [brand, type, scope, value, clusterId, partyId, iso(verifiedAt)],
  )
  return rows.length > 0
}

export type NewIdentifier = Omit<Identifier, 'clusterId'>

export const insertIdentifiers = async (tx: Transaction, brand: string, rows: readonly NewIdentifier[]): Promise<void> => {
  if (rows.length === 0) return
  const column = <K extends keyof NewIdentifier>(name: K) => rows.map(row => row[name])
  await tx.query(
    {
      name: 'identifier-insert',
      text: `INSERT INTO party_identifier (brand, id, party_id, party, type, scope, value, raw, source, origin, confidence, verified, verified_at, verified_by, since, until)
        SELECT $1, u.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::real[], $12::boolean[], $13::timestamptz[], $14::text[], $15::timestamptz[], $16::timestamptz[]) AS u`,
    },
    [brand, column('id'), column('partyId'), column('party'), column('type'), column('scope'), column('value'), column('raw'), column('source'), column('origin'), column('confidence'), column('verified'), column('verifiedAt').map(iso), column('verifiedBy'), column('since').map(iso), column('until').map(iso)],
  )
}

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null

/** Ends identifiers that go on: at this instant, but never before they began or were verified. */
export const endIdentifiers = async (tx: Transaction, brand: string, ids: readonly string[], at: Date): Promise<void> => {
  if (ids.length === 0) return
  await tx.query(
    { name: 'identifier-end', text: `UPDATE party_identifier SET until = greatest($3::timestamptz, since, verified_at) WHERE brand = $1 AND id = ANY($2::text[]) AND (until IS NULL OR until > $3)` },
    [brand, ids, at.toISOString()],
  )
}

/** `merge`: the merge that it led to, with which it is taken back. */
export const markVerified = async (tx: Transaction, brand: string, id: string, by: string, at: Date, until: Date | null, merge?: string): Promise<void> => {
  await tx.query(
    {
      name: 'identifier-verify',
      text: `UPDATE party_identifier SET verified = true, verified_at = greatest($3::timestamptz, since), verified_by = $4, confidence = 1, until = coalesce($5::timestamptz, until),
        merge_id = $6, merge_before = CASE WHEN $6::text IS NULL THEN NULL ELSE jsonb_build_object('confidence', confidence, 'until', until, 'given', $5::timestamptz) END WHERE brand = $1 AND id = $2`,
    },
    [brand, id, at.toISOString(), by, iso(until), merge ?? null],
  )
}

/**
 * Takes back the verifications that led to a merge: the rows are what they were before. An end that somebody has given them since stays, and
 * so does one that has passed.
 */
export const takeBackVerifications = async (tx: Transaction, brand: string, merge: string, now: Date): Promise<void> => {
  await tx.query(
    {
      name: 'identifier-take-back',
      text: `UPDATE party_identifier i SET verified = false, verified_at = NULL, verified_by = NULL, confidence = (i.merge_before ->> 'confidence')::real, merge_id = NULL, merge_before = NULL,
          until = CASE WHEN i.until > $3 AND i.until = (i.merge_before ->> 'given')::timestamptz THEN (i.merge_before ->> 'until')::timestamptz ELSE i.until END
        WHERE i.brand = $1 AND i.merge_id = $2`,
    },
    [brand, merge, now.toISOString()],
  )
}

/** Whose a value is when one person becomes two who both had it verified: each verification ends the earlier ones on the other side. */
export const divideIdentifiers = async (tx: Transaction, brand: string, one: readonly string[], other: readonly string[]): Promise<void> => {
  await tx.query(
    {
      name: 'identifier-divide',
      text: `WITH side AS (SELECT i.*, i.party_id = ANY($2::text[]) AS here FROM party_identifier i WHERE i.brand = $1 AND i.verified AND i.party_id = ANY($2::text[] || $3::text[])),
        later AS (SELECT a.id, min(b.verified_at) AS at FROM side a JOIN side b ON b.type = a.type AND b.scope = a.scope AND b.value = a.value AND b.here <> a.here AND (b.verified_at, b.id) > (a.verified_at, a.id) GROUP BY a.id)
        UPDATE party_identifier i SET until = later.at FROM later WHERE i.brand = $1 AND i.id = later.id AND (i.until IS NULL OR i.until > later.at)`,
    },
    [brand, one, other],
  )
}

/** Forgets a party that is no more: how it was recognized, and what matching knew of it. */
export const forgetParty = async (tx: Transaction, brand: string, party: string): Promise<void> => {
  await tx.query(
    {
      name: 'identity-forget',
      text: `WITH i AS (DELETE FROM party_identifier WHERE brand = $1 AND party_id = $2), t AS (DELETE FROM party_trait WHERE brand = $1 AND party_id = $2) DELETE FROM party_block WHERE brand = $1 AND party_id = $2`,
    },
    [brand, party],
  )
}

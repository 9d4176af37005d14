/** What matching compares, as rows: traits of parties, the keys by which candidates are found, and the query that finds them. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Traits } from './matching.ts'
import type { PartyKind } from './party-ref.ts'
import { skeleton } from './fold.ts'

export interface StoredTraits extends Traits {
  kind: PartyKind
  digest: string
}

const COLUMNS = `t.party_id AS "party", t.party AS "kind", t.name, t.look_alike AS "lookAlike", t.birth_date::text AS "birthDate", t.address, t.validated, t.digest`

interface Row extends Omit<StoredTraits, 'birthDate' | 'address'> {
  birthDate: string | null
  address: string | null
}

const traitsOf = <R extends Row>(row: R): Omit<R, 'birthDate' | 'address'> & StoredTraits => ({ ...row, birthDate: row.birthDate ?? undefined, address: row.address ?? undefined })

export const readTraits = async (sql: Sql, brand: string, parties: readonly string[]): Promise<StoredTraits[]> =>
  (await sql.query<Row>({ name: 'identity-traits', text: `SELECT ${COLUMNS} FROM party_trait t WHERE t.brand = $1 AND t.party_id = ANY($2::text[])` }, [brand, parties])).map(traitsOf)

/** Writes what is compared of a party, and its keys in place of the ones before. */
export const writeTraits = async (tx: Transaction, brand: string, traits: StoredTraits, keys: readonly string[]): Promise<void> => {
  await tx.query(
    {
      name: 'identity-write-traits',
      text: `WITH kept AS (INSERT INTO party_block (brand, key, party_id) SELECT $1, k, $2 FROM unnest($11::text[]) AS k ON CONFLICT DO NOTHING),
        gone AS (DELETE FROM party_block WHERE brand = $1 AND party_id = $2 AND key <> ALL($11::text[]))
        INSERT INTO party_trait (brand, party_id, party, name, look, look_alike, birth_date, address, validated, digest) VALUES ($1, $2, $3, $4, $5, $6, $7::date, $8, $9, $10)
        ON CONFLICT (brand, party_id) DO UPDATE SET party = EXCLUDED.party, name = EXCLUDED.name, look = EXCLUDED.look, look_alike = EXCLUDED.look_alike, birth_date = EXCLUDED.birth_date,
          address = EXCLUDED.address, validated = EXCLUDED.validated, digest = EXCLUDED.digest`,
    },
    [brand, traits.party, traits.kind, traits.name, skeleton(traits.name), traits.lookAlike, traits.birthDate ?? null, traits.address ?? null, traits.validated, traits.digest, keys],
  )
}

/** A key that more parties have says nothing: a placeholder number, the first of January. */
const TOO_COMMON = 200
const MOST_CANDIDATES = 50

/**
 * Locks the keys of a party until the transaction ends, in one order for all: of two records that arrive at once and share a key, the second
 * sees the first. Records that share none do not wait. Nor do those that share a key which is too common to say anything.
 */
export const lockKeys = async (tx: Transaction, brand: string, keys: readonly string[]): Promise<void> => {
  await tx.query(
    {
      name: 'identity-lock-keys',
      text: `WITH wanted AS MATERIALIZED (SELECT DISTINCT hashtextextended('key ' || $1 || ' ' || k.key, 2) AS lock FROM unnest($2::text[]) AS k(key)
            WHERE (SELECT count(*) FROM (SELECT 1 FROM party_block b WHERE b.brand = $1 AND b.key = k.key LIMIT ${TOO_COMMON + 1}) b) <= ${TOO_COMMON} ORDER BY lock)
        SELECT pg_advisory_xact_lock(lock) FROM wanted`,
    },
    [brand, keys],
  )
}

export interface Candidate extends StoredTraits {
  /** Keys that both have. */
  keys: string[]
  /** pg_trgm's similarity of the names as they look. */
  looks: number
}

/** Other persons who share a key with this party, the most alike first. Each key is looked up by its index; nobody is compared with all. */
export const findCandidates = async (tx: Transaction, brand: string, traits: StoredTraits, keys: readonly string[]): Promise<Candidate[]> => {
  const rows = await tx.query<Row & { keys: string[]; looks: number }>(
    {
      name: 'identity-candidates',
      text: `WITH hit AS (SELECT k.key, b.party_id, count(*) OVER (PARTITION BY k.key) AS n FROM unnest($3::text[]) AS k(key)
            CROSS JOIN LATERAL (SELECT party_id FROM party_block b WHERE b.brand = $1 AND b.key = k.key LIMIT ${TOO_COMMON + 1}) b),
          found AS (SELECT party_id, array_agg(key ORDER BY key) AS keys FROM hit WHERE n <= ${TOO_COMMON} AND party_id <> $2 GROUP BY party_id)
        SELECT ${COLUMNS}, f.keys, similarity(t.look, $4) AS looks FROM found f JOIN party_trait t ON t.brand = $1 AND t.party_id = f.party_id
        WHERE t.party = $5 AND NOT EXISTS (SELECT 1 FROM party_cluster a JOIN party_cluster b ON b.brand = a.brand AND b.cluster_id = a.cluster_id WHERE a.brand = $1 AND a.party_id = $2 AND b.party_id = f.party_id)
        ORDER BY cardinality(f.keys) DESC, looks DESC, t.party_id LIMIT ${MOST_CANDIDATES}`,
    },
    [brand, traits.party, keys, skeleton(traits.name), traits.kind],
  )
  return rows.map(traitsOf)
}

/** The best similarity between the names of two sides, as they look; 0 when one has none. */
export const bestLooks = async (sql: Sql, some: readonly Traits[], others: readonly Traits[]): Promise<number> => {
  const [row] = await sql.query<{ looks: number | null }>(
    { name: 'identity-looks', text: 'SELECT max(similarity(a.look, b.look)) AS looks FROM unnest($1::text[]) AS a(look), unnest($2::text[]) AS b(look)' },
    [some, others].map(side => side.map(one => skeleton(one.name))),
  )
  return row?.looks ?? 0
}

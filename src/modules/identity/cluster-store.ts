/** Which parties are one person, as the database says it: members of clusters, the locks on them, and the SQL that others build with. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { refuse } from '../../platform/errors.ts'
import type { Edge } from './clusters.ts'

/**
 * The body of a common table expression `member(id)`: the party and all parties that are the same person. Two index look-ups.
 * `brand` and `party` are SQL expressions, such as parameters: `WITH member (id) AS (${memberSql()})`.
 */
export const memberSql = (brand = '$1', party = '$2'): string =>
  `SELECT ${party}::text UNION SELECT m.party_id FROM party_cluster own JOIN party_cluster m ON m.brand = own.brand AND m.cluster_id = own.cluster_id WHERE own.brand = ${brand} AND own.party_id = ${party}`

/** The party and all parties that are the same person, sorted. A party that was never merged is alone; so is one that does not exist. */
export const readMembers = async (sql: Sql, brand: string, party: string): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({ name: 'identity-members', text: `SELECT id FROM (${memberSql()}) AS member (id) ORDER BY id` }, [brand, party])
  return rows.map(row => row.id)
}

/** The clusters of some parties: who leads each member. A party alone leads itself. */
export type Leaders = Map<string, string>

export const readLeaders = async (sql: Sql, brand: string, parties: readonly string[]): Promise<Leaders> => {
  const rows = await sql.query<{ party: string; leader: string }>(
    {
      name: 'identity-leaders',
      text: `SELECT m.party_id AS party, m.cluster_id AS leader FROM party_cluster m
        WHERE m.brand = $1 AND m.cluster_id IN (SELECT own.cluster_id FROM party_cluster own WHERE own.brand = $1 AND own.party_id = ANY($2::text[]))`,
    },
    [brand, parties],
  )
  return new Map([...parties.map(party => [party, party] as const), ...rows.map(row => [row.party, row.leader] as const)])
}

/** The parties that are one person with this one. */
export const membersOf = (leaders: Leaders, party: string): string[] => [...leaders].filter(([, leader]) => leader === leaders.get(party)).map(([member]) => member)

const MOST_ROUNDS = 10

/**
 * Locks the clusters of these parties until the transaction ends, in one order for all, and reads them. A cluster that another one joined
 * while this waited is locked too. Locks are taken by leader, so that parties which are merged with nobody can be locked as well.
 */
export const lockClusters = async (tx: Transaction, brand: string, parties: readonly string[]): Promise<Leaders> => {
  let locked = new Set<string>()
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const leaders = await readLeaders(tx, brand, parties)
    const wanted = [...new Set(leaders.values())].sort()
    if (wanted.every(leader => locked.has(leader))) return leaders
    await tx.query({ name: 'identity-lock', text: `SELECT pg_advisory_xact_lock(hashtextextended('identity ' || $1 || ' ' || l.leader, 0)) FROM unnest($2::text[]) WITH ORDINALITY AS l(leader, n) ORDER BY l.n` }, [brand, wanted])
    locked = new Set([...locked, ...wanted])
  }
  throw refuse.unavailable('These parties are being merged by too many at once')
}

/** Writes who leads whom. A party that leads itself alone has no row. */
export const writeLeaders = async (tx: Transaction, brand: string, leaders: ReadonlyMap<string, string>): Promise<void> => {
  const sizes = new Map<string, number>()
  for (const leader of leaders.values()) sizes.set(leader, (sizes.get(leader) ?? 0) + 1)
  const entries = [...leaders]
  const alone = entries.filter(([, leader]) => sizes.get(leader) === 1).map(([party]) => party)
  const together = entries.filter(([, leader]) => sizes.get(leader)! > 1)
  await tx.query(
    {
      name: 'identity-write-leaders',
      text: `WITH gone AS (DELETE FROM party_cluster WHERE brand = $1 AND party_id = ANY($2::text[]))
        INSERT INTO party_cluster AS c (brand, party_id, cluster_id) SELECT $1, u.party, u.leader FROM unnest($3::text[], $4::text[]) AS u(party, leader)
        ON CONFLICT (brand, party_id) DO UPDATE SET cluster_id = EXCLUDED.cluster_id WHERE c.cluster_id <> EXCLUDED.cluster_id`,
    },
    [brand, alone, together.map(([party]) => party), together.map(([, leader]) => leader)],
  )
}

/** The merges that stand between these parties, oldest first. */
export const readEdges = (sql: Sql, brand: string, parties: readonly string[]): Promise<Edge[]> =>
  sql.query<Edge>(
    {
      name: 'identity-edges',
      text: `SELECT id, f_survivor_id AS survivor, f_merged_id AS merged FROM party_merge
        WHERE brand = $1 AND f_state = 'active' AND (f_survivor_id = ANY($2::text[]) OR f_merged_id = ANY($2::text[])) ORDER BY seq`,
    },
    [brand, parties],
  )

/** How many ports of a line are held, counted by the database: a port is taken by one conditional statement, so that no line gives more than it has. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Coverage } from './qualification.ts'

/** What a line is told by, whichever version of its source says so. */
export interface LineKey {
  provider: string
  technology: string
  placeKind: 'address' | 'cell'
  placeId: string
}

const SAME = (alias: string): string => `${alias}.brand = $1 AND ${alias}.provider = $2 AND ${alias}.technology = $3 AND ${alias}.place_kind = $4 AND ${alias}.place_id = $5`
const keyValues = (brand: string, key: LineKey): unknown[] => [brand, key.provider, key.technology, key.placeKind, key.placeId]

/** Ports that are held and that the facts of coverage do not know of yet, by line. Lines without any are not in it. */
const heldAt = async (sql: Sql, brand: string, rows: readonly Coverage[]): Promise<Map<string, { held: number; settled: Date[] }>> => {
  const placeIds = [...new Set(rows.flatMap(row => row.place?.id ?? []))]
  const found = await sql.query<{ provider: string; technology: string; place_kind: string; place_id: string; held: number; settled: Date[] | null }>(
    {
      name: 'capacity-held',
      text: `SELECT l.provider, l.technology, l.place_kind, l.place_id, l.held,
          (SELECT array_agg(s.settled_at) FROM capacity_settled s WHERE s.brand = l.brand AND s.place_id = l.place_id AND s.place_kind = l.place_kind AND s.provider = l.provider AND s.technology = l.technology AND s.settled_at >= $3) AS settled
        FROM capacity_line l WHERE l.brand = $1 AND l.place_id = ANY($2::text[])`,
    },
    [brand, placeIds, new Date(Math.min(...rows.map(row => row.asOf.getTime()))).toISOString()],
  )
  return new Map(found.map(row => [JSON.stringify([row.provider, row.technology, row.place_kind, row.place_id]), { held: row.held, settled: row.settled ?? [] }]))
}

/** A port that is held, or in use since the order was delivered, for whoever asks. */
export interface OwnPort extends LineKey {
  settledAt?: Date
}

/** Whoever asks tells which of the ports at these places are their own. */
export type OwnPorts = (placeIds: readonly string[]) => Promise<readonly OwnPort[]>

const lineOf = ({ provider, technology, placeKind, placeId }: LineKey): string => JSON.stringify([provider, technology, placeKind, placeId])

/**
 * Rows as they are now: the ports that their source counts, without those that are held; the caller's own do not count against it.
 * Costs nothing where no ports are counted.
 */
export const withoutHeld = async (sql: Sql, brand: string, rows: readonly Coverage[], ownPorts?: OwnPorts): Promise<Coverage[]> => {
  const counted = rows.filter(row => row.capacity !== undefined && row.place !== undefined)
  if (counted.length === 0) return [...rows]
  const lines = await heldAt(sql, brand, counted)
  if (lines.size === 0) return [...rows]
  const own = (await ownPorts?.([...new Set(counted.flatMap(row => row.place?.id ?? []))])) ?? []
  return rows.map(row => {
    const line = row.capacity === undefined || row.place === undefined ? undefined : lines.get(JSON.stringify([row.provider, row.technology, row.place.kind, row.place.id]))
    if (line === undefined || row.capacity === undefined || row.place === undefined) return row
    const key = lineOf({ provider: row.provider, technology: row.technology, placeKind: row.place.kind, placeId: row.place.id })
    const ofOwn = own.filter(port => lineOf(port) === key && (port.settledAt === undefined || port.settledAt >= row.asOf)).length
    return { ...row, counted: row.capacity, capacity: Math.max(0, row.capacity - line.held - line.settled.filter(at => at >= row.asOf).length + ofOwn) }
  })
}

/** Holds a port; false when the line has none left. `ports` as coverage counts them (undefined: not counted), `asOf` of when that is. */
export const holdPort = async (tx: Transaction, brand: string, key: LineKey, ports: number | undefined, asOf: Date): Promise<boolean> => {
  const settled = `(SELECT count(*) FROM capacity_settled s WHERE ${SAME('s')} AND s.settled_at >= $7)`
  const rows = await tx.query(
    {
      name: 'capacity-hold',
      text: `INSERT INTO capacity_line AS l (brand, provider, technology, place_kind, place_id, held, ports)
        SELECT $1, $2, $3, $4, $5, 1, $6::int WHERE $6::int IS NULL OR ${settled} < $6::int
        ON CONFLICT (brand, provider, technology, place_kind, place_id) DO UPDATE SET held = l.held + 1, ports = excluded.ports WHERE excluded.ports IS NULL OR l.held + ${settled} < excluded.ports RETURNING l.held`,
    },
    [...keyValues(brand, key), ports ?? null, asOf.toISOString()],
  )
  return rows.length > 0
}

/** Gives back a port that is held. */
export const freePort = async (tx: Transaction, brand: string, key: LineKey): Promise<void> => {
  await tx.query({ name: 'capacity-free', text: `UPDATE capacity_line l SET held = l.held - 1 WHERE ${SAME('l')}` }, keyValues(brand, key))
}

/** The port is in use: from now on it counts only until its source knows of it. */
export const settlePort = async (tx: Transaction, brand: string, reservationId: string, key: LineKey, at: Date): Promise<void> => {
  await freePort(tx, brand, key)
  await tx.query(
    { name: 'capacity-settle', text: 'INSERT INTO capacity_settled (brand, provider, technology, place_kind, place_id, reservation_id, settled_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING' },
    [...keyValues(brand, key), reservationId, at.toISOString()],
  )
}

/** The port is in use no more. It counts no longer here; a source that knows of it says so itself. */
export const unsettlePort = async (tx: Transaction, brand: string, reservationId: string): Promise<void> => {
  await tx.query({ name: 'capacity-unsettle', text: 'DELETE FROM capacity_settled WHERE brand = $1 AND reservation_id = $2' }, [brand, reservationId])
}

/** Brands that have ports held: what the sweep looks after. */
export const brandsHolding = async (sql: Sql): Promise<string[]> => (await sql.query<{ brand: string }>('SELECT DISTINCT brand FROM capacity_line WHERE held > 0')).map(row => row.brand)

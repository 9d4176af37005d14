/** What live sources said and how they fare, shared by all processes: kept answers, and a circuit breaker for each source. */
import type { Sql } from '../../../platform/database/sql.ts'
import type { LiveRow } from './mapping.ts'

/** Keeps an answer, and closes the breaker where it was not closed. One round trip. */
export const keepAnswer = async (sql: Sql, brand: string, sourceId: string, placeKey: string, rows: readonly LiveRow[], isRecovered: boolean): Promise<void> => {
  await sql.query(
    {
      name: 'coverage-live-keep',
      text: `INSERT INTO coverage_live_answer (brand, source_id, place_key, rows, asked_at) SELECT $1, $2, $3, $4, now() WHERE EXISTS (SELECT FROM coverage_source WHERE brand = $1 AND id = $2)
        ON CONFLICT (brand, source_id, place_key) DO UPDATE SET rows = excluded.rows, asked_at = excluded.asked_at`,
    },
    [brand, sourceId, placeKey, JSON.stringify(rows)],
  )
  if (isRecovered) await sql.query('UPDATE coverage_source SET breaker_failures = 0, breaker_open_until = NULL WHERE brand = $1 AND id = $2', [brand, sourceId])
}

/** Counts a failure; enough of them in a row open the breaker. */
export const countFailure = async (sql: Sql, brand: string, sourceId: string, most: number, openMs: number): Promise<void> => {
  await sql.query(
    {
      name: 'coverage-live-failure',
      text: `UPDATE coverage_source SET breaker_failures = breaker_failures + 1,
        breaker_open_until = CASE WHEN breaker_failures + 1 >= $3 THEN now() + make_interval(secs => $4::float8 / 1000) ELSE breaker_open_until END WHERE brand = $1 AND id = $2`,
    },
    [brand, sourceId, most, openMs],
  )
}

/** Of all who would ask a source whose pause has ended, one may: the others wait for what becomes of it. */
export const mayProbe = async (sql: Sql, brand: string, sourceId: string, forMs: number): Promise<boolean> => {
  const rows = await sql.query(
    { name: 'coverage-live-probe', text: `UPDATE coverage_source SET breaker_open_until = now() + make_interval(secs => $3::float8 / 1000) WHERE brand = $1 AND id = $2 AND breaker_open_until <= now() RETURNING id` },
    [brand, sourceId, forMs],
  )
  return rows.length > 0
}

/** Drops answers that are too old to count, of all brands, some at a time. */
export const dropOldAnswers = async (sql: Sql): Promise<void> => {
  await sql.query(
    `DELETE FROM coverage_live_answer a USING (
       SELECT a.brand, a.source_id, a.place_key FROM coverage_live_answer a JOIN coverage_source s ON s.brand = a.brand AND s.id = a.source_id
       WHERE a.asked_at < now() - make_interval(secs => greatest(coalesce((s.live->>'maxAgeSeconds')::float8, 86400), coalesce((s.live->>'cacheSeconds')::float8, 300))) LIMIT 10000) old
     WHERE a.brand = old.brand AND a.source_id = old.source_id AND a.place_key = old.place_key`,
  )
}

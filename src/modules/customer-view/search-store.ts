/** Statements that write the search: entries with their identifiers and words, whole batches at once. One transaction at a time does so. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Entry } from './search-entry.ts'
import { nearKeys } from './search-text.ts'

/** Takes the right to write and says from which event on; undefined while another process has it. */
export const lockPosition = async (tx: Transaction): Promise<number | undefined> => {
  const [row] = await tx.query<{ position: string }>({ name: 'search-lock', text: 'SELECT position FROM search_position WHERE id = 1 FOR UPDATE SKIP LOCKED' })
  return row && Number(row.position)
}

export const movePosition = async (tx: Transaction, position: number): Promise<void> => {
  await tx.query({ name: 'search-move', text: 'UPDATE search_position SET position = $1 WHERE id = 1' }, [position])
}

/** Ids of words, new ones included. Only who holds the lock makes or removes words. */
const wordIds = async (tx: Transaction, words: ReadonlyMap<string, { brand: string; word: string }>): Promise<Map<string, number>> => {
  const list = [...words.values()]
  const known = await tx.query<{ id: number; brand: string; word: string }>(
    { name: 'search-words', text: 'SELECT w.id, w.brand, w.word FROM unnest($1::text[], $2::text[]) AS u(brand, word) JOIN search_word w ON w.brand = u.brand AND w.word = u.word' },
    [list.map(one => one.brand), list.map(one => one.word)],
  )
  const ids = new Map(known.map(row => [`${row.brand}\n${row.word}`, row.id]))
  const missing = [...words].filter(([key]) => !ids.has(key)).map(([, one]) => one)
  if (missing.length === 0) return ids
  // An array of arrays has to be rectangular: keys of each word travel as text.
  const made = await tx.query<{ id: number; brand: string; word: string }>(
    { name: 'search-words-make', text: 'INSERT INTO search_word (brand, word, near) SELECT u.brand, u.word, u.near::int[] FROM unnest($1::text[], $2::text[], $3::text[]) AS u(brand, word, near) RETURNING id, brand, word' },
    [missing.map(one => one.brand), missing.map(one => one.word), missing.map(one => `{${nearKeys(one.word).join(',')}}`)],
  )
  for (const row of made) ids.set(`${row.brand}\n${row.word}`, row.id)
  return ids
}

interface Changed {
  id: string
  brand: string
  resource: string
  resource_id: string
}

const arrayText = (values: readonly string[]): string => `{${values.map(value => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`

const keyOf = (brand: string, resource: string, id: string): string => `${brand}\n${resource}\n${id}`

/** Takes the words and identifiers of entries away; words that nobody else has go too. */
const clearEntries = async (tx: Transaction, entryIds: readonly string[]): Promise<number[]> => {
  if (entryIds.length === 0) return []
  const rows = await tx.query<{ word_id: number }>(
    {
      name: 'search-clear',
      text: `WITH i AS (DELETE FROM search_identifier WHERE entry_id = ANY($1::bigint[])), p AS (DELETE FROM search_posting WHERE entry_id = ANY($1::bigint[]) RETURNING word_id) SELECT DISTINCT word_id FROM p`,
    },
    [entryIds],
  )
  return rows.map(row => row.word_id)
}

const dropWords = async (tx: Transaction, ids: readonly number[]): Promise<void> => {
  if (ids.length === 0) return
  await tx.query({ name: 'search-words-drop', text: 'DELETE FROM search_word w WHERE w.id = ANY($1::int[]) AND NOT EXISTS (SELECT 1 FROM search_posting p WHERE p.word_id = w.id)' }, [ids])
}

/** Writes entries as they are now; those that say the same as before, or of which a later revision is in, are left alone. */
export const writeEntries = async (tx: Transaction, entries: readonly Entry[]): Promise<number> => {
  if (entries.length === 0) return 0
  const written = await tx.query<Changed & { fresh: boolean }>(
    {
      name: 'search-entries',
      text: `INSERT INTO search_entry AS e (brand, resource, resource_id, revision, owner_party, subject, also, via_resource, via_id, terms)
        SELECT u.brand, u.resource, u.resource_id, u.revision, u.owner_party, u.subject, u.also::text[], u.via_resource, u.via_id, u.terms::json
        FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
          AS u(brand, resource, resource_id, revision, owner_party, subject, also, via_resource, via_id, terms)
        ON CONFLICT (brand, resource, resource_id) DO UPDATE SET revision = excluded.revision, owner_party = excluded.owner_party, subject = excluded.subject, also = excluded.also,
          via_resource = excluded.via_resource, via_id = excluded.via_id, terms = excluded.terms
        WHERE e.revision <= excluded.revision AND (e.owner_party, e.subject, e.also, e.via_resource, e.via_id, e.terms::text)
          IS DISTINCT FROM (excluded.owner_party, excluded.subject, excluded.also, excluded.via_resource, excluded.via_id, excluded.terms::text)
        RETURNING id, brand, resource, resource_id, xmax = 0 AS fresh`,
    },
    [
      entries.map(one => one.brand), entries.map(one => one.resource), entries.map(one => one.resourceId), entries.map(one => one.revision), entries.map(one => one.ownerParty ?? null),
      entries.map(one => one.subject ?? null), entries.map(one => arrayText(one.also)), entries.map(one => one.via?.resource ?? null), entries.map(one => one.via?.id ?? null),
      entries.map(one => JSON.stringify(one.terms)),
    ],
  )
  const idOf = new Map(written.map(row => [keyOf(row.brand, row.resource, row.resource_id), row.id]))
  const changed = entries.filter(one => idOf.has(keyOf(one.brand, one.resource, one.resourceId)))
  const loose = await clearEntries(tx, written.filter(row => !row.fresh).map(row => row.id))
  const words = new Map(changed.flatMap(one => one.words.map(word => [`${one.brand}\n${word}`, { brand: one.brand, word }] as const)))
  const ids = await wordIds(tx, words)
  const postings = changed.flatMap(one => one.words.map(word => ({ entry: idOf.get(keyOf(one.brand, one.resource, one.resourceId))!, subject: one.subject ?? one.resourceId, word: ids.get(`${one.brand}\n${word}`)! })))
  if (postings.length > 0) {
    await tx.query(
      {
        name: 'search-postings',
        text: `INSERT INTO search_posting (word_id, subject_key, entry_id) SELECT u.word, hashtextextended(u.subject, 0), u.entry FROM unnest($1::int[], $2::text[], $3::bigint[]) AS u(word, subject, entry) ON CONFLICT DO NOTHING`,
      },
      [postings.map(one => one.word), postings.map(one => one.subject), postings.map(one => one.entry)],
    )
  }
  const identifiers = changed.flatMap(one => one.identifiers.map(identifier => ({ ...identifier, brand: one.brand, entry: idOf.get(keyOf(one.brand, one.resource, one.resourceId))! })))
  if (identifiers.length > 0) {
    await tx.query(
      {
        name: 'search-identifiers',
        text: `INSERT INTO search_identifier (brand, value, entry_id, kind, field, digits) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[]) ON CONFLICT DO NOTHING`,
      },
      [identifiers.map(one => one.brand), identifiers.map(one => one.value), identifiers.map(one => one.entry), identifiers.map(one => one.kind), identifiers.map(one => one.field), identifiers.map(one => one.digits)],
    )
  }
  await dropWords(tx, loose)
  return written.length
}

export interface GoneRow {
  brand: string
  resource: string
  id: string
}

/** Takes out what was deleted. */
export const removeEntries = async (tx: Transaction, gone: readonly GoneRow[]): Promise<void> => {
  if (gone.length === 0) return
  const rows = await tx.query<{ id: string }>(
    { name: 'search-remove', text: 'DELETE FROM search_entry e USING unnest($1::text[], $2::text[], $3::text[]) AS u(brand, resource, id) WHERE e.brand = u.brand AND e.resource = u.resource AND e.resource_id = u.id RETURNING e.id' },
    [gone.map(one => one.brand), gone.map(one => one.resource), gone.map(one => one.id)],
  )
  await dropWords(tx, await clearEntries(tx, rows.map(row => row.id)))
}

/** Words of which an entry was erased: those that nobody else has go. */
export const checkWords = async (tx: Transaction): Promise<void> => {
  const rows = await tx.query<{ id: number }>({ name: 'search-words-unchecked', text: 'SELECT id FROM search_word WHERE NOT checked LIMIT 1000' })
  if (rows.length === 0) return
  const ids = rows.map(row => row.id)
  await dropWords(tx, ids)
  await tx.query({ name: 'search-words-checked', text: 'UPDATE search_word SET checked = true WHERE id = ANY($1::int[])' }, [ids])
}

const HELD = `(SELECT split_part(k, '/', 1) AS resource, substr(k, strpos(k, '/') + 1) AS id FROM unnest($3::text[]) AS k) AS held`

/** Of these parties, and of what is held on them. The parameters are those of a holding (tmf/contributions.ts). */
export const exportSql = `SELECT json_build_object('resource', e.resource, 'id', e.resource_id, 'foundBy', e.terms) AS doc FROM search_entry e
  WHERE e.id IN (SELECT id FROM search_entry WHERE brand = $1 AND subject = ANY($2::text[]) UNION SELECT o.id FROM ${HELD} JOIN search_entry o ON o.brand = $1 AND o.resource = held.resource AND o.resource_id = held.id)`

export const eraseSql = `WITH mine AS (SELECT id FROM search_entry WHERE brand = $1 AND subject = ANY($2::text[]) UNION SELECT o.id FROM ${HELD} JOIN search_entry o ON o.brand = $1 AND o.resource = held.resource AND o.resource_id = held.id),
  entry AS (DELETE FROM search_entry e USING mine WHERE e.id = mine.id), identifier AS (DELETE FROM search_identifier i USING mine WHERE i.entry_id = mine.id),
  posting AS (DELETE FROM search_posting p USING mine WHERE p.entry_id = mine.id RETURNING p.word_id)
  UPDATE search_word w SET checked = false FROM (SELECT DISTINCT word_id FROM posting) AS p WHERE w.id = p.word_id`

/** How far the search is: up to which event, and which rows of the time before are still being read. */
export const readState = (sql: Sql): Promise<{ position: string; last: string; resource: string | null; done_at: Date | null }[]> =>
  sql.query(`SELECT p.position, (SELECT coalesce(max(position), 0) FROM event) AS last, f.resource, f.done_at FROM search_position p LEFT JOIN search_fill f ON true WHERE p.id = 1 ORDER BY f.resource`)

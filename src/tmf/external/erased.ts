/**
 * Tombstones of records that were forgotten: what a source calls them, and the numbers that stand for one person, as hashes that only this
 * server can make. A record that comes again is refused by them, so that a forgotten person does not return with the next load.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Database, Sql } from '../../platform/database/sql.ts'
import { Refusal } from '../../platform/errors.ts'
import type { RecognizedBy } from '../contributions.ts'
import type { ExternalKey } from './identity-store.ts'

/** What is hashed: a record of a source, or an identifier of a person. */
export type Known = { record: ExternalKey } | { identifier: { scope: string; value: string } }

const keys = new WeakMap<object, Promise<string>>()

const readKey = async (database: Pick<Database, 'query'>): Promise<string> => {
  const read = async () => (await database.query<{ key: string }>({ name: 'erased_record_key', text: 'SELECT key FROM erased_record_key WHERE id = 1' }))[0]?.key
  const known = await read()
  if (known !== undefined) return known
  await database.query('INSERT INTO erased_record_key (id, key) VALUES (1, $1) ON CONFLICT (id) DO NOTHING', [randomBytes(32).toString('base64url')])
  return (await read())!
}

/** Made of a key in the database and of SECRETS_KEY, where there is one: then a copy of the database tells nothing. */
const keyOf = (database: Pick<Database, 'query'>, secretsKey: string | undefined): Promise<string> => {
  let key = keys.get(database)
  if (!key) {
    keys.set(database, (key = readKey(database).then(own => `${own} ${secretsKey ?? ''}`)))
    key.catch(() => keys.delete(database))
  }
  return key
}

export interface Hasher {
  database: Pick<Database, 'query'>
  secretsKey: string | undefined
}

/** The hash of each, in their order. */
export const hashesOf = async ({ database, secretsKey }: Hasher, brand: string, known: readonly Known[]): Promise<string[]> => {
  const key = await keyOf(database, secretsKey)
  return known.map(one =>
    createHmac('sha256', key)
      .update(JSON.stringify('record' in one ? [brand, 'record', one.record.source, one.record.type, one.record.externalId] : [brand, 'identifier', one.identifier.scope, one.identifier.value]))
      .digest('base64url'),
  )
}

/** Of each that was forgotten the erasure, by its place in the list. */
export const erasedAmong = async (hasher: Hasher, brand: string, known: readonly Known[]): Promise<Map<number, string>> => {
  if (known.length === 0) return new Map()
  const hashes = await hashesOf(hasher, brand, known)
  const rows = await hasher.database.query<{ hash: string; erasureId: string }>(
    { name: 'erased_records', text: 'SELECT hash, erasure_id AS "erasureId" FROM erased_record WHERE brand = $1 AND hash = ANY($2::text[]) AND lifted_at IS NULL' },
    [brand, [...new Set(hashes)]],
  )
  const found = new Map(rows.map(row => [row.hash, row.erasureId]))
  return new Map(hashes.flatMap((hash, place) => (found.has(hash) ? [[place, found.get(hash)!] as const] : [])))
}

/** Keeps tombstones; what was let back and is forgotten again is forgotten anew. */
export const insertErased = async (sql: Sql, brand: string, erasureId: string, at: Date, rows: readonly { hash: string; kind: 'record' | 'identifier' }[]): Promise<void> => {
  if (rows.length === 0) return
  await sql.query(
    `INSERT INTO erased_record (brand, hash, kind, erasure_id, erased_at) SELECT DISTINCT ON (u.hash) $1, u.hash, u.kind, $2, $3::timestamptz FROM unnest($4::text[], $5::text[]) AS u(hash, kind)
     ON CONFLICT (brand, hash) DO UPDATE SET erasure_id = EXCLUDED.erasure_id, erased_at = EXCLUDED.erased_at, lifted_at = NULL, lifted_by = NULL WHERE erased_record.lifted_at IS NOT NULL`,
    [brand, erasureId, at, rows.map(row => row.hash), rows.map(row => row.kind)],
  )
}

/** Lets what one erasure keeps away come back: one record and the identifiers of the person, or all of it. Answers how many records. */
export const liftErased = async (sql: Sql, brand: string, erasureId: string, lift: { at: Date; by: string; hash?: string | undefined }): Promise<number> => {
  const rows = await sql.query<{ kind: string }>(
    `UPDATE erased_record SET lifted_at = $3::timestamptz, lifted_by = $4 WHERE brand = $1 AND erasure_id = $2 AND lifted_at IS NULL AND ($5::text IS NULL OR kind = 'identifier' OR hash = $5)
       AND ($5::text IS NULL OR EXISTS (SELECT 1 FROM erased_record r WHERE r.brand = $1 AND r.erasure_id = $2 AND r.hash = $5 AND r.lifted_at IS NULL)) RETURNING kind`,
    [brand, erasureId, lift.at, lift.by, lift.hash ?? null],
  )
  return rows.filter(row => row.kind === 'record').length
}

/** What a document says by which a forgotten person is known again. */
export const recognizedIn = (parts: readonly RecognizedBy[], resource: string, doc: Record<string, unknown>): Known[] =>
  parts.filter(one => one.resource === resource).flatMap(one => one.identifiers(doc).map(identifier => ({ identifier })))

export const erasedRefusal = (erasureId: string, about = 'The record'): Refusal =>
  new Refusal({
    status: 410,
    code: 'erased',
    reason: 'The person whom the record is about was forgotten',
    message: `${about} belongs to a person who was forgotten (erasure ${erasureId}); nothing was stored. Somebody who may can let it come back`,
  })

/** The rows of addresses and of their streets. The only SQL on geographic_address and geographic_street. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { AddressRecord } from './address-form.ts'
import { changesAddresses } from './changed.ts'
import { cellsNear, type Point } from './coordinates.ts'
import type { GeographicAddress } from './geographic-address.schema.ts'
import { searchForm, type AddressKeys } from './normal-form.ts'

/** Where an address is: what a check of coverage needs of it. */
export interface LocatedAddress {
  id: string
  postcode?: string
  latitude?: number
  longitude?: number
  /** H3 cell; of resolution 15 where the coordinates are known. */
  cell?: string
}

interface LocatedRow {
  id: string
  postcode: string | null
  latitude: number | null
  longitude: number | null
  cell: string | null
}

const located = ({ id, postcode, latitude, longitude, cell }: LocatedRow): LocatedAddress => ({
  id,
  ...(postcode !== null && { postcode }),
  ...(latitude !== null && { latitude }),
  ...(longitude !== null && { longitude }),
  ...(cell !== null && { cell }),
})

export const readLocated = async (sql: Sql, brand: string, id: string): Promise<LocatedAddress | undefined> => {
  const [row] = await sql.query<LocatedRow>({ name: 'place-located', text: 'SELECT id, f_postcode AS postcode, latitude, longitude, cell FROM geographic_address WHERE brand = $1 AND id = $2' }, [brand, id])
  return row && located(row)
}

/** Addresses with these keys, at most six: several flats can be kept as addresses of their own. An empty postcode or town may be any. */
export const findLocated = async (sql: Sql, brand: string, { street, number, postcode, city }: AddressKeys): Promise<LocatedAddress[]> => {
  const rows = await sql.query<LocatedRow>(
    {
      name: 'place-find',
      text: `SELECT id, f_postcode AS postcode, latitude, longitude, cell FROM geographic_address WHERE brand = $1 AND street_key = $2 AND number_key = $3
        AND ($4 = '' OR postcode_key = $4) AND ($5 = '' OR city_key IN ($5, '')) ORDER BY id LIMIT 6`,
    },
    [brand, street, number, postcode, city],
  )
  return rows.map(located)
}

interface DocRow {
  id: string
  doc: string
}

/** The documents of addresses with these keys; see findLocated. */
export const findDocuments = async (sql: Sql, brand: string, { street, number, postcode, city }: AddressKeys, most: number): Promise<GeographicAddress[]> => {
  const rows = await sql.query<DocRow>(
    {
      name: 'place-documents',
      text: `SELECT id, doc::text AS doc FROM geographic_address WHERE brand = $1 AND street_key = $2 AND number_key = $3
        AND ($4 = '' OR postcode_key = $4) AND ($5 = '' OR city_key IN ($5, '')) ORDER BY id LIMIT $6`,
    },
    [brand, street, number, postcode, city, most],
  )
  return rows.map(row => JSON.parse(row.doc) as GeographicAddress)
}

/** Is any address known near there? */
export const anyNear = async (sql: Sql, brand: string, point: Point): Promise<boolean> => {
  const [from, to] = cellsNear(point)
  const [row] = await sql.query<{ found: boolean }>(
    { name: 'place-near', text: 'SELECT EXISTS (SELECT 1 FROM geographic_address WHERE brand = $1 AND cell IS NOT NULL AND cell COLLATE "C" BETWEEN $2 AND $3) AS found' },
    [brand, from, to],
  )
  return row?.found === true
}

export const listDocuments = async (sql: Sql, brand: string, postcode: string | undefined, after: string | undefined, limit: number): Promise<{ doc: GeographicAddress; cell: string | null }[]> => {
  const rows = await sql.query<{ doc: string; cell: string | null }>(
    `SELECT doc::text AS doc, cell FROM geographic_address WHERE brand = $1 AND id > $2 ${postcode === undefined ? '' : 'AND f_postcode = $4'} ORDER BY id LIMIT $3`,
    [brand, after ?? '', limit, ...(postcode === undefined ? [] : [postcode])],
  )
  return rows.map(({ doc, cell }) => ({ doc: JSON.parse(doc) as GeographicAddress, cell }))
}

export const readDocument = async (sql: Sql, brand: string, id: string): Promise<{ doc: GeographicAddress; cell: string | null } | undefined> => {
  const [row] = await sql.query<{ doc: string; cell: string | null }>({ name: 'place-document', text: 'SELECT doc::text AS doc, cell FROM geographic_address WHERE brand = $1 AND id = $2' }, [brand, id])
  return row && { doc: JSON.parse(row.doc) as GeographicAddress, cell: row.cell }
}

/** Writes beside a row of the kit's what it is found by. */
export const writeKeys = async (tx: Transaction, brand: string, record: AddressRecord): Promise<void> => {
  const { street, number, postcode, city } = record.keys
  await tx.query(
    { name: 'place-keys', text: 'UPDATE geographic_address SET street_key = $3, number_key = $4, postcode_key = $5, city_key = $6, latitude = $7, longitude = $8, cell = $9 WHERE brand = $1 AND id = $2' },
    [brand, record.id, street, number, postcode, city, record.point?.latitude ?? null, record.point?.longitude ?? null, record.cell ?? null],
  )
  await writeStreets(tx, brand, [record])
  changesAddresses(tx)
}

const writeStreets = async (tx: Transaction, brand: string, records: readonly AddressRecord[]): Promise<void> => {
  const streets = new Map<string, AddressRecord>()
  for (const record of records) if (record.keys.street !== '') streets.set(`${record.keys.postcode}|${record.keys.street}|${record.keys.city}`, record)
  // In one order: two loads side by side must not wait for each other.
  const rows = [...streets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record)
  if (rows.length === 0) return
  await tx.query(
    {
      name: 'place-streets',
      text: `INSERT INTO geographic_street (brand, postcode_key, street_key, city_key, street_search, city_search)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) ON CONFLICT DO NOTHING`,
    },
    [brand, rows.map(row => row.keys.postcode), rows.map(row => row.keys.street), rows.map(row => row.keys.city), rows.map(row => searchForm(row.street)), rows.map(row => searchForm(row.city))],
  )
}

/** What is known of a house already. */
export interface KnownHouse {
  id: string
  parts: string | null
  /** As it is spelt. */
  street: string | null
  type: string | null
  city: string | null
  source: string | null
  externalId: string | null
}

/** Addresses that have the keys of these records already, with the parts of the house that are known. */
export const findSame = async (sql: Sql, brand: string, records: readonly AddressRecord[]): Promise<Map<number, KnownHouse>> => {
  const column = (name: keyof AddressKeys): string[] => records.map(record => record.keys[name])
  // Not prepared: a plan from when the table was empty would walk all of it for each key.
  const rows = await sql.query<KnownHouse & { n: string }>(
    `SELECT k.n, a.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS k(street, number, postcode, city, n),
        LATERAL (SELECT id, (doc -> 'geographicSubAddress')::text AS parts, doc ->> 'streetName' AS street, doc ->> 'streetType' AS type, doc ->> 'city' AS city, source, external_id AS "externalId" FROM geographic_address
          WHERE brand = $1 AND street_key = k.street AND number_key = k.number AND postcode_key = k.postcode AND city_key = k.city ORDER BY id LIMIT 1) a`,
    [brand, column('street'), column('number'), column('postcode'), column('city')],
  )
  return new Map(rows.map(({ n, ...house }) => [Number(n) - 1, house]))
}

/** The known parts of the houses with these ids. */
export const partsOfIds = async (sql: Sql, brand: string, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await sql.query<{ id: string; parts: string }>(
    `SELECT id, (doc -> 'geographicSubAddress')::text AS parts FROM geographic_address WHERE brand = $1 AND id = ANY($2::text[]) AND doc -> 'geographicSubAddress' IS NOT NULL`,
    [brand, ids],
  )
  return new Map(rows.map(row => [row.id, row.parts]))
}

/** More say no more of where a postcode is. */
export const MOST_NEIGHBOURS = 3

/** Where some addresses lie that have the postcode of these, or where there is none, their street and town: by their place in the list. */
export const pointsOfNeighbours = async (sql: Sql, brand: string, records: readonly AddressRecord[]): Promise<Map<number, Point[]>> => {
  if (records.length === 0) return new Map()
  const column = (name: keyof AddressKeys): string[] => records.map(record => record.keys[name])
  const rows = await sql.query<Point & { n: string }>(
    `SELECT k.n, a.latitude, a.longitude FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS k(street, postcode, city, n),
        LATERAL ((SELECT one.latitude, one.longitude FROM geographic_street s,
              LATERAL (SELECT latitude, longitude FROM geographic_address WHERE brand = $1 AND street_key = s.street_key AND postcode_key = s.postcode_key AND city_key = s.city_key AND latitude IS NOT NULL LIMIT 1) one
            WHERE k.postcode <> '' AND s.brand = $1 AND s.postcode_key = k.postcode AND (k.city = '' OR s.city_key = k.city) LIMIT ${MOST_NEIGHBOURS})
          UNION ALL
          (SELECT latitude, longitude FROM geographic_address WHERE k.postcode = '' AND brand = $1 AND street_key = k.street AND city_key = k.city AND latitude IS NOT NULL LIMIT ${MOST_NEIGHBOURS})) a`,
    [brand, column('street'), column('postcode'), column('city')],
  )
  const found = new Map<number, Point[]>()
  for (const { n, latitude, longitude } of rows) found.set(Number(n) - 1, [...(found.get(Number(n) - 1) ?? []), { latitude, longitude }])
  return found
}

/** One load of a brand at a time: two that meet the same addresses would wait for each other crosswise, or not see each other's. */
export const lockAddresses = async (tx: Transaction, brand: string): Promise<void> => {
  await tx.query({ name: 'place-lock', text: `SELECT pg_advisory_xact_lock(hashtextextended('geographic_address ' || $1, 0))` }, [brand])
}

export interface Loaded {
  created: number
  changed: number
  unchanged: number
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const copyText = (value: string | number | undefined): string => (value === undefined ? '\\N' : typeof value === 'number' ? String(value) : /[\\\n\r\t]/.test(value) ? value.replaceAll(/[\\\n\r\t]/g, found => ESCAPES[found] ?? found) : value)

/** Pieces of some 64 KiB: one for each row would be a write each. */
function* copyLines(records: readonly AddressRecord[]): Generator<string> {
  let piece = ''
  for (const { id, doc, keys, point, cell, source, externalId } of records) {
    piece += `${[id, JSON.stringify(doc), keys.street, keys.number, keys.postcode, keys.city, point?.latitude, point?.longitude, cell, source, externalId].map(copyText).join('\t')}\n`
    if (piece.length > 65_536) {
      yield piece
      piece = ''
    }
  }
  if (piece !== '') yield piece
}

const COLUMNS = 'id, doc, street_key, number_key, postcode_key, city_key, latitude, longitude, cell, source, external_id'

/**
 * Stores addresses by id: by COPY into a table of this transaction, from there into place. What is there with the same content keeps its
 * revision. Ids are given once.
 */
export const storeAddresses = async (tx: Transaction, brand: string, records: readonly AddressRecord[]): Promise<Loaded> => {
  if (records.length === 0) return { created: 0, changed: 0, unchanged: 0 }
  await lockAddresses(tx, brand)
  await tx.query(
    `CREATE TEMP TABLE IF NOT EXISTS address_stage (id text, doc text, street_key text, number_key text, postcode_key text, city_key text, latitude float8, longitude float8, cell text, source text, external_id text) ON COMMIT DELETE ROWS;
     TRUNCATE address_stage`,
  )
  await tx.copyFrom(`COPY address_stage (${COLUMNS}) FROM STDIN`, copyLines(records))
  const [done] = await tx.query<{ created: string; written: string }>(
    `WITH written AS (
       INSERT INTO geographic_address AS a (brand, revision, ${COLUMNS}, created_at, updated_at)
       SELECT $1, 1, id, doc::json, street_key, number_key, postcode_key, city_key, latitude, longitude, cell, source, external_id, clock_timestamp(), clock_timestamp() FROM address_stage
       ON CONFLICT (brand, id) DO UPDATE SET revision = a.revision + 1, doc = excluded.doc, street_key = excluded.street_key, number_key = excluded.number_key, postcode_key = excluded.postcode_key,
         city_key = excluded.city_key, latitude = excluded.latitude, longitude = excluded.longitude, cell = excluded.cell, source = coalesce(excluded.source, a.source), external_id = coalesce(excluded.external_id, a.external_id),
         updated_at = excluded.updated_at
       WHERE (a.doc::text, a.cell, a.street_key) IS DISTINCT FROM (excluded.doc::text, excluded.cell, excluded.street_key)
       RETURNING (xmax = 0) AS inserted)
     SELECT count(*) FILTER (WHERE inserted) AS created, count(*) AS written FROM written`,
    [brand],
  )
  await writeStreets(tx, brand, records)
  changesAddresses(tx)
  const created = Number(done!.created)
  const changed = Number(done!.written) - created
  return { created, changed, unchanged: records.length - created - changed }
}

/** Ids of the addresses that a list names so, by its own identifiers. */
export const idsByExternalId = async (sql: Sql, brand: string, source: string, externalIds: readonly string[]): Promise<Map<string, string>> => {
  const rows = await sql.query<{ external: string; id: string }>(
    { name: 'place-by-external-id', text: 'SELECT external_id AS external, id FROM geographic_address WHERE brand = $1 AND source = $2 AND external_id = ANY($3::text[]) ORDER BY id DESC' },
    [brand, source, externalIds],
  )
  return new Map(rows.map(row => [row.external, row.id]))
}

/** Whether any address comes from the list with an identifier of its own. */
export const hasExternalIds = async (sql: Sql, brand: string, source: string): Promise<boolean> => {
  const rows = await sql.query('SELECT 1 FROM geographic_address WHERE brand = $1 AND source = $2 AND external_id IS NOT NULL LIMIT 1', [brand, source])
  return rows.length > 0
}

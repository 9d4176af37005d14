/** Addresses that coverage can name: found by id or by normalised fields. The only SQL on this table. */
import type { Sql } from '../../platform/database/sql.ts'
import { addressKey, finestCell, type AddressFields } from './place.ts'

/** An address as it is stored and shown. */
export interface ServiceAddress {
  id: string
  street: string
  streetNumber: string
  postcode: string
  city: string
  country?: string | undefined
  latitude?: number | undefined
  longitude?: number | undefined
  /** H3 cell; follows from the coordinates where they are known. */
  cell?: string | undefined
}

interface Row {
  id: string
  street: string
  street_number: string
  postcode: string
  city: string
  country: string | null
  latitude: number | null
  longitude: number | null
  cell: string | null
}

const COLUMNS = 'id, street, street_number, postcode, city, country, latitude, longitude, cell'

const fromRow = ({ street_number: streetNumber, country, latitude, longitude, cell, ...row }: Row): ServiceAddress => ({
  ...row,
  streetNumber,
  ...(country !== null && { country }),
  ...(latitude !== null && { latitude }),
  ...(longitude !== null && { longitude }),
  ...(cell !== null && { cell }),
})

export const getAddress = async (sql: Sql, brand: string, id: string): Promise<ServiceAddress | undefined> => {
  const rows = await sql.query<Row>({ name: 'address-get', text: `SELECT ${COLUMNS} FROM service_address WHERE brand = $1 AND id = $2` }, [brand, id])
  return rows[0] === undefined ? undefined : fromRow(rows[0])
}

/** Addresses with this postcode, street and number (flats of one house can be several), at most six. */
export const findAddresses = async (sql: Sql, brand: string, fields: AddressFields): Promise<ServiceAddress[]> => {
  const rows = await sql.query<Row>({ name: 'address-find', text: `SELECT ${COLUMNS} FROM service_address WHERE brand = $1 AND lookup_key = $2 ORDER BY id LIMIT 6` }, [brand, addressKey(fields)])
  return rows.map(fromRow)
}

export const listAddresses = async (sql: Sql, brand: string, postcode: string | undefined, after: string | undefined, limit: number): Promise<ServiceAddress[]> => {
  const rows = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM service_address WHERE brand = $1 AND id > $2 AND ($3::text IS NULL OR postcode = $3) ORDER BY id LIMIT $4`,
    [brand, after ?? '', postcode ?? null, limit],
  )
  return rows.map(fromRow)
}

const UPSERT = `
  INSERT INTO service_address (brand, id, street, street_number, postcode, city, country, latitude, longitude, cell, lookup_key)
  SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::float8[], $10::text[], $11::text[])
  ON CONFLICT (brand, id) DO UPDATE SET street = excluded.street, street_number = excluded.street_number, postcode = excluded.postcode, city = excluded.city,
    country = excluded.country, latitude = excluded.latitude, longitude = excluded.longitude, cell = excluded.cell, lookup_key = excluded.lookup_key, updated_at = now()
  RETURNING (xmax = 0) AS inserted`

const CHUNK = 5000

/** Stores addresses by id, replacing those that are there. Of two with one id the last one counts. */
export const upsertAddresses = async (sql: Sql, brand: string, given: readonly ServiceAddress[]): Promise<{ created: number; updated: number }> => {
  const rows = [...new Map(given.map(row => [row.id, row])).values()]
  let created = 0
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.slice(start, start + CHUNK)
    const column = (name: keyof ServiceAddress): unknown[] => chunk.map(row => row[name] ?? null)
    const cells = chunk.map(row => (row.latitude === undefined || row.longitude === undefined ? (row.cell ?? null) : finestCell({ latitude: row.latitude, longitude: row.longitude })))
    const done = await sql.query<{ inserted: boolean }>({ name: 'address-upsert', text: UPSERT }, [
      brand, column('id'), column('street'), column('streetNumber'), column('postcode'), column('city'), column('country'), column('latitude'), column('longitude'), cells, chunk.map(addressKey),
    ])
    created += done.filter(row => row.inserted).length
  }
  return { created, updated: rows.length - created }
}

export const removeAddress = async (sql: Sql, brand: string, id: string): Promise<boolean> => {
  const rows = await sql.query(`DELETE FROM service_address WHERE brand = $1 AND id = $2 RETURNING id`, [brand, id])
  return rows.length > 0
}

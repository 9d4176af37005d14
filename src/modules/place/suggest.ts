/**
 * What could have been meant by an address that is not known: streets whose names are alike (PostgreSQL trigrams, on the streets and not on the
 * millions of addresses), then the houses in them with the number or one near it. Ranked by a score from 0 to 1.
 */
import type { Database, Sql } from '../../platform/database/sql.ts'
import type { GeographicAddress } from './geographic-address.schema.ts'
import { keysOf, searchForm, type AddressKeys, type AddressWords } from './normal-form.ts'

export interface Suggestion {
  address: GeographicAddress
  /** 1 is the same. */
  score: number
}

interface Street {
  postcode_key: string
  street_key: string
  city_key: string
  street_likeness: number
  city_likeness: number
}

const MOST_STREETS = 12
/** Of a postcode whose street is at least so alike nothing further away is looked for. */
const ALIKE_ENOUGH = 0.45
/** How alike a street must be to be looked at: first what keeps the look short among a hundred thousand streets, then, when there is none, what finds several slips in one name. */
const LEAST_ALIKE = [0.4, 0.25] as const
/** A suggestion that fits less is none. */
const LEAST_SCORE = 0.3
const WEIGHTS = { street: 0.5, city: 0.2, postcode: 0.15, number: 0.15 } as const

const COLUMNS = 'postcode_key, street_key, city_key, similarity(street_search, $2) AS street_likeness, similarity(city_search, $3) AS city_likeness'

/** The streets of a postcode are few: all are compared. */
const streetsOfPostcode = (sql: Sql, brand: string, street: string, city: string, postcode: string): Promise<Street[]> =>
  sql.query<Street>(
    { name: 'place-streets-of-postcode', text: `SELECT ${COLUMNS} FROM geographic_street WHERE brand = $1 AND postcode_key = $4 ORDER BY similarity(street_search, $2) DESC LIMIT ${MOST_STREETS}` },
    [brand, street, city, postcode],
  )

const streetsAlike = (sql: Sql, brand: string, street: string, city: string, postcode: string): Promise<Street[]> =>
  sql.query<Street>(
    {
      name: 'place-streets-alike',
      text: `SELECT ${COLUMNS} FROM geographic_street WHERE brand = $1 AND street_search % $2
        ORDER BY similarity(street_search, $2) * 0.6 + similarity(city_search, $3) * 0.3 + CASE WHEN postcode_key = $4 THEN 0.1 ELSE 0 END DESC LIMIT ${MOST_STREETS}`,
    },
    [brand, street, city, postcode],
  )

/** The number itself, the house without or with a letter, the neighbours; each with how near it is. */
export const numbersNear = (number: string): Map<string, number> => {
  const near = new Map<string, number>()
  const add = (key: string, likeness: number): void => void (near.has(key) || near.set(key, likeness))
  add(number, 1)
  const digits = /^\d{1,6}/.exec(number)?.[0]
  if (digits === undefined) return near
  add(digits, 0.8)
  for (const letter of 'abcdef') add(`${digits}${letter}`, 0.75)
  for (const [step, likeness] of [[2, 0.5], [1, 0.45], [4, 0.4], [3, 0.35], [6, 0.3]] as const) {
    for (const other of [Number(digits) - step, Number(digits) + step]) if (other > 0) add(String(other), likeness)
  }
  return near
}

interface House extends Street {
  id: string
  number_key: string
  doc: string
}

/** The houses of these streets that have one of the numbers; the first few of each where no number was told. */
const housesIn = (sql: Sql, brand: string, streets: readonly Street[], numbers: readonly string[]): Promise<House[]> =>
  sql.query<House>(
    {
      name: 'place-houses',
      text: `SELECT s.*, a.id, a.number_key, a.doc FROM unnest($2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[]) AS s(street_key, postcode_key, city_key, street_likeness, city_likeness),
        LATERAL (SELECT id, number_key, doc::text AS doc FROM geographic_address WHERE brand = $1 AND street_key = s.street_key AND postcode_key = s.postcode_key AND city_key = s.city_key
          AND (cardinality($7::text[]) = 0 OR number_key = ANY($7::text[])) LIMIT CASE WHEN cardinality($7::text[]) = 0 THEN 5 ELSE 40 END) a`,
    },
    [brand, streets.map(s => s.street_key), streets.map(s => s.postcode_key), streets.map(s => s.city_key), streets.map(s => s.street_likeness), streets.map(s => s.city_likeness), numbers],
  )

/** Houses of a street that are looked through for the nearest number. */
const MOST_HOUSES = 500

/** The houses of these streets whose numbers are nearest, however far: the nearest first. */
const nearestIn = async (sql: Sql, brand: string, streets: readonly Street[], number: number, most: number): Promise<House[]> =>
  sql.query<House>(
    {
      name: 'place-houses-nearest',
      text: `SELECT s.*, n.id, n.number_key, n.doc FROM unnest($2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[]) AS s(street_key, postcode_key, city_key, street_likeness, city_likeness),
        LATERAL (SELECT id, number_key, doc, abs(substring(number_key FROM '^\\d{1,6}')::int - $7::int) AS away FROM (
            SELECT id, number_key, doc::text AS doc FROM geographic_address WHERE brand = $1 AND street_key = s.street_key AND postcode_key = s.postcode_key AND city_key = s.city_key AND number_key ~ '^\\d{1,6}' LIMIT ${MOST_HOUSES}) a
          ORDER BY away, id LIMIT $8) n ORDER BY n.away, n.id LIMIT $8`,
    },
    [brand, streets.map(s => s.street_key), streets.map(s => s.postcode_key), streets.map(s => s.city_key), streets.map(s => s.street_likeness), streets.map(s => s.city_likeness), number, most],
  )

/** Only what was told counts, each part by its weight. */
const scoreOf = (house: House, asked: AddressKeys, near: ReadonlyMap<string, number>): number => {
  const parts: [number, number][] = [[WEIGHTS.street, house.street_key === asked.street ? 1 : house.street_likeness]]
  if (asked.city !== '') parts.push([WEIGHTS.city, house.city_key === asked.city ? 1 : house.city_likeness])
  if (asked.postcode !== '') parts.push([WEIGHTS.postcode, house.postcode_key === asked.postcode ? 1 : 0])
  if (asked.number !== '') parts.push([WEIGHTS.number, near.get(house.number_key) ?? 0])
  const all = parts.reduce((sum, [weight]) => sum + weight, 0)
  return Math.round((parts.reduce((sum, [weight, likeness]) => sum + weight * likeness, 0) / all) * 1000) / 1000
}

export interface Suggested {
  /** The best first. */
  suggestions: Suggestion[]
  /** The street is known as it was written, in the postcode or town that was told. */
  streetKnown: boolean
}

/** Up to `most` addresses that could have been meant. Nothing without a street. */
export const suggest = async (sql: Database, brand: string, words: AddressWords, most: number): Promise<Suggested> => {
  const asked = keysOf(words)
  if (asked.street === '') return { suggestions: [], streetKnown: false }
  const street = searchForm(words.street ?? '')
  const city = searchForm(words.city ?? '')
  let streets = asked.postcode === '' ? [] : await streetsOfPostcode(sql, brand, street, city, asked.postcode)
  const isThere = (one: Street): boolean => (one.street_key === asked.street || one.street_likeness >= ALIKE_ENOUGH) && (asked.city === '' || one.city_key === asked.city || one.city_likeness >= ALIKE_ENOUGH)
  if (!streets.some(isThere)) {
    const alike = await sql.transaction(async tx => {
      for (const least of LEAST_ALIKE) {
        await tx.query(`SET LOCAL pg_trgm.similarity_threshold = ${least}`)
        const found = await streetsAlike(tx, brand, street, city, asked.postcode)
        if (found.length > 0) return found
      }
      return []
    })
    const told = new Set(alike.map(one => `${one.postcode_key}|${one.street_key}|${one.city_key}`))
    streets = [...alike, ...streets.filter(one => !told.has(`${one.postcode_key}|${one.street_key}|${one.city_key}`))]
  }
  const streetKnown = streets.some(one => one.street_key === asked.street && (asked.postcode === '' ? asked.city === '' || one.city_key === asked.city : one.postcode_key === asked.postcode))
  if (streets.length === 0) return { suggestions: [], streetKnown }
  const near = asked.number === '' ? new Map<string, number>() : numbersNear(asked.number)
  const houses = await housesIn(sql, brand, streets, [...near.keys()])
  // No house near the number in the street itself: those that come nearest, so that who asks sees what numbers there are.
  const digits = /^\d{1,6}/.exec(asked.number)?.[0]
  const itself = streets.filter(one => one.street_key === asked.street && (asked.postcode === '' || one.postcode_key === asked.postcode))
  if (streetKnown && digits !== undefined && !houses.some(house => house.street_key === asked.street && (asked.postcode === '' || house.postcode_key === asked.postcode))) {
    const nearest = await nearestIn(sql, brand, itself, Number(digits), most)
    for (const [index, house] of nearest.entries()) near.set(house.number_key, Math.max(near.get(house.number_key) ?? 0, 0.25 - index * 0.03))
    houses.push(...nearest)
  }
  const suggestions = houses
    .map(house => ({ address: JSON.parse(house.doc) as GeographicAddress, score: scoreOf(house, asked, near) }))
    .filter(one => one.score >= LEAST_SCORE)
    .sort((a, b) => b.score - a.score || (a.address.id < b.address.id ? -1 : 1))
  return { suggestions: suggestions.slice(0, most), streetKnown }
}

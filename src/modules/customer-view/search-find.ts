/**
 * Statements that find entries, stage by stage. Each stage goes along an index in one order from where the last page ended, so that a page costs
 * as much among a million as among a thousand. All stay within the brand and within what the caller may read.
 */
import type { Sql } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Resource } from '../../tmf/resource.ts'
import { isConfined } from '../../platform/principal.ts'
import { mayRead } from '../../tmf/storage/scope.ts'
import { listSql } from './person-sql.ts'
import { namedStatement, relationsFor, type Relations } from './relations.ts'
import { nearKeys } from './search-text.ts'

/** What follows every text that begins with another: no word or identifier holds it. */
const END = '\u{10FFFF}'
/** Entries of one identifier: a number that more have is no identifier. */
const MOST_IDENTIFIED = 200
const MOST_PREFIXED = 100
/** Words that share a key are many where names are alike; all that differ in one letter should be among them. */
const MOST_NEAR = 1_000
/** Entries with typos that are looked at: who wants others has to write more, or better. */
export const MOST_SIMILAR = 120
/** Postings of a word that are looked at to tell how many it has; fewer where it is one of many. */
const COUNTED = 200
const COUNTED_EACH = 25
/** Words that begin so, counted to this. */
const MOST_WORDS = 5_000
/** Words that are named one by one; a beginning of more is compared with each word of an entry. */
const MOST_BEGINNINGS = 200

export interface Finder {
  sql: Sql
  context: Context
  served: ReadonlyMap<string, Resource<any>>
  /** Resources that hits come from. */
  resources: readonly string[]
}

const start = ({ context, served }: Finder): Relations => relationsFor(context, served, [context.brand])

const readableOf = (finder: Finder): string[] => finder.resources.filter(name => mayRead(finder.context, name))

/** Whether the caller may see the row behind an entry `e`. */
export const visibleSql = (finder: Finder, relations: Relations, e = 'e'): string => {
  const readable = readableOf(finder)
  if (!isConfined(finder.context.principal)) return `${e}.resource = ANY(${listSql(readable)})`
  return `(${readable.map(name => `${e}.resource = '${name}' AND EXISTS (SELECT 1 FROM ${relations.of(name)} AS r WHERE r.id = ${e}.resource_id)`).join(' OR ') || 'false'})`
}

const entryIds = async (finder: Finder, text: string, relations: Relations): Promise<string[]> => {
  const rows = await finder.sql.query<{ id: string }>(namedStatement('search', text), relations.values)
  return rows.map(row => row.id)
}

/** Entries that have one of these identifiers, or are called so. */
export const findIdentified = (finder: Finder, keys: readonly string[], id: string): Promise<string[]> => {
  const relations = start(finder)
  const visible = visibleSql(finder, relations)
  const text = `SELECT e.id FROM search_identifier i JOIN search_entry e ON e.id = i.entry_id WHERE i.brand = $1 AND i.value = ANY(${relations.add(keys)}::text[]) AND ${visible}
    UNION SELECT e.id FROM search_entry e WHERE e.brand = $1 AND e.resource_id COLLATE "C" = ${relations.add(id)}::text AND ${visible} LIMIT ${MOST_IDENTIFIED}`
  return entryIds(finder, text, relations)
}

/** Entries with an identifier that begins so, in the order of the identifiers: the first of them are all that are shown. */
export const findIdentifierPrefix = (finder: Finder, prefixes: readonly string[], id: string): Promise<string[]> => {
  const relations = start(finder)
  const visible = visibleSql(finder, relations)
  const ranges = prefixes.map(prefix => {
    const low = relations.add(prefix)
    return `(SELECT e.id FROM search_identifier i JOIN search_entry e ON e.id = i.entry_id WHERE i.brand = $1 AND i.value >= ${low}::text AND i.value < ${low}::text || '${END}' AND i.kind <> 'phone' AND ${visible} ORDER BY i.value, i.entry_id LIMIT ${MOST_PREFIXED})`
  })
  const low = relations.add(id)
  ranges.push(`(SELECT e.id FROM search_entry e WHERE e.brand = $1 AND e.resource_id COLLATE "C" >= ${low}::text AND e.resource_id COLLATE "C" < ${low}::text || '${END}' AND ${visible} ORDER BY e.resource_id COLLATE "C" LIMIT ${MOST_PREFIXED})`)
  return entryIds(finder, ranges.join(' UNION '), relations)
}

export interface CountedWord {
  /** About how many entries have the word, and have one that begins so; none is none. */
  exact: number
  prefix: number
  /** Words that begin so; undefined where they are too many to be named. */
  beginnings: number[] | undefined
}

/**
 * About how many entries have a word. Subjects' keys are spread evenly, so the key of the last of the first few says how many follow: a count
 * that stops somewhere would take a name of thousands for one of a million, and let the wrong word lead.
 */
const estimateSql = (wordId: string, counted: number): string =>
  `(SELECT CASE WHEN count(*) < ${counted} THEN count(*)::float8 ELSE ${counted} * (2.0::float8 ^ 64 / (max(c.key)::float8 + 2.0::float8 ^ 63 + 1)) END FROM (SELECT p.subject_key AS key FROM search_posting p WHERE p.word_id = ${wordId} ORDER BY p.subject_key LIMIT ${counted}) AS c)`

/** How common each word is. */
export const countWords = async (finder: Finder, words: readonly string[]): Promise<CountedWord[]> => {
  const range = `w.brand = $1 AND w.word >= u.word AND w.word < u.word || '${END}'`
  const rows = await finder.sql.query<{ exact: number; prefix: number; words: number; beginnings: number[] }>(
    {
      name: 'search-count-words',
      text: `SELECT coalesce((SELECT ${estimateSql('w.id', COUNTED)} FROM search_word w WHERE w.brand = $1 AND w.word = u.word), 0) AS exact,
          coalesce(b.entries, 0) AS prefix, (SELECT count(*) FROM (SELECT 1 FROM search_word w WHERE ${range} LIMIT ${MOST_WORDS}) AS c)::int AS words, coalesce(b.ids, '{}') AS beginnings
        FROM unnest($2::text[]) WITH ORDINALITY AS u(word, n)
        CROSS JOIN LATERAL (SELECT sum(${estimateSql('w.id', COUNTED_EACH)}) AS entries, array_agg(w.id) AS ids FROM (SELECT w.id FROM search_word w WHERE ${range} ORDER BY w.word LIMIT ${MOST_BEGINNINGS}) AS w) AS b ORDER BY u.n`,
    },
    [finder.context.brand, words],
  )
  // Those that were not looked at are taken to be as common as those that were.
  return rows.map(({ exact, prefix, words: count, beginnings }) => (count <= MOST_BEGINNINGS ? { exact, prefix, beginnings } : { exact, prefix: (prefix * count) / MOST_BEGINNINGS, beginnings: undefined }))
}

/** Where a page of words ended: the word that led, and the key of the person. */
export interface WordPlace {
  word: string
  key: string
}

export interface WordHit extends WordPlace {
  id: string
}

export interface WordSearch {
  words: readonly string[]
  /** What countWords said of them. */
  counts: readonly CountedWord[]
  /** Which of them leads: the one with the fewest entries. */
  lead: number
  /** Whole words, or words that begin so. */
  whole: boolean
  after: WordPlace | undefined
  limit: number
}

/** Entries that have all the words as they are: their lists are in one order, so that they are walked side by side. */
const findWholeWords = (finder: Finder, { words, lead, after, limit }: WordSearch): Promise<WordHit[]> => {
  const relations = start(finder)
  const visible = visibleSql(finder, relations)
  const id = (word: string): string => `(SELECT w.id FROM search_word w WHERE w.brand = $1 AND w.word = ${relations.add(word)}::text)`
  const others = words.filter((_, index) => index !== lead).map((word, n) => ` JOIN search_posting o${n} ON o${n}.word_id = ${id(word)} AND o${n}.subject_key = p.subject_key AND o${n}.entry_id = p.entry_id`)
  const beyond = after === undefined ? '' : ` AND p.subject_key > ${relations.add(after.key)}::bigint`
  const text = `SELECT ${relations.add(words[lead])}::text AS word, p.subject_key AS key, p.entry_id AS id
    FROM (SELECT p.subject_key, p.entry_id FROM search_posting p${others.join('')} WHERE p.word_id = ${id(words[lead]!)}${beyond} ORDER BY p.subject_key, p.entry_id OFFSET 0) AS p
    WHERE EXISTS (SELECT 1 FROM search_entry e WHERE e.id = p.entry_id AND ${visible} OFFSET 0) ORDER BY p.subject_key, p.entry_id LIMIT ${limit}`
  return finder.sql.query<WordHit>(namedStatement('search', text), relations.values)
}

/** An entry has a handful of words: they are read and compared, because to look for each of many ids in turn takes longer (hence + 0). */
const hasOneOf = (relations: Relations, ids: readonly number[]): string => ` AND EXISTS (SELECT 1 FROM search_posting o WHERE o.entry_id = p.entry_id AND o.word_id + 0 = ANY(${relations.add(ids)}::int[]) OFFSET 0)`

/** Entries with words that begin with all of these, in the order of the word that leads and of persons. */
const findBeginnings = (finder: Finder, { words, counts, lead, after, limit }: WordSearch): Promise<WordHit[]> => {
  const relations = start(finder)
  const visible = visibleSql(finder, relations)
  const range = (column: string, word: string): string => {
    const low = relations.add(word)
    return `${column} >= ${low}::text AND ${column} < ${low}::text || '${END}'`
  }
  // Alone, a whole word was the stage before.
  const beyond = words.length === 1 ? ` AND w.word > ${relations.add(words[lead])}::text` : ''
  const others = words.flatMap((word, index) => {
    if (index === lead) return []
    const ids = counts[index]?.beginnings
    return ids === undefined ? [` AND EXISTS (SELECT 1 FROM search_posting o JOIN search_word v ON v.id = o.word_id WHERE o.entry_id = p.entry_id AND ${range('v.word', word)} OFFSET 0)`] : [hasOneOf(relations, ids)]
  })
  const [afterWord, afterKey] = after === undefined ? ['', ''] : [relations.add(after.word), relations.add(after.key)]
  const beyondKey = after === undefined ? '' : ` AND p.subject_key > CASE WHEN w.word = ${afterWord}::text THEN ${afterKey}::bigint ELSE '-9223372036854775808'::bigint END`
  const text = `SELECT w.word, p.subject_key AS key, p.entry_id AS id
    FROM (SELECT w.id, w.word FROM search_word w WHERE w.brand = $1 AND ${range('w.word', words[lead]!)}${beyond}${after === undefined ? '' : ` AND w.word >= ${afterWord}::text`} ORDER BY w.word) AS w
    CROSS JOIN LATERAL (SELECT p.subject_key, p.entry_id FROM (SELECT p.subject_key, p.entry_id FROM search_posting p WHERE p.word_id = w.id${beyondKey}${others.join('')} ORDER BY p.subject_key, p.entry_id OFFSET 0) AS p
      WHERE EXISTS (SELECT 1 FROM search_entry e WHERE e.id = p.entry_id AND ${visible} OFFSET 0) ORDER BY p.subject_key, p.entry_id LIMIT ${limit}) AS p
    ORDER BY w.word, p.subject_key, p.entry_id LIMIT ${limit}`
  return finder.sql.query<WordHit>(namedStatement('search', text), relations.values)
}

/** Entries that have all the words, in the order of the word that leads and of persons. */
export const findWords = (finder: Finder, search: WordSearch): Promise<WordHit[]> => (search.whole ? findWholeWords(finder, search) : findBeginnings(finder, search))

export interface NearWord {
  /** Of the question's words the one that it is near to, from 1. */
  n: number
  id: number
  word: string
}

const arrayText = (keys: readonly number[]): string => `{${keys.join(',')}}`

/**
 * Words of the brand that share a key with each word of the question: those that differ in a letter or two are among them. Where there are very
 * many, those that share a key of one letter come first.
 */
export const findNearWords = (finder: Finder, words: readonly string[]): Promise<NearWord[]> =>
  finder.sql.query<NearWord>(
    {
      name: 'search-near',
      text: `SELECT u.n::int AS n, w.id, w.word FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS u(word, closer, keys, n) CROSS JOIN LATERAL (
        (SELECT w.id, w.word FROM search_word w WHERE w.brand = $1 AND w.near && u.closer::int[] LIMIT ${MOST_NEAR})
        UNION (SELECT w.id, w.word FROM search_word w WHERE w.brand = $1 AND w.near && u.keys::int[] LIMIT ${MOST_NEAR})
        UNION (SELECT w.id, w.word FROM search_word w WHERE w.brand = $1 AND w.word >= u.word AND w.word < u.word || '${END}' ORDER BY w.word LIMIT 50)) AS w`,
    },
    [finder.context.brand, words, words.map(word => arrayText(nearKeys(word, 1))), words.map(word => arrayText(nearKeys(word)))],
  )

/** About how many entries have each of these words. */
export const countEntries = async (finder: Finder, ids: readonly number[]): Promise<Map<number, number>> => {
  const rows = await finder.sql.query<{ id: number; entries: number }>({ name: 'search-count-entries', text: `SELECT u.id, ${estimateSql('u.id', COUNTED_EACH)} AS entries FROM unnest($1::int[]) AS u(id)` }, [ids])
  return new Map(rows.map(row => [row.id, row.entries]))
}

/** Entries that have one of the words of each list; the first list is walked along, the best words first. */
export const findAlternatives = (finder: Finder, lists: readonly (readonly number[])[]): Promise<string[]> => {
  const relations = start(finder)
  const visible = visibleSql(finder, relations)
  const [lead = [], ...rest] = lists
  const text = `SELECT p.entry_id AS id FROM unnest(${relations.add(lead)}::int[]) WITH ORDINALITY AS u(id, n)
    CROSS JOIN LATERAL (SELECT p.entry_id FROM (SELECT p.entry_id FROM search_posting p WHERE p.word_id = u.id${rest.map(ids => hasOneOf(relations, ids)).join('')} ORDER BY p.subject_key OFFSET 0) AS p
      WHERE EXISTS (SELECT 1 FROM search_entry e WHERE e.id = p.entry_id AND e.brand = $1 AND ${visible} OFFSET 0) LIMIT ${MOST_SIMILAR}) AS p
    LIMIT ${MOST_SIMILAR}`
  return entryIds(finder, text, relations)
}

/** All entries of a caller who is confined to a few parties: so few that they are all looked at. */
export const findOwn = (finder: Finder, parties: readonly string[], most: number): Promise<string[]> => {
  const relations = start(finder)
  const visible = visibleSql(finder, relations)
  return entryIds(finder, `SELECT e.id FROM search_entry e WHERE e.brand = $1 AND (e.owner_party = ANY(${relations.add(parties)}::text[]) OR e.subject = ANY(${relations.add(parties)}::text[])) AND ${visible} ORDER BY e.id LIMIT ${most}`, relations)
}

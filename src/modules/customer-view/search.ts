/**
 * The search for people in stages: identifiers as they are, whole words, beginnings, similar words. Each stage is asked only while the page is
 * not full, and what is less sure not on the page of what is sure. Hits are grouped by person; a person is shown once, at its best place, also over pages.
 */
import type { Context } from '../../platform/principal.ts'
import { isConfined } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { mayRead, scopeOf } from '../../tmf/storage/scope.ts'
import { EXTERNAL, externalSql, isAskedSql } from './identifier-form.ts'
import { listSql } from './person-sql.ts'
import { grantedFor } from './perspective.ts'
import { namedStatement, relationsFor, withRelations } from './relations.ts'
import { countEntries, countWords, findAlternatives, findIdentified, findIdentifierPrefix, findNearWords, findOwn, findWords, type CountedWord, type Finder, type WordPlace } from './search-find.ts'
import { matchesOf, STAGES, type Match, type Question, type Stage } from './search-match.ts'
import { readPeople, type FoundPeople, type FoundPerson } from './search-people.ts'
import { typosBetween, typosIn } from './search-text.ts'
import type { View } from './view.ts'

/** Where a page ended. */
export type Place = { step: 'identifier' | 'number' | 'similar'; score: number; key: string } | { step: 'exact' | 'prefix'; lead: number; word: string; key: string } | { step: Step; fresh: true }
export const STEPS = ['identifier', 'exact', 'number', 'prefix', 'similar'] as const
export type Step = (typeof STEPS)[number]

export interface Hit extends Match {
  resource: string
  id: string
}

export interface PersonHit {
  person: FoundPerson
  stage: Stage
  score: number
  hits: Hit[]
}

export interface SearchPage {
  persons: PersonHit[]
  next: Place | undefined
}

interface Ranked extends PersonHit {
  key: string
  /** Of its documents that have all words: which words they have, and the key. */
  places: { stage: Stage; words: readonly string[]; key: string }[]
  /** Found by the beginning of an identifier. */
  byNumber: boolean
}

const MOST_HITS = 10
/** Words that one of the question may mean: the nearest. */
const MOST_ALTERNATIVES = 40
/** A caller who is confined to more parties than that is no customer. */
const FEW_PARTIES = 50
const MOST_OWN = 2_000
/** What is left of the score of somebody whose number another one has now. */
const FORMER = 0.9

const rank = (stage: Stage): number => STAGES.indexOf(stage)

export interface Search {
  finder: Finder
  view: View
  idFields: ReadonlyMap<string, string>
  question: Question
  /** In business time: who has an identifier now. */
  now: Date
}

export const searchIn = (view: View, deps: Pick<Services, 'database' | 'clock'>, context: Context, question: Question, types: readonly string[] | undefined): Search => ({
  // Rows of others are found where these let the caller search.
  finder: { sql: deps.database, context: grantedFor(context, ['customerSearch'], true), served: view.parts.served, resources: types ?? view.parts.search.map(source => source.resource) },
  view,
  idFields: new Map(view.parts.search.map(source => [source.resource, source.idField])),
  question,
  now: deps.clock.now(),
})

const lowest = (keys: readonly string[]): string => keys.reduce((a, b) => (BigInt(a) < BigInt(b) ? a : b))

/** Why a person was found, by all of its documents; undefined when it was not. */
const ranked = ({ question, idFields }: Search, person: FoundPerson, looked: readonly Hit[] = []): Ranked | undefined => {
  const hits: Hit[] = [...looked]
  const places: Ranked['places'] = []
  const keys: string[] = []
  let byNumber = false
  for (const entry of person.entries.values()) {
    const { matches, byWords, byIdentifier } = matchesOf(question, entry.resourceId, idFields.get(entry.resource) ?? 'id', entry.terms)
    if (matches.length === 0) continue
    keys.push(entry.key)
    hits.push(...matches.map(match => ({ ...match, resource: entry.resource, id: entry.resourceId })))
    if (byWords !== undefined) places.push({ stage: byWords.stage, words: byWords.words, key: entry.key })
    byNumber ||= byIdentifier.some(match => match.stage === 'prefix')
  }
  hits.sort((a, b) => rank(a.stage) - rank(b.stage) || b.score - a.score || (a.resource < b.resource ? -1 : 1))
  const [best] = hits
  return best && { person, stage: best.stage, score: best.score, hits: hits.slice(0, MOST_HITS), key: keys.length > 0 ? lowest(keys) : '0', places, byNumber }
}

const inOrder = (a: Ranked, b: Ranked): number => rank(a.stage) - rank(b.stage) || b.score - a.score || (BigInt(a.key) < BigInt(b.key) ? -1 : 1)

const rankAll = (search: Search, found: FoundPeople, looked: ReadonlyMap<string, readonly Hit[]> = new Map<string, Hit[]>()): Ranked[] =>
  [...found.people.values()].flatMap(person => ranked(search, person, looked.get(person.person)) ?? [])

/** Parties and roles that another system knows under the id that was asked for, as far as the caller may read them. */
const externals = async ({ finder, view, question: { form } }: Search): Promise<{ id: string; value: string }[]> => {
  const people = [...view.parts.people.parties, ...view.parts.people.roles].filter(({ name }) => mayRead(finder.context, name))
  const relations = relationsFor(finder.context, finder.served, [finder.context.brand])
  const rows = people.map(({ name }) => `SELECT x.id, x.value FROM (${externalSql(relations.add(form?.sources), relations.add(form?.ids), listSql([name]))}) AS x JOIN ${relations.of(name)} AS r ON r.id = x.id`)
  return rows.length === 0 ? [] : await finder.sql.query<{ id: string; value: string }>(namedStatement('search', `${rows.join(' UNION ')} LIMIT 200`), relations.values)
}

/** `sure`: verified, so that nobody else has it. */
type LookedUp = Hit & { sure: boolean }

/** What other modules know people by, apart from documents. */
const lookUp = async (search: Search): Promise<Map<string, LookedUp[]>> => {
  const { finder, view, question } = search
  const found = new Map<string, LookedUp[]>()
  const { form } = question
  for (const lookup of view.parts.lookups) {
    if (!lookup.reads.every(name => mayRead(finder.context, name))) continue
    // What a party is known by is told where the same one let the caller read this.
    const relations = relationsFor(grantedFor(finder.context, lookup.reads, false), finder.served, [finder.context.brand, form?.keys ?? question.keys, search.now.toISOString()])
    const reached = !isConfined(finder.context.principal) ? 'true' : `(${view.parts.people.parties.map(({ name }) => `EXISTS (SELECT 1 FROM ${relations.of(name)} AS r WHERE r.id = l.id)`).join(' OR ') || 'false'})`
    const asked = form === undefined ? 'true' : isAskedSql(relations.add(form.type), relations.add(form.whole), relations.add(form.scoped))
    const text = `SELECT l.id, l.field, l.value, l.sure FROM (${withRelations(lookup.sql, relations)}) AS l WHERE ${asked} AND ${reached} LIMIT 200`
    const rows = await finder.sql.query<{ id: string; field: string; value: string; sure: boolean }>(namedStatement('search', text), relations.values)
    for (const { id, field, value, sure } of rows) found.set(id, [...(found.get(id) ?? []), { stage: 'identifier', score: 1, field, value, sure, resource: 'individual', id }])
  }
  if (form?.type === EXTERNAL) for (const { id, value } of await externals(search)) found.set(id, [...(found.get(id) ?? []), { stage: 'identifier', score: 1, field: EXTERNAL, value, sure: true, resource: 'individual', id }])
  return found
}

/**
 * One who was found, where it is whom the question means. A number that was given on stands in the records of those before: what a party's
 * record says counts where nobody has it, what another one says where nobody has it verified. Without its kind it may be another number: then they come later.
 */
const meant = ({ view, question: { form }, idFields }: Search, hitsOf: ReadonlyMap<string, readonly LookedUp[]>, one: Ranked): Ranked | undefined => {
  if (one.stage !== 'identifier') return undefined
  const held = [...hitsOf.values()].flat()
  const sureFields = new Set(held.filter(hit => hit.sure).map(hit => hit.field))
  const heldFields = new Set(held.map(hit => hit.field))
  const isParty = (hit: Hit): boolean => view.parts.people.parties.some(({ name }) => name === hit.resource)
  const own = hitsOf.get(one.person.person) ?? []
  const counts = (hit: Hit): boolean => hit.field === idFields.get(hit.resource) || !(sureFields.has(hit.field) || (heldFields.has(hit.field) && isParty(hit)))
  const isHolder = own.some(hit => hit.sure || !sureFields.has(hit.field))
  const said = one.hits.filter(hit => hit.stage === 'identifier' && (form === undefined || hit.field.toLowerCase() === form.type))
  if (said.length === 0) return undefined
  if (isHolder || said.some(counts)) return one
  return form === undefined ? { ...one, score: one.score * FORMER } : undefined
}

/** All whose identifier it is; never many. */
const identified = async (search: Search): Promise<Ranked[]> => {
  const { finder, view, question } = search
  const [looked, ids] = await Promise.all([lookUp(search), findIdentified(finder, question.keys, question.text)])
  if (ids.length === 0 && looked.size === 0) return []
  const found = await readPeople(finder, view.parts.people, ids, [...looked.keys()])
  const hitsOf = new Map<string, LookedUp[]>()
  for (const [party, hits] of looked) {
    const person = found.ofParty.get(party)
    const shown = person === undefined ? undefined : found.people.get(person)
    const member = [...(shown?.parties ?? []), ...(shown?.roles ?? [])].find(one => one.id === party)
    // A party that the caller may not see is not told of.
    if (person !== undefined && member !== undefined) hitsOf.set(person, [...(hitsOf.get(person) ?? []), ...hits.map(hit => ({ ...hit, resource: member.resource }))])
  }
  return rankAll(search, found, hitsOf).flatMap(one => meant(search, hitsOf, one) ?? []).toSorted(inOrder)
}

/** All with an identifier that begins so, as many as are shown of them. */
const numbered = async (search: Search): Promise<Ranked[]> => {
  const { finder, view, question } = search
  // Several words without a digit are a name.
  if (question.prefixes.length === 0 || (question.words.length > 1 && !/[\p{N}@]/u.test(question.text))) return []
  const ids = await findIdentifierPrefix(finder, question.prefixes, question.text)
  if (ids.length === 0) return []
  return rankAll(search, await readPeople(finder, view.parts.people, ids)).filter(one => one.byNumber && rank(one.stage) >= rank('prefix')).toSorted(inOrder)
}

/** Words that are written nearly so; at least one word of each hit is. */
const similar = async (search: Search): Promise<Ranked[]> => {
  const { finder, view, question } = search
  const { words } = question
  if (words.every(word => typosIn(word) === 0)) return []
  const near = await findNearWords(finder, words)
  const meant = words.map((word, index) =>
    near
      .filter(one => one.n === index + 1)
      .map(one => ({ ...one, typos: one.word.startsWith(word) ? 0 : typosBetween(word, one.word, typosIn(word)) }))
      .filter(one => one.typos === 0 || one.typos <= typosIn(word))
      .toSorted((a, b) => a.typos - b.typos || a.word.length - b.word.length)
      .slice(0, MOST_ALTERNATIVES),
  )
  if (meant.some(list => list.length === 0)) return []
  const counts = await countEntries(finder, [...new Set(meant.flatMap(list => list.map(one => one.id)))])
  const partOf = (list: readonly { id: number }[]) => ({ ids: list.map(one => one.id), entries: list.reduce((sum, one) => sum + (counts.get(one.id) ?? 0), 0) })
  const ids = new Set<string>()
  for (const [index, list] of meant.entries()) {
    const written = list.filter(one => one.typos > 0)
    if (written.length === 0) continue
    const parts = [written, ...meant.filter((_, other) => other !== index)].map(partOf)
    // The rarest words lead.
    for (const id of await findAlternatives(finder, parts.toSorted((a, b) => a.entries - b.entries).map(part => part.ids))) ids.add(id)
  }
  if (ids.size === 0) return []
  return rankAll(search, await readPeople(finder, view.parts.people, [...ids])).filter(one => one.stage === 'similar').toSorted(inOrder)
}

const isBehind = (one: Ranked, after: { score: number; key: string }): boolean => one.score < after.score || (one.score === after.score && BigInt(one.key) > BigInt(after.key))

const isBefore = (a: WordPlace, b: WordPlace): boolean => a.word < b.word || (a.word === b.word && BigInt(a.key) < BigInt(b.key))

/** The first place at which a person comes up in a walk along the words that begin with the one that leads. */
const firstPlace = (one: Ranked, stage: Stage, lead: string): WordPlace | undefined =>
  one.places
    .filter(place => place.stage === stage)
    .flatMap(place => place.words.filter(word => (stage === 'exact' ? word === lead : word.startsWith(lead))).map(word => ({ word, key: place.key })))
    .reduce<WordPlace | undefined>((first, place) => (first === undefined || isBefore(place, first) ? place : first), undefined)

/** Walks along the entries with all words until the page is full. */
const walkWords = async (search: Search, stage: 'exact' | 'prefix', counts: readonly CountedWord[], from: WordPlace | undefined, lead: number, room: number, skip: ReadonlySet<string>): Promise<{ persons: Ranked[]; end: WordPlace | undefined }> => {
  const { finder, view, question } = search
  const persons: Ranked[] = []
  const taken = new Set(skip)
  let after = from
  // A person has two documents mostly: the party's and the customer's.
  const limit = room * 2 + 5
  for (;;) {
    const rows = await findWords(finder, { words: question.words, counts, lead, whole: stage === 'exact', after, limit })
    if (rows.length === 0) return { persons, end: undefined }
    const found = await readPeople(finder, view.parts.people, rows.map(row => row.id))
    for (const row of rows) {
      for (const name of found.ofEntry.get(row.id) ?? []) {
        const person = found.people.get(name)
        if (person === undefined || taken.has(name)) continue
        taken.add(name)
        const one = ranked(search, person)
        const first = one && firstPlace(one, stage, question.words[lead]!)
        // A better stage, or an earlier place of another document of the same person: it was shown there.
        if (one === undefined || one.stage !== stage || first === undefined || isBefore(first, row)) continue
        if (persons.length === room) return { persons, end: after }
        persons.push(one)
      }
      after = { word: row.word, key: row.key }
    }
    if (rows.length < limit) return { persons, end: undefined }
    if (persons.length === room) return { persons, end: after }
  }
}

const bounded = (all: readonly Ranked[], step: 'identifier' | 'number' | 'similar', after: Place | undefined, room: number): { persons: Ranked[]; next: Place | undefined } => {
  const rest = after !== undefined && 'score' in after ? all.filter(one => isBehind(one, after)) : all
  const persons = rest.slice(0, room)
  const last = persons.at(-1)
  return { persons, next: rest.length > room && last !== undefined ? { step, score: last.score, key: last.key } : undefined }
}

/** A customer who looks among what is its own: all of it is looked at. */
const searchOwn = async (search: Search, parties: readonly string[], after: Place | undefined, limit: number): Promise<SearchPage> => {
  const found = await readPeople(search.finder, search.view.parts.people, await findOwn(search.finder, parties, MOST_OWN))
  const all = rankAll(search, found).map(one => ({ ...one, score: 1 - rank(one.stage) / 10 + one.score / 100 })).toSorted((a, b) => b.score - a.score || (BigInt(a.key) < BigInt(b.key) ? -1 : 1))
  const { persons, next } = bounded(all, 'identifier', after, limit)
  return { persons, next }
}

/** The word with the fewest entries; of words that are too common to be counted the longest. */
const rarest = (words: readonly string[], entries: readonly number[]): number => {
  const least = Math.min(...entries)
  const candidates = words.filter((_, index) => entries[index] === least)
  return words.indexOf(candidates.reduce((a, b) => (b.length > a.length ? b : a)))
}

/** A page of persons, and where the next one begins. */
export const searchPeople = async (search: Search, after: Place | undefined, limit: number): Promise<SearchPage> => {
  const { finder, question } = search
  if (isConfined(finder.context.principal)) {
    const scope = scopeOf(finder.context)
    // Beside its own those of grantors: which of their rows it may see is asked of each row.
    const parties = [...new Set([...(scope.parties ?? []), ...(finder.context.principal.grants ?? []).flatMap(grant => [grant.party, ...(grant.roles ?? [])])])]
    if (scope.sells !== true && parties.length <= FEW_PARTIES) return searchOwn(search, parties, after, limit)
  }
  // Who says what kind of number it is looks for nothing else.
  if (question.form !== undefined) return bounded(await identified(search), 'identifier', after, limit)
  const persons: Ranked[] = []
  const room = (): number => limit - persons.length
  const from = after === undefined ? 0 : STEPS.indexOf(after.step)
  let counts: CountedWord[] | undefined
  let prefixed: Ranked[] | undefined
  for (const [index, step] of STEPS.entries()) {
    if (index < from) continue
    // Whoever was found by a number, or by words as they are written, is whom most look for: what is less sure is the next page.
    if (room() === 0 || (persons.length > 0 && (step === 'similar' || persons.some(one => one.stage === 'identifier')))) return { persons, next: { step, fresh: true } }
    const place = index === from ? after : undefined
    if (step === 'exact' || step === 'prefix') {
      if (question.words.length === 0) continue
      counts ??= await countWords(finder, question.words)
      const found = counts.map(count => (step === 'exact' ? count.exact : count.prefix))
      if (found.some(count => count === 0)) continue
      const lead = place !== undefined && 'lead' in place ? place.lead : rarest(question.words, found)
      if (step === 'prefix') prefixed ??= await numbered(search)
      const skip = new Set(step === 'prefix' ? prefixed?.map(one => one.person.person) : [])
      const walked = await walkWords(search, step, counts, place !== undefined && 'word' in place ? place : undefined, lead, room(), skip)
      persons.push(...walked.persons)
      if (walked.end !== undefined) return { persons, next: { step, lead, ...walked.end } }
      continue
    }
    const all = step === 'identifier' ? await identified(search) : step === 'number' ? (prefixed ??= await numbered(search)) : await similar(search)
    const page = bounded(all, step, place, room())
    persons.push(...page.persons)
    if (page.next !== undefined) return { persons, next: page.next }
  }
  return { persons, next: undefined }
}

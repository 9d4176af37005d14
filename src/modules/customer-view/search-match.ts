/**
 * Why a document answers a question: which of its terms, at which stage, how well. What the database found is looked at here once more, so that
 * a hit is never shown without its reason. Pure.
 */
import type { SearchTerm } from '../../tmf/contributions.ts'
import type { IdentifierForm } from './identifier-form.ts'
import { identifierRows } from './search-entry.ts'
import { emailKey, identifierKey, indexWords, isSamePhone, keysOf, lettersOf, phoneOf, typosBetween, typosIn, wordsOf, type Phone } from './search-text.ts'

/** In this order they are looked for and shown. `identifier`: a number or address as it is. `exact`: all words. `prefix`: beginnings. `similar`: with typos. */
export const STAGES = ['identifier', 'exact', 'prefix', 'similar'] as const
export type Stage = (typeof STAGES)[number]

/** Words that are looked at; what comes after them narrows nothing. */
const MOST_WORDS = 6
const SHORTEST_IDENTIFIER_PREFIX = 4

export interface Question {
  text: string
  words: readonly string[]
  /** Normal forms of the whole text: as identifier, as e-mail, as the end of a telephone number. */
  keys: readonly string[]
  /** The same, to begin with. */
  prefixes: readonly string[]
  phone: Phone | undefined
  /** Where the kind of identifier is said with it. */
  form?: IdentifierForm
}

export const questionOf = (asked: string): Question => {
  const text = asked.trim()
  const phone = phoneOf(text)
  const [key, email] = [identifierKey(text), emailKey(text)]
  const prefixes = [...new Set([key, ...(text.includes('@') ? [email] : [])])].filter(one => one.length >= SHORTEST_IDENTIFIER_PREFIX)
  return {
    text,
    words: wordsOf(text).slice(0, MOST_WORDS),
    keys: key === '' ? [] : keysOf(text),
    prefixes,
    phone,
  }
}

export interface Match {
  stage: Stage
  /** 0 to 1 within all stages. */
  score: number
  field: string
  value: string
}

const rank = (stage: Stage): number => STAGES.indexOf(stage)

/** The worse stage of two. */
const later = (a: Stage, b: Stage): Stage => (rank(a) > rank(b) ? a : b)

const byStage = (a: Match, b: Match): number => rank(a.stage) - rank(b.stage) || b.score - a.score

const rounded = (score: number): number => Math.round(score * 1000) / 1000

const share = (part: string, whole: string): number => part.length / Math.max(part.length, whole.length, 1)

/** How a word of the question and a word of the document compare; undefined when they do not. */
const wordMatch = (asked: string, word: string): { stage: Stage; score: number } | undefined => {
  if (asked === word) return { stage: 'exact', score: 1 }
  if (word.startsWith(asked)) return { stage: 'prefix', score: 0.6 + 0.4 * share(asked, word) }
  const most = Math.min(typosIn(asked), Math.max(typosIn(word), 1))
  if (most === 0 || typosIn(word) === 0) return undefined
  const typos = typosBetween(asked, word, most)
  return typos > most ? undefined : { stage: 'similar', score: 0.9 * (1 - typos / Math.max(lettersOf(asked).length, lettersOf(word).length)) }
}

const identifierMatches = (question: Question, id: string, idField: string, terms: readonly SearchTerm[]): Match[] => {
  const found: Match[] = []
  const key = identifierKey(question.text)
  if (id === question.text) found.push({ stage: 'identifier', score: 1, field: idField, value: id })
  else if (question.text.length >= SHORTEST_IDENTIFIER_PREFIX && id.startsWith(question.text)) found.push({ stage: 'prefix', score: share(question.text, id), field: idField, value: id })
  for (const term of terms) {
    const { field, value } = term
    const phone = term.kind === 'phone' && question.phone !== undefined ? phoneOf(value) : undefined
    if (phone !== undefined && isSamePhone(phone, question.phone!)) {
      found.push({ stage: 'identifier', score: phone.digits === question.phone!.digits ? 1 : 0.95, field, value })
      continue
    }
    for (const row of identifierRows(term)) {
      if (row.kind === 'phone') continue
      const own = row.kind === 'email' ? emailKey(question.text) : key
      if (row.value === own) found.push({ stage: 'identifier', score: 1, field, value })
      else if (own.length >= SHORTEST_IDENTIFIER_PREFIX && row.value.startsWith(own)) found.push({ stage: 'prefix', score: share(own, row.value), field, value })
    }
  }
  return found
}

interface ByWords {
  stage: Stage
  matches: Match[]
  /** Words of the document's names and addresses. */
  words: readonly string[]
}

/** All words of the question have to be in the names and addresses of the document. */
const wordMatches = (question: Question, terms: readonly SearchTerm[]): ByWords | undefined => {
  if (question.words.length === 0) return undefined
  const texts = terms.filter(term => term.kind === 'name' || term.kind === 'address').map(term => ({ term, words: indexWords(term.value) }))
  const used = new Set<SearchTerm>()
  let [stage, sum]: [Stage, number] = ['exact', 0]
  for (const asked of question.words) {
    let best: { stage: Stage; score: number; term: SearchTerm } | undefined
    for (const { term, words } of texts) {
      for (const word of words) {
        const match = wordMatch(asked, word)
        if (match && (!best || rank(match.stage) < rank(best.stage) || (match.stage === best.stage && match.score > best.score))) best = { ...match, term }
      }
    }
    if (best === undefined) return undefined
    stage = later(stage, best.stage)
    sum += best.score
    used.add(best.term)
  }
  const score = sum / question.words.length
  return { stage, matches: [...used].map(term => ({ stage, score, field: term.field, value: term.value })), words: texts.flatMap(text => text.words) }
}

export interface Matches {
  /** Every reason, best first. */
  matches: Match[]
  byWords: ByWords | undefined
  byIdentifier: Match[]
}

/** For which reasons a document answers. */
export const matchesOf = (question: Question, id: string, idField: string, terms: readonly SearchTerm[]): Matches => {
  const byWords = wordMatches(question, terms)
  const byIdentifier = identifierMatches(question, id, idField, terms)
  const seen = new Set<string>()
  const matches = [...byIdentifier, ...(byWords?.matches ?? [])].toSorted(byStage).filter(({ field, value }) => {
    const key = `${field}\n${value}`
    return !seen.has(key) && seen.add(key)
  })
  return { matches: matches.map(match => ({ ...match, score: rounded(match.score) })), byWords, byIdentifier }
}

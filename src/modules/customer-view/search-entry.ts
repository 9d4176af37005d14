/** What a document says that people are found by: turned from the declarations of all modules into the rows of the search. Pure. */
import type { SearchSource, SearchTerm } from '../../tmf/contributions.ts'
import type { Resource } from '../../tmf/resource.ts'
import { emailKey, identifierKey, indexWords, lettersOf, phoneOf } from './search-text.ts'

/** Raise it when entries are made differently: everything is then read again. */
export const ENTRY_VERSION = 3

const MOST_TERMS = 60
const LONGEST_VALUE = 200
/** Words of one entry. */
const MOST_WORDS = 80

export interface IdentifierRow {
  kind: 'identifier' | 'email' | 'phone'
  field: string
  value: string
  digits: string
}

export interface Entry {
  brand: string
  resource: string
  resourceId: string
  revision: number
  ownerParty: string | undefined
  subject: string | undefined
  also: string[]
  via: { resource: string; id: string } | undefined
  terms: SearchTerm[]
  words: string[]
  identifiers: IdentifierRow[]
}

const shortened = (value: string): string => (value.length > LONGEST_VALUE ? lettersOf(value).slice(0, LONGEST_VALUE).join('') : value)

/** The rows by which a term is looked up. A number may be a telephone number whatever it is called. */
export const identifierRows = ({ kind, field, value }: SearchTerm): IdentifierRow[] => {
  if (kind === 'name' || kind === 'address') return []
  if (kind === 'email') return [{ kind, field, value: emailKey(value), digits: '' }]
  const phone = kind === 'phone' ? phoneOf(value) : undefined
  const key = identifierKey(value)
  return [
    ...(phone === undefined ? [] : [{ kind: 'phone' as const, field, value: phone.tail, digits: `${phone.isInternational ? '+' : ''}${phone.digits}` }]),
    ...(key === '' ? [] : [{ kind: 'identifier' as const, field, value: key, digits: '' }]),
  ]
}

export interface SourceRow {
  brand: string
  id: string
  revision: number
  ownerParty: string | undefined
  doc: unknown
}

const termKey = ({ kind, field, value }: SearchTerm): string => `${kind}\n${field}\n${value}`

/** How others call what this one is called: of those that do not show, names alone. Numbers are given on. */
const otherNames = (source: SearchSource, said: readonly unknown[], terms: readonly SearchTerm[]): SearchTerm[] => {
  const known = new Set(terms.map(termKey))
  const names = said.flatMap(doc => source.terms(doc)).filter(term => term.kind === 'name')
  return [...new Map(names.map(term => [termKey(term), term])).values()].filter(term => !known.has(termKey(term)))
}

/** `said`: what each of the systems that know the row says of it, shown or not. */
export const entryOf = (source: SearchSource, row: SourceRow, said: readonly unknown[] = []): Entry => {
  const shown = source.terms(row.doc)
  const terms = [...shown, ...otherNames(source, said, shown)]
    .filter(term => term.value.trim() !== '')
    .slice(0, MOST_TERMS)
    .map(term => ({ ...term, value: shortened(term.value) }))
  const subjects = [...new Set(source.subjects?.(row.doc) ?? [])]
  const [subject = row.ownerParty, ...also] = subjects
  const identifiers = new Map(terms.flatMap(identifierRows).map(one => [`${one.value}\n${one.field}\n${one.digits}`, one]))
  return {
    brand: row.brand,
    resource: source.resource,
    resourceId: row.id,
    revision: row.revision,
    ownerParty: row.ownerParty,
    subject,
    also,
    via: source.via?.(row.doc),
    terms,
    words: [...new Set(terms.flatMap(term => (term.kind === 'name' || term.kind === 'address' ? indexWords(term.value) : [])))].slice(0, MOST_WORDS),
    identifiers: [...identifiers.values()],
  }
}

/** The sources whose resource runs, with it. */
export interface RunningSource extends SearchSource {
  served: Resource<any>
}

export const runningSources = (sources: readonly SearchSource[], resources: readonly Resource<any>[]): Map<string, RunningSource> => {
  const found = new Map<string, RunningSource>()
  for (const source of sources) {
    const served = resources.find(resource => resource.name === source.resource)
    if (served === undefined) throw new Error(`The search source ${source.resource} is no resource that a running module serves`)
    if (found.has(source.resource)) throw new Error(`Two search sources read ${source.resource}`)
    found.set(source.resource, { ...source, served })
  }
  return found
}

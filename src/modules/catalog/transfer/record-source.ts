/** Makes catalog records of a file's text: a list, an object with one list for each collection, one resource, or a resource a line. */
import type { AnyResource } from '../../../tmf/module.ts'
import { collectionNamed, collectionOfType, type FileFormat } from './collections.ts'

export type Doc = Record<string, unknown>

/** A record that can be imported. */
export interface CatalogRecord {
  resource: AnyResource
  id: string
  doc: Doc
  /** Where it stands in the file, for messages. */
  at: string
}

export interface ReadFile {
  records: CatalogRecord[]
  /** What could not be read as a record, one line each. */
  errors: string[]
}

/** The file as a whole cannot be read. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

export const MAX_RECORDS = 100_000

const isObject = (value: unknown): value is Doc => value !== null && typeof value === 'object' && !Array.isArray(value)

interface Found {
  value: unknown
  at: string
  /** Named by the list that it stands in. */
  resource?: AnyResource
}

const listed = (document: unknown): Found[] => {
  if (Array.isArray(document)) return document.map((value: unknown, index) => ({ value, at: `[${index}]` }))
  if (!isObject(document)) throw new UnreadableFile('The file holds neither a list nor an object')
  const lists = Object.entries(document).filter(([name, value]) => Array.isArray(value) && collectionNamed(name))
  // A resource has lists of references under the same names (an offering its prices), but it also has a class or an id.
  if (lists.length === 0 || document['@type'] !== undefined || document['id'] !== undefined) return [{ value: document, at: 'the document' }]
  return lists.flatMap(([name, value]) => (value as unknown[]).map((one, index) => ({ value: one, at: `${name}[${index}]`, resource: collectionNamed(name)! })))
}

const lines = (text: string): Found[] | undefined => {
  const found: Found[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      found.push({ value: JSON.parse(line), at: `line ${index + 1}` })
    } catch {
      return undefined
    }
  }
  return found
}

const parsed = (text: string, format: FileFormat): Found[] => {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (format === 'json') {
    try {
      return listed(JSON.parse(body))
    } catch (error) {
      if (error instanceof UnreadableFile) throw error
      // Many servers call newline-delimited JSON plain JSON.
      const found = lines(body)
      if (found && found.length > 1) return found
      throw new UnreadableFile(`The file is not JSON: ${(error as Error).message}`)
    }
  }
  const found = lines(body)
  if (!found) throw new UnreadableFile('The file is not newline-delimited JSON: not every line is a JSON document')
  return found
}

/** An extension's records belong to the class that they extend. */
const resourceOf = (doc: Doc, found: Found, only: AnyResource | undefined): AnyResource | undefined => {
  const byClass = [doc['@type'], doc['@baseType']].map(type => (typeof type === 'string' ? collectionOfType(type) : undefined)).find(resource => resource !== undefined)
  return found.resource ?? byClass ?? only
}

/** Reads the records; `only` is the collection that the job is about, and what records are that do not say. */
export function readRecords(text: string, format: FileFormat, only: AnyResource | undefined): ReadFile {
  const found = parsed(text, format)
  if (found.length > MAX_RECORDS) throw new UnreadableFile(`The file has ${found.length} records; ${MAX_RECORDS} is the limit`)
  const records: CatalogRecord[] = []
  const errors: string[] = []
  const seen = new Set<string>()
  for (const one of found) {
    if (!isObject(one.value)) {
      errors.push(`${one.at}: is not an object`)
      continue
    }
    const resource = resourceOf(one.value, one, only)
    const { id } = one.value
    if (!resource) errors.push(`${one.at}: does not say what it is (by @type, the list it stands in, or the job's path)`)
    else if (only && resource !== only) continue
    else if (typeof id !== 'string' || id === '') errors.push(`${one.at}: ${resource.name} has no id`)
    else if (seen.has(`${resource.name} ${id}`)) errors.push(`${one.at}: ${resource.name} ${id} is in the file twice`)
    else {
      seen.add(`${resource.name} ${id}`)
      records.push({ resource, id, doc: one.value, at: one.at })
    }
  }
  return { records, errors }
}

/**
 * Texts that tell a person apart (names, numbers, addresses), and how they are taken out of text that stays. Tags say which attributes are
 * personal; marks find what people have written into attributes that are not.
 */
import type { AnyResource } from '../../tmf/module.ts'
import { withoutTagged } from '../../tmf/masking.ts'

export interface Marks {
  /** Found anywhere: full names, e-mail addresses, streets, numbers. */
  strong: string[]
  /** Single names, which may be ordinary words too: taken out where people write freely. */
  names: string[]
  /** How the person is called elsewhere: identifiers in each spelling, ids in other systems. */
  identifiers?: string[]
  /** Lists of ids that mean the person only as a whole, each as JSON. */
  keys?: string[]
}

/** What stands where something was taken out. */
export const REPLACEMENT = 'erased'
const NAME_ATTRIBUTES: ReadonlySet<string> = new Set(['givenName', 'familyName', 'middleName', 'preferredGivenName', 'legalName', 'aristocraticTitle', 'tradingName'])
/** What comes from the catalog keeps its name, whoever is called like it. */
const CATALOG = /^(productOffering|productSpecification|productOfferingPrice|serviceSpecification|resourceSpecification|bundledProductOffering|bundledGroupProductOffering|specification|.*price|.*Price|.*PriceAlteration)$/
const IDENTIFIERS: ReadonlySet<string> = new Set(['id', 'href', '@type', '@baseType', '@schemaLocation', '@referredType', 'state', 'status', 'role'])

type Node = Record<string, unknown>

/** Calls `see` with every text that is in the one document and not in the other, with the name of its attribute. */
const texts = (whole: unknown, masked: unknown, name: string, see: (name: string, text: string) => void): void => {
  if (typeof whole === 'string') {
    if (whole !== masked) see(name, whole)
  } else if (Array.isArray(whole)) {
    whole.forEach((one, index) => texts(one, Array.isArray(masked) ? masked[index] : undefined, name, see))
  } else if (whole !== null && typeof whole === 'object') {
    for (const [key, value] of Object.entries(whole)) texts(value, (masked as Node | undefined | null)?.[key], key, see)
  }
}

const isStrong = (text: string): boolean => text.includes('@') || (text.length >= 6 && /\d/.test(text)) || (text.length >= 6 && /\S\s+\S/.test(text))

/** The marks of a person, from the documents of its parties and roles. */
export const marksOf = (documents: readonly { resource: AnyResource; doc: Node }[]): Marks => {
  const strong = new Set<string>()
  const names = new Set<string>()
  for (const { resource, doc } of documents) {
    texts(doc, withoutTagged(resource.schema, doc, ['personal']), '', (name, text) => {
      const plain = text.trim()
      if (NAME_ATTRIBUTES.has(name) && plain.length >= 3 && !/\s/.test(plain)) names.add(plain)
      else if (isStrong(plain)) strong.add(plain)
    })
    const full = [doc['givenName'], doc['familyName']].filter(part => typeof part === 'string')
    if (full.length === 2) strong.add(full.join(' ')).add(full.toReversed().join(', '))
  }
  return { strong: [...strong], names: [...names] }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** A number is the same however it is spaced. */
const patternOf = (mark: string): string => {
  const digits = mark.replace(/[\s().\-/]/g, '')
  return /^\+?\d{7,}$/.test(digits) ? digits.split('').map(escaped).join(String.raw`[\s().\-/]*`) : escaped(mark).replace(/\s+/g, String.raw`\s+`)
}

/** A function that takes the marks out of every text of a document. */
export const scrubber = (marks: Marks): ((doc: Node) => Node) => {
  const longestFirst = (list: readonly string[]) => list.toSorted((a, b) => b.length - a.length)
  const strong = marks.strong.length === 0 ? undefined : new RegExp(longestFirst(marks.strong).map(patternOf).join('|'), 'giu')
  const names = marks.names.length === 0 ? undefined : new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${longestFirst(marks.names).map(escaped).join('|')})(?![\p{L}\p{N}])`, 'giu')
  const walk = (value: unknown, name: string, fromCatalog: boolean): unknown => {
    if (typeof value === 'string') {
      if (IDENTIFIERS.has(name)) return value
      const plain = strong === undefined ? value : value.replace(strong, REPLACEMENT)
      return names === undefined || fromCatalog ? plain : plain.replace(names, REPLACEMENT)
    }
    if (Array.isArray(value)) return value.map(one => walk(one, name, fromCatalog))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, key, fromCatalog || CATALOG.test(key))]))
  }
  return doc => walk(doc, '', false) as Node
}

const decoded = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, run => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
    return bytes.toString('utf8')
  })

const INSTANT = /^\d{4}-\d\d-\d\d(T|$)/

/** What tells the person apart in a question: names, and what has no other meaning. A town or a date says nothing of who was meant. */
const asked = ({ strong, names, identifiers = [] }: Marks): string[] => {
  const known = new Set(names.map(name => name.toLowerCase()))
  const isName = (text: string) => text.split(/[\s,]+/).every(word => known.has(word.toLowerCase()))
  const isTelling = (text: string) => !INSTANT.test(text) && (text.includes('@') || isName(text) || text.replaceAll(/\D/g, '').length >= 6)
  return [...new Set([...names, ...strong.filter(isTelling), ...identifiers.filter(text => text.length >= (/^\d+$/.test(text) ? 6 : 4))])]
}

/** Says of a text whether it tells the person apart, however it is encoded for an address. */
export const finder = (marks: Marks): ((text: string) => boolean) => {
  const texts = asked(marks)
  if (texts.length === 0) return () => false
  const patterns = texts.map(text => patternOf(text.normalize('NFC').replace(/^\+(?=[\d\s().\-/]+$)/, '')))
  // A parameter is called what it is called, whoever has its name.
  const found = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${patterns.join('|')})(?![\p{L}\p{N}]|\*?=)`, 'iu')
  return text => {
    const spaced = text.replaceAll('+', ' ')
    return [text, spaced, decoded(text), decoded(spaced), decoded(decoded(text))].some(spelled => found.test(spelled.normalize('NFC')))
  }
}

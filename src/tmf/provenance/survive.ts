/**
 * Survivorship: of what several sources say about a resource, what is shown. Per attribute the source with the lowest rank wins, then the
 * newest word, then the source's name; lists whose elements have an identity may be joined element by element. Pure.
 */
import type { SourceRow } from './sources.ts'

/** The source of what was changed here, by a client or by Tandem's own work. */
export const LOCAL_SOURCE = 'tandem'
const LOCAL_RANK = 0
const UNKNOWN_RANK = 100

export interface SourceRank {
  source: string
  /** Resource name, or `*`. */
  resource: string
  /** Top-level attribute, or `*`. */
  attribute: string
  /** Lower wins. */
  rank: number
}

/** A dotted path within an element; `as` gives the one form of what can be written in several ways, where white space and case are not all. */
export type JoinPath = string | { path: string; as: (text: string, element: unknown) => string }

/**
 * Lists to join: attribute → paths within an element that together say which one it is. Texts are compared without white space and case.
 * `{ contactMedium: ['mediumType', 'characteristic.emailAddress'] }`
 */
export type Join = Readonly<Record<string, readonly JoinPath[]>>

/** An element of a joined list, and whose it is. */
export interface SurvivingElement {
  key: string
  value: unknown
  row: SourceRow
  /** Rows that have an element with this key too, and lost. */
  lost: SourceRow[]
}

export interface Survivors {
  /** What is shown: an attribute whose winner says that there is none is absent. */
  attributes: Record<string, unknown>
  /** The winning row of each attribute; of a joined list the best row, `elements` says more. */
  chosen: Map<string, SourceRow>
  /** The others, best first. */
  lost: Map<string, SourceRow[]>
  /** Of joined lists: whose each element is. */
  elements: Map<string, SurvivingElement[]>
}

/** The rank of a source for an attribute: the most specific row about it, else 0 for `tandem` and 100 for all others. */
export const rankOf = (ranks: readonly SourceRank[], resource: string, attribute: string, source: string): number => {
  let best: SourceRank | undefined
  let specific = -1
  for (const rank of ranks) {
    if (rank.source !== source || (rank.resource !== '*' && rank.resource !== resource) || (rank.attribute !== '*' && rank.attribute !== attribute)) continue
    const weight = (rank.resource === '*' ? 0 : 2) + (rank.attribute === '*' ? 0 : 1)
    if (weight > specific) [best, specific] = [rank, weight]
  }
  return best?.rank ?? (source === LOCAL_SOURCE ? LOCAL_RANK : UNKNOWN_RANK)
}

/** Whether an attribute is one that sources have a word in. */
export const isRanked = (properties: object, attribute: string): boolean => attribute !== 'id' && attribute !== 'href' && Object.hasOwn(properties, attribute)

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Best first. */
const inOrder = (rows: readonly SourceRow[], ranks: readonly SourceRank[]): SourceRow[] =>
  rows.toSorted(
    (a, b) =>
      rankOf(ranks, a.resource, a.attribute, a.source) - rankOf(ranks, b.resource, b.attribute, b.source) ||
      b.seenAt.getTime() - a.seenAt.getTime() ||
      compareText(a.source, b.source) ||
      compareText(a.externalId, b.externalId) ||
      compareText(a.resourceId, b.resourceId),
  )

const valueAt = (element: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[name] : undefined), element)

/** Which element this is, as a text: the same for two that mean the same thing. */
export const keyOf = (element: unknown, paths: readonly JoinPath[]): string =>
  JSON.stringify(
    paths.map(one => {
      const { path, as } = typeof one === 'string' ? { path: one, as: undefined } : one
      const value = valueAt(element, path)
      if (typeof value !== 'string') return value ?? null
      // Blank is as good as absent.
      return (as?.(value, element) ?? value).normalize('NFC').replace(/\s+/g, '').toLowerCase() || null
    }),
  )

/** The list that several rows make together: elements of better rows first, each key once, without what a better row has taken away. */
const joined = (rows: readonly SourceRow[], paths: readonly JoinPath[]): SurvivingElement[] => {
  const taken = new Map<string, SurvivingElement | undefined>()
  const elements: SurvivingElement[] = []
  for (const row of rows) {
    const own = new Set<string>()
    for (const value of Array.isArray(row.value) ? (row.value as unknown[]) : []) {
      const key = keyOf(value, paths)
      if (taken.has(key) && !own.has(key)) {
        taken.get(key)?.lost.push(row)
        continue
      }
      // What one source says twice is its own matter.
      const element: SurvivingElement = { key, value, row, lost: [] }
      own.add(key)
      taken.set(key, element)
      elements.push(element)
    }
    for (const key of row.removed ?? []) if (!taken.has(key)) taken.set(key, undefined)
  }
  return elements
}

/** What survives of the rows of one resource, or of several that are one and the same. */
export function survive(rows: readonly SourceRow[], ranks: readonly SourceRank[], join: Join = {}): Survivors {
  const byAttribute = new Map<string, SourceRow[]>()
  for (const row of rows) byAttribute.set(row.attribute, [...(byAttribute.get(row.attribute) ?? []), row])
  const survivors: Survivors = { attributes: {}, chosen: new Map(), lost: new Map(), elements: new Map() }
  for (const [attribute, said] of byAttribute) {
    const [best, ...others] = inOrder(said, ranks) as [SourceRow, ...SourceRow[]]
    survivors.chosen.set(attribute, best)
    survivors.lost.set(attribute, others)
    const paths = join[attribute]
    if (paths && said.every(row => Array.isArray(row.value) || row.value === null)) {
      const elements = joined([best, ...others], paths)
      survivors.elements.set(attribute, elements)
      if (elements.length > 0) survivors.attributes[attribute] = elements.map(element => element.value)
    } else if (best.value !== null) {
      survivors.attributes[attribute] = best.value
    }
  }
  return survivors
}

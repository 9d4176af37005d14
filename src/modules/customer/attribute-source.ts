/**
 * Whose word each attribute of a party is, for the 360° view: of lists that are put together from several sources element by element, with
 * what other records of the same person say. The database gives the rows with the view; what follows from them is survivorship.
 */
import type { ViewSection } from '../../tmf/contributions.ts'
import type { SourceRow } from '../../tmf/provenance/sources.ts'
import { keyOf, survive, type Join, type SourceRank } from '../../tmf/provenance/survive.ts'
import { individual } from './individual.ts'
import { organization } from './organization.ts'

/**
 * What sources say of the party `p`, as json; null where only its document says it. One that stands for others of the same person shows what
 * these say too.
 */
export const saidSql = (resource: string): string => `(SELECT json_build_object('said', json_agg(a), 'ranks', (SELECT json_agg(r) FROM source_rank r WHERE r.brand = $1)) FROM attribute_source a
  WHERE a.brand = $1 AND a.resource = '${resource}' AND a.resource_id IN (SELECT id FROM member) AND (a.resource_id = p.id OR p.doc -> 'mergedInto' IS NULL) HAVING count(*) > 0)`

/** A row of attribute_source, as json has it. */
interface Said {
  resource: string
  resource_id: string
  attribute: string
  source: string
  external_id: string
  value: unknown
  removed: string[] | null
  version: string | null
  seen_at: string
}

/** Whose word a value is, and since when. */
interface Word {
  source: string
  asOf: string
  /** The other record of the person that says it. */
  party?: string
  /** Whether it is shown as this source has it. */
  shown: boolean
  /** As this source has it, where something else is shown. */
  value?: unknown
}

interface Item {
  id: string
  '@type': string
  document: Record<string, unknown>
  attributeSource: { said: Said[]; ranks: SourceRank[] | null } | null
}

const joinOf = (type: string): Join => (type === 'Individual' ? individual : organization).provenance?.join ?? {}

const rowOf = (said: Said): SourceRow => ({ resource: said.resource, resourceId: said.resource_id, attribute: said.attribute, source: said.source, externalId: said.external_id, value: said.value, removed: said.removed, version: said.version, seenAt: new Date(said.seen_at) })

const explained = ({ id, '@type': type, attributeSource }: Item): unknown[] | null => {
  if (attributeSource === null) return null
  const join = joinOf(type)
  const { chosen, lost, elements } = survive(attributeSource.said.map(rowOf), attributeSource.ranks ?? [], join)
  const word = (row: SourceRow, shown: boolean, value: unknown): Word => ({ source: row.source, asOf: row.seenAt.toISOString(), ...(row.resourceId !== id && { party: row.resourceId }), shown, ...(!shown && { value }) })
  return [...chosen].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([attribute, best]): unknown[] => {
    const list = elements.get(attribute)
    const paths = join[attribute]
    if (!list || !paths) {
      const text = JSON.stringify(best.value)
      return [best, ...(lost.get(attribute) ?? [])].map(row => ({ attribute, ...word(row, JSON.stringify(row.value) === text, row.value) }))
    }
    const element = list.map(one => ({
      value: one.value,
      source: [one.row, ...one.lost].map(row => {
        const value = (row.value as unknown[]).find(each => keyOf(each, paths) === one.key)
        return word(row, JSON.stringify(value) === JSON.stringify(one.value), value)
      }),
    }))
    return [{ attribute, element }]
  })
}

/** Puts what is explained in the place of the rows. A person of whom no other system has ever said anything is left as the database wrote it. */
export const explainSources: NonNullable<ViewSection['finish']> = text => {
  if (!text.includes('"attributeSource" : {')) return text
  const section = JSON.parse(text) as { item: Item[] }
  return JSON.stringify({ ...section, item: section.item.map(item => ({ ...item, attributeSource: explained(item) })) })
}

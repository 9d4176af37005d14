/** Writes the usual section of the 360° view: the newest rows of a resource that have to do with the person, and how many there are in all. */
import type { ViewSection } from './contributions.ts'

/** Rows that a section shows; the others are counted. */
const CAP = 20

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * Where a row came from and how old that is: identities in other systems with when they were last confirmed, or Tandem itself.
 * `row` is the alias of a row of the resource.
 */
export const sourceSql = (resource: string, row: string): string =>
  `coalesce((SELECT json_agg(json_build_object('source', x.source, 'id', x.external_id, 'asOf', x.seen_at) ORDER BY x.seen_at DESC, x.source) FROM external_identity x
    WHERE x.brand = $1 AND x.resource = ${literal(resource)} AND x.resource_id = ${row}.id AND x.gone_at IS NULL), json_build_array(json_build_object('source', 'tandem', 'asOf', ${row}.updated_at)))`

export interface ViewList {
  name: string
  /** The resource whose rows are shown. */
  resource: string
  /** Further resources that the item tells of. */
  reads?: readonly string[]
  description: string
  /** A query of ids of rows; those that refer to the person when left out. Repeats do no harm. */
  ids?: string
  /** Condition on a row `r`. */
  where?: string
  /** Rows in this order; `r` is the row. The newest first when left out. */
  order?: string
  /** Attributes of the document that the item is made of, with their SQL types: `status text, "productOffering" json`. Columns of `d`. */
  attributes: string
  /** Further relations of one row, joined by LATERAL to `r` and `d`: `(SELECT …) AS part`. */
  join?: string
  /** Pairs for json_build_object, of `r` and `d`: `'status', d.status`. Id, href and source are there anyway. */
  item: string
  /** Further pairs for the section, of the rows `hit` and common table expressions: `'overdue', (SELECT …)`. */
  more?: string
  /** Columns of `hit` beside the id, for `more`: `r.f_state AS state`. */
  keep?: string
  cap?: number
  list?: string
}

/** A section with `total`, and `item`: the first rows, each with its `source`. Documents are opened for what is shown alone. */
export const viewList = (view: ViewList): ViewSection => {
  const { resource } = view
  const ids = view.ids ?? `SELECT from_id FROM ref WHERE from_resource = ${literal(resource)}`
  const order = view.order ?? 'r.created_at DESC, r.id DESC'
  return {
    name: view.name,
    reads: [resource, ...(view.reads ?? [])],
    description: view.description,
    list: { resource, by: view.list ?? 'relatedParty.id' },
    sql: `(WITH wanted (id) AS MATERIALIZED (${ids}),
        hit AS MATERIALIZED (SELECT r.id, row_number() OVER (ORDER BY ${order}) AS position${view.keep === undefined ? '' : `, ${view.keep}`} FROM {${resource}} r WHERE r.id IN (SELECT id FROM wanted)${view.where === undefined ? '' : ` AND ${view.where}`})
      SELECT json_build_object('total', (SELECT count(*) FROM hit)${view.more === undefined ? '' : `, ${view.more}`}, 'item', (
        SELECT coalesce(json_agg(json_build_object('id', r.id, 'href', d.href, ${view.item}, 'source', ${sourceSql(resource, 'r')}) ORDER BY hit.position), '[]')
        FROM hit JOIN {${resource}} r ON r.id = hit.id CROSS JOIN LATERAL json_to_record(r.doc) AS d(href text, ${view.attributes})${view.join === undefined ? '' : ` CROSS JOIN LATERAL ${view.join}`}
        WHERE hit.position <= ${view.cap ?? CAP})))`,
  }
}

/**
 * Erases what copies of resources hold on people. A row of a resource leaves copies where it passes: in the event log, in what is on its way
 * to listeners, in answers kept for repetitions, in its past revisions. Who erases or redacts rows calls this for them.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import { withoutTagged } from '../masking.ts'
import type { AnyResource } from '../module.ts'
import { quoted } from '../storage/ddl.ts'

type Doc = Record<string, unknown>

/** A copy, as the text that is stored; `key` finds it again. */
interface Copy {
  key: string
  id: string
  text: string
}

/** Where copies lie: one query that finds those of $1 brand, $2 resource, $3 ids, and one that writes $1 keys, $2 texts back. */
interface Place {
  name: string
  find: string
  write: string
  /** Changes the document inside the stored text. */
  inside: (stored: Doc, resource: string, change: (doc: Doc) => Doc) => Doc
}

const BATCH = 500

const whole: Place['inside'] = (stored, _resource, change) => change(stored)

const withEvent: Place['inside'] = (stored, resource, change) => {
  const event = stored['event'] as Doc | undefined
  const doc = event?.[resource] as Doc | undefined
  return doc === undefined ? stored : { ...stored, event: { ...event, [resource]: change(doc) } }
}

/**
 * Events come first: writing them waits for a relay that has them in hand, so that the deliveries that it makes of them are found next,
 * and one that comes later reads what is left.
 */
const PLACES: readonly Place[] = [
  {
    name: 'event',
    find: 'SELECT seq::text AS key, resource_id AS id, doc::text AS text FROM event WHERE brand = $1 AND resource = $2 AND resource_id = ANY($3::text[]) ORDER BY seq',
    write: 'UPDATE event e SET doc = c.text::json FROM unnest($1::bigint[], $2::text[]) AS c(key, text) WHERE e.seq = c.key',
    inside: whole,
  },
  {
    name: 'delivery',
    // What waits is found by its resource, what was delivered by the positions of the events.
    find: `SELECT d.hub_id || ' ' || d.position AS key, d.resource_id AS id, d.payload::text AS text FROM hub h JOIN hub_delivery d ON d.hub_id = h.id
           WHERE h.brand = $1 AND d.resource = $2 AND d.resource_id = ANY($3::text[]) AND d.state = 'due'
           UNION ALL
           SELECT d.hub_id || ' ' || d.position, d.resource_id, d.payload::text FROM event e JOIN hub h ON h.brand = e.brand JOIN hub_delivery d ON d.hub_id = h.id AND d.position = e.position
           WHERE e.brand = $1 AND e.resource = $2 AND e.resource_id = ANY($3::text[]) AND d.state = 'delivered'`,
    write: `UPDATE hub_delivery d SET payload = c.text::json FROM unnest($1::text[], $2::text[]) AS c(key, text)
            WHERE d.hub_id = split_part(c.key, ' ', 1) AND d.position = split_part(c.key, ' ', 2)::bigint`,
    inside: withEvent,
  },
  {
    name: 'answer',
    find: `SELECT ctid::text AS key, resource_id AS id, body::text AS text FROM idempotency_key WHERE brand = $1 AND resource = $2 AND resource_id = ANY($3::text[]) AND body IS NOT NULL FOR UPDATE`,
    write: 'UPDATE idempotency_key k SET body = c.text::json FROM unnest($1::tid[], $2::text[]) AS c(key, text) WHERE k.ctid = c.key',
    inside: whole,
  },
  {
    name: 'revision',
    find: `SELECT resource_id || ' ' || revision AS key, resource_id AS id, doc::text AS text FROM resource_revision WHERE brand = $1 AND resource = $2 AND resource_id = ANY($3::text[])`,
    write: `UPDATE resource_revision r SET doc = c.text::json FROM unnest($1::text[], $2::text[]) AS c(key, text)
            WHERE r.brand = $3 AND r.resource = $4 AND r.resource_id = regexp_replace(c.key, ' \\d+$', '') AND r.revision = substring(c.key FROM '\\d+$')::int`,
    inside: whole,
  },
]

const emptied = ({ id, href }: Doc): Doc => ({ id, href })

/**
 * Redacts the personal attributes (by their tags, or by `redact` where more has to go) of every copy of these rows; where the row itself is
 * gone, of the document only id and href are left. Call it in the transaction that erases or redacts the rows, after that: it then finds the events of it too. Nobody else can
 * write a copy meanwhile, because the rows are locked. Answers how many copies were changed.
 */
export const eraseCopies = async (tx: Transaction, brand: string, resource: AnyResource, ids: readonly string[], redact: (doc: Doc) => Doc = doc => withoutTagged(resource.schema, doc, ['personal'])): Promise<number> => {
  if (ids.length === 0) return 0
  const living = new Set((await tx.query<{ id: string }>(`SELECT id FROM ${quoted(resource.table)} WHERE brand = $1 AND id = ANY($2::text[])`, [brand, ids])).map(row => row.id))
  let changed = 0
  for (const { name, find, write, inside } of PLACES) {
    const copies = await tx.query<Copy>(find, [brand, resource.name, ids])
    const changes = copies.flatMap(({ key, id, text }) => {
      const next = JSON.stringify(inside(JSON.parse(text) as Doc, resource.name, doc => (living.has(id) ? redact(doc) : emptied(doc))))
      return next === text ? [] : [{ key, text: next }]
    })
    for (let at = 0; at < changes.length; at += BATCH) {
      const batch = changes.slice(at, at + BATCH)
      const values = [batch.map(change => change.key), batch.map(change => change.text)]
      await tx.query(write, name === 'revision' ? [...values, brand, resource.name] : values)
    }
    changed += changes.length
  }
  return changed
}

/** The document of all that is held on a person, written piece by piece: by holding, with why it is held and what becomes of it. */
import type { Sql } from '../../platform/database/sql.ts'
import type { PersonalHolding } from '../../tmf/contributions.ts'
import { mayHoldSecrets, withoutSecrets } from '../../tmf/masking.ts'
import type { AnyResource } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { findHeld, holdingsOf, runHolding, keysOf, objectsNaming, readDocs, type Held, type HeldRow } from './held.ts'

export interface ExportHead {
  id: string
  party: string
  brand: string
  requestedAt: string
}

const PAGE = 200

/** Groups rows by resource, in the order of their first row. */
export const byResourceName = <R extends HeldRow>(rows: readonly R[]): Map<string, R[]> => {
  const groups = new Map<string, R[]>()
  for (const row of rows) groups.set(row.resource.name, [...(groups.get(row.resource.name) ?? []), row])
  return groups
}

/** Codes and tokens open something, and say nothing of the person. */
const withoutSecretText = (resource: AnyResource, text: string): string => (mayHoldSecrets(resource.schema) ? JSON.stringify(withoutSecrets(resource.schema, JSON.parse(text) as Record<string, unknown>)) : text)

async function* docsOf(sql: Sql, brand: string, rows: readonly HeldRow[]): AsyncGenerator<{ id: string; doc: string }[]> {
  const ids = rows.map(row => row.id).toSorted()
  for (let at = 0; at < ids.length; at += PAGE) yield (await readDocs(sql, brand, rows[0]!.resource, ids.slice(at, at + PAGE))).map(row => ({ id: row.id, doc: withoutSecretText(rows[0]!.resource, row.doc) }))
}

const headOf = (holding: PersonalHolding): string => {
  const { name, purpose, onErasure, because, days } = holding
  return JSON.stringify({ name, purpose, onErasure, ...(because !== undefined && { because }), ...(days !== undefined && { keptForDays: days }) }).slice(0, -1)
}

/** Text by text, as JSON that is whole when all are put together. `count` is told how many records each holding has. */
export async function* exportTexts(deps: Pick<Services, 'parts'>, sql: Sql, head: ExportHead, parties: readonly string[], count: (name: string, records: number) => void): AsyncGenerator<string> {
  const held: Held = await findHeld(deps, sql, head.brand, parties)
  const { byResource, state } = holdingsOf(deps)
  yield `${JSON.stringify({ '@type': 'PersonalDataExport', ...head, parties: held.parties, knownAs: held.subjects }).slice(0, -1)},"holding":[`
  let separator = ''
  for (const [name, rows] of byResourceName(held.rows)) {
    const holding = byResource.get(name) ?? { name, purpose: 'Kept as a record of its own.', onErasure: 'erase' as const }
    yield `${separator}${headOf(holding)},"record":[`
    let comma = ''
    let records = 0
    for await (const docs of docsOf(sql, head.brand, rows)) {
      if (docs.length === 0) continue
      records += docs.length
      yield `${comma}${docs.map(row => row.doc).join(',')}`
      comma = ','
    }
    yield ']}'
    count(name, records)
    separator = ','
  }
  const keys = keysOf(held.rows)
  for (const holding of state) {
    if (holding.exportSql === undefined) continue
    const docs = await runHolding<{ doc: unknown }>(sql, holding.exportSql, head.brand, held.subjects, keys, inner => `SELECT to_json(x.doc)::text AS doc FROM (${inner}) AS x`)
    if (docs.length === 0) continue
    yield `${separator}${headOf(holding)},"record":[`
    for (let at = 0; at < docs.length; at += PAGE) yield `${at === 0 ? '' : ','}${docs.slice(at, at + PAGE).map(row => String(row.doc)).join(',')}`
    yield ']}'
    count(holding.name, docs.length)
    separator = ','
  }
  // What others' records say of the person is the person's; the rest of them is not.
  yield '],"mention":['
  const subjects = new Set(held.subjects)
  const paths = new Map(held.mentions.map(mention => [`${mention.resource.name}/${mention.id}`, mention.paths]))
  let comma = ''
  for (const [name, rows] of byResourceName(held.mentions)) {
    let records = 0
    for await (const docs of docsOf(sql, head.brand, rows)) {
      for (const { id, doc } of docs) {
        const said = (paths.get(`${name}/${id}`) ?? []).map(path => ({ at: path, says: objectsNaming(JSON.parse(doc), path, subjects) }))
        yield `${comma}${JSON.stringify({ resource: name, id, said })}`
        comma = ','
        records++
      }
    }
    if (records > 0) count(`mention in ${name}`, records)
  }
  yield ']}'
}

/**
 * Rows for the access matrix: of every resource one that belongs to the victim, one to each caller, one of another brand. Each is a
 * copy of a resource that was made as clients make it, put beside it with another id and owner, so that a new resource has its rows by being declared.
 */
import { newId } from '../../src/platform/ids.ts'
import type { AnyResource } from '../../src/tmf/module.ts'
import { hrefOf } from '../../src/tmf/kit.ts'
import { quoted } from '../../src/tmf/storage/ddl.ts'
import type { Doc, Suite } from '../conformance/suite.ts'
import { attributesOf, kindOf } from '../conformance/documents.ts'
import { MARKER, OTHER_BRAND, OWN, PARTNER, STORE, VICTIM } from './callers.ts'

export interface Rows {
  victim: Doc
  own: Doc
  store: Doc
  partner: Doc
  elsewhere: Doc
  /** An attribute of the victim's row that holds the marker. */
  marked: string | undefined
  /** Ids of all that a customer must not see. */
  hidden: readonly string[]
}

/** Attributes that hold any text. */
const textsOf = (resource: AnyResource): string[] =>
  attributesOf(resource)
    .filter(([name, node]) => kindOf(node) === 'text' && !['id', 'href'].includes(name) && !name.startsWith('@') && node['pattern'] === undefined && node['enum'] === undefined && node['format'] === undefined && name !== resource.lifecycle?.attribute)
    .map(([name]) => name)

/** Some are unique by their texts: gives each one that is no state a value of its own. */
const distinguish = (doc: Doc, resource: AnyResource, value: string): void => {
  for (const path of new Set(['name', ...Object.entries(resource.filters).flatMap(([name, type]) => (type === 'text' ? [name] : []))])) {
    const names = path.split('.')
    const last = names.pop()!
    const holder = names.reduce<Doc | undefined>((node, name) => (node?.[name] === undefined ? undefined : (node[name] = { ...node[name] })), doc)
    if (holder?.[last] !== undefined && path !== resource.lifecycle?.attribute) holder[last] = value
  }
}

export const makeRows = async (suite: Suite, resource: AnyResource): Promise<Rows> => {
  const made = await suite.make(resource)
  const marked = textsOf(resource)[0]
  const isList = (name: string): boolean => attributesOf(resource).some(([attribute, node]) => attribute === name && kindOf(node) === 'list')
  const put = async (brand: string, owner: string, more: Doc): Promise<Doc> => {
    const id = newId()
    const doc: Doc = { ...made, ...more, id, href: hrefOf(resource, id) }
    const insert = (): Promise<unknown> => suite.server.database.query(`INSERT INTO ${quoted(resource.table)} (brand, id, revision, owner_party, doc) VALUES ($1, $2, 1, $3, $4::json)`, [brand, id, owner, JSON.stringify(doc)])
    await insert().catch((error: { code?: string }) => {
      if (error.code !== '23505') throw error
      distinguish(doc, resource, `${String(more[marked ?? ''] ?? 'row')}-${id}`)
      return insert()
    })
    if (owner === STORE) await suite.server.database.query('INSERT INTO shared_row (brand, party, resource, resource_id) VALUES ($1, $2, $3, $4)', [brand, STORE, resource.name, id])
    return doc
  }
  const mark = (name: string): Doc => ({
    ...(marked !== undefined && { [marked]: name }),
    ...(isList('relatedParty') && { relatedParty: [{ id: name.startsWith(MARKER) ? VICTIM : 'party-witness', name, role: 'witness', '@referredType': 'Stranger' }] }),
  })
  const victim = await put('default', VICTIM, mark(`${MARKER} ${resource.name}`))
  const elsewhere = await put(OTHER_BRAND, OWN, mark(`${MARKER} elsewhere`))
  return {
    victim,
    own: await put('default', OWN, mark('mine')),
    store: await put('default', STORE, mark('sold')),
    partner: await put('default', PARTNER, mark("partner's")),
    elsewhere,
    marked,
    hidden: [victim['id'], elsewhere['id']],
  }
}

/** Questions that would find the victim's row, if it were looked for without a scope. */
export const questions = (resource: AnyResource, rows: Rows): string[] => {
  const { victim, marked } = rows
  const filters = Object.keys(resource.filters)
  return [
    '',
    '?limit=1000',
    '?limit=0',
    `?id=${String(victim['id'])}`,
    `?id=${String(rows.own['id'])},${String(victim['id'])}`,
    `?id.ne=${String(rows.own['id'])}`,
    '?offset=1&limit=1',
    '?after=0&limit=1000',
    ...filters.slice(0, 2).map(filter => `?sort=-${encodeURIComponent(filter)}&limit=1000`),
    ...(marked === undefined ? [] : [`?${marked}=${encodeURIComponent(String(victim[marked]))}`, `?${marked}.regex=${MARKER}`, `?${marked}.gte=a&fields=${marked},relatedParty`]),
    ...(victim['relatedParty'] === undefined ? [] : [`?relatedParty.id=${VICTIM}`, `?filter=${encodeURIComponent(`relatedParty[?(@.id=='${VICTIM}')]`)}`, `?relatedParty=${encodeURIComponent(JSON.stringify([{ id: VICTIM }]))}`]),
  ]
}

/** Explains a resource as it is shown: of each attribute whose word it is, which version of it, how old it is, and what else was said. */
import { isDeepStrictEqual } from 'node:util'
import type { Sql } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { identitiesOf } from '../external/identity-store.ts'
import type { Parts } from '../contributions.ts'
import { hrefOf } from '../kit.ts'
import type { Resource } from '../resource.ts'
import { readRow } from '../storage/reader.ts'
import { scopeOf } from '../storage/scope.ts'
import { isBlindTo, seenText } from '../secrets.ts'
import { withoutSecrets } from '../masking.ts'
import { readPeerSources } from './peers.ts'
import { readRanks, readSources, type SourceRow } from './sources.ts'
import { keyOf, LOCAL_SOURCE, rankOf, survive, type JoinPath, type SourceRank } from './survive.ts'

/** Whose word a value is. */
interface Origin {
  source: string
  externalId?: string
  /** The resource that the word is about, where it is another one that is the same: a party that was found to be this one. */
  resourceId?: string
  version?: string
  /** Since when the source says this value. */
  since: string
  /** Since when, in whole seconds. */
  ageSeconds: number
  /** When the source last confirmed it. */
  confirmedAt?: string
  rank: number
}

interface Explained extends Partial<Origin> {
  attribute: string
  value: unknown
  /** True when no source says it as it is shown: Tandem gave or derived it, or made it of what the named source says. */
  derived: boolean
  /** What other sources say, best first. */
  lost: (Origin & { value: unknown })[]
  /** Of a list that is put together from several sources: whose each element is. */
  elements?: (Origin & { value: unknown })[]
}

export interface Provenance {
  id: string
  href: string
  resource: string
  revision: number
  /** The records of other systems that it is. */
  identity: { resourceId?: string; source: string; externalId: string; version?: string; seenAt: string; withdrawnAt?: string }[]
  attribute: Explained[]
}

const ALWAYS = ['id', 'href']

/** undefined when the caller has no such resource. */
export async function explain(sql: Sql, context: Context, resource: Resource<any>, id: string, now: Date, parts: Pick<Parts, 'peers'>): Promise<Provenance | undefined> {
  const row = await readRow(sql, resource, scopeOf(context, resource), id)
  if (!row) return undefined
  const [own, peers, ranks] = await Promise.all([readSources(sql, context.brand, resource.name, [id]), readPeerSources(sql, parts, context.brand, resource.name, [id]), readRanks(sql, context.brand)])
  const rows = [...own, ...(peers.get(id) ?? [])]
  const identities = await identitiesOf(sql, context.brand, resource.name, [...new Set([id, ...rows.map(one => one.resourceId)])])
  const confirmed = new Map(identities.map(one => [`${one.source} ${one.externalId}`, one.seenAt]))
  const originOf = (of: SourceRow): Origin => {
    const confirmedAt = confirmed.get(`${of.source} ${of.externalId}`)
    return {
      source: of.source,
      ...(of.externalId !== '' && { externalId: of.externalId }),
      ...(of.resourceId !== id && { resourceId: of.resourceId }),
      ...(of.version !== null && { version: of.version }),
      since: of.seenAt.toISOString(),
      ageSeconds: Math.max(0, Math.floor((now.getTime() - of.seenAt.getTime()) / 1000)),
      ...(confirmedAt && { confirmedAt: (confirmedAt > of.seenAt ? confirmedAt : of.seenAt).toISOString() }),
      rank: rankOf(ranks, of.resource, of.attribute, of.source),
    }
  }
  return {
    id,
    href: hrefOf(resource, id),
    resource: resource.name,
    revision: row.revision,
    identity: identities.map(one => ({
      ...(one.resourceId !== id && { resourceId: one.resourceId }),
      source: one.source,
      externalId: one.externalId,
      ...(one.version !== null && { version: one.version }),
      seenAt: one.seenAt.toISOString(),
      ...(one.goneAt && { withdrawnAt: one.goneAt.toISOString() }),
    })),
    attribute: attributesOf(JSON.parse(seenText(context, resource, row.doc)) as Record<string, unknown>, resource, seenRows(context, resource, rows), ranks, originOf),
  }
}

/** What sources say, as the caller may see it. */
const seenRows = (context: Context, resource: Resource<any>, rows: readonly SourceRow[]): SourceRow[] =>
  !isBlindTo(context, resource)
    ? [...rows]
    : rows.flatMap(row => {
        const seen = withoutSecrets(resource.schema, { [row.attribute]: row.value })
        return Object.hasOwn(seen, row.attribute) ? [{ ...row, value: seen[row.attribute] }] : []
      })

/** Whether a value is what sources say. Elements that are put together from several have no order of their own. */
const isAsSaid = (value: unknown, said: unknown, paths: readonly JoinPath[] | undefined): boolean => {
  const inOrder = (list: unknown): unknown => (paths && Array.isArray(list) ? list.map(element => ({ key: keyOf(element, paths), element })).toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)) : list)
  return isDeepStrictEqual(inOrder(value), inOrder(said))
}

function attributesOf(doc: Record<string, unknown>, resource: Resource<any>, rows: readonly SourceRow[], ranks: readonly SourceRank[], originOf: (row: SourceRow) => Origin): Explained[] {
  const survivors = survive(rows, ranks, resource.provenance?.join)
  return Object.entries(doc)
    .filter(([attribute]) => !ALWAYS.includes(attribute))
    .map(([attribute, value]) => {
      const chosen = survivors.chosen.get(attribute)
      const elements = survivors.elements.get(attribute)
      if (!chosen) return { attribute, value, source: LOCAL_SOURCE, derived: true, lost: [] }
      return {
        attribute,
        value,
        ...originOf(elements?.[0]?.row ?? chosen),
        derived: !isAsSaid(value, survivors.attributes[attribute], resource.provenance?.join?.[attribute]),
        lost: elements ? elements.flatMap(element => element.lost.map(row => ({ ...originOf(row), value: row.value }))) : (survivors.lost.get(attribute) ?? []).map(row => ({ ...originOf(row), value: row.value })),
        ...(elements && { elements: elements.map(element => ({ ...originOf(element.row), value: element.value })) }),
      }
    })
}

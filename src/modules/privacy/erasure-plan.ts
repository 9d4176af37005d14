/** The plan of an erasure: what goes, what is redacted, what is kept and why, and what stands against it. Reads only. */
import type { Sql } from '../../platform/database/sql.ts'
import type { PersonalHolding } from '../../tmf/contributions.ts'
import { formerDocs } from '../../tmf/events/former.ts'
import type { AnyResource } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { byResourceName } from './export-document.ts'
import { findHeld, holdingsOf, runHolding, keysOf, readDocs, type Held } from './held.ts'
import { marksOf, type Marks } from './marks.ts'

export type ItemAction = 'erase' | 'redact' | 'keep' | 'mention'

export interface PlannedItem {
  resource: string
  id: string
  action: ItemAction
  keptUntil: Date | undefined
}

/** One holding in a plan. Names no person. */
export interface PlannedHolding {
  name: string
  purpose: string
  /** doubtful: may be the person's, and stays unless the operator says that it is. */
  action: ItemAction | 'doubtful'
  records: number
  /** Of what is doubtful. */
  ids?: string[]
  because?: string
  keptForDays?: number
  /** Until when the last of it is kept. */
  keptUntil?: string
}

export interface Obstacle {
  holding: string
  id: string
  reason: string
}

export interface ErasurePlan {
  parties: string[]
  subjects: string[]
  holdings: PlannedHolding[]
  obstacles: Obstacle[]
  items: PlannedItem[]
  marks: Marks
}

const DAY_MS = 86_400_000
const PAGE = 200

const at = (doc: unknown, path: string): unknown => path.split('.').reduce<unknown>((node, name) => (node as Record<string, unknown> | null | undefined)?.[name], doc)

const keptUntil = (holding: PersonalHolding | undefined, doc: unknown, updatedAt: Date): Date | undefined => {
  if (holding?.onErasure !== 'keep' || holding.days === undefined) return undefined
  const text = holding.endedAt === undefined ? undefined : at(doc, holding.endedAt)
  const ended = typeof text === 'string' && !Number.isNaN(Date.parse(text)) ? new Date(text) : updatedAt
  return new Date(ended.getTime() + holding.days * DAY_MS)
}

const planned = (holding: PersonalHolding, action: ItemAction, records: number, until?: Date): PlannedHolding => ({
  name: holding.name,
  purpose: holding.purpose,
  action,
  records,
  ...(holding.because !== undefined && { because: holding.because }),
  ...(holding.days !== undefined && { keptForDays: holding.days }),
  ...(until !== undefined && { keptUntil: until.toISOString() }),
})

interface Person {
  resource: AnyResource
  doc: Record<string, unknown>
}

interface Collected {
  holdings: PlannedHolding[]
  obstacles: Obstacle[]
  items: PlannedItem[]
}

const planRows = async (deps: Pick<Services, 'parts'>, sql: Sql, brand: string, held: Held, plan: Collected): Promise<Person[]> => {
  const { byResource } = holdingsOf(deps)
  const people: Person[] = []
  for (const [name, rows] of byResourceName(held.rows)) {
    const resource = rows[0]!.resource
    const holding = byResource.get(name) ?? { name, purpose: 'Kept as a record of its own.', onErasure: 'erase' as const }
    let latest: Date | undefined
    const ids = rows.map(row => row.id)
    for (let from = 0; from < ids.length; from += PAGE) {
      for (const row of await readDocs(sql, brand, resource, ids.slice(from, from + PAGE))) {
        const doc = JSON.parse(row.doc) as Record<string, unknown>
        const until = keptUntil(holding, doc, row.updated_at)
        const reason = holding.living?.(doc)
        if (until !== undefined && (latest === undefined || until > latest)) latest = until
        if (reason !== undefined) plan.obstacles.push({ holding: name, id: row.id, reason })
        if (held.subjects.includes(row.id)) people.push({ resource, doc })
        plan.items.push({ resource: name, id: row.id, action: holding.onErasure, keptUntil: until })
      }
    }
    plan.holdings.push(planned(holding, holding.onErasure, rows.length, latest))
  }
  return people
}

const planState = async (deps: Pick<Services, 'parts'>, sql: Sql, brand: string, held: Held, plan: Collected): Promise<void> => {
  const keys = keysOf(held.rows)
  for (const holding of holdingsOf(deps).state) {
    if (holding.livingSql !== undefined) {
      const living = await runHolding<{ id: string; reason: string }>(sql, holding.livingSql, brand, held.subjects, keys)
      plan.obstacles.push(...living.map(({ id, reason }) => ({ holding: holding.name, id, reason })))
    }
    if (holding.exportSql === undefined) continue
    const [count] = await runHolding<{ records: number }>(sql, holding.exportSql, brand, held.subjects, keys, inner => `SELECT count(*)::int AS records FROM (${inner}) AS x`)
    if ((count?.records ?? 0) > 0) plan.holdings.push(planned(holding, holding.onErasure, count?.records ?? 0))
  }
}

/** What the person's records said before: former names and numbers, which others may have written down or looked for. */
const formerOf = async (sql: Sql, brand: string, people: readonly Person[]): Promise<Person[]> => {
  const former: Person[] = []
  for (const { resource, doc } of people) for (const said of await formerDocs(sql, brand, resource.name, String(doc['id']))) former.push({ resource, doc: said })
  return former
}

const identifiersOf = async (deps: Pick<Services, 'parts'>, sql: Sql, brand: string, held: Held): Promise<Required<Pick<Marks, 'identifiers' | 'keys'>>> => {
  const identifiers = new Set<string>()
  const keys = new Set<string>()
  for (const { marksSql } of holdingsOf(deps).state) {
    if (marksSql === undefined) continue
    for (const { mark, key } of await runHolding<{ mark: string; key?: string }>(sql, marksSql, brand, held.subjects, keysOf(held.rows))) {
      identifiers.add(mark)
      if (key !== undefined) keys.add(JSON.stringify(JSON.parse(key)))
    }
  }
  return { identifiers: [...identifiers], keys: [...keys] }
}

/** Plans to forget the person that these parties are. `known` are roles that are gone by now, `withDoubtful` takes what may be the person's as well. */
export const planErasure = async (deps: Pick<Services, 'parts'>, sql: Sql, brand: string, parties: readonly string[], known: readonly string[] = [], withDoubtful = false): Promise<ErasurePlan> => {
  const held = await findHeld(deps, sql, brand, parties, known, withDoubtful)
  const plan: Collected = { holdings: [], obstacles: [], items: [] }
  const people = await planRows(deps, sql, brand, held, plan)
  await planState(deps, sql, brand, held, plan)
  for (const [name, rows] of byResourceName(held.mentions)) {
    plan.holdings.push({ name, purpose: 'A record of somebody else that names the person: of the reference the id and the role stay, and what people have written loses the name.', action: 'mention', records: rows.length })
    plan.items.push(...rows.map(row => ({ resource: name, id: row.id, action: 'mention' as const, keptUntil: undefined })))
  }
  for (const [name, rows] of byResourceName(held.doubtful)) {
    plan.holdings.push({ name, purpose: 'May be of the person: left under an address or number of theirs that nobody has verified. It stays unless whoever decides includes it.', action: 'doubtful', records: rows.length, ids: rows.slice(0, 100).map(row => row.id) })
  }
  const former = await formerOf(sql, brand, people)
  return { parties: held.parties, subjects: held.subjects, ...plan, marks: { ...marksOf([...people, ...former]), ...(await identifiersOf(deps, sql, brand, held)) } }
}

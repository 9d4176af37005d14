/**
 * What the documents of one person's parties show: the leader what survives of the sources of all, the others their own, with a pointer to
 * the leader. Computed from what the sources say, which merging does not touch: so taking a merge back is computing again.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { borrowSources, readRanks, readSources, returnSources, type SourceRow } from '../../tmf/provenance/sources.ts'
import { keyOf, LOCAL_SOURCE, survive, type Join } from '../../tmf/provenance/survive.ts'
import type { Resource, Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { membersOf, type Leaders } from './cluster-store.ts'
import { partyRef, resourceOfKind, type PartyKind } from './party-ref.ts'

type Doc = Record<string, unknown>

/** What a document says by itself, whoever else is the same person: its keys, its class, its own state, and what merging adds. */
export const OWN: ReadonlySet<string> = new Set(['id', 'href', '@type', '@baseType', '@schemaLocation', 'status', 'mergedInto'])

export type PartyDocs = ReadonlyMap<string, Stored<Doc>>

export const readDocs = async (deps: Pick<Services, 'store'>, tx: Transaction, context: Context, kind: PartyKind, ids: readonly string[]): Promise<PartyDocs> =>
  (await deps.store.getMany(systemContext(context.brand, context.correlationId), resourceOfKind[kind], ids, { tx })) as PartyDocs

/** Gives each attribute that no source has said a word on the source `tandem`, as of the last change: what a party alone shows is all its own. */
const rowsOf = (kind: PartyKind, party: Stored<Doc>, rows: readonly SourceRow[]): SourceRow[] => {
  const said = new Set(rows.map(row => row.attribute))
  return Object.entries(party.doc)
    .filter(([attribute]) => !OWN.has(attribute) && !said.has(attribute))
    .map(([attribute, value]) => ({ resource: kind, resourceId: party.id, attribute, source: LOCAL_SOURCE, externalId: '', value, removed: null, version: null, seenAt: party.updatedAt }))
}

/** Writes the missing rows of parties that are about to be merged and were alone until now. */
export const keepOwnSources = async (tx: Transaction, brand: string, kind: PartyKind, alone: readonly Stored<Doc>[]): Promise<void> => {
  if (alone.length === 0) return
  const rows = await readSources(tx, brand, kind, alone.map(party => party.id))
  await borrowSources(tx, brand, alone.flatMap(party => rowsOf(kind, party, rows.filter(row => row.resourceId === party.id))))
}

/** A list with what it had before in its place, and what is new behind: taken away again, that leaves it as it was. */
const inPlace = (before: unknown, after: unknown, paths: Join[string] | undefined): unknown => {
  if (paths === undefined || !Array.isArray(before) || !Array.isArray(after)) return after
  const places = new Map(before.map((element, place) => [keyOf(element, paths), place]))
  const placeOf = (element: unknown): number => places.get(keyOf(element, paths)) ?? before.length
  return (after as unknown[]).toSorted((a, b) => placeOf(a) - placeOf(b))
}

/** The document with these attributes, in the order that it has; its own ones stay. */
const showing = (doc: Doc, attributes: Doc, { create, provenance }: Resource<any>, mergedInto: Doc | undefined): Doc => {
  const required = create?.required ?? []
  const shown: Doc = {}
  for (const [name, value] of Object.entries(doc)) {
    if (name === 'mergedInto') continue
    if (OWN.has(name)) shown[name] = value
    else if (attributes[name] !== undefined) shown[name] = inPlace(value, attributes[name], provenance?.join?.[name])
    // What every such party must have stays when no source says it any more.
    else if (required.includes(name)) shown[name] = value
  }
  for (const [name, value] of Object.entries(attributes)) if (!OWN.has(name)) shown[name] ??= value
  return mergedInto === undefined ? shown : { ...shown, mergedInto }
}

/** Writes the documents of these clusters as they are to be; one that shows it already is left alone. All members must have their own sources. */
export const showClusters = async (deps: Pick<Services, 'store'>, tx: Transaction, context: Context, kind: PartyKind, leaders: Leaders): Promise<void> => {
  const resource = resourceOfKind[kind]
  const rows = await readSources(tx, context.brand, kind, [...leaders.keys()])
  const ranks = await readRanks(tx, context.brand)
  const system = systemContext(context.brand, context.correlationId)
  for (const [party, leader] of leaders) {
    const said = rows.filter(row => row.resourceId === party || (party === leader && leaders.get(row.resourceId) === leader))
    const { attributes } = survive(said, ranks, resource.provenance?.join)
    const mergedInto = party === leader ? undefined : partyRef(kind, leader)
    const change = (doc: Doc): Doc => {
      const shown = showing(doc, attributes, resource, mergedInto)
      return isDeepStrictEqual(shown, doc) ? doc : shown
    }
    await deps.store.update(system, resource, party, change as (doc: unknown) => unknown, { tx, derived: true })
  }
}

/** Gives parties that are alone again back the provenance that they had: what stood there only to be shown with others goes. */
export const returnOwnSources = async (tx: Transaction, brand: string, kind: PartyKind, leaders: Leaders): Promise<void> => {
  const alone = [...leaders.keys()].filter(party => membersOf(leaders, party).length === 1)
  await returnSources(tx, brand, kind, alone)
}

/**
 * What a change made here leaves in the provenance of a resource that other systems have a word in: each attribute that was changed becomes
 * the word of the source `tandem`, so that it outlives the next import. Of joined lists only the elements that differ.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Sql } from '../../platform/database/sql.ts'
import { fault, Refusal } from '../../platform/errors.ts'
import type { Parts } from '../contributions.ts'
import type { Resource } from '../resource.ts'
import { readMarks, type SaidDraft } from '../storage/said.ts'
import { readPeerSources } from './peers.ts'
import { readRanks, readSources, type SourceRow } from './sources.ts'
import { keyOf, LOCAL_SOURCE, rankOf, survive, type JoinPath, type SourceRank, type Survivors } from './survive.ts'

type Doc = Record<string, unknown>

export interface LocalEdit {
  id: string
  /** As it was stored. */
  previous: Doc
  /** As it was asked for. */
  changed: Doc
  /** As it will be stored: what the resource derives is in it too. */
  doc: Doc
  /** Business time. */
  now: Date
  by: 'client' | 'server'
}

/** Attributes that are not anybody's word: the kit gives them. */
export const isGiven = (resource: Resource<any>, attribute: string): boolean => attribute === 'id' || attribute === 'href' || resource.stamps?.onWrite?.includes(attribute) === true

/** What a list that was edited here says of its own, beside what the sources say. undefined: nothing. */
function ownElements(edited: readonly unknown[], shown: readonly unknown[], before: Pick<SourceRow, 'value' | 'removed'> | undefined, others: ReadonlyMap<string, unknown>, peers: ReadonlyMap<string, unknown>, paths: readonly JoinPath[]): Pick<SourceRow, 'value' | 'removed'> | undefined {
  const kept = new Set(edited.map(element => keyOf(element, paths)))
  const own = new Set((Array.isArray(before?.value) ? (before.value as unknown[]) : []).map(element => keyOf(element, paths)))
  const value = edited.filter(element => {
    const key = keyOf(element, paths)
    // What only a peer says was shown, not said here.
    return !isDeepStrictEqual(others.get(key), element) && (own.has(key) || !isDeepStrictEqual(peers.get(key), element))
  })
  const removed = [...new Set([...(before?.removed ?? []), ...shown.map(element => keyOf(element, paths))])].filter(key => !kept.has(key))
  return value.length > 0 || removed.length > 0 ? { value, removed } : undefined
}

/**
 * What an edit changes in the rows. Pure. An attribute that comes back to what the sources say is theirs again.
 * `peers`: what sources say of other rows whose word shows in this one.
 */
export function editOf(resource: Resource<any>, edit: LocalEdit, rows: readonly SourceRow[], ranks: readonly SourceRank[], peers: readonly SourceRow[] = []): Omit<SaidDraft, 'mark'> {
  const join = resource.provenance?.join ?? {}
  const local = new Map(rows.filter(row => row.source === LOCAL_SOURCE).map(row => [row.attribute, row]))
  const others = survive(rows.filter(row => row.source !== LOCAL_SOURCE), ranks, join)
  const ofPeers = survive(peers, ranks, join)
  const said: { rows: SourceRow[]; gone: SourceRow[] } = { rows: [], gone: [] }
  const mastered: { attribute: string; source: string }[] = []
  for (const attribute of new Set([...Object.keys(edit.previous), ...Object.keys(edit.changed)])) {
    if (isGiven(resource, attribute) || isDeepStrictEqual(edit.previous[attribute], edit.changed[attribute])) continue
    const value = edit.doc[attribute] ?? null
    const paths = join[attribute]
    const best = others.chosen.get(attribute)
    const isJoined = paths !== undefined && (value === null || Array.isArray(value)) && (best === undefined || others.elements.has(attribute))
    if (!isJoined && best && rankOf(ranks, resource.name, attribute, best.source) < rankOf(ranks, resource.name, attribute, LOCAL_SOURCE)) mastered.push({ attribute, source: best.source })
    const own = isJoined
      ? ownElements((value ?? []) as unknown[], (edit.previous[attribute] ?? []) as unknown[], local.get(attribute), valuesOf(others, attribute), valuesOf(ofPeers, attribute), paths)
      : isDeepStrictEqual(others.attributes[attribute] ?? null, value)
        ? undefined
        : { value, removed: null }
    const row = local.get(attribute)
    if (own) said.rows.push({ resource: resource.name, resourceId: edit.id, attribute, source: LOCAL_SOURCE, externalId: '', ...own, version: null, seenAt: edit.now })
    else if (row) said.gone.push(row)
  }
  // Tandem's own work goes on whoever is master: what it moved is recorded, and shown until the master says something new.
  if (edit.by === 'client' && mastered.length > 0) {
    throw new Refusal({
      status: 409,
      code: 'attributeMasteredElsewhere',
      reason: 'Another system has the say about this attribute',
      message: mastered.map(({ attribute, source }) => `${attribute} is as ${source} says, which ranks before changes made here`).join('; '),
      faults: mastered.map(({ attribute, source }) => fault(attribute, `is changed in ${source}`)),
    })
  }
  return said
}

const valuesOf = (survivors: Survivors, attribute: string): Map<string, unknown> => new Map((survivors.elements.get(attribute) ?? []).map(one => [one.key, one.value]))

/** Reads what the sources say now and answers what the edit changes in it, to be written in the edit's own statement. */
export async function recordLocalEdit(sql: Sql, brand: string, resource: Resource<any>, edit: LocalEdit, parts: Pick<Parts, 'peers'>): Promise<SaidDraft> {
  // One after the other: inside a transaction there is one connection.
  const mark = (await readMarks(sql, brand, resource.name, [edit.id])).get(edit.id)
  const rows = await readSources(sql, brand, resource.name, [edit.id])
  const ranks = await readRanks(sql, brand)
  const peers = (await readPeerSources(sql, parts, brand, resource.name, [edit.id])).get(edit.id)
  return { ...editOf(resource, edit, rows, ranks, peers), ...(mark !== undefined && { mark }) }
}

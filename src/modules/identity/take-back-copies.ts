/**
 * Takes out of what is left of a party's document (event log, notices, kept answers) what it showed of others while they were one person.
 * Found to be somebody else's, that is read by nobody any more who reads this party's past, and is not left here when that one is forgotten.
 */
import { eraseCopies } from '../../tmf/events/erase.ts'
import { formerDocs, formerEvents, type FormerEvent } from '../../tmf/events/former.ts'
import { readSources } from '../../tmf/provenance/sources.ts'
import { partyMerge } from './party-merge.ts'
import { resourceOfKind, type PartyKind } from './party-ref.ts'
import { OWN, readDocs, type PartyDocs } from './show-cluster.ts'
import type { MergeWork } from './work.ts'

type Doc = Record<string, unknown>

/** Equal for values that say the same, in whatever order. */
const wordOf = (attribute: string, value: unknown): string =>
  `${attribute} ${JSON.stringify(value, (_, node: unknown) => (node !== null && typeof node === 'object' && !Array.isArray(node) ? Object.fromEntries(Object.entries(node).toSorted(([a], [b]) => (a < b ? -1 : 1))) : node))}`

/** Of a list each element is a word. */
const wordsOf = (docs: readonly Doc[]): Set<string> =>
  new Set(docs.flatMap(doc => Object.entries(doc).flatMap(([name, value]) => (OWN.has(name) ? [] : Array.isArray(value) ? value.map(one => wordOf(name, one)) : [wordOf(name, value)]))))

interface Side {
  members: readonly string[]
  /** What its members show now. */
  docs: PartyDocs
  /** What they said themselves, then or now. */
  own: ReadonlySet<string>
  /** All that they have ever shown. */
  shown: ReadonlySet<string>
}

const sideOf = async ({ tx, context, deps }: MergeWork, kind: PartyKind, members: readonly string[], isBefore: (event: FormerEvent) => boolean): Promise<Side> => {
  const { brand } = context
  const docs = await readDocs(deps, tx, context, kind, members)
  const said = (await readSources(tx, brand, kind, members)).map(({ attribute, value }): Doc => ({ [attribute]: value }))
  const own = [...[...docs.values()].map(party => party.doc), ...said]
  const shown: Doc[] = [...own]
  for (const id of members) {
    // Who is led by another shows what its own sources say, and so does everybody before the merge.
    own.push(...(await formerEvents(tx, brand, kind, id)).filter(event => isBefore(event) || event.doc['mergedInto'] !== undefined).map(event => event.doc))
    shown.push(...(await formerDocs(tx, brand, kind, id)))
  }
  return { members, docs, own: wordsOf(own), shown: wordsOf(shown) }
}

/** The document of a party of the one side without what the other side alone has said; what it says itself stands there instead. */
const without = (doc: Doc, now: Doc, here: Side, there: Side): Doc => {
  const isForeign = (name: string, value: unknown): boolean => {
    const word = wordOf(name, value)
    return there.shown.has(word) && !here.own.has(word)
  }
  return Object.fromEntries(
    Object.entries(doc).flatMap(([name, value]): [string, unknown][] => {
      if (OWN.has(name)) return [[name, value]]
      if (Array.isArray(value)) {
        const kept = value.filter(one => !isForeign(name, one))
        return kept.length === 0 && value.length > 0 ? [] : [[name, kept]]
      }
      if (!isForeign(name, value)) return [[name, value]]
      return now[name] === undefined ? [] : [[name, now[name]]]
    }),
  )
}

/** To be called when the documents show again what the two sides say by themselves. */
export const takeBackCopies = async (work: MergeWork, kind: PartyKind, merge: string, sides: readonly [readonly string[], readonly string[]]): Promise<void> => {
  const { tx, context } = work
  const made = (await formerEvents(tx, context.brand, partyMerge.name, merge)).at(-1)
  // Of the transaction that merged them the documents show both. Where the log has forgotten it, nothing in it is from before.
  const isBefore = (event: FormerEvent): boolean => made !== undefined && event.seq < made.seq && event.at !== made.at
  const [one, other] = [await sideOf(work, kind, sides[0], isBefore), await sideOf(work, kind, sides[1], isBefore)]
  for (const [here, there] of [[one, other], [other, one]] as const) {
    for (const id of here.members) await eraseCopies(tx, context.brand, resourceOfKind[kind], [id], doc => without(doc, here.docs.get(id)?.doc ?? {}, here, there))
  }
}

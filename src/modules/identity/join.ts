/** Making two parties one person: who leads, what their documents show, and which suggestions have nothing left to decide. */
import { refuse } from '../../platform/errors.ts'
import { lockClusters, membersOf, writeLeaders, type Leaders } from './cluster-store.ts'
import { kindOf, type PartyRef } from './party-ref.ts'
import { keepOwnSources, readDocs, showClusters } from './show-cluster.ts'
import { settleSuggestions } from './suggest.ts'
import { refuseUnmergeable } from './unmergeable.ts'
import type { MergeWork } from './work.ts'

/** What a new merge changes beside its own row. Refuses two that are one already. */
export const joinParties = async (merge: { id: string; survivor: PartyRef; merged: PartyRef }, { tx, context, deps }: MergeWork): Promise<void> => {
  const [kind, survivor, merged] = [kindOf(merge.survivor), merge.survivor.id, merge.merged.id]
  const before = await lockClusters(tx, context.brand, [survivor, merged])
  const leader = before.get(survivor)!
  if (leader === before.get(merged)) throw refuse.conflict('alreadyOne', `${survivor} and ${merged} are the same person already`)
  await refuseUnmergeable({ tx, context, deps }, [...before.keys()])
  const docs = await readDocs(deps, tx, context, kind, [...before.keys()])
  await keepOwnSources(tx, context.brand, kind, [...docs.values()].filter(party => membersOf(before, party.id).length === 1))
  const after: Leaders = new Map([...before.keys()].map(party => [party, leader]))
  await writeLeaders(tx, context.brand, after)
  await showClusters(deps, tx, context, kind, after)
  await settleSuggestions({ tx, context, deps }, [...after.keys()], merge.id)
}

/** Taking a merge back. */
import { refuse } from '../../platform/errors.ts'
import { systemContext } from '../../platform/principal.ts'
import type { Stored } from '../../tmf/resource.ts'
import { lockClusters, membersOf, readEdges, writeLeaders, type Leaders } from './cluster-store.ts'
import { without } from './clusters.ts'
import { divideIdentifiers, takeBackVerifications } from './identifier-store.ts'
import { kindOf } from './party-ref.ts'
import { partyMerge, sidesOf, type PartyMerge } from './party-merge.ts'
import { returnOwnSources, showClusters } from './show-cluster.ts'
import { areTwo, askAlways, keepApart, reopenSuggestions } from './suggest.ts'
import { takeBackCopies } from './take-back-copies.ts'
import { refuseUnmergeable } from './unmergeable.ts'
import type { MergeWork } from './work.ts'

/**
 * Takes a merge back. Both sides are what the other merges make of them, each with its own sources. A verification that led to the merge goes
 * with it: who had the value keeps it. One that was made since is whose it names, and ends those before it on the other side. Their suggestion is
 * refused, so that nothing merges them again silently, but for one that was open when they were merged by hand: it is open as it was.
 */
export const undoMerge = async ({ tx, context, deps }: MergeWork, id: string, reason: string | undefined): Promise<Stored<PartyMerge>> => {
  const system = systemContext(context.brand, context.correlationId)
  const found = await deps.store.get(system, partyMerge, id, { tx })
  if (!found) throw refuse.notFound('partyMerge', id)
  const sides = sidesOf(found.doc)
  const [kind, survivor, merged] = [kindOf(sides.survivor), sides.survivor.id, sides.merged.id]
  const before = await lockClusters(tx, context.brand, [survivor, merged])
  const undone = await deps.store.update(
    system,
    partyMerge,
    id,
    // Read again under the lock: of two who undo it at once the second is told.
    doc => {
      if (doc.state !== 'active') throw refuse.conflict('alreadyUndone', `partyMerge ${id} was undone before`)
      return { ...doc, state: 'undone' as const, undoneDate: deps.clock.now().toISOString(), undoneBy: context.principal.id, ...(reason !== undefined && { undoneReason: reason }) }
    },
    { tx },
  )
  const members = [...before.keys()]
  await refuseUnmergeable({ tx, context, deps }, members)
  const after: Leaders = without(await readEdges(tx, context.brand, members), id, members)
  await takeBackVerifications(tx, context.brand, id, deps.clock.now())
  await divideIdentifiers(tx, context.brand, membersOf(after, survivor), membersOf(after, merged))
  await writeLeaders(tx, context.brand, after)
  await showClusters(deps, tx, context, kind, after)
  await takeBackCopies({ tx, context, deps }, kind, id, [membersOf(after, survivor), membersOf(after, merged)])
  await returnOwnSources(tx, context.brand, kind, after)
  const open = await reopenSuggestions({ tx, context, deps }, after, id)
  // Whoever merged them by hand decided nothing on a suggestion: it is for somebody to decide as before.
  const asked = found.doc.kind === 'manual' ? open.find(one => areTwo(one, survivor, merged)) : undefined
  if (asked) await askAlways({ tx, context, deps }, asked)
  else await keepApart({ tx, context, deps }, kind, survivor, merged, id)
  return undone
}

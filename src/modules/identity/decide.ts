/** What a person decides on a suggestion: they are one, or they are two. */
import { fault, refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext } from '../../platform/principal.ts'
import { hrefOf } from '../../tmf/kit.ts'
import { identitySuggestion, type IdentitySuggestion } from './identity-suggestion.ts'
import { partyMerge } from './party-merge.ts'
import type { MergeWork } from './work.ts'

const decide = async ({ tx, context, deps }: MergeWork, id: string, from: readonly string[], to: Partial<IdentitySuggestion>): Promise<IdentitySuggestion> => {
  const change = (doc: IdentitySuggestion): IdentitySuggestion => {
    if (!from.includes(doc.state!)) throw refuse.conflict('alreadyDecided', `identitySuggestion ${id} is ${doc.state}: only ${from.join(' or ')} ones can be decided so`)
    return { ...doc, ...to, decisionDate: deps.clock.now().toISOString(), decidedBy: context.principal.id }
  }
  return (await deps.store.update(systemContext(context.brand, context.correlationId), identitySuggestion, id, change, { tx })).doc
}

/** Merges the two. Somebody may also come back on a refusal. */
export const acceptSuggestion = async (work: MergeWork, id: string, { reason, survivor }: { reason?: string; survivor?: string }): Promise<IdentitySuggestion> => {
  const { tx, context, deps } = work
  const merge = newId()
  // First, so that the merge does not find it open and settles it in passing.
  const decided = await decide(work, id, ['open', 'refused'], { state: 'accepted', apart: false, merge: { id: merge, href: hrefOf(partyMerge, merge) }, ...(reason !== undefined && { decisionReason: reason }) })
  const [first, second] = [decided.first!, decided.second!]
  if (survivor !== undefined && survivor !== first.id && survivor !== second.id) throw refuse.invalid([fault('survivor', `must be ${first.id} or ${second.id}`, survivor)])
  const sides = survivor === second.id ? { survivor: second, merged: first } : { survivor: first, merged: second }
  await deps.store.create(systemContext(context.brand, context.correlationId), partyMerge, { ...sides, kind: 'suggested', createdBy: context.principal.id, ...(reason !== undefined && { reason }) }, { tx, id: merge })
  return decided
}

export const refuseSuggestion = (work: MergeWork, id: string, reason: string | undefined): Promise<IdentitySuggestion> => decide(work, id, ['open'], { state: 'refused', apart: true, ...(reason !== undefined && { decisionReason: reason }) })

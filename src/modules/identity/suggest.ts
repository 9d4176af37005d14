/** The life of suggestions: made, brought up to date, settled by a merge, opened again when it is undone, refused and left alone. */
import { createHash } from 'node:crypto'
import { systemContext } from '../../platform/principal.ts'
import { basePath } from '../../tmf/resource.ts'
import type { Leaders } from './cluster-store.ts'
import { identityApi } from './identity-api.ts'
import { identitySuggestion, type IdentitySuggestion } from './identity-suggestion.ts'
import type { Likeness, Reason } from './matching.ts'
import { partyRef, type PartyKind } from './party-ref.ts'
import { suggestionOnPair, suggestionsOn } from './suggestion-store.ts'
import { readTraits } from './trait-store.ts'
import type { MergeWork } from './work.ts'

/** Two parties, as a suggestion names them: sorted, so that a pair is one pair. */
const pairOf = (one: string, other: string): [string, string] => (one < other ? [one, other] : [other, one])

/** Of all that was compared of both. */
const digestOf = (digests: readonly string[]): string => createHash('sha256').update([...digests].sort().join(' ')).digest('base64url').slice(0, 22)

const system = ({ context }: MergeWork) => systemContext(context.brand, context.correlationId)

const change = async (work: MergeWork, suggestion: IdentitySuggestion, to: Partial<IdentitySuggestion>): Promise<void> => {
  await work.deps.store.update(system(work), identitySuggestion, suggestion.id, doc => ({ ...doc, ...to }), { tx: work.tx })
}

/** Takes away what an earlier decision left. */
const undecided = ({ decisionDate: _date, decidedBy: _by, decisionReason: _reason, merge: _merge, ...doc }: IdentitySuggestion): IdentitySuggestion => doc

export interface Proposal {
  kind: 'weak' | 'conflict'
  party: PartyKind
  one: string
  other: string
  /** Digests of what was compared of both. */
  digests: readonly string[]
  score: number
  reasons: readonly Reason[]
}

/** Suggests a pair to a person. One that was refused stays so, unless something that was compared has changed since. */
export const suggest = async (work: MergeWork, proposal: Proposal): Promise<void> => {
  const [first, second] = pairOf(proposal.one, proposal.other)
  const digest = digestOf(proposal.digests)
  const { kind, score } = proposal
  const reason = proposal.reasons.map(one => ({ ...one }))
  const known = await suggestionOnPair(work.tx, work.context.brand, first, second)
  if (known === undefined) {
    await work.deps.store.create(system(work), identitySuggestion, { first: partyRef(proposal.party, first), second: partyRef(proposal.party, second), kind, score, reason, digest }, { tx: work.tx })
    return
  }
  if (known.state === 'accepted' || (known.state === 'refused' && known.digest === digest)) return
  // What a strong identifier says is not made less by a hint that comes later.
  if (known.state === 'open' && known.kind === 'conflict' && kind === 'weak') return
  if (known.state === 'open' && known.digest === digest && known.score === score && known.kind === kind) return
  await work.deps.store.update(system(work), identitySuggestion, known.id, doc => ({ ...undecided(doc), kind, score, reason, digest, state: 'open' as const }), { tx: work.tx })
}

/** What hints say of a party now. Open suggestions that no longer hold go. */
export const suggestWeak = async (work: MergeWork, party: PartyKind, own: { id: string; digest: string }, found: readonly { id: string; digest: string; likeness: Likeness }[]): Promise<void> => {
  for (const { id, digest, likeness } of found) {
    await suggest(work, { kind: 'weak', party, one: own.id, other: id, digests: [own.digest, digest], score: likeness.score, reasons: likeness.reasons })
  }
  const still = new Set(found.map(({ id }) => id))
  for (const open of await suggestionsOn(work.tx, work.context.brand, [own.id])) {
    const other = open.first!.id === own.id ? open.second!.id : open.first!.id
    if (open.state === 'open' && open.kind === 'weak' && !still.has(other)) await change(work, open, { state: 'obsolete' })
  }
}

/** Nobody is left to be made one with. */
export const closeSuggestions = async (work: MergeWork, party: string): Promise<void> => {
  for (const open of await suggestionsOn(work.tx, work.context.brand, [party])) if (open.state === 'open') await change(work, open, { state: 'obsolete' })
}

const mergeRef = (id: string) => ({ id, href: `${basePath(identityApi)}/partyMerge/${id}` })

/** Open suggestions within one person have nothing left to decide. */
export const settleSuggestions = async (work: MergeWork, members: readonly string[], merge: string): Promise<void> => {
  const within = new Set(members)
  for (const one of await suggestionsOn(work.tx, work.context.brand, members)) {
    if (one.state === 'open' && within.has(one.first!.id) && within.has(one.second!.id)) await change(work, one, { state: 'obsolete', merge: mergeRef(merge) })
  }
}

export const areTwo = ({ first, second }: IdentitySuggestion, one: string, other: string): boolean => (first?.id === one && second?.id === other) || (first?.id === other && second?.id === one)

/** Suggestions that a merge settled are open again where it no longer makes one of their parties. Answers them. */
export const reopenSuggestions = async (work: MergeWork, leaders: Leaders, merge: string): Promise<IdentitySuggestion[]> => {
  const open: IdentitySuggestion[] = []
  for (const one of await suggestionsOn(work.tx, work.context.brand, [...leaders.keys()])) {
    if (one.state !== 'obsolete' || one.merge?.id !== merge || leaders.get(one.first!.id) === leaders.get(one.second!.id)) continue
    await work.deps.store.update(system(work), identitySuggestion, one.id, doc => ({ ...undecided(doc), state: 'open' as const }), { tx: work.tx })
    open.push(one)
  }
  return open
}

/** Nothing merges these silently any more, while it stays open whether they are one. */
export const askAlways = (work: MergeWork, suggestion: IdentitySuggestion): Promise<void> => change(work, suggestion, { apart: true })

/** Remembers that somebody found two parties to be two: nothing merges or suggests them by what is known now. */
export const keepApart = async (work: MergeWork, party: PartyKind, one: string, other: string, merge: string): Promise<void> => {
  const { context, tx, deps } = work
  const [first, second] = pairOf(one, other)
  const traits = await readTraits(tx, context.brand, [first, second])
  const decision = {
    state: 'refused' as const,
    apart: true,
    digest: digestOf(traits.map(({ digest }) => digest)),
    decisionDate: deps.clock.now().toISOString(),
    decidedBy: context.principal.id,
    decisionReason: 'Their merge was undone',
    merge: mergeRef(merge),
  }
  const known = await suggestionOnPair(tx, context.brand, first, second)
  if (known) return await change(work, known, decision)
  const reason = [{ code: 'mergeUndone', text: 'They were merged, and the merge was undone' }]
  await deps.store.create(system(work), identitySuggestion, { first: partyRef(party, first), second: partyRef(party, second), kind: 'conflict', score: 0, reason, ...decision }, { tx })
}

/** Whether somebody has found parties of the one side and of the other to be two. */
export const areKeptApart = async ({ tx, context }: MergeWork, some: readonly string[], others: readonly string[]): Promise<boolean> => {
  const [here, there] = [new Set(some), new Set(others)]
  const across = (one: string, other: string): boolean => here.has(one) && there.has(other)
  return (await suggestionsOn(tx, context.brand, some)).some(one => one.apart === true && (across(one.first!.id, one.second!.id) || across(one.second!.id, one.first!.id)))
}

/**
 * Strong links: a value that is verified for two parties makes one person of them at once, unless something speaks against it. Then a person
 * is asked, and the value is the one's who verified it last: numbers are given to others.
 */
import { Refusal, refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext } from '../../platform/principal.ts'
import { lockClusters, membersOf } from './cluster-store.ts'
import { endIdentifiers, identifiersOfParties, insertIdentifiers, isVerifiedSince, lockValue, markVerified, verifiedButForCase, verifiedElsewhere, type Identifier } from './identifier-store.ts'
import { isLasting } from './lasting.ts'
import type { Individual, Organization } from '../customer/index.ts'
import { obstacles, type Reason, type Side } from './matching.ts'
import { partyRef, type PartyKind } from './party-ref.ts'
import { partyMerge } from './party-merge.ts'
import { traitsOf } from './recognize.ts'
import { readDocs } from './show-cluster.ts'
import { areKeptApart, suggest } from './suggest.ts'
import { bestLooks, readTraits } from './trait-store.ts'
import type { MergeWork } from './work.ts'

/** What a verification led to. */
export interface Linked {
  merge?: string
  /** The row that says so, where it is a new one. */
  again?: string
  /** What kept two from being merged: a suggestion says so. */
  conflict?: readonly Reason[]
}

export interface Verification {
  by: string
  at: Date
  /** Until when it holds; null leaves that open. */
  until: Date | null
}

/**
 * What is held against another side. The document of a party that stands alone is its own, and ahead of what has been derived of it: somebody
 * may prove a number right after the party was made or changed.
 */
const sideOf = async ({ tx, context, deps }: MergeWork, kind: PartyKind, members: readonly string[]): Promise<Side & { digests: Map<string, string> }> => {
  const derived = await readTraits(tx, context.brand, members)
  const alone = members.length === 1 ? (await readDocs(deps, tx, context, kind, members)).get(members[0]!)?.doc : undefined
  const current = await identifiersOfParties(tx, context.brand, members, deps.clock.now())
  return {
    traits: alone === undefined ? derived : [traitsOf(kind, alone as unknown as Individual | Organization, []).traits],
    documents: current.filter(one => one.type === 'document' && one.verified).map(one => `${one.scope} ${one.value}`),
    digests: new Map(derived.map(({ party, digest }) => [party, digest])),
  }
}

const WORDS: Readonly<Record<string, string>> = { email: 'e-mail address', phone: 'phone number', customerNumber: 'customer number', login: 'login', device: 'device', document: 'identity document', external: 'identity in another system' }

/** Merges two persons by a strong identifier; answers what speaks against it instead, where something does. The survivor is `other`, who was here first. */
const mergeStrong = async (work: MergeWork, kind: PartyKind, type: string, own: string, other: string): Promise<Linked> => {
  const { tx, context, deps } = work
  const leaders = await lockClusters(tx, context.brand, [own, other])
  if (leaders.get(own) === leaders.get(other)) return {}
  const [here, there] = [membersOf(leaders, own), membersOf(leaders, other)]
  const [a, b] = [await sideOf(work, kind, here), await sideOf(work, kind, there)]
  const against = obstacles(a, b, { looks: await bestLooks(tx, a.traits, b.traits), apart: await areKeptApart(work, here, there) })
  const strong = { code: `sameVerified${type.charAt(0).toUpperCase()}${type.slice(1)}`, text: `The same ${WORDS[type]}, verified for both` }
  const ask = async (reasons: readonly Reason[]): Promise<Linked> => {
    await suggest(work, { kind: 'conflict', party: kind, one: own, other, digests: [a.digests.get(own) ?? '', b.digests.get(other) ?? ''], score: 0.9, reasons: [{ ...strong, weight: 0.9 }, ...reasons] })
    return { conflict: reasons }
  }
  if (against.length > 0) return await ask(against)
  const id = newId()
  await tx.query('SAVEPOINT strong_link')
  try {
    await deps.store.create(systemContext(context.brand, context.correlationId), partyMerge, { survivor: partyRef(kind, other), merged: partyRef(kind, own), kind: 'strong', reason: strong.text, createdBy: context.principal.id }, { tx, id })
    return { merge: id }
  } catch (error) {
    // Together their records would say what no record may: dead before born.
    if (!(error instanceof Refusal) || error.status >= 500) throw error
    await tx.query('ROLLBACK TO SAVEPOINT strong_link')
    return await ask([{ code: 'contradictoryRecords', text: 'Their records contradict each other' }])
  }
}

/** Whoever has verified the same address in another case is probably the same person, but not surely: a person is asked. */
const askButForCase = async (work: MergeWork, identifier: Identifier, at: Date): Promise<Linked> => {
  const { tx, context } = work
  const leaders = await lockClusters(tx, context.brand, [identifier.partyId])
  const others = (await verifiedButForCase(tx, context.brand, identifier.value, leaders.get(identifier.partyId)!, at)).filter(one => one.party === identifier.party && one.verifiedAt! <= at)
  const text = 'E-mail addresses that differ in upper and lower case alone, verified for both'
  for (const other of others) {
    const digests = (await readTraits(tx, context.brand, [identifier.partyId, other.partyId])).map(one => one.digest)
    await suggest(work, { kind: 'conflict', party: identifier.party, one: identifier.partyId, other: other.partyId, digests, score: 0.8, reasons: [{ code: 'sameVerifiedEmailButForCase', text, weight: 0.8 }] })
  }
  return others.length > 0 ? { conflict: [{ code: 'sameVerifiedEmailButForCase', text }] } : {}
}

/**
 * A value that is verified again says nothing new, unless another record of the same person had it verified in between: should they turn out
 * to be two, it is the one's who had it last. A row of its own says so.
 */
const verifyAgain = async ({ tx, context }: MergeWork, identifier: Identifier, { by, at, until }: Verification): Promise<Linked> => {
  if (!(await isVerifiedSince(tx, context.brand, identifier)) || at <= identifier.verifiedAt!) return {}
  await endIdentifiers(tx, context.brand, [identifier.id], at)
  const again = newId()
  await insertIdentifiers(tx, context.brand, [{ ...identifier, id: again, verified: true, verifiedAt: at, verifiedBy: by, since: at, until: until ?? identifier.until }])
  return { again }
}

/** Marks an identifier as verified and follows what it means: who else has it verified is the same person, or has it no longer. */
export const verifyIdentifier = async (work: MergeWork, identifier: Identifier, verification: Verification): Promise<Linked> => {
  const { tx, context } = work
  const { by, at, until } = verification
  if (identifier.until !== null && identifier.until <= at) throw refuse.conflict('identifierEnded', `partyIdentifier ${identifier.id} has ended`)
  await lockValue(tx, context.brand, identifier)
  if (identifier.verified) return await verifyAgain(work, identifier, verification)
  const elsewhere = await verifiedElsewhere(tx, context.brand, identifier, identifier.clusterId, at)
  let linked: Linked = {}
  // At most one person has it at an instant; whoever has it now is asked first.
  const current = elsewhere.find(other => other.party === identifier.party && other.verifiedAt! <= at)
  if (current) linked = await mergeStrong(work, identifier.party, identifier.type, identifier.partyId, current.partyId)
  const leaders = await lockClusters(tx, context.brand, [identifier.partyId])
  // What is never given to somebody else stays the first one's, until a person has found them to be one.
  const holder = isLasting(identifier.type) ? elsewhere.find(other => other.verifiedAt! <= at && leaders.get(other.partyId) !== leaders.get(identifier.partyId)) : undefined
  if (holder) return { conflict: linked.conflict ?? [{ code: 'verifiedElsewhere', text: 'A person and an organization have it' }] }
  const others = elsewhere.filter(other => leaders.get(other.partyId) !== leaders.get(identifier.partyId))
  await endIdentifiers(tx, context.brand, others.filter(other => other.verifiedAt! <= at).map(other => other.id), at)
  // Verified by somebody else after this instant: then it was given on.
  const next = others.filter(other => other.verifiedAt! > at).at(-1)?.verifiedAt ?? null
  const end = next !== null && (until === null || next < until) ? next : until
  await markVerified(tx, context.brand, identifier.id, by, at, end, linked.merge)
  if (identifier.type === 'email' && linked.conflict === undefined) linked = { ...(await askButForCase(work, identifier, at)), ...linked }
  return linked
}

/**
 * Follows what is written to individuals and organizations: their identifiers, what matching compares, links and suggestions, and what the
 * person's leading document shows. A reaction and not a part of the write: an import of a million records is not made to wait for matching,
 * every way of writing is followed alike, and events reach it once each and in order. What it derives is there within milliseconds.
 */
import type { CountryCode } from 'libphonenumber-js'
import { Refusal } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext } from '../../platform/principal.ts'
import type { Reaction } from '../../tmf/module.ts'
import { readRanks, readSources } from '../../tmf/provenance/sources.ts'
import { LOCAL_SOURCE, survive, type Survivors } from '../../tmf/provenance/survive.ts'
import type { Services } from '../../tmf/services.ts'
import type { Individual, Organization } from '../customer/index.ts'
import { lockClusters } from './cluster-store.ts'
import { endIdentifiers, forgetParty, identifiersOfParties, insertIdentifiers, type Identifier, type NewIdentifier } from './identifier-store.ts'
import { verifyIdentifier } from './link.ts'
import { likeness, SUGGEST_FROM } from './matching.ts'
import { resourceOfKind, type PartyKind } from './party-ref.ts'
import { identifiersOf, sharedTypes, traitsOf, type Found } from './recognize.ts'
import { readDocs, showClusters } from './show-cluster.ts'
import { closeSuggestions, suggestWeak } from './suggest.ts'
import { findCandidates, lockKeys, readTraits, writeTraits } from './trait-store.ts'
import type { MergeWork } from './work.ts'

type Doc = Record<string, unknown>

/** What a party says itself: its document, but for one that shows what others of the person say too. */
const ownOf = async (work: MergeWork, kind: PartyKind, doc: Doc, leads: boolean): Promise<{ own: Doc; survivors: Survivors }> => {
  const { tx, context } = work
  const id = String(doc['id'])
  const rows = await readSources(tx, context.brand, kind, [id])
  const survivors = survive(rows, rows.length === 0 ? [] : await readRanks(tx, context.brand), resourceOfKind[kind].provenance?.join)
  if (!leads) return { own: doc, survivors }
  return { own: { id, status: doc['status'], ...survivors.attributes }, survivors }
}

const sourceOf = (survivors: Survivors, attribute: string, raw: string): string => {
  const element = survivors.elements.get(attribute)?.find(one => JSON.stringify(one.value).includes(JSON.stringify(raw)))
  return (element?.row ?? survivors.chosen.get(attribute))?.source ?? LOCAL_SOURCE
}

/** Confidence in what a document says: systems answer for the numbers that they give, people for little. */
const ASSERTED = 0.9
const CLAIMED = 0.5

const keyOf = ({ type, scope, value }: Pick<Found, 'type' | 'scope' | 'value'>): string => `${type} ${scope} ${value}`

/** Brings the rows of identifiers to what the document says. Asserted ones count as verified by who issued them, and link at once. */
const followIdentifiers = async (work: MergeWork, kind: PartyKind, party: string, found: readonly Found[], survivors: Survivors): Promise<void> => {
  const { tx, context, deps } = work
  const now = deps.clock.now()
  const valid = found.filter(one => (one.since === undefined || one.since <= now) && (one.until === undefined || one.until > now))
  const current = await identifiersOfParties(tx, context.brand, [party], now)
  const known = new Set(current.map(keyOf))
  const wanted = new Set(valid.map(keyOf))
  await endIdentifiers(tx, context.brand, current.filter(one => one.origin === 'document' && !wanted.has(keyOf(one))).map(one => one.id), now)
  const added = valid
    .filter(one => !known.has(keyOf(one)))
    .map((one): NewIdentifier & { asserted: boolean } => ({
      id: newId(),
      partyId: party,
      party: kind,
      type: one.type,
      scope: one.scope,
      value: one.value,
      raw: one.raw,
      source: sourceOf(survivors, one.attribute, one.raw),
      origin: 'document',
      confidence: one.asserted ? ASSERTED : CLAIMED,
      verified: false,
      verifiedAt: null,
      verifiedBy: null,
      since: one.since ?? now,
      until: one.until ?? null,
      asserted: one.asserted,
    }))
  await insertIdentifiers(tx, context.brand, added)
  for (const one of added) {
    if (!one.asserted) continue
    const [row] = (await identifiersOfParties(tx, context.brand, [party], now)).filter(row => row.id === one.id) as [Identifier]
    await verifyIdentifier(work, row, { by: `source ${one.source}`, at: now, until: row.until })
  }
}

/** Compares a party anew with those who share something with it. */
const followTraits = async (work: MergeWork, kind: PartyKind, own: Individual | Organization, found: readonly Found[]): Promise<void> => {
  const { tx, context } = work
  const { traits, keys } = traitsOf(kind, own, found)
  const [before] = await readTraits(tx, context.brand, [own.id])
  if (before?.digest === traits.digest) return
  await lockKeys(tx, context.brand, keys)
  await writeTraits(tx, context.brand, traits, keys)
  // A statement of its own, after the locks: it sees what those wrote for whom it waited.
  const candidates = await findCandidates(tx, context.brand, traits, keys)
  const likely = candidates
    .map(candidate => ({ id: candidate.party, digest: candidate.digest, likeness: likeness(traits, candidate, { looks: candidate.looks, shared: sharedTypes(candidate.keys) }) }))
    .filter(one => one.likeness.score >= SUGGEST_FROM)
    .sort((a, b) => b.likeness.score - a.likeness.score)
    .slice(0, MOST_SUGGESTIONS)
  await suggestWeak(work, kind, { id: own.id, digest: traits.digest }, likely)
}

const MOST_SUGGESTIONS = 10

/** What follows from a party's document as it stands now. */
export const followParty = async (work: MergeWork & { deps: Pick<Services, 'log'> }, kind: PartyKind, id: string, country: CountryCode | undefined): Promise<void> => {
  const { tx, context, deps } = work
  const leaders = await lockClusters(tx, context.brand, [id])
  const doc = (await readDocs(deps, tx, context, kind, [id])).get(id)?.doc
  if (doc === undefined) {
    await closeSuggestions(work, id)
    return await forgetParty(tx, context.brand, id)
  }
  const isOne = leaders.size > 1
  const { own, survivors } = await ownOf(work, kind, doc, isOne && leaders.get(id) === id)
  const found = identifiersOf(own as unknown as Individual, country)
  await followTraits(work, kind, own as unknown as Individual, found)
  await followIdentifiers(work, kind, id, found, survivors)
  if (!isOne) {
    // A record of another system may say that it is merged; here nobody has.
    if (doc['mergedInto'] !== undefined) await deps.store.update(systemContext(context.brand, context.correlationId), resourceOfKind[kind], id, doc => { const { mergedInto: _, ...alone } = doc as Doc; return alone }, { tx, derived: true })
    return
  }
  await tx.query('SAVEPOINT show')
  try {
    await showClusters(deps, tx, context, kind, leaders)
  } catch (error) {
    // What the members say now cannot be shown together: the leader stays as it was until they agree.
    if (!(error instanceof Refusal) || error.status >= 500) throw error
    await tx.query('ROLLBACK TO SAVEPOINT show')
    deps.log.warn({ party: leaders.get(id), code: error.code }, 'What the records of one person say cannot be shown together')
  }
}

const EVENTS = ['CreateEvent', 'AttributeValueChangeEvent', 'StateChangeEvent', 'DeleteEvent']

export const recognizeParties = (countryOfBrand: (deps: Services, brand: string) => CountryCode | undefined): Reaction => ({
  name: 'identity.recognize-parties',
  on: ['Individual', 'Organization'].flatMap(type => EVENTS.map(event => `${type}${event}`)),
  run: async (event, { tx, context, deps }) => {
    await followParty({ tx, context, deps }, event.resource as PartyKind, event.resourceId, countryOfBrand(deps, event.brand))
  },
})

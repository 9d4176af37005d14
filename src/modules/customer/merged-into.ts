/**
 * Where a party is the same person as another one: which of them stands for both. An attribute of Tandem's own, set when parties are merged
 * and taken away when that is undone.
 */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { callerKind, isConfined, type Context } from '../../platform/principal.ts'
import { entityRef } from '../../tmf/types/attributes.ts'

export const MergedInto = entityRef('Extension: the party that shows what is known of this person as a whole; this one is merged into it')

/** A record that is merged is half of a person: it goes when it stands alone again. */
export const refuseMerged = (party: { id: string; mergedInto?: { id: string } }): void => {
  if (party.mergedInto) throw refuse.conflict('merged', `${party.id} is merged into ${party.mergedInto.id}: undo the merge first`)
}

interface Referring {
  externalReference?: readonly unknown[]
}

/** Numbers and logins that other systems gave make one person of two records: whose they are is for the provider to say, not for the person. */
export const ownReferenceFaults = (party: Referring, previous: Referring | undefined, context: Context): Fault[] =>
  isConfined(context.principal) && !isDeepStrictEqual(party.externalReference ?? [], previous?.externalReference ?? []) ? [fault('externalReference', 'is set by the provider and by other systems')] : []

/** That somebody's identity was checked, or that somebody died, is the word of the provider, its stores and its partners, and nobody's own. */
export const ownStatusFaults = (party: { status?: string }, previous: { status?: string } | undefined, context: Context): Fault[] =>
  previous !== undefined && party.status !== previous.status && ['customer', 'delegate'].includes(callerKind(context)) ? [fault('status', 'is set by the provider', party.status)] : []

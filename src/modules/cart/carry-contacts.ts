/**
 * How to reach who filled a cart, once it is known who that is: what was left in the cart becomes a contact of the person, so that nothing is
 * asked twice. It is the person's word and no more: nothing of it is verified, and what is known already stays as it is.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../platform/database/sql.ts'
import { Refusal } from '../../platform/errors.ts'
import { isConfined, systemContext, type Context } from '../../platform/principal.ts'
import { insideOf } from '../../tmf/inside.ts'
import type { Services } from '../../tmf/services.ts'
import { individual, organization, partyOf, type Individual, type Party, type PartyReference } from '../customer/index.ts'
import { normalise, phoneCountry } from '../identity/index.ts'

export type Medium = NonNullable<Individual['contactMedium']>[number]

/** The address or number as it is compared; undefined where it cannot be read, or has none. */
const formOf = (deps: Pick<Services, 'config'>, brand: string, { characteristic }: Medium): string | undefined => {
  const [type, raw] = characteristic?.emailAddress === undefined ? (['phone', characteristic?.phoneNumber] as const) : (['email', characteristic.emailAddress] as const)
  const read = raw === undefined ? undefined : normalise(type, raw, phoneCountry(deps.config, brand))
  return read !== undefined && 'value' in read ? `${type} ${read.value.toLowerCase()}` : undefined
}

/** Those of `more` that `known` has not got, each once. What no party could have as its own is left out. */
export const newMedia = (deps: Pick<Services, 'config'>, brand: string, known: readonly Medium[], more: readonly Medium[]): Medium[] => {
  const all = [...known]
  return more.filter(medium => {
    const { emailAddress, phoneNumber, faxNumber } = medium.characteristic ?? {}
    const form = formOf(deps, brand, medium)
    const isUnreadable = (emailAddress ?? phoneNumber) !== undefined && form === undefined
    const isKnown = all.some(one => (form === undefined ? isDeepStrictEqual(one.characteristic, medium.characteristic) : formOf(deps, brand, one) === form))
    if (medium.characteristic === undefined || isUnreadable || isKnown || (emailAddress !== undefined && phoneNumber !== undefined) || faxNumber !== undefined) return false
    all.push(medium)
    return true
  })
}

const KINDS: Readonly<Record<string, Party['kind']>> = { Individual: 'individual', Organization: 'organization' }

/** Who is named, as far as the caller reaches it. Whoever reaches all of the brand's is not asked for what the write looks for anyway. */
const reachedParty = async (tx: Transaction, deps: Services, context: Context, { id, '@referredType': type }: PartyReference): Promise<Pick<Party, 'id' | 'kind'> | undefined> => {
  const kind = type === undefined || isConfined(context.principal) ? undefined : KINDS[type]
  // By the transaction's own connection: were each to wait for a second one, many at once would wait for ever.
  return kind ? { id, kind } : await partyOf(insideOf(tx, deps), context, type === undefined || type === 'Party' ? { id } : { id, '@referredType': type })
}

/** Adds to the party what it has not got. Only as far as the caller reaches the party: naming somebody in a cart changes nobody. */
export const carryContacts = async (tx: Transaction, deps: Services, context: Context, customer: PartyReference, media: readonly Medium[]): Promise<void> => {
  if (media.length === 0) return
  const party = await reachedParty(tx, deps, context, customer)
  if (party === undefined) return
  const house = systemContext(context.brand, context.correlationId)
  const own: Context = { ...house, channel: context.channel, principal: { ...house.principal, id: context.principal.id } }
  const withMedia = <Doc extends { contactMedium?: Medium[] }>(doc: Doc): Doc => {
    const had = doc.contactMedium ?? []
    const added = newMedia(deps, context.brand, had, media).map(({ mediumType, characteristic, preferred }): Medium => ({ ...(mediumType !== undefined && { mediumType }), ...(characteristic && { characteristic }), ...(had.length === 0 && preferred !== undefined && { preferred }) }))
    return { ...doc, contactMedium: [...had, ...added] }
  }
  try {
    if (party.kind === 'individual') await deps.store.update(own, individual, party.id, withMedia, { tx })
    else await deps.store.update(own, organization, party.id, withMedia, { tx })
  } catch (error) {
    // Known to another system only.
    if (!(error instanceof Refusal) || error.status !== 404) throw error
  }
}

/** What a customer, a store or a partner cannot give itself: prices, commitments and approvals are the house's, and so is what is in force. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { refuse } from '../../platform/errors.ts'
import type { Agreement } from './agreement.schema.ts'

type Item = NonNullable<Agreement['agreementItem']>[number]
type Authorization = NonNullable<Agreement['agreementAuthorization']>[number]

const hasTerms = ({ framePrice = [], commitment = [] }: Item): boolean => framePrice.length + commitment.length > 0

/** The item of these that says something else than it did: what a price or a commitment is for belongs to it. */
const changedItem = (doc: Agreement, previous: Agreement | undefined): string | undefined => {
  const before = (previous?.agreementItem ?? []).filter(hasTerms)
  const after = (doc.agreementItem ?? []).filter(hasTerms)
  if (isDeepStrictEqual(after, before)) return undefined
  const at = (doc.agreementItem ?? []).findIndex(item => hasTerms(item) && !before.some(one => isDeepStrictEqual(one, item)))
  if (at < 0) return 'agreementItem'
  const item = doc.agreementItem?.[at]
  const isKnown = before.some(one => isDeepStrictEqual(one.framePrice ?? [], item?.framePrice ?? []))
  return `agreementItem[${at}].${(item?.framePrice ?? []).length > 0 && !isKnown ? 'framePrice' : (item?.commitment ?? []).length > 0 ? 'commitment' : 'framePrice'}`
}

const isGiven = ({ state }: Authorization): boolean => (state ?? '').toLowerCase() === 'approved'

/** What is asked for, whether it was given or not. */
const askedBy = ({ state: _state, date: _date, signatureRepresentation: _representation, ...asked }: Authorization): object => asked

/** An approval that the caller gives itself, or does away with. */
const changedAuthorization = (doc: Agreement, previous: Agreement | undefined): string | undefined => {
  const [before, after] = [previous?.agreementAuthorization ?? [], doc.agreementAuthorization ?? []]
  if (before.some((one, index) => after[index] === undefined || !isDeepStrictEqual(askedBy(one), askedBy(after[index])))) return 'agreementAuthorization'
  const at = after.findIndex((one, index) => isGiven(one) && !isDeepStrictEqual(one, before[index]))
  return at < 0 ? undefined : `agreementAuthorization[${at}].state`
}

/** For callers that are confined to some parties' rows: they propose, read, sign and reject. */
export const refuseOwnTerms = (doc: Agreement, previous: Agreement | undefined): void => {
  const attribute = changedItem(doc, previous) ?? changedAuthorization(doc, previous) ?? (isDeepStrictEqual(doc.replaces, previous?.replaces) ? undefined : 'replaces')
  if (attribute !== undefined) throw refuse.forbidden(`A caller that is confined to some parties' rows may not write ${attribute} of an agreement: frame prices, commitments, approvals and what it replaces are set by the house`)
  if (doc.status !== (previous?.status ?? 'inProcess') && doc.status !== 'rejected') throw refuse.forbidden(`A caller that is confined to some parties' rows may not set status of an agreement to ${doc.status ?? ''}: it may reject one, and the house puts it in force and ends it`)
}

/** What of a customer's record decides on prices, credit and whether it may buy: the provider's word, never that of whoever it is about. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { refuse } from '../../platform/errors.ts'
import type { Customer } from './customer.schema.ts'

/** Characteristics of a customer that are its segments. */
export const isSegment = (name: string): boolean => /^(market)?segment$/i.test(name)

const segmentsOf = (doc: Partial<Customer> | undefined): unknown[] => (doc?.characteristic ?? []).filter(one => isSegment(one.name)).map(one => one.value)

/** Throws 403 where a buyer gives itself a segment, a standing or an agreement. Who has just made itself known has none to lose: its first status is free. */
export const refuseOwnStanding = (doc: Partial<Customer>, previous: Partial<Customer> | undefined): void => {
  const changed = [
    ...(['creditProfile', 'agreement'] as const).filter(name => !isDeepStrictEqual(doc[name] ?? [], previous?.[name] ?? [])),
    ...(previous !== undefined && doc.status !== previous.status ? ['status'] : []),
    ...(isDeepStrictEqual(segmentsOf(doc), segmentsOf(previous)) ? [] : ['characteristic']),
  ]
  if (changed.length > 0) throw refuse.forbidden(`${changed.join(', ')} of a customer ${changed.length === 1 ? 'is' : 'are'} set by the provider, not by the customer`)
}

/** The agreements that hold for a party now, with what the price engine needs of them. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { customer } from '../customer/index.ts'
import { buyersOf } from '../pricing/index.ts'
import { agreement } from './agreement.ts'
import type { Commitment, FramePrice } from './agreement-types.ts'

export interface AgreementInForce {
  id: string
  revision: number
  name: string
  version: string
  /** ISO instants; open ends are left out. */
  from?: string
  until?: string
  /** Offerings that it is about. */
  offeringIds: readonly string[]
  framePrice: readonly (FramePrice & { offeringIds: readonly string[] })[]
  commitment: readonly (Commitment & { offeringIds: readonly string[] })[]
}

/**
 * Agreements under which a party buys, that are approved and within their period at `at` (business time now when left out), the newest version of each, by id. `party`: ids of
 * the party and of the customers that it is; of a customer its engaged party counts too. Read as Tandem itself: prices do not depend on who asks.
 */
export const agreementsOf = async (deps: Pick<Services, 'store' | 'clock'>, context: Context, party: string | readonly string[], at: Date = deps.clock.now()): Promise<AgreementInForce[]> => {
  const asked = typeof party === 'string' ? [party] : party
  if (asked.length === 0) return []
  const house: Context = { ...context, principal: { id: 'system', kind: 'system', brands: [context.brand], permissions: ['*:*'] } }
  const customers = await deps.store.getMany(house, customer, asked)
  const ids = [...new Set([...asked, ...[...customers.values()].flatMap(one => one.doc.engagedParty?.id ?? [])])]
  const found = await deps.store.find(house, agreement, { where: [{ path: 'engagedParty.id', value: ids }, { path: 'status', value: 'approved' }], sort: 'id' })
  // Between the approval of a version and the end of the one before it only the newer counts.
  const replaced = new Set(found.flatMap(one => one.doc.replaces?.id ?? []))
  return found.flatMap(({ id, revision, doc }) => {
    const { startDateTime: from, endDateTime: until } = doc.agreementPeriod ?? {}
    if (!buyersOf(doc.engagedParty).some(one => ids.includes(one.id)) || replaced.has(id) || (from !== undefined && new Date(from) > at) || (until !== undefined && new Date(until) <= at)) return []
    const items = doc.agreementItem ?? []
    const offeringsOf = (item: (typeof items)[number]): string[] => (item.productOffering ?? []).map(one => one.id)
    return [
      {
        id,
        revision,
        name: doc.name ?? id,
        version: doc.version ?? '1',
        ...(from !== undefined && { from }),
        ...(until !== undefined && { until }),
        offeringIds: [...new Set(items.flatMap(offeringsOf))],
        framePrice: items.flatMap(item => (item.framePrice ?? []).map(one => ({ ...one, offeringIds: one.productOffering === undefined ? offeringsOf(item) : [one.productOffering.id] }))),
        commitment: items.flatMap(item => (item.commitment ?? []).map(one => ({ ...one, offeringIds: one.productOffering?.map(ref => ref.id) ?? offeringsOf(item) }))),
      },
    ]
  })
}
